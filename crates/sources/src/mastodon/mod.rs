//! Mastodon and its kind: Pleroma, Akkoma, GoToSocial, Truth Social.

mod allowance;
mod cursor;
mod parse;
mod stream;
mod timeline;

use std::sync::Arc;
use std::time::{Duration, Instant};

use url::form_urlencoded;

use self::cursor::{Ask, PAGE, Place};
use self::stream::Live;
pub use self::timeline::Timeline;
use crate::seen::hash;
use crate::{Accept, Answer, Batch, Cursor, Exchange, Fault, Kind, Limits, Net, Post, Reach, Request, Secret, Source};

/// A server allows 300 requests in five minutes from one address.
const EVERY: Duration = Duration::from_secs(10);

/// What an answer may take. Forty statuses with all that hangs on them are some 200 kB.
const BODY: usize = 4 << 20;

/// The most statuses that are asked about one by one in a poll: edited ones, and missing ones.
const SINGLY: usize = 4;

/// The statuses of a timeline as a server gives it.
///
/// # Errors
/// [`Fault::Garbled`] or [`Fault::Limit`] when it is none.
pub fn parse(bytes: &[u8], exchange: &Arc<Exchange>) -> Result<Vec<Post>, Fault> {
    parse::timeline(bytes, exchange)
}

/// A timeline of a server.
#[derive(Debug)]
pub struct Mastodon {
    base: String,
    timeline: Timeline,
    token: Option<Secret>,
    reach: Reach,
    every: Duration,
    live: Option<Live>,
    /// Where the last batch said to go on.
    given: Option<Cursor>,
    not_before: Option<Instant>,
}

impl Mastodon {
    /// A timeline of the server at `https://HOST`, without a slash at the end; asked for every ten seconds.
    #[must_use]
    pub fn new(base: &str, timeline: Timeline, token: Option<Secret>, reach: Reach) -> Mastodon {
        let base = base.trim_end_matches('/').to_owned();
        Mastodon { base, timeline, token, reach, every: EVERY, live: None, given: None, not_before: None }
    }

    /// With the stream that belongs to it, where the server has one for us; an account has none.
    #[must_use]
    pub fn streaming(self) -> Mastodon {
        let live = stream::path(&self.timeline).map(|_| Live::new());
        Mastodon { live, ..self }
    }

    /// With another time between two polls.
    #[must_use]
    pub fn pace(self, every: Duration) -> Mastodon {
        Mastodon { every, ..self }
    }

    fn request(&self, path: &str) -> Request {
        let request = Request::get(format!("{}{path}", self.base)).reach(self.reach);
        match &self.token {
            Some(token) => request.bearer(token),
            None => request,
        }
    }

    /// Asks and heeds what the answer says of its limits. Statuses other than success are for the caller.
    fn ask(&mut self, net: &Net, path: &str) -> Result<(Answer, Exchange), Fault> {
        let limits = Limits { body: BODY, decoded: BODY, ..net.limits() };
        let (answer, exchange) = net.ask(&self.request(path).limits(limits).accept(Accept::Any))?;
        let wait = if answer.status == 429 { Some(allowance::refused(&answer)) } else { allowance::spent(&answer) };
        if let Some(wait) = wait {
            self.not_before = Some(Instant::now() + wait);
        }
        match (answer.status, wait) {
            (429, Some(wait)) => Err(Fault::Wait(wait)),
            _ => Ok((answer, exchange)),
        }
    }

    fn expect(&mut self, net: &Net, path: &str) -> Result<(Answer, Exchange), Fault> {
        let (answer, exchange) = self.ask(net, path)?;
        match answer.status {
            200..=299 => Ok((answer, exchange)),
            // Without a token too: many servers show their timelines only to those who have one.
            401 | 403 => Err(Fault::Refused),
            status => Err(Fault::Status(status)),
        }
    }

    /// The path of the timeline, and the account's id where one has to be looked up first.
    fn path(&mut self, net: &Net, place: &mut Place) -> Result<String, Fault> {
        let path = match self.timeline.clone() {
            Timeline::Public => "/api/v1/timelines/public?".into(),
            Timeline::Local => "/api/v1/timelines/public?local=true&".into(),
            Timeline::Home => "/api/v1/timelines/home?".into(),
            Timeline::Tag(tag) => format!("/api/v1/timelines/tag/{}?", encoded(&tag)),
            Timeline::Account(acct) => {
                let id = match place.account.take().filter(|id| parse::is_id(id)) {
                    Some(id) => id,
                    None => {
                        let path = format!("/api/v1/accounts/lookup?acct={}", encoded(acct.trim_start_matches('@')));
                        parse::account(&self.expect(net, &path)?.0.body)?
                    }
                };
                place.account = Some(id.clone());
                format!("/api/v1/accounts/{id}/statuses?")
            }
        };
        Ok(path)
    }

