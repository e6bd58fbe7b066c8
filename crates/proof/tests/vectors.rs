//! The vectors in `vectors/bundle/` are what this crate says of honest and forged bundles, so that verifiers in other
//! languages can be held to the same answers. `COUNTERMARK_WRITE_VECTORS=1` writes them anew.
#![allow(missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use countermark_proof::*;
use countermark_tlog::note::VerifierKey;
use countermark_tlog::timestamp::Anchors;
use serde_json::{Value, json};
use support::clocks::{Before, clock_cases, fixture, ml_dsa_key, unclocked};
use support::forged_rows::{forged_rows, honest_rows};
use support::forgeries::{Story, forgeries, honest, traps};
use support::*;

/// Beyond this a vector would be a file of its own size class; the same traps are tested without a vector.
const LARGEST: usize = 100_000;

/// The fields of a report that every verifier must agree with.
const FIELDS: [&str; 12] = [
    "valid",
    "reason",
    "key",
    "reference",
    "written_at",
    "opened",
    "closed",
    "sealed_before",
    "sealed_after",
    "after_publication",
    "clocks",
    "row",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/bundle")
}

/// A file's name: the reason, then what the case is about.
fn name(reason: &str, about: &str) -> String {
    format!("{reason}-{}.json", about.replace([',', '\''], "").replace([' ', '^'], "-"))
}

/// What the reader of a vector trusts.
#[derive(Default)]
struct Trust {
    log_key: Option<String>,
    pem: Option<String>,
    witnesses: Vec<String>,
}

