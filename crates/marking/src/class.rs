//! Classes of sites, and the choice of classes that `--accept` takes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What kind a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Curly or straight, long or short dash: lost by retyping.
    Typography,
    /// Commas, semicolons, brackets.
    Punctuation,
    /// Two spellings of one word.
    Spelling,
    /// `do not`, `don't`.
    Contraction,
    /// Figures or words for a number.
    Number,
    /// One word for another.
    Lexical,
    /// Set phrases: openings, closings, courtesies.
    Formula,
    /// The order of words or phrases.
    Order,
    /// Line breaks and spacing: lost by retyping.
    Layout,
    /// Written by the writer himself.
    Authored,
}

impl Class {
    /// All classes, in the order in which they are listed to people.
    pub const ALL: [Class; 10] = [
        Class::Typography,
        Class::Punctuation,
        Class::Spelling,
        Class::Contraction,
        Class::Number,
        Class::Lexical,
        Class::Formula,
        Class::Order,
        Class::Layout,
        Class::Authored,
    ];

    /// The name that stands in masters, packs and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Typography => "typography",
            Class::Punctuation => "punctuation",
            Class::Spelling => "spelling",
            Class::Contraction => "contraction",
            Class::Number => "number",
            Class::Lexical => "lexical",
            Class::Formula => "formula",
            Class::Order => "order",
            Class::Layout => "layout",
            Class::Authored => "authored",
        }
    }

    /// Whether a site of this class is still there when somebody types the text anew.
    pub const fn survives_retyping(self) -> bool {
        !matches!(self, Class::Typography | Class::Layout)
    }

    /// Whether two alternatives of such a site may be equal after normalisation.
    pub const fn may_normalise_away(self) -> bool {
        matches!(self, Class::Typography | Class::Punctuation | Class::Layout)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no class.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found:?} is no class of sites: there are typography, punctuation, spelling, contraction, number, lexical, formula, order, layout and authored"
)]
pub struct UnknownClass {
    /// What was found instead, cut to 32 characters.
    pub found: String,
}

impl FromStr for Class {
    type Err = UnknownClass;

    fn from_str(text: &str) -> Result<Class, UnknownClass> {
        Class::ALL
            .into_iter()
            .find(|class| class.name() == text)
            .ok_or_else(|| UnknownClass { found: text.chars().take(32).collect() })
    }
}

/// Which classes of proposals are taken: `all`, or a list of classes with commas between.
///
/// ```
/// use countermark_marking::{Accept, Class};
///
/// let accept: Accept = "spelling, contraction".parse()?;
/// assert!(accept.takes(Class::Spelling) && !accept.takes(Class::Lexical));
/// # Ok::<(), countermark_marking::UnknownClass>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accept {
    /// Every class.
    All,
    /// These classes, each once, in the order of [`Class::ALL`].
    Classes(Vec<Class>),
}

impl Accept {
    /// Whether proposals of `class` are taken.
    pub fn takes(&self, class: Class) -> bool {
        match self {
            Accept::All => true,
            Accept::Classes(classes) => classes.contains(&class),
        }
    }
}

impl FromStr for Accept {
    type Err = UnknownClass;

    fn from_str(text: &str) -> Result<Accept, UnknownClass> {
        if text.trim() == "all" {
            return Ok(Accept::All);
        }
        let mut classes = text.split(',').map(|name| name.trim().parse()).collect::<Result<Vec<Class>, _>>()?;
        classes.sort_unstable();
        classes.dedup();
        Ok(Accept::Classes(classes))
    }
}

impl fmt::Display for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Accept::All => f.write_str("all"),
            Accept::Classes(classes) => {
                for (index, class) in classes.iter().enumerate() {
                    write!(f, "{}{class}", if index == 0 { "" } else { "," })?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for class in Class::ALL {
            assert_eq!(class.name().parse(), Ok(class));
        }
        assert!("Lexical".parse::<Class>().is_err());
    }

    #[test]
    fn accept_lists() {
        for (text, shown) in
            [("all", "all"), (" all ", "all"), ("order,spelling", "spelling,order"), ("number, number", "number")]
        {
            assert_eq!(text.parse::<Accept>().map(|accept| accept.to_string()), Ok(shown.to_owned()));
        }
        for text in ["", "all,spelling", "spelling,", "none"] {
            assert!(text.parse::<Accept>().is_err(), "{text}");
        }
    }
}
