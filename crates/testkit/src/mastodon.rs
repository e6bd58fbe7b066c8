//! A server of Mastodon's kind on the loopback: timelines, an account, history, streams.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::{Value, json};

use crate::loopback::Request;
use crate::served::{Answer, Served, Trouble, lock};

/// Ids begin here: milliseconds of November 2023, then 16 bits.
const BASE: u64 = 1_700_000_000_000 << 16;

/// The server. Every status is public; its people are whoever has written.
#[derive(Debug)]
pub struct MastodonServer {
    served: Served,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    statuses: Vec<Status>,
    streams: Vec<(String, Sender<Vec<u8>>)>,
    refused: Option<u16>,
    left: Option<u64>,
    ms: u64,
}

#[derive(Clone, Debug)]
struct Status {
    id: u64,
    acct: String,
    versions: Vec<String>,
    fields: Value,
}

impl Default for MastodonServer {
    fn default() -> MastodonServer {
        MastodonServer::new()
    }
}

impl MastodonServer {
    /// The server.
    ///
    /// # Panics
    /// When there is no port to be had.
    pub fn new() -> MastodonServer {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let served = Served::new(move |request| lock(&shared).answer(request));
        MastodonServer { served, state }
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> String {
        self.served.url()
    }

    /// What befalls the next answers, one each.
    pub fn trouble(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.served.trouble(troubles);
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.served.requests()
    }

    /// When each whole answer began to be sent.
    pub fn answered(&self) -> Vec<Instant> {
        self.served.answered()
    }

    /// A new status of an account, a second after the last; its id.
    pub fn write(&self, acct: &str, html: &str) -> String {
        self.write_with(acct, html, json!({}))
    }

    /// A new status with these fields; its id.
    pub fn write_with(&self, acct: &str, html: &str, fields: Value) -> String {
        let mut state = lock(&self.state);
        state.ms += 1_000;
        let ms = state.ms;
        state.insert(ms, acct, html, fields)
    }

    /// A status from elsewhere that comes late: so many milliseconds before the newest; its id.
    pub fn write_late(&self, acct: &str, html: &str, before_ms: u64) -> String {
        let mut state = lock(&self.state);
        let ms = state.ms - before_ms;
        state.insert(ms, acct, html, json!({}))
    }

    /// Changes a status's text.
    pub fn edit(&self, id: &str, html: &str) {
        let mut state = lock(&self.state);
        let found = state.statuses.iter_mut().find(|status| status.id.to_string() == id).map(|status| {
            status.versions.push(html.into());
            status.clone()
        });
        if let Some(status) = found {
            state.tell(&status, "status.update", &status.json().to_string());
        }
    }

    /// Deletes a status.
    pub fn delete(&self, id: &str) {
        let mut state = lock(&self.state);
        let Some(at) = state.statuses.iter().position(|status| status.id.to_string() == id) else { return };
        let status = state.statuses.remove(at);
        state.tell(&status, "delete", id);
    }

    /// Sends bytes as they are to everybody who streams.
    pub fn say(&self, bytes: &[u8]) {
        lock(&self.state).streams.retain(|(_, stream)| stream.send(bytes.to_vec()).is_ok());
    }

    /// Cuts all streams.
    pub fn cut_streams(&self) {
        lock(&self.state).streams.clear();
    }

    /// How many stream.
    pub fn streaming(&self) -> usize {
        lock(&self.state).streams.len()
    }

    /// Refuses streams with this status, or no longer.
    pub fn refuse_streams(&self, status: Option<u16>) {
        lock(&self.state).refused = status;
    }

    /// So many requests are left, the headers say.
    pub fn allow(&self, left: u64) {
        lock(&self.state).left = Some(left);
    }
}

impl State {
    fn insert(&mut self, ms: u64, acct: &str, html: &str, fields: Value) -> String {
        let id = BASE + (ms << 16) + self.statuses.len() as u64 % 65_536;
        let status = Status { id, acct: acct.into(), versions: vec![html.into()], fields };
        self.tell(&status, "update", &status.json().to_string());
        self.statuses.push(status);
        id.to_string()
    }

    fn tell(&mut self, status: &Status, event: &str, data: &str) {
        let bytes = format!("event: {event}\ndata: {data}\n\n").into_bytes();
        self.streams
            .retain(|(tag, stream)| !(tag.is_empty() || status.is_tagged(tag)) || stream.send(bytes.clone()).is_ok());
    }

