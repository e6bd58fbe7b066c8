//! What can be wrong with a pack, where, and what to do about it.

/// A pack that can't be used. Displays as `file:line: rule 'id': what is wrong`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}{}{fault}", line.map_or(": ".into(), |l| format!(":{l}: ")), rule.as_ref().map_or(String::new(), |r| format!("rule '{r}': ")))]
pub struct PackError {
    /// The pack's name, with the file's where it has several.
    pub file: String,
    /// The line in that file, 1-based, where TOML gives one.
    pub line: Option<usize>,
    /// The rule's id, when a rule is at fault.
    pub rule: Option<String>,
    /// What is wrong.
    #[source]
    pub fault: Fault,
}

impl PackError {
    /// What to do about it, in one sentence.
    pub fn hint(&self) -> &'static str {
        self.fault.hint()
    }
}

/// What is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Not TOML, or a key, type or table that a pack has not.
    #[error("{0}")]
    Toml(String),
    /// Too large to be a pack.
    #[error("{0} bytes, and at most {MAX_BYTES} are read")]
    TooLarge(usize),
    /// An id that is not `[a-z][a-z0-9-]*`.
    #[error("the id is not of the form [a-z][a-z0-9-]*")]
    BadId,
    /// An id that another rule of the pack has.
    #[error("the id stands twice, first in line {0}")]
    DuplicateId(usize),
    /// A class that there is not, or that rules don't propose.
    #[error("unknown class '{0}'")]
    UnknownClass(String),
    /// A style level that there is not.
    #[error("unknown style '{0}'")]
    UnknownStyle(String),
    /// Neither alternatives nor sets, or both.
    #[error("a rule has either `alternatives` or `sets`")]
    AlternativesOrSets,
    /// Nothing that could be matched.
    #[error("the list of alternatives is empty")]
    NoAlternatives,
    /// Only offered alternatives: nothing is ever matched.
    #[error("every alternative is only offered (>)")]
    NothingMatched,
    /// One alternative is no choice.
    #[error("'{0}' is the only alternative")]
    OneAlternative(String),
    /// More alternatives than a site may have.
    #[error("{0} alternatives, and a site has at most 64")]
    TooManyAlternatives(usize),
    /// Two alternatives that a reader can't tell apart.
    #[error("'{0}' and '{1}' are equal after normalisation")]
    EqualAlternatives(String, String),
    /// A character of a master's syntax inside an alternative.
    #[error("'{0}' holds one of {{ | }} \\ or a line break")]
    Reserved(String),
    /// An alternative with a character that nobody sees: it would stand in a letter unseen.
    #[error("an alternative holds a character that can't be seen")]
    Unseen,
    /// An alternative whose bracket is wrong.
    #[error("'{0}': a bracket stands at the start, once, and is the same in all alternatives")]
    Bracket(String),
    /// An empty alternative that is to be matched, without words beside it.
    #[error("an empty alternative can't be matched")]
    EmptyMatch,
    /// A word set that the pack doesn't define.
    #[error("unknown set '@{0}'")]
    UnknownSet(String),
    /// A set defined twice in a pack.
    #[error("the set '{0}' stands twice")]
    DuplicateSet(String),
    /// An inflection slot whose paradigm or word is not defined.
    #[error("'{0}' names no paradigm and word of the pack")]
    UnknownSlot(String),
    /// Slots of two paradigms, or an alternative without a slot beside one with.
    #[error("'{0}' is not inflected like the other alternatives")]
    MixedSlots(String),
    /// A form that the paradigm has not.
    #[error("unknown form '{0}'")]
    UnknownForm(String),
    /// A paradigm's word with too few or too many forms.
    #[error("'{word}' has {found} forms instead of {wanted}")]
    Forms {
        /// The word's row.
        word: String,
        /// How many forms stand there.
        found: usize,
        /// How many columns the paradigm has.
        wanted: usize,
    },
    /// A move that lacks one of its keys, or has others that moves don't take.
    #[error(
        "a move has `move`, `over` and at least two `places`, and neither alternatives, sets, a tie, forms nor literal"
    )]
    Move,
    /// A rule of breaks that lacks one of its keys, or has others that it doesn't take.
    #[error(
        "a rule of breaks is of class layout and has `breaks`, `most` and `most_words`, and nothing else that is matched"
    )]
    Breaks,
    /// A break that is no white space, or stands twice.
    #[error("the break {0:?} is not white space, or stands twice")]
    Break(String),
    /// A place of a move that can't be read.
    #[error("the place '{0}' can't be read")]
    Template(String),
    /// A pattern of a move that may begin with anything.
    #[error("the pattern '{0}' of a move does not begin with words")]
    OpenMove(String),
    /// A pattern of a context that can't be read.
    #[error("the pattern '{0}' can't be read")]
    Pattern(String),
    /// No example, or no counter-example.
    #[error("no {0}")]
    Missing(&'static str),
    /// Rules of one tie with different numbers of alternatives.
    #[error("the tie '{0}' has sites with different numbers of alternatives")]
    TieSizes(String),
    /// Two rules that match the same words in every context.
    #[error("matches '{words}' in every context, as rule '{other}' does")]
    Clash {
        /// The words both match.
        words: String,
        /// The earlier rule.
        other: String,
    },
}

