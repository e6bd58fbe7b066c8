//! The one thread that screens and keeps. Its order of durable steps is what "nothing is lost and nothing doubled" rests on:
//! (1) what was found goes into the inbox; (2) its alarm into the queue of alarms; (3) the versions that were looked at into the set of
//! those seen; (4) the cursor, with the pictures still to be read, into the source's state. Only then is the source asked again. A process
//! that dies before (3) finds the same again and leaves it again, under the same key and handle, and the desk drops it; one that dies before (4) is
//! given the same posts again and drops them itself.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countermark_inbox::{Inbox, Item, Level, Text};
use countermark_sources::{Batch, Exchange, Kind, Post};
use sha2::{Digest, Sha256};

use crate::alarm::{Alarm, Bell};
use crate::board::Board;
use crate::capture::capture;
use crate::gallery::{Gallery, Task};
use crate::ident::{self, Version};
use crate::judge::{Judge, Judged, clip};
use crate::schedule::Schedule;
use crate::seams::PictureText;
use crate::seen::{Left, Sight};
use crate::state::{Pending, SourceState};
use crate::{Error, limits};

/// What reaches the keeper.
pub(crate) enum Work {
    /// A poll's batch.
    Batch(usize, Batch),
    /// A picture, read or not.
    Picture(Box<Task>, Outcome),
    /// A poller has ended.
    PollerGone,
    /// A reader of pictures has ended.
    ReaderGone,
}

/// What became of a picture.
pub(crate) enum Outcome {
    Read(PictureText, Exchange),
    /// It may succeed another time.
    Again,
    /// It will not.
    Never,
}

/// Why the keeper ends.
pub(crate) enum Halt {
    Stop,
    Failed(Error),
}

/// A source as the keeper knows it.
pub(crate) struct Tracked {
    pub(crate) name: String,
    pub(crate) state: SourceState,
    pub(crate) pictures: bool,
    pub(crate) pending: HashSet<Version>,
}

/// Everything that the keeper works with.
pub(crate) struct Keeper {
    pub(crate) key: [u8; 32],
    pub(crate) inbox: Inbox,
    pub(crate) judge: Judge,
    pub(crate) sources: Vec<Tracked>,
    pub(crate) bell: Arc<Bell>,
    pub(crate) board: Arc<Board>,
    pub(crate) schedule: Arc<Schedule>,
    pub(crate) gallery: Arc<Gallery>,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) once: bool,
    pub(crate) now_ms: fn() -> u64,
}

/// What was found and is not kept yet.
#[derive(Default)]
struct Finds {
    items: Vec<Item>,
    alarms: Vec<Alarm>,
    sights: Vec<Sight>,
    bytes: usize,
}

/// Of what post an item is.
struct About<'a> {
    id: &'a str,
    url: Option<&'a str>,
    author: Option<&'a str>,
    published_at: Option<u64>,
}

impl Keeper {
    /// Takes in a batch.
    pub(crate) fn batch(&mut self, index: usize, batch: &Batch) -> Result<(), Halt> {
        let before = self.sources[index].state.counts;
        let waiting = self.sources[index].state.pending.len();
        let mut finds = Finds::default();
        for post in &batch.posts {
            self.post(index, post, &mut finds);
            if finds.bytes > limits::APPEND {
                self.keep(index, &mut finds)?;
            }
        }
        self.keep(index, &mut finds)?;
        let source = &mut self.sources[index];
        let (counts, pending) = (source.state.counts, source.state.pending.len());
        let news = counts.posts != before.posts || counts.unread != before.unread || pending != waiting;
        if news || source.state.cursor != batch.cursor {
            source.state.cursor = batch.cursor.clone();
            self.save(index);
        }
        self.schedule.hold(index, pending >= limits::PENDING);
        self.schedule.committed(index, batch.cursor.clone(), batch.more);
        self.show(index);
        Ok(())
    }

    /// Takes in what was read of a picture.
    pub(crate) fn picture(&mut self, mut task: Task, outcome: Outcome) -> Result<(), Halt> {
        let index = task.source;
        let version = ident::picture(&task.pending.post, &task.pending.picture);
        let mut finds = Finds::default();
        let again = matches!(outcome, Outcome::Again) && task.pending.attempts + 1 < limits::FETCHES;
        match outcome {
            Outcome::Read(read, exchange) => {
                self.sources[index].state.counts.pictures += 1;
                let left = self.read_picture(&task, read, &exchange, &mut finds);
                finds.sights.push(self.sight(version, &task.pending.post, left));
            }
            Outcome::Again if again => {}
            Outcome::Again | Outcome::Never => {
                self.sources[index].state.counts.unread += 1;
                finds.sights.push(self.sight(version, &task.pending.post, Left::Nothing));
            }
        }
        self.keep(index, &mut finds)?;
        let source = &mut self.sources[index];
        if again {
            for pending in source.state.pending.iter_mut().filter(|one| **one == task.pending) {
                pending.attempts += 1;
            }
            task.pending.attempts += 1;
            // In a run that asks once, the next run tries again.
            if !self.once {
                task.not_before = Some(Instant::now() + limits::FETCH_AGAIN);
                self.gallery.push(task);
            }
        } else {
            source.state.pending.retain(|one| *one != task.pending);
            source.pending.remove(&version);
        }
        let held = source.state.pending.len() >= limits::PENDING;
        self.save(index);
        self.schedule.hold(index, held);
        self.show(index);
        Ok(())
    }

