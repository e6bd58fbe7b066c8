//! The stream beside a timeline: opened before the timeline is read, so that nothing falls between the two.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Timeline;
use super::cursor::Place;
use super::parse;
use crate::{Backoff, Event, Fault, Net, Post, Request, Stream};

/// How long a server that has no stream for us is left alone.
const REFUSED: Duration = Duration::from_secs(3_600);

/// The most events of one batch.
const BATCH: usize = 500;

/// How long events that come close together are gathered.
const TOGETHER: Duration = Duration::from_millis(50);

/// A stream, or when to try for one again.
#[derive(Debug)]
pub(super) struct Live {
    open: Option<Stream>,
    /// The timeline has not been read yet since the stream was opened.
    behind: bool,
    again: Option<Instant>,
    backoff: Backoff,
    /// What went wrong with something that came among good things; said with the next poll.
    owed: Option<Fault>,
}

/// What came by the stream.
#[derive(Default)]
pub(super) struct Came {
    pub(super) posts: Vec<Post>,
    /// The stream broke: the timeline must be read.
    pub(super) broke: bool,
}

impl Live {
    pub(super) fn new() -> Live {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(300));
        Live { open: None, behind: false, again: None, backoff, owed: None }
    }

    /// Opens the stream if there is none and it is time to try.
    pub(super) fn open(&mut self, net: &Net, now: Instant, request: impl FnOnce() -> Request) {
        if self.open.is_some() || self.again.is_some_and(|again| now < again) {
            return;
        }
        match net.stream(&request()) {
            Ok(stream) => {
                self.open = Some(stream);
                self.behind = true;
                self.again = None;
            }
            Err(Fault::Wait(wait)) => self.again = Some(now + wait),
            // Not there, or not for us: the timeline alone will do.
            Err(Fault::Refused | Fault::Garbled(_) | Fault::Private | Fault::Status(400..=499)) => {
                self.again = Some(now + REFUSED)
            }
            Err(_) => self.fail(now),
        }
    }

    /// Closes the stream; the next poll opens it anew.
    pub(super) fn close(&mut self) {
        self.open = None;
        self.behind = false;
    }

    /// Whether all that is new comes by the stream.
    pub(super) fn is_on(&self) -> bool {
        self.open.is_some()
    }

    /// How long to wait before the next poll: not at all beside a stream, else until it is time to try for one.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        match self.again {
            _ if self.is_on() => Duration::ZERO,
            Some(again) => again.saturating_duration_since(now).max(Duration::from_secs(1)),
            None => Duration::from_secs(1),
        }
    }

    /// Whether the timeline must be read before the stream.
    pub(super) fn is_behind(&self) -> bool {
        self.behind
    }

    /// The timeline has been read up to where the stream began.
    pub(super) fn caught_up(&mut self) {
        self.behind = false;
    }

    /// What is owed from the last poll.
    pub(super) fn owed(&mut self) -> Option<Fault> {
        self.owed.take()
    }

    /// Waits for events as long as patience lasts, and gives what has come.
    pub(super) fn read(&mut self, net: &Net, place: &mut Place) -> Came {
        let mut came = Came::default();
        let Some(stream) = &mut self.open else { return came };
        let mut until = Instant::now() + net.patience();
        for _ in 0..BATCH {
            match stream.event(until.saturating_duration_since(Instant::now())) {
                Ok(Some(event)) => {
                    self.backoff.worked();
                    match take(stream, event) {
                        Ok(post) => came.posts.extend(post.and_then(|post| place.fresh(post))),
                        Err(fault) => self.owed = Some(fault),
                    }
                    until = until.min(Instant::now() + TOGETHER);
                }
                Ok(None) => break,
                Err(fault) => {
                    if matches!(fault, Fault::Limit(_) | Fault::Garbled(_)) {
                        self.owed = Some(fault);
                    }
                    came.broke = true;
                    break;
                }
            }
        }
        if came.broke {
            self.open = None;
            self.fail(Instant::now());
        }
        came
    }

    fn fail(&mut self, now: Instant) {
        // One watcher asks one server here: there is no crowd to be spread.
        self.again = Some(now + self.backoff.failed(0));
    }
}

/// The post that an event tells of, if it tells of one.
fn take(stream: &Stream, event: Event) -> Result<Option<Post>, Fault> {
    let Event { name, data, raw, .. } = event;
    let exchange = || Arc::new(stream.exchange(raw));
    match name.as_str() {
        "update" | "status.update" => parse::status(data.as_bytes(), &exchange()).map(Some),
        "delete" => {
            let id = data.trim().trim_matches('"');
            if !parse::is_id(id) {
                return Err(Fault::Garbled("a deletion of nothing"));
            }
            Ok(Some(parse::deleted(id, &exchange())))
        }
        // Notifications, filters, announcements, conversations.
        _ => Ok(None),
    }
}

/// Where the stream of a timeline is; an account has none.
pub(super) fn path(timeline: &Timeline) -> Option<String> {
    match timeline {
        Timeline::Public => Some("/api/v1/streaming/public".into()),
        Timeline::Local => Some("/api/v1/streaming/public/local".into()),
        Timeline::Home => Some("/api/v1/streaming/user".into()),
        Timeline::Tag(tag) => Some(format!("/api/v1/streaming/hashtag?tag={}", super::encoded(tag))),
        Timeline::Account(_) => None,
    }
}
