//! A small log with two sealed messages, and the forger's tools.
#![allow(dead_code, missing_docs, unreachable_pub)] // every test file uses its own share of this

pub mod clocks;
pub mod forged_rows;
pub mod forgeries;
pub mod rows;

use countermark_proof::hash::hash;
use countermark_proof::*;
use countermark_tlog::checkpoint::Checkpoint;
use countermark_tlog::merkle::{Tree, leaf_hash};
use countermark_tlog::note::{Signer, VerifierKey};
use countermark_tlog::proof::Proof;
use serde_json::Value;

pub const ORIGIN: &str = "countermark.example/log";

/// The owner of a log: everything that he, and nobody else, can do.
pub struct Owner {
    pub signer: Signer,
    pub table: TableSecret,
    pub tree: TableTree,
    pub leaves: Vec<Vec<u8>>,
}

/// One sealed message with what is kept of it.
#[derive(Clone)]
pub struct Message {
    pub text: SealedText,
    pub seed: u8,
    pub sealed: Sealed,
    pub slot: u32,
    pub index: u64,
}

impl Owner {
    pub fn new(seed: u8) -> Self {
        Self::with_table(seed, TableSize::SMALL)
    }

    pub fn with_table(seed: u8, size: TableSize) -> Self {
        let table = TableSecret::new([seed; 32], [seed ^ 0x55; 32], size);
        let tree = TableTree::build(&table);
        let leaves = vec![tree.leaf(&table).to_vec()];
        Self { signer: Signer::new(ORIGIN.parse().expect("a key name"), &[seed; 32]), table, tree, leaves }
    }

    pub fn key(&self) -> VerifierKey {
        self.signer.verifier().clone()
    }

    pub fn log(&self) -> LogId {
        LogId { origin: ORIGIN.to_owned(), key: self.key().public().try_into().expect("Ed25519") }
    }

    pub fn dummies(&mut self, count: u8) {
        for dummy in 0..count {
            self.leaves.push(vec![self.leaves.len() as u8 ^ dummy; 64]);
        }
    }

    pub fn seal(&mut self, sealing: &Sealing, seed: u8, slot: u32) -> Message {
        let sealed = commit(sealing, seed);
        let tag = self.table.slot(slot).expect("inside").tag(self.table.table());
        self.leaves.push(leaf(&tag, &sealed.commitment).to_vec());
        let index = self.leaves.len() as u64 - 1;
        Message { text: sealing.text.clone(), seed, sealed, slot, index }
    }

    pub fn head(&self) -> (Tree, Checkpoint) {
        let tree = Tree::new(self.leaves.iter().map(|entry| leaf_hash(entry)).collect());
        let head =
            Checkpoint { origin: ORIGIN.to_owned(), size: tree.size(), root: tree.root(), extensions: Vec::new() };
        (tree, head)
    }

    pub fn proof(&self, index: u64) -> Proof {
        let (tree, head) = self.head();
        let hashes = tree.inclusion(index).expect("inside");
        Proof { extra: None, index, hashes, checkpoint: head.sign(&self.signer).expect("signs") }
    }

    pub fn slot(&self, slot: u32) -> SlotOpening {
        let table_proof = self.head().0.inclusion(0).expect("inside");
        SlotOpening::new(&self.table, &self.tree, slot, table_proof).expect("inside")
    }

    pub fn bundle(&self, message: &Message, open: &[usize]) -> Bundle {
        let seed = TextSeed::from_bytes([message.seed; 32]);
        let (rest, commitment) = (&message.sealed.rest, message.sealed.commitment);
        Bundle {
            log: self.key(),
            opening: message.text.open(&seed, rest, &commitment, open).expect("opens"),
            commitment,
            slot: self.slot(message.slot),
            proof: self.proof(message.index),
            token: None,
            capture: None,
            row: None,
            words: None,
        }
    }
}

pub fn commit(sealing: &Sealing, seed: u8) -> Sealed {
    let random: Vec<_> = (0..sealing.copies.len()).map(|copy| randomness(seed, copy)).collect();
    let seeds = (TextSeed::from_bytes([seed; 32]), CodebookSeed::from_bytes([seed ^ 0xAA; 32]));
    sealing.commit(&seeds.0, &seeds.1, &random).expect("seals")
}