    /// Takes a newer index, when there is one.
    pub(crate) fn refresh(&mut self) {
        let state = self.judge.refresh();
        self.board.index(&state, self.now());
    }

    fn post(&mut self, index: usize, post: &Post, finds: &mut Finds) {
        let version = ident::version(post);
        let source = &mut self.sources[index];
        if post.kind == Kind::Deleted {
            let seen = source.state.seen.contains(&version);
            if !seen && self.left_of(index, &post.id, finds) > Left::Nothing {
                self.sources[index].state.counts.deleted += 1;
                let judged = Judged { level: Some(Level::Deleted), ..Judged::default() };
                self.find(index, &about(post), judged, &[&post.exchange], finds);
            }
            finds.sights.push(self.sight(version, &post.id, Left::Nothing));
            return;
        }
        let new = !source.state.seen.contains(&version) && !finds.sights.iter().any(|sight| sight.version == version);
        if new {
            source.state.counts.posts += 1;
            let mut judged = self.judge.post(post);
            let source = &mut self.sources[index];
            source.state.counts.clipped += u64::from(judged.clipped);
            // That it was edited out of a post is news, too: its case shows what stands there now.
            let emptied = judged.level.is_none() && self.left_of(index, &post.id, finds) == Left::Alarm;
            judged.level = judged.level.or(emptied.then_some(Level::Match));
            let left = self.find(index, &about(post), judged, &[&post.exchange], finds);
            finds.sights.push(self.sight(version, &post.id, left));
            self.lag(index, post);
        } else {
            source.state.counts.repeats += 1;
        }
        self.pictures(index, post, new);
    }

    /// Notes the pictures of a post that are still to be read, and has them read.
    fn pictures(&mut self, index: usize, post: &Post, new: bool) {
        let source = &mut self.sources[index];
        if !source.pictures {
            source.state.counts.unread += if new { post.pictures.len() as u64 } else { 0 };
            return;
        }
        source.state.counts.clipped += u64::from(new && post.pictures.len() > limits::PICTURES);
        for picture in post.pictures.iter().take(limits::PICTURES).filter(|one| one.url.len() <= limits::NAME) {
            let version = ident::picture(&post.id, &picture.url);
            if source.state.seen.contains(&version) || !source.pending.insert(version) {
                continue;
            }
            let pending = Pending {
                post: post.id.clone(),
                url: post.url.clone(),
                published_at: post.at,
                picture: picture.url.clone(),
                attempts: 0,
            };
            source.state.pending.push_back(pending.clone());
            self.gallery.push(Task {
                source: index,
                pending,
                page: Some(Arc::clone(&post.exchange)),
                not_before: None,
            });
        }
    }

    fn read_picture(&mut self, task: &Task, read: PictureText, exchange: &Exchange, finds: &mut Finds) -> Left {
        let mut judged = Judged::default();
        let (role, author) = ("picture".to_owned(), None);
        let confidences = read.words;
        let text = Text { role, author, text: read.text, confidences, shared: Vec::new() };
        self.judge.text(text, &mut judged);
        let pending = &task.pending;
        let (url, published_at) = (pending.url.as_deref(), pending.published_at);
        let about = About { id: &pending.post, url, author: None, published_at };
        let page = task.page.as_deref();
        let exchanges: Vec<&Exchange> = page.into_iter().chain([exchange]).collect();
        self.find(task.source, &about, judged, &exchanges, finds)
    }

    /// Makes an item of what was found, and an alarm where it is one.
    fn find(
        &mut self,
        index: usize,
        about: &About<'_>,
        judged: Judged,
        exchanges: &[&Exchange],
        finds: &mut Finds,
    ) -> Left {
        let Some(level) = judged.level else { return Left::Nothing };
        let source = &mut self.sources[index];
        match level {
            Level::Match => source.state.counts.matches += 1,
            Level::Alarm => source.state.counts.alarms += 1,
            Level::Invented => source.state.counts.invented += 1,
            Level::Deleted => {}
        }
        let captured_ms = exchanges.last().map_or_else(self.now_ms, |exchange| exchange.at_ms);
        let capture = capture(exchanges, &[("source", &source.name), ("post", about.id)], captured_ms);
        let text = |text: &str| clip(text, limits::NAME).to_owned();
        let mut item = Item {
            handle: String::new(),
            source: source.name.clone(),
            post: text(about.id),
            url: about.url.map(text),
            author: about.author.map(text),
            published_at: about.published_at,
            captured_at: captured_ms / 1000,
            level,
            texts: judged.texts,
            sha256: ident::hex(&Sha256::digest(&capture)),
            capture,
        };
        item.handle = ident::handle(&self.key, &item.key());
        if matches!(level, Level::Alarm | Level::Invented) {
            finds.alarms.push(alarm(&item, judged.best.as_ref().map_or((0, 0.0), |best| (best.words, best.bits))));
        }
        finds.bytes += item.capture.len();
        finds.items.push(item);
        if level == Level::Match { Left::Match } else { Left::Alarm }
    }

