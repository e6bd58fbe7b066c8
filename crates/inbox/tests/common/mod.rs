//! Items of fictional posts, a desk's identity, and a whole reading of a spool.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)] // each test file uses a part of it

use std::path::Path;

use age::x25519::Identity;
use countermark_inbox::{Damage, Item, Level, Position, Reader, Text};

/// The same identity in every process of a test.
pub const IDENTITY: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

pub fn identity() -> Identity {
    IDENTITY.parse().unwrap()
}

pub fn recipient() -> String {
    identity().to_public().to_string()
}

pub fn item(number: u64, level: Level, bytes: usize) -> Item {
    let text = format!("the ferry to Lisk is post {number}");
    Item {
        handle: format!("{number:032x}"),
        source: "gazette".into(),
        post: number.to_string(),
        url: Some(format!("https://gazette.example/{number}")),
        author: None,
        published_at: Some(1_900_000_000 + number),
        captured_at: 1_900_000_001 + number,
        level,
        texts: vec![Text { role: "own".into(), author: None, text, confidences: vec![], shared: vec![] }],
        sha256: String::new(),
        capture: vec![b'c'; bytes],
    }
}

/// Everything behind a position, and what was damaged.
pub fn read(dir: &Path, after: &Position) -> (Vec<(u64, Item)>, Vec<Damage>) {
    let mut reader = Reader::open(dir, &identity()).unwrap();
    let mut found = Vec::new();
    let mut at = after.clone();
    while let Some((position, item)) = reader.next(&at).unwrap() {
        assert!(position.number > at.number || at.spool != position.spool);
        found.push((position.number, item));
        at = position;
    }
    (found, reader.damage())
}

pub fn posts(found: &[(u64, Item)]) -> Vec<u64> {
    found.iter().map(|(_, item)| item.post.parse().unwrap()).collect()
}