/// Bytes that stand for random ones, another 32 for every copy.
pub fn randomness(seed: u8, copy: usize) -> RecipientRandomness {
    let copy = (copy as u64).to_be_bytes();
    RecipientRandomness { salt: hash("salt", &[&[seed], &copy]), slope: hash("slope", &[&[seed], &copy]) }
}

pub fn part(text: &str) -> PartText {
    PartText {
        class: LengthClass::of_words(text.split_whitespace().count()),
        text: text.to_owned(),
        source: text.to_owned(),
    }
}

/// A letter with four parts and two sites, to two recipients, with one file copy.
pub fn letter(owner: &Owner, message: u8) -> Sealing {
    let parts = [
        "Dear Chancellor,\n\n",
        "we shall open the bridge at Lenz on the first of May. ",
        "Nobody outside this room has been told, and nobody will be before your answer is in my hands. ",
        "Yours,\nIrena Valt\n",
    ];
    Sealing {
        text: SealedText {
            message: MessageId([message; 16]),
            settings: Settings {
                log: owner.log(),
                rules: Rules::default(),
                epsilon: 100_000_000_000,
                copies: 3,
                file_copies: 1,
                texts: "6".to_owned(),
                marked_line: true,
            },
            approvers: Vec::new(),
            written: Written { at: 1_800_000_000, sealed_after: None },
            parts: parts.map(part).to_vec(),
        },
        sites: vec![SealedSite { alternatives: 2, tie: None }, SealedSite { alternatives: 3, tie: Some(1) }],
        part_sites: vec![vec![], vec![0, 1], vec![1], vec![]],
        copies: vec![
            SealedCopy { recipient: Recipient::Named("The Chancellor of Ruvia".to_owned()), codeword: vec![0, 1] },
            SealedCopy { recipient: Recipient::Named("The Envoy of Ostrava".to_owned()), codeword: vec![1, 2] },
            SealedCopy { recipient: Recipient::FileCopy, codeword: vec![0, 0] },
        ],
    }
}

/// An owner with dummies, two messages and more dummies in his log.
pub fn world() -> (Owner, Message, Message) {
    let mut owner = Owner::new(1);
    owner.dummies(2);
    let sealing = letter(&owner, 3);
    let one = owner.seal(&sealing, 11, 77);
    owner.dummies(3);
    let mut other = letter(&owner, 4);
    other.text.parts[1] = part("the bridge at Lenz stays closed. ");
    let other = owner.seal(&other, 12, 200);
    owner.dummies(1);
    (owner, one, other)
}

/// A stand-in for a time-stamper: a token is the word `at`, the time, and a hash of time and imprint.
pub fn token(at: u64, imprint: &[u8; 32]) -> Vec<u8> {
    [b"at".as_slice(), &at.to_be_bytes(), &hash("stamp", &[&at.to_be_bytes(), imprint])].concat()
}

/// Checks the stand-in's tokens, and trusts them.
pub fn stamper(token: &[u8], imprint: &[u8; 32]) -> Stamp {
    match token.strip_prefix(b"at").and_then(|rest| rest.split_first_chunk::<8>()) {
        Some((at, stamped)) if *stamped == hash("stamp", &[at, imprint]) => Stamp::Trusted(u64::from_be_bytes(*at)),
        _ => Stamp::Refused,
    }
}

/// The canonical form, written without the crate under test; keys here are ASCII, for which the order of bytes is
/// that of UTF-16.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<_> = members.keys().collect();
            keys.sort();
            let members: Vec<_> =
                keys.iter().map(|key| format!("{}:{}", Value::from(key.as_str()), canonical(&members[*key]))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// A bundle as the forger holds it.
pub fn open_file(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("a bundle is JSON")
}

/// Writes a forged bundle with the hash that fits it.
pub fn close_file(mut value: Value) -> Vec<u8> {
    if let Some(members) = value.as_object_mut() {
        members.remove("~hash");
        let form = canonical(&Value::Object(members.clone()));
        let format = value["format"].as_str().unwrap_or(FORMAT);
        let hash = hash(format, &[form.as_bytes()]);
        value["~hash"] = base64(&hash).into();
    }
    canonical(&value).into_bytes()
}

pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Verifies as a reader of this owner's log would, small tables allowed.
pub fn check(owner: &Owner, bytes: &[u8]) -> Report {
    let key = owner.key();
    verify(
        bytes,
        &VerifyOptions {
            log_key: Some(&key),
            timestamps: Some(&stamper),
            tables: Tables::AlsoSmall,
            ..VerifyOptions::default()
        },
    )
}
