//! Symbols, scores and exact tails: which copy a text came from, and the bound on naming a wrong one.
//!
//! Every copy of a message carries a *codeword*: at each *site* one of its *alternatives*, drawn at random
//! from the message's sealing key. A published text shows some of those choices. Because the codewords of
//! all other copies were drawn independently of it, the chance that one of them fits as well as a given
//! score says can be counted exactly, and a copy is named only when that chance, over all copies and all
//! looks, stays below a bound that was fixed at sealing.
//!
//! - [`Key`], [`Codebook`]: codewords, all different, drawn from the key.
//! - [`Observations`]: what a text shows, computed without any symbol.
//! - [`look`](look()): one scoring; gives the copies that are named and nothing else. [`can_name`],
//!   [`bits_observed`] and [`bits_missing`] say beforehand, without symbols, what it could do.
//! - [`strength`](mod@strength): what can be promised of a message before it is sealed.
//! - [`recompute`]: scores and tails, for those who check a finding.
//!
//! Left to others: what a site is and how a text shows it (the crates for marking and tracing), how k is
//! kept durably (the vault), what is disclosed and when (the office). The derivation of the bound, for a
//! statistician, is `docs/guide/bound.md`.
//!
//! ```
//! use countermark_codebook::{Codebook, Key, Observations, Settings, bits_missing, look};
//!
//! let alternatives = [2u8, 3, 2, 2, 4, 2, 3, 2, 2, 2, 3, 2, 2, 4, 2, 2];
//! let codebook = Codebook::draw(&Key::from_bytes([42; 32]), &alternatives, 9)?;
//! let settings = Settings::new(9, "1e-3".parse()?);
//!
//! // The published text shows what the second copy has at the first eight sites.
//! let mut seen = Observations::nothing(alternatives.len());
//! let sight = |seen: &mut Observations, site: usize| {
//!     let mut likelihoods = vec![0; usize::from(alternatives[site])];
//!     likelihoods[usize::from(codebook.rows()[1][site])] = 1;
//!     seen.sight(site, &likelihoods);
//! };
//! (0..8).for_each(|site| sight(&mut seen, site));
//! // That is not enough, whatever the codewords are: nobody is named, and no look is spent.
//! assert!(bits_missing(&alternatives, &seen, &[], &settings, 1, 1) > 3.0);
//!
//! (8..16).for_each(|site| sight(&mut seen, site));
//! assert_eq!(look(&codebook, &alternatives, &seen, &[], &settings, 1, 1).named, [1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod codebook;
mod doubtless;
mod error;
mod evidence;
mod grid;
mod key;
mod look;
mod observations;
pub mod recompute;
mod settings;
pub mod strength;
mod tail;

pub use codebook::{Codebook, MAX_ALTERNATIVES, MAX_COPIES, MAX_SITES};
pub use error::{CodebookError, EpsilonError};
pub use key::{Key, SYMBOLS_LABEL};
pub use look::{Look, bits_missing, bits_needed, bits_observed, can_name, look};
pub use num_bigint::BigUint;
pub use observations::{LABEL as OBSERVATIONS_LABEL, LIKELIEST, Observations};
pub use settings::{Bias, ETA_PER_MILLE, Epsilon, RULES_VERSION, SPENDING, Settings};