    /// Steps (1) to (3) above.
    fn keep(&mut self, index: usize, finds: &mut Finds) -> Result<(), Halt> {
        while !finds.items.is_empty() {
            match self.inbox.append(&finds.items) {
                Ok(appended) => {
                    if appended.segments + appended.matches > 0 {
                        self.board.say("the inbox is full: the oldest matches below the alarm's line were dropped");
                    }
                    finds.items.clear();
                    let (bytes, dropped) = (self.inbox.bytes(), self.inbox.dropped());
                    self.board.with(|status| (status.inbox_bytes, status.inbox_dropped) = (bytes, dropped));
                }
                Err(countermark_inbox::Error::TooLarge { index, .. }) => shrink(&mut finds.items[index]),
                Err(error) => {
                    self.board.disk(Some(error.to_string()), self.now());
                    // Somebody must hear of it all the same.
                    let _ = self.bell.ring(&finds.alarms);
                    if self.once {
                        return Err(Halt::Failed(error.into()));
                    }
                    self.rest(limits::APPEND_AGAIN)?;
                }
            }
        }
        while let Err(error) = self.bell.ring(&finds.alarms) {
            self.board.disk(Some(format!("the queue of alarms can't be written: {error}")), self.now());
            if self.once {
                break;
            }
            self.rest(limits::APPEND_AGAIN)?;
        }
        for alarm in finds.alarms.drain(..) {
            let (source, handle) = (&alarm.source, &alarm.handle);
            self.board.say(&match alarm.level {
                Level::Invented => format!("ALARM at {source}: words that nothing registered holds, handle {handle}"),
                _ => format!("ALARM at {source}: {} words, {:.0} bits, handle {handle}", alarm.words, alarm.bits),
            });
        }
        let minute = u32::try_from(self.now() / 60).unwrap_or(u32::MAX);
        match self.sources[index].state.seen.add(&finds.sights, minute) {
            Ok(()) if finds.sights.is_empty() => {}
            Ok(()) => self.board.disk(None, self.now()),
            Err(error) => self.board.disk(Some(format!("the set of seen posts can't be written: {error}")), self.now()),
        }
        finds.sights.clear();
        finds.bytes = 0;
        Ok(())
    }

    /// Step (4). What is not durable then is asked for again after a kill.
    fn save(&mut self, index: usize) {
        if let Err(error) = self.sources[index].state.save() {
            let name = &self.sources[index].name;
            self.board.disk(Some(format!("the state of {name} can't be written: {error}")), self.now());
        }
    }

    /// What was left of a post so far, in this batch or before.
    fn left_of(&self, index: usize, post: &str, finds: &Finds) -> Left {
        let post = ident::post(post);
        let now = finds.sights.iter().filter(|sight| sight.post == post).map(|sight| sight.left).max();
        self.sources[index].state.seen.left(&post).max(now.unwrap_or(Left::Nothing))
    }

    fn sight(&self, version: Version, post: &str, left: Left) -> Sight {
        let minute = u32::try_from(self.now() / 60).unwrap_or(u32::MAX);
        Sight { version, post: ident::post(post), minute, left }
    }

    fn lag(&self, index: usize, post: &Post) {
        let lag = post.at.map(|at| (post.exchange.at_ms / 1000).saturating_sub(at));
        self.board.source(&self.sources[index].name, |source| source.lag = lag.or(source.lag));
    }

    fn show(&self, index: usize) {
        let source = &self.sources[index];
        self.board.source(&source.name, |status| {
            (status.counts, status.pending) = (source.state.counts, source.state.pending.len());
        });
    }

    fn rest(&self, wait: Duration) -> Result<(), Halt> {
        let end = Instant::now() + wait;
        while Instant::now() < end {
            if self.stop.load(Ordering::SeqCst) {
                return Err(Halt::Stop);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn now(&self) -> u64 {
        (self.now_ms)() / 1000
    }
}

fn about(post: &Post) -> About<'_> {
    About { id: &post.id, url: post.url.as_deref(), author: post.author.as_deref(), published_at: post.at }
}

fn alarm(item: &Item, (words, bits): (u32, f64)) -> Alarm {
    let plain = |text: &String| text.chars().filter(|c| !c.is_control()).collect();
    Alarm {
        handle: item.handle.clone(),
        level: item.level,
        source: item.source.clone(),
        url: item.url.as_ref().map(plain),
        published_at: item.published_at,
        captured_at: item.captured_at,
        words,
        bits,
    }
}

/// Too large for the inbox: the capture goes first, the texts last. What is left says that there was something.
fn shrink(item: &mut Item) {
    if item.capture.is_empty() {
        item.texts.clear();
    }
    item.capture.clear();
    item.sha256 = ident::hex(&Sha256::digest([]));
}
