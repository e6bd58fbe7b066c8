//! `result.json` of Telegram Desktop: one chat, or the whole account.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::time::{Moment, iso};
use super::{Archive, Direction, Edited, Error, Letter, Party, Place, Settings, Skipped, Why, lines};

#[derive(Deserialize)]
struct Root {
    personal_information: Option<Own>,
    chats: Option<Chats>,
    left_chats: Option<Chats>,
    #[serde(flatten)]
    chat: Chat,
}

/// Whose account it is. A whole export says so.
#[derive(Deserialize)]
struct Own {
    user_id: Option<Id>,
}

#[derive(Deserialize)]
struct Chats {
    #[serde(default)]
    list: Vec<Chat>,
}

#[derive(Deserialize)]
struct Chat {
    name: Option<String>,
    id: Option<Id>,
    messages: Option<Vec<Entry>>,
}

#[derive(Deserialize, Clone, PartialEq, Eq)]
#[serde(untagged)]
enum Id {
    Number(i64),
    Text(String),
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Message(Box<Message>),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct Message {
    id: Option<Id>,
    #[serde(rename = "type")]
    kind: Option<String>,
    date: Option<String>,
    date_unixtime: Option<Id>,
    edited: Option<String>,
    edited_unixtime: Option<Id>,
    from: Option<String>,
    from_id: Option<Id>,
    forwarded_from: Option<serde_json::Value>,
    photo: Option<IgnoredAny>,
    file: Option<IgnoredAny>,
    media_type: Option<IgnoredAny>,
    text: Option<Text>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Whole(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Plain(String),
    Styled { text: String },
    Other(IgnoredAny),
}

impl Text {
    fn plain(&self) -> String {
        let parts = match self {
            Self::Whole(text) => return text.clone(),
            Self::Parts(parts) => parts,
        };
        let text = |part: &Part| match part {
            Part::Plain(text) | Part::Styled { text } => text.clone(),
            Part::Other(_) => String::new(),
        };
        parts.iter().map(text).collect()
    }
}

pub(super) fn read(bytes: &[u8], settings: &Settings) -> Result<Archive, Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let root: Root = serde_json::from_slice(bytes).map_err(|error| Error::Form {
        line: error.line(),
        column: error.column(),
        what: "not the JSON of Telegram Desktop's export",
    })?;
    let own = root.personal_information.and_then(|own| own.user_id).map(|id| format!("user{id}"));
    let single = std::iter::once(root.chat).filter(|chat| chat.messages.is_some());
    let lists = [root.chats, root.left_chats].into_iter().flatten().flat_map(|chats| chats.list);
    let mut archive = Archive::default();
    for (chat, number) in single.chain(lists).zip(1..) {
        one(&chat, number, own.as_deref(), settings, &mut archive);
    }
    Ok(archive)
}

fn one(chat: &Chat, number: usize, own: Option<&str>, settings: &Settings, archive: &mut Archive) {
    let from = archive.letters.len();
    for (entry, item) in chat.messages.iter().flatten().zip(1..) {
        let place = Place::Item(number, item);
        let read = match entry {
            Entry::Message(message) => letter(message, chat, place, settings),
            Entry::Other(_) => Err(Why::Damaged),
        };
        match read {
            Ok(mut letter) => {
                if let Some(own) = own {
                    let sent = letter.author.address == own;
                    letter.direction = Some(if sent { Direction::Sent } else { Direction::Received });
                }
                archive.letters.push(letter);
            }
            Err(why) => archive.skipped.push(Skipped { place, why }),
        }
    }
    lines::address(&mut archive.letters[from..]);
}

fn letter(message: &Message, chat: &Chat, place: Place, settings: &Settings) -> Result<Letter, Why> {
    if message.kind.as_deref().is_some_and(|kind| kind != "message") {
        return Err(Why::Service);
    }
    if message.forwarded_from.is_some() {
        return Err(Why::Forwarded);
    }
    let media = [&message.photo, &message.file, &message.media_type].into_iter().any(Option::is_some);
    let text = message.text.as_ref().map(Text::plain).unwrap_or_default();
    if text.trim().is_empty() {
        return Err(if media { Why::Media } else { Why::Empty });
    }
    let at = moment(message.date_unixtime.as_ref(), message.date.as_deref(), settings).ok_or(Why::NoDate)?;
    let edited = moment(message.edited_unixtime.as_ref(), message.edited.as_deref(), settings);
    // In a channel the chat itself is the author.
    let name = message.from.clone().or_else(|| chat.name.clone().filter(|_| message.from_id.is_none()));
    let author = Party {
        name: name.unwrap_or_default(),
        address: message.from_id.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    if author == Party::default() {
        return Err(Why::NoAuthor);
    }
    let id = |id: &Option<Id>| id.as_ref().map(ToString::to_string);
    Ok(Letter {
        direction: None,
        author,
        recipients: Vec::new(),
        at,
        thread: chat.name.clone().unwrap_or_default(),
        subject: None,
        text,
        quoted: String::new(),
        signature: String::new(),
        edited: edited.map_or(Edited::No, Edited::At),
        attachments: usize::from(media),
        id: id(&message.id).map(|own| format!("{}/{own}", id(&chat.id).unwrap_or_default())).unwrap_or_default(),
        place,
        item: [0; 32],
    })
}

/// The exact time, where the file has it; else the one on the clock of the computer that exported it.
fn moment(unix: Option<&Id>, date: Option<&str>, settings: &Settings) -> Option<Moment> {
    let exact = unix.and_then(|id| id.to_string().parse().ok()).map(Moment::exact);
    exact.or_else(|| iso(date?, settings.zone))
}
