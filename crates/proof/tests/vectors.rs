//! The vectors in `vectors/bundle/` are what this crate says of honest and forged bundles, so that verifiers in other
//! languages can be held to the same answers. `COUNTERMARK_WRITE_VECTORS=1` writes them anew.
#![allow(missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use countermark_proof::*;
use serde_json::{Value, json};
use support::forgeries::{Story, forgeries, honest, traps};
use support::*;

/// Beyond this a vector would be a file of its own size class; the same traps are tested without a vector.
const LARGEST: usize = 100_000;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/bundle")
}

/// A file's name: the reason, then what the case is about.
fn name(reason: &str, about: &str) -> String {
    format!("{reason}-{}.json", about.replace([',', '\''], "").replace([' ', '^'], "-"))
}

fn vector(about: &str, bytes: &[u8], key: Option<&str>, report: &Report) -> Value {
    let mut vector = json!({
        "about": about,
        "log_key": key,
        "small_tables": true,
        "expected": {
            "valid": report.valid,
            "reason": report.reason,
            "key": report.key,
            "reference": report.reference,
            "written_at": report.written_at,
            "opened": report.opened,
            "closed": report.closed,
        },
    });
    match std::str::from_utf8(bytes) {
        Ok(text) => vector["bundle"] = text.into(),
        Err(_) => vector["bundle_base64"] = base64(bytes).into(),
    }
    vector
}

/// All vectors by file name. Time-stamps are left out: their trust anchors are no part of a bundle.
fn vectors() -> BTreeMap<String, Value> {
    let (owner, one, other, stamped) = honest();
    let mut file = open_file(&stamped);
    file.as_object_mut().expect("an object").remove("token");
    let bytes = close_file(file);
    let key = owner.key().to_string();
    let mut all = BTreeMap::new();
    let options = VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() };
    all.insert(
        "valid-carried-key.json".to_owned(),
        vector("an honest bundle, no key given", &bytes, None, &verify(&bytes, &options)),
    );
    let full: Vec<usize> = (1..=one.text.parts.len()).collect();
    let mut add = |about: &str, bytes: &[u8], expected: &str| {
        let report = check(&owner, bytes);
        assert_eq!(report.reason.code(), expected, "{about}");
        let before = all.insert(name(expected, about), vector(about, bytes, Some(&key), &report));
        assert_eq!(before, None, "{about} twice");
    };
    add("an honest bundle", &bytes, "valid");
    add("all parts open", &owner.bundle(&one, &full).to_bytes(), "valid");
    add("all parts closed", &owner.bundle(&one, &[]).to_bytes(), "valid");
    add("the other message", &owner.bundle(&other, &[2]).to_bytes(), "valid");
    let traps = traps(&bytes).into_iter().filter(|(_, forged, _)| forged.len() < LARGEST);
    traps.for_each(|(about, forged, expected)| add(about, &forged, expected));
    let story = Story { owner, one, other };
    for (about, forge, expected) in forgeries() {
        let mut file = open_file(&bytes);
        forge(&mut file, &story);
        let forged = close_file(file);
        if expected != "token" && forged.len() < LARGEST {
            let report = check(&story.owner, &forged);
            assert_eq!(report.reason.code(), expected, "{about}");
            let before = all.insert(name(expected, about), vector(about, &forged, Some(&key), &report));
            assert_eq!(before, None, "{about} twice");
        }
    }
    all
}

#[test]
fn the_vectors_are_what_this_crate_says() {
    let write = std::env::var_os("COUNTERMARK_WRITE_VECTORS").is_some();
    let vectors = vectors();
    assert!(vectors.len() > 90, "{} vectors", vectors.len());
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

/// Every file, read as another verifier would: nothing but what stands in it.
#[test]
fn every_vector_holds_by_itself() {
    use base64::Engine as _;
    for file in std::fs::read_dir(folder()).expect("the vectors' folder is there") {
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
        let key = vector["log_key"].as_str().map(|key| key.parse().expect("a verifier key"));
        let options = VerifyOptions { log_key: key.as_ref(), tables: Tables::AlsoSmall, ..VerifyOptions::default() };
        let report = serde_json::to_value(verify(&bytes, &options)).expect("JSON");
        for (field, expected) in vector["expected"].as_object().expect("an object") {
            assert_eq!(&report[field], expected, "{field} of {}", path.display());
        }
    }
}
