//! `scrub` on the command line: what is shown, what is written, and that nothing in a text reaches the terminal.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{Desk, letter};

#[test]
fn copies_of_one_message_have_one_neutral_form() {
    let desk = Desk::new();
    let letter = "Dear friends,\n\nI am writing with regard to the harbour. It is a step towards peace — we don't ask for more.\n";
    desk.write("letter.txt", letter);
    let seal = desk.json(&["seal", "letter.txt", "--copies", "3", "--accept", "all"]);
    let mut neutral: Vec<String> = Vec::new();
    for (n, copy) in seal["copies"].as_array().unwrap().iter().enumerate() {
        let name = format!("copy{n}.txt");
        desk.write(&name, copy["text"].as_str().unwrap());
        neutral.push(desk.json(&["scrub", &name])["text"].as_str().unwrap().to_owned());
    }
    assert!(neutral.iter().all(|text| *text == neutral[0] && text.contains("toward")), "{neutral:?}");
}

#[test]
fn findings_here_and_the_neutral_form_there() {
    let desk = Desk::empty();
    desk.write("in.txt", "Copy 3 of 12\n\nWe met\u{200b} \u{1b}[31min the  pаct\u{202e}.\n");
    let piped = desk.run(&["scrub", "in.txt"]).expect(0);
    assert_eq!(piped.out, "[copy-number]\n\nWe met [31min the pact.\n");
    assert!(
        piped.err.contains("3:7") && piped.err.contains("U+200B") && piped.err.contains("more than any tool"),
        "{}",
        piped.err
    );
    let filed = desk.run(&["scrub", "in.txt", "--out", "out.txt"]).expect(0);
    assert_eq!(std::fs::read_to_string(desk.path("out.txt")).unwrap(), piped.out);
    for text in [&piped.out, &piped.err, &filed.out, &filed.err] {
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200b}']), "{text:?}");
        for word in ["clean", "safe"] {
            assert!(!text.contains(word), "{text}");
        }
    }
    desk.run(&["scrub", "in.txt", "--out", "out.txt"]).expect(2);
    let json = desk.json(&["scrub", "in.txt"]);
    let kinds: Vec<&str> = json["findings"].as_array().unwrap().iter().map(|f| f["kind"].as_str().unwrap()).collect();
    for kind in ["invisible", "lookalike", "spacing", "copy_number"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    desk.write("again.txt", &piped.out);
    assert_eq!(desk.run(&["scrub", "again.txt"]).code, 1, "a neutral form with nothing left to find");
}

#[test]
fn any_bytes_are_read() {
    let desk = Desk::empty();
    let bytes: Vec<u8> = (0..=255u8).cycle().take(5_000).collect();
    for (name, bytes) in [("binary", bytes), ("empty", Vec::new()), ("master", letter().into_bytes())] {
        desk.write("in.bin", bytes);
        let ran = desk.run(&["--json", "scrub", "in.bin"]);
        assert!(ran.code < 2, "{name}: {}", ran.err);
        ran.json();
    }
}
