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
    // Its page says so above everything else, and offers no proof.
    if scene.published.is_unproved(&statement.id, version) {
        return html! {};
    }
    let address = format!("/statements/{}.bundle.json", key(&statement.id, version.number));
    let site = scene.site();
    let fingerprint = Keys::of(site).fingerprint();
    let hand = ByHand { scene, version, bundle, address: &address, fingerprint: fingerprint.as_deref() };
    html! {
        section.proof #proof aria-labelledby="proof-title"
            data-bundle=(address) data-sha256=(bundle.sha256) data-log-key=[site.log_key.as_deref()]
            data-witnesses=(site.witnesses.join(" ")) data-fingerprint=[fingerprint.as_deref()]
            data-captured=[version.post.as_ref().map(|post| post.captured_at)] {
            h2 #proof-title { (words.say("proof")) }
            @if let Some(found) = scene.published.proof(&statement.id, version) { (clock(words, version, &found)) }
            @let unchecked = if scene.manner == Manner::Preview { "not-run-preview" } else { "not-run" };
            div.outcome #outcome role="status" { p { (words.say(unchecked)) } }
            (hand.on_screen())
            (hand.on_paper())
            (phrases(words))
            @if scene.manner == Manner::Files { (inside(scene, statement, version)) }
        }
    }
}

fn clock(words: &Words, version: &Version, found: &Proof) -> Markup {
    // A bundle that answers words kept back names no capture; the page does.
    let captured = version.post.as_ref().map_or(u64::MAX, |post| post.captured_at);
    let late = found.late || found.sealed_before.unwrap_or(found.written_at) > captured;
    html! {
        @if let Some(fault) = found.fault {
            p.alert { (words.say("bundle-broken")) " " (words.say(reason(fault))) " (" code { (fault) } ")" }
        } @else if let Some(at) = found.sealed_before {
            p.clock { time datetime=(super::stamp(at)) { (words.with("sealed-before", [("date", Value::from(words.moment(at)))])) } }
        } @else {
            p.clock { (words.with("no-clock", [("date", Value::from(words.date(found.written_at)))])) }
        }
        @if late { p.alert { (words.say("sealed-late")) } }
    }
}

/// Which sentence tells a reason of the verifier's; as the script has it.
fn reason(code: &str) -> &'static str {
    match code {
        "wrong-log" | "log-key" => "failed-key",
        "checkpoint" | "slot" | "table" | "table-size" | "not-logged" | "capture" => "failed-log",
        "commitment" | "settings" => "failed-text",
        "row" | "row-limits" | "row-below-line" | "name" => "failed-row",
        "token" => "failed-time",
        _ => "failed-file",
    }
}

/// How one checks without trusting this page.
struct ByHand<'a> {
    scene: &'a Scene<'a>,
    version: &'a Version,
    bundle: &'a BundleFile,
    address: &'a str,
    fingerprint: Option<&'a str>,
}

impl ByHand<'_> {
    fn on_screen(&self) -> Markup {
        let words = self.scene.words;
        let download = words.with("download", [("kb", Value::number(self.bundle.bytes.div_ceil(1000)))]);
        html! {
            details.by-hand {
                summary { (words.say("by-hand")) }
                ol {
                    li { (words.say("by-hand-1")) (words.say("colon")) a href=(self.address) download=(self.file()) { (download) } }
                    li { (words.say("by-hand-2")) pre { code { (self.command()) } } }
                    li { a href="/verify.html" { (words.say("verifier-page")) } (words.say("colon")) (words.say("by-hand-3")) }
                    (self.key())
                }
                p.hint { (words.say("not-shown")) }
            }
        }
    }

    /// A print shows nothing that a browser found: what stands there instead is how to find it.
    fn on_paper(&self) -> Markup {
        let words = self.scene.words;
        html! {
            div.on-paper {
                p { (words.say("paper")) }
                ol {
                    li { (words.say("by-hand-1")) (words.say("colon")) code { (self.scene.absolute(self.address)) } br; (words.say("paper-hash")) " " code { (self.bundle.sha256) } }
                    li { (words.say("by-hand-2")) " " code { (self.command()) } }
                    li { code { (self.scene.absolute("/verify.html")) } (words.say("colon")) (words.say("by-hand-3")) }
                    (self.key())
                }
                p { (words.say("not-shown")) }
            }
        }
    }

    fn file(&self) -> String {
        format!("{}.bundle.json", self.version.number)
    }

    fn command(&self) -> String {
        match &self.scene.site().log_key {
            Some(key) => format!("countermark verify --log-key '{key}' {}", self.file()),
            None => format!("countermark verify {}", self.file()),
        }
    }

    fn key(&self) -> Markup {
        let words = self.scene.words;
        html! {
            @if let Some(key) = &self.scene.site().log_key {
                li {
                    (words.say("by-hand-4")) " " code { (key) }
                    @if let Some(fingerprint) = self.fingerprint { br; (words.say("by-hand-fingerprint")) " " code { (grouped(fingerprint)) } }
                }
            }
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
