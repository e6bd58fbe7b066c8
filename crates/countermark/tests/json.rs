//! The objects that programs read: which keys each has, what types, and that nothing else stands on standard output.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{Desk, letter};
use serde_json::Value;

/// Each key with the first letter of its type: string, number, boolean, array, object, `-` for null or absent of value.
fn shape(value: &Value) -> String {
    let kind = |value: &Value| match value {
        Value::Null => '-',
        Value::Bool(_) => 'b',
        Value::Number(_) => 'n',
        Value::String(_) => 's',
        Value::Array(_) => 'a',
        Value::Object(_) => 'o',
    };
    let object = value.as_object().unwrap();
    object.iter().map(|(key, value)| format!("{key}:{}", kind(value))).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_object_has_its_keys() {
    let desk = Desk::new();
    desk.write("l.master", letter().replace("{=salutation}", "Dear friends,"));
    let seal = desk.json(&["seal", "l.master", "--copies", "4"]);
    assert_eq!(shape(&seal), "message:s reference:s sites:n bits:n copies:a provable:b provable_at:n");
    assert_eq!(shape(&seal["copies"][0]), "recipient:s text:s");
    let recipients: Vec<_> =
        seal["copies"].as_array().unwrap().iter().map(|c| c["recipient"].as_str().unwrap()).collect();
    assert_eq!(recipients, ["1", "2", "3", "4"]);
    let id = seal["message"].as_str().unwrap();

    let strength = desk.json(&["strength", "l.master", "--copies", "4"]);
    assert_eq!(
        shape(&strength),
        "words:n parts:n parts_without_site:n sites:n illegible:n differing:a bits:n bits_surviving:n sites_needed:n certain:o copies:n epsilon:s \
         bits_needed:n intact_needed:a classes:a by_part:a steps:a measured:o"
    );
    let promise = "whole:b half:n one_part:n any_sites:n best_sites:n altered:n";
    assert_eq!(shape(&strength["certain"]), format!("{promise} retyped:o"));
    assert_eq!(shape(&strength["certain"]["retyped"]), promise);
    assert_eq!(shape(&strength["classes"][0]), "class:s sites:n bits:n survives_retyping:b");
    assert_eq!(shape(&strength["by_part"][0]), "part:n words:n sites:n bits:n bits_surviving:n");
    assert_eq!(shape(&strength["steps"][0]), "goal:s altered:- sites:- placed:a next:b");

    assert_eq!(shape(&desk.json(&["copy", id, "2"])), "message:s recipient:s text:s");
    desk.write("leak.txt", seal["copies"][1]["text"].as_str().unwrap().replace("ultimatum", "threat"));
    let unasked = desk.json(&["trace", "leak.txt"]);
    let keys = "verdict:s asked:b message:s reference:s epsilon:s bits_observed:n bits_missing:n sites_observed:n sites_total:n \
        words_matched:n longest_run:n changes:a";
    assert_eq!(shape(&unasked), format!("{keys} also:a taken:a"));
    let named = desk.json(&["trace", "leak.txt", "--reason", "test"]);
    assert_eq!(shape(&named), format!("{keys} recipient:s also:a taken:a"));
    assert_eq!(named["epsilon"], "1e-4");
    let change = &named["changes"][0];
    assert_eq!(shape(change), "kind:s sent:s published:s at:o");
    assert_eq!(shape(&change["at"]), "sent:a published:a part:n");
    assert_eq!((&change["kind"], &change["published"]), (&"changed".into(), &"threat".into()));

    let prove = desk.json(&["prove", id, "--open", "1-2", "--out", "b.json"]);
    assert_eq!(shape(&prove), "file:s opened:a closed:a");
    let verify = desk.json(&["verify", "b.json"]);
    for key in ["valid", "reason", "key", "sealed_before", "opened", "closed"] {
        assert!(verify.get(key).is_some(), "{key}: {verify}");
    }
    assert_eq!(shape(&verify["opened"][0]), "part:n text:s");
}

#[test]
fn options_stand_before_or_after_the_verb_and_data_alone_on_standard_output() {
    let desk = Desk::new();
    desk.write("t.txt", "We agreed on the ninth of March.");
    for args in [&["--json", "seal", "t.txt", "--copies", "1"][..], &["seal", "t.txt", "--copies", "1", "--json"]] {
        let ran = desk.run(args).expect(0);
        assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
        ran.json();
    }
    let refused = desk.run(&["--json", "messages", "show", "zzzz"]).expect(2);
    assert!(refused.out.is_empty() && refused.err.starts_with("error: "), "{} {}", refused.out, refused.err);
}
