//! What hangs on a post: pictures, cards, polls, notes.

use serde_json::Value;

use super::markup::shown;
use crate::json::{lines, list, object, text};
use crate::{Passage, Picture, Role};

/// What a post holds.
#[derive(Default)]
pub(super) struct Found {
    pub(super) passages: Vec<Passage>,
    pub(super) pictures: Vec<Picture>,
}

impl Found {
    fn say(&mut self, role: Role, author: Option<&str>, text: &str) {
        if !text.trim().is_empty() {
            self.passages.push(Passage { role, author: author.map(str::to_owned), text: shown(text) });
        }
    }

    fn show(&mut self, url: Option<&str>) {
        let Some(url) = url.filter(|url| url.starts_with("https://") || url.starts_with("http://")) else { return };
        self.pictures.push(Picture { url: url.to_owned() });
    }
}

/// Adds an attachment's words and pictures. `role` and `author` are those of the text that it hangs on.
pub(super) fn read(attachment: &Value, role: Role, author: Option<&str>, found: &mut Found) {
    let Some(kind) = text(attachment, "type") else { return };
    let Some(what) = object(attachment, kind) else { return };
    match kind {
        "photo" | "posted_photo" | "graffiti" => {
            found.show(largest(what));
            found.say(Role::Caption, author, text(what, "text").unwrap_or_default());
        }
        "photos_list" => {}
        "doc" => {
            let still = what.get("preview").and_then(|preview| preview.get("photo")).and_then(largest);
            found.show(still.or_else(|| is_picture(what).then(|| text(what, "url")).flatten()));
            found.say(Role::Card, author, text(what, "title").unwrap_or_default());
        }
        "poll" => {
            let answers = list(what, "answers").iter().map(|answer| text(answer, "text"));
            found.say(Role::Poll, author, &lines(std::iter::once(text(what, "question")).chain(answers)));
        }
        // A note is the writer's own text, only longer.
        "note" => found.say(role, author, &lines([text(what, "title"), text(what, "text")])),
        "textlive" | "textpost" => found.say(role, author, &lines([text(what, "title"), text(what, "text")])),
        "audio" => found.say(Role::Card, author, &lines([text(what, "artist"), text(what, "title")])),
        // Links, videos, articles, goods, pages, events, podcasts, and what comes later: what they are called, and what is said of them.
        _ => {
            let about = text(what, "description").or_else(|| text(what, "subtitle")).or_else(|| text(what, "text"));
            found.say(Role::Card, author, &lines([text(what, "title").or_else(|| text(what, "name")), about]));
        }
    }
}

/// The address of the largest size: `sizes` today, `photo_604` and its like before 2018.
fn largest(photo: &Value) -> Option<&str> {
    let area = |size: &Value| {
        let side = |key: &str| size.get(key).and_then(Value::as_u64).unwrap_or(0);
        side("width").saturating_mul(side("height"))
    };
    let address = |size: &'_ Value| text(size, "url").or_else(|| text(size, "src")).is_some();
    let size = list(photo, "sizes").iter().chain(object(photo, "orig_photo")).filter(|size| address(size));
    // Among equal areas (older answers have none) the letter decides: w, z, y, x, m, s.
    let letter = |size: &Value| {
        let order = ["s", "m", "x", "y", "z", "w"];
        text(size, "type").and_then(|letter| order.iter().position(|known| *known == letter))
    };
    let best = size.max_by_key(|size| (area(size), letter(size)));
    best.and_then(|size| text(size, "url").or_else(|| text(size, "src"))).or_else(|| old_largest(photo))
}

fn old_largest(photo: &Value) -> Option<&str> {
    let sizes = photo.as_object()?.iter().filter_map(|(key, value)| {
        let width: u32 = key.strip_prefix("photo_")?.parse().ok()?;
        Some((width, value.as_str()?))
    });
    sizes.max().map(|(_, url)| url).or_else(|| text(photo, "url"))
}

fn is_picture(doc: &Value) -> bool {
    text(doc, "ext")
        .is_some_and(|ext| ["jpg", "jpeg", "png", "gif", "webp"].contains(&ext.to_ascii_lowercase().as_str()))
}
