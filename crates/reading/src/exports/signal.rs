//! What signal-cli prints (`receive --json`, or its JSON-RPC): envelopes one after the other, in lines, in an array, or spread over lines.

use serde::Deserialize;
use serde_json::Value;

use super::{Archive, Direction, Edited, Error, Letter, Moment, Party, Place, Skipped, Why};

#[derive(Deserialize)]
struct Outer {
    envelope: Envelope,
    account: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    source: Option<String>,
    source_number: Option<String>,
    source_uuid: Option<String>,
    source_name: Option<String>,
    timestamp: Option<u64>,
    data_message: Option<Data>,
    edit_message: Option<Edit>,
    sync_message: Option<Sync>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edit {
    target_sent_timestamp: Option<u64>,
    data_message: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sync {
    sent_message: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    timestamp: Option<u64>,
    message: Option<String>,
    attachments: Option<Vec<Value>>,
    group_info: Option<Group>,
    destination: Option<String>,
    destination_number: Option<String>,
    edit_message: Option<Box<Edit>>,
    remote_delete: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    group_id: Option<String>,
    group_name: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Archive, Error> {
    let mut archive = Archive::default();
    let (mut rest, mut number) = (text, 0);
    while !rest.trim_start().is_empty() {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let mut read = 0;
        for value in values.by_ref() {
            let Ok(value) = value else { break };
            read += 1;
            match value {
                Value::Array(list) => list.into_iter().for_each(|value| add(value, &mut number, &mut archive)),
                value => add(value, &mut number, &mut archive),
            }
        }
        rest = &rest[values.byte_offset().min(rest.len())..];
        if rest.trim_start().is_empty() {
            break;
        }
        if number == 0 && read == 0 && archive.skipped.is_empty() && !text.contains("\"envelope\"") {
            return Err(Error::Form { line: 1, column: 1, what: "no JSON of signal-cli" });
        }
        // A damaged one; the next begins with a line of its own.
        number += 1;
        archive.skipped.push(Skipped { place: Place::Item(1, number), why: Why::Damaged });
        rest = rest.trim_start();
        rest = rest.find("\n{").map_or("", |at| &rest[at + 1..]);
    }
    Ok(archive)
}

fn add(value: Value, number: &mut usize, archive: &mut Archive) {
    *number += 1;
    let place = Place::Item(1, *number);
    // JSON-RPC wraps it once more.
    let value = match value {
        Value::Object(mut object) if object.contains_key("params") => object.remove("params").unwrap_or_default(),
        value => value,
    };
    let read = serde_json::from_value::<Outer>(value).map_err(|_| Why::Damaged);
    match read.and_then(|outer| letter(outer, place)) {
        Ok(letter) => archive.letters.push(letter),
        Err(why) => archive.skipped.push(Skipped { place, why }),
    }
}

fn letter(outer: Outer, place: Place) -> Result<Letter, Why> {
    let Outer { envelope, account } = outer;
    let address = envelope.source_number.clone().or(envelope.source).or(envelope.source_uuid).unwrap_or_default();
    let author = Party { name: envelope.source_name.unwrap_or_default(), address };
    let sync = envelope.sync_message.and_then(|sync| sync.sent_message);
    // What the account's other devices sent comes as a synchronisation; everything else was sent to it.
    let direction = Some(if sync.is_some() { Direction::Sent } else { Direction::Received });
    let (mut data, mut edit) = (sync.or(envelope.data_message), envelope.edit_message);
    if let Some(inner) = data.as_mut().and_then(|data| data.edit_message.take()) {
        edit = Some(*inner);
    }
    let mut edited = Edited::No;
    let mut first = None;
    let mut to = None;
    if let Some(edit) = edit {
        first = edit.target_sent_timestamp;
        // Where it went stands outside the edit.
        to = data.take();
        data = edit.data_message;
        let at = data.as_ref().and_then(|data| data.timestamp).or(envelope.timestamp);
        edited = at.map_or(Edited::Yes, |ms| Edited::At(Moment::exact(ms / 1000)));
    }
    let data = data.ok_or(Why::NoMessage)?;
    if data.remote_delete.is_some() {
        return Err(Why::Deleted);
    }
    let attachments = data.attachments.as_ref().map_or(0, Vec::len);
    let text = data.message.clone().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(if attachments > 0 { Why::Media } else { Why::NoMessage });
    }
    if author == Party::default() {
        return Err(Why::NoAuthor);
    }
    let ms = first.or(data.timestamp).or(envelope.timestamp).ok_or(Why::NoDate)?;
    let outside = to.as_ref().unwrap_or(&data);
    let group = outside.group_info.as_ref().or(data.group_info.as_ref());
    let thread = group.and_then(|group| group.group_name.clone().or(group.group_id.clone())).unwrap_or_default();
    let other = match direction {
        Some(Direction::Sent) => outside.destination_number.clone().or(outside.destination.clone()),
        _ => account.filter(|_| group.is_none()),
    };
    Ok(Letter {
        direction,
        author,
        recipients: other.into_iter().map(|address| Party { name: String::new(), address }).collect(),
        at: Moment::exact(ms / 1000),
        thread,
        subject: None,
        text,
        quoted: String::new(),
        signature: String::new(),
        edited,
        attachments,
        id: ms.to_string(),
        place,
        item: [0; 32],
    })
}
