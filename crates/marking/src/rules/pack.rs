//! A pack: rules read from TOML, checked, and made ready for matching.

use super::breaks::Breaks;
use super::compile::compile;
use super::error::{Fault, MAX_BYTES, PackError};
use super::format::RawFile;
use super::moves::Move;
use super::pattern::Pattern;
use crate::Class;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// How formal the setting is in which a rule's alternatives are at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// Letters between governments and offices.
    Formal,
    /// Anything.
    Neutral,
    /// Letters among people who know each other well.
    Informal,
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Style::Formal => "formal",
            Style::Neutral => "neutral",
            Style::Informal => "informal",
        })
    }
}

impl FromStr for Style {
    type Err = Fault;

    /// # Errors
    /// [`Fault::UnknownStyle`] for anything but `formal`, `neutral`, `informal`.
    fn from_str(name: &str) -> Result<Style, Fault> {
        match name {
            "formal" => Ok(Style::Formal),
            "neutral" => Ok(Style::Neutral),
            "informal" => Ok(Style::Informal),
            _ => Err(Fault::UnknownStyle(name.to_owned())),
        }
    }
}

/// A language pack: rules that propose sites. Data only; made from TOML by [`Pack::parse`].
#[derive(Clone)]
pub struct Pack {
    pub(super) name: String,
    pub(super) rules: Vec<Rule>,
    pub(super) phrases: Vec<Phrase>,
    /// Phrases by the canonical form of their first token.
    pub(super) index: HashMap<String, Heads>,
    pub(super) literals: Vec<Literal>,
    pub(super) moves: Vec<Move>,
    pub(super) breaks: Vec<Breaks>,
    /// Moves and their templates by the word with which a match begins.
    pub(super) move_index: HashMap<String, Vec<(u32, u32)>>,
    /// Words that lose their capital when they don't open a sentence any more.
    pub(super) small: HashSet<String>,
    /// What is offered and never matched, for [`neutral`](super::neutral()) alone.
    pub(super) offered: Offered,
    pub(super) agreements: Vec<Agreement>,
    /// Words that may stand twice in a sentence without harm.
    pub(super) repeatable: HashSet<String>,
}

impl fmt::Debug for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pack").field("name", &self.name).field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

/// The embedded English pack, file by file.
const ENGLISH: &[(&str, &str)] = &[
    ("en/forms.toml", include_str!("../../../../lang/en/forms.toml")),
    ("en/typography.toml", include_str!("../../../../lang/en/typography.toml")),
    ("en/punctuation.toml", include_str!("../../../../lang/en/punctuation.toml")),
    ("en/order.toml", include_str!("../../../../lang/en/order.toml")),
    ("en/layout.toml", include_str!("../../../../lang/en/layout.toml")),
    ("en/spelling.toml", include_str!("../../../../lang/en/spelling.toml")),
    ("en/contraction.toml", include_str!("../../../../lang/en/contraction.toml")),
    ("en/number.toml", include_str!("../../../../lang/en/number.toml")),
    ("en/formula.toml", include_str!("../../../../lang/en/formula.toml")),
    ("en/formula-message.toml", include_str!("../../../../lang/en/formula-message.toml")),
    ("en/formula-stance.toml", include_str!("../../../../lang/en/formula-stance.toml")),
    ("en/formula-request.toml", include_str!("../../../../lang/en/formula-request.toml")),
    ("en/formula-thanks.toml", include_str!("../../../../lang/en/formula-thanks.toml")),
    ("en/formula-letter.toml", include_str!("../../../../lang/en/formula-letter.toml")),
    ("en/phrases.toml", include_str!("../../../../lang/en/phrases.toml")),
    ("en/words.toml", include_str!("../../../../lang/en/words.toml")),
    ("en/relatives.toml", include_str!("../../../../lang/en/relatives.toml")),
    ("en/prepositions.toml", include_str!("../../../../lang/en/prepositions.toml")),
    ("en/frames.toml", include_str!("../../../../lang/en/frames.toml")),
    ("en/adverbials.toml", include_str!("../../../../lang/en/adverbials.toml")),
    ("en/company.toml", include_str!("../../../../lang/en/company.toml")),
    ("en/connectives.toml", include_str!("../../../../lang/en/connectives.toml")),
    ("en/adverbs.toml", include_str!("../../../../lang/en/adverbs.toml")),
    ("en/adjectives.toml", include_str!("../../../../lang/en/adjectives.toml")),
    ("en/nouns.toml", include_str!("../../../../lang/en/nouns.toml")),
    ("en/verbs.toml", include_str!("../../../../lang/en/verbs.toml")),
    ("en/actions.toml", include_str!("../../../../lang/en/actions.toml")),
    ("en/links.toml", include_str!("../../../../lang/en/links.toml")),
    ("en/turns.toml", include_str!("../../../../lang/en/turns.toml")),
];

