//! Damaged answers: whatever bytes come, parsing ends and says something. The seed is printed where a test fails.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use common::{exchange, sample};
use countermark_sources::{feed, page, telegram_bot, telegram_web};

/// A small generator (xorshift64*, Vigna 2016), so that a seed says it all.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % most.max(1)
    }
}

/// Bytes changed, cut out, doubled, or swapped for what means something to a parser.
fn damage(bytes: &[u8], draw: &mut Draw) -> Vec<u8> {
    const PIECES: [&[u8]; 10] = [
        b"<![CDATA[",
        b"]]>",
        b"<",
        b"&#x110000;",
        b"\xff\xfe",
        b"\0",
        b"<!--",
        b"&l9;",
        b"\"",
        b"9999999999999999999999",
    ];
    let mut bytes = bytes.to_vec();
    for _ in 0..=draw.below(6) {
        let at = draw.below(bytes.len());
        let end = (at + draw.below(200)).min(bytes.len());
        match draw.below(4) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..at, PIECES[draw.below(PIECES.len())].iter().copied())),
            2 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = byte.wrapping_add(draw.0 as u8 | 1)),
            _ => {
                let piece = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, piece));
            }
        }
    }
    bytes
}

fn each(files: &[&str], rounds: u64, parse: impl Fn(&[u8])) {
    for file in files {
        let Some(bytes) = sample(file) else { return };
        for seed in 1..=rounds {
            let damaged = damage(&bytes, &mut Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| parse(&damaged)));
            assert!(outcome.is_ok(), "{file}, seed {seed}");
        }
    }
}

#[test]
fn damaged_feeds() {
    let files = [
        "feeds/atom_xml_base.xml",
        "feeds/encoding_WINDOWS-1251.xml",
        "feeds/jsonfeed_example_1.json",
        "feeds/koi8r.xml",
        "feeds/rss_1.0_example_1.xml",
        "feeds/rss_2.0_example_1.xml",
        "feeds/rss_incomplete_cdata.xml",
        "feeds/utf-16le-bom.xml",
    ];
    each(&files, 300, |bytes| drop(feed::parse(bytes, Some("text/xml"), "http://example.org/", &exchange())));
}

#[test]
fn damaged_pages() {
    let files = ["telegram-web/telegram-test-channel.html", "telegram-web/message_poll.html"];
    each(&files, 40, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        drop(telegram_web::parse(&text, "test_channel", &exchange()));
        drop(page::parse(bytes, Some("text/html"), "http://example.org/", &exchange()));
    });
}

#[test]
fn damaged_updates() {
    let files = ["telegram-bot-api/photo.json", "telegram-bot-api/message_forward_origin.json"];
    each(&files, 500, |bytes| {
        if let Ok(update) = serde_json::from_slice(bytes) {
            drop(telegram_bot::parse(update, &telegram_bot::Channels::All, &exchange()));
        }
    });
}
