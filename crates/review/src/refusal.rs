//! What of a refusal may be remembered: the rule and the words it offered, nothing of the message.

use serde::{Deserialize, Serialize};

use crate::entry::Why;

/// A rule's offer that was refused, such that the same offer in another letter is known again: whatever alternative stands
/// there, and whether or not it begins a sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Refusal {
    /// The pack's name.
    pub pack: String,
    /// The rule's id.
    pub rule: String,
    /// The alternatives, in small letters, sorted.
    pub alternatives: Vec<String>,
}

impl Refusal {
    /// The refusal of what a rule offered.
    pub fn of(why: &Why) -> Refusal {
        Refusal::new(&why.pack, &why.rule, &why.offered)
    }

    /// The refusal of these alternatives of a rule.
    pub fn new(pack: &str, rule: &str, alternatives: &[String]) -> Refusal {
        let mut alternatives: Vec<String> = alternatives.iter().map(|one| one.to_lowercase()).collect();
        alternatives.sort();
        Refusal { pack: pack.to_owned(), rule: rule.to_owned(), alternatives }
    }
}

/// For whom a refusal is remembered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// Whoever is written to.
    House,
    /// Letters to this correspondent, by handle.
    Person(String),
}
