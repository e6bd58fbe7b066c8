//! From a post to a name that two approvers signed, with the program itself.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{Desk, letter, program};

/// Runs as an approver who unlocks with his own file.
fn approve(desk: &Desk, identity: &str, case: &str, more: &[&str], code: i32) -> String {
    let mut command = program();
    command.current_dir(desk.dir.path()).args(["--vault", "v.db", "--identity", identity, "case", "approve", case]);
    let output = command.args(more).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

#[test]
fn an_approver_makes_no_second_one_by_himself() {
    let desk = Desk::new();
    desk.run(&["identity", "add", "ada", "--approver", "--out", "ada.id"]).expect(0);
    let with_his_own = |args: &[&str]| {
        let mut command = program();
        command.current_dir(desk.dir.path()).args(["--vault", "v.db", "--identity", "ada.id"]).args(args);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = with_his_own(&["identity", "add", "eva", "--approver", "--out", "eva.id"]);
    assert!(code == Some(2) && said.contains("the vault's passphrase"), "{code:?} {said}");
    assert!(!desk.dir.path().join("eva.id").exists());
    // Nor by a passphrase of his own, nor by being the only one.
    desk.write("new", "a passphrase of ada's own");
    let (code, said) = with_his_own(&["vault", "passphrase", "--new-passphrase-file", "new"]);
    assert!(code == Some(2) && said.contains("approvers"), "{code:?} {said}");
    let (code, said) = with_his_own(&["identity", "remove", "ada"]);
    assert!(code == Some(2) && said.contains("the vault's passphrase"), "{code:?} {said}");
    assert_eq!(with_his_own(&["identity", "add", "wim", "--out", "wim.id"]).0, Some(0), "{said}");
    let known = desk.json(&["identity", "list"]);
    let approvers = known["identities"].as_array().unwrap().iter().filter(|one| one["approver"] == true).count();
    assert_eq!(approvers, 1, "{known}");
}

#[test]
fn a_case_goes_from_the_post_to_a_signed_name() {
    let desk = Desk::new();
    for (name, file) in [("ada", "ada.id"), ("ben", "ben.id")] {
        desk.run(&["identity", "add", name, "--approver", "--out", file]).expect(0);
    }
    desk.write("letter.master", letter().replace("{=salutation}", "Dear friends,"));
    let sealed = desk.json(&["seal", "letter.master", "--copies", "9"]);
    desk.write("post.txt", sealed["copies"][3]["text"].as_str().unwrap());

    // Opened without a reason nothing is named, and nothing can be shown.
    let unasked = desk.json(&["case", "open", "post.txt"]);
    assert_eq!(unasked["kind"], "leak");
    assert_eq!(unasked["named"], serde_json::json!([]));
    let opened = desk.json(&["case", "open", "post.txt", "--reason", "the post of Monday"]);
    assert_eq!(opened["named"], serde_json::json!(["4"]));
    let case = &opened["id"].as_str().unwrap()[..8];
    assert_eq!(desk.json(&["case", "list"])["cases"].as_array().unwrap().len(), 2);

    // The brief in the desk's own sentences, with the commands beside them.
    let brief = desk.run(&["case", "brief", case]).expect(0).out;
    let brief = brief.split_whitespace().collect::<Vec<_>>().join(" ");
    for says in
        ["as you wrote it, in one copy's wording: part", "--open PARTS --out FILE", "before he is heard (`case hear`)"]
    {
        assert!(brief.contains(says), "{says}: {brief}");
    }
    assert!(!brief.contains("word for word"), "{brief}");

    // Which copy it was, for anybody to compute again.
    desk.run(&["prove", case, "--row", "--out", "row.json"]).expect(0);
    let report = desk.json(&["verify", "row.json"]);
    assert_eq!((&report["valid"], &report["row"]["copy"]), (&true.into(), &4.into()));
    assert!(report["row"]["name"].is_null());
    let words = desk.run(&["verify", "row.json"]).expect(0).out;
    assert!(words.contains("copy 4 of 10") && words.contains(" at word "), "{words}");
    // A part alone is too little.
    let few = desk.run(&["prove", case, "--row", "--open", "1", "--out", "few.json"]).expect(2).err;
    assert!(few.contains("bits are missing"), "{few}");

    // The person is heard, two sign, the name is said.
    let early = desk.run(&["prove", case, "--name", "--out", "named.json"]).expect(2).err;
    assert!(early.contains("two approvers"), "{early}");
    let evidence = desk.json(&["case", "hear", case, "--out", "evidence.json"]);
    desk.write("reply.txt", "It was taken from my desk.");
    let said = ["--statement", "From the copy for 4.", "--reason", "he denies it"];
    let unheard = approve(&desk, "ada.id", case, &said, 2);
    assert!(unheard.contains("his term ends on 20"), "{unheard}");
    let slot = evidence["slot"].as_str().unwrap();
    desk.run(&["case", "reply", case, "reply.txt", "--slot", slot]).expect(0);
    approve(&desk, "ada.id", case, &said, 0);
    let twice = approve(&desk, "ada.id", case, &[], 2);
    assert!(twice.contains("two different persons") && twice.contains("a second person signs"), "{twice}");
    approve(&desk, "ben.id", case, &[], 0);
    desk.run(&["prove", case, "--name", "--out", "named.json"]).expect(0);
    let report = desk.json(&["verify", "named.json"]);
    assert_eq!(report["row"]["name"]["recipient"], "4");
    assert_eq!(report["row"]["name"]["approvers"], serde_json::json!([1, 2]));
    let shown = desk.run(&["case", "show", case]).expect(0).out;
    assert!(shown.contains("ada") && shown.contains("ben") && shown.contains("It was taken from my desk."), "{shown}");
    assert!(shown.contains("leak, shown, heard") && !shown.contains("without its slot"), "{shown}");
    let shown = desk.json(&["case", "show", case]);
    assert_eq!((&shown["state"], &shown["heard"]), (&"shown".into(), &true.into()));
    assert_eq!(shown["hearing"]["reply"]["slot"], true);
    desk.run(&["log", "audit"]).expect(0);
}

/// The files of an archive.
fn unzipped(desk: &Desk, archive: &str) -> std::collections::BTreeMap<String, Vec<u8>> {
    use std::io::Read as _;
    let file = std::fs::File::open(desk.path(archive)).unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut entry = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

#[test]
fn a_proof_is_kept_as_a_page_or_an_archive() {
    use sha2::{Digest, Sha256};
    let desk = Desk::new();
    desk.write("letter.txt", "We shall open the bridge on the first of May.\n\nNobody has been told.\n");
    desk.write("post.txt", "They shall close the bridge, and nobody has been told.");
    let sealed = desk.json(&["seal", "letter.txt", "--copies", "1"]);
    let message = sealed["message"].as_str().unwrap();
    let prove = |more: &[&str]| {
        let mut args = vec!["prove", message, "--open", "1", "--capture", "post.txt", "--captured-at", "2021-05-01"];
        args.extend(more);
        desk.run(&args).expect(0);
    };
    prove(&["--out", "bundle.json"]);
    prove(&["--out", "page.html", "--html"]);
    prove(&["--out", "archive.zip", "--archive"]);
    let bundle = std::fs::read(desk.path("bundle.json")).unwrap();
    let page = std::fs::read_to_string(desk.path("page.html")).unwrap();
    let inside = page.split("id=\"bundle\">\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(base64::Engine::decode(&base64::engine::general_purpose::STANDARD, inside).unwrap(), bundle);

    let files = unzipped(&desk, "archive.zip");
    assert_eq!(files["bundle.json"], bundle);
    assert_eq!(files["page.html"], page.as_bytes());
    assert_eq!(files["capture"], std::fs::read(desk.path("post.txt")).unwrap());
    assert!(files.keys().any(|name| name.starts_with("checkpoints/")), "{:?}", files.keys());
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    assert_eq!(sums.lines().count(), files.len() - 1);
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let digest: String = Sha256::digest(&files[name]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sum, digest, "{name}");
    }
    let report = desk.json(&["verify", "bundle.json"]);
    assert_eq!((&report["valid"], &report["after_publication"]), (&true.into(), &true.into()));
    let refused = desk.run(&["prove", message, "--open", "1", "--out", "x", "--html", "--archive"]).expect(2);
    assert!(refused.err.contains("--html"), "{}", refused.err);
}

#[test]
fn bad_input_gets_a_clear_error() {
    let desk = Desk::new();
    desk.write("empty.txt", "");
    desk.write("binary.bin", [0xFF, 0xFE, 0x00]);
    desk.write("foreign.txt", "Nothing of ours stands here at all, whatever one may think of it.");
    let rows: &[(&[&str], i32, &str)] = &[
        (&["case", "open", "empty.txt"], 2, "no text"),
        (&["case", "open", "binary.bin"], 2, "no text"),
        (&["case", "open", "none.txt"], 2, "none.txt"),
        (&["case", "open", "foreign.txt"], 1, ""),
        (&["case", "show", "beef"], 2, "case list"),
        (&["case", "hear", "beef", "--out", "x"], 2, "no case is called `beef`"),
        (&["case", "hear", "beef", "--out", "x", "--days", "0"], 2, "--days"),
        (&["case", "approve", "beef"], 2, "--identity"),
        (&["prove", "beef", "--row", "--out", "x"], 2, "no case or message is called `beef`"),
        (&["prove", "beef", "--out", "x"], 2, "--open"),
        (&["prove", "beef", "--open", "1", "--out", "-"], 2, "--out FILE"),
        (&["case", "hear", "beef", "--out", "-"], 2, "--out FILE"),
        (&["case", "hear", "beef", "--out", "none/x"], 2, "choose a folder"),
        (&["case", "open", "foreign.txt", "--reason", " "], 2, "the reason is empty"),
        (&["case", "open", "foreign.txt", "--captured-at", "2999-01-01"], 2, "in the future"),
        (&["prove", "beef", "--open", "1", "--out", "empty.txt"], 2, "exists already"),
        (&["verify", "empty.txt", "--witness", "nobody"], 2, "witness"),
    ];
    for (args, code, says) in rows {
        let ran = desk.run(args).expect(*code);
        assert!(ran.err.contains(says), "{args:?}: {}", ran.err);
    }
    assert_eq!(parts_left(&desk), 0);
}

/// How many unfinished files lie on a desk.
fn parts_left(desk: &Desk) -> usize {
    let files = std::fs::read_dir(desk.dir.path()).unwrap();
    files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "part")).count()
}

#[test]
fn what_cannot_be_written_discloses_nothing_and_publishes_nothing() {
    let desk = Desk::new();
    assert!(desk.run(&["case", "list"]).expect(0).err.contains("case open"));
    assert!(desk.run(&["identity", "list"]).expect(0).err.contains("identity add"));
    desk.write("letter.master", letter().replace("{=salutation}", "Dear friends,"));
    let sealed = desk.json(&["seal", "letter.master", "--copies", "9"]);
    desk.write("post.txt", sealed["copies"][3]["text"].as_str().unwrap());
    let opened = desk.json(&["case", "open", "post.txt", "--reason", "it is out"]);
    let case = opened["id"].as_str().unwrap();
    let waiting = || desk.json(&["log", "audit"])["waiting"].clone();
    let before = waiting();
    let long = "x".repeat(70_000);
    let refused: &[&[&str]] = &[
        &["case", "hear", case, "--out", "none/x"],
        &["prove", case, "--row", "--out", "none/x"],
        &["prove", case, "--row", "--out", "x", "--open", "99"],
        &["prove", case, "--row", "--out", "x", "--statement", &long],
        &["prove", case, "--row", "--out", "x", "--capture", "post.txt"],
        &["prove", case, "--name", "--out", "x"],
    ];
    for args in refused {
        desk.run(args).expect(2);
    }
    assert_eq!(waiting(), before, "nothing went out early");
    let shown = desk.json(&["case", "show", case]);
    assert_eq!((&shown["state"], &shown["heard"]), (&"open".into(), &false.into()));
    assert_eq!(parts_left(&desk), 0);

    // There is a place for it now; without approvers it names nobody, and it is asked for a second time.
    let heard = desk.run(&["case", "hear", case, "--out", "evidence.json"]).expect(0);
    assert!(heard.err.contains("fewer than two approvers"), "{}", heard.err);
    assert_ne!(waiting(), before);
    let again = desk.run(&["case", "hear", case, "--out", "again.json", "--days", "9"]).expect(0);
    assert!(again.err.contains("stay as they were"), "{}", again.err);
    assert_eq!(desk.json(&["verify", "evidence.json"])["valid"], true);
    desk.write("reply.txt", "no");
    desk.run(&["case", "reply", case, "reply.txt"]).expect(0);
    let shown = desk.run(&["case", "show", case]).expect(0).out;
    assert!(shown.contains("kept without its slot: the office's word that it is his"), "{shown}");
    assert_eq!(desk.json(&["case", "show", case])["hearing"]["reply"]["slot"], false);
    assert_eq!(parts_left(&desk), 0);
}

#[test]
fn a_statement_beside_a_row_says_no_name() {
    let desk = Desk::new();
    desk.write("letter.master", letter().replace("{=salutation}", "Dear friends,"));
    for (handle, name) in [("ada", "Ada Marwitz"), ("ben", "Ben Orlo")] {
        desk.run(&["people", "add", handle, "--name", name]).expect(0);
    }
    let sealed = desk.json(&["seal", "letter.master", "--to", "ada,ben"]);
    desk.write("post.txt", sealed["copies"][0]["text"].as_str().unwrap());
    let opened = desk.json(&["case", "open", "post.txt", "--reason", "it is out"]);
    let case = opened["id"].as_str().unwrap();
    for words in ["It was ADA MARWITZ.", "from ben's copy"] {
        let refused = desk.run(&["prove", case, "--row", "--out", "row.json", "--statement", words]).expect(2);
        assert!(refused.err.contains("two approvers"), "{}", refused.err);
    }
    desk.run(&["prove", case, "--row", "--out", "row.json", "--statement", "It was adapted."]).expect(0);
    // The text alone says nothing of a copy.
    desk.run(&["prove", case, "--open", "1", "--out", "text.json", "--statement", "We wrote to Ada Marwitz."])
        .expect(0);
}
