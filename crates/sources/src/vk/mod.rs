//! VKontakte: `wall.get` (the web pages load by script, so the API).

mod attachments;
mod cursor;
mod error;
mod limiter;
mod markup;
mod parse;
mod wall;

use std::sync::Arc;
use std::time::{Duration, Instant};

use url::form_urlencoded;

use self::cursor::{PAGE, Place};
use self::limiter::Limiter;
use self::parse::{Failure, Page};
pub use self::wall::Wall;
use crate::secret::PLACE;
use crate::{Batch, Cursor, Exchange, Fault, Limits, Net, Post, Reach, Request, Secret, Source};

/// Where VK's API is.
const API: &str = "https://api.vk.com";

/// The version of the API that the answers are read by.
const VERSION: &str = "5.199";

/// VK allows a token 5,000 calls of `wall.get` a day, one in 17 seconds.
const EVERY: Duration = Duration::from_secs(20);

/// The longest that a poll waits for its turn among the walls of one token.
const TURN: Duration = Duration::from_secs(3);

/// What an answer may take. Fifty posts with all that hangs on them are some 500 kB.
const BODY: usize = 8 << 20;

/// The posts of an answer of `wall.get` or `wall.getById`.
///
/// # Errors
/// What VK's error means, and [`Fault::Garbled`] or [`Fault::Limit`] when it is no answer.
pub fn parse(bytes: &[u8], exchange: &Arc<Exchange>) -> Result<Vec<Post>, Fault> {
    match parse::parse(bytes, exchange) {
        Ok(page) => Ok(page.items.into_iter().map(|item| item.post).collect()),
        Err(Failure::Code(code)) => Err(error::fault(code)),
        Err(Failure::Other(fault)) => Err(fault),
    }
}

/// A wall: a person's or a community's posts.
#[derive(Debug)]
pub struct Vk {
    wall: Wall,
    token: Option<Secret>,
    limiter: Arc<Limiter>,
    api: String,
    every: Option<Duration>,
    reach: Reach,
}

impl Vk {
    /// A wall. The token is a user's or a service's; without one, each poll is [`Fault::Refused`].
    #[must_use]
    pub fn new(wall: Wall, token: Option<Secret>) -> Vk {
        let limiter = Limiter::of(token.as_ref().map_or("", Secret::expose));
        Vk { wall, token, limiter, api: API.into(), every: None, reach: Reach::Public }
    }

    /// With the API elsewhere: `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn at(self, api: &str, reach: Reach) -> Vk {
        Vk { api: api.trim_end_matches('/').into(), reach, ..self }
    }

    /// With a time between two polls that the owner chose, whatever the day's allowance.
    #[must_use]
    pub fn pace(self, every: Duration) -> Vk {
        Vk { every: Some(every), ..self }
    }

    fn ask(&self, net: &Net, offset: u64) -> Result<Page, Fault> {
        let token = self.token.as_ref().ok_or(Fault::Refused)?;
        self.turn(net)?;
        let (answer, exchange) = net.ask(&self.request(net, token, offset))?;
        parse::parse(&answer.body, &Arc::new(exchange)).map_err(|failure| match failure {
            Failure::Other(fault) => fault,
            Failure::Code(code) => {
                let fault = error::fault(code);
                if let Fault::Wait(wait) = fault
                    && error::holds_token(code)
                {
                    self.limiter.hold(Instant::now(), wait);
                }
                fault
            }
        })
    }

    fn request(&self, net: &Net, token: &Secret, offset: u64) -> Request {
        let mut form = form_urlencoded::Serializer::new(String::new());
        match &self.wall {
            Wall::Owner(id) => form.append_pair("owner_id", &id.to_string()),
            Wall::Domain(name) => form.append_pair("domain", name),
        };
        form.append_pair("count", &PAGE.to_string()).append_pair("offset", &offset.to_string());
        form.append_pair("extended", "1").append_pair("v", VERSION);
        // In the body, so that it stands in no address.
        let body = format!("{}&access_token={PLACE}", form.finish());
        Request::post(format!("{}/method/wall.get", self.api), "application/x-www-form-urlencoded", body)
            .secret(token)
            .reach(self.reach)
            .limits(Limits { body: BODY, decoded: BODY, ..net.limits() })
    }

    /// Waits for its turn among the walls of one token.
    fn turn(&self, net: &Net) -> Result<(), Fault> {
        let until = Instant::now() + TURN;
        loop {
            let Err(wait) = self.limiter.take(Instant::now()) else { return Ok(()) };
            if Instant::now() + wait > until || net.stopped() {
                return Err(Fault::Wait(wait));
            }
            std::thread::sleep(wait);
        }
    }
}

impl Source for Vk {
    fn poll(&mut self, net: &Net, cursor: &Cursor) -> Result<Batch, Fault> {
        // A cursor of another kind is none: the wall is read as for the first time.
        let mut place: Place = serde_json::from_value(cursor.0.clone()).unwrap_or_default();
        let page = self.ask(net, place.offset())?;
        let (posts, more) = place.take(page);
        let cursor = Cursor(serde_json::to_value(&place).map_err(|_| Fault::Garbled("cursor"))?);
        Ok(Batch { posts, cursor, more })
    }

    /// The day's allowance is the token's: many walls share it.
    fn every(&self) -> Duration {
        let walls = u32::try_from(Arc::strong_count(&self.limiter)).unwrap_or(u32::MAX);
        self.every.unwrap_or(EVERY * walls.clamp(1, 1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_of_one_token_share_the_day() {
        let token = || Secret::read("a-token-of-this-test");
        let one = Vk::new(Wall::Owner(1), token());
        assert_eq!(one.every(), EVERY);
        let two = Vk::new(Wall::Owner(2), token());
        assert_eq!(two.every(), EVERY * 2);
        drop(one);
        assert_eq!(two.every(), EVERY);
        assert!(!format!("{two:?}").contains("a-token"));
        assert_eq!(two.pace(Duration::from_secs(1)).every(), Duration::from_secs(1));
    }
}
