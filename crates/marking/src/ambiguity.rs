//! Whether two different codewords can give the same text.
//!
//! A master is a chain of pieces, so the question is whether an acyclic automaton has two paths with one label. As in
//! the test of Sardinas and Patterson (1953), two readings are followed side by side from the site where they part,
//! and what is kept is only by how much one is ahead of the other: the *dangling* text, always the rest of the piece
//! that the leading reading took last. The state is (next piece of the reading that lags, next piece of the one that leads,
//! how much of which alternative dangles). Each state is visited once, whatever site it was reached from. The master is
//! ambiguous if the readings meet: nothing dangles and both stand before the same piece.
//!
//! A field's value is not known here; it is taken for one mark that equals only the same field. Occurrences of a tied
//! site are taken as free of each other: what is unambiguous then is so when they are tied.

use std::collections::HashSet;

use crate::error::place;
use crate::master::Piece;
use crate::syntax::{Parsed, error};
use crate::{SyntaxError, SyntaxErrorKind};

/// The most work, in steps of one comparison plus one for each 64 bytes compared: well below a second.
const LIMIT: u64 = 4_000_000;

/// Refuses a master with two codewords that give the same text.
pub(crate) fn check(source: &str, parsed: &Parsed) -> Result<(), SyntaxError> {
    let mut search = Search { pieces: &parsed.pieces, seen: HashSet::new(), open: Vec::new(), work: 0, meeting: None };
    for (index, piece) in parsed.pieces.iter().enumerate() {
        let Piece::Site { alternatives, .. } = piece else { continue };
        search.part(index, alternatives);
        let start = || parsed.spans.get(index).map_or(0, |span| span.start);
        if !search.run() {
            return Err(error(source, start(), SyntaxErrorKind::TooEntangled));
        }
        if let Some(meeting) = search.meeting {
            let end = parsed.spans.get(meeting).map_or(source.len(), |span| span.start);
            let (line, column) = place(source, end);
            return Err(error(source, start(), SyntaxErrorKind::Ambiguous { line, column }));
        }
    }
    Ok(())
}

/// Two readings; see the module's page.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    lag: u32,
    lead: u32,
    /// What dangles: from this byte on of this alternative of piece `lead - 1`. When nothing dangles both are 0 and
    /// `even` is set.
    alternative: u8,
    offset: u32,
    even: bool,
}

/// What stands at a piece for one choice.
#[derive(Clone, Copy)]
enum Content<'m> {
    Text(&'m [u8]),
    Field(&'m str),
}

struct Search<'m> {
    pieces: &'m [Piece],
    seen: HashSet<State>,
    open: Vec<State>,
    work: u64,
    meeting: Option<usize>,
}

impl<'m> Search<'m> {
    /// Opens the states in which two readings take different alternatives at piece `index`.
    fn part(&mut self, index: usize, alternatives: &[String]) {
        // Each pair is looked at: there are 64 alternatives at most, so this is bounded and counts for no work.
        for short in alternatives {
            for (number, long) in (0u8..).zip(alternatives) {
                if long.len() > short.len() && long.starts_with(short.as_str()) {
                    let next = index as u32 + 1;
                    let offset = short.len() as u32;
                    self.open(State { lag: next, lead: next, alternative: number, offset, even: false });
                }
            }
        }
    }

    fn open(&mut self, state: State) {
        if self.seen.insert(state) {
            self.open.push(state);
        }
    }

    /// Follows all open states. False: the limit of work is reached.
    fn run(&mut self) -> bool {
        while let Some(state) = self.open.pop() {
            if state.even && state.lag == state.lead {
                self.meeting = Some(state.lag as usize);
                return true;
            }
            for number in 0..self.choices(state.lag) {
                if let Some(next) = self.follow(state, number) {
                    self.open(next);
                }
                if self.work > LIMIT {
                    return false;
                }
            }
        }
        true
    }

    /// The lagging reading takes alternative `number` of its next piece.
    fn follow(&mut self, state: State, number: u8) -> Option<State> {
        let taken = self.content(state.lag, number)?;
        self.work += 1;
        let lag = state.lag + 1;
        if state.even {
            return Some(match taken {
                Content::Text([]) => even(lag, state.lead),
                _ => State { lag: state.lead, lead: lag, alternative: number, offset: 0, even: false },
            });
        }
        let dangling = self.content(state.lead - 1, state.alternative)?;
        match (taken, dangling) {
            (Content::Text([]), _) => Some(State { lag, ..state }),
            (Content::Field(taken), Content::Field(dangling)) => (taken == dangling).then(|| even(lag, state.lead)),
            (Content::Text(taken), Content::Text(dangling)) => {
                let dangling = &dangling[state.offset as usize..];
                let common = taken.len().min(dangling.len());
                self.work += common as u64 / 64;
                if taken[..common] != dangling[..common] {
                    return None;
                }
                Some(match taken.len().cmp(&dangling.len()) {
                    std::cmp::Ordering::Equal => even(lag, state.lead),
                    std::cmp::Ordering::Less => State { lag, offset: state.offset + common as u32, ..state },
                    std::cmp::Ordering::Greater => {
                        State { lag: state.lead, lead: lag, alternative: number, offset: common as u32, even: false }
                    }
                })
            }
            _ => None,
        }
    }

    fn choices(&self, piece: u32) -> u8 {
        match self.pieces.get(piece as usize) {
            Some(Piece::Site { alternatives, .. }) => u8::try_from(alternatives.len()).unwrap_or(u8::MAX),
            Some(_) => 1,
            None => 0,
        }
    }

    fn content(&self, piece: u32, number: u8) -> Option<Content<'m>> {
        match self.pieces.get(piece as usize)? {
            Piece::Text(text) => Some(Content::Text(text.as_bytes())),
            Piece::Site { alternatives, .. } => {
                alternatives.get(usize::from(number)).map(|text| Content::Text(text.as_bytes()))
            }
            Piece::Field(name) => Some(Content::Field(name)),
        }
    }
}

/// Nothing dangles.
fn even(one: u32, other: u32) -> State {
    State { lag: one.min(other), lead: one.max(other), alternative: 0, offset: 0, even: true }
}
