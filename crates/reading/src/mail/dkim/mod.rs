//! DKIM (RFC 6376, RFC 8463): whether a mail's signatures still verify.
//!
//! A signature that verifies shows that the owner of a domain's key let this text out under these header fields. One that does not is no
//! proof of anything: keys are taken back after some months, and any program on the way may have changed a line. So every result says why.
//!
//! What is left outside: asking the DNS. The caller answers with the record's text.
//!
//! Pure: the time comes in as an argument.

mod canon;
mod key;
mod tags;
pub mod zone;

use base64::Engine;
use base64::engine::general_purpose::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};
use sha2::{Digest, Sha256};

use canon::{Canon, Field};
use key::{Algorithm, Record};
use tags::Tags;

/// More signatures than this are not looked at: each may cost a question to the DNS.
pub const MOST_SIGNATURES: usize = 16;

/// Base64 as signers write it: padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is known of the key under a selector of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyAnswer {
    /// There is none: it was never there, or has been taken away.
    Absent,
    /// The records' texts: one, but where a file keeps older ones under the same name.
    Records(Vec<String>),
    /// Nobody was asked, or nobody answered.
    Unasked,
}

/// What came of one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimResult {
    /// The domain that signed.
    pub domain: String,
    /// Its key's name.
    pub selector: String,
    /// When it says that it was made, seconds since 1970.
    pub signed_at: Option<u64>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It verifies.
    Verifies {
        /// Bytes of the body that it leaves out (`l=`): anybody may have added them.
        unsigned_bytes: u64,
        /// Of `to`, `subject` and `date`, those that stand in the mail and that it leaves out.
        unsigned_fields: Vec<&'static str>,
    },
    /// It verifies, and its time is over (`x=`).
    Expired {
        /// Since when, seconds since 1970.
        at: u64,
    },
    /// There is no key to check it with. That says nothing about the mail.
    NoKey(NoKey),
    /// It does not verify.
    Fails(Fails),
    /// It is not looked at further.
    Refused(Refused),
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoKey {
    /// The domain publishes none under this name any more, or never did.
    Absent,
    /// It has been taken back: the record stands there with an empty key.
    Revoked,
    /// The DNS was not asked, or did not answer, and no file has it.
    Unasked,
}

/// Why it does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fails {
    /// A field that may stand once stands there more often than was signed: it was added.
    AddedField,
    /// The body is not the one that was signed.
    Body,
    /// The header fields are not those that were signed, or the key is another.
    Signature,
    /// The body is shorter than what was signed.
    Shorter,
}

/// Why it is not looked at further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The algorithm is none that holds: `rsa-sha1` among them.
    Algorithm,
    /// The signature's field has not the form of one.
    Form,
    /// The key is not for mail, or not for this algorithm or identity.
    KeyUse,
    /// The key record is damaged.
    Key,
    /// The RSA key has fewer than 1,024 bits.
    SmallKey,
    /// There are too many signatures before it.
    TooMany,
    /// It does not sign who the mail is from.
    Unsigned,
    /// A version that this program does not know.
    Version,
}

