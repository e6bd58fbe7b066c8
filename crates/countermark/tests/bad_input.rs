//! The worst input we could think of: a clear error (what, where, what to do), and nothing is lost.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{Desk, letter};

/// Arguments, and what standard error must hold.
type Row = (&'static [&'static str], &'static [&'static str]);

#[test]
fn every_wrong_call_says_what_is_wrong_and_exits_2() {
    let desk = Desk::new();
    for handle in ["mara", "olin", "tess"] {
        desk.run(&["people", "add", handle, "--name", handle]).expect(0);
    }
    desk.write("empty.txt", "");
    desk.write("blank.txt", " \n\u{200b}\n");
    desk.write("binary.txt", [0u8, 159, 146, 150, 255]);
    desk.write("unclosed.txt", "First line.\nWe {met|saw each other in Lisk.\n");
    desk.write("single.txt", "We {met} in Lisk.\n");
    desk.write("nested.txt", "We {met {again|once more}|parted} in Lisk.\n");
    desk.write("same.txt", "We {Met|met} in Lisk.\n");
    desk.write("ambiguous.txt", "x{a|ab}{bc|c}y\n");
    desk.write("field.txt", "Dear {=title},\n\nwe {met|spoke} in {Lisk|Dorn} {twice|two times}.\n");
    desk.write("badfield.txt", "Dear {=Title},\n");
    desk.write("few.txt", "We {met|spoke} in Lisk.\n");
    desk.write("good.txt", "We {met|spoke} in {Lisk|Dorn}, and {that is|this is} {all|everything}.\n");
    desk.write("sites.txt", "{a|b} ".repeat(100_000));
    desk.write("bad.toml", "max_recipient = 3\n");
    let rows: &[Row] = &[
        (&["seal", "absent.txt", "--to", "mara"], &["absent.txt", "can't be read"]),
        (&["seal", "empty.txt", "--to", "mara"], &["empty"]),
        (&["seal", "blank.txt", "--to", "mara"], &["empty"]),
        (&["seal", "binary.txt", "--to", "mara"], &["UTF-8", "byte"]),
        (&["seal", "unclosed.txt", "--to", "mara"], &["line 2", "column 4", "^"]),
        (&["seal", "single.txt", "--to", "mara"], &["line 1", "column 4", "^"]),
        (&["seal", "nested.txt", "--to", "mara"], &["line 1", "^"]),
        (&["seal", "same.txt", "--to", "mara"], &["line 1", "^"]),
        (&["seal", "ambiguous.txt", "--to", "mara"], &["line 1"]),
        (&["seal", "badfield.txt", "--to", "mara"], &["line 1", "^"]),
        (&["seal", "field.txt", "--to", "mara"], &["title", "people add mara", "--set"]),
        (&["seal", "sites.txt", "--to", "mara"], &["4096"]),
        (&["seal", "good.txt"], &["--to"]),
        (&["seal", "good.txt", "--to", "mara,mara"], &["mara", "twice"]),
        (&["seal", "good.txt", "--to", "mira"], &["mira", "mara"]),
        (&["seal", "few.txt", "--to", "mara,olin,tess"], &["1 more"]),
        (&["seal", "good.txt", "--to", "mara", "--epsilon", "0.5"], &["epsilon", "1e-12"]),
        (&["seal", "good.txt", "--to", "mara", "--epsilon", "x"], &["epsilon"]),
        (&["seal", "good.txt", "--to", "mara", "--accept", "nonsense"], &["nonsense", "lexical"]),
        (&["seal", "good.txt", "--to", "mara", "--as-sent", "yesterday"], &["yesterday", "2026"]),
        (&["messages", "show", "zzzz"], &["zzzz"]),
        (&["copy", "0000", "mara"], &["0000"]),
        (&["prove", "0000", "--open", "1", "--out", "x.json"], &["0000"]),
        (&["people", "show", "mira"], &["mira", "mara"]),
        (&["people", "add", "", "--name", "x"], &["handle"]),
        (&["people", "add", "a,b", "--name", "x"], &["handle"]),
        (&["people", "add", "a", "--name", "x", "--set", "novalue"], &["FIELD=TEXT"]),
        (&["init"], &["exists"]),
        (&["trace", "absent.txt"], &["absent.txt"]),
        (&["compare", "-", "-"], &["twice"]),
    ];
    for (args, expected) in rows {
        let ran = desk.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {} {}", ran.out, ran.err);
        assert!(ran.out.is_empty(), "{args:?}: {}", ran.out);
        for word in *expected {
            assert!(ran.err.contains(word), "{args:?}: no {word:?} in {}", ran.err);
        }
        assert!(!ran.err.contains("panicked"), "{args:?}: {}", ran.err);
    }
    assert_eq!(desk.json(&["messages", "list"])["messages"], serde_json::json!([]), "nothing was sealed by an error");
}

#[test]
fn a_vault_that_is_not_there_is_said_to_be_missing() {
    let desk = Desk::empty();
    let ran = desk.run(&["people", "list"]).expect(2);
    assert!(ran.err.contains("no vault") && ran.err.contains("init"), "{}", ran.err);
}

