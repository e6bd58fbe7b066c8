//! The proof: what an independent clock says, what the reader's own browser finds, and how to check by hand.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countermark_statement::{BundleFile, Statement, Version};
use maud::{Markup, PreEscaped, html};

use crate::proof::{Keys, Proof};
use crate::scene::{Manner, Scene, key};
use crate::words::{Value, Words};

/// Bytes up to which a bundle also lies in the exported page, so that it is checked where a page may fetch nothing: in a file.
const INSIDE: usize = 40_000;

/// The proof's section; of a statement without a message, nothing.
pub(super) fn proof(scene: &Scene<'_>, statement: &Statement, version: &Version) -> Markup {
    let words = scene.words;
    let Some(bundle) = &version.bundle else {
        return html! { @if version.post.is_some() { section.proof { p.hint { (words.say("no-proof")) } } } };
    };
    let name = key(&statement.id, version.number);
    let address = format!("/statements/{name}.bundle.json");
    let site = scene.site();
    let fingerprint = Keys::of(site).fingerprint();
    html! {
        section.proof #proof aria-labelledby="proof-title"
            data-bundle=(address) data-sha256=(bundle.sha256) data-log-key=[site.log_key.as_deref()]
            data-witnesses=(site.witnesses.join(" ")) data-fingerprint=[fingerprint.as_deref()] {
            h2 #proof-title { (words.say("proof")) }
            @if let Some(found) = scene.published.proof(&statement.id, version) { (clock(words, &found)) }
            div.outcome #outcome role="status" { p { (words.say("not-run")) } }
            (by_hand(scene, version, bundle, &address, fingerprint.as_deref()))
            (phrases(words))
            @if scene.manner == Manner::Files { (inside(scene, statement, version)) }
        }
    }
}

fn clock(words: &Words, found: &Proof) -> Markup {
    html! {
        @if let Some(fault) = found.fault {
            p.alert { (words.with("bundle-broken", [("reason", Value::from(fault))])) }
        } @else if let Some(at) = found.sealed_before {
            p.clock { time datetime=(super::stamp(at)) { (words.with("sealed-before", [("date", Value::from(words.moment(at)))])) } }
        } @else {
            p.clock { (words.with("no-clock", [("date", Value::from(words.date(found.written_at)))])) }
        }
        @if found.late { p.alert { (words.say("sealed-late")) } }
    }
}

fn by_hand(
    scene: &Scene<'_>,
    version: &Version,
    bundle: &BundleFile,
    address: &str,
    fingerprint: Option<&str>,
) -> Markup {
    let words = scene.words;
    let file = format!("{}.bundle.json", version.number);
    let key = scene.site().log_key.as_deref();
    html! {
        details.by-hand {
            summary { (words.say("by-hand")) }
            ol {
                li { (words.say("by-hand-1")) ": " a href=(address) download=(file) { (words.with("download", [("kb", Value::number(bundle.bytes.div_ceil(1000)))])) } }
                li {
                    (words.say("by-hand-2"))
                    pre { code { "countermark verify " @if let Some(key) = key { "--log-key '" (key) "' " } (file) } }
                }
                li { a href="/verify.html" { (words.say("verifier-page")) } ": " (words.say("by-hand-3")) }
                @if let Some(key) = key {
                    li {
                        (words.say("by-hand-4")) " " code { (key) }
                        @if let Some(fingerprint) = fingerprint { br; (words.say("by-hand-fingerprint")) " " code { (grouped(fingerprint)) } }
                    }
                }
            }
            p.hint { (words.say("not-shown")) }
        }
    }
}

/// In groups of four, as people compare.
fn grouped(fingerprint: &str) -> String {
    let letters: Vec<char> = fingerprint.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// What the script says, in the page's language; `⟦…⟧` is what it fills in.
fn phrases(words: &Words) -> Markup {
    let plain = [
        ("checking", words.say("checking")),
        ("verified", words.say("verified")),
        ("closed", words.say("verified-closed")),
        ("no-clock", words.say("verified-no-clock")),
        ("carried", words.say("verified-carried")),
        ("late", words.say("sealed-late")),
        ("not-verified", words.say("not-verified")),
        ("failed-file", words.say("failed-file")),
        ("failed-key", words.say("failed-key")),
        ("failed-log", words.say("failed-log")),
        ("failed-text", words.say("failed-text")),
        ("failed-row", words.say("failed-row")),
        ("failed-time", words.say("failed-time")),
        ("failed-load", words.say("failed-load")),
        ("failed-browser", words.say("failed-browser")),
        ("failed-page", words.with("failed-page", [("parts", Value::from("⟦parts⟧"))])),
        ("before", words.with("verified-before", [("before", Value::from("⟦before⟧"))])),
        ("key", words.with("verified-key", [("fingerprint", Value::from("⟦fingerprint⟧"))])),
        ("part", words.with("verified-parts", [("n", Value::number(1_u64)), ("parts", Value::from("⟦parts⟧"))])),
        ("parts", words.with("verified-parts", [("n", Value::number(5_u64)), ("parts", Value::from("⟦parts⟧"))])),
        ("and", words.with("and", [("first", Value::from("⟦first⟧")), ("last", Value::from("⟦last⟧"))])),
        ("comma", words.say("comma")),
        ("moment", words.with("moment", [("date", Value::from("⟦date⟧")), ("time", Value::from("⟦time⟧"))])),
    ];
    html! {
        template #phrases { @for (name, text) in plain { span data-say=(name) { (text) } } }
    }
}

/// The bundle in the page itself: a JSON string of base64, which has no character that HTML or JSON would need to escape.
fn inside(scene: &Scene<'_>, statement: &Statement, version: &Version) -> Markup {
    let Some(bytes) = scene.published.bundle(&statement.id, version.number).filter(|bytes| bytes.len() < INSIDE) else {
        return html! {};
    };
    html! {
        script #bundle type="application/json" { (PreEscaped(format!("\"{}\"", BASE64_STANDARD.encode(bytes)))) }
    }
}
