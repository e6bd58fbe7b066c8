//! The cells of the table: which attack, on which sealing, how often.

use anyhow::Context;
use countermark_codebook::Epsilon;

use super::attacks::{self, Attack};
use super::scene::{Rules, Size};

/// One row of the table.
pub(crate) struct Cell {
    pub(crate) attack: Attack,
    pub(crate) size: Size,
    /// How the alternatives are named in the table.
    pub(crate) kind: &'static str,
    pub(crate) sealings: u64,
}

/// Numbers of alternatives by name.
const KINDS: [(&str, &[u8]); 6] =
    [("2", &[2]), ("3", &[3]), ("4", &[4]), ("5", &[5]), ("2, 3", &[2, 3]), ("2 to 5", &[2, 2, 3, 2, 4, 5, 3, 2])];

/// Attack, kind, sites, n, epsilon, messages.
type Row = (Attack, &'static str, usize, usize, &'static str, usize);

/// All cells: at least 50 / epsilon sealings each; in a sample a twenty-fifth of them, and none above 100
/// copies or below 1e-3.
pub(crate) fn cells(sample: bool) -> anyhow::Result<Vec<Cell>> {
    let mut cells = Vec::new();
    let rules_kept = rows().into_iter().map(|row| (row, Rules::AsWritten));
    for ((attack, kind, sites, copies, epsilon, messages), rules) in rules_kept.chain(controls()) {
        let epsilon: Epsilon = epsilon.parse()?;
        if sample && (copies > 100 || epsilon.value() < 0.9e-3) {
            continue;
        }
        let (kind, pattern) =
            KINDS.into_iter().find(|(name, _)| *name == kind).with_context(|| format!("no kind {kind}"))?;
        let full = (50.0 / epsilon.value()).ceil() as u64;
        // Near the bound, twice as many where they are cheap.
        let near = [attacks::SHARP.name, attacks::BLENDED.name].contains(&attack.name);
        let full = if near && epsilon.value() > 0.9e-2 { 2 * full } else { full };
        cells.push(Cell {
            attack,
            size: Size {
                alternatives: pattern.iter().copied().cycle().take(sites).collect(),
                copies,
                epsilon,
                messages,
                rules,
            },
            kind,
            sealings: if sample { full / 25 } else { full },
        });
    }
    Ok(cells)
}

fn rows() -> Vec<Row> {
    use attacks::*;
    let all = [
        UNTOUCHED,
        ALTERED,
        CUTS,
        MANY_CUTS,
        KNOWING,
        MAJORITY,
        MINORITY,
        INTERLEAVED,
        ALL_DIFFERENT,
        GROWING,
        REPOSTS,
        QUOTED_TWICE,
        GUESSES,
        SHARP,
        SHARP_ONCE,
        BLENDED,
        CHAFF,
        DISCLOSED,
        DISCLOSED_AGAIN,
        TIED,
        UNCLEAR,
        UNCLEAR_GUESSES,
        HUNT,
        UNMARKED,
    ];
    let mut rows = Vec::new();
    // Every attack on a letter to a few, with the wider of the bounds.
    for attack in all {
        rows.push((attack, "2 to 5", 32, 6, "1e-2", 1));
    }
    // Those that come near the bound: each number of alternatives, from two copies to a thousand.
    for attack in [SHARP, SHARP_ONCE, BLENDED, DISCLOSED, CHAFF, HUNT] {
        rows.push((attack, "2, 3", 44, 2, "1e-2", 1));
        rows.push((attack, "2", 48, 10, "1e-2", 1));
    }
    for (kind, sites) in [("2", 48), ("3", 32), ("4", 26), ("5", 22), ("2, 3", 40)] {
        rows.push((SHARP, kind, sites, 5, "1e-2", 1));
        rows.push((SHARP_ONCE, kind, sites, 50, "1e-2", 1));
    }
    for copies in [2, 20, 200, 1000] {
        rows.push((SHARP_ONCE, "2 to 5", 40, copies, "1e-2", 1));
        rows.push((MANY_CUTS, "2 to 5", 40, copies, "1e-2", 1));
        rows.push((MINORITY, "2", 40, copies, "1e-2", 1));
    }
    rows.push((SHARP, "2, 3", 48, 100, "1e-2", 1));
    rows.push((SHARP, "2, 3", 56, 1000, "1e-2", 1));
    // The narrower bound.
    for attack in [
        UNTOUCHED,
        ALTERED,
        MAJORITY,
        MINORITY,
        ALL_DIFFERENT,
        MANY_CUTS,
        SHARP,
        SHARP_ONCE,
        CHAFF,
        DISCLOSED,
        TIED,
        UNCLEAR,
    ] {
        rows.push((attack, "2, 3", 44, 8, "1e-3", 1));
    }
    for copies in [2, 30, 300, 1000] {
        rows.push((SHARP_ONCE, "2, 3", 44, copies, "1e-3", 1));
    }
    // Messages that share their text: the bound is for all of them together.
    rows.push((SHARP_ONCE, "2, 3", 48, 5, "1e-2", 100));
    rows.push((UNTOUCHED, "2", 32, 5, "1e-2", 100));
    rows.push((CUTS, "2 to 5", 32, 5, "1e-2", 100));
    rows.push((SHARP, "2, 3", 48, 3, "1e-2", 10));
    // A sample of the default bound.
    rows.push((SHARP_ONCE, "2, 3", 40, 10, "1e-4", 1));
    rows.push((MINORITY, "2, 3", 40, 5, "1e-4", 1));
    rows.push((UNTOUCHED, "2 to 5", 20, 10, "1e-4", 1));
    // Beside its control.
    rows.push((CLIMB, "2, 3", 40, 10, "1e-2", 1));
    rows
}

/// Attacks on a desk that breaks a rule. Each must come out above the bound, or the table above proves
/// nothing.
fn controls() -> [(Row, Rules); 4] {
    use attacks::*;
    [
        ((SHARP, "2", 48, 10, "1e-2", 1), Rules::LooksUncounted),
        ((DISCLOSED, "2", 48, 10, "1e-2", 1), Rules::DisclosedScored),
        ((SHARP_ONCE, "2, 3", 48, 5, "1e-2", 100), Rules::MessagesUncounted),
        ((CLIMB, "2, 3", 40, 10, "1e-2", 1), Rules::ScoreShown),
    ]
}
