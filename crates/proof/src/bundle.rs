//! Bundles: everything that proves an opening, in one JSON file with one byte form.
//!
//! The format is `docs/formats/bundle.md`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countermark_tlog::checkpoint::Checkpoint;
use countermark_tlog::note::VerifierKey;
use countermark_tlog::proof::Proof;

use crate::hash::{Digest, hash};
use crate::json::{self, Value};
use crate::opening::{Opening, PartOpening, SlotOpening};
use crate::row::{self, Row};

/// The format's name, first thing that a verifier looks for.
pub const FORMAT: &str = "countermark/bundle/1";

/// The name of the format of a bundle with a row.
pub const FORMAT_WITH_ROW: &str = "countermark/bundle/2";

/// The format's name, and the version of the explanations that belong to it; a bundle never carries explanations of
/// its own.
pub(crate) fn format(row: bool) -> (&'static str, u32) {
    if row { (FORMAT_WITH_ROW, 2) } else { (FORMAT, 1) }
}

/// The key of the last field; `~` sorts after every letter.
pub(crate) const HASH_KEY: &str = "~hash";

/// A captured publication that a bundle answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// SHA-256 of the capture as it is kept.
    pub sha256: Digest,
    /// When it was captured, by the owner's word: seconds since 1970 (UTC), below 2^53.
    pub at: u64,
    /// Its leaf in the log, when it was logged.
    pub logged: Option<LoggedCapture>,
}

/// A capture's leaf in the log with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedCapture {
    /// The random first half of the leaf.
    pub tag: Digest,
    /// The random salt of its second half.
    pub salt: Digest,
    /// Its inclusion in the same log, under a checkpoint of its own.
    pub proof: Proof,
}

impl Capture {
    /// A capture's leaf: `tag || H("countermark/capture/1", salt, sha256, at)`. Tag and salt are 256 random bits
    /// each, so that the leaf looks like every other.
    #[must_use]
    pub fn leaf(&self, tag: &Digest, salt: &Digest) -> [u8; 64] {
        let hidden = hash("countermark/capture/1", &[salt, &self.sha256, &self.at.to_be_bytes()]);
        crate::table::leaf(tag, &hidden)
    }
}

/// The evidence file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The log's verifier key (Ed25519); its name is the log's origin.
    pub log: VerifierKey,
    /// What is shown of the commitment.
    pub opening: Opening,
    /// The commitment, second half of the message's leaf.
    pub commitment: Digest,
    /// The slot, whose tag is the first half of the message's leaf.
    pub slot: SlotOpening,
    /// The inclusion of the message's leaf.
    pub proof: Proof,
    /// An RFC 3161 time-stamp token (DER) on the checkpoint in `proof`; what it stamps is [`stamped`].
    pub token: Option<Vec<u8>>,
    /// The publication that this answers.
    pub capture: Option<Capture>,
    /// One copy's row, where it is shown which copy the capture came from.
    pub row: Option<Row>,
    /// The writer's words: not sealed, proved by nothing, at most 64 KiB.
    pub words: Option<String>,
}

/// What a time-stamp on a checkpoint stamps: SHA-256 of the checkpoint's text without its signatures, so that
/// cosignatures that come later leave the stamp valid.
#[must_use]
pub fn stamped(checkpoint: &Checkpoint) -> Digest {
    checkpoint.digest()
}

impl Bundle {
    /// The bundle's one byte form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (format, explanations) = format(self.row.is_some());
        let mut members = vec![
            ("commitment", base64(&self.commitment)),
            ("explanations", integer(explanations.into())),
            ("format", string(format)),
            ("log", string(&self.log.to_string())),
            ("message", string(&hex(&self.opening.message.0))),
            ("parts", Value::Array(self.opening.parts.iter().map(part).collect())),
            ("proof", string(&self.proof.to_text())),
            ("rest", hashes(&self.opening.rest)),
            ("settings", settings(&self.opening)),
            ("slot", slot(&self.slot)),
            ("table", table(&self.slot)),
            ("time", time(&self.opening)),
        ];
        members.extend(self.capture.as_ref().map(|found| ("capture", capture(found))));
        members.extend(self.row.as_ref().map(|row| ("row", row::form::write(row))));
        members.extend(self.token.as_ref().map(|token| ("token", base64(token))));
        members.extend(self.words.as_ref().map(|words| ("words", string(words))));
        let mut members: Vec<_> = members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let form = json::write(&Value::Object(members.clone()));
        members.push((HASH_KEY.to_owned(), base64(&form_hash(format, &form))));
        json::write(&Value::Object(members)).into_bytes()
    }
}

/// The hash that the last field holds, over the canonical form without that field.
pub(crate) fn form_hash(format: &str, form: &str) -> Digest {
    hash(format, &[form.as_bytes()])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn part(part: &PartOpening) -> Value {
    match part {
        PartOpening::Closed { class, hidden } => {
            object(vec![("class", integer(class.number().into())), ("hidden", base64(hidden))])
        }
        PartOpening::Open { class, salt, text } => {
            object(vec![("class", integer(class.number().into())), ("salt", base64(salt)), ("text", string(text))])
        }
    }
}

fn settings(opening: &Opening) -> Value {
    let settings = &opening.settings;
    object(vec![
        ("bias", string(&settings.rules.bias)),
        ("coalition", integer(settings.rules.coalition.into())),
        ("copies", integer(settings.copies.into())),
        ("epsilon", integer(settings.epsilon)),
        ("eta", integer(settings.rules.eta_thousandths.into())),
        ("file_copies", integer(settings.file_copies.into())),
        ("marked_line", Value::Bool(settings.marked_line)),
        ("rules", integer(settings.rules.version.into())),
        ("salt", base64(&opening.settings_salt)),
        ("spending", string(&settings.rules.spending)),
        ("texts", string(&settings.texts)),
    ])
}

fn time(opening: &Opening) -> Value {
    let mut members = vec![("at", integer(opening.written.at)), ("salt", base64(&opening.written_salt))];
    members.extend(opening.written.sealed_after.as_ref().map(|checkpoint| ("after", string(checkpoint))));
    object(members)
}

fn slot(opening: &SlotOpening) -> Value {
    object(vec![
        ("index", integer(opening.slot.index.into())),
        ("nonce", base64(&opening.slot.nonce)),
        ("path", hashes(&opening.path)),
    ])
}

fn table(opening: &SlotOpening) -> Value {
    object(vec![
        ("id", base64(&opening.table)),
        ("proof", hashes(&opening.table_proof)),
        ("slots", integer(opening.size.slots().into())),
    ])
}

fn capture(capture: &Capture) -> Value {
    let mut members = vec![("at", integer(capture.at)), ("sha256", string(&hex(&capture.sha256)))];
    if let Some(logged) = &capture.logged {
        let log = object(vec![
            ("proof", string(&logged.proof.to_text())),
            ("salt", base64(&logged.salt)),
            ("tag", base64(&logged.tag)),
        ]);
        members.push(("log", log));
    }
    object(members)
}

pub(crate) fn object(members: Vec<(&str, Value)>) -> Value {
    Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

pub(crate) fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

pub(crate) fn base64(bytes: &[u8]) -> Value {
    Value::String(STANDARD.encode(bytes))
}

pub(crate) fn hashes(digests: &[Digest]) -> Value {
    Value::Array(digests.iter().map(|digest| base64(digest)).collect())
}

/// Every integer handed in here is below 2^53 by the checks of sealing; one that isn't is written as the largest
/// and fails to verify.
pub(crate) fn integer(value: u64) -> Value {
    Value::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}
