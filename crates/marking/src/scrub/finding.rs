//! What was found, and what was done about it.

use crate::Span;

/// A place that could tell a copy from others.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where, in bytes of the text as it came in.
    pub span: Span,
    /// What kind.
    pub kind: Kind,
    /// What it is, in words.
    pub what: String,
    /// What was done.
    pub done: Done,
}

impl std::fmt::Debug for Finding {
    /// Hides the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finding").field("span", &self.span).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What was done about a finding.
#[derive(Clone, PartialEq, Eq)]
pub enum Done {
    /// It is gone.
    Removed,
    /// Something else stands there now.
    Replaced(String),
    /// It stands as the neutral form has it.
    Kept,
    /// It stands as it stood: whether it may stay, a person must decide.
    Left,
}

impl Done {
    /// Its stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Replaced(_) => "replaced",
            Self::Kept => "kept",
            Self::Left => "left",
        }
    }
}

/// What kind a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A character that can't be seen.
    Invisible,
    /// A letter of another script that looks like one of the word's own.
    LookAlike,
    /// A character in one of several forms of the same: composed or not, ligatures, full width.
    Form,
    /// White space other than one plain space.
    Spacing,
    /// A line break that a reader does not need.
    Lines,
    /// Quotation marks, dashes, dots.
    Typography,
    /// A wording of which the packs know others.
    Wording,
    /// `copy 3 of 12`.
    CopyNumber,
    /// A link, with or without what follows its reader.
    Link,
    /// An address for mail.
    Email,
    /// `@name`.
    Handle,
    /// A reference, a document's number.
    Reference,
    /// A date or a time of day.
    Date,
    /// Initials of who wrote or typed.
    Initials,
    /// Who is greeted.
    Greeting,
    /// The line that says that copies are individually marked.
    Notice,
}

impl Kind {
    /// All kinds, in the order in which they are listed to people.
    pub const ALL: [Kind; 16] = [
        Kind::Invisible,
        Kind::LookAlike,
        Kind::Form,
        Kind::Spacing,
        Kind::Lines,
        Kind::Typography,
        Kind::Wording,
        Kind::CopyNumber,
        Kind::Link,
        Kind::Email,
        Kind::Handle,
        Kind::Reference,
        Kind::Date,
        Kind::Initials,
        Kind::Greeting,
        Kind::Notice,
    ];

    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invisible => "invisible",
            Kind::LookAlike => "lookalike",
            Kind::Form => "form",
            Kind::Spacing => "spacing",
            Kind::Lines => "lines",
            Kind::Typography => "typography",
            Kind::Wording => "wording",
            Kind::CopyNumber => "copy_number",
            Kind::Link => "link",
            Kind::Email => "email",
            Kind::Handle => "handle",
            Kind::Reference => "reference",
            Kind::Date => "date",
            Kind::Initials => "initials",
            Kind::Greeting => "greeting",
            Kind::Notice => "notice",
        }
    }

    /// What it is, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Kind::Invisible => "invisible characters",
            Kind::LookAlike => "letters of another script",
            Kind::Form => "characters in an unusual form",
            Kind::Spacing => "odd spacing",
            Kind::Lines => "line breaks",
            Kind::Typography => "typography",
            Kind::Wording => "wordings of which the packs know others",
            Kind::CopyNumber => "copy numbers",
            Kind::Link => "links",
            Kind::Email => "e-mail addresses",
            Kind::Handle => "handles",
            Kind::Reference => "references and document numbers",
            Kind::Date => "dates and times",
            Kind::Initials => "initials",
            Kind::Greeting => "who is greeted",
            Kind::Notice => "a notice that copies are individually marked",
        }
    }
}
