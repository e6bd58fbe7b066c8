//! Everything this crate refuses.

/// Why a text is no bound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EpsilonError {
    /// The number lies outside 1e-12 to 1e-2.
    #[error("epsilon must lie between 1e-12 and 1e-2, found {units} units of 1e-15")]
    Range {
        /// What was found, in units of 1e-15.
        units: u64,
    },
    /// The text is no decimal number, or has digits below 1e-15.
    #[error("epsilon must be a number such as 1e-4 or 0.0001")]
    Syntax,
}

/// Why a codebook can't be drawn or taken over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodebookError {
    /// A site has fewer than two alternatives or more than 64.
    #[error("site {site} has {alternatives} alternatives, must have 2 to 64")]
    Alternatives {
        /// The site, counted from 0.
        site: usize,
        /// Its number of alternatives.
        alternatives: u8,
    },
    /// Two rows are the same codeword.
    #[error("rows {first} and {second} are the same codeword")]
    SameRows {
        /// The first of the two, counted from 0.
        first: usize,
        /// The second of the two.
        second: usize,
    },
    /// A row's length or one of its symbols does not fit the sites.
    #[error("row {row} does not fit the sites")]
    Row {
        /// The row, counted from 0.
        row: usize,
    },
    /// There are fewer texts than copies.
    #[error("the sites give {texts} different texts, {copies} copies need as many")]
    TooFewTexts {
        /// The number of different texts N.
        texts: u64,
        /// The number of copies n.
        copies: usize,
        /// How many more sites of two alternatives would do.
        missing_sites: u32,
    },
    /// There are more copies than a stream number can count.
    #[error("{copies} copies are asked for, at most {limit} are possible")]
    TooManyCopies {
        /// The number of copies n.
        copies: usize,
        /// The largest number.
        limit: usize,
    },
    /// There are more sites than a message may have.
    #[error("{sites} sites, at most {limit} are possible")]
    TooManySites {
        /// The number of sites.
        sites: usize,
        /// The largest number.
        limit: usize,
    },
}
