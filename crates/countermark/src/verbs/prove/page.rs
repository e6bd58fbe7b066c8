//! One page with bundle and verifier inside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The browser's verifier, as `cargo xtask page` makes it.
pub const VERIFIER: &str = include_str!("../../../../../verifier/verify.html");

/// What the page holds exactly once, and where a bundle goes between the two tags (`verifier/README.md`).
const MARKER: &str = r#"<script type="application/json" id="bundle"></script>"#;

/// The verifier's page with this bundle inside.
pub fn with(bundle: &[u8]) -> String {
    let inside = MARKER.replacen("></", &format!(">\"{}\"</", STANDARD.encode(bundle)), 1);
    VERIFIER.replacen(MARKER, &inside, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_one_place_for_a_bundle() {
        assert_eq!(VERIFIER.matches(MARKER).count(), 1);
        let page = with(b"{}");
        assert!(page.contains(r#"id="bundle">"e30="</script>"#));
        assert_eq!(page.len(), VERIFIER.len() + 6);
    }
}
