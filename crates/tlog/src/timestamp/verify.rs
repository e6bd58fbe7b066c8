//! What makes a token believed.

use super::token::{ID_CT_TST_INFO, SHA256, Token};
use super::{MAX_CERTIFICATES, integer};
use crate::error::TimestampError;
use crate::merkle::Hash;
use ::der::asn1::{Any, ObjectIdentifier, OctetString};
use ::der::{Decode, Encode, Sequence};
use aws_lc_rs::digest as sha1;
use cms::cert::x509::Certificate;
use cms::cert::x509::ext::pkix::name::{GeneralName, GeneralNames};
use cms::cert::x509::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};
use cms::cert::x509::serial_number::SerialNumber;
use cms::cert::x509::spki::AlgorithmIdentifierOwned;
use cms::signed_data::SignerIdentifier;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::time::Duration;
use webpki::aws_lc_rs as algorithms;

/// The most trust anchors that are read.
pub const MAX_ANCHORS: usize = 256;

/// The most bytes of PEM that are read.
pub const MAX_PEM: usize = 1024 * 1024;

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");

/// [`TIME_STAMPING`]'s encoding, for webpki.
const TIME_STAMPING_DER: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];

/// The certificates that a reader trusts to name time-stamping authorities.
#[derive(Clone, Debug)]
pub struct Anchors(Vec<TrustAnchor<'static>>);

impl Anchors {
    /// Trust in nobody: with it a token that is right in all else is refused with [`TimestampError::Chain`], and only then.
    #[must_use]
    pub fn none() -> Anchors {
        Anchors(Vec::new())
    }

    /// The certificates of a PEM text; text between them is passed over.
    ///
    /// # Errors
    /// [`TimestampError::Anchors`] when there is none, more than [`MAX_ANCHORS`], one that can't be read, or
    /// more than [`MAX_PEM`] bytes.
    pub fn from_pem(pem: &[u8]) -> Result<Anchors, TimestampError> {
        if pem.len() > MAX_PEM {
            return Err(TimestampError::Anchors { what: "the file is too large" });
        }
        let mut anchors = Vec::new();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| TimestampError::Anchors { what: "the PEM is malformed" })?;
            let anchor = webpki::anchor_from_trusted_cert(&certificate)
                .map_err(|_| TimestampError::Anchors { what: "a certificate is malformed" })?;
            if anchors.len() == MAX_ANCHORS {
                return Err(TimestampError::Anchors { what: "there are too many certificates" });
            }
            anchors.push(anchor.to_owned());
        }
        if anchors.is_empty() {
            return Err(TimestampError::Anchors { what: "there is no certificate" });
        }
        Ok(Anchors(anchors))
    }
}

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The time stamped, Unix seconds; a fraction counts as a whole second, so it is never too early.
    pub gen_time: u64,
    /// By how much the authority says that it may be off, in microseconds; `None` when it does not say.
    pub accuracy: Option<u64>,
    /// The token's number at its authority, big endian.
    pub serial: Vec<u8>,
    /// SHA-256 of the authority's name (the subject of its certificate, in DER).
    pub authority: Hash,
}

impl Stamp {
    /// The latest time at which the digest existed, Unix seconds: the time stamped and the accuracy, rounded up.
    pub fn latest(&self) -> u64 {
        self.gen_time.saturating_add(self.accuracy.unwrap_or(0).div_ceil(1_000_000))
    }
}

impl Token {
    /// Verifies the token for a SHA-256 digest under trust anchors. With `nonce`, it must answer the request that had
    /// it; a token that was kept is verified without.
    ///
    /// # Errors
    /// [`TimestampError`] has a variant for each check.
    pub fn verify(&self, digest: &Hash, nonce: Option<u64>, anchors: &Anchors) -> Result<Stamp, TimestampError> {
        let imprint = &self.info.message_imprint;
        if imprint.hash_algorithm.oid != SHA256 || imprint.hashed_message.as_bytes() != digest {
            return Err(TimestampError::Imprint);
        }
        if let Some(nonce) = nonce
            && self.info.nonce.as_ref().map(|found| found.as_bytes()) != Some(&integer(nonce))
        {
            return Err(TimestampError::Nonce);
        }
        let (raw, certificate) = self.signing_certificate()?;
        self.check_attributes(raw, &certificate)?;
        check_usage(&certificate)?;
        self.check_signature(raw)?;
        self.check_chain(raw, anchors)?;
        let subject = certificate.tbs_certificate.subject.to_der();
        let subject = subject.map_err(|_| TimestampError::Structure { part: "certificate" })?;
        let fraction = u64::from(self.info.gen_time.micros > 0);
        Ok(Stamp {
            gen_time: self.info.gen_time.seconds + fraction,
            accuracy: self.accuracy()?,
            serial: self.info.serial_number.as_bytes().to_vec(),
            authority: Sha256::digest(subject).into(),
        })
    }