impl Outcome {
    /// One word: `verifies`, `expired`, `no-key`, `fails`, `refused`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Verifies { .. } => "verifies",
            Self::Expired { .. } => "expired",
            Self::NoKey(_) => "no-key",
            Self::Fails(_) => "fails",
            Self::Refused(_) => "refused",
        }
    }

    /// The reason, in words.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Verifies { unsigned_bytes: 0, unsigned_fields } if unsigned_fields.is_empty() => {
                "text and header are as they were signed".to_owned()
            }
            Self::Verifies { unsigned_bytes, unsigned_fields } => {
                let mut left = Vec::new();
                if *unsigned_bytes > 0 {
                    left.push(format!("the last {unsigned_bytes} bytes of the text"));
                }
                left.extend(unsigned_fields.iter().map(|field| format!("the field {field}")));
                format!("as it was signed, but the signature leaves out {}", left.join(", "))
            }
            Self::Expired { .. } => "as it was signed; the signer's term for it is over".to_owned(),
            Self::NoKey(NoKey::Absent) => {
                "the domain publishes this key no more; old keys are taken away, so this says nothing about the mail"
                    .to_owned()
            }
            Self::NoKey(NoKey::Revoked) => {
                "the domain has taken this key back; this says nothing about the mail".to_owned()
            }
            Self::NoKey(NoKey::Unasked) => "the key was not asked for, or nobody answered".to_owned(),
            Self::Fails(why) => match why {
                Fails::AddedField => "a field was added that the signature does not cover",
                Fails::Body => "the text is not the one that was signed; a program on its way may have changed a line",
                Fails::Signature => "header and signature don't fit under this key",
                Fails::Shorter => "the text is shorter than what was signed",
            }
            .to_owned(),
            Self::Refused(why) => match why {
                Refused::Algorithm => "its algorithm does not hold (rsa-sha1, or unknown)",
                Refused::Form => "the signature's field is damaged",
                Refused::Key => "the key's record is damaged",
                Refused::KeyUse => "the key is for something else",
                Refused::SmallKey => "the key has fewer than 1024 bits",
                Refused::TooMany => "there are too many signatures",
                Refused::Unsigned => "it does not cover the field From",
                Refused::Version => "its version is unknown",
            }
            .to_owned(),
        }
    }
}

/// Checks every signature of a message, the topmost first. `now` is the time, seconds since 1970; `keys` answers for a selector and a
/// domain.
pub fn verify(message: &[u8], now: u64, keys: &dyn Fn(&str, &str) -> KeyAnswer) -> Vec<DkimResult> {
    let message = super::crlf(message);
    let (fields, body) = canon::split(&message);
    let signatures = fields.iter().filter(|field| field.is("dkim-signature"));
    let mut results = Vec::new();
    for (number, field) in signatures.enumerate() {
        let tags = Tags::parse(&String::from_utf8_lossy(field.value()));
        let tag = |name| tags.as_ref().and_then(|tags| tags.get(name)).map(tags::compact).unwrap_or_default();
        let outcome = match &tags {
            _ if number >= MOST_SIGNATURES => Outcome::Refused(Refused::TooMany),
            Some(tags) => one(field, tags, &fields, body, now, keys).unwrap_or_else(|outcome| outcome),
            None => Outcome::Refused(Refused::Form),
        };
        results.push(DkimResult {
            domain: tag("d").to_ascii_lowercase(),
            selector: tag("s"),
            signed_at: tag("t").parse().ok(),
            outcome,
        });
    }
    results
}

/// What a signature's field says, read and checked (RFC 6376, sections 3.5 and 6.1.1).
struct Signature {
    algorithm: Algorithm,
    signature: Vec<u8>,
    body_hash: Vec<u8>,
    header: Canon,
    body: Canon,
    domain: String,
    selector: String,
    identity: String,
    signed: Vec<String>,
    length: Option<u64>,
    expires: Option<u64>,
}

impl Signature {
    fn read(tags: &Tags) -> Result<Self, Refused> {
        let need = |name| tags.get(name).map(tags::compact).filter(|value| !value.is_empty()).ok_or(Refused::Form);
        let number = |name| match tags.get(name).map(tags::compact) {
            Some(value) => {
                let fits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
                // RFC 6376 allows 76 digits; a number that does not fit is later and longer than anything.
                if fits { Ok(Some(value.parse().unwrap_or(u64::MAX))) } else { Err(Refused::Form) }
            }
            None => Ok(None),
        };
        if need("v")? != "1" {
            return Err(Refused::Version);
        }
        let algorithm = Algorithm::of(&need("a")?).ok_or(Refused::Algorithm)?;
        let bytes = |name| BASE64.decode(need(name)?).map_err(|_| Refused::Form);
        let method = tags.get("c").map_or("simple/simple".to_owned(), tags::compact).to_ascii_lowercase();
        let (header, body) = method.split_once('/').unwrap_or((&method, "simple"));
        let domain = need("d")?.to_ascii_lowercase();
        let identity = tags.get("i").map_or_else(|| format!("@{domain}"), tags::compact);
        let of = identity.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        if of != domain && !of.ends_with(&format!(".{domain}")) {
            return Err(Refused::Form);
        }
        let signed: Vec<String> = need("h")?.split(':').map(|name| name.trim().to_ascii_lowercase()).collect();
        if !signed.iter().any(|name| name == "from") {
            return Err(Refused::Unsigned);
        }
        let (at, expires) = (number("t")?, number("x")?);
        if at.zip(expires).is_some_and(|(at, expires)| expires < at) {
            return Err(Refused::Form);
        }
        if tags.get("q").is_some_and(|q| !tags::compact(q).split(':').any(|method| method == "dns/txt")) {
            return Err(Refused::Form);
        }
        Ok(Self {
            algorithm,
            signature: bytes("b")?,
            body_hash: bytes("bh")?,
            header: Canon::of(header).ok_or(Refused::Form)?,
            body: Canon::of(body).ok_or(Refused::Form)?,
            selector: need("s")?,
            identity: of,
            signed,
            length: number("l")?,
            expires,
            domain,
        })
    }

