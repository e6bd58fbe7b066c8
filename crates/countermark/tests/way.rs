//! One message's whole way through the real program.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{Desk, letter, read_sample, retyped};

fn sealed(desk: &Desk) -> serde_json::Value {
    desk.write("fuel.master", letter().replace("{=salutation}", "Dear friends,"));
    desk.json(&["seal", "fuel.master", "--copies", "9"])
}

fn text_of(sealed: &serde_json::Value, recipient: &str) -> String {
    let copies = sealed["copies"].as_array().unwrap();
    let copy = copies.iter().find(|c| c["recipient"] == recipient).unwrap();
    copy["text"].as_str().unwrap().to_owned()
}

#[test]
fn a_leak_is_traced_to_its_copy() {
    let desk = Desk::new();
    let sealed = sealed(&desk);
    assert_eq!(sealed["copies"].as_array().unwrap().len(), 9);
    let copy = text_of(&sealed, "4");
    assert_eq!(desk.json(&["copy", sealed["message"].as_str().unwrap(), "4"])["text"], copy.as_str());

    let rows = [("whole", copy.clone()), ("retyped", retyped(&copy)), ("quoted", article(&copy))];
    for (channel, text) in rows {
        desk.write("leak.txt", text);
        let unasked = desk.json(&["trace", "leak.txt"]);
        assert_eq!(unasked["verdict"], "undecided", "{channel}");
        assert_eq!(unasked["asked"], false);
        assert!(unasked.get("recipient").is_none());
        let named = desk.json(&["trace", "leak.txt", "--reason", "test", "--named"]);
        assert_eq!(named["verdict"], "named", "{channel}: {named}");
        assert_eq!(named["recipient"], "4", "{channel}");
        assert_eq!(named["asked"], true);
        assert_eq!(named["message"], sealed["message"]);
        assert_eq!(named["bits_missing"], 0.0, "{channel}");
    }
}

fn article(copy: &str) -> String {
    let paragraphs: Vec<_> = copy.split("\n\n").collect();
    format!(
        "Lisk, Monday. A letter seen by this newspaper shows the alliance at odds.\n\n\"{}\"\n\nThe government declined to comment. \
         Further on it says: \"{}\"\n\nObservers were surprised by the tone.\n\n\"{}\"",
        paragraphs[3], paragraphs[2], paragraphs[4]
    )
}

#[test]
fn what_is_not_ours_is_unknown_and_what_is_nobodys_copy_is_undecided() {
    let desk = Desk::new();
    let sealed = sealed(&desk);
    desk.write("innocent.txt", read_sample("innocent.txt"));
    let ran = desk.run(&["--json", "trace", "innocent.txt", "--reason", "test"]).expect(1);
    assert_eq!(ran.json()["verdict"], "unknown");

    // The same letter sealed in another vault: ours by its words, but nobody's copy here.
    let elsewhere = Desk::new();
    let other = self::sealed(&elsewhere);
    for recipient in ["1", "5", "9"] {
        desk.write("other.txt", text_of(&other, recipient));
        let found = desk.json(&["trace", "other.txt", "--reason", "test"]);
        assert_eq!(found["verdict"], "undecided", "{found}");
        assert!(found.get("recipient").is_none());
    }
    // The office's own file copy is named as such, without a recipient.
    let file = desk.json(&["copy", sealed["message"].as_str().unwrap(), "file"]);
    desk.write("file.txt", file["text"].as_str().unwrap());
    let found = desk.json(&["trace", "file.txt", "--reason", "test"]);
    assert_eq!(found["verdict"], "named");
    assert_eq!(found["recipient"], serde_json::Value::Null);
    assert_eq!(found["file_copy"], true);
}