impl Trust {
    /// What this crate says of a bundle: the fields that every verifier must agree with.
    fn report(&self, bytes: &[u8]) -> Value {
        let key = self.log_key.as_ref().map(|key| key.parse().expect("a verifier key"));
        let anchors = self.pem.as_ref().map(|pem| Anchors::from_pem(pem.as_bytes()).expect("certificates"));
        let stampers = anchors.as_ref().map(Stampers);
        let witnesses: Vec<VerifierKey> =
            self.witnesses.iter().map(|key| key.parse().expect("a verifier key")).collect();
        let options = VerifyOptions {
            log_key: key.as_ref(),
            timestamps: stampers.as_ref().map(|stampers| stampers as &dyn TimestampVerifier),
            witnesses: &witnesses,
            tables: Tables::AlsoSmall,
        };
        let mut report = serde_json::to_value(verify(bytes, &options)).expect("JSON");
        if let Some(row) = report["row"].as_object_mut() {
            // Both stand in the bundle as they are.
            row.remove("sources");
            row.remove("published");
        }
        FIELDS
            .iter()
            .map(|field| ((*field).to_owned(), report[*field].take()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

struct Vectors(BTreeMap<String, Value>);

impl Vectors {
    fn add(&mut self, about: &str, bytes: &[u8], trust: &Trust, expected: &str) -> Value {
        let report = trust.report(bytes);
        assert_eq!(report["reason"], expected, "{about}");
        let mut vector = json!({
            "about": about,
            "log_key": trust.log_key,
            "small_tables": true,
            "expected": report,
        });
        match std::str::from_utf8(bytes) {
            Ok(text) => vector["bundle"] = text.into(),
            Err(_) => vector["bundle_base64"] = base64(bytes).into(),
        }
        if let Some(pem) = &trust.pem {
            vector["trust"] = pem.as_str().into();
        }
        if !trust.witnesses.is_empty() {
            vector["witnesses"] = trust.witnesses.clone().into();
        }
        let before = self.0.insert(name(expected, about), vector);
        assert_eq!(before, None, "{about} twice");
        report
    }
}

impl Vectors {
    /// What stands in place of the answer for a verifier that can't check ML-DSA-44: the witness is told of, and not checked.
    fn without_ml_dsa(&mut self, file: &str, bytes: &[u8], trust: &Trust) {
        let key = ml_dsa_key();
        let witnesses = trust.witnesses.iter().filter(|text| **text != key.to_string()).cloned().collect();
        let other = Trust { log_key: trust.log_key.clone(), pem: trust.pem.clone(), witnesses };
        let mut report = other.report(bytes);
        let told = json!({"kind": "cosignature", "name": key.name().to_string(), "state": "not checked", "time": null});
        // It is the last line of the note.
        report["clocks"].as_array_mut().expect("a list").push(told);
        self.0.get_mut(file).expect("added before")["expected_without_ml_dsa"] = report;
    }
}

/// All vectors by file name.
fn vectors() -> BTreeMap<String, Value> {
    let (owner, one, other, stamped) = honest();
    let mut file = open_file(&stamped);
    file.as_object_mut().expect("an object").remove("token");
    let bytes = close_file(file);
    let trust = Trust { log_key: Some(owner.key().to_string()), ..Trust::default() };
    let mut all = Vectors(BTreeMap::new());
    all.add("carried key", &bytes, &Trust::default(), "valid");
    let full: Vec<usize> = (1..=one.text.parts.len()).collect();
    let mut add = |about: &str, bytes: &[u8], expected: &str| drop(all.add(about, bytes, &trust, expected));
    add("an honest bundle", &bytes, "valid");
    add("all parts open", &owner.bundle(&one, &full).to_bytes(), "valid");
    add("all parts closed", &owner.bundle(&one, &[]).to_bytes(), "valid");
    add("the other message", &owner.bundle(&other, &[2]).to_bytes(), "valid");
    let mut late = owner.bundle(&one, &[1]);
    late.capture = Some(Capture { sha256: [0xCA; 32], at: 1_700_000_000, logged: None });
    add("sealed AFTER publication", &late.to_bytes(), "valid");
    add("a capture in the log", &logged_capture().to_bytes(), "valid");
    let traps = traps(&bytes).into_iter().filter(|(_, forged, _)| forged.len() < LARGEST);
    traps.for_each(|(about, forged, expected)| add(about, &forged, expected));
    let rows = honest_rows().into_iter().chain(forged_rows());
    rows.filter(|(_, bytes, _)| bytes.len() < LARGEST * 2)
        .for_each(|(about, bytes, expected)| add(about, &bytes, expected));
    let story = Story { owner, one, other };
    for (about, forge, expected) in forgeries() {
        let mut file = open_file(&bytes);
        forge(&mut file, &story);
        let forged = close_file(file);
        if expected != "token" && forged.len() < LARGEST {
            add(about, &forged, expected);
        }
    }
    clocks(&mut all);
    all.0
}

/// A bundle whose capture the log holds.
fn logged_capture() -> Bundle {
    let (mut owner, one, _) = world();
    let mut capture = Capture { sha256: [0xCA; 32], at: 1_800_050_000, logged: None };
    let (tag, salt) = ([0x77; 32], [0x78; 32]);
    owner.leaves.push(capture.leaf(&tag, &salt).to_vec());
    capture.logged = Some(LoggedCapture { tag, salt, proof: owner.proof(owner.leaves.len() as u64 - 1) });
    Bundle { capture: Some(capture), ..owner.bundle(&one, &[1, 2]) }
}

/// Time-stampers and witnesses, known and unknown.
fn clocks(all: &mut Vectors) {
    let (owner, _, _, digest) = unclocked();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let stamped = String::from_utf8(fixture("digest")).expect("digits");
    assert_eq!(stamped.trim(), hex, "the vectors' log changed: run tests/fixtures/make.sh {hex}");
    let pem = String::from_utf8(fixture("trusted.pem")).expect("PEM");
    for case in clock_cases() {
        let trust = Trust {
            log_key: Some(owner.key().to_string()),
            pem: Some(pem.clone()),
            witnesses: case.witnesses.iter().map(ToString::to_string).collect(),
        };
        let report = all.add(case.about, &case.bytes, &trust, case.reason);
        if case.witnesses.contains(&ml_dsa_key()) {
            all.without_ml_dsa(&name(case.reason, case.about), &case.bytes, &trust);
        }
        let before = report["sealed_before"].as_u64();
        match case.before {
            Before::Nothing => assert_eq!(before, None, "{}", case.about),
            Before::Stamped => assert!(before.is_some_and(|at| at > 1_700_000_000), "{}", case.about),
            Before::At(at) => assert_eq!(before, Some(at), "{}", case.about),
        }
    }
}

#[test]
fn the_vectors_are_what_this_crate_says() {
    let write = std::env::var_os("COUNTERMARK_WRITE_VECTORS").is_some();
    let vectors = vectors();
    assert!(vectors.len() > 200, "{} vectors", vectors.len());
    for (name, vector) in &vectors {
        let path = folder().join(name);
        let text = format!("{}\n", serde_json::to_string_pretty(vector).expect("JSON"));
        if write {
            std::fs::write(&path, &text).expect("the vectors' folder is there");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == text, "{name} differs; see the head of this file");
    }
    let files = std::fs::read_dir(folder()).expect("the vectors' folder is there");
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let strays: Vec<_> = names.filter(|name| name.ends_with(".json") && !vectors.contains_key(name)).collect();
    assert!(strays.is_empty(), "no longer made: {strays:?}");
}

/// Every file, read as another verifier would: nothing but what stands in it. The rows by a stranger too, of which this
/// crate made nothing.
#[test]
fn every_vector_holds_by_itself() {
    use base64::Engine as _;
    let mut wrong = Vec::new();
    let rows = std::fs::read_dir(folder().join("../rows")).expect("the rows' folder is there");
    for file in std::fs::read_dir(folder()).expect("the vectors' folder is there").chain(rows) {
        let path = file.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector: Value = serde_json::from_slice(&std::fs::read(&path).expect("readable")).expect("JSON");
        let bytes = match (&vector["bundle"], &vector["bundle_base64"]) {
            (Value::String(text), _) => text.clone().into_bytes(),
            (_, Value::String(text)) => base64::engine::general_purpose::STANDARD.decode(text).expect("base64"),
            _ => panic!("{} holds no bundle", path.display()),
        };
        let witnesses = vector["witnesses"].as_array().into_iter().flatten();
        let trust = Trust {
            log_key: vector["log_key"].as_str().map(str::to_owned),
            pem: vector["trust"].as_str().map(str::to_owned),
            witnesses: witnesses.filter_map(|key| Some(key.as_str()?.to_owned())).collect(),
        };
        let found = trust.report(&bytes);
        if found != vector["expected"] {
            wrong.push(format!("{}\n  found    {found}\n  expected {}", path.display(), vector["expected"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
