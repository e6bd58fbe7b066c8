//! What was taken in, as the vault keeps it.

use countermark_vault::{Domain, Record, Table};
use serde::{Deserialize, Serialize};

/// A message that was sent, or received, before it was registered. The row's id is the first 16 bytes of the keyed hash of its item's hash.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TakenRecord {
    /// Out of which import it came first.
    pub(crate) import: [u8; 16],
    /// When it was written, seconds since 1970.
    pub(crate) at: u64,
    /// Whether the zone of that time is known.
    pub(crate) zoned: bool,
    /// Whether the office's own person sent it.
    pub(crate) sent: bool,
    /// Who wrote it.
    pub(crate) author: CorrespondentRecord,
    /// To whom.
    pub(crate) recipients: Vec<CorrespondentRecord>,
    /// The chat or the subject.
    pub(crate) thread: String,
    /// A mail's subject.
    pub(crate) subject: Option<String>,
    /// The writer's own words.
    pub(crate) text: String,
    /// Earlier text quoted in it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) quoted: String,
    /// What stood below it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) signature: String,
    /// Whether it was changed afterwards: when, seconds since 1970, 0 where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) edited: Option<u64>,
    /// Pictures and files that came with it.
    #[serde(default)]
    pub(crate) attachments: usize,
    /// What the source calls it.
    pub(crate) source_id: String,
    /// Where it stands in the source.
    pub(crate) place: String,
    /// Hash of the source's item, in hexadecimal.
    pub(crate) item: String,
    /// What came of a mail's signatures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) dkim: Vec<DkimRecord>,
}

/// A person as the source names him.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CorrespondentRecord {
    /// His name there.
    pub(crate) name: String,
    /// His address there.
    pub(crate) address: String,
    /// The one person of the address book who has this name or address.
    pub(crate) handle: Option<String>,
}

/// What came of a mail's signature when it was taken in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct DkimRecord {
    /// The domain that signed.
    pub(crate) domain: String,
    /// Its key's name.
    pub(crate) selector: String,
    /// One word.
    pub(crate) outcome: String,
    /// Why.
    pub(crate) reason: String,
    /// When it was checked, milliseconds since 1970.
    pub(crate) checked_ms: u64,
}

/// A file out of which messages were taken, and its leaf. The row's id is the first 16 bytes of the keyed hash of its SHA-256.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ImportRecord {
    /// When, milliseconds since 1970.
    pub(crate) taken_ms: u64,
    /// Its kind.
    pub(crate) kind: String,
    /// Its name.
    pub(crate) file: String,
    /// Its SHA-256, in hexadecimal.
    pub(crate) sha256: String,
    /// Messages that were new.
    pub(crate) taken: u64,
    /// Messages that stood there already.
    pub(crate) known: u64,
    /// Items that were not taken.
    pub(crate) skipped: u64,
    /// The leaf's random tag.
    pub(crate) tag: [u8; 32],
    /// The leaf's random salt.
    pub(crate) salt: [u8; 32],
    /// The leaf's index in the log, once it is there.
    pub(crate) index: Option<u64>,
}

impl Record for TakenRecord {
    const TABLE: Table = Table::new(50);
    const DOMAIN: Domain = Domain::Main;
}

impl Record for ImportRecord {
    const TABLE: Table = Table::new(51);
    const DOMAIN: Domain = Domain::Main;
}
