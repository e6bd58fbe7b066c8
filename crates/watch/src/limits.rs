//! Every limit of the watcher, in one place. Posts come from strangers: whatever they hold, the watcher takes so much of it and goes on.
//!
//! Limits on answers themselves (bytes, time, redirects, depth) are those of `sources::Limits`; on pictures those of `ocr::Limits`; on
//! the spool those of `inbox::Limits`.

use std::time::Duration;

/// Sources at most.
pub const SOURCES: usize = 256;

/// Threads that poll: one a source up to here, so that none holds up another.
pub const POLLERS: usize = 32;

/// Batches that wait between the pollers and the screening.
pub const QUEUE: usize = 4;

/// Passages of a post that are looked at.
pub const PASSAGES: usize = 64;

/// Bytes of a post's text that are looked at.
pub const TEXT: usize = 1 << 20;

/// Pictures of a post that are read.
pub const PICTURES: usize = 10;

/// A source is not asked again while so many of its pictures wait to be read.
pub const PENDING: usize = 100;

/// Pages that are kept in memory for the pictures on them, bytes in all.
pub const PAGES: usize = 32 << 20;

/// Threads that read pictures.
pub const READERS: usize = 1;

/// How often a picture is fetched before it counts as unread, and how long between.
pub const FETCHES: u32 = 3;

/// The wait between two attempts to fetch a picture.
pub const FETCH_AGAIN: Duration = Duration::from_secs(30);

/// Bytes of a picture from a watched folder.
pub const PICTURE: u64 = 32 << 20;

/// Bytes of one response that go into a capture.
pub const RESPONSE: usize = 20 << 20;

/// Bytes that are sealed and appended at once.
pub const APPEND: usize = 16 << 20;

/// Versions of posts that are remembered of a source. The oldest go first, those that were left for the desk last.
pub const SEEN: usize = 20_000;

/// How long a version is remembered: 400 days.
pub const SEEN_MINUTES: u32 = 400 * 24 * 60;

/// Characters of a service's id or address that are kept.
pub const NAME: usize = 2048;

/// The wait after a source's first failure; it doubles with each.
pub const FIRST_WAIT: Duration = Duration::from_secs(5);

/// The longest wait after failures.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30 * 60);

/// The shortest time between two polls of a source that is no stream.
pub const SHORTEST_EVERY: Duration = Duration::from_secs(1);

/// How often the index is looked at for a newer one.
pub const REFRESH: Duration = Duration::from_secs(5);

/// The wait after the inbox refused, before it is tried again.
pub const APPEND_AGAIN: Duration = Duration::from_secs(5);

/// How long a stop may take.
pub const STOP: Duration = Duration::from_secs(4);

/// Unsent alarms that are kept one by one; beyond it they are only counted.
pub const ALARMS: usize = 1000;

/// Alarms already sent that are remembered.
pub const SENT: usize = 4096;

/// Alarms that go out one by one; more that wait at once are gathered in one.
pub const SINGLY: usize = 3;

/// Messages by one way in an hour, beyond which alarms are gathered.
pub const AN_HOUR: usize = 20;

/// How long a command, a mail server or a webhook may take.
pub const WAY: Duration = Duration::from_secs(20);

/// Bytes of `watch.toml`, `credentials`, `names.toml` and of what stands in `state`.
pub const FILE: u64 = 16 << 20;
