//! Versions and folders for the tests.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part of it

use std::collections::BTreeMap;
use std::path::Path;

use countermark_statement::{
    BundleFile, Change, ChangeKind, Comment, Invited, Kind, Opened, Part, Post, Reply, State, Version, Withdrawn,
};
use sha2::{Digest, Sha256};

pub const BUNDLE: &[u8] = b"{\"a bundle\":\"of some kind\"}";

pub fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn notice(number: u32) -> Version {
    Version {
        number,
        published_at: 1_900_000_000 + u64::from(number),
        language: "en".into(),
        title: format!("On the harbour, {number}"),
        category: Some("Harbour".into()),
        byline: "The office of Ines Aldric".into(),
        text: "No such letter was sent.\n\nAsk us.".into(),
        note: (number > 1).then(|| "Corrects the second paragraph.".into()),
        kind: Kind::Notice,
        post: None,
        opened: None,
        changes: vec![],
        bundle: None,
    }
}

pub fn answer(number: u32) -> Version {
    let post = "They wrote: we will never pay the dues.";
    Version {
        kind: Kind::Leak,
        post: Some(Post {
            source: Some("gazette.example".into()),
            url: Some("https://gazette.example/17".into()),
            author: Some("The Lisk Gazette".into()),
            published_at: Some(1_899_999_000),
            captured_at: 1_899_999_500,
            sha256: Some(sha256(post.as_bytes())),
            text: Some(post.into()),
        }),
        opened: Some(Opened {
            reference: Some("7F3K-92QD".into()),
            parts: vec![
                Part {
                    number: 1,
                    words: "6-10".into(),
                    text: Some("We will pay the dues in May. ".into()),
                    paragraph: false,
                },
                Part { number: 2, words: "21-40".into(), text: None, paragraph: true },
            ],
        }),
        changes: vec![Change {
            kind: ChangeKind::Changed,
            part: Some(1),
            sent: Some("pay the dues in May".into()),
            published: Some("never pay the dues".into()),
            at: Some((20, 38)),
        }],
        bundle: Some(BundleFile { sha256: sha256(BUNDLE), bytes: BUNDLE.len() as u64 }),
        ..notice(number)
    }
}

pub fn state() -> State {
    State {
        related: vec!["another-one".into()],
        replies: vec![Reply { name: "Gazette".into(), at: 5, text: "We stand by it.".into() }],
        comments: vec![Comment { name: "Jo".into(), at: 6, text: "Well.\n\tSo?".into() }],
        invited: vec![Invited { sha256: "ab".repeat(32), until: 9 }],
        withdrawn: Some(Withdrawn { at: 7, reason: "It was about another letter.".into() }),
    }
}

/// Every file under a folder with its bytes.
pub fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found
}
