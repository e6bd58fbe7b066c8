//! One answer, rendered: its bytes plain and packed, and what its headers say.

use std::io::Write as _;

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, Response, StatusCode};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// How long somebody in between may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Its address has its hash in it.
    Always,
    /// It is asked for anew each time; an unchanged one costs 304.
    Checked,
    /// It answers one request.
    Never,
}

impl Keep {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Always => "public, max-age=31536000, immutable",
            Self::Checked => "public, no-cache",
            Self::Never => "no-store",
        })
    }
}

/// Marks an answer that brings a content security policy of its own.
#[derive(Clone)]
pub(crate) struct OwnPolicy(pub(crate) HeaderValue);

/// A rendered answer.
pub(crate) struct Page {
    kind: &'static str,
    plain: Bytes,
    gzip: Option<Bytes>,
    etag: HeaderValue,
    gzip_etag: HeaderValue,
    keep: Keep,
    policy: Option<HeaderValue>,
    more: Option<(&'static str, HeaderValue)>,
    /// Saved under this name instead of shown.
    saved: Option<HeaderValue>,
}

impl Page {
    /// An answer of this kind. Text is packed as well, when that makes it smaller.
    pub(crate) fn new(kind: &'static str, bytes: impl Into<Bytes>, keep: Keep) -> Self {
        let plain = bytes.into();
        let hash: String = Sha256::digest(&plain).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let gzip =
            if kind.starts_with("image/") { None } else { pack(&plain).filter(|packed| packed.len() < plain.len()) };
        let tag = |suffix| HeaderValue::try_from(format!("\"{hash}{suffix}\"")).expect("digits and letters in quotes");
        Self { kind, plain, gzip, etag: tag(""), gzip_etag: tag("-gz"), keep, policy: None, more: None, saved: None }
    }

    pub(crate) fn html(markup: maud::Markup, keep: Keep) -> Self {
        Self::new("text/html; charset=utf-8", markup.into_string(), keep)
    }

    pub(crate) fn with_policy(mut self, policy: HeaderValue) -> Self {
        self.policy = Some(policy);
        self
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.more = Some((name, value));
        self
    }

    /// How much memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.plain.len() + self.gzip.as_ref().map_or(0, Bytes::len) + 512
    }

    pub(crate) fn saved_as(mut self, name: &str) -> Self {
        self.saved = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")).ok();
        self
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.plain
    }

    /// The answer to a GET or HEAD. `negotiated`: the address leaves the language to the browser.
    pub(crate) fn answer(
        &self,
        method: &Method,
        asked: &HeaderMap,
        status: StatusCode,
        negotiated: bool,
    ) -> Response<Body> {
        let packed = self.gzip.as_ref().filter(|_| takes_gzip(asked));
        let etag = if packed.is_some() { &self.gzip_etag } else { &self.etag };
        let mut answer = Response::new(Body::empty());
        let headers = answer.headers_mut();
        headers.insert(header::CACHE_CONTROL, self.keep.header());
        let vary = if negotiated { "Accept-Encoding, Accept-Language" } else { "Accept-Encoding" };
        headers.insert(header::VARY, HeaderValue::from_static(vary));
        if self.keep != Keep::Never {
            headers.insert(header::ETAG, etag.clone());
        }
        let known = status == StatusCode::OK && self.keep != Keep::Never && knows(asked, etag);
        if let Some(policy) = &self.policy {
            answer.extensions_mut().insert(OwnPolicy(policy.clone()));
        }
        if known {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            return answer;
        }
        *answer.status_mut() = status;
        let bytes = packed.unwrap_or(&self.plain);
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if packed.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if let Some(saved) = &self.saved {
            headers.insert(header::CONTENT_DISPOSITION, saved.clone());
        }
        if let Some((name, value)) = &self.more {
            headers.insert(*name, value.clone());
        }
        if method != Method::HEAD {
            *answer.body_mut() = Body::from(bytes.clone());
        }
        answer
    }
}

fn pack(bytes: &[u8]) -> Option<Bytes> {
    if bytes.len() < 400 {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(6));
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// Whether `Accept-Encoding` has gzip with a weight above nothing.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let Some(header) = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()) else { return false };
    header.split(',').any(|item| {
        let mut pieces = item.split(';').map(str::trim);
        let gzip = pieces.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        gzip && !pieces.any(|piece| piece.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0)))
    })
}

/// Whether `If-None-Match` has this tag (compared weakly, RFC 9110 section 13.1.2).
fn knows(asked: &HeaderMap, etag: &HeaderValue) -> bool {
    asked.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        value.as_bytes() == b"*"
            || value.as_bytes().split(|byte| *byte == b',').any(|tag| {
                let tag = tag.trim_ascii();
                tag.strip_prefix(b"W/").unwrap_or(tag) == etag.as_bytes()
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn what_was_seen_is_not_sent_again() {
        let page = Page::new("text/plain", "a".repeat(2_000), Keep::Checked);
        let first = page.answer(&Method::GET, &HeaderMap::new(), StatusCode::OK, false);
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        for (sent, status) in [
            (tag.clone(), 304),
            (format!("W/{tag}"), 304),
            (format!("\"x\", {tag}"), 304),
            ("*".to_owned(), 304),
            ("\"x\"".to_owned(), 200),
            (tag.replace('"', ""), 200),
        ] {
            let answer = page.answer(&Method::GET, &asked(&[(header::IF_NONE_MATCH, &sent)]), StatusCode::OK, false);
            assert_eq!(answer.status(), status, "{sent}");
        }
    }

    #[test]
    fn packed_only_where_wanted() {
        let page = Page::new("text/plain", "a".repeat(2_000), Keep::Checked);
        for (wish, packed) in
            [("gzip", true), ("br, GZIP;q=0.5", true), ("gzip;q=0", false), ("br", false), ("gzipped", false)]
        {
            let answer = page.answer(&Method::GET, &asked(&[(header::ACCEPT_ENCODING, wish)]), StatusCode::OK, false);
            assert_eq!(answer.headers().contains_key(header::CONTENT_ENCODING), packed, "{wish}");
            let length: usize = answer.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
            assert_eq!(length < 100, packed);
            assert_ne!(packed, answer.headers()[header::ETAG] == page.etag);
        }
        let picture = Page::new("image/png", vec![0; 2_000], Keep::Checked);
        assert!(picture.gzip.is_none());
    }

    #[test]
    fn a_head_has_the_length_and_nothing_more() {
        let page = Page::new("text/plain", "abc", Keep::Never);
        let answer = page.answer(&Method::HEAD, &HeaderMap::new(), StatusCode::OK, true);
        assert_eq!(answer.headers()[header::CONTENT_LENGTH], "3");
        assert_eq!(axum::body::HttpBody::size_hint(answer.body()).exact(), Some(0));
        assert!(!answer.headers().contains_key(header::ETAG));
    }
}
