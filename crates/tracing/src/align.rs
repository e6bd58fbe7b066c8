//! Alignment of a window of the leak with a window of the lattice: affine gaps, words compared by degree.
//!
//! Three states, as in Gotoh (1982): the last word was paired, was left out of the leak, or was put into
//! it. Every node has a band of places in the leak; outside it nothing is computed. A window is either
//! pinned at an end (both sides must be used up to there) or free (the alignment may begin or end
//! anywhere within a margin, as in Smith and Waterman 1981).

use std::ops::Range;

use crate::cost::{self, SLIP};
use crate::lattice::{Fork, Kind, Lattice, Node};
use crate::leak::Leak;

/// How many words of the leak a field may take.
pub(crate) const FIELD: usize = 15;

const NEVER: i32 = i32::MIN / 4;
const MISMATCH: i32 = -8;
const OPEN: i32 = -6;
const EXTEND: i32 = -1;
/// For cutting a word in two, or joining two.
const SEAM: i32 = -3;
const PUNCT_SAME: i32 = 2;
const PUNCT_ELSE: i32 = -1;

/// A token of the leak's window.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) hash: u64,
    pub(crate) word: bool,
    pub(crate) canon: String,
    letters: u64,
}

/// The tokens of a stretch of the leak.
pub(crate) fn seen(leak: &Leak<'_>, tokens: Range<usize>) -> Vec<Seen> {
    tokens
        .map(|t| {
            let canon = leak.canon(t);
            Seen { hash: leak.hash(t), word: leak.is_word(t), letters: cost::letters(&canon), canon }
        })
        .collect()
}

/// One step of an alignment. Tokens are numbered within the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// Node and token stand for each other; `distance` 0 when they are equal.
    Pair { node: u32, token: usize, distance: u8 },
    /// One word of the master, two of the leak.
    Split { node: u32, token: usize },
    /// Two words of the master, one of the leak.
    Joined { first: u32, node: u32, token: usize },
    /// In the master only.
    Omit { node: u32 },
    /// In the leak only.
    Insert { token: usize },
    /// A field and what stands in its place.
    Fill { node: u32, from: usize, to: usize },
}

/// How an end of the window is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Leak and master must be used up.
    Pinned,
    /// The alignment may begin at or before (end at or after) this node, at any token.
    Free(usize),
}

/// What is to be aligned.
pub(crate) struct Window<'a> {
    pub(crate) lattice: &'a Lattice,
    /// The nodes, joins of every touched fork included.
    pub(crate) nodes: Range<usize>,
    pub(crate) tokens: &'a [Seen],
    /// For each node the first and last number of tokens that may be used up behind it.
    pub(crate) band: &'a dyn Fn(usize) -> (usize, usize),
    pub(crate) start: End,
    pub(crate) end: End,
    /// A fork that must be passed by one of its variants.
    pub(crate) force: Option<(&'a Fork, usize)>,
}

const PAIRED: usize = 0;
const OMITTED: usize = 1;
const INSERTED: usize = 2;

#[derive(Clone, Copy)]
struct Cell {
    score: [i32; 3],
    back: [Back; 3],
}

/// Where a cell's score came from.
#[derive(Clone, Copy)]
struct Back {
    step: Step,
    state: u8,
    /// Tokens taken.
    taken: u8,
    pred: u32,
    distance: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Begin,
    Fill,
    Insert,
    Joined,
    Omit,
    Pair,
    Pass,
    Split,
}

const BEGIN: Back = Back { step: Step::Begin, state: 0, taken: 0, pred: 0, distance: 0 };
const EMPTY: Cell = Cell { score: [NEVER; 3], back: [BEGIN; 3] };

impl Cell {
    fn best(&self) -> (i32, u8) {
        let mut best = (self.score[PAIRED], 0);
        for (state, tag) in [(OMITTED, 1), (INSERTED, 2)] {
            if self.score[state] > best.0 {
                best = (self.score[state], tag);
            }
        }
        best
    }

    fn offer(&mut self, state: usize, score: i32, back: Back) {
        if score > self.score[state] {
            self.score[state] = score;
            self.back[state] = back;
        }
    }
}

/// The row of a node: cells for the numbers of used tokens in its band.
#[derive(Clone, Copy, Default)]
struct Row {
    lo: usize,
    len: usize,
    at: usize,
}