    fn answer(&mut self, request: &Request) -> Answer {
        let (path, fields) = request.asked();
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let steps: Vec<&str> = path.trim_matches('/').split('/').skip(2).collect();
        match steps[..] {
            ["streaming", ..] if self.refused.is_some() => {
                self.whole(self.refused.unwrap_or(404), &json!({"error": "no"}))
            }
            ["streaming", kind, ..] => {
                let (sender, receiver) = channel();
                let _ = sender.send(b":)\n:thump\n\n".to_vec());
                let tag = if kind == "hashtag" { field("tag").unwrap_or_default() } else { "" };
                self.streams.push((tag.to_owned(), sender));
                Answer::Stream(receiver)
            }
            ["timelines", "public" | "home"] => self.page(&path, &field, |_| true),
            ["timelines", "tag", tag] => self.page(&path, &field, |status| status.is_tagged(tag)),
            ["accounts", "lookup"] => {
                match field("acct").filter(|acct| self.statuses.iter().any(|status| status.acct == *acct)) {
                    Some(acct) => self.whole(200, &json!({"id": account_id(acct), "acct": acct})),
                    None => self.whole(404, &json!({"error": "Record not found"})),
                }
            }
            ["accounts", id, "statuses"] => self.page(&path, &field, |status| account_id(&status.acct) == id),
            ["statuses", id, "history"] => match self.find(id) {
                Some(status) => self.whole(200, &status.history()),
                None => self.whole(404, &json!({"error": "Record not found"})),
            },
            ["statuses", id] => match self.find(id) {
                Some(status) => self.whole(200, &status.json()),
                None => self.whole(404, &json!({"error": "Record not found"})),
            },
            _ => self.whole(404, &json!({"error": "not found"})),
        }
    }

    fn find(&self, id: &str) -> Option<Status> {
        self.statuses.iter().find(|status| status.id.to_string() == id).cloned()
    }

    fn page<'a>(
        &mut self,
        path: &str,
        field: &dyn Fn(&str) -> Option<&'a str>,
        wanted: impl Fn(&Status) -> bool,
    ) -> Answer {
        let number = |name: &str| field(name).and_then(|value| value.parse::<u64>().ok());
        let limit = usize::try_from(number("limit").unwrap_or(20)).unwrap_or(40).min(40);
        let (least, most) =
            (number("min_id").or(number("since_id")).unwrap_or(0), number("max_id").unwrap_or(u64::MAX));
        let mut found: Vec<Status> = self
            .statuses
            .iter()
            .filter(|status| wanted(status) && status.id > least && status.id < most)
            .cloned()
            .collect();
        found.sort_by_key(|status| std::cmp::Reverse(status.id));
        if number("min_id").is_some() {
            // The ones that follow, not the newest.
            found.drain(..found.len().saturating_sub(limit));
        }
        found.truncate(limit);
        let links = found.first().zip(found.last()).map(|(first, last)| {
            format!(
                "<http://localhost{path}?max_id={}>; rel=\"next\", <http://localhost{path}?min_id={}>; rel=\"prev\"",
                last.id, first.id
            )
        });
        let body = Value::Array(found.iter().map(Status::json).collect());
        match self.whole(200, &body) {
            Answer::Whole(status, mut headers, body) => {
                headers.extend(links.map(|links| ("Link".to_owned(), links)));
                Answer::Whole(status, headers, body)
            }
            stream => stream,
        }
    }

    fn whole(&mut self, status: u16, body: &Value) -> Answer {
        let mut headers = Vec::new();
        if let Some(left) = self.left {
            let status_left = left.saturating_sub(1);
            self.left = Some(status_left);
            // Its clock stands in 2023.
            headers.push(("Date".to_owned(), "Tue, 14 Nov 2023 22:13:20 GMT".to_owned()));
            headers.push(("X-RateLimit-Limit".to_owned(), "300".to_owned()));
            headers.push(("X-RateLimit-Remaining".to_owned(), status_left.to_string()));
            headers.push(("X-RateLimit-Reset".to_owned(), "2023-11-14T22:15:00.123456Z".to_owned()));
            if left == 0 {
                return Answer::Whole(429, headers, br#"{"error": "Too many requests"}"#.to_vec());
            }
        }
        Answer::Whole(status, headers, body.to_string().into_bytes())
    }
}

impl Status {
    fn json(&self) -> Value {
        let mut status = self.version(self.versions.len() - 1);
        let edited = (self.versions.len() > 1).then_some("2023-11-15T00:00:00.000Z");
        let more = json!({
            "id": self.id.to_string(), "in_reply_to_id": null, "visibility": "public", "language": "en", "edited_at": edited,
            "created_at": "2023-11-14T22:13:20.000Z",
            "uri": format!("https://social.example/users/{}/statuses/{}", self.acct, self.id),
            "url": format!("https://social.example/@{}/{}", self.acct, self.id), "reblog": null, "poll": null, "card": null,
        });
        for fields in [more, self.fields.clone()] {
            if let (Some(status), Value::Object(fields)) = (status.as_object_mut(), fields) {
                status.extend(fields);
            }
        }
        status
    }

    fn history(&self) -> Value {
        (0..self.versions.len()).map(|index| self.version(index)).collect()
    }

    fn version(&self, index: usize) -> Value {
        json!({
            "content": self.versions[index], "spoiler_text": "", "sensitive": false, "created_at": "2023-11-14T22:13:20.000Z",
            "account": {"id": account_id(&self.acct), "acct": self.acct, "username": self.acct, "display_name": ""},
            "media_attachments": [], "emojis": [],
        })
    }

    fn is_tagged(&self, tag: &str) -> bool {
        self.versions.last().is_some_and(|html| html.to_lowercase().contains(&format!("#{}", tag.to_lowercase())))
    }
}

/// An account's id: a number from its name.
fn account_id(acct: &str) -> String {
    acct.bytes().fold(7_u32, |id, byte| id.wrapping_mul(31).wrapping_add(u32::from(byte))).to_string()
}
