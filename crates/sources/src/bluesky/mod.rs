//! Bluesky, by Jetstream: all posts of the network, or those of some accounts.

mod account;
mod event;
mod socket;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::form_urlencoded;

pub use self::account::Account;
use self::event::{Event, POSTS, What};
use self::socket::{Came, Socket};
use crate::net::now_ms;
use crate::{Accept, Backoff, Batch, Cursor, Exchange, Fault, Net, Post, Reach, Request, Source, json};

/// A public Jetstream.
const SERVICE: &str = "wss://jetstream2.us-east.bsky.network/subscribe";

/// Where handles are looked up.
const DIRECTORY: &str = "https://public.api.bsky.app";

/// How far before the last event a connection begins again. Servers' events differ a little in order and time.
const OVERLAP_US: u64 = 5_000_000;

/// The largest message that is asked for and taken. A post's record has some ten thousand bytes at most.
const MESSAGE: usize = 1 << 20;

/// More accounts than these are named in a message after connecting; an address would be too long.
const IN_ADDRESS: usize = 80;

/// The most accounts that Jetstream filters by.
const MOST_ACCOUNTS: usize = 10_000;

/// How long a server may be silent.
const DEAD: Duration = Duration::from_secs(60);

/// The most events of one batch.
const BATCH: usize = 1_000;

/// How long events that come close together are gathered: those of some accounts, and those of the whole network, for each batch
/// is made durable by itself.
const TOGETHER: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];

/// The post that a message of Jetstream tells of; nothing when it tells of something else.
///
/// # Errors
/// [`Fault::Garbled`] or [`Fault::Limit`] when it is no message of Jetstream.
pub fn parse(bytes: &[u8], exchange: &Arc<Exchange>) -> Result<Option<Post>, Fault> {
    Ok(match event::parse(bytes, exchange)?.what {
        What::Post(post) => Some(post),
        What::Handle(_) | What::Other => None,
    })
}

/// Posts of Bluesky.
#[derive(Debug)]
pub struct Bluesky {
    service: String,
    directory: String,
    reach: Reach,
    accounts: Vec<Account>,
    /// The accounts' names by their DIDs.
    names: BTreeMap<String, String>,
    dead: Duration,
    socket: Option<Socket>,
    /// Where the last batch said to go on.
    given: Option<Place>,
    again: Option<Instant>,
    backoff: Backoff,
    /// What went wrong with something that came among good things; said with the next poll.
    owed: Option<Fault>,
}

/// The cursor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// When Jetstream had the last event that came, microseconds since 1970.
    time_us: u64,
}

