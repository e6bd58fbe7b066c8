//! Files that never change under one address: the hash of their content stands in it.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::css;

/// The base of every page's look.
const BASE: &str = include_str!("../assets/style.css");

/// A file under `/assets/`, served as it is and for ever.
#[derive(Debug, Clone)]
pub struct Asset {
    name: String,
    kind: &'static str,
    bytes: Bytes,
}

impl Asset {
    /// A file by its name (`desk.js`) and content; the hash comes in before the ending.
    #[must_use]
    pub fn new(name: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        Self::of(name, kind, Bytes::from_static(bytes))
    }

    /// The one stylesheet of an application: the base, then its own files in this order.
    #[must_use]
    pub fn style(name: &str, own: &[&str]) -> Self {
        let all: String = std::iter::once(&BASE).chain(own).map(|part| css::small(part)).collect();
        Self::of(name, "text/css; charset=utf-8", Bytes::from(all))
    }

    fn of(name: &str, kind: &'static str, bytes: Bytes) -> Self {
        let hash: String = Sha256::digest(&bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
        Self { name: format!("{stem}-{hash}.{ending}"), kind, bytes }
    }

    /// Its address, as pages name it.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/assets/{}", self.name)
    }

    /// Its name with the hash.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Routes for files; each may be kept for ever.
pub fn assets<'a, S: Clone + Send + Sync + 'static>(all: impl IntoIterator<Item = &'a Asset>) -> Router<S> {
    let mut router = Router::new();
    for asset in all {
        let (kind, bytes) = (asset.kind, asset.bytes.clone());
        let answer = move || async move {
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], bytes)
        };
        router = router.route(&asset.href(), get(answer));
    }
    router
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_is_another_address() {
        let one = Asset::new("a.js", "text/javascript", b"1");
        assert_eq!(one.href(), Asset::new("a.js", "text/javascript", b"1").href());
        assert_ne!(one.href(), Asset::new("a.js", "text/javascript", b"2").href());
        assert!(one.name().starts_with("a-") && one.name().ends_with(".js"), "{}", one.name());
        let base = Asset::style("desk.css", &[]);
        let more = Asset::style("desk.css", &[".own { color: var(--ink) }"]);
        assert_ne!(base.href(), more.href());
        assert!(more.bytes().starts_with(base.bytes()) && more.bytes().ends_with(b".own{color:var(--ink)}"));
    }

    #[test]
    fn the_base_is_small_and_asks_nobody() {
        let base = Asset::style("style.css", &[]);
        let text = std::str::from_utf8(base.bytes()).unwrap();
        assert!(text.len() <= 13_000, "{} bytes", text.len());
        for foreign in ["url(", "@import", "@font-face", "http"] {
            assert!(!text.contains(foreign), "{foreign}");
        }
    }
}
