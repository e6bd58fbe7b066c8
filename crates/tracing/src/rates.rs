//! How well a leak keeps what all copies share: the error model's rates, estimated from fixed text alone.
//!
//! Sites are left out of every count, so no site's reading depends on another's symbol.

use std::collections::HashMap;

use crate::align::Op;
use crate::cost::SLIP;
use crate::lattice::{Kind, Lattice};
use crate::leak::Leak;
use crate::passage::Aligned;
use crate::raw::{self, Feature, KINDS};

/// Probabilities of what may have happened to a word or a mark between the copy and the leak.
#[derive(Clone, Debug)]
pub(crate) struct Rates {
    /// A word shows a slip.
    pub(crate) slip: f64,
    /// A word was left out, or replaced by another one.
    pub(crate) lost: f64,
    /// A word was put in behind a word.
    pub(crate) added: f64,
    /// A mark was put in behind a word.
    pub(crate) mark_added: f64,
    /// A mark of any kind is still there.
    mark_kept: f64,
    /// For each mark how many there were and how many are still there.
    marks: HashMap<u64, (f64, f64)>,
    raw: [Kept; KINDS],
    /// The passages are raw copies, as far as can be seen.
    pasted: bool,
    /// More than that: not a word, a mark or a character of the fixed text differs.
    verbatim: bool,
}

/// How many rich and plain places of a kind there were, and how many are unchanged.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    rich: f64,
    rich_kept: f64,
    plain: f64,
    plain_kept: f64,
}

/// In a verbatim copy one mark in so many may have been changed all the same.
const VERBATIM: f64 = 0.002;

/// Weight of what is believed beforehand, in words or marks.
const PRIOR_WORDS: f64 = 40.0;
const PRIOR_MARKS: f64 = 2.0;

impl Rates {
    pub(crate) fn estimate(lattice: &Lattice, leak: &Leak<'_>, passages: &[Aligned]) -> Self {
        let mut count = Count::default();
        for passage in passages {
            count.passage(lattice, leak, passage);
        }
        let mut rates = count.rates();
        // A reader of pictures sets spaces and signs as it is used to: that they are all in order says nothing of those of the copy.
        rates.verbatim &= !leak.was_read();
        rates.pasted &= !leak.was_read();
        rates
    }

    /// The probability that a mark is still there.
    pub(crate) fn kept(&self, mark: u64) -> f64 {
        if self.verbatim {
            return 1.0 - VERBATIM;
        }
        let (all, kept) = self.marks.get(&mark).copied().unwrap_or_default();
        ((kept + PRIOR_MARKS * self.mark_kept) / (all + PRIOR_MARKS)).clamp(0.01, 0.99)
    }

    /// The probability of seeing `leak` where the copy had `copy`, for features of one kind.
    pub(crate) fn raw(&self, kind: usize, copy: &Feature, leak: &Feature) -> f64 {
        let Kept { rich, rich_kept, plain, plain_kept } = self.raw[kind];
        // Without an example of this kind, a passage that is otherwise a raw copy is believed to be one here too;
        // any other says nothing.
        let rho = match rich > 0.0 {
            _ if self.verbatim => 1.0 - VERBATIM,
            true => (rich_kept + 0.25) / (rich + 0.5),
            false if self.pasted => 0.9,
            false => 0.5,
        };
        let tau = match plain > 0.0 {
            _ if self.verbatim => VERBATIM,
            true => (plain - plain_kept + 0.1) / (plain + 0.5),
            false if self.pasted => 0.05,
            false => 0.5,
        };
        // What the leak rarely keeps it cannot be trusted to have kept here.
        let tau = tau.max((1.0 - rho) * 0.5);
        match (copy == leak, copy.rich, leak.rich) {
            (true, true, _) => rho,
            (true, false, _) => 1.0 - tau,
            (false, true, false) => 1.0 - rho,
            (false, false, true) => tau * 0.5,
            (false, true, true) => (1.0 - rho) * 0.2,
            (false, false, false) => 0.02,
        }
    }
}

#[derive(Debug, Default)]
struct Count {
    words: f64,
    slips: f64,
    lost: f64,
    added: f64,
    marks_added: f64,
    marks: HashMap<u64, (f64, f64)>,
    raw: [Kept; KINDS],
}

