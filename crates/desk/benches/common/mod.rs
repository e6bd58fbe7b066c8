//! A vault with so many messages and drafts, in a file: what the desk's benches and looks stand on.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each bench uses a part of it

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countermark_codebook::Epsilon;
use countermark_marking::Master;
use countermark_office::{Founding, Office, Rate, SealRequest, To};
use countermark_proof::TableSize;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;

pub mod timed;

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
    // So that what is sealed goes into the log as it does with anybody who seals so much.
    office.set_rate(Rate::new(Duration::from_secs(3600), 64).unwrap());
    for number in 0..messages {
        office.publish_due().unwrap();
        clock.fetch_add(60_000, Ordering::Relaxed);
        let sealed = office.seal(&request(number)).unwrap();
        if number % 2 == 0 {
            let id: String = sealed.message.0.iter().map(|byte| format!("{byte:02x}")).collect();
            office.hand_over(&id, &handle(number), "by hand", None).unwrap();
        }
    }
    office
}

/// The same vault, opened anew: nothing of it is in memory.
pub fn open(dir: &Path) -> Office {
    let store = Box::new(SqliteStore::open(&dir.join("v.db")).unwrap());
    let vault = Vault::open(store, Unlock::Passphrase("p"), Box::new(rng(4))).unwrap();
    let log = Folder::create(&dir.join("v.log")).unwrap();
    Office::open(vault, log, &dir.join("v.looks"), "bench", Box::new(|| NOW + 86_400_000 * 30)).unwrap()
}

pub fn request(number: usize) -> SealRequest {
    SealRequest {
        master: Master::parse(&letter(number)).unwrap(),
        to: To::Handles(vec![handle(number), handle(number + 7)]),
        epsilon: Epsilon::default(),
        marked_line: true,
        print_reference: number.is_multiple_of(3),
        as_sent: None,
        max_recipients: 50,
    }
}

/// A letter as a person would write it.
pub const SAMPLE: &str = "Dear {=salutation},

Thank you for your letter of last week with regard to the harbour at Lisk. I am writing to you ahead of our meeting, since I would like us to agree on a number of points beforehand.

First of all, we are prepared to begin the talks prior to the conference. A number of our experts will assist you, and they are able to travel at short notice. However, we do not think that the question of the two crossings should be put off once again. It is important that both sides show that they are serious about it.

Secondly, the dues. Our offer remains as it was: half for the first year, and the whole amount thereafter. We cannot go further than this at present, although I have asked my colleagues to look into it in detail. Perhaps we will be able to say more at the end of the month.

In addition, I would be grateful if you could let me know by Friday whether this suits you. Please do not hesitate to contact me in case you need further information. I very much hope that we can keep this between us until then.

Yours sincerely,
Ida Maren
";
