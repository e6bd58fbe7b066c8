//! `strength` on the command line: the table, the picture, and that they promise the same.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{Desk, letter};

#[test]
fn the_table_says_what_is_certain_and_what_to_add() {
    let desk = Desk::empty();
    desk.write("strong.master", letter());
    desk.write("weak.txt", "We {met|spoke} in {Lisk|Dorn}{@typography: – | — }twice. Nothing was signed that day by anybody. It {rained|poured}.\n");
    let strong = desk.run(&["strength", "strong.master", "--copies", "8"]).expect(0).out;
    assert!(
        strong.is_ascii() && strong.contains("the whole text names a copy                   yes             yes"),
        "{strong}"
    );
    assert!(strong.contains("bears 9 altered sites") && strong.contains("not promised: "), "{strong}");
    let weak = desk.run(&["strength", "weak.txt", "--copies", "8"]).expect(0).out;
    assert!(weak.contains("the whole text names a copy                   no              no"), "{weak}");
    assert!(weak.contains("Nothing was signed that day") && weak.contains("to add: 15 more sites"), "{weak}");
    assert!(weak.contains("typography") && weak.contains("lost"), "{weak}");
    // Copies that name different towns are different messages: told, and none refused.
    assert!(weak.contains("warning: the wordings of site 2 differ in: name; "), "{weak}");
    assert_eq!(weak.matches("warning: the wordings").count(), 1, "{weak}");
    let json = desk.json(&["strength", "weak.txt", "--copies", "8"]);
    assert_eq!(json["differing"], serde_json::json!([{"site": 2, "differs_in": ["name"]}]));
}

#[test]
fn the_picture_holds_words_only_when_asked_for() {
    let desk = Desk::empty();
    desk.write("l.master", letter());
    desk.run(&["strength", "l.master", "--copies", "8", "--svg", "a.svg"]).expect(0);
    desk.run(&["strength", "l.master", "--copies", "8", "--svg", "b.svg", "--with-text"]).expect(0);
    let read = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    assert!(!read("a.svg").contains("fuel") && read("b.svg").contains("the winter fuel agreement"));
    desk.run(&["strength", "l.master", "--copies", "8", "--svg", "a.svg"]).expect(2);
    desk.run(&["strength", "l.master", "--copies", "8", "--with-text"]).expect(2);
}

/// What the meter calls certain holds: every copy of the message, pasted, is named when it comes back.
#[test]
fn what_is_certain_comes_true() {
    let desk = Desk::new();
    desk.write("l.master", letter().replace("{=salutation}", "Dear friends,"));
    let strength = desk.json(&["strength", "l.master", "--copies", "3"]);
    assert_eq!(strength["certain"]["whole"], true);
    let seal = desk.json(&["seal", "l.master", "--copies", "3"]);
    for copy in seal["copies"].as_array().unwrap() {
        desk.write("leak.txt", copy["text"].as_str().unwrap());
        let traced = desk.json(&["trace", "leak.txt", "--reason", "test"]);
        assert_eq!((&traced["verdict"], &traced["recipient"]), (&"named".into(), &copy["recipient"]));
    }
}