impl Bluesky {
    /// The posts of these accounts, of which Jetstream takes 10,000 at most; of all where none is named.
    #[must_use]
    pub fn new(accounts: Vec<Account>) -> Bluesky {
        Bluesky {
            service: SERVICE.into(),
            directory: DIRECTORY.into(),
            reach: Reach::Public,
            accounts,
            names: BTreeMap::new(),
            dead: DEAD,
            socket: None,
            given: None,
            again: None,
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(120)),
            owed: None,
        }
    }

    /// By another Jetstream (`ws`, `wss`, or the same as `http` and `https`, with its path), and another server that looks handles up.
    #[must_use]
    pub fn at(self, service: &str, directory: &str, reach: Reach) -> Bluesky {
        let service = match service.split_once("://") {
            Some(("http", rest)) => format!("ws://{rest}"),
            Some(("https", rest)) => format!("wss://{rest}"),
            _ => service.to_owned(),
        };
        let directory = directory.trim_end_matches('/').to_owned();
        Bluesky { service, directory, reach, ..self }
    }

    /// With another time that a server may be silent before it is given up; a third of it, and it is asked for a sign of life.
    #[must_use]
    pub fn silence(self, dead: Duration) -> Bluesky {
        Bluesky { dead, ..self }
    }

    /// The DIDs of the accounts, handles looked up where that has not been done.
    fn dids(&mut self, net: &Net) -> Result<Vec<String>, Fault> {
        let mut dids = Vec::with_capacity(self.accounts.len());
        for account in self.accounts.clone() {
            let handle = match account {
                Account::Did(did) => {
                    dids.push(did);
                    continue;
                }
                Account::Handle(handle) => handle,
            };
            let known = self.names.iter().find(|(_, name)| **name == handle).map(|(did, _)| did.clone());
            let did = match known {
                Some(did) => did,
                None => self.look_up(net, &handle)?,
            };
            self.names.insert(did.clone(), handle);
            dids.push(did);
        }
        // A handle that changes hands later stays with the account that it was looked up for.
        self.accounts = dids.iter().cloned().map(Account::Did).collect();
        Ok(dids)
    }

    fn look_up(&self, net: &Net, handle: &str) -> Result<String, Fault> {
        let url = format!("{}/xrpc/com.atproto.identity.resolveHandle?handle={handle}", self.directory);
        let (answer, _) = net.ask(&Request::get(url).reach(self.reach).accept(Accept::Any))?;
        match answer.status {
            200..=299 => {
                let found = json::read(&answer.body)?;
                let did = json::text(&found, "did").filter(|did| account::is_did(did));
                did.map(str::to_owned).ok_or(Fault::Garbled("no account"))
            }
            // There is no such handle.
            400 | 404 => Err(Fault::Stuck(i64::from(answer.status))),
            429 => Err(Fault::Wait(Duration::from_secs(60))),
            status => Err(Fault::Status(status)),
        }
    }

    fn connect(&mut self, net: &Net, from: u64) -> Result<(), Fault> {
        let dids = self.dids(net)?;
        if dids.len() > MOST_ACCOUNTS {
            return Err(Fault::Limit("accounts"));
        }
        let later = dids.len() > IN_ADDRESS;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("wantedCollections", POSTS).append_pair("maxMessageSizeBytes", &MESSAGE.to_string());
        query.append_pair("cursor", &from.to_string());
        if later {
            query.append_pair("requireHello", "true");
        } else {
            dids.iter().for_each(|did| {
                query.append_pair("wantedDids", did);
            });
        }
        let mut socket =
            Socket::open(net, &format!("{}?{}", self.service, query.finish()), self.reach, MESSAGE, self.dead)?;
        if later {
            let payload = json!({"wantedCollections": [POSTS], "wantedDids": dids, "maxMessageSizeBytes": MESSAGE});
            socket.say(json!({"type": "options_update", "payload": payload}).to_string())?;
        }
        self.socket = Some(socket);
        Ok(())
    }

    /// Connects where there is no connection, or says how long to wait before it is tried again.
    fn connected(&mut self, net: &Net, place: Place) -> Result<(), Fault> {
        if self.socket.is_some() {
            return Ok(());
        }
        let now = Instant::now();
        if let Some(wait) = self.again.map(|again| again.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
        {
            return Err(Fault::Wait(wait));
        }
        self.connect(net, place.time_us.saturating_sub(OVERLAP_US)).inspect_err(|_| self.fail())
    }

    fn fail(&mut self) {
        self.socket = None;
        // One watcher asks one server here: there is no crowd to be spread.
        self.again = Some(Instant::now() + self.backoff.failed(0));
    }

    /// Takes a message in: its time, and its post if it is one that is wanted.
    fn take(&mut self, message: Vec<u8>, url: &str) -> Result<(u64, Option<Post>), Fault> {
        let exchange =
            Arc::new(Exchange { url: url.to_owned(), at_ms: now_ms(), request: Vec::new(), response: message });
        let Event { time_us, did, what } = event::parse(&exchange.response, &exchange)?;
        let wanted = self.accounts.is_empty() || self.accounts.contains(&Account::Did(did.clone()));
        let post = match what {
            What::Post(post) if wanted => {
                let author = self.names.get(&did).map(|name| format!("@{name}")).or(post.author);
                Some(Post { author, ..post })
            }
            What::Handle(name) if wanted && !self.accounts.is_empty() => {
                self.names.insert(did, name);
                None
            }
            _ => None,
        };
        Ok((time_us, post))
    }
}

impl Source for Bluesky {
    fn poll(&mut self, net: &Net, cursor: &Cursor) -> Result<Batch, Fault> {
        if let Some(owed) = self.owed.take() {
            return Err(owed);
        }
        // The first time begins now: what a connection that breaks before its first event would have brought is asked for again.
        let mut place: Place = serde_json::from_value(cursor.0.clone())
            .unwrap_or_else(|_| Place { time_us: now_ms().saturating_mul(1_000) });
        if self.given != Some(place) {
            // The last batch was not kept: what the connection gave is asked for again.
            self.socket = None;
        }
        self.connected(net, place)?;
        let mut posts = Vec::new();
        let mut until = Instant::now() + net.patience();
        let together = TOGETHER[usize::from(self.accounts.is_empty())];
        for _ in 0..BATCH {
            let Some(socket) = &mut self.socket else { break };
            match socket.next(until) {
                Ok(Came::Message(message)) => {
                    let url = socket.url().to_owned();
                    self.backoff.worked();
                    match self.take(message, &url) {
                        Ok((time_us, post)) => {
                            // The last one's, not the highest: a time far ahead would make the next connection miss what lies before it.
                            place.time_us = time_us;
                            if post.is_some() {
                                until = until.min(Instant::now() + together);
                            }
                            posts.extend(post);
                        }
                        Err(fault) => self.owed = Some(fault),
                    }
                }
                Ok(Came::Nothing) => break,
                Err(fault) => {
                    self.fail();
                    if posts.is_empty() {
                        return Err(fault);
                    }
                    self.owed = Some(fault);
                }
            }
        }
        self.given = Some(place);
        let cursor = Cursor(serde_json::to_value(place).unwrap_or(Value::Null));
        Ok(Batch { posts, cursor, more: false })
    }

    fn every(&self) -> Duration {
        Duration::ZERO
    }
}
