//! What of an item is kept. Posts come from strangers, and whoever has the watcher's machine can leave items himself: whatever one holds,
//! it fits into the vault's records and is taken in, so that none keeps those behind it out.

use countermark_inbox::{Item, Text};

use crate::ledger::unhex;
use crate::record::{CaseRecord, LaterRecord};

/// The most bytes of a capture. They stand in hexadecimal, and a record has at most 64 MiB.
pub(crate) const CAPTURE: usize = 28 << 20;

/// Bytes of all texts of an item: what the watcher looks at.
const TEXTS: usize = 1 << 20;

/// Texts of an item: a post's passages.
const PASSAGES: usize = 128;

/// Words of a picture with how sure the reader was of them, of all texts.
const READ_WORDS: usize = 50_000;

/// Messages that a text is said to share words with.
const SHARED: usize = 1_000;

/// Bytes of an id, an address or an author.
const NAME: usize = 2_048;

/// Bytes of the later texts of a case, and of one beyond that: its capture is kept all the same.
const LATER: usize = 4 << 20;
const LATER_START: usize = 1_024;

/// Later states of a case.
const STATES: usize = 4_000;

/// Cuts an item to what is kept; `now` is in seconds since 1970.
pub(super) fn cut(mut item: Item, now: u64) -> Item {
    // By the handle people find the case, and it goes out with alarms: in the fields of a mail, too.
    if unhex(&item.handle).is_none_or(|handle| handle.len() != 16) {
        item.handle = item.key().chars().take(32).collect();
    }
    for name in [&mut item.source, &mut item.post].into_iter().chain(&mut item.url).chain(&mut item.author) {
        clip(name, NAME);
    }
    item.captured_at = item.captured_at.min(now);
    item.capture.truncate(CAPTURE);
    item.texts.truncate(PASSAGES);
    let (mut room, mut words) = (TEXTS, READ_WORDS);
    for text in &mut item.texts {
        cut_text(text, &mut room, &mut words);
    }
    item
}

/// Adds a later state to a case; nothing where it has as many as are kept.
pub(super) fn later(record: &mut CaseRecord, mut later: LaterRecord) -> bool {
    if record.later.len() >= STATES {
        return false;
    }
    let held: usize = record.later.iter().filter_map(|later| later.published.as_ref()).map(String::len).sum();
    if let Some(text) = later.published.as_mut().filter(|text| held + text.len() > LATER) {
        clip(text, LATER_START);
    }
    record.later.push(later);
    true
}

fn cut_text(text: &mut Text, room: &mut usize, words: &mut usize) {
    clip(&mut text.text, *room);
    *room -= text.text.len();
    clip(&mut text.role, NAME);
    if let Some(author) = &mut text.author {
        clip(author, NAME);
    }
    let end = text.text.len();
    text.confidences.retain(|&(from, to, _)| from < to && to <= end);
    text.confidences.truncate(*words);
    *words -= text.confidences.len();
    text.shared.truncate(SHARED);
}

fn clip(text: &mut String, most: usize) {
    text.truncate(text.floor_char_boundary(most));
}
