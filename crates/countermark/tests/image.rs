//! Screenshots, read by the real Tesseract: `trace --image`, and what `publish` says of a case that one of them is.

mod common;

use common::Desk;

const TEXT: &str = "The council of Merrow has heard your envoy, and it will not ask for more than the treaty gives. We hold the \
                    long-standing view that the harbour stays open to both of us.\n\nPlease keep this between us until Thursday at 17:30.\n";

fn picture(name: &str) -> String {
    format!("{}/../ocr/tests/pictures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Whether Tesseract and its languages are there.
fn installed() -> bool {
    let said = std::process::Command::new("tesseract").arg("--list-langs").output();
    let names = said.map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
    let there = ["eng", "rus"].iter().all(|language| names.lines().any(|name| name == *language));
    if !there {
        println!("skipped: tesseract-ocr with tesseract-ocr-eng and tesseract-ocr-rus is not installed");
    }
    there
}

#[test]
fn a_screenshot_is_ours_and_what_was_read_is_shown() {
    if !installed() {
        return;
    }
    let desk = Desk::new();
    desk.run(&["people", "add", "envoy", "--name", "The Envoy"]).expect(0);
    desk.write("letter.txt", TEXT);
    desk.run(&["seal", "letter.txt", "--to", "envoy", "--as-sent", "2026-03-12"]).expect(0);
    let (light, russian) = (picture("light.png"), picture("russian.png"));
    let found = desk.run(&["--json", "trace", "--image", &light]).expect(0).json();
    assert_eq!(found["verdict"], "single");
    assert_eq!(found["changes"], serde_json::json!([]), "word for word");
    assert!(
        found["image"]["words"].as_u64().expect("a count") > 40
            && found["image"]["confidence"].as_u64().expect("a share") > 80
    );
    // Several are several looks; a text among them has no picture.
    let ran = desk.run(&["--json", "trace", "letter.txt", "--image", &russian, &light]).expect(0);
    let all: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let verdicts: Vec<_> =
        all.iter().map(|one| (one["verdict"].as_str().expect("a verdict"), one["image"].is_object())).collect();
    assert_eq!(verdicts, [("single", false), ("unknown", true), ("single", true)]);
    // In words every line of it stands behind a bar.
    let shown = desk.run(&["trace", "--image", &light]).expect(0).out;
    let (head, rest) = shown.split_once('\n').expect("lines");
    assert!(head.starts_with("read in the picture, ") && head.ends_with(" % sure:"), "{head}");
    assert!(rest.contains("| The council of Merrow has heard your envoy"), "{rest}");
}

#[test]
fn what_was_read_off_a_picture_is_called_altered_under_a_reservation() {
    if !installed() {
        return;
    }
    let desk = Desk::new();
    desk.run(&["people", "add", "envoy", "--name", "The Envoy"]).expect(0);
    desk.write("letter.txt", TEXT.replace("stays open to both", "stays closed to both"));
    desk.run(&["seal", "letter.txt", "--to", "envoy", "--as-sent", "2026-03-12"]).expect(0);
    let case = desk.json(&["case", "open", &picture("light.png")]);
    let brief = desk.run(&["case", "brief", case["id"].as_str().expect("an id")]).expect(0).out;
    let brief = brief.split_whitespace().collect::<Vec<_>>().join(" ");
    for says in
        ["The text was read off a picture by a program", "not as you wrote it, if the picture shows it too: part 2"]
    {
        assert!(brief.contains(says), "{says}: {brief}");
    }
}

#[test]
fn what_is_no_picture_is_an_error_before_the_vault_is_asked() {
    let desk = Desk::empty();
    desk.write("text.png", "The council of Merrow");
    let ran = desk.run(&["trace", "--image", "text.png"]).expect(2);
    assert!(
        ran.err.contains("text.png: the file is no PNG, JPEG or WebP picture") && ran.err.contains("hint:"),
        "{}",
        ran.err
    );
    let mut huge = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    huge.extend([0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 2, 0, 0, 0]);
    huge.extend([0; 4]);
    desk.write("huge.png", huge);
    let ran = desk.run(&["trace", "--image", "huge.png"]).expect(2);
    assert!(ran.err.contains("huge.png"), "{}", ran.err);
    let ran = desk.run(&["trace", "--image", "text.png", "--languages", "../eng"]).expect(2);
    assert!(ran.err.contains("no name of a Tesseract language"), "{}", ran.err);
    // A command that is not there.
    let light = picture("light.png");
    let output = desk.command(&["trace", "--image", &light]).env("PATH", "/nowhere").output().expect("it runs");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{err}");
}

#[test]
fn publish_says_that_a_program_read_the_post_off_a_picture() {
    if !installed() {
        return;
    }
    let desk = Desk::new();
    desk.write("letter.txt", TEXT.replace("than the treaty gives", "than the old treaty gives"));
    desk.run(&["seal", "letter.txt", "--copies", "1", "--as-sent", "2026-03-12"]).expect(0);
    let case = desk.run(&["--json", "case", "open", &picture("light.png")]).expect(0).json();
    let case = case["id"].as_str().expect("an id").to_owned();
    desk.write("text.txt", "It was altered.\n");
    let with = ["--title", "T", "--byline", "B", "--text", "text.txt", "--open", "1"];
    let told = "the text was read off a picture by a program: compare each difference with the picture before you say that something was altered";
    let preview = desk.run(&[&["--json", "publish", &case, "--preview"], &with[..]].concat()).expect(0).json();
    assert!(preview["cautions"].as_array().expect("a list").iter().any(|caution| caution == told), "{preview}");
    let done = desk.run(&[&["--json", "publish", &case], &with[..]].concat()).expect(0);
    assert!(done.err.contains(&format!("note: {told}\n")), "{}", done.err);
    assert!(done.json()["cautions"].as_array().expect("a list").iter().any(|caution| caution == told), "{}", done.out);
}
