//! Reading a response or a token into its parts. Nothing is verified here.

use super::der::{self, Element};
use super::{MAX_CERTIFICATES, MAX_TOKEN};
use crate::error::TimestampError;
use ::der::asn1::{Any, Int, ObjectIdentifier};
use ::der::{
    Decode, DecodeValue, EncodeValue, ErrorKind, FixedTag, Header, Length, Reader, Sequence, Tag, Tagged, Writer,
};
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerInfo};
use std::fmt;
use x509_tsp::{Accuracy, MessageImprint};

pub(super) const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
pub(super) const ID_CT_TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const ID_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// The most bytes of a serial number: RFC 3161 asks for 160 bits, and a sign byte.
const MAX_SERIAL: usize = 21;

/// `TSTInfo` of RFC 3161, section 2.4.2, with a `genTime` that may have a fraction.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct Info {
    pub(super) version: u8,
    pub(super) policy: ObjectIdentifier,
    pub(super) message_imprint: MessageImprint,
    pub(super) serial_number: Int,
    pub(super) gen_time: GenTime,
    #[asn1(optional = "true")]
    pub(super) accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    pub(super) ordering: bool,
    #[asn1(optional = "true")]
    pub(super) nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) tsa: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) extensions: Option<cms::cert::x509::ext::Extensions>,
}

/// A timestamp token as it came: well-formed, nothing verified.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    der: Vec<u8>,
    pub(super) info: Info,
    /// The exact bytes of `TSTInfo`.
    pub(super) content: Vec<u8>,
    pub(super) content_type: ObjectIdentifier,
    pub(super) signer: SignerInfo,
    /// The certificates, byte for byte as they came: a certificate encoded anew may be another one.
    pub(super) certificates: Vec<Vec<u8>>,
}

impl Token {
    /// Reads a `TimeStampResp` or a bare `TimeStampToken`, in DER.
    ///
    /// # Errors
    /// [`TimestampError::TooLarge`] and [`TimestampError::Bomb`] before anything is parsed;
    /// [`TimestampError::Refused`] when the authority did not stamp; [`TimestampError::Structure`] names the part that is
    /// malformed; [`TimestampError::ContentType`] when it is signed data of another kind.
    pub fn parse(bytes: &[u8]) -> Result<Token, TimestampError> {
        if bytes.len() > MAX_TOKEN {
            return Err(TimestampError::TooLarge { size: bytes.len(), limit: MAX_TOKEN });
        }
        der::check(bytes, "response")?;
        let bytes = unwrap_response(bytes)?;
        let malformed = |part| TimestampError::Structure { part };
        let outer = ContentInfo::from_der(bytes).map_err(|_| malformed("token"))?;
        if outer.content_type != ID_SIGNED_DATA {
            return Err(TimestampError::ContentType);
        }
        // Counted before the certificates are parsed and sorted.
        let certificates = certificates(bytes).ok_or(malformed("certificates"))?;
        if certificates.len() > MAX_CERTIFICATES {
            return Err(TimestampError::Bomb { part: "token", what: "certificates", limit: MAX_CERTIFICATES });
        }
        let signed: SignedData = outer.content.decode_as().map_err(|_| malformed("signed data"))?;
        let content_type = signed.encap_content_info.econtent_type;
        if content_type != ID_CT_TST_INFO {
            return Err(TimestampError::ContentType);
        }
        let content = signed.encap_content_info.econtent.ok_or(malformed("content"))?;
        if content.tag() != Tag::OctetString {
            return Err(malformed("content"));
        }
        let content = content.value().to_vec();
        der::check(&content, "content")?;
        let info = Info::from_der(&content).map_err(|_| malformed("content"))?;
        if info.version != 1 || info.serial_number.as_bytes().len() > MAX_SERIAL {
            return Err(malformed("content"));
        }
        // A token has the authority's signature and no other (RFC 3161, section 2.4.2).
        let mut signers = signed.signer_infos.0.into_vec();
        let (Some(signer), true) = (signers.pop(), signers.is_empty()) else {
            return Err(malformed("signatures: exactly one is needed"));
        };
        Ok(Token { der: bytes.to_vec(), info, content, content_type, signer, certificates })
    }

    /// The bare token, as it is kept.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("bytes", &self.der.len()).finish_non_exhaustive()
    }
}

/// The token within a response; a bare token is itself. A response starts with a sequence (the status), a token with
/// an object identifier.
fn unwrap_response(bytes: &[u8]) -> Result<&[u8], TimestampError> {
    let malformed = || TimestampError::Structure { part: "response" };
    let (outer, _) = Element::read(bytes).ok_or_else(malformed)?;
    let mut parts = Element::all(outer.content);
    let first = parts.next().ok_or_else(malformed)?;
    match (outer.tag, first.tag) {
        (0x30, 0x06) => return Ok(bytes),
        (0x30, 0x30) => {}
        _ => return Err(malformed()),
    }
    let status = Element::all(first.content).next().filter(|status| status.tag == 0x02).ok_or_else(malformed)?;
    let status = match status.content {
        [status @ 0..=127] => *status,
        _ => return Err(malformed()),
    };
    // 0 is granted, 1 granted with changes; the changes show in what is verified.
    if status > 1 {
        return Err(TimestampError::Refused { status });
    }
    let token = parts.next().ok_or_else(malformed)?;
    if parts.next().is_some() { Err(malformed()) } else { Ok(token.whole) }
}