#[test]
fn one_reader_who_publishes_openly() {
    let desk = Desk::new();
    desk.run(&["people", "add", "krasz", "--name", "Teodor Krasz"]).expect(0);
    desk.write("border.txt", read_sample("border.txt"));
    desk.write("post.txt", read_sample("border-post.txt"));
    let sealed = desk.json(&["seal", "border.txt", "--to", "krasz"]);
    assert_eq!(sealed["sites"], 0);
    assert_eq!(text_of(&sealed, "krasz").trim_end(), read_sample("border.txt").trim_end());
    let found = desk.json(&["trace", "post.txt", "--reason", "test"]);
    assert_eq!(found["verdict"], "single");
    let changes = found["changes"].as_array().unwrap();
    let omitted: Vec<_> =
        changes.iter().filter(|c| c["kind"] == "omitted").map(|c| c["sent"].as_str().unwrap()).collect();
    assert!(omitted.iter().any(|text| text.contains("before the inspectors have returned")), "{omitted:?}");
    assert!(omitted.iter().any(|text| text.contains("releases the two fishing crews")), "{omitted:?}");
    assert!(
        changes.iter().any(|c| c["kind"] == "changed" && c["published"].as_str().unwrap().contains("two years")),
        "{changes:?}"
    );

    let id = sealed["message"].as_str().unwrap();
    let shown = desk.json(&["messages", "show", id]);
    let parts = shown["parts"].as_array().unwrap();
    let whole: String = parts.iter().map(|p| p["text"].as_str().unwrap()).collect();
    assert_eq!(whole.trim_end(), read_sample("border.txt").trim_end());
    let proved = desk.json(&["prove", id, "--open", "3-5", "--out", "b.json", "--capture", "post.txt"]);
    assert_eq!(proved["opened"], serde_json::json!([3, 4, 5]));
    let report = desk.json(&["verify", "b.json"]);
    assert_eq!(report["valid"], true);
    assert_eq!(report["key"], "carried");
    assert_eq!(report["sealed_before"], serde_json::Value::Null);
    assert_eq!(report["closed"].as_array().unwrap().len() + 3, parts.len());
    for opened in report["opened"].as_array().unwrap() {
        let number = usize::try_from(opened["part"].as_u64().unwrap()).unwrap();
        assert_eq!(opened["text"], parts[number - 1]["text"]);
    }
}

#[test]
fn a_bundle_holds_under_the_published_key_and_no_other() {
    let desk = Desk::empty();
    let made = desk.json(&["init"]);
    desk.write("t.txt", "We agreed on the ninth of March. Nothing else was said.");
    let sealed = desk.json(&["seal", "t.txt", "--copies", "1"]);
    desk.json(&["prove", sealed["message"].as_str().unwrap(), "--open", "all", "--out", "b.json"]);
    let key = made["log_key"].as_str().unwrap();
    let report = desk.json(&["verify", "b.json", "--log-key", key]);
    assert_eq!((&report["valid"], &report["key"]), (&true.into(), &"given".into()));
    let other = Desk::empty().json(&["init"])["log_key"].as_str().unwrap().to_owned();
    desk.run(&["verify", "b.json", "--log-key", &other]).expect(1);

    let bundle = std::fs::read_to_string(desk.path("b.json")).unwrap();
    desk.write("forged.json", bundle.replace("ninth", "tenth"));
    let refused = desk.run(&["--json", "verify", "forged.json"]).expect(1).json();
    assert_eq!(refused["valid"], false);
    desk.write("garbage.json", [0xff, 0, 1, 2]);
    desk.run(&["verify", "garbage.json"]).expect(1);
    desk.run(&["verify", "absent.json"]).expect(2);
    desk.run(&["prove", sealed["message"].as_str().unwrap(), "--open", "all", "--out", "b.json"]).expect(2);
}

#[test]
fn what_went_out_is_compared_with_the_copy() {
    let desk = Desk::new();
    let sealed = sealed(&desk);
    let id = sealed["message"].as_str().unwrap();
    desk.write("right.txt", text_of(&sealed, "2"));
    desk.write("wrong.txt", text_of(&sealed, "3"));
    desk.write("changed.txt", text_of(&sealed, "2").replace("ultimatum", "threat"));
    let right = desk.json(&["copy", id, "2", "--sent", "right.txt", "--handed-over", "signal"]);
    assert_eq!((&right["sent"], &right["twice"]), (&"same".into(), &false.into()));
    let again = desk.json(&["copy", id, "2", "--sent", "right.txt"]);
    assert_eq!((&again["sent"], &again["twice"]), (&"same".into(), &true.into()));
    let wrong = desk.run(&["--json", "copy", id, "2", "--sent", "wrong.txt"]).expect(1).json();
    assert_eq!((&wrong["sent"], &wrong["copy_of"]), (&"other".into(), &"3".into()));
    let changed = desk.run(&["--json", "copy", id, "2", "--sent", "changed.txt"]).expect(1).json();
    assert_eq!(changed["sent"], "changed");
}

#[test]
fn what_already_went_out_is_registered_without_marks() {
    let desk = Desk::new();
    desk.write("old.txt", "We met {twice} in Lisk, and I told you then that the commission would report by May.");
    let sealed = desk.json(&["seal", "old.txt", "--as-sent", "2026-03-09", "--copies", "3"]);
    assert_eq!(sealed["sites"], 0);
    assert!(text_of(&sealed, "3").contains("{twice}"));
    let found = desk.run(&["--json", "trace", "old.txt", "--reason", "test"]).expect(0).json();
    assert_eq!(found["verdict"], "undecided");
}