    /// The certificate that the signature names, raw and read.
    fn signing_certificate(&self) -> Result<(&[u8], Certificate), TimestampError> {
        for raw in &self.certificates {
            let Ok(certificate) = Certificate::from_der(raw) else { continue };
            let body = &certificate.tbs_certificate;
            let meant = match &self.signer.sid {
                SignerIdentifier::IssuerAndSerialNumber(id) => {
                    id.issuer == body.issuer && id.serial_number == body.serial_number
                }
                SignerIdentifier::SubjectKeyIdentifier(id) => {
                    body.get::<SubjectKeyIdentifier>().ok().flatten().is_some_and(|(_, found)| found == *id)
                }
            };
            if meant {
                return Ok((raw, certificate));
            }
        }
        Err(TimestampError::Certificate)
    }

    /// The signed attributes of RFC 5652, section 11, and of RFC 3161's ESS certificate id.
    fn check_attributes(&self, raw: &[u8], certificate: &Certificate) -> Result<(), TimestampError> {
        let content_type = self.attribute(CONTENT_TYPE, "content type")?;
        let content_type = content_type.ok_or(TimestampError::Attribute { which: "content type" })?;
        let is_time = content_type.decode_as::<ObjectIdentifier>() == Ok(ID_CT_TST_INFO);
        if !is_time || self.content_type != ID_CT_TST_INFO {
            return Err(TimestampError::ContentType);
        }
        let digest = self.attribute(MESSAGE_DIGEST, "message digest")?;
        let digest = digest.ok_or(TimestampError::Attribute { which: "message digest" })?;
        let digest = digest.decode_as::<OctetString>();
        let digest = digest.map_err(|_| TimestampError::Attribute { which: "message digest" })?;
        if hash(self.signer.digest_alg.oid, &self.content).as_deref() != Some(digest.as_bytes()) {
            return Err(TimestampError::MessageDigest);
        }
        let v1 = self.attribute(SIGNING_CERTIFICATE, "signing certificate")?;
        let v2 = self.attribute(SIGNING_CERTIFICATE_V2, "signing certificate, version 2")?;
        if v1.is_none() && v2.is_none() {
            return Err(TimestampError::Attribute { which: "signing certificate" });
        }
        let v1 = v1.is_none_or(|value| ess_fits(value, true, raw, certificate));
        let v2 = v2.is_none_or(|value| ess_fits(value, false, raw, certificate));
        if v1 && v2 { Ok(()) } else { Err(TimestampError::CertificateId) }
    }

    /// The one value of a signed attribute; `None` when there is no such attribute.
    fn attribute(&self, oid: ObjectIdentifier, which: &'static str) -> Result<Option<&Any>, TimestampError> {
        let attributes = self.signer.signed_attrs.as_ref().ok_or(TimestampError::Attribute { which })?;
        let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
        let Some(attribute) = found.next() else { return Ok(None) };
        match (attribute.values.len(), attribute.values.get(0), found.next()) {
            (1, Some(value), None) => Ok(Some(value)),
            _ => Err(TimestampError::Attribute { which }),
        }
    }

    /// The signature over the signed attributes, which RFC 5652, section 5.4, encodes as a SET OF.
    fn check_signature(&self, raw: &[u8]) -> Result<(), TimestampError> {
        let attributes = self.signer.signed_attrs.as_ref().map(|attributes| attributes.to_der());
        let Some(Ok(message)) = attributes else { return Err(TimestampError::Structure { part: "signed attributes" }) };
        let certificate = CertificateDer::from(raw);
        let certificate = webpki::EndEntityCert::try_from(&certificate);
        let certificate = certificate.map_err(|_| TimestampError::Structure { part: "certificate" })?;
        let candidates = candidates(self.signer.signature_algorithm.oid, self.signer.digest_alg.oid);
        if candidates.is_empty() {
            return Err(TimestampError::Algorithm);
        }
        let signature = self.signer.signature.as_bytes();
        let valid = |algorithm| certificate.verify_signature(algorithm, &message, signature).is_ok();
        if candidates.into_iter().any(valid) { Ok(()) } else { Err(TimestampError::Signature) }
    }

