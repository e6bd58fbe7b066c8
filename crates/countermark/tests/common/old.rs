//! An office whose clock was set back while it sealed, made with the libraries; the program then finds it as it is.

#![allow(dead_code)] // each test file uses a part of it

use std::path::Path;

use countermark_codebook::Epsilon;
use countermark_marking::Master;
use countermark_office::{Founding, Office, SealRequest, To};
use countermark_proof::TableSize;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;

use crate::common::Desk;

pub const PASSPHRASE: &str = "correct horse battery staple";
const DAY_MS: u64 = 86_400_000;

/// A message as it was sealed.
pub struct Old {
    pub id: String,
    /// The copies' texts: of recipients 1 and 2.
    pub copies: Vec<String>,
}

/// An office in the desk's folder that sealed a message so many days ago each, to two recipients, and handed the first copy over.
pub fn office(desk: &Desk, days_ago: &[u64]) -> Vec<Old> {
    let at = |name: &str| desk.path(name);
    let store = Box::new(SqliteStore::create(&at("v.db")).unwrap());
    let vault = Vault::create(store, Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(5))).unwrap();
    let founding = Founding { origin: Some("test.example/log"), table: TableSize::FULL };
    let log = Folder::create(&at("v.log")).unwrap();
    drop(Office::create(vault, log, &at("v.looks"), founding, "test", Box::new(|| 0)).unwrap());
    days_ago.iter().enumerate().map(|(number, days)| seal(&at("v.db"), number, *days)).collect()
}

fn seal(vault: &Path, number: usize, days_ago: u64) -> Old {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let sealed = u64::try_from(now).unwrap() - days_ago * DAY_MS;
    let store = Box::new(SqliteStore::open(vault).unwrap());
    let seed = 100 + u64::try_from(number).unwrap();
    let open = Vault::open(store, Unlock::Passphrase(PASSPHRASE), Box::new(rng(seed))).unwrap();
    let log = Folder::open(&vault.with_extension("log")).unwrap();
    let mut office = Office::open(open, log, &vault.with_extension("looks"), "test", Box::new(move || sealed)).unwrap();
    let given = office.seal_now(&request(number)).unwrap();
    office.hand_over(&given.reference, "1", "paper", None).unwrap();
    let id = given.message.0.iter().map(|byte| format!("{byte:02x}")).collect();
    Old { id, copies: given.copies.into_iter().map(|copy| copy.text).collect() }
}

/// Letters of different words, so that a text is of one of them.
fn request(number: usize) -> SealRequest {
    let places = ["harbour", "railway", "orchard", "archive"];
    let place = places[number % places.len()];
    let text = format!(
        "Dear friends of the {place},\n\n{{I am writing|I write}} to you {{ahead of|before}} our {place} meeting in Lisk. \
         {{None of this|Nothing in this}} {place} is {{meant|intended}} as an ultimatum, and I {{remain|am}} at your disposal \
         {{at any hour|at any time}}.\n\nWe {{met|spoke}} {{twice|two times}} {{last year|in the last year}} at the {place}, and \
         {{each time|every time}} we {{found|reached}} common {place} ground. {{Let us|We should}} {{try|attempt}} {{again|once more}}.\n"
    );
    SealRequest {
        master: Master::parse(&text).unwrap(),
        to: To::Numbers(2),
        epsilon: "1e-2".parse::<Epsilon>().unwrap(),
        marked_line: true,
        print_reference: false,
        as_sent: None,
        max_recipients: 50,
    }
}
