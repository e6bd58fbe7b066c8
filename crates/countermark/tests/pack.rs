//! `pack check` and the guide's house list: the file that the guide shows, its clashes and coverage, loaded and remembered.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[allow(dead_code)] // one sitting needs a few keys only
#[path = "common/tty.rs"]
mod tty;

use common::{Desk, read_sample};
use serde_json::{Value, json};
use tty::Tty;

fn house() -> Desk {
    let desk = Desk::empty();
    desk.write("house.toml", read_sample("house.toml"));
    desk.write("letter.txt", read_sample("house-letter.txt"));
    desk
}

fn spoken(coverage: &Value) -> Vec<(&str, u64)> {
    let rules = coverage["rules"].as_array().unwrap();
    rules.iter().map(|row| (row["rule"].as_str().unwrap(), row["times"].as_u64().unwrap())).collect()
}

#[test]
fn the_guides_house_list_is_the_sample_and_holds() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/packs.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    assert!(guide.contains(&format!("```toml\n{}```", read_sample("house.toml"))), "the guide shows another file");
    let desk = house();
    let ran = desk.run(&["pack", "check", "house.toml", "--on", "letter.txt"]).expect(0);
    for shown in ["regarding-berths (house.toml)", "never spoke there: 0", "3 rules, 0 problems"] {
        assert!(ran.out.contains(shown), "{shown} is not in\n{}", ran.out);
    }
    let plain = desk.json(&["pack", "check", "house.toml"]);
    assert_eq!((&plain["valid"], &plain["rules"], &plain["coverage"]), (&json!(true), &json!(3), &Value::Null));
}

#[test]
fn a_rule_that_gives_way_is_told_and_is_no_fault() {
    let desk = house();
    desk.write(
        "poor.toml",
        read_sample("house.toml").replace("\"with respect to\", ", "").replace("|with respect to", ""),
    );
    let poor = desk.json(&["pack", "check", "poor.toml", "--on", "letter.txt"]);
    let clash = json!({"kept": {"pack": "english", "rule": "with-regard-to"},
        "dropped": {"pack": "poor.toml", "rule": "regarding-berths"}, "times": 2, "same": 2});
    assert_eq!(poor["clashes"], json!([clash]));
    let coverage = &poor["coverage"];
    assert_eq!(coverage["silent"], json!(["regarding-berths"]));
    assert_eq!(spoken(coverage), [("harbour-dues", 2), ("berth-allotted", 1), ("regarding-berths", 0)]);
    assert_eq!((&coverage["parts"], &coverage["parts_with_own_site"]), (&json!(8), &json!(3)));
    // Two places of one tie are one site: one bit of it, one of the berth.
    let lexical = coverage["classes"].as_array().unwrap().iter().find(|row| row["class"] == "lexical").unwrap();
    assert_eq!((&lexical["own_sites"], &lexical["own_bits"]), (&json!(2), &json!(2.0)));

    // The richer rule wins; and a master's own sites are nobody's.
    desk.write("own.master", "The ferry has been {allotted|given} a berth.\n");
    let rich = desk.json(&["pack", "check", "house.toml", "--on", "own.master", "letter.txt"]);
    assert_eq!(rich["clashes"][0]["kept"]["pack"], "house.toml");
    assert_eq!(spoken(&rich["coverage"]), [("harbour-dues", 2), ("berth-allotted", 1), ("regarding-berths", 1)]);
    assert_eq!(rich["coverage"]["texts"], 2);
}

#[test]
fn faults_and_texts_that_are_none() {
    let desk = house();
    desk.write("bad.toml", read_sample("house.toml").replace("of the harbour are paid", "of port dues are paid"));
    let ran = desk.run(&["--json", "pack", "check", "bad.toml"]).expect(1);
    assert_eq!(ran.json()["problems"].as_array().unwrap().len(), 1);
    desk.write("bad.toml", "[[rule]]\n");
    let ran = desk.run(&["--json", "pack", "check", "bad.toml", "--on", "letter.txt"]).expect(1);
    assert_eq!((&ran.json()["clashes"], &ran.json()["coverage"]), (&Value::Null, &Value::Null));
    desk.write("secret.txt", "The secret\nquay {is here.\n");
    let ran = desk.run(&["pack", "check", "house.toml", "--on", "secret.txt"]).expect(2);
    assert!(ran.err.contains("secret.txt is no master: line 2, column 6") && ran.out.is_empty(), "{}", ran.err);
    assert!(!ran.err.contains("quay"), "{}", ran.err);
}

#[test]
fn a_house_list_is_loaded_by_the_configuration_and_what_is_refused_of_it_is_remembered() {
    let desk = house();
    desk.run(&["init"]).expect(0);
    desk.run(&["people", "add", "ordell", "--name", "Captain Ordell"]).expect(0);
    desk.write("v.toml", "packs = [\"house.toml\"]\n");
    let args = ["--vault", "v.db", "--passphrase-file", "pass", "suggest", "letter.txt", "--to", "ordell"];
    let mut tty = Tty::start(&desk, &args, (24, 80), &[]);
    tty.see("refusals are remembered for ordell");
    tty.press("/allotted\r");
    tty.see("stands  allotted");
    tty.press("X");
    tty.see("1 refused");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    // The same list from another folder is the same list.
    std::fs::create_dir(desk.path("lists")).unwrap();
    std::fs::rename(desk.path("house.toml"), desk.path("lists/house.toml")).unwrap();
    desk.write("v.toml", "packs = [\"lists/house.toml\"]\n");
    let printed = desk.run(&["suggest", "letter.txt", "--to", "ordell", "--accept", "all"]).expect(0);
    assert!(printed.err.contains("left out, refused before: allotted | assigned"), "{}", printed.err);
    assert!(printed.out.contains("{harbour dues|port dues}") || printed.out.contains(":harbour dues|port dues}"));
}