    /// The chain at the time stamped.
    fn check_chain(&self, raw: &[u8], anchors: &Anchors) -> Result<(), TimestampError> {
        let certificate = CertificateDer::from(raw);
        let certificate = webpki::EndEntityCert::try_from(&certificate);
        let certificate = certificate.map_err(|_| TimestampError::Structure { part: "certificate" })?;
        debug_assert!(self.certificates.len() <= MAX_CERTIFICATES);
        let others: Vec<CertificateDer<'_>> = self.certificates.iter().map(|raw| raw.as_slice().into()).collect();
        let time = UnixTime::since_unix_epoch(Duration::from_secs(self.info.gen_time.seconds));
        certificate
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &anchors.0,
                &others,
                time,
                // Of the authority itself `check_usage` asks more; an issuer may leave its usage open.
                webpki::KeyUsage::required_if_present(TIME_STAMPING_DER),
                None,
                None,
            )
            .map(|_| ())
            .map_err(|reason| TimestampError::Chain { reason: reason.to_string() })
    }

    fn accuracy(&self) -> Result<Option<u64>, TimestampError> {
        let Some(accuracy) = &self.info.accuracy else { return Ok(None) };
        let part = |number: Option<i16>| match number {
            None => Ok(0),
            Some(number @ 1..=999) => Ok(number as u64),
            Some(_) => Err(TimestampError::Structure { part: "accuracy" }),
        };
        let seconds = accuracy.seconds.unwrap_or(0).saturating_mul(1_000_000);
        let small = part(accuracy.millis)? * 1000 + part(accuracy.micros)?;
        Ok(Some(seconds.saturating_add(small)))
    }
}

/// RFC 3161, section 2.3: the certificate has exactly one extended key usage, time stamping, and it is critical.
fn check_usage(certificate: &Certificate) -> Result<(), TimestampError> {
    match certificate.tbs_certificate.get::<ExtendedKeyUsage>() {
        Ok(Some((true, usage))) if usage.0 == [TIME_STAMPING] => Ok(()),
        _ => Err(TimestampError::Usage),
    }
}

/// `SigningCertificate` of RFC 2634, section 5.4; of the certificates only the first matters.
#[derive(Sequence)]
struct SigningCertificate {
    certs: Vec<EssCertId>,
    #[asn1(optional = "true")]
    policies: Option<Any>,
}

/// `ESSCertID` and, with an algorithm, `ESSCertIDv2` of RFC 5035, section 4; without one version 2 means SHA-256.
#[derive(Sequence)]
struct EssCertId {
    #[asn1(optional = "true")]
    algorithm: Option<AlgorithmIdentifierOwned>,
    hash: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<IssuerSerial>,
}

#[derive(Sequence)]
struct IssuerSerial {
    issuer: GeneralNames,
    serial_number: SerialNumber,
}

/// Whether an ESS attribute names this certificate; version 1 hashes with SHA-1.
fn ess_fits(value: &Any, v1: bool, raw: &[u8], certificate: &Certificate) -> bool {
    let Ok(signing) = value.decode_as::<SigningCertificate>() else { return false };
    let Some(id) = signing.certs.first() else { return false };
    let algorithm = match (&id.algorithm, v1) {
        (None, true) => SHA1,
        (None, false) => SHA256,
        (Some(algorithm), false) => algorithm.oid,
        (Some(_), true) => return false,
    };
    let expected = if algorithm == SHA1 {
        v1.then(|| sha1::digest(&sha1::SHA1_FOR_LEGACY_USE_ONLY, raw).as_ref().to_vec())
    } else {
        hash(algorithm, raw)
    };
    let issuer_fits = id.issuer_serial.as_ref().is_none_or(|id| {
        let body = &certificate.tbs_certificate;
        let issuer = matches!(id.issuer.as_slice(), [GeneralName::DirectoryName(name)] if *name == body.issuer);
        issuer && id.serial_number == body.serial_number
    });
    expected.as_deref() == Some(id.hash.as_bytes()) && issuer_fits
}

/// The SHA-2 hash of that name.
fn hash(algorithm: ObjectIdentifier, bytes: &[u8]) -> Option<Vec<u8>> {
    match algorithm {
        SHA256 => Some(Sha256::digest(bytes).to_vec()),
        SHA384 => Some(Sha384::digest(bytes).to_vec()),
        SHA512 => Some(Sha512::digest(bytes).to_vec()),
        _ => None,
    }
}

/// The algorithms that a signature's name may mean; which one, the certificate's key decides. A bare `rsaEncryption`
/// takes the hash of the message digest (RFC 5754, section 3.2).
fn candidates(
    signature: ObjectIdentifier,
    digest: ObjectIdentifier,
) -> Vec<&'static dyn SignatureVerificationAlgorithm> {
    match (signature, digest) {
        (RSA_SHA256, _) | (RSA, SHA256) => vec![algorithms::RSA_PKCS1_2048_8192_SHA256],
        (RSA_SHA384, _) | (RSA, SHA384) => vec![algorithms::RSA_PKCS1_2048_8192_SHA384],
        (RSA_SHA512, _) | (RSA, SHA512) => vec![algorithms::RSA_PKCS1_2048_8192_SHA512],
        (ECDSA_SHA256, _) => vec![algorithms::ECDSA_P256_SHA256, algorithms::ECDSA_P384_SHA256],
        (ECDSA_SHA384, _) => vec![algorithms::ECDSA_P256_SHA384, algorithms::ECDSA_P384_SHA384],
        _ => Vec::new(),
    }
}
