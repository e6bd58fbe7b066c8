//! `wall.get`'s answer, and a post of it (`wall_wallpost_full` of VK's API schema).

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::attachments::{self, Found};
use super::markup::shown;
use crate::json::{list, object, read, text};
use crate::seen;
use crate::{Exchange, Fault, Kind, Passage, Post, Role};

/// How deep a post passed on may itself pass one on; VK flattens longer chains.
const MOST_COPIES: usize = 16;

/// One answer.
pub(super) struct Page {
    /// How many posts the wall has in all, where the answer says it.
    pub(super) count: Option<u64>,
    /// The posts, in the answer's order.
    pub(super) items: Vec<Item>,
}

/// A post, and what the cursor needs of it.
pub(super) struct Item {
    pub(super) id: i64,
    pub(super) date: u64,
    pub(super) pinned: bool,
    pub(super) hash: String,
    pub(super) post: Post,
}

/// What VK says went wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// By VK's own number.
    Code(i64),
    /// Anything else.
    Other(Fault),
}

/// The posts of an answer of `wall.get` or `wall.getById`. What is no post among them is left out.
///
/// # Errors
/// [`Failure`] when VK answers with an error, or with something that is no answer.
pub(super) fn parse(bytes: &[u8], exchange: &Arc<Exchange>) -> Result<Page, Failure> {
    let answer = read(bytes).map_err(Failure::Other)?;
    if let Some(error) = object(&answer, "error") {
        let code = error.get("error_code").and_then(Value::as_i64);
        return Err(code.map_or(Failure::Other(Fault::Garbled("an error without a code")), Failure::Code));
    }
    let response = answer.get("response").ok_or(Failure::Other(Fault::Garbled("neither response nor error")))?;
    let posts = response.as_array().or_else(|| response.get("items")?.as_array());
    let posts = posts.ok_or(Failure::Other(Fault::Garbled("no items")))?;
    let names = names(response);
    Ok(Page {
        count: response.get("count").and_then(Value::as_u64),
        items: posts.iter().filter_map(|post| item(post, &names, exchange)).collect(),
    })
}

/// Who is who in an extended answer: people by their number, communities by it below zero.
fn names(response: &Value) -> HashMap<i64, String> {
    let people = list(response, "profiles").iter().filter_map(|person| {
        let name = [text(person, "first_name"), text(person, "last_name")].into_iter().flatten().collect::<Vec<_>>();
        (!name.is_empty()).then_some((person.get("id")?.as_i64()?, name.join(" ")))
    });
    let communities = list(response, "groups").iter().filter_map(|community| {
        Some((community.get("id")?.as_i64()?.checked_neg()?, text(community, "name")?.to_owned()))
    });
    people.chain(communities).collect()
}

fn item(value: &Value, names: &HashMap<i64, String>, exchange: &Arc<Exchange>) -> Option<Item> {
    let (id, owner) = (value.get("id")?.as_i64()?, owner(value)?);
    let flag = |key: &str| value.get(key).is_some_and(|flag| flag.as_bool() == Some(true) || flag.as_i64() == Some(1));
    let date = value.get("date").and_then(Value::as_u64);
    let kind = match value.get("edited").and_then(Value::as_u64) {
        _ if flag("is_deleted") => Kind::Deleted,
        Some(edited) if edited > 0 => Kind::Edited,
        _ => Kind::New,
    };
    let mut found = Found::default();
    if kind != Kind::Deleted {
        passages(value, Role::Own, None, &mut found);
        for copy in list(value, "copy_history").iter().take(MOST_COPIES) {
            passages(copy, Role::Forwarded, author(copy, names), &mut found);
        }
    }
    let post = Post {
        id: format!("{owner}_{id}"),
        url: Some(format!("https://vk.com/wall{owner}_{id}")),
        author: author(value, names),
        at: date,
        kind,
        passages: found.passages,
        pictures: found.pictures,
        exchange: Arc::clone(exchange),
    };
    Some(Item { id, date: date.unwrap_or(0), pinned: flag("is_pinned"), hash: seen::hash(&post), post })
}

fn owner(value: &Value) -> Option<i64> {
    ["owner_id", "to_id", "from_id"].iter().find_map(|key| value.get(key)?.as_i64())
}

/// The person who signed, else who wrote, else whose wall it is.
fn author(value: &Value, names: &HashMap<i64, String>) -> Option<String> {
    let ids = ["signer_id", "from_id", "owner_id"].iter().filter_map(|key| value.get(key)?.as_i64());
    ids.filter_map(|id| names.get(&id)).next().cloned()
}

fn passages(value: &Value, role: Role, author: Option<String>, found: &mut Found) {
    if let Some(words) = text(value, "text") {
        found.passages.push(Passage { role, author: author.clone(), text: shown(words) });
    }
    for attachment in list(value, "attachments") {
        attachments::read(attachment, role, author.as_deref(), found);
    }
}

#[cfg(test)]
mod tests;
