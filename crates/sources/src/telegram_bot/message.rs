//! An update, as a post.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::{Channels, FILE};
use crate::{Exchange, Kind, Passage, Picture, Post, Role};

#[derive(Deserialize)]
struct Update {
    channel_post: Option<Message>,
    edited_channel_post: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    message_id: i64,
    date: Option<u64>,
    chat: Chat,
    author_signature: Option<String>,
    sender_chat: Option<Chat>,
    from: Option<User>,
    forward_origin: Option<Origin>,
    reply_to_message: Option<Box<Message>>,
    external_reply: Option<External>,
    quote: Option<Quote>,
    text: Option<String>,
    caption: Option<String>,
    #[serde(default)]
    photo: Vec<Photo>,
    document: Option<Document>,
    poll: Option<Poll>,
    rich_message: Option<Value>,
    checklist: Option<Value>,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
    title: Option<String>,
    username: Option<String>,
}

#[derive(Deserialize)]
struct User {
    first_name: String,
    last_name: Option<String>,
}

/// Of four kinds, each with fields of its own.
#[derive(Deserialize)]
struct Origin {
    sender_user: Option<User>,
    sender_user_name: Option<String>,
    sender_chat: Option<Chat>,
    chat: Option<Chat>,
    author_signature: Option<String>,
}

#[derive(Deserialize)]
struct External {
    origin: Option<Origin>,
}

#[derive(Deserialize)]
struct Quote {
    text: String,
}

#[derive(Deserialize)]
struct Photo {
    file_id: String,
    width: u64,
    height: u64,
}

#[derive(Deserialize)]
struct Document {
    file_id: String,
    mime_type: Option<String>,
}

#[derive(Deserialize)]
struct Poll {
    question: String,
    options: Vec<PollOption>,
}

#[derive(Deserialize)]
struct PollOption {
    text: String,
}

/// The post in an update, where it is one of a channel that is watched.
#[must_use]
pub fn parse(update: Value, channels: &Channels, exchange: &Arc<Exchange>) -> Option<Post> {
    let update: Update = serde_json::from_value(update).ok()?;
    let (message, kind) = match (update.channel_post, update.edited_channel_post) {
        (Some(message), _) => (message, Kind::New),
        (None, message) => (message?, Kind::Edited),
    };
    channels.hold(&message.chat).then(|| post(message, kind, exchange))
}

impl Channels {
    fn hold(&self, chat: &Chat) -> bool {
        match self {
            Channels::All => true,
            Channels::One(name) => {
                let known = chat.username.as_deref().is_some_and(|username| username.eq_ignore_ascii_case(name));
                known || chat.id.to_string() == *name
            }
        }
    }
}

fn post(message: Message, kind: Kind, exchange: &Arc<Exchange>) -> Post {
    let mut passages = Vec::new();
    replied(&message, &mut passages);
    let (role, author) = match &message.forward_origin {
        Some(origin) => (Role::Forwarded, origin.name()),
        None => (Role::Own, message.author_signature.clone()),
    };
    let words = [&message.text, &message.caption];
    for text in words.into_iter().flatten() {
        add(&mut passages, role, author.clone(), text);
    }
    for structured in [&message.rich_message, &message.checklist].into_iter().flatten() {
        let mut lines = Vec::new();
        texts(structured, &mut lines);
        add(&mut passages, role, author.clone(), &lines.join("\n"));
    }
    if let Some(poll) = &message.poll {
        let lines = std::iter::once(&poll.question).chain(poll.options.iter().map(|option| &option.text));
        add(&mut passages, Role::Poll, None, &lines.map(String::as_str).collect::<Vec<_>>().join("\n"));
    }
    Post {
        id: format!("{}/{}", message.chat.id, message.message_id),
        url: address(&message),
        author: message.chat.title.clone().or_else(|| message.chat.username.clone()),
        at: message.date,
        kind,
        passages,
        pictures: pictures(&message),
        exchange: Arc::clone(exchange),
    }
}

/// All texts and titles in a message that is made of blocks, in order. It nests no deeper than the JSON that was read.
fn texts(value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| texts(value, lines)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if matches!(name.as_str(), "text" | "title" | "caption") => {
                        lines.push(text.clone())
                    }
                    value => texts(value, lines),
                }
            }
        }
        _ => {}
    }
}

/// What it replies to: the message where it stands, and the part that it quotes where that is not in it.
fn replied(message: &Message, passages: &mut Vec<Passage>) {
    let mut author = message.external_reply.as_ref().and_then(|reply| reply.origin.as_ref()?.name());
    let mut whole = "";
    if let Some(reply) = &message.reply_to_message {
        author = reply.name();
        whole = reply.text.as_deref().or(reply.caption.as_deref()).unwrap_or_default();
        add(passages, Role::RepliedTo, author.clone(), whole);
    }
    if let Some(quote) = message.quote.as_ref().filter(|quote| !whole.contains(&quote.text)) {
        add(passages, Role::RepliedTo, author, &quote.text);
    }
}

impl Message {
    fn name(&self) -> Option<String> {
        let chat = self.sender_chat.as_ref().and_then(|chat| chat.title.clone());
        let user = || self.from.as_ref().map(User::name);
        chat.or_else(user).or_else(|| self.chat.title.clone())
    }
}

impl User {
    fn name(&self) -> String {
        [Some(self.first_name.as_str()), self.last_name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

impl Origin {
    fn name(&self) -> Option<String> {
        let chat = self.chat.as_ref().or(self.sender_chat.as_ref());
        let chat = chat.and_then(|chat| chat.title.clone().or_else(|| chat.username.clone()));
        let name = chat.or_else(|| self.sender_user.as_ref().map(User::name)).or_else(|| self.sender_user_name.clone());
        match (name, &self.author_signature) {
            (Some(name), Some(signed)) => Some(format!("{name} ({signed})")),
            (name, signed) => name.or_else(|| signed.clone()),
        }
    }
}

/// A public channel's posts have an address; those of a private one only its members can open.
fn address(message: &Message) -> Option<String> {
    if let Some(username) = &message.chat.username {
        return Some(format!("https://t.me/{username}/{}", message.message_id));
    }
    let id = message.chat.id.to_string();
    id.strip_prefix("-100").map(|id| format!("https://t.me/c/{id}/{}", message.message_id))
}

/// The largest of the sizes of a photo, and a document that is a picture.
fn pictures(message: &Message) -> Vec<Picture> {
    let photo = message.photo.iter().max_by_key(|photo| photo.width.saturating_mul(photo.height));
    let document = message.document.as_ref();
    let document = document.filter(|file| file.mime_type.as_deref().is_some_and(|kind| kind.starts_with("image/")));
    let ids = photo.map(|photo| &photo.file_id).into_iter().chain(document.map(|file| &file.file_id));
    ids.map(|id| Picture { url: format!("{FILE}{id}") }).collect()
}

fn add(passages: &mut Vec<Passage>, role: Role, author: Option<String>, text: &str) {
    if !text.trim().is_empty() {
        passages.push(Passage { role, author, text: text.to_owned() });
    }
}
