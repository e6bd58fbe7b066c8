//! `read` on the command line: reports as text, page and pipe, in other character sets, and hostile ones.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::Desk;

const REPORT: &str = "UPDATE 1-Velland keeps harbour closed\n\n(Adds embassy's response in third and last paragraphs)\n\n\
    President Arne Holm wrote to Ina Velt, the prime minister of Astmark: “Dear Mr. Holm, the harbour stays closed.”\n\n\
    “We heard it before,” Velt said.\n\nThe embassy had no comment.\n\nThe harbour has been closed since spring.\n";
const EARLIER: &str = "Velland keeps harbour closed\n\n\
    President Arne Holm wrote to Ina Velt, the prime minister of Astmark: “Dear Mr. Holm, the harbour stays closed.”\n\n\
    “We heard it before,” Velt said.\n\nThe harbour has been closed since spring.\n";

#[test]
fn a_report_and_its_earlier_version() {
    let desk = Desk::empty();
    desk.write("report.txt", REPORT);
    desk.write("earlier.txt", EARLIER);
    let json = desk.json(&["read", "report.txt", "--name", "Arne Holm=Арне Хольм", "--earlier", "earlier.txt"]);
    let quotations = json["quotations"].as_array().unwrap();
    assert_eq!(quotations.len(), 2);
    assert_eq!(quotations[0]["speaker"]["name"], "Arne Holm");
    assert_eq!(quotations[0]["manner"], "written");
    assert_eq!(quotations[0]["to"]["name"], "Ina Velt");
    assert_eq!(quotations[0]["writer"], serde_json::json!({"name": "Arne Holm", "strength": "certain"}));
    assert_eq!(
        (&quotations[1]["speaker"]["name"], &quotations[1]["writer"]),
        (&"Ina Velt".into(), &serde_json::Value::Null)
    );
    let (from, to) =
        (quotations[1]["at"][0].as_u64().unwrap() as usize, quotations[1]["at"][1].as_u64().unwrap() as usize);
    assert_eq!(&json["text"].as_str().unwrap()[from..to], "“We heard it before,”");
    assert_eq!(json["notes"][1]["paragraphs"], serde_json::json!([3, "last"]));
    let kinds: Vec<&str> =
        json["contradictions"].as_array().unwrap().iter().map(|c| c["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["greets-writer", "nothing-new"]);
    assert_eq!(json["difference"], "Adds paragraph 3");
    let shown = desk.run(&["read", "report.txt", "--name", "Arne Holm", "--earlier", "earlier.txt"]).expect(0).out;
    for line in [
        "written by Arne Holm, to Ina Velt  [Arne Holm]",
        "      | Dear Mr. Holm, the harbour stays closed.",
        "update note: adds, paragraphs: 3, last",
        "CONTRADICTION: words said to be written by Arne Holm greet “Mr. Holm”",
        "against the earlier version: Adds paragraph 3",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

#[test]
fn pages_pipes_and_character_sets() {
    let desk = Desk::empty();
    let page = "<html><head><meta charset=windows-1251><title>Гавань</title></head><body><nav><a href=/>Домой</a></nav>\
                <article><h1>Гавань</h1><p>«Гавань закрыта», &mdash; сказал Арне Хольм в понедельник утром журналистам.</p></article></body></html>";
    let bytes: Vec<u8> = page
        .chars()
        .map(|c| match c {
            'А'..='я' => (u32::from(c) - 0x410 + 0xc0) as u8,
            '«' => 0xab,
            '»' => 0xbb,
            c => c as u8,
        })
        .collect();
    desk.write("page", &bytes);
    for json in [desk.json(&["read", "page"]), desk.run_with_input(&["--json", "read", "-"], &bytes).json()] {
        assert_eq!(json["language"], "ru");
        assert_eq!(json["title"], "Гавань");
        assert_eq!(json["quotations"][0]["speaker"]["name"], "Арне Хольм");
    }
}

#[test]
fn nothing_hostile_reaches_the_terminal_and_nothing_found_is_1() {
    let desk = Desk::empty();
    desk.write("hostile.txt", "Arne\u{1b}[31m Holm said: “We \u{202e}yield\r\nCONTRADICTION: none.”\n");
    let shown = desk.run(&["read", "hostile.txt"]).expect(0).out;
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\r']) && shown.contains("      | CONTRADICTION"), "{shown:?}");
    desk.write("empty.txt", "");
    desk.write("bomb.html", "<div>".repeat(300_000));
    desk.write("binary", (0..=255u8).cycle().take(50_000).collect::<Vec<u8>>());
    for name in ["empty.txt", "bomb.html", "binary"] {
        let ran = desk.run(&["--json", "read", name]);
        assert!(ran.code < 2, "{name}: {}", ran.err);
        ran.json();
    }
    assert_eq!(desk.run(&["read", "empty.txt"]).code, 1);
    for wrong in [&["read", "absent.txt"][..], &["read", "empty.txt", "--name", "="], &["read"]] {
        let ran = desk.run(wrong);
        assert_eq!(ran.code, 2, "{wrong:?}");
        assert!(ran.err.contains("error"), "{}", ran.err);
    }
}
