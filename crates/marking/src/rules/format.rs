//! The TOML form of a pack, as it is read: nothing here is checked beyond its shape.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// One file of a pack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    /// What the file holds, for its reader; not used.
    #[serde(default, rename = "about")]
    pub(super) _about: Option<String>,
    #[serde(default)]
    pub(super) sets: BTreeMap<String, Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) repeatable: Vec<String>,
    #[serde(default)]
    pub(super) small: Vec<String>,
    #[serde(default)]
    pub(super) agreement: Vec<RawAgreement>,
    #[serde(default)]
    pub(super) paradigm: Vec<RawParadigm>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RawRule>,
}

/// Two forms of a word that stands before others: a / an.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAgreement {
    pub(super) words: Spanned<[String; 2]>,
    #[serde(default)]
    pub(super) first_before: Vec<String>,
    #[serde(default)]
    pub(super) second_before: Vec<String>,
}

/// Words that are inflected together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawParadigm {
    pub(super) name: Spanned<String>,
    pub(super) columns: Vec<String>,
    #[serde(default)]
    pub(super) context: BTreeMap<String, RawContext>,
    pub(super) words: Vec<Spanned<String>>,
}

/// What must stand, and what must not, around a match.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawContext {
    #[serde(default)]
    pub(super) after: Vec<String>,
    #[serde(default)]
    pub(super) not_after: Vec<String>,
    #[serde(default)]
    pub(super) before: Vec<String>,
    #[serde(default)]
    pub(super) not_before: Vec<String>,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub(super) id: Spanned<String>,
    pub(super) class: Spanned<String>,
    #[serde(default)]
    pub(super) style: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) tie: Option<String>,
    #[serde(default)]
    pub(super) literal: bool,
    #[serde(default)]
    pub(super) alternatives: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) sets: Option<Spanned<Vec<Vec<String>>>>,
    #[serde(default, rename = "move")]
    pub(super) moved: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) over: Vec<String>,
    #[serde(default)]
    pub(super) places: Vec<String>,
    #[serde(default)]
    pub(super) breaks: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) most: Option<usize>,
    #[serde(default)]
    pub(super) most_words: Option<usize>,
    #[serde(default)]
    pub(super) forms: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) after: Vec<String>,
    #[serde(default)]
    pub(super) not_after: Vec<String>,
    #[serde(default)]
    pub(super) before: Vec<String>,
    #[serde(default)]
    pub(super) not_before: Vec<String>,
    #[serde(default)]
    pub(super) not_following: Vec<String>,
    #[serde(default)]
    pub(super) not_with: Vec<String>,
    #[serde(default)]
    pub(super) examples: Vec<String>,
    #[serde(default)]
    pub(super) counterexamples: Vec<String>,
}

impl RawRule {
    pub(super) fn context(&self) -> RawContext {
        RawContext {
            after: self.after.clone(),
            not_after: self.not_after.clone(),
            before: self.before.clone(),
            not_before: self.not_before.clone(),
        }
    }
}
