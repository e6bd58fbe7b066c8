//! The journal of looks: a file beside the vault that backups leave out.
//!
//! ```text
//! countermark-looks 1 <vault> <journal> <mac>
//! look <message> <observation> <k> <mac>
//! shown <message> <from> <map> <mac>
//! floor <n> <mac>
//! torn <bytes> <raise> <mac>
//! ```
//!
//! One line a record, ended by a line feed, all values lower-case hexadecimal but the decimal `k`, `from`, `n`, `bytes` and `raise`.
//! Message and observation are keyed hashes, so that the file tells its length and the numbers of sites that were shown, not of what. `mac` is the first 16 bytes of HMAC-SHA256 over
//! the mac of the line before (zeros for the first) and the line's own text in front of it, so that no line can be changed, taken
//! out or moved without the vault's key.
//!
//! An append that was cut off leaves bytes that are no line. They may have been a look whose score was never made known, or was: they are
//! counted as looks spent for every message. Had they become a line that says what was shown, nothing was shown: that is only done
//! once the line is whole and durable. The next append writes `torn` behind them, which says how many bytes it answers for and by how much every
//! count is raised; nothing in the file is ever overwritten.

use std::{
    collections::HashMap,
    fmt::{self, Write as _},
    io,
};

use crate::{
    Error, Key, NotNameable, StoreError, VaultId, hex,
    journal_file::{JournalFile, LOCK_SECONDS, failed},
    shown::{Shown, is_piece},
};

/// A tail longer than this was not left by an append that was cut off: a line is shorter than 200 bytes, and a repair may be cut off
/// some times itself.
const MOST_TORN: usize = 1024;
/// The shortest line that spends a look.
const SHORTEST_LOOK: usize = 138;

type Mac = [u8; 16];
/// A message, as the journal names it.
pub(crate) type MessageTag = [u8; 16];
/// An observation of a message, as the journal and the vault name it.
pub(crate) type ObservationTag = [u8; 32];

/// What was shown of every message.
pub(crate) type AllShown = HashMap<MessageTag, Shown>;

/// The journal of a vault's looks, opened with the vault's key.
pub struct Journal {
    file: Box<dyn JournalFile>,
    key: Key,
    vault: VaultId,
    state: State,
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("vault", &self.vault).field("lines", &self.lines()).finish_non_exhaustive()
    }
}

/// What the lines so far say.
#[derive(Default)]
struct State {
    /// Bytes that were read and are whole lines.
    offset: u64,
    /// Bytes behind them that are none.
    torn: usize,
    /// The mac of every line.
    chain: Vec<Mac>,
    journal: [u8; 16],
    /// The count of every message that has none of its own.
    base: u64,
    counts: HashMap<MessageTag, u64>,
    seen: HashMap<(MessageTag, ObservationTag), u64>,
    shown: AllShown,
}

enum Line {
    Look { message: MessageTag, observation: ObservationTag, k: u64 },
    Shown { message: MessageTag, from: usize, map: Vec<u8> },
    Floor(u64),
    Torn { bytes: usize, raise: u64 },
}

impl Journal {
    /// Reads a journal. A tail that was cut off is noted and not yet repaired.
    pub(crate) fn open(file: Box<dyn JournalFile>, key: Key, vault: VaultId) -> Result<Self, Error> {
        let mut journal = Self { file, key, vault, state: State::default() };
        journal.locked(|_| Ok(()))?;
        Ok(journal)
    }

    /// Writes the first lines of a journal into an empty file, durable.
    pub(crate) fn create(
        file: &mut dyn JournalFile,
        key: &Key,
        vault: VaultId,
        id: [u8; 16],
        floor: u64,
        shown: &AllShown,
    ) -> Result<(), Error> {
        let first = format!("countermark-looks 1 {vault} {}", hex::encode(&id));
        let floor = (floor > 0).then(|| format!("floor {floor}"));
        let shown = shown.iter().flat_map(|(message, shown)| {
            shown.pieces().map(|(from, map)| shown_line(message, from, map)).collect::<Vec<_>>()
        });
        let (mut last, mut lines) = ([0; 16], String::new());
        for body in [first].into_iter().chain(floor).chain(shown) {
            lines.push_str(&signed(key, &last, &body));
            last = mac(key, &last, &body);
        }
        let failed = |source| failed("making the journal of looks", source);
        file.append(lines.as_bytes()).map_err(failed)?;
        file.sync().map_err(failed)
    }

    /// What a journal says was shown, as far as it can be read: for one that is damaged or cut short.
    pub(crate) fn shown_in(file: &mut dyn JournalFile, key: &Key, vault: VaultId) -> Result<AllShown, Error> {
        let bytes = file.read_from(0).map_err(|source| failed("reading the journal of looks", source))?;
        let mut state = State::default();
        // Behind a line that does not fit nothing can be told; what stands before it holds.
        let _ = state.absorb(key, vault, &bytes);
        Ok(state.shown)
    }

