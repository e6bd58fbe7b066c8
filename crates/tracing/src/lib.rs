//! Traces a published text to a master: which passages it shares, what it shows at each site, what was changed.
//!
//! A *leak* is aligned to the *master* as a graph: fixed text, *forks* (sites, with all their alternatives side by
//! side), fields. Runs of words that both share, of any combination of alternatives, are found first; runs
//! that lie behind each other become *passages*; each passage is aligned word by word; at each fork every
//! alternative is then forced in turn, which gives the *observations*; and what the alignment passes over gives the
//! *comparison*. No copy's symbols are known here, ever: tracing is given masters.
//!
//! ```
//! use countermark_marking::Master;
//! use countermark_tracing::{ChangeKind, Finder, Leak, trace};
//!
//! let master = Master::parse(
//!     "We {accept|agree to} the terms of the harbour treaty as they were read out on Monday, and {we ask|would ask} you \
//!      to keep this between us until the council has met in full.",
//! )?;
//! let leak = Leak::new(
//!     "According to a letter seen by this paper, “we agree to the terms of the harbour treaty as they were read \
//!      out on Sunday, and would ask you to keep this between us.”",
//! );
//!
//! let mut finder = Finder::new();
//! finder.add(7, &master);
//! assert_eq!(finder.search(&leak)[0].id, 7);
//!
//! let trace = trace(&master, &leak).expect("they share fifteen words in a row");
//! assert_eq!(trace.observations.unambiguous(0), Some(1)); // "agree to"
//! assert_eq!(trace.observations.unambiguous(1), Some(1)); // "would ask"
//! assert_eq!(trace.changes[0].kind, ChangeKind::Changed); // Monday became Sunday
//! assert_eq!(trace.changes[1].kind, ChangeKind::Omitted); // the end was cut
//! # Ok::<(), countermark_marking::SyntaxError>(())
//! ```
//!
//! What is outside: codewords, scores and the bound (`countermark-codebook`), which messages there are and what a
//! person is told (the office), reading quotations and attributions out of an article.

mod align;
mod chain;
mod changes;
mod compare;
mod cost;
mod edge;
mod finder;
mod lattice;
mod leak;
mod observe;
mod passage;
mod rates;
mod raw;
mod seam;
mod seeds;
mod select;
mod trace;
mod typography;
mod verdict;
pub mod view;

pub use changes::{Change, ChangeKind, Quote};
pub use compare::{Comparison, compare};
pub use finder::{Finder, Hit};
pub use leak::{Leak, SURE};
pub use trace::{Passage, RUN, Trace, Tracer, trace};
pub use verdict::Verdict;
