//! What comes back, and what its head says.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ureq::http::HeaderMap;

use super::date;

/// The longest wait that a server may ask for and be heard: after it, it is asked again.
const LONGEST_WAIT: u64 = 3600;

/// How long to wait for one that asks to wait and does not say how long.
const USUAL_WAIT: u64 = 60;

/// An answer.
#[derive(Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// The address that gave it, after redirects.
    pub url: String,
    /// Its content type, as the server said.
    pub content_type: Option<String>,
    /// The body, content encodings undone.
    pub body: Vec<u8>,
    /// What to ask with the next time, to be told only of a change.
    pub validators: Validators,
    pub(super) headers: HeaderMap,
}

/// By what a server recognises what somebody has already (RFC 9110, section 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
}

impl Answer {
    /// Whether nothing has changed since the validators that were sent.
    #[must_use]
    pub fn unchanged(&self) -> bool {
        self.status == 304
    }

    /// A header's value, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl Validators {
    pub(super) fn of(headers: &HeaderMap) -> Validators {
        // Longer ones come from nobody who means well, and would fill the cursor.
        let text = |name| {
            let value: Option<&str> = headers.get(name).and_then(|value: &ureq::http::HeaderValue| value.to_str().ok());
            value.filter(|value| value.len() <= 512).map(str::to_owned)
        };
        Validators { etag: text("etag"), modified: text("last-modified") }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.etag.is_none() && self.modified.is_none()
    }
}

/// How long the server asks to wait, within an hour. A date is taken against the server's own clock where it shows one: the
/// two need not agree.
pub(super) fn retry_after(headers: &HeaderMap, now: u64) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let asked = text("retry-after")?.trim();
    let seconds = match asked.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) => LONGEST_WAIT,
        Err(_) => {
            let server = text("date").and_then(date::parse).unwrap_or(now);
            date::parse(asked)?.saturating_sub(server)
        }
    };
    Some(Duration::from_secs(seconds.clamp(1, LONGEST_WAIT)))
}

/// The wait that stands for "too many requests" without a word on how long.
pub(super) fn usual_wait() -> Duration {
    Duration::from_secs(USUAL_WAIT)
}

/// What a picture's first bytes say that it is; `None` when it is none of the kinds that are looked at.
pub(super) fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(rows: &[(&'static str, &str)]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for (name, value) in rows {
            headers.insert(*name, value.parse().unwrap());
        }
        retry_after(&headers, 1_700_000_000).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_wait_is_read_in_seconds_and_as_a_date_and_bounded() {
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[("retry-after", "0")]), Some(1));
        assert_eq!(wait(&[("retry-after", "999999")]), Some(3600));
        assert_eq!(wait(&[("retry-after", "99999999999999999999999")]), Some(3600));
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[("retry-after", "-5")]), None);
        // 1700000000 is Tue, 14 Nov 2023 22:13:20 GMT.
        assert_eq!(wait(&[("retry-after", "Tue, 14 Nov 2023 22:13:50 GMT")]), Some(30));
        assert_eq!(wait(&[("retry-after", "Tue, 14 Nov 2023 22:00:00 GMT")]), Some(1));
        // A server whose clock is years off means its own minute.
        let skewed = [("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")];
        assert_eq!(wait(&skewed), Some(60));
        let ahead = [("retry-after", "Fri, 06 Nov 2099 08:49:57 GMT"), ("date", "Fri, 06 Nov 2099 08:49:37 GMT")];
        assert_eq!(wait(&ahead), Some(20));
    }
}