#[test]
fn plain_text_is_marked_in_one_go() {
    let desk = Desk::new();
    let letter = "Dear Minister,\n\nI am writing in order to thank you for your letter of 3 March with regard to the fisheries talks. \
        At present our two governments have not yet agreed on the matter of the inspections, although I hope that we shall be able to do so in the near future. \
        In the meantime I should like to suggest that the commission meet prior to the end of the month, and that it prepare a number of proposals.\n\nYours sincerely,\nAda Lindvar\n";
    desk.write("plain.txt", letter);
    let sealed = desk.json(&["seal", "plain.txt", "--accept", "all", "--copies", "4"]);
    assert!(sealed["sites"].as_u64().unwrap() >= 3, "{sealed}");
    let texts: std::collections::HashSet<_> = (1..=4).map(|n| text_of(&sealed, &n.to_string())).collect();
    assert_eq!(texts.len(), 4);
}

#[test]
fn many_texts_in_one_run() {
    let desk = Desk::new();
    let sealed = sealed(&desk);
    let lines = [text_of(&sealed, "1"), read_sample("innocent.txt"), retyped(&text_of(&sealed, "7")), String::new()];
    let input: String = lines.iter().map(|l| serde_json::to_string(l).unwrap() + "\n").collect();
    let ran = desk.run_with_input(&["trace", "--jsonl", "--reason", "test", "-"], input.as_bytes()).expect(0);
    let found: Vec<serde_json::Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let verdicts: Vec<_> = found.iter().map(|f| f["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["named", "unknown", "named", "unknown"]);
    assert_eq!(found[0]["recipient"], "1");
    assert_eq!(found[2]["recipient"], "7");
}

#[test]
fn a_backup_comes_back_but_names_nobody_without_its_journal() {
    let desk = Desk::new();
    let sealed = sealed(&desk);
    desk.write("leak.txt", text_of(&sealed, "4"));
    desk.run(&["vault", "backup", "b.cmb"]).expect(0);
    desk.run(&["vault", "backup", "b.cmb"]).expect(2);
    desk.run(&["vault", "restore", "b.cmb"]).expect(2);
    let at = |args: &[&str]| {
        let mut command = common::program();
        command
            .current_dir(desk.dir.path())
            .args(["--vault", "r.db", "--passphrase-file", "pass", "--json"])
            .args(args);
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(at(&["vault", "restore", "b.cmb"]).0, 0);
    let (code, out) = at(&["trace", "leak.txt", "--reason", "test"]);
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, found["verdict"].as_str().unwrap()), (0, "undecided"));
    assert_eq!(at(&["prove", sealed["message"].as_str().unwrap(), "--open", "1", "--out", "p.json"]).0, 0);
    assert_eq!(at(&["verify", "p.json"]).0, 0);
    assert_eq!(at(&["log", "audit"]).0, 0);
    assert_eq!(at(&["vault", "check"]).0, 0);
}

#[test]
fn a_passphrase_is_changed() {
    let desk = Desk::new();
    desk.write("new", "another one\n");
    desk.run(&["vault", "passphrase", "--new-passphrase-file", "new"]).expect(0);
    let refused = desk.run(&["people", "list"]).expect(2);
    assert!(refused.err.contains("passphrase"), "{}", refused.err);
    std::fs::rename(desk.path("new"), desk.path("pass")).unwrap();
    desk.run(&["people", "list"]).expect(0);
}

#[test]
fn an_identity_unlocks_until_it_is_removed() {
    let desk = Desk::new();
    desk.run(&["identity", "add", "mara", "--out", "mara.id", "--approver"]).expect(0);
    let with_identity = |args: &[&str]| {
        let mut command = common::program();
        command.current_dir(desk.dir.path()).args(["--vault", "v.db", "--identity", "mara.id"]).args(args);
        command.output().unwrap().status.code().unwrap()
    };
    assert_eq!(with_identity(&["people", "list"]), 0);
    desk.run(&["identity", "remove", "mara"]).expect(0);
    assert_eq!(with_identity(&["people", "list"]), 2);
}

#[test]
fn an_older_vault_put_in_place_of_a_newer_shows_in_the_log() {
    let desk = Desk::new();
    desk.write("t.txt", "We agreed on the ninth of March. Nothing else was said.");
    desk.json(&["seal", "t.txt", "--copies", "1", "--now"]);
    std::fs::copy(desk.path("v.db"), desk.path("old.db")).unwrap();
    desk.json(&["seal", "t.txt", "--copies", "1", "--now"]);
    assert_eq!(desk.json(&["log", "audit"])["valid"], true);
    std::fs::copy(desk.path("old.db"), desk.path("v.db")).unwrap();
    let audit = desk.run(&["--json", "log", "audit"]).expect(1).json();
    assert!(audit["problems"][0].as_str().unwrap().contains("older vault"), "{audit}");
}

#[test]
fn a_text_that_could_not_be_read_again_is_not_sealed() {
    let desk = Desk::new();
    let part = format!("Hello, this is what was sent {}. Yes.\n\n", "} ".repeat(20_000));
    desk.write("braces.txt", part.repeat(25));
    let refused = desk.run(&["seal", "braces.txt", "--copies", "1", "--as-sent", "2026-01-01"]).expect(2);
    assert!(refused.err.contains("1 MiB"), "{}", refused.err);
    assert_eq!(desk.json(&["messages", "list"])["messages"], serde_json::json!([]));
}

#[test]
fn a_restore_that_was_cut_off_is_begun_anew() {
    let desk = Desk::new();
    desk.write("t.txt", "We agreed on the ninth of March. Nothing else was said.");
    let sealed = desk.json(&["seal", "t.txt", "--copies", "1"]);
    desk.run(&["vault", "backup", "b.cmb"]).expect(0);
    // What a restore leaves that was killed: half a log without a checkpoint, and a vault that is not in place yet.
    for name in ["v.db", "v.looks"] {
        std::fs::remove_file(desk.path(name)).unwrap();
    }
    std::fs::remove_file(desk.path("v.log").join("checkpoint")).unwrap();
    desk.write("v.restoring", "half");
    desk.run(&["vault", "restore", "b.cmb", "--looks", "3"]).expect(0);
    assert_eq!(desk.json(&["log", "audit"])["valid"], true);
    assert_eq!(desk.json(&["messages", "list"])["messages"][0]["message"], sealed["message"]);
    desk.json(&["prove", sealed["message"].as_str().unwrap(), "--open", "1", "--out", "p.json"]);
}

#[test]
fn a_copy_named_beside_a_larger_match_counts() {
    let desk = Desk::new();
    let sealed = sealed(&desk);
    desk.write("border.txt", read_sample("border.txt"));
    desk.json(&["seal", "border.txt", "--copies", "1"]);
    let leak = format!(
        "{}\n\n{}",
        read_sample("border.txt"),
        text_of(&sealed, "6").split("\n\n").skip(2).take(3).collect::<Vec<_>>().join("\n\n")
    );
    desk.write("both.txt", leak);
    let found = desk.run(&["--json", "trace", "both.txt", "--reason", "test", "--named"]).expect(0).json();
    assert_eq!((&found["verdict"], &found["recipient"]), (&"named".into(), &"6".into()), "{found}");
    assert_eq!(found["also"][0]["verdict"], "single");
}

#[test]
fn a_strangers_bundle_cannot_steer_the_terminal() {
    let desk = Desk::new();
    desk.write("t.txt", "We agreed on the \u{1b}[2Jninth of March.");
    let sealed = desk.json(&["seal", "t.txt", "--copies", "1"]);
    let id = sealed["message"].as_str().unwrap();
    desk.json(&["prove", id, "--open", "all", "--out", "b.json", "--statement", "\u{1b}[31mVALID\r"]);
    let shown = desk.run(&["verify", "b.json"]).expect(0);
    assert!(!shown.out.contains('\u{1b}') && !shown.out.contains('\r'), "{:?}", shown.out);
}

#[test]
fn no_text_passes_for_a_line_of_the_report() {
    let desk = Desk::new();
    desk.write("t.txt", "[closed: 1-5 words]\n\nWe agreed on the ninth.");
    let sealed = desk.json(&["seal", "t.txt", "--copies", "1", "--now"]);
    let id = sealed["message"].as_str().unwrap();
    let forged = "mine\nvouched for by             a time-stamper, 2020-01-01 00:00 UTC\n   2   [closed: 1-5 words]";
    desk.json(&["prove", id, "--open", "1", "--out", "b.json", "--statement", forged]);
    let shown = desk.run(&["verify", "b.json"]).expect(0).out;
    let parts: Vec<&str> = shown.lines().filter(|line| line.contains("[closed:")).collect();
    assert_eq!(
        parts,
        ["   1 | [closed: 1-5 words]", "   2   [closed: 1-5 words]", "     |    2   [closed: 1-5 words]"]
    );
    assert!(!shown.lines().any(|line| line.starts_with("vouched for by")), "{shown}");

    let case = desk.run(&["--json", "case", "open", "t.txt"]);
    let case = case.json()["id"].as_str().unwrap().to_owned();
    desk.run(&["case", "note", &case, "seen\nnamed      4\nstatement  | x"]).expect(0);
    let shown = desk.run(&["case", "show", &case]).expect(0).out;
    assert!(!shown.lines().any(|line| line.starts_with("named") || line.starts_with("statement")), "{shown}");
    assert!(shown.contains("\n           | seen\n           | named      4\n           | statement  | x"), "{shown}");
}

#[test]
fn a_name_is_one_line() {
    let desk = Desk::new();
    for name in ["Mara\nolin  Olin", "Ma\u{1b}[2Jra", "Mara\r"] {
        desk.run(&["people", "add", "mara", "--name", name]).expect(2);
    }
    desk.run(&["people", "add", "mara", "--name", "Mara", "--set", "salutation=\u{1b}[2J"]).expect(2);
    desk.run(&["people", "add", "mara", "--name", "Mara", "--set", "salutation=Dear\nMara,"]).expect(0);
}

#[test]
fn a_log_that_was_moved_away_can_be_put_back() {
    let desk = Desk::new();
    desk.write("t.txt", "We agreed on the ninth.");
    let id = desk.json(&["seal", "t.txt", "--copies", "1", "--now"])["message"].as_str().unwrap().to_owned();
    std::fs::rename(desk.path("v.log"), desk.path("away")).unwrap();
    for args in [&["messages", "list"][..], &["copy", &id, "1"], &["people", "list"], &["case", "list"]] {
        let ran = desk.run(args).expect(0);
        assert!(ran.err.contains("v.log is missing: put it back"), "{}", ran.err);
    }
    for args in [
        &["log", "publish"][..],
        &["log", "checkpoint"],
        &["seal", "t.txt", "--copies", "1"],
        &["prove", &id, "--open", "all", "--out", "b.json"],
        &["vault", "backup", "b.cmb"],
    ] {
        let ran = desk.run(args).expect(2);
        assert!(ran.err.contains("the log's folder") && ran.err.contains("is missing"), "{}", ran.err);
    }
    desk.run(&["log", "audit"]).expect(1);
    desk.run(&["vault", "check"]).expect(2);
    assert!(!desk.path("v.log").exists() && !desk.path("b.cmb").exists());
    std::fs::rename(desk.path("away"), desk.path("v.log")).unwrap();
    desk.run(&["vault", "check"]).expect(0);
}

#[test]
fn keys_are_kept_apart_and_a_restore_says_what_is_wrong() {
    let desk = Desk::new();
    desk.write("t.txt", "We {agreed|settled} on the ninth.");
    desk.run(&["seal", "t.txt", "--copies", "1", "--now"]).expect(0);
    for (file, keys) in [("e/x", "e/x"), ("e/x", "x.keys"), ("e/x", "t.txt"), ("t.txt", "e/k")] {
        std::fs::create_dir_all(desk.path("e")).unwrap();
        let before = std::fs::read_dir(desk.path("e")).unwrap().count();
        desk.run(&["vault", "backup", file, "--keys", keys]).expect(2);
        assert_eq!(std::fs::read_dir(desk.path("e")).unwrap().count(), before, "{file} {keys}");
    }
    desk.run(&["vault", "backup", "e/b", "--keys", "e/k"]).expect(0);
    for name in ["v.db", "v.keys"] {
        std::fs::rename(desk.path(name), desk.path(&format!("e/{name}"))).unwrap();
    }
    let at = |args: &[&str]| desk.run(args).expect(2).err;
    assert!(at(&["vault", "restore", "nope"]).contains("there is no backup at nope"));
    assert!(at(&["vault", "restore", "e/b", "--keys", "t.txt"]).contains("t.txt is no key file"));
}

#[test]
fn an_address_that_can_never_be_asked_is_refused() {
    let desk = Desk::new();
    desk.write("c.pem", "");
    for url in ["http://user:word@a.example/", "https://a.example:70000/", "https://", "ftp://a.example/"] {
        let ran = desk.run(&["log", "timestamper", "add", url, "--trust", "c.pem"]).expect(2);
        assert!(ran.err.contains("is not one that can be asked"), "{}", ran.err);
    }
    desk.run(&["log", "witness", "add", "x", "http://witness.example/"]).expect(2);
}
