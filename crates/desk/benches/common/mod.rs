//! A vault with so many messages and drafts, in a file: what the desk's benches and looks stand on.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each bench uses a part of it

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countermark_codebook::Epsilon;
use countermark_marking::Master;
use countermark_office::{Founding, Office, SealRequest, To};
use countermark_proof::TableSize;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;

/// A Monday in a year to come.
pub const NOW: u64 = 1_900_000_000_000;

/// Persons of the address book.
const PEOPLE: usize = 40;

/// A letter of some 150 words with 20 sites, each another one.
pub fn letter(number: usize) -> String {
    let mut state = number as u64 + 1;
    let mut draw = move |below: u64| {
        // Knuth's MMIX generator; the high bits are the good ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let syllables = ["ba", "do", "ki", "lu", "ne", "pra", "so", "ti", "vo", "zem"];
    let mut word = || (0..3).map(|_| syllables[draw(10) as usize]).collect::<String>();
    let mut text = String::from("Dear {=salutation},\n\n");
    for site in 0..20 {
        let (a, b, c, d, e, f) = (word(), word(), word(), word(), word(), word());
        text.push_str(&format!("{a} {b} {{should|ought}} {c} {d} {e} {f}"));
        text.push_str(if site % 3 == 2 { ". " } else { " " });
    }
    text
}

pub fn handle(number: usize) -> String {
    format!("person-{:02}", number % PEOPLE)
}

/// Makes the vault `v.db` in a folder, with what belongs to it, and seals so many messages to two persons each. Every message is really
/// sealed, by the office's own `seal`; the folder should lie in memory, where nothing waits for a disk.
pub fn vault(dir: &Path, messages: usize) -> Office {
    let store = Box::new(SqliteStore::create(&dir.join("v.db")).unwrap());
    let vault = Vault::create(store, Unlock::Passphrase("p"), Kdf::CHEAP, Box::new(rng(3))).unwrap();
    let founding = Founding { origin: Some("bench.example/log"), table: TableSize::FULL };
    let log = Folder::create(&dir.join("v.log")).unwrap();
    let clock = Arc::new(AtomicU64::new(NOW));
    let reads = clock.clone();
    let now = Box::new(move || reads.load(Ordering::Relaxed));
    let mut office = Office::create(vault, log, &dir.join("v.looks"), founding, "bench", now).unwrap();
    for number in 0..PEOPLE {
        let fields = BTreeMap::from([("salutation".to_owned(), format!("Person {number}"))]);
        office.add_person(&handle(number), &format!("Person {number}"), &fields).unwrap();
    }
    for number in 0..messages {
        clock.fetch_add(60_000, Ordering::Relaxed);
        let sealed = office.seal(&request(number)).unwrap();
        if number % 2 == 0 {
            let id: String = sealed.message.0.iter().map(|byte| format!("{byte:02x}")).collect();
            office.hand_over(&id, &handle(number), "by hand", None).unwrap();
        }
    }
    office
}

fn request(number: usize) -> SealRequest {
    SealRequest {
        master: Master::parse(&letter(number)).unwrap(),
        to: To::Handles(vec![handle(number), handle(number + 7)]),
        epsilon: Epsilon::default(),
        marked_line: true,
        print_reference: number % 3 == 0,
        as_sent: None,
        max_recipients: 50,
    }
}