    /// Runs `work` while no other process writes to the journal, after reading what others have written.
    pub(crate) fn locked<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.file.lock().map_err(|source| match source.kind() {
            io::ErrorKind::WouldBlock => Error::Store(StoreError::Busy { seconds: LOCK_SECONDS }),
            _ => failed("locking the journal of looks", source),
        })?;
        let outcome = self.refresh().and_then(|()| work(self));
        let unlocked = self.file.unlock().map_err(|source| failed("unlocking the journal of looks", source));
        let outcome = outcome?;
        unlocked?;
        Ok(outcome)
    }

    /// The journal's own id.
    pub(crate) fn id(&self) -> [u8; 16] {
        self.state.journal
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> u64 {
        self.state.chain.len() as u64
    }

    /// The mac of the line of this number, counted from 1.
    pub(crate) fn mac_of(&self, line: u64) -> Option<Mac> {
        self.state.chain.get(usize::try_from(line.checked_sub(1)?).ok()?).copied()
    }

    /// Looks spent on a message, the ones that a torn tail may have been included.
    pub(crate) fn count(&self, message: &MessageTag) -> u64 {
        let known = self.state.counts.get(message).copied().unwrap_or(self.state.base);
        known.saturating_add(raise(self.state.torn))
    }

    /// The number of the look that an observation took.
    pub(crate) fn seen(&self, message: &MessageTag, observation: &ObservationTag) -> Option<u64> {
        self.state.seen.get(&(*message, *observation)).copied()
    }

    /// Writes down a look, durable on return.
    pub(crate) fn append_look(
        &mut self,
        message: &MessageTag,
        observation: &ObservationTag,
        k: u64,
    ) -> Result<(), Error> {
        self.append(&format!("look {} {} {k}", hex::encode(message), hex::encode(observation)))
    }

    /// The sites of a message that were ever shown.
    pub(crate) fn shown(&self, message: &MessageTag) -> Shown {
        self.state.shown.get(message).cloned().unwrap_or_default()
    }

    /// Writes down what is shown of a message, as far as it does not stand there, durable on return. Each line is an append of its own, so that what is cut off
    /// is shorter than a line.
    pub(crate) fn append_shown(&mut self, message: &MessageTag, shown: &Shown) -> Result<(), Error> {
        for (from, map) in shown.without(&self.shown(message)).pieces() {
            self.append(&shown_line(message, from, map))?;
        }
        Ok(())
    }

    /// Writes down that every message has at least this many looks behind it, durable on return.
    pub(crate) fn append_floor(&mut self, floor: u64) -> Result<(), Error> {
        self.append(&format!("floor {floor}"))
    }

    fn append(&mut self, body: &str) -> Result<(), Error> {
        let mut last = self.state.chain.last().copied().unwrap_or_default();
        let mut text = String::new();
        if self.state.torn > 0 {
            // The line feed ends the torn bytes, so that they and nothing else stand between two lines; it is counted with them.
            let bytes = self.state.torn + 1;
            let repair = format!("torn {bytes} {}", raise(self.state.torn));
            let _ = write!(text, "\n{}", signed(&self.key, &last, &repair));
            last = mac(&self.key, &last, &repair);
        }
        text.push_str(&signed(&self.key, &last, body));
        let failed = |source| failed("writing to the journal of looks", source);
        self.file.append(text.as_bytes()).map_err(failed)?;
        self.file.sync().map_err(failed)?;
        self.refresh()
    }

    /// Reads what was appended since.
    fn refresh(&mut self) -> Result<(), Error> {
        let failed = |source| failed("reading the journal of looks", source);
        if self.file.size().map_err(failed)? < self.state.offset {
            return Err(NotNameable::Behind.into());
        }
        let bytes = self.file.read_from(self.state.offset).map_err(failed)?;
        let read = self.state.absorb(&self.key, self.vault, &bytes)?;
        self.state.offset += read as u64;
        self.state.torn = bytes.len() - read;
        Ok(())
    }
}

