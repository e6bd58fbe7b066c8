//! VKontakte: `wall.get` (the web pages load by script, so the API).

mod attachments;
mod cursor;
mod error;
mod limiter;
mod markup;
mod parse;

use std::sync::Arc;
use std::time::{Duration, Instant};

use url::form_urlencoded;

use self::cursor::{PAGE, Wall};
use self::limiter::Limiter;
use self::parse::{Failure, Page};
use crate::secret::PLACE;
use crate::{Batch, Cursor, Fault, Limits, Net, Reach, Request, Secret, Source};

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

/// A wall: a person's or a community's posts.
#[derive(Debug)]
pub struct Vk {
    whose: Whose,
    token: Secret,
    limiter: Arc<Limiter>,
    api: String,
    reach: Reach,
}

/// Whose wall.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Whose {
    /// By number, below zero for a community.
    Owner(i64),
    /// By short name.
    Domain(String),
}

impl Vk {
    /// The wall of `12`, `id12`, `-34`, `club34`, `public34`, a short name, or an address of one of these at vk.com. `None` when
    /// it is none of these. The token is a user's or a service's.
    #[must_use]
    pub fn new(wall: &str, token: Secret) -> Option<Vk> {
        let limiter = Limiter::of(token.expose());
        Some(Vk { whose: whose(wall)?, token, limiter, api: API.into(), reach: Reach::Public })
    }

    /// With the API elsewhere: `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn at(self, api: &str, reach: Reach) -> Vk {
        Vk { api: api.into(), reach, ..self }
    }

    fn ask(&self, net: &Net, offset: u64) -> Result<Page, Fault> {
        self.turn(net)?;
        let (answer, exchange) = net.ask(&self.request(net, offset))?;
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

    fn request(&self, net: &Net, offset: u64) -> Request {
        let mut form = form_urlencoded::Serializer::new(String::new());
        match &self.whose {
            Whose::Owner(id) => form.append_pair("owner_id", &id.to_string()),
            Whose::Domain(name) => form.append_pair("domain", name),
        };
        form.append_pair("count", &PAGE.to_string()).append_pair("offset", &offset.to_string());
        form.append_pair("extended", "1").append_pair("v", VERSION);
        // In the body, so that it stands in no address.
        let body = format!("{}&access_token={PLACE}", form.finish());
        Request::post(format!("{}/method/wall.get", self.api), "application/x-www-form-urlencoded", body)
            .secret(&self.token)
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
        let mut wall: Wall = serde_json::from_value(cursor.0.clone()).unwrap_or_default();
        let page = self.ask(net, wall.offset())?;
        let (posts, more) = wall.take(page);
        let cursor = Cursor(serde_json::to_value(&wall).map_err(|_| Fault::Garbled("cursor"))?);
        Ok(Batch { posts, cursor, more })
    }

    /// The day's allowance is the token's: many walls share it.
    fn every(&self) -> Duration {
        let walls = Arc::strong_count(&self.limiter);
        EVERY * u32::try_from(walls).unwrap_or(u32::MAX).clamp(1, 1_000)
    }
}

fn whose(wall: &str) -> Option<Whose> {
    let starts = ["https://", "http://", "m.", "www.", "vk.com/", "vk.ru/", "@"];
    let name =
        starts.iter().fold(wall.trim(), |name, start| name.strip_prefix(start).unwrap_or(name)).trim_end_matches('/');
    let number = |text: &str| text.parse::<i64>().ok().filter(|id| *id != 0 && text.len() <= 18);
    let after = |prefix: &str| name.strip_prefix(prefix).and_then(number).filter(|id| *id > 0);
    if let Some(id) = number(name).or_else(|| after("id")) {
        return Some(Whose::Owner(id));
    }
    if let Some(id) = ["club", "public", "event"].into_iter().find_map(after) {
        return Some(Whose::Owner(-id));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    (name.len() <= 64 && !name.is_empty() && name.chars().all(plain)).then(|| Whose::Domain(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_wall() {
        for (wall, expected) in [
            ("12", Whose::Owner(12)),
            ("-34", Whose::Owner(-34)),
            ("id12", Whose::Owner(12)),
            ("https://vk.com/club34", Whose::Owner(-34)),
            ("vk.com/public34/", Whose::Owner(-34)),
            ("https://m.vk.com/the_gazette", Whose::Domain("the_gazette".into())),
            ("@idle", Whose::Domain("idle".into())),
        ] {
            assert_eq!(whose(wall), Some(expected), "{wall}");
        }
        for none in ["", "club-5x", "vk.com/", "a/b", "a b", "анна", "a?b=c"] {
            assert_eq!(whose(none), None, "{none}");
        }
    }

    #[test]
    fn walls_of_one_token_share_the_day() {
        let token = || Secret::read("a-token-of-this-test").expect("long enough");
        let one = Vk::new("1", token()).expect("a wall");
        assert_eq!(one.every(), EVERY);
        let two = Vk::new("2", token()).expect("a wall");
        assert_eq!(two.every(), EVERY * 2);
        drop(one);
        assert_eq!(two.every(), EVERY);
        assert!(!format!("{two:?}").contains("a-token"));
    }
}
