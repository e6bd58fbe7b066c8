//! Hand over: the sealed messages, their copies, and how they left.

mod list;

use axum::Router;
use countermark_web::Asset;

use super::fields;
use crate::Desk;

pub(super) fn routes() -> Router<Desk> {
    Router::new().merge(list::routes())
}

pub(super) fn scripts() -> Vec<Asset> {
    Vec::new()
}

/// A text in an address: everything but letters, digits and `-._~` as `%XX` (RFC 3986).
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