/// The raw certificates of a token: `[0]` of the `SignedData` in the `[0]` of the `ContentInfo`.
fn certificates(token: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (outer, _) = Element::read(token)?;
    let explicit = Element::all(outer.content).nth(1)?;
    let (signed, _) = Element::read(explicit.content)?;
    let mut found = Element::all(signed.content).filter(|element| element.tag == 0xa0);
    let Some(set) = found.next() else { return Some(Vec::new()) };
    // Attribute certificates and other kinds have context tags; they vouch for nothing here.
    let plain = Element::all(set.content).filter(|element| element.tag == 0x30);
    Some(plain.map(|element| element.whole.to_vec()).collect())
}

/// A `GeneralizedTime` in UTC with or without a fraction, which `der`'s own type refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GenTime {
    /// Unix seconds, the fraction dropped.
    pub(super) seconds: u64,
    /// The fraction, in microseconds rounded up.
    pub(super) micros: u32,
    /// How many digits the fraction had; kept so that the length is known.
    digits: u8,
}

impl GenTime {
    fn parse(text: &[u8]) -> Option<GenTime> {
        let text = str::from_utf8(text).ok()?.strip_suffix('Z')?;
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() != 14 || !all_digits(whole) {
            return None;
        }
        let number = |at: usize, len: usize| whole[at..at + len].parse::<u16>().ok();
        let byte = |at: usize| number(at, 2).map(|number| number as u8);
        let date = ::der::DateTime::new(number(0, 4)?, byte(4)?, byte(6)?, byte(8)?, byte(10)?, byte(12)?).ok()?;
        let mut micros = 0;
        if let Some(fraction) = fraction {
            // RFC 3161: trailing zeros must be left out, and with them the point.
            if !all_digits(fraction) || fraction.len() > 18 || fraction.ends_with('0') {
                return None;
            }
            let scale = 10u64.pow(fraction.len() as u32);
            micros = (u128::from(fraction.parse::<u64>().ok()?) * 1_000_000).div_ceil(u128::from(scale)) as u32;
        }
        let digits = fraction.map_or(0, str::len) as u8;
        Some(GenTime { seconds: date.unix_duration().as_secs(), micros, digits })
    }
}

impl FixedTag for GenTime {
    const TAG: Tag = Tag::GeneralizedTime;
}

impl<'a> DecodeValue<'a> for GenTime {
    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> ::der::Result<GenTime> {
        let text = reader.read_vec(header.length)?;
        GenTime::parse(&text).ok_or_else(|| ErrorKind::DateTime.into())
    }
}

impl EncodeValue for GenTime {
    fn value_len(&self) -> ::der::Result<Length> {
        let point = u16::from(self.digits > 0);
        Length::try_from(usize::from(15 + point + u16::from(self.digits)))
    }

    // Tokens are never written, only kept as they came; the derive asks for it all the same.
    fn encode_value(&self, _: &mut impl Writer) -> ::der::Result<()> {
        Err(ErrorKind::Failed.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_and_without_fractions() {
        let parse = |text: &str| GenTime::parse(text.as_bytes()).map(|time| (time.seconds, time.micros));
        assert_eq!(parse("19700101000001Z"), Some((1, 0)));
        assert_eq!(parse("20230607112626Z"), Some((1_686_137_186, 0)));
        assert_eq!(parse("20230607112626.5Z"), Some((1_686_137_186, 500_000)));
        assert_eq!(parse("20230607112626.0000001Z"), Some((1_686_137_186, 1)));
        assert_eq!(parse("20230607112626.999999999Z"), Some((1_686_137_186, 1_000_000)));
        for wrong in [
            "",
            "Z",
            "20230607112626",
            "202306071126Z",
            "20230607112626+0000Z",
            "20230607112626.Z",
            "20230607112626.50Z",
            "20230631112626Z",
            "20231307112626Z",
            "20230607252626Z",
            "2023060711262 Z",
            "20230607112626.5",
            "19690101000000Z",
            "20230607112626.1234567890123456789Z",
            "20230607112626.1.2Z",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_refusal_is_told_from_garbage() {
        let refused = [0x30, 5, 0x30, 3, 2, 1, 2];
        assert_eq!(Token::parse(&refused), Err(TimestampError::Refused { status: 2 }));
        let no_token = [0x30, 5, 0x30, 3, 2, 1, 0];
        assert_eq!(Token::parse(&no_token), Err(TimestampError::Structure { part: "response" }));
        let not_signed = [0x30, 9, 6, 3, 0x2a, 3, 4, 0xa0, 2, 5, 0];
        assert_eq!(Token::parse(&not_signed), Err(TimestampError::ContentType));
        let huge = vec![0; MAX_TOKEN + 1];
        assert_eq!(Token::parse(&huge), Err(TimestampError::TooLarge { size: MAX_TOKEN + 1, limit: MAX_TOKEN }));
    }
}
