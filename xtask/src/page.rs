//! Puts the browser's verifier together: sources in `verifier/`, one file without any other, `verifier/verify.html`.
//!
//! The page says in its content security policy that it runs this script and this style and fetches nothing, so both
//! stand in it by their hashes.

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

/// The script's files in `verifier/src`, in the order in which they stand in the page.
const SCRIPTS: [&str; 16] = [
    "bytes",
    "json",
    "merkle",
    "ed25519",
    "note",
    "fields",
    "commitment",
    "source",
    "row",
    "der",
    "token",
    "verify",
    "words",
    "view",
    "evidence",
    "start",
];

/// What a page with a bundle inside has in place of this; it must stand in the page once.
const MARKER: &str = r#"<script type="application/json" id="bundle"></script>"#;

/// Where to, or whether what stands there is what would be written.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail when `verifier/verify.html` is not what its sources make.
    #[arg(long)]
    check: bool,
}

/// Writes the page, or compares it.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../verifier");
    let read = |name: &str| std::fs::read_to_string(root.join(name)).with_context(|| format!("verifier/{name}"));
    let sources = SCRIPTS.iter().map(|name| read(&format!("src/{name}.js"))).collect::<anyhow::Result<Vec<_>>>()?;
    let script = format!("\n(() => {{\n'use strict';\n\n{}}})();\n", sources.join("\n"));
    let style = format!("\n{}", read("style.css")?);
    let page = assemble(&read("page.html")?, &script, &style)?;
    let out = root.join("verify.html");
    if arguments.check {
        let there = read("verify.html")?;
        ensure!(there == page, "verifier/verify.html is not what its sources make: run `cargo xtask page`");
        println!("verifier/verify.html is up to date");
    } else {
        std::fs::write(&out, &page)?;
        println!("{}: {} bytes", out.display(), page.len());
    }
    Ok(())
}

/// The template with script, style and their hashes in place.
fn assemble(template: &str, script: &str, style: &str) -> anyhow::Result<String> {
    ensure!(!script.contains("</script") && !script.contains("<!--"), "the script would end the page's element");
    ensure!(!style.contains("</style"), "the style would end the page's element");
    let mut page = template.to_owned();
    for (place, text) in [
        ("SCRIPT-HASH", hash(script)),
        ("STYLE-HASH", hash(style)),
        ("/*STYLE*/", style.to_owned()),
        ("/*SCRIPT*/", script.to_owned()),
    ] {
        ensure!(page.matches(place).count() == 1, "{place} must stand once in verifier/page.html");
        page = page.replace(place, &text);
    }
    ensure!(page.matches(MARKER).count() == 1, "the bundle's place must stand once in the page");
    Ok(page)
}

/// A source of the content security policy, without its quotes.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}
