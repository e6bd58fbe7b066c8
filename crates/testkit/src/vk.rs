//! VKontakte's API on the loopback: `wall.get` of one wall.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::loopback::Request;
use crate::served::{Answer, Served, Trouble, lock};

/// A wall, `owner_id` -7 or domain `gazette`, behind the API. It wants the token in the body and refuses the fourth request of a second.
#[derive(Debug)]
pub struct VkApi {
    served: Served,
    wall: Arc<Mutex<Wall>>,
}

#[derive(Debug, Default)]
struct Wall {
    token: String,
    posts: Vec<Value>,
    pinned: Option<i64>,
    next: i64,
    errors: VecDeque<i64>,
    asked: VecDeque<Instant>,
}

impl VkApi {
    /// The API, for whoever has this token.
    ///
    /// # Panics
    /// When there is no port to be had.
    pub fn new(token: &str) -> VkApi {
        let wall = Arc::new(Mutex::new(Wall { token: token.into(), next: 1, ..Wall::default() }));
        let shared = Arc::clone(&wall);
        let served = Served::new(move |request| {
            let body = lock(&shared).answer(request).to_string();
            Answer::Whole(200, Vec::new(), body.into_bytes())
        });
        VkApi { served, wall }
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> String {
        self.served.url()
    }

    /// What befalls the next answers, one each.
    pub fn trouble(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.served.trouble(troubles);
    }

    /// The codes of errors that the next requests get, one each.
    pub fn errors(&self, codes: impl IntoIterator<Item = i64>) {
        lock(&self.wall).errors.extend(codes);
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.served.requests()
    }

    /// When each whole answer began to be sent.
    pub fn answered(&self) -> Vec<Instant> {
        self.served.answered()
    }

    /// A new post; its number.
    pub fn write(&self, text: &str) -> i64 {
        self.write_with(json!({ "text": text }))
    }

    /// A new post with these fields; its number.
    pub fn write_with(&self, fields: Value) -> i64 {
        let mut wall = lock(&self.wall);
        let id = wall.next;
        wall.next += 1;
        let mut post = json!({"id": id, "owner_id": -7, "from_id": -7, "date": 1_700_000_000 + id * 60, "post_type": "post", "text": ""});
        if let (Some(post), Value::Object(fields)) = (post.as_object_mut(), fields) {
            post.extend(fields);
        }
        wall.posts.push(post);
        id
    }

    /// Changes a post's text.
    pub fn edit(&self, id: i64, text: &str) {
        if let Some(post) = lock(&self.wall).posts.iter_mut().find(|post| post["id"] == id) {
            post["text"] = text.into();
            post["edited"] = 1_800_000_000.into();
        }
    }

    /// Deletes a post.
    pub fn delete(&self, id: i64) {
        lock(&self.wall).posts.retain(|post| post["id"] != id);
    }

    /// Pins a post.
    pub fn pin(&self, id: i64) {
        lock(&self.wall).pinned = Some(id);
    }
}

impl Wall {
    fn answer(&mut self, request: &Request) -> Value {
        let (path, fields) = request.asked();
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        // Parameters are echoed in errors, the token too: the service does so.
        let error = |code: i64| {
            let echoed: Vec<Value> = fields.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
            json!({"error": {"error_code": code, "error_msg": "as told", "request_params": echoed}})
        };
        if request.head.contains(&self.token) || field("access_token") != Some(self.token.as_str()) {
            return error(5);
        }
        if path != "/method/wall.get" {
            return error(3);
        }
        let now = Instant::now();
        self.asked.retain(|asked| now.duration_since(*asked) < Duration::from_secs(1));
        if self.asked.len() >= 3 {
            return error(6);
        }
        self.asked.push_back(now);
        if let Some(code) = self.errors.pop_front() {
            return error(code);
        }
        if field("v").is_none() || !(field("owner_id") == Some("-7") || field("domain") == Some("gazette")) {
            return error(100);
        }
        let number = |name: &str, usual: usize| field(name).and_then(|value| value.parse().ok()).unwrap_or(usual);
        let (offset, count) = (number("offset", 0), number("count", 20).min(100));
        let mut posts = self.posts.clone();
        let pinned = self.pinned;
        posts.sort_by_key(|post| {
            std::cmp::Reverse((post["id"].as_i64() == pinned, post["date"].as_i64(), post["id"].as_i64()))
        });
        for post in &mut posts {
            if post["id"].as_i64() == pinned {
                post["is_pinned"] = 1.into();
            }
        }
        let items: Vec<Value> = posts.iter().skip(offset).take(count).cloned().collect();
        let groups = json!([{"id": 7, "name": "The Gazette", "screen_name": "gazette"}]);
        json!({"response": {"count": posts.len(), "items": items, "profiles": [], "groups": groups}})
    }
}
