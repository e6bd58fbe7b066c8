//! One thing, fetched by its address.

use super::answer::picture_type;
use super::{Net, Request};
use crate::{Exchange, Fault};

/// What was fetched.
#[derive(Clone)]
pub struct Fetched {
    /// Its bytes, content encodings undone.
    pub bytes: Vec<u8>,
    /// Its content type: as the server says, of a picture as its bytes say.
    pub content_type: Option<String>,
    /// How it came.
    pub exchange: Exchange,
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetched").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

pub(super) fn fetch(net: &Net, request: &Request) -> Result<Fetched, Fault> {
    let (answer, exchange) = net.ask(request)?;
    let content_type = match picture_type(&answer.body) {
        Some(kind) => Some(kind.to_owned()),
        None => answer.content_type,
    };
    Ok(Fetched { bytes: answer.body, content_type, exchange })
}

pub(super) fn picture(net: &Net, request: &Request) -> Result<Fetched, Fault> {
    let fetched = fetch(net, request)?;
    if picture_type(&fetched.bytes).is_none() {
        return Err(Fault::Garbled("not a picture"));
    }
    Ok(fetched)
}
