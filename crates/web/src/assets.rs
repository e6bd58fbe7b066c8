//! Files that never change under one address: the hash of their content stands in it.

use std::io::Write;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
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
        let (kind, bytes, packed) = (asset.kind, asset.bytes.clone(), pack(asset));
        let answer = move |headers: HeaderMap| async move {
            let kept = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::VARY, "accept-encoding"),
            ];
            match packed.filter(|_| takes_gzip(&headers)) {
                Some(packed) => (kept, [(header::CONTENT_ENCODING, "gzip")], packed).into_response(),
                None => (kept, bytes).into_response(),
            }
        };
        router = router.route(&asset.href(), get(answer));
    }
    router
}

/// A file in gzip, where that is smaller. Files are the same for everybody: nothing can be learnt from their length.
fn pack(asset: &Asset) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&asset.bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < asset.bytes.len()).then(|| Bytes::from(packed))
}

/// Whether a browser takes gzip, in the way that all of them say it.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|one| one.trim().eq_ignore_ascii_case("gzip"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

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

    #[tokio::test]
    async fn packed_for_who_takes_it() {
        let style = Asset::style("look.css", &[]);
        let get = async |encoding: &str| {
            let request = Request::get(style.href()).header("accept-encoding", encoding).body(Body::empty()).unwrap();
            assets::<()>([&style]).oneshot(request).await.unwrap()
        };
        let packed = get("br, gzip").await;
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        let packed = axum::body::to_bytes(packed.into_body(), 1 << 20).await.unwrap();
        assert!(packed.len() < style.bytes().len() / 2, "{}", packed.len());
        let mut unpacked = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked).unwrap();
        assert_eq!(unpacked, style.bytes());
        for encoding in ["", "br", "gzip;q=0"] {
            let plain = get(encoding).await;
            assert!(plain.headers().get("content-encoding").is_none());
            assert_eq!(axum::body::to_bytes(plain.into_body(), 1 << 20).await.unwrap(), style.bytes());
        }
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