struct Run<'a> {
    window: &'a Window<'a>,
    /// Row 0 stands for what is before the window; node `n` has row `n - nodes.start + 1`.
    rows: Vec<Row>,
    cells: Vec<Cell>,
}

/// The steps of the best alignment of a window; nothing when no alignment fits its band.
pub(crate) fn align(window: &Window<'_>) -> Option<Vec<Op>> {
    let mut run = Run { window, rows: Vec::with_capacity(window.nodes.len() + 1), cells: Vec::new() };
    run.before();
    for n in window.nodes.clone() {
        run.node(n);
    }
    run.trace_back()
}

impl Run<'_> {
    /// The row before the first node.
    fn before(&mut self) {
        let used = self.window.tokens.len();
        let len = if self.window.start == End::Pinned {
            used.min((self.window.band)(self.window.nodes.start).1) + 1
        } else {
            0
        };
        self.rows.push(Row { lo: 0, len, at: 0 });
        self.cells.resize(len, EMPTY);
        if len > 0 {
            self.cells[0].score[PAIRED] = 0;
            self.insertions(0);
        }
    }

    fn cell(&self, row: usize, used: usize) -> Option<&Cell> {
        let row = self.rows.get(row)?;
        let k = used.checked_sub(row.lo)?;
        (k < row.len).then(|| &self.cells[row.at + k])
    }

    /// The row of the node before; 0 when it lies before the window.
    fn row_of(&self, node: u32) -> usize {
        (node as usize + 1).saturating_sub(self.window.nodes.start)
    }

    fn node(&mut self, n: usize) {
        let window = self.window;
        let node = &window.lattice.nodes[n];
        let (lo, hi) = (window.band)(n);
        let hi = hi.min(window.tokens.len());
        let barred = window.force.is_some_and(|(fork, variant)| {
            n > fork.open && n < fork.close && !fork.variants[variant].nodes.contains(&n)
        });
        let len = if barred || hi < lo { 0 } else { hi - lo + 1 };
        let at = self.cells.len();
        self.rows.push(Row { lo, len, at });
        self.cells.resize(at + len, EMPTY);
        if len == 0 {
            return;
        }
        let row = self.rows.len() - 1;
        match node.kind {
            Kind::Word => self.word(row, n, node),
            Kind::Punct => self.punct(row, node),
            Kind::Join => return self.join(row, n, node),
            Kind::Field => self.field(row, node),
        }
        self.insertions(row);
    }

    fn word(&mut self, row: usize, n: usize, node: &Node) {
        let letters = cost::letters(&node.canon);
        let worth = worth(&node.canon);
        let fresh = matches!(self.window.start, End::Free(limit) if n <= limit);
        let Row { lo, len, at } = self.rows[row];
        let Some(&pred) = self.window.lattice.preds(node).first() else { return };
        let before = self.row_of(pred);
        let two_back = self.two_back(node);
        for used in lo..lo + len {
            let mut cell = EMPTY;
            if let Some(token) = used.checked_sub(1).map(|t| &self.window.tokens[t])
                && token.word
            {
                let distance = compare(node, letters, token);
                let score = pair_score(worth, distance);
                let back = Back { step: Step::Pair, state: 0, taken: 1, pred, distance };
                if let Some(from) = self.cell(before, used - 1) {
                    let (best, state) = from.best();
                    cell.offer(PAIRED, best + score, Back { state, ..back });
                }
                if fresh {
                    cell.offer(PAIRED, score, Back { step: Step::Begin, ..back });
                }
                self.seams(&mut cell, node, used, before, two_back);
            }
            if let Some(from) = self.cell(before, used) {
                let back = Back { step: Step::Omit, state: 0, taken: 0, pred, distance: 0 };
                for state in [PAIRED, OMITTED, INSERTED] {
                    let open = if state == OMITTED { 0 } else { OPEN };
                    cell.offer(OMITTED, from.score[state] + open + EXTEND, Back { state: tag(state), ..back });
                }
            }
            self.cells[at + used - lo] = cell;
        }
    }

    /// The word directly before `node`, and the row before that word.
    fn two_back(&self, node: &Node) -> Option<(u32, usize)> {
        let &pred = self.window.lattice.preds(node).first()?;
        let word = &self.window.lattice.nodes[pred as usize];
        if word.kind != Kind::Word || (pred as usize) < self.window.nodes.start {
            return None;
        }
        Some((pred, self.row_of(*self.window.lattice.preds(word).first()?)))
    }

    /// One word for two, on either side.
    fn seams(&self, cell: &mut Cell, node: &Node, used: usize, before: usize, two_back: Option<(u32, usize)>) {
        let tokens = self.window.tokens;
        let token = &tokens[used - 1];
        if let Some(first) = used.checked_sub(2).map(|t| &tokens[t])
            && first.word
            && first.canon.len() + token.canon.len() == node.canon.len()
            && node.canon.starts_with(&first.canon)
            && node.canon.ends_with(&token.canon)
            && let Some(from) = self.cell(before, used - 2)
        {
            let (best, state) = from.best();
            let back = Back {
                step: Step::Split,
                state,
                taken: 2,
                pred: *self.window.lattice.preds(node).first().unwrap_or(&0),
                distance: 0,
            };
            cell.offer(PAIRED, best + worth(&node.canon) + SEAM, back);
        }
        if let Some((pred, row)) = two_back {
            let first = &self.window.lattice.nodes[pred as usize];
            if first.canon.len() + node.canon.len() == token.canon.len()
                && token.canon.starts_with(&*first.canon)
                && token.canon.ends_with(&*node.canon)
                && let Some(from) = self.cell(row, used - 1)
            {
                let (best, state) = from.best();
                let back = Back { step: Step::Joined, state, taken: 1, pred, distance: 0 };
                cell.offer(PAIRED, best + worth(&first.canon) + worth(&node.canon) + SEAM, back);
            }
        }
    }

    fn punct(&mut self, row: usize, node: &Node) {
        let Row { lo, len, at } = self.rows[row];
        let Some(&pred) = self.window.lattice.preds(node).first() else { return };
        let before = self.row_of(pred);
        for used in lo..lo + len {
            let mut cell = EMPTY;
            if let Some(token) = used.checked_sub(1).map(|t| &self.window.tokens[t])
                && !token.word
                && let Some(from) = self.cell(before, used - 1)
            {
                let same = token.hash == node.hash;
                let score = if same { PUNCT_SAME } else { PUNCT_ELSE };
                for state in [PAIRED, OMITTED, INSERTED] {
                    let back = Back {
                        step: Step::Pair,
                        state: tag(state),
                        taken: 1,
                        pred,
                        distance: if same { 0 } else { 100 },
                    };
                    cell.offer(state, from.score[state] + score, back);
                }
            }
            if let Some(from) = self.cell(before, used) {
                for state in [PAIRED, OMITTED, INSERTED] {
                    let score = if state == OMITTED { 0 } else { PUNCT_ELSE };
                    let back = Back { step: Step::Omit, state: tag(state), taken: 0, pred, distance: 0 };
                    cell.offer(state, from.score[state] + score, back);
                }
            }
            self.cells[at + used - lo] = cell;
        }
    }

    /// A join holds the best of the nodes before it.
    fn join(&mut self, row: usize, n: usize, node: &Node) {
        let Row { lo, len, at } = self.rows[row];
        let window = self.window;
        for &pred in window.lattice.preds(node) {
            let barred = self.window.force.is_some_and(|(fork, variant)| {
                n == fork.close && pred as usize == fork.open && !fork.variants[variant].nodes.is_empty()
            });
            if barred {
                continue;
            }
            let before = self.row_of(pred);
            for used in lo..lo + len {
                let Some(from) = self.cell(before, used).copied() else { continue };
                for state in [PAIRED, OMITTED, INSERTED] {
                    let back = Back { step: Step::Pass, state: tag(state), taken: 0, pred, distance: 0 };
                    self.cells[at + used - lo].offer(state, from.score[state], back);
                }
            }
        }
    }

    fn field(&mut self, row: usize, node: &Node) {
        let Row { lo, len, at } = self.rows[row];
        let Some(&pred) = self.window.lattice.preds(node).first() else { return };
        let before = self.row_of(pred);
        for used in lo..lo + len {
            let mut cell = EMPTY;
            for taken in 0..=FIELD.min(used) {
                let Some(from) = self.cell(before, used - taken) else { continue };
                let (best, state) = from.best();
                // An empty field is likelier left out than filled with nothing.
                let score = if taken == 0 { best + EXTEND } else { best };
                let back = Back { step: Step::Fill, state, taken: u8::try_from(taken).unwrap_or(0), pred, distance: 0 };
                cell.offer(PAIRED, score, back);
            }
            self.cells[at + used - lo] = cell;
        }
    }

    /// Tokens of the leak that the master lacks, behind the node of this row.
    fn insertions(&mut self, row: usize) {
        let Row { len, lo, at } = self.rows[row];
        for k in 1..len {
            let from = self.cells[at + k - 1];
            let word = self.window.tokens[lo + k - 1].word;
            let cell = &mut self.cells[at + k];
            for state in [PAIRED, OMITTED, INSERTED] {
                let back = Back { step: Step::Insert, state: tag(state), taken: 1, pred: 0, distance: 0 };
                if word {
                    let open = if state == INSERTED { 0 } else { OPEN };
                    cell.offer(INSERTED, from.score[state] + open + EXTEND, back);
                } else {
                    let score = if state == INSERTED { 0 } else { PUNCT_ELSE };
                    cell.offer(state, from.score[state] + score, back);
                }
            }
        }
    }

    /// Where the alignment ends: (row, tokens used, state).
    fn finish(&self) -> Option<(usize, usize, u8)> {
        let mut best: Option<(usize, usize, u8, i32)> = None;
        match self.window.end {
            End::Pinned => {
                let row = self.rows.len() - 1;
                let used = self.window.tokens.len();
                let (score, state) = self.cell(row, used)?.best();
                best = Some((row, used, state, score));
            }
            End::Free(from) => {
                for n in from.max(self.window.nodes.start)..self.window.nodes.end {
                    if self.window.lattice.nodes[n].kind != Kind::Word {
                        continue;
                    }
                    let row = n - self.window.nodes.start + 1;
                    let Row { lo, len, at } = self.rows[row];
                    for k in 0..len {
                        let cell = &self.cells[at + k];
                        let paired = !matches!(cell.back[PAIRED].step, Step::Insert);
                        if paired && best.is_none_or(|b| cell.score[PAIRED] > b.3) {
                            best = Some((row, lo + k, 0, cell.score[PAIRED]));
                        }
                    }
                }
            }
        }
        best.filter(|b| b.3 > NEVER / 2).map(|(row, used, state, _)| (row, used, state))
    }

    fn trace_back(&self) -> Option<Vec<Op>> {
        let (mut row, mut used, mut state) = self.finish()?;
        let mut ops = Vec::new();
        while row > 0 || used > 0 {
            let back = self.cell(row, used)?.back[usize::from(state)];
            let taken = usize::from(back.taken);
            let node = u32::try_from(self.window.nodes.start + row).unwrap_or(u32::MAX).wrapping_sub(1);
            let begin = back.step == Step::Begin;
            match back.step {
                Step::Begin | Step::Pair => {
                    if taken == 0 {
                        break;
                    }
                    ops.push(Op::Pair { node, token: used - 1, distance: back.distance });
                }
                Step::Split => ops.push(Op::Split { node, token: used - 2 }),
                Step::Joined => ops.push(Op::Joined { first: back.pred, node, token: used - 1 }),
                Step::Omit => ops.push(Op::Omit { node }),
                Step::Insert => ops.push(Op::Insert { token: used - 1 }),
                Step::Fill => ops.push(Op::Fill { node, from: used - taken, to: used }),
                Step::Pass => {}
            }
            if begin {
                break;
            }
            state = back.state;
            used -= taken;
            row = match back.step {
                Step::Insert => row,
                Step::Joined => {
                    let first = &self.window.lattice.nodes[back.pred as usize];
                    self.row_of(*self.window.lattice.preds(first).first()?)
                }
                _ => self.row_of(back.pred),
            };
        }
        ops.reverse();
        Some(ops)
    }
}

fn tag(state: usize) -> u8 {
    match state {
        PAIRED => 0,
        OMITTED => 1,
        _ => 2,
    }
}

/// What pairing a word is worth. Short words stand everywhere and bind little: by them alone an alignment
/// must not creep over its edge.
fn worth(canon: &str) -> i32 {
    match canon.len() {
        0..=3 => 5,
        4 => 7,
        _ => 10,
    }
}

fn pair_score(worth: i32, distance: u8) -> i32 {
    match distance {
        0 => worth,
        d if d <= SLIP => worth - i32::from(d) / 5,
        _ => MISMATCH,
    }
}

fn compare(node: &Node, letters: u64, token: &Seen) -> u8 {
    if node.hash == token.hash {
        0
    } else if cost::may_be_slip(letters, token.letters, node.canon.len().max(token.canon.len())) {
        cost::distance(&node.canon, &token.canon)
    } else {
        cost::APART
    }
}