impl Pack {
    /// Reads a pack of one file. `name` stands in errors and in [`Proposal::pack`](super::Proposal::pack).
    ///
    /// # Errors
    /// The first fault found, with file, line and rule; see [`Fault`]. Examples are not run here but by
    /// [`Pack::check`].
    pub fn parse(name: &str, toml: &str) -> Result<Pack, PackError> {
        Pack::parse_files(name, &[(name, toml)])
    }

    /// Reads a pack of several files `(name, text)` that share sets, paradigms and ids. The order of files
    /// and of rules in them decides between proposals of equal length.
    ///
    /// # Errors
    /// As [`Pack::parse`].
    pub fn parse_files(name: &str, files: &[(&str, &str)]) -> Result<Pack, PackError> {
        let mut raw = Vec::with_capacity(files.len());
        for (&(file, text), read) in files.iter().zip(read_all(files)) {
            raw.push((file, text, read?));
        }
        compile(name, &raw)
    }

    /// The embedded English pack, for diplomatic and business prose.
    pub fn english() -> &'static Pack {
        static PACK: LazyLock<Pack> = LazyLock::new(|| {
            Pack::parse_files("english", ENGLISH).expect("the embedded pack is parsed by the crate's tests")
        });
        &PACK
    }

    /// The files of the embedded English pack, `(name, text)`: for reading, and as a model for one's own.
    pub fn english_files() -> &'static [(&'static str, &'static str)] {
        ENGLISH
    }

    /// The pack's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rules, in the pack's order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// A rule by its id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// Packs smaller than this are read at once: starting threads would cost more.
const MANY_BYTES: usize = 64 << 10;

/// Reads the files, side by side where they are many: TOML is half of what loading a large pack costs.
fn read_all(files: &[(&str, &str)]) -> Vec<Result<RawFile, PackError>> {
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(files.len()).min(4);
    let read_one = |&(file, text): &(&str, &str)| read(file, text);
    if bytes < MANY_BYTES || threads < 2 {
        return files.iter().map(read_one).collect();
    }
    let share = bytes.div_ceil(threads);
    let mut rest = files;
    std::thread::scope(|scope| {
        let mut running = Vec::with_capacity(threads);
        while !rest.is_empty() {
            let mut sum = 0;
            let end = rest.iter().position(|(_, text)| (sum + text.len() > share, sum += text.len()).0);
            let (some, others) = rest.split_at(end.unwrap_or(rest.len()).max(1));
            rest = others;
            running.push((some, scope.spawn(move || some.iter().map(read_one).collect::<Vec<_>>())));
        }
        // A thread that panicked is read again here, where the panic has its place.
        running
            .into_iter()
            .flat_map(|(some, one)| one.join().unwrap_or_else(|_| some.iter().map(read_one).collect()))
            .collect()
    })
}

fn read(file: &str, text: &str) -> Result<RawFile, PackError> {
    let fail = |line, fault| PackError { file: file.to_owned(), line, rule: None, fault };
    if text.len() > MAX_BYTES {
        return Err(fail(None, Fault::TooLarge(text.len())));
    }
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        fail(line, Fault::Toml(error.message().trim_end_matches('.').replace('\n', "; ")))
    })
}

/// The 1-based line of an offset.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|&&b| b == b'\n').count() + 1
}

/// One rule of a pack.
#[derive(Debug, Clone)]
pub struct Rule {
    pub(super) id: String,
    pub(super) class: Class,
    pub(super) style: Style,
    pub(super) tie: Option<String>,
    pub(super) context: Context,
    /// What the sentence before may not end with.
    pub(super) not_following: Vec<Pattern>,
    /// Canonical words that may not stand elsewhere in the sentence.
    pub(super) not_with: Vec<String>,
    /// What each match offers: the alternatives (behind the bracket) in the rule's order.
    pub(super) choices: Vec<Vec<String>>,
    pub(super) examples: Vec<String>,
    pub(super) counterexamples: Vec<String>,
    pub(super) file: String,
    pub(super) line: usize,
}

impl Rule {
    /// The id, unique in its pack.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The class of the sites it proposes.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Its style level.
    pub fn style(&self) -> Style {
        self.style
    }