    /// Checks the signature over these bytes under the key of a record.
    fn fits(&self, record: &str, signed: &[u8]) -> Result<(), Outcome> {
        let record = Record::parse(record).map_err(Outcome::Refused)?;
        let key = record.key(self.algorithm, &self.identity, &self.domain).map_err(Outcome::Refused)?;
        let key = key.ok_or(Outcome::NoKey(NoKey::Revoked))?;
        match key::verify(self.algorithm, &key, signed, &self.signature) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Outcome::Fails(Fails::Signature)),
            Err(why) => Err(Outcome::Refused(why)),
        }
    }
}

fn one(
    field: &Field<'_>,
    tags: &Tags,
    fields: &[Field<'_>],
    body: &[u8],
    now: u64,
    keys: &dyn Fn(&str, &str) -> KeyAnswer,
) -> Result<Outcome, Outcome> {
    let signature = Signature::read(tags).map_err(Outcome::Refused)?;
    // The body first: what is changed is changed whatever the key says, and nobody need be asked.
    let canonical = signature.body.body(body);
    let all = canonical.len() as u64;
    let length = signature.length.unwrap_or(all);
    let fails = |why| Err(Outcome::Fails(why));
    let Some(hashed) = usize::try_from(length).ok().and_then(|length| canonical.get(..length)) else {
        return fails(Fails::Shorter);
    };
    if Sha256::digest(hashed)[..] != signature.body_hash[..] {
        return fails(Fails::Body);
    }
    if is_added_to(fields, &signature.signed) {
        return fails(Fails::AddedField);
    }
    let records = match keys(&signature.selector, &signature.domain) {
        KeyAnswer::Records(records) => records,
        KeyAnswer::Absent => Vec::new(),
        KeyAnswer::Unasked => return Err(Outcome::NoKey(NoKey::Unasked)),
    };
    let signed = canon::signed(fields, &signature.signed, field, signature.header);
    // One key under which it verifies is enough; of several that don't fit, the first says why.
    let mut why = None;
    if !records.iter().any(|record| match signature.fits(record, &signed) {
        Ok(()) => true,
        Err(outcome) => {
            why.get_or_insert(outcome);
            false
        }
    }) {
        return Err(why.unwrap_or(Outcome::NoKey(NoKey::Absent)));
    }
    if let Some(at) = signature.expires.filter(|at| *at < now) {
        return Ok(Outcome::Expired { at });
    }
    let stands = |name: &&str| fields.iter().any(|field| field.is(name));
    let left = |name: &&str| stands(name) && !signature.signed.iter().any(|signed| signed == name);
    Ok(Outcome::Verifies {
        unsigned_bytes: all - length,
        unsigned_fields: ["to", "subject", "date"].into_iter().filter(left).collect(),
    })
}

/// Whether a field that a mail has once (RFC 5322, section 3.6) stands there more often than it was signed: then a reader may be shown
/// the one that was added (RFC 6376, section 8.15).
fn is_added_to(fields: &[Field<'_>], signed: &[String]) -> bool {
    ["from", "to", "subject", "date", "cc", "reply-to", "sender", "message-id"].into_iter().any(|name| {
        let stand = fields.iter().filter(|field| field.is(name)).count();
        let covered = signed.iter().filter(|signed| *signed == name).count();
        covered > 0 && stand > covered && stand > 1
    })
}

#[cfg(test)]
mod tests;