impl Count {
    fn passage(&mut self, lattice: &Lattice, leak: &Leak<'_>, passage: &Aligned) {
        let ops = &passage.ops;
        for (i, op) in ops.iter().enumerate() {
            match *op {
                Op::Pair { node, token, distance } => {
                    let found = &lattice.nodes[node as usize];
                    if !lattice.is_fixed(found) {
                        continue;
                    }
                    if found.kind == Kind::Punct {
                        self.mark(found.hash, distance == 0, steady(lattice, ops, i));
                    } else {
                        self.words += 1.0;
                        self.slips += f64::from(u8::from(distance > 0 && distance <= SLIP));
                        self.lost += f64::from(u8::from(distance > SLIP));
                    }
                    self.spelling(lattice, leak, ops, i, token);
                }
                Op::Split { node, .. } | Op::Joined { node, .. } => {
                    if lattice.is_fixed(&lattice.nodes[node as usize]) {
                        self.words += 1.0;
                        self.slips += 1.0;
                    }
                }
                Op::Omit { node } => {
                    let found = &lattice.nodes[node as usize];
                    if lattice.is_fixed(found) {
                        if found.kind == Kind::Punct {
                            self.mark(found.hash, false, steady(lattice, ops, i));
                        } else {
                            self.words += 1.0;
                            self.lost += 1.0;
                        }
                    }
                }
                Op::Insert { token } => match leak.is_word(token) {
                    true => self.added += 1.0,
                    // Within a fork an added mark may be an alternative's.
                    false if between_fixed(lattice, ops, i) => self.marks_added += 1.0,
                    false => {}
                },
                Op::Fill { .. } => {}
            }
        }
    }

    fn mark(&mut self, hash: u64, kept: bool, steady: bool) {
        if steady {
            let entry = self.marks.entry(hash).or_default();
            entry.0 += 1.0;
            entry.1 += f64::from(u8::from(kept));
        }
    }

    /// Raw characters from one token to the next, where both are fixed and follow each other in both texts.
    fn spelling(&mut self, lattice: &Lattice, leak: &Leak<'_>, ops: &[Op], i: usize, token: usize) {
        let (Op::Pair { node, distance: 0, .. }, Some(Op::Pair { node: next, token: after, distance: 0 })) =
            (ops[i], ops.get(i + 1))
        else {
            return;
        };
        let (a, b) = (&lattice.nodes[node as usize], &lattice.nodes[*next as usize]);
        if *next != node + 1 || a.segment != b.segment || *after != token + 1 {
            return;
        }
        let copy = lattice.raw_of(a).get(a.raw.start..b.raw.start).unwrap_or("");
        let seen = leak.text().get(leak.span(token).start..leak.span(*after).start).unwrap_or("");
        let (copy, seen) = (raw::features(copy), raw::features(seen));
        for (kind, (copy, seen)) in copy.iter().zip(&seen).enumerate() {
            let kept = f64::from(u8::from(copy == seen));
            if copy.rich {
                self.raw[kind].rich += 1.0;
                self.raw[kind].rich_kept += kept;
            } else if !copy.shape.is_empty() || kind == raw::BREAK || !seen.shape.is_empty() {
                self.raw[kind].plain += 1.0;
                self.raw[kind].plain_kept += kept;
            }
        }
    }

    fn rates(self) -> Rates {
        let words = self.words + PRIOR_WORDS;
        let (all, kept) = self.marks.values().fold((0.0, 0.0), |sum, m| (sum.0 + m.0, sum.1 + m.1));
        let (places, same) =
            self.raw.iter().fold((0.0, 0.0), |sum, k| (sum.0 + k.rich + k.plain, sum.1 + k.rich_kept + k.plain_kept));
        let altered = self.slips + self.lost + self.added + self.marks_added + (all - kept);
        let verbatim = altered == 0.0 && same == places && places >= 40.0 && self.words >= 20.0;
        Rates {
            slip: ((self.slips + 0.4) / words).min(0.3),
            lost: ((self.lost + 0.4) / words).min(0.3),
            added: ((self.added + 0.4) / words).min(0.3),
            mark_added: if verbatim { VERBATIM } else { ((self.marks_added + 0.4) / words).min(0.5) },
            mark_kept: (kept + 1.0) / (all + 2.0),
            marks: self.marks,
            raw: self.raw,
            pasted: places >= 8.0 && same >= 0.98 * places,
            verbatim,
        }
    }
}

/// Whether the words around a step are paired: a mark in a stretch that was left out says nothing.
fn steady(lattice: &Lattice, ops: &[Op], i: usize) -> bool {
    let word = |op: &&Op| match **op {
        Op::Pair { node, .. } | Op::Omit { node } => lattice.nodes[node as usize].kind == Kind::Word,
        Op::Insert { .. } => false,
        _ => true,
    };
    let paired = |op: Option<&Op>| op.is_none_or(|op| matches!(op, Op::Pair { distance, .. } if *distance <= SLIP));
    paired(ops[..i].iter().rev().find(word)) && paired(ops[i + 1..].iter().find(word))
}

/// Whether both steps beside an insertion are pairs in one stretch of fixed text.
fn between_fixed(lattice: &Lattice, ops: &[Op], i: usize) -> bool {
    let node = |op: Option<&Op>| match op {
        Some(Op::Pair { node, .. }) => Some(&lattice.nodes[*node as usize]),
        _ => None,
    };
    match (node(i.checked_sub(1).and_then(|k| ops.get(k))), node(ops.get(i + 1))) {
        (Some(a), Some(b)) => a.segment == b.segment && lattice.is_fixed(a),
        _ => false,
    }
}
