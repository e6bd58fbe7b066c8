//! `publish`: from a case to the published directory, and what is said of it.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::Desk;
use countermark_statement::Shown;
use serde_json::json;

const LETTER: &str = "{Thank you for|Many thanks for} your letter of last week. The {offer|proposal} of old stands as it was: half for the \
    first year, and nothing after it. {Nobody|No one} on my side has been told of it, and I trust the same holds on yours.";

/// A desk with a leak that is a case; the case's id.
fn leaked() -> (Desk, String) {
    let desk = Desk::new();
    let letter = desk.write("letter.txt", LETTER);
    let sealed = desk.run(&["--json", "seal", &letter, "--copies", "2"]).expect(0).json();
    let text = sealed["copies"][0]["text"].as_str().unwrap().replace("first year", "third year");
    let post = desk.write("post.txt", text);
    let case = desk.run(&["--json", "case", "open", &post]).expect(0).json();
    let case = case["id"].as_str().unwrap().to_owned();
    desk.write("text.txt", "A letter is going about.\r\n\r\nWe say what it said.\n");
    (desk, case)
}

#[test]
fn a_statement_and_its_second_version() {
    let (desk, case) = leaked();
    let lacking = desk.run(&["publish", &case, "--text", "text.txt"]).expect(2);
    assert!(lacking.err.contains("`title` is empty") && lacking.err.contains("hint:"), "{}", lacking.err);
    assert_eq!(
        desk.run(&["--json", "publish", "--list"]).expect(0).json(),
        json!({"statements": []}),
        "nothing is left of it"
    );
    let with =
        ["--title", "What was written", "--byline", "The office of Ines Aldric", "--text", "text.txt", "--open", "2"];
    let preview = desk.run(&[&["--json", "publish", &case, "--preview"], &with[..]].concat()).expect(0).json();
    assert_eq!((&preview["opens"], &preview["lacks"]), (&json!([2]), &json!([])));
    assert_eq!(desk.run(&["--json", "publish", "--list"]).expect(0).json(), json!({"statements": []}));

    let ran = desk.run(&[&["--json", "publish", &case], &with[..]].concat()).expect(0);
    let first = ran.json();
    assert_eq!(first["address"], "what-was-written");
    assert_eq!((&first["version"], &first["opened"], &first["placed"]), (&json!(1), &json!([2]), &json!(true)));
    assert!(ran.err.contains("a batch was published early"), "{}", ran.err);
    let bundle = "v.press/published/statements/what-was-written/1.bundle.json";
    let verified = desk.run(&["--json", "verify", bundle]).expect(0).json();
    assert_eq!(verified["opened"][0]["part"], 2);
    let shown = Shown::load(&desk.path("v.press/published")).unwrap();
    let opened = shown.statements()[0].versions[0].opened.clone().unwrap();
    let texts: Vec<_> = opened.parts.iter().map(|part| part.text.is_some()).collect();
    assert_eq!(texts, [false, true, false, false], "the line that the copy is marked is a part");

    let note = desk.run(&["publish", "what-was-written", "--open", "2-3"]).expect(2);
    assert!(note.err.contains("`note` is empty"), "{}", note.err);
    let second =
        desk.run(&["--json", "publish", &case, "--open", "3", "--note", "Adds the third sentence."]).expect(0).json();
    assert_eq!((&second["version"], &second["opened"], &second["already"]), (&json!(2), &json!([3]), &json!([2])));
    let list = desk.run(&["--json", "publish", "--list"]).expect(0).json();
    assert_eq!(list["statements"][0]["state"], "published");
    assert_eq!(list["statements"][0]["versions"], 2);

    desk.run(&["publish", "--withdraw", "what-was-written"]).expect(2);
    desk.run(&["publish", "--withdraw", "what-was-written", "--reason", "Another letter."]).expect(0);
    let shown = Shown::load(&desk.path("v.press/published")).unwrap();
    assert_eq!(shown.statements()[0].versions.len(), 2);
    assert!(shown.statements()[0].state.withdrawn.is_some() && shown.misfits().is_empty());
    desk.run(&["vault", "check"]).expect(0);
}

#[test]
fn the_post_is_kept_off_the_page_and_a_notice_needs_no_case() {
    let (desk, case) = leaked();
    let said = ["--title", "T", "--byline", "B", "--text", "text.txt"];
    let all = desk.run(&[&["publish", &case, "--no-post-text", "--open", "all"], &said[..]].concat()).expect(0);
    assert!(
        all.out.contains("version 1 is published") && all.out.contains("closed, visible as holes: none"),
        "{}",
        all.out
    );
    let version = std::fs::read_to_string(desk.path("v.press/published/statements/t/1.json")).unwrap();
    assert!(!version.contains("third year"), "{version}");
    let notice = desk.run(&[&["--json", "publish"], &said[..]].concat()).expect(0).json();
    assert_eq!((&notice["address"], &notice["bundle"]), (&json!("t-2"), &json!(false)));
    for (args, why) in [
        (&["publish", "nobody", "--title", "T"][..], "no case or message is called"),
        (&["publish", &case, "--open", "9", "--note", "n"][..], "part 9"),
        (&["publish", &case, "--open", "x"][..], "names no parts"),
        (&["publish", "--withdraw", "nobody", "--reason", "r"][..], "no statement is called"),
    ] {
        let ran = desk.run(args).expect(2);
        assert!(ran.err.contains(why), "{}", ran.err);
    }
    // What somebody wrote over in the directory stays, and is said.
    let file = desk.path("v.press/published/statements/t-2/1.json");
    let other = std::fs::read_to_string(&file).unwrap().replace("\"B\"", "\"C\"");
    std::fs::write(&file, other).unwrap();
    let told = desk.run(&[&["publish"], &said[2..], &["--title", "Third"]].concat());
    assert!(told.err.contains("has other words than the vault"), "{}", told.err);
}

#[test]
fn what_is_published_goes_where_the_configuration_says() {
    let desk = Desk::new();
    desk.write("text.txt", "So it is.\n");
    let press = desk.path("elsewhere");
    std::fs::create_dir(&press).unwrap();
    desk.write("v.toml", format!("[pressroom]\npress = {press:?}\n"));
    let said = ["--json", "publish", "--title", "A notice", "--byline", "B", "--text", "text.txt"];
    let file = desk.run(&said).expect(0).json()["file"].as_str().unwrap().to_owned();
    assert_eq!(std::path::Path::new(&file), press.join("published/statements/a-notice/1.json"));
    assert_eq!(Shown::load(&press.join("published")).unwrap().statements().len(), 1);
    assert!(!desk.path("v.press").exists());
    let exported = desk.run(&["--json", "pressroom", "export", "public"]).expect(0).json();
    assert_eq!(exported["statements"], 1);
}