#[test]
fn texts_of_any_kind_are_traced_without_a_fault() {
    let desk = Desk::new();
    desk.write("fuel.master", letter().replace("{=salutation}", "Dear friends,"));
    desk.json(&["seal", "fuel.master", "--copies", "3"]);
    let huge_line = "so it is said and written ".repeat(400_000);
    let rows: &[(&str, Vec<u8>)] = &[
        ("empty", Vec::new()),
        ("blank", b" \n\t ".to_vec()),
        ("binary", (0..=255u8).cycle().take(100_000).collect()),
        ("one line of 10 MB", huge_line.into_bytes()),
        ("another script", "Уважаемый господин президент, благодарю Вас за вчерашний звонок.".repeat(100).into_bytes()),
        ("bidi and joiners", "\u{202e}\u{200d}\u{feff}a\u{301}\u{301}".repeat(5_000).into_bytes()),
        ("braces", "{{{|||}}}".repeat(5_000).into_bytes()),
    ];
    for (name, bytes) in rows {
        desk.write("leak.bin", bytes);
        let ran = desk.run(&["--json", "trace", "leak.bin", "--reason", "test"]);
        assert_eq!(ran.code, 1, "{name}: {} {}", ran.out, ran.err);
        assert_eq!(ran.json()["verdict"], "unknown", "{name}");
    }
}

#[test]
fn more_recipients_than_allowed() {
    let desk = Desk::new();
    desk.write("good.txt", "We {met|spoke} in {Lisk|Dorn}, and {that is|this is} {all|everything}.\n");
    desk.write("v.toml", "max_recipients = 2\n");
    for handle in ["mara", "olin", "tess"] {
        desk.run(&["people", "add", handle, "--name", handle]).expect(0);
    }
    let ran = desk.run(&["seal", "good.txt", "--to", "mara,olin,tess"]).expect(2);
    assert!(ran.err.contains("max_recipients"), "{}", ran.err);
    desk.write("v.toml", "max_recipient = 2\n");
    let ran = desk.run(&["seal", "good.txt", "--to", "mara"]).expect(2);
    assert!(ran.err.contains("v.toml"), "{}", ran.err);
}

#[test]
fn a_message_that_can_never_name_a_copy_is_sealed_with_a_warning() {
    let desk = Desk::new();
    desk.write("weak.txt", "We {met|spoke} in {Lisk|Dorn}.\n");
    let ran = desk.run(&["seal", "weak.txt", "--copies", "2"]).expect(0);
    assert!(ran.err.contains("never name"), "{}", ran.err);
}

#[test]
fn a_damaged_vault_is_left_as_it_is() {
    let desk = Desk::new();
    desk.write("t.txt", "We agreed on the ninth of March.");
    desk.json(&["seal", "t.txt", "--copies", "1"]);
    let whole = std::fs::read(desk.path("v.db")).unwrap();
    let wrong = {
        desk.write("pass", "not the passphrase\n");
        let ran = desk.run(&["messages", "list"]).expect(2);
        desk.write("pass", "correct horse battery staple\n");
        ran
    };
    assert!(wrong.err.contains("passphrase"), "{}", wrong.err);
    for (name, bytes) in [
        ("truncated", whole[..whole.len() / 2].to_vec()),
        ("empty", Vec::new()),
        ("text", b"this is no vault".to_vec()),
        ("tampered", whole.iter().enumerate().map(|(i, b)| if i % 1000 == 999 { b ^ 1 } else { *b }).collect()),
    ] {
        std::fs::write(desk.path("v.db"), &bytes).unwrap();
        let ran = desk.run(&["messages", "list"]);
        assert_eq!(ran.code, 2, "{name}: {} {}", ran.out, ran.err);
        assert!(ran.err.starts_with("error: "), "{name}: {}", ran.err);
        assert_eq!(std::fs::read(desk.path("v.db")).unwrap(), bytes, "{name}: the file was changed");
    }
    std::fs::write(desk.path("v.db"), whole).unwrap();
    assert_eq!(desk.json(&["messages", "list"])["messages"].as_array().unwrap().len(), 1);
}

#[test]
fn hostile_bundles_are_not_valid() {
    let desk = Desk::empty();
    let deep = "[".repeat(1_000_000);
    for (name, text) in [("deep.json", deep.as_str()), ("empty.json", ""), ("null.json", "null"), ("object.json", "{}")]
    {
        desk.write(name, text);
        let ran = desk.run(&["--json", "verify", name]);
        assert_eq!(ran.code, 1, "{name}: {}", ran.err);
        assert_eq!(ran.json()["valid"], false);
    }
    let sparse = std::fs::File::create(desk.path("huge.json")).unwrap();
    sparse.set_len(1 << 30).unwrap();
    let ran = desk.run(&["--json", "verify", "huge.json"]).expect(1);
    assert_eq!(ran.json()["valid"], false);
}
