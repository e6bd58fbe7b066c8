//! What is fixed at sealing and never again: the settings, the approvers, the writer's time.

use countermark_tlog::checkpoint::SignedCheckpoint;
use countermark_tlog::note::is_usable;
use serde::{Deserialize, Serialize};

use crate::error::SealingError;
use crate::hash::encode;
use crate::limits;
use crate::piece::numbers;

/// The log that a message is sealed in: a commitment holds it, so that nobody can log a copy of the commitment
/// elsewhere and later show the opened text as his own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogId {
    /// The log's origin, as its checkpoints have it: 1 to 255 bytes, neither white space nor `+`.
    pub origin: String,
    /// The log's Ed25519 public key.
    pub key: [u8; 32],
}

/// The rules by which a copy is named, by name and number, as design and documentation of the codebook give them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The rules' version; 1 so far.
    pub version: u32,
    /// The type of the sites' bias vectors: `uniform`.
    pub bias: String,
    /// The coalition size that the codebook was drawn for: 1 so far.
    pub coalition: u32,
    /// The share of doubt mixed into every observation, in thousandths: 50.
    pub eta_thousandths: u32,
    /// What look `k` costs: `k(k+1)`.
    pub spending: String,
}

impl Default for Rules {
    /// Version 1: uniform, coalition size 1, eta 0.05, looks cost `k(k+1)`.
    fn default() -> Self {
        Self {
            version: 1,
            bias: "uniform".to_owned(),
            coalition: 1,
            eta_thousandths: 50,
            spending: "k(k+1)".to_owned(),
        }
    }
}

/// The settings of one message, fixed at sealing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The log that the message is sealed in.
    pub log: LogId,
    /// The rules of naming.
    pub rules: Rules,
    /// The bound, in units of 1e-15: 1e-4 is 100,000,000,000. From 1e-12 to 1e-2.
    pub epsilon: u64,
    /// `n`: the copies, the writer's own file copies included.
    pub copies: u32,
    /// How many of the copies, the last ones, are the writer's file copies.
    pub file_copies: u32,
    /// `N`: how many texts the sites allow, the product of their numbers of alternatives, in decimal digits.
    pub texts: String,
    /// Whether the copies carry the line that they are individually marked.
    pub marked_line: bool,
}

/// How many approvers must sign before a recipient can be named in public.
pub const APPROVALS: u64 = 2;

impl Settings {
    /// Whether what is opened is the writer's own copy's, and others may read otherwise: there are sites, and copies besides his.
    #[must_use]
    pub fn shows_own_copy(&self) -> bool {
        self.file_copies > 0 && self.copies > 1 && self.texts != "1"
    }

    /// The settings' content: all but the number of copies, which is public.
    pub(crate) fn content(&self) -> Vec<u8> {
        let rules = &self.rules;
        let number = u64::to_be_bytes;
        encode(&[
            self.log.origin.as_bytes(),
            &self.log.key,
            &number(rules.version.into()),
            rules.bias.as_bytes(),
            &number(rules.coalition.into()),
            &number(rules.eta_thousandths.into()),
            rules.spending.as_bytes(),
            &number(self.epsilon),
            &number(self.file_copies.into()),
            self.texts.as_bytes(),
            &number(self.marked_line.into()),
        ])
    }

    /// Checks what a verifier refuses.
    pub(crate) fn check(&self) -> Result<(), SealingError> {
        let setting = |name, right: bool| right.then_some(()).ok_or(SealingError::Setting { name });
        setting("origin", is_origin(&self.log.origin))?;
        setting("bias", is_name(&self.rules.bias))?;
        setting("spending", is_name(&self.rules.spending))?;
        setting("texts", is_decimal(&self.texts))?;
        count("epsilon in 1e-15", self.epsilon, 1_000, 10_000_000_000_000)?;
        count("copies", self.copies.into(), 0, limits::COPIES as u64)?;
        count("file copies", self.file_copies.into(), 0, self.copies.into())
    }
}

/// The approvers' content: how many must sign, then the keys.
pub(crate) fn approvers_content(approvers: &[[u8; 32]]) -> Vec<u8> {
    let threshold = APPROVALS.to_be_bytes();
    let mut fields: Vec<&[u8]> = vec![&threshold];
    fields.extend(approvers.iter().map(<[u8; 32]>::as_slice));
    encode(&fields)
}

/// Checks that every approver has a key of his own that a signature can be trusted under.
pub(crate) fn check_approvers(approvers: &[[u8; 32]]) -> Result<(), SealingError> {
    for (place, key) in approvers.iter().enumerate() {
        if !is_usable(key) {
            return Err(SealingError::ApproverKey { approver: place + 1 });
        }
        if let Some(first) = approvers[..place].iter().position(|other| other == key) {
            return Err(SealingError::ApproverTwice { first: first + 1, second: place + 1 });
        }
    }
    count("approvers", approvers.len() as u64, 0, limits::APPROVERS as u64)
}