impl State {
    /// Takes whole lines in and says how many bytes they are; what is left is a torn tail.
    fn absorb(&mut self, key: &Key, vault: VaultId, bytes: &[u8]) -> Result<usize, NotNameable> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let Some(used) = self.absorb_line(key, vault, rest)?.or_else(|| self.absorb_repaired(key, rest)) else {
                // The first line was durable before the vault knew of the journal, so nothing cuts it off.
                if self.chain.is_empty() || rest.len() > MOST_TORN {
                    return Err(NotNameable::Damaged(self.offset + at as u64));
                }
                break;
            };
            at += used;
        }
        Ok(at)
    }

    /// Takes one whole line in, when there is one.
    fn absorb_line(&mut self, key: &Key, vault: VaultId, bytes: &[u8]) -> Result<Option<usize>, NotNameable> {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
        let last = self.chain.last().copied().unwrap_or_default();
        let Some((body, mac)) = verified(key, &last, &bytes[..end]) else {
            return if self.chain.is_empty() { Err(foreign(vault, &bytes[..end])) } else { Ok(None) };
        };
        if self.chain.is_empty() {
            self.journal = first_line(vault, body).ok_or(NotNameable::Other)?;
        } else {
            match parse(body) {
                // A repair answers for bytes in front of it; in the place of a line it says nothing.
                Some(Line::Torn { .. }) | None => return Ok(None),
                Some(line) => self.apply(line),
            }
        }
        self.chain.push(mac);
        Ok(Some(end + 1))
    }

    /// Takes bytes in that are no line, together with the repair behind them, when there is one.
    fn absorb_repaired(&mut self, key: &Key, bytes: &[u8]) -> Option<usize> {
        let last = self.chain.last().copied()?;
        let window = &bytes[..bytes.len().min(2 * MOST_TORN)];
        let starts = window.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        for start in starts {
            let Some(end) = bytes[start..].iter().position(|byte| *byte == b'\n') else { break };
            let Some((body, mac)) = verified(key, &last, &bytes[start..start + end]) else { continue };
            if let Some(line @ Line::Torn { bytes: answered, .. }) = parse(body)
                && answered == start
            {
                self.apply(line);
                self.chain.push(mac);
                return Some(start + end + 1);
            }
        }
        None
    }

    fn apply(&mut self, line: Line) {
        match line {
            Line::Look { message, observation, k } => {
                let count = self.counts.entry(message).or_insert(self.base);
                *count = k.max(*count);
                self.seen.insert((message, observation), k);
            }
            Line::Shown { message, from, map } => self.shown.entry(message).or_default().merge(from, &map),
            Line::Floor(floor) => {
                self.base = floor.max(self.base);
                self.counts.values_mut().for_each(|count| *count = floor.max(*count));
            }
            Line::Torn { raise, .. } => {
                self.base = self.base.saturating_add(raise);
                self.counts.values_mut().for_each(|count| *count = count.saturating_add(raise));
            }
        }
    }
}

/// How many looks torn bytes may have been: one, or as many as the shortest lines would fit in.
fn raise(torn: usize) -> u64 {
    if torn == 0 { 0 } else { 1 + (torn / SHORTEST_LOOK) as u64 }
}

fn signed(key: &Key, last: &Mac, body: &str) -> String {
    format!("{body} {}\n", hex::encode(&mac(key, last, body)))
}

fn mac(key: &Key, last: &Mac, body: &str) -> Mac {
    let full = key.hash(&[last, body.as_bytes()]);
    *full.first_chunk().expect("32 bytes begin with 16")
}

fn shown_line(message: &MessageTag, from: usize, map: &[u8]) -> String {
    format!("shown {} {from} {}", hex::encode(message), hex::encode(map))
}

/// The line's text in front of its mac, when the mac is right.
fn verified<'l>(key: &Key, last: &Mac, line: &'l [u8]) -> Option<(&'l str, Mac)> {
    let (body, stated) = std::str::from_utf8(line).ok()?.rsplit_once(' ')?;
    let mac = mac(key, last, body);
    // The macs keep accidents and rollbacks out; who times this comparison has the file and the process already.
    (hex::array::<16>(stated)? == mac).then_some((body, mac))
}

fn first_line(vault: VaultId, body: &str) -> Option<[u8; 16]> {
    let (stated, journal) = body.strip_prefix("countermark-looks 1 ")?.split_once(' ')?;
    if stated == vault.to_string() { hex::array(journal) } else { None }
}

/// Why a first line was refused: another vault's, or none at all.
fn foreign(vault: VaultId, line: &[u8]) -> NotNameable {
    let text = std::str::from_utf8(line).unwrap_or_default();
    match text.strip_prefix("countermark-looks ") {
        Some(rest) if !rest.contains(&vault.to_string()) => NotNameable::Other,
        _ => NotNameable::Damaged(0),
    }
}

fn parse(body: &str) -> Option<Line> {
    let words: Vec<&str> = body.split(' ').collect();
    Some(match words.as_slice() {
        ["look", message, observation, k] => {
            Line::Look { message: hex::array(message)?, observation: hex::array(observation)?, k: k.parse().ok()? }
        }
        ["shown", message, from, map] => {
            let (from, map) = (from.parse().ok()?, hex::decode(map)?);
            is_piece(from, &map).then_some(Line::Shown { message: hex::array(message)?, from, map })?
        }
        ["floor", floor] => Line::Floor(floor.parse().ok()?),
        ["torn", bytes, raise] => Line::Torn { bytes: bytes.parse().ok()?, raise: raise.parse().ok()? },
        _ => return None,
    })
}
