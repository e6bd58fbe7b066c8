//! Files that never change under one address: the hash of their content stands in it.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use sha2::{Digest, Sha256};

/// A file under `/assets/`, served as it is and for ever.
#[derive(Debug, Clone)]
pub struct Asset {
    name: String,
    kind: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    /// A file by its name (`desk.js`) and content; the hash comes in before the ending.
    #[must_use]
    pub fn new(name: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let hash: String = Sha256::digest(bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
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
    pub fn bytes(&self) -> &'static [u8] {
        self.bytes
    }
}

/// The stylesheet of every page.
pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style.css", "text/css; charset=utf-8", include_bytes!("../assets/style.css")));

/// Routes for the stylesheet and some more files.
pub fn assets<S: Clone + Send + Sync + 'static>(more: &[Asset]) -> Router<S> {
    let mut router = Router::new();
    for asset in std::iter::once(&*STYLE).chain(more) {
        let (kind, bytes) = (asset.kind, asset.bytes);
        let answer = move || async move {
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], bytes)
        };
        router = router.route(&asset.href(), get(answer));
    }
    router
}