/// When the writer says that he sealed, and after what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The writer's own time, in seconds since 1970 (UTC), below 2^53.
    pub at: u64,
    /// The last checkpoint that a witness had cosigned before the sealing, the whole signed note; none when there was
    /// none. Who trusts the witness knows that the sealing is no older.
    pub sealed_after: Option<String>,
}

impl Written {
    pub(crate) fn content(&self) -> Vec<u8> {
        encode(&[&self.at.to_be_bytes(), self.sealed_after.as_deref().unwrap_or_default().as_bytes()])
    }

    pub(crate) fn check(&self) -> Result<(), SealingError> {
        count("writer's time in seconds", self.at, 0, limits::INTEGER - 1)?;
        // Only what can be read later is sealed now; an empty text would stand for "none".
        let readable = |text: &String| {
            let small = text.len() <= limits::CHECKPOINT_BYTES;
            small && SignedCheckpoint::parse(text.as_bytes()).is_ok_and(|read| read.to_text() == *text)
        };
        if !self.sealed_after.as_ref().is_none_or(readable) {
            return Err(SealingError::Setting { name: "checkpoint before" });
        }
        Ok(())
    }
}

/// Public of the settings: the numbers of parts and copies, from which every piece's place follows.
pub(crate) fn settings_public(parts: u64, copies: u64) -> Vec<u8> {
    numbers(&[parts, copies])
}

pub(crate) fn count(what: &'static str, found: u64, least: u64, most: u64) -> Result<(), SealingError> {
    if (least..=most).contains(&found) { Ok(()) } else { Err(SealingError::Count { what, found, least, most }) }
}

/// The same rule as for a key name in a signed note (c2sp.org/signed-note).
fn is_origin(text: &str) -> bool {
    (1..=limits::ORIGIN_BYTES).contains(&text.len()) && !text.chars().any(|c| c.is_whitespace() || c < ' ' || c == '+')
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_decimal(text: &str) -> bool {
    (1..=limits::TEXTS_DIGITS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0')
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample() -> Settings {
        Settings {
            log: LogId { origin: "countermark.example/log".to_owned(), key: [1; 32] },
            rules: Rules::default(),
            epsilon: 100_000_000_000,
            copies: 2,
            file_copies: 1,
            texts: "64".to_owned(),
            marked_line: true,
        }
    }

    #[test]
    fn what_could_not_be_opened_is_refused() {
        type Change = fn(&mut Settings);
        let rows: &[(Change, &str)] = &[
            (|s| s.log.origin.clear(), "setting origin"),
            (|s| s.log.origin = "a b".to_owned(), "setting origin"),
            (|s| s.log.origin = "a+b".to_owned(), "setting origin"),
            (|s| s.rules.bias.clear(), "setting bias"),
            (|s| s.rules.spending = "k (k)".to_owned(), "setting spending"),
            (|s| s.texts = "064".to_owned(), "setting texts"),
            (|s| s.texts = "-1".to_owned(), "setting texts"),
            (|s| s.texts.clear(), "setting texts"),
            (|s| s.epsilon = 999, "epsilon"),
            (|s| s.epsilon = 10_000_000_000_001, "epsilon"),
            (|s| s.copies = 4_097, "copies"),
            (|s| s.file_copies = 3, "file copies"),
        ];
        assert_eq!(sample().check(), Ok(()));
        for (change, expected) in rows {
            let mut settings = sample();
            change(&mut settings);
            let error = settings.check().expect_err(expected).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn an_approver_counts_once() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[5; 32]).verifying_key().to_bytes();
        assert_eq!(check_approvers(&[key]), Ok(()));
        assert_eq!(check_approvers(&[key, key]), Err(SealingError::ApproverTwice { first: 1, second: 2 }));
        assert_eq!(check_approvers(&[key, [0; 32]]), Err(SealingError::ApproverKey { approver: 2 }));
    }

    #[test]
    fn every_setting_changes_the_content() {
        type Change = fn(&mut Settings);
        let rows: &[Change] = &[
            |s| s.log.origin.push('x'),
            |s| s.log.key[0] ^= 1,
            |s| s.rules.version += 1,
            |s| s.rules.bias.push('x'),
            |s| s.rules.coalition += 1,
            |s| s.rules.eta_thousandths += 1,
            |s| s.rules.spending.push('x'),
            |s| s.epsilon += 1,
            |s| s.file_copies += 1,
            |s| s.texts.push('1'),
            |s| s.marked_line = false,
        ];
        for change in rows {
            let mut settings = sample();
            change(&mut settings);
            assert_ne!(settings.content(), sample().content());
        }
    }
}
