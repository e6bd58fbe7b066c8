//! The two lanes of a spool, and the names of their segments.

use crate::Level;
use crate::frame::MAX_NUMBER;

/// A lane. Numbers run through both, so that a reader merges them into the order in which they were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// What is never dropped.
    Kept,
    /// Matches below the alarm's line.
    Match,
}

impl Lane {
    pub(crate) const ALL: [Self; 2] = [Self::Kept, Self::Match];

    /// Where an item of this level goes.
    pub(crate) fn of(level: Level) -> Self {
        if level == Level::Match { Self::Match } else { Self::Kept }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Kept => ".kept",
            Self::Match => ".match",
        }
    }

    /// The name of the segment whose first number is this.
    pub(crate) fn segment(self, first: u64) -> String {
        format!("{first:016x}{}", self.ending())
    }

    /// A segment's first number, when the name is one of this lane.
    pub(crate) fn first(self, name: &str) -> Option<u64> {
        let digits = name.strip_suffix(self.ending()).filter(|digits| digits.len() == 16)?;
        let first = u64::from_str_radix(digits, 16).ok()?;
        (self.segment(first) == name && first <= MAX_NUMBER).then_some(first)
    }

    /// The first numbers of this lane's segments and their lengths, in order.
    pub(crate) fn segments(self, files: &[(String, u64)]) -> Vec<(u64, u64)> {
        let mut found: Vec<_> = files.iter().filter_map(|(name, len)| Some((self.first(name)?, *len))).collect();
        found.sort_unstable();
        found
    }
}
