//! Fills a vault for the bench of the desk, `bench/desk/run`: so many messages, so many cases, an address book.
//!
//!     cargo bench -p countermark --bench desk -- FOLDER [messages=10000] [cases=1000]
//!
//! In FOLDER stands `pass`, the vault's passphrase; what is made is `v.db` with its log and journal. Letters are those of the
//! bench of screening; the seed is fixed, keys are not.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../../../bench/screening/src/chance.rs"]
mod chance;
#[path = "../../../bench/screening/src/generator.rs"]
#[allow(dead_code)]
mod generator;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use countermark_codebook::Epsilon;
use countermark_marking::Master;
use countermark_office::{Captured, Founding, Office, Origin, Piece, SealRequest, To};
use countermark_proof::TableSize;
use countermark_reading::Names;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

use crate::generator::Generator;

/// Correspondents in the address book.
const PEOPLE: usize = 200;

/// A message has so many recipients, in turn.
const RECIPIENTS: [usize; 4] = [1, 1, 2, 3];

/// What stands before each letter: places with alternatives, as an accepted rule makes them.
const SITES: &str =
    "{I am writing to you|I write to you} {about|on} what we said{ in Lisk|}, {because|since} I {think|believe} so. ";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    // `cargo test --benches` asks for nothing.
    let Some(folder) = args.first() else { return };
    let number = |name: &str, usual: usize| {
        let given = args.iter().find_map(|arg| arg.strip_prefix(name)?.strip_prefix('='));
        given.map_or(usual, |given| given.parse().unwrap())
    };
    let (messages, cases) = (number("messages", 10_000), number("cases", 1_000));
    let began = Instant::now();
    let mut office = office(Path::new(folder));
    for n in 0..PEOPLE {
        let fields = BTreeMap::from([("salutation".to_owned(), format!("Dear Minister {n},"))]);
        office.add_person(&handle(n), &format!("Minister {n} of Velmora"), &fields).unwrap();
    }
    let letters = Generator::new(&letters(), 7);
    // A leak is looked for among all messages: with the first tenth there it takes a tenth of the time, and the pages show the same.
    let first = messages.div_ceil(10).max(cases.min(messages));
    for n in 0..messages {
        seal(&mut office, &letters, n);
        if n + 1 == first {
            for case in 0..cases {
                open(&mut office, &letters, case, first);
            }
        }
    }
    office.publish_now(None).unwrap();
    println!("{messages} messages and {cases} cases in {:.0} s", began.elapsed().as_secs_f64());
}

fn office(folder: &Path) -> Office {
    let passphrase = std::fs::read_to_string(folder.join("pass")).unwrap();
    let store = Box::new(SqliteStore::create(&folder.join("v.db")).unwrap());
    let random = Box::new(UnwrapErr(SysRng));
    let vault = Vault::create(store, Unlock::Passphrase(passphrase.trim_end()), Kdf::DEFAULT, random).unwrap();
    let log = Folder::create(&folder.join("v.log")).unwrap();
    let founding = Founding { origin: Some("bench.example/log"), table: TableSize::FULL };
    Office::create(vault, log, &folder.join("v.looks"), founding, "bench", Box::new(now_ms)).unwrap()
}

fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

fn handle(n: usize) -> String {
    format!("minister{}", n % PEOPLE)
}

fn letters() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench");
    let text = |folder: &str, n: u32| std::fs::read_to_string(root.join(format!("{folder}/{n:02}.txt"))).unwrap();
    (1..=40).flat_map(|n| [text("letters", n), text("messages/tune", n)]).collect()
}

fn seal(office: &mut Office, letters: &Generator, n: usize) {
    let letter = letters.letter(n as u64).replace(['{', '}', '\\'], "");
    let master = Master::parse(&format!("{SITES}{letter}")).unwrap();
    let to: Vec<String> = (0..RECIPIENTS[n % RECIPIENTS.len()]).map(|at| handle(n + 7 * at)).collect();
    let request = SealRequest {
        master,
        to: To::Handles(to.clone()),
        epsilon: "1e-4".parse::<Epsilon>().unwrap(),
        marked_line: true,
        print_reference: true,
        as_sent: None,
        max_recipients: 50,
    };
    let sealed = office.seal(&request).unwrap();
    // Two of three have left.
    if !n.is_multiple_of(3) {
        let message: String = sealed.message.0.iter().map(|byte| format!("{byte:02x}")).collect();
        office.hand_over(&message, &to[0], "courier", None).unwrap();
    }
}

/// Of ten cases seven show half a letter, one all of it, two show words that nobody wrote.
fn open(office: &mut Office, letters: &Generator, n: usize, messages: usize) {
    let letter = letters.letter((n * 7 % messages) as u64).replace(['{', '}', '\\'], "");
    let half = letter.split_inclusive(' ').take(letter.split(' ').count() / 2).collect::<String>();
    let text = match n % 10 {
        0..7 => format!("What he writes to us, and does not say aloud: {half}"),
        7 => letter,
        _ => format!(
            "Ada Lindvar wrote to me on day {n}: “We shall sell harbour number {n} to whoever pays most, and nobody will hear of it before spring.”"
        ),
    };
    let mut names = Names::new();
    names.add::<&str>("Ada Lindvar", []);
    let address = format!("https://channel.example/krasz/{n}");
    let captured = Captured {
        bytes: text.as_bytes(),
        at: now_ms() / 1000,
        pieces: vec![Piece { role: "own".to_owned(), text: text.clone(), ..Piece::default() }],
        origin: Some(Origin {
            source: "krasz".to_owned(),
            post: address.clone(),
            url: Some(address),
            author: Some("Dario Krasz".to_owned()),
            published_at: Some(now_ms() / 1000),
            handle: String::new(),
        }),
    };
    let reason = n.is_multiple_of(20).then_some("the bench asks");
    office.open_case_on(&captured, &names, reason).unwrap();
}
