//! The files beside the pages: the stylesheet, the script that checks a proof, and the verifier's own page.

use std::sync::LazyLock;

use axum::http::HeaderValue;
use countermark_web::Asset;

/// The one stylesheet.
pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("press.css", &[include_str!("../assets/press.css")]));

/// The verifier's sources, as its own page has them (`cargo xtask page`), without what speaks to that page, and what speaks to ours.
pub(crate) static CHECK: LazyLock<Asset> = LazyLock::new(|| {
    const SCRIPT: &str = concat!(
        "(() => {\n'use strict';\n\n",
        include_str!("../../../verifier/src/bytes.js"),
        include_str!("../../../verifier/src/json.js"),
        include_str!("../../../verifier/src/merkle.js"),
        include_str!("../../../verifier/src/ed25519.js"),
        include_str!("../../../verifier/src/note.js"),
        include_str!("../../../verifier/src/fields.js"),
        include_str!("../../../verifier/src/commitment.js"),
        include_str!("../../../verifier/src/source.js"),
        include_str!("../../../verifier/src/row.js"),
        include_str!("../../../verifier/src/der.js"),
        include_str!("../../../verifier/src/token.js"),
        include_str!("../../../verifier/src/verify.js"),
        // A block of its own: the names within are not the verifier's.
        "\n{\n",
        include_str!("../assets/check.js"),
        "}\n})();\n"
    );
    Asset::new("check.js", "text/javascript; charset=utf-8", SCRIPT.as_bytes())
});

/// The verifier: one page that needs nothing else.
pub(crate) const VERIFIER: &str = include_str!("../../../verifier/verify.html");

/// The policy of the verifier's page: its own, by the hashes of what stands in it, and that nobody frames it.
pub(crate) fn verifier_policy() -> HeaderValue {
    let own = VERIFIER.split("http-equiv=\"Content-Security-Policy\" content=\"").nth(1);
    let own = own.and_then(|rest| rest.split('"').next()).unwrap_or("default-src 'none'");
    HeaderValue::try_from(format!("{own}; frame-ancestors 'none'"))
        .expect("the policy is printable ASCII, a test reads it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifiers_policy_is_by_hashes() {
        let policy = verifier_policy();
        let policy = policy.to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn the_script_has_the_verifier_and_nothing_of_its_page() {
        let script = std::str::from_utf8(CHECK.bytes()).unwrap();
        assert!(script.contains("const verify = async") && script.contains("const checkBundle = async"));
        for other in ["getElementById('file')", "innerHTML", "eval(", "document.write"] {
            assert!(!script.contains(other), "{other}");
        }
    }
}
