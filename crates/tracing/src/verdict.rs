//! The verdict: what the evidence allows to say.

/// What can be said of a leak and a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These copies, by their place in the codebook, rising.
    Named(Vec<usize>),
    /// The message is ours; it has one recipient and no site, so there is nothing to name.
    Single,
    /// The message is ours; the evidence cannot tell copies apart.
    Undecided,
    /// Nothing of ours was found.
    Unknown,
}

impl Verdict {
    /// Combines what is known: whether the leak shares a passage with the message, to how many recipients the message
    /// went, how many sites it has, and which copies a look named.
    pub fn combine(matched: bool, recipients: usize, sites: usize, mut named: Vec<usize>) -> Self {
        named.sort_unstable();
        named.dedup();
        match (matched, named.is_empty()) {
            (false, _) => Self::Unknown,
            (true, false) => Self::Named(named),
            (true, true) if recipients == 1 && sites == 0 => Self::Single,
            (true, true) => Self::Undecided,
        }
    }

    /// The word for it: `named`, `single`, `undecided`, `unknown`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Named(_) => "named",
            Self::Single => "single",
            Self::Undecided => "undecided",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        for (matched, recipients, sites, named, verdict) in [
            (false, 1, 0, vec![], Verdict::Unknown),
            (false, 5, 9, vec![3], Verdict::Unknown),
            (true, 1, 0, vec![], Verdict::Single),
            (true, 1, 4, vec![], Verdict::Undecided),
            (true, 2, 0, vec![], Verdict::Undecided),
            (true, 5, 9, vec![], Verdict::Undecided),
            (true, 5, 9, vec![4, 2, 4], Verdict::Named(vec![2, 4])),
        ] {
            assert_eq!(Verdict::combine(matched, recipients, sites, named), verdict);
        }
    }
}