/// The largest pack file that is read, in bytes: far above any real one, so that a wrong file is refused early.
pub const MAX_BYTES: usize = 8 << 20;

impl Fault {
    fn hint(&self) -> &'static str {
        match self {
            Fault::Toml(_) => "compare the file with the guide to packs",
            Fault::TooLarge(_) => "split the pack into several",
            Fault::BadId => "use lower-case letters, digits and hyphens",
            Fault::DuplicateId(_) => "rename one of the two rules",
            Fault::UnknownClass(_) => {
                "use typography, punctuation, spelling, contraction, number, lexical, formula, order or layout"
            }
            Fault::UnknownStyle(_) => "use formal, neutral or informal",
            Fault::AlternativesOrSets => "keep one of the two",
            Fault::NoAlternatives | Fault::OneAlternative(_) => "write at least two alternatives",
            Fault::NothingMatched => "take the > from one of them",
            Fault::TooManyAlternatives(_) => "split the rule",
            Fault::EqualAlternatives(..) => "remove one, or make the class typography or layout",
            Fault::Unseen => "type the alternative anew, or run `countermark scrub` on the file",
            Fault::Reserved(_) => "write the alternative without these characters",
            Fault::Bracket(_) => "write [words] first, the same in every alternative",
            Fault::EmptyMatch => "put the words beside it in a bracket: [I hope]",
            Fault::UnknownSet(_) => "define it under [sets]",
            Fault::DuplicateSet(_) => "merge the two",
            Fault::UnknownSlot(_) => "add the word with its forms to the paradigm's words",
            Fault::MixedSlots(_) => "give every alternative of the rule one slot of the same paradigm",
            Fault::UnknownForm(_) => "use the paradigm's column names",
            Fault::Forms { .. } => "write one form a column, separated by spaces",
            Fault::Move => "keep the keys of one of the two kinds of rule",
            Fault::Breaks => "write the two limits, and take out what else the rule would match",
            Fault::Break(_) => "write two or more of \" \", \"\\n\" and \"\\n\\n\"",
            Fault::Template(_) => {
                "write <move> and <over> once each, one of them first, and what stands between and behind: \"<move>, <over>\""
            }
            Fault::OpenMove(_) => "begin it with words, a choice of words or a set",
            Fault::Pattern(_) => "see the guide to packs for what a pattern may hold",
            Fault::Missing(_) => "write at least one sentence that it is true of",
            Fault::TieSizes(_) => "give every rule of the tie the same number of alternatives",
            Fault::Clash { .. } => "remove one, or give one of the two a context",
        }
    }
}
