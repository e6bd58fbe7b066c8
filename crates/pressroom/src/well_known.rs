//! `/.well-known/countermark`: the key under which bundles are checked, and what there is, for programs. docs/formats/well-known.md.

use countermark_proof::{FORMAT, FORMAT_WITH_ROW};
use serde_json::json;

use crate::proof::Keys;
use crate::published::Published;
use crate::scene::{absolute, key, name};

/// Its content.
pub(crate) fn json(published: &Published) -> String {
    let site = published.site();
    let statements: Vec<_> = published
        .statements()
        .iter()
        .map(|statement| {
            let versions: Vec<_> = statement
                .versions
                .iter()
                .map(|version| {
                    let path = format!("/statements/{}", key(&statement.id, version.number));
                    let bundle = version.bundle.as_ref().map(|bundle| {
                        json!({
                            "url": absolute(site, &format!("{path}.bundle.json")),
                            "sha256": bundle.sha256,
                            "bytes": bundle.bytes,
                        })
                    });
                    json!({
                        "number": version.number,
                        "url": absolute(site, &path),
                        "published_at": version.published_at,
                        "bundle": bundle,
                    })
                })
                .collect();
            json!({
                "id": statement.id,
                "url": absolute(site, &format!("/statements/{}", statement.id)),
                "withdrawn": statement.state.withdrawn.is_some(),
                "versions": versions,
            })
        })
        .collect();
    let whole = json!({
        "format": "countermark/well-known/1",
        "name": name(site),
        "log_key": site.log_key,
        "fingerprint": Keys::of(site).fingerprint(),
        "witnesses": site.witnesses,
        "log_url": site.log_url,
        "bundle_formats": [FORMAT, FORMAT_WITH_ROW],
        "feeds": { "rss": absolute(site, "/feed.xml"), "json": absolute(site, "/feed.json") },
        "statements": statements,
    });
    format!("{whole}\n")
}
