//! Damaged answers of the services that speak JSON: whatever bytes come, parsing ends and says something. The seed is printed where
//! a test fails.

use std::sync::Arc;

use countermark_sources::{Exchange, bluesky, mastodon, vk};

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

const VK: &str = r##"{"response": {"count": 2, "items": [{"id": 7, "owner_id": -5, "from_id": -5, "date": 1700000000, "edited": 1700000100,
"text": "[club9|The Gazette] has it [#alias|a|b]", "attachments": [{"type": "photo", "photo": {"text": "page", "sizes": [{"type": "s",
"width": 75, "height": 50, "url": "https://i.example/s"}], "photo_604": "https://i.example/o"}}, {"type": "poll", "poll": {"question": "?",
"answers": [{"text": "yes"}]}}], "copy_history": [{"id": 1, "owner_id": 3, "text": "as [id4|Boris] said"}]}],
"profiles": [{"id": 3, "first_name": "Anna", "last_name": "Berg"}], "groups": [{"id": 5, "name": "Club"}]}}"##;

const MASTODON: &str = r#"[{"id": "9", "created_at": "2026-01-02T03:04:05.678Z", "spoiler_text": "w", "content": "<p>a &amp; <br>b</p>",
"edited_at": "2026-01-02T03:04:05Z", "url": "https://social.example/@anna/9", "account": {"acct": "anna", "display_name": "Anna"},
"reblog": {"id": "8", "content": "<p>c", "poll": {"options": [{"title": "d"}]}}, "quote": {"quoted_status": {"content": "e"}},
"media_attachments": [{"type": "image", "url": "https://i.example/1", "description": "f"}], "card": {"title": "g"}}]"#;

const BLUESKY: &str = r#"{"did":"did:plc:abc","time_us":1779719009157119,"kind":"commit","commit":{"operation":"create",
"collection":"app.bsky.feed.post","rkey":"3mm","record":{"text":"a","createdAt":"2026-05-25T14:23:28.757Z","reply":{"parent":{"uri":
"at://did:plc:x/app.bsky.feed.post/1"}},"embed":{"images":[{"alt":"b","image":{"ref":{"$link":"bafy"}}}],"record":{"uri":"at://y/z"}}}}}"#;

/// Bytes changed, cut out, doubled, or swapped for what means something to a parser.
fn damaged(text: &str, seed: u64) -> Vec<u8> {
    const PIECES: [&str; 14] = [
        "[",
        "{",
        "]}",
        "\"",
        "null",
        "-1",
        "1e999",
        "99999999999999999999",
        "\\ud800",
        "\\u0000",
        "|",
        "é",
        "/../",
        "\u{202e}",
    ];
    let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=draw.below(4) {
        let at = draw.below(bytes.len());
        let end = (at + draw.below(60)).min(bytes.len());
        match draw.below(4) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..at, PIECES[draw.below(PIECES.len())].bytes())),
            2 => bytes[at] = bytes[at].wrapping_add(draw.below(255) as u8),
            _ => {
                let piece = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, piece));
            }
        }
    }
    bytes
}

/// How many of the damaged answers still were one.
fn survivors(text: &str, parse: impl Fn(&[u8], &Arc<Exchange>) -> bool) -> usize {
    let exchange = Arc::new(Exchange { url: String::new(), at_ms: 0, request: Vec::new(), response: Vec::new() });
    assert!(parse(text.as_bytes(), &exchange), "the answer itself");
    let survives = |seed: &u64| {
        let bytes = damaged(text, *seed);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| parse(&bytes, &exchange)));
        outcome.unwrap_or_else(|_| panic!("seed {seed}"))
    };
    (1..=4_000).filter(survives).count()
}

#[test]
fn damaged_answers() {
    for survived in [
        survivors(VK, |bytes, exchange| vk::parse(bytes, exchange).is_ok_and(|posts| !posts.is_empty())),
        survivors(MASTODON, |bytes, exchange| mastodon::parse(bytes, exchange).is_ok_and(|posts| !posts.is_empty())),
        survivors(BLUESKY, |bytes, exchange| bluesky::parse(bytes, exchange).is_ok_and(|post| post.is_some())),
    ] {
        // Enough on both sides, or the damage would test nothing.
        assert!((100..3_900).contains(&survived), "{survived}");
    }
}
