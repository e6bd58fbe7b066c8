//! `pressroom export` on the command line: no vault is opened, nothing is asked.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::fs;

use common::Desk;
use countermark_statement::{Kind, Press, Site, Version};

fn publish(dir: &std::path::Path) {
    let mut press = Press::create(dir).unwrap();
    press.put_site(&Site { name: "The office of Ines Aldric".into(), ..Site::default() }).unwrap();
    let version = Version {
        number: 1,
        published_at: 1_900_000_000,
        language: "en".into(),
        title: "A letter that was never written".into(),
        category: None,
        byline: "The press office".into(),
        text: "No such letter was sent.".into(),
        note: None,
        kind: Kind::Notice,
        post: None,
        opened: None,
        changes: vec![],
        bundle: None,
    };
    press.put_version("no-such-letter", &version.to_bytes().unwrap(), None).unwrap();
}

#[test]
fn what_was_published_as_files() {
    let desk = Desk::empty();
    let published = desk.dir.path().join("elsewhere");
    publish(&published);
    let json = desk.json(&["pressroom", "export", "site", "--published", "elsewhere"]);
    assert_eq!((&json["statements"], &json["left_out"], &json["dir"]), (&1.into(), &0.into(), &"site".into()));
    let page = fs::read_to_string(desk.dir.path().join("site/fr/statements/no-such-letter/index.html")).unwrap();
    assert!(page.contains("A letter that was never written") && page.contains("17 mars 2030"));
    let said = desk.run(&["pressroom", "export", "site", "--published", "elsewhere"]).expect(0).out;
    assert!(said.starts_with("1 statement in ") && said.trim_end().ends_with("in site"), "{said}");
    // What the desk did not write is in no page, and said.
    fs::write(published.join("statements/no-such-letter/1.json"), "{}").unwrap();
    let ran = desk.run(&["pressroom", "export", "other", "--published", "elsewhere"]).expect(0);
    assert!(ran.err.contains("warning: 1 thing was left out"), "{}", ran.err);
}

#[test]
fn where_there_is_nothing() {
    let desk = Desk::empty();
    let ran = desk.run(&["pressroom", "export", "site", "--published", "absent"]).expect(2);
    assert!(
        ran.err.contains("error: there is no published directory at absent\n  hint: nothing was published yet"),
        "{}",
        ran.err
    );
    publish(&desk.dir.path().join("elsewhere"));
    let ran = desk.run(&["pressroom", "export", "elsewhere/site", "--published", "elsewhere"]).expect(2);
    assert!(ran.err.contains("lie in one another"), "{}", ran.err);
}