    /// One page of the timeline.
    fn page(&mut self, net: &Net, place: &mut Place) -> Result<(Vec<Post>, bool), Fault> {
        let mut path = format!("{}limit={PAGE}", self.path(net, place)?);
        if let Ask::After(id) = place.ask() {
            path.push_str("&min_id=");
            path.push_str(&encoded(&id));
        }
        let (answer, exchange) = self.expect(net, &path)?;
        let taken = place.take(parse::timeline(&answer.body, &Arc::new(exchange))?);
        let mut posts = Vec::with_capacity(taken.posts.len());
        let mut singly = SINGLY;
        for post in taken.posts {
            if post.kind == Kind::Edited && singly > 0 {
                singly -= 1;
                posts.extend(self.versions(net, &post));
            }
            posts.push(post);
        }
        for id in taken.missing.into_iter().take(singly) {
            posts.extend(self.gone(net, place, &id));
        }
        Ok((posts, taken.more))
    }

    /// What an edited status said before. Without an answer it says what it says now.
    fn versions(&mut self, net: &Net, now: &Post) -> Vec<Post> {
        let Ok((answer, exchange)) = self.expect(net, &format!("/api/v1/statuses/{}/history", now.id)) else {
            return Vec::new();
        };
        let versions = parse::history(&answer.body, now, &Arc::new(exchange)).unwrap_or_default();
        let said = hash(now);
        versions.into_iter().filter(|version| hash(version) != said).collect()
    }

    /// Whether a status that is missing is deleted. One that is still there is hidden from this timeline, and forgotten.
    fn gone(&mut self, net: &Net, place: &mut Place, id: &str) -> Option<Post> {
        let (answer, exchange) = self.ask(net, &format!("/api/v1/statuses/{id}")).ok()?;
        match answer.status {
            404 | 410 => place.fresh(parse::deleted(id, &Arc::new(exchange))),
            200..=299 | 401 | 403 => {
                place.forget(id);
                None
            }
            _ => None,
        }
    }

    fn listen(&mut self, net: &Net, place: &mut Place) -> Result<Option<(Vec<Post>, bool)>, Fault> {
        let Some(mut live) = self.live.take() else { return Ok(None) };
        let listened = self.listen_with(&mut live, net, place);
        self.live = Some(live);
        listened
    }

    /// What the stream brings; nothing when the timeline has to be read instead.
    fn listen_with(
        &mut self,
        live: &mut Live,
        net: &Net,
        place: &mut Place,
    ) -> Result<Option<(Vec<Post>, bool)>, Fault> {
        if let Some(owed) = live.owed() {
            return Err(owed);
        }
        live.open(net, Instant::now(), || self.request(&stream::path(&self.timeline).unwrap_or_default()));
        if !live.is_on() || live.is_behind() {
            return Ok(None);
        }
        let came = live.read(net, place);
        Ok(Some((came.posts, came.broke)))
    }
}

impl Source for Mastodon {
    fn poll(&mut self, net: &Net, cursor: &Cursor) -> Result<Batch, Fault> {
        let now = Instant::now();
        if let Some(live) = &mut self.live
            && self.given.as_ref() != Some(cursor)
        {
            // The last batch was not kept: the timeline tells again what the stream has told.
            live.close();
        }
        // A cursor of another kind is none: the timeline is read as for the first time.
        let mut place: Place = serde_json::from_value(cursor.0.clone()).unwrap_or_default();
        let (posts, more) = match self.listen(net, &mut place)? {
            Some(came) => came,
            None => {
                if let Some(wait) =
                    self.not_before.map(|moment| moment.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
                {
                    return Err(Fault::Wait(wait));
                }
                let (posts, more) = self.page(net, &mut place)?;
                if let Some(live) = &mut self.live
                    && !more
                {
                    live.caught_up();
                }
                (posts, more)
            }
        };
        let cursor = Cursor(serde_json::to_value(&place).map_err(|_| Fault::Garbled("cursor"))?);
        self.given = Some(cursor.clone());
        Ok(Batch { posts, cursor, more })
    }

    fn every(&self) -> Duration {
        self.live.as_ref().map_or(self.every, |live| live.wait(Instant::now()).min(self.every))
    }
}

/// A text as it may stand in a path or a query.
fn encoded(text: &str) -> String {
    // A blank would be a plus sign, which paths do not know.
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