    /// The name under which its sites are tied to one.
    pub fn tie(&self) -> Option<&str> {
        self.tie.as_deref()
    }

    /// Sentences that show it, as masters.
    pub fn examples(&self) -> &[String] {
        &self.examples
    }

    /// Sentences in which it must propose nothing.
    pub fn counterexamples(&self) -> &[String] {
        &self.counterexamples
    }

    /// The file it stands in.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line of that file in which its id stands, 1-based.
    pub fn line(&self) -> usize {
        self.line
    }
}

/// What must stand, and what must not, on both sides of a match.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    pub(super) after: Vec<Pattern>,
    pub(super) not_after: Vec<Pattern>,
    pub(super) before: Vec<Pattern>,
    pub(super) not_before: Vec<Pattern>,
}

impl Context {
    pub(super) fn is_empty(&self) -> bool {
        self.after.is_empty() && self.not_after.is_empty() && self.before.is_empty() && self.not_before.is_empty()
    }
}

/// The wordings that are offered and never matched; as the matched ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Offered {
    /// By rule and choice: which columns.
    pub(super) columns: HashMap<(u32, u32), Vec<u32>>,
    pub(super) phrases: Vec<Phrase>,
    pub(super) index: HashMap<String, Heads>,
    pub(super) literals: Vec<Literal>,
}

/// A token of what is matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PhraseToken {
    pub(super) canon: String,
    pub(super) case: super::page::Case,
    /// White space stands before it (never for the first).
    pub(super) spaced: bool,
}

/// Words that are matched, with what they are an alternative of.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub(super) rule: u32,
    /// Which of the rule's choices, and which alternative in it.
    pub(super) choice: u32,
    pub(super) column: u32,
    /// How many of the tokens are a bracket: matched, not taken into the site.
    pub(super) bracket: usize,
    pub(super) tokens: Vec<PhraseToken>,
    /// Told apart from an equal form of another column by this context.
    pub(super) form: Option<std::sync::Arc<Context>>,
}

/// The phrases that begin with one word, by their second: hundreds begin with "the" or "I". Each list longest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Heads {
    alone: Vec<u32>,
    second: HashMap<String, Vec<u32>>,
}

impl Heads {
    /// The phrases that may stand where `next` follows the first word, longest first.
    pub(super) fn before<'h>(&'h self, next: Option<&str>) -> impl Iterator<Item = u32> + Clone + 'h {
        let longer = next.and_then(|next| self.second.get(next)).map(Vec::as_slice).unwrap_or_default();
        longer.iter().chain(&self.alone).copied()
    }
}

impl Pack {
    /// Fills the index of phrases.
    pub(super) fn index_phrases(&mut self) {
        self.index = heads(&self.phrases);
        self.offered.index = heads(&self.offered.phrases);
    }
}

fn heads(phrases: &[Phrase]) -> HashMap<String, Heads> {
    let mut index: HashMap<String, Heads> = HashMap::new();
    for (number, phrase) in (0u32..).zip(phrases) {
        let Some(first) = phrase.tokens.first() else { continue };
        if !index.contains_key(&first.canon) {
            index.insert(first.canon.clone(), Heads::default());
        }
        let Some(heads) = index.get_mut(&first.canon) else { continue };
        match phrase.tokens.get(1) {
            None => heads.alone.push(number),
            Some(second) => match heads.second.get_mut(&second.canon) {
                Some(list) => list.push(number),
                None => drop(heads.second.insert(second.canon.clone(), vec![number])),
            },
        }
    }
    for list in index.values_mut().flat_map(|heads| heads.second.values_mut()) {
        list.sort_by_key(|&n| (usize::MAX - phrases.get(n as usize).map_or(0, |p| p.tokens.len()), n));
    }
    index
}

/// Characters that are matched as they are.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    pub(super) rule: u32,
    pub(super) choice: u32,
    pub(super) column: u32,
    pub(super) text: String,
}

/// Two forms of a word, chosen by how the next word begins.
#[derive(Debug, Clone)]
pub(super) struct Agreement {
    pub(super) words: [String; 2],
    pub(super) first_before: Vec<String>,
    pub(super) second_before: Vec<String>,
}

impl Agreement {
    /// The form that a text asks for: the longest listed beginning decides, the first form else.
    pub(super) fn form(&self, text: &str) -> usize {
        let next = text.trim_start().to_lowercase();
        let longest =
            |list: &[String]| list.iter().filter(|s| next.starts_with(s.as_str())).map(String::len).max().unwrap_or(0);
        usize::from(longest(&self.second_before) > longest(&self.first_before))
    }
}
