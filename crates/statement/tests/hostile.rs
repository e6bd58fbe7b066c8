//! What the pressroom reads, whoever wrote it: one bad statement takes nothing else with it, and nothing leads out of the directory.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::os::unix::fs::symlink;
use std::path::Path;

use common::{BUNDLE, answer, notice, scratch, state};
use countermark_statement::{Error, Fault, Features, Press, Shown, Site, State, Version, clean, is_id, limits};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A directory with two good statements and a third one, `bad`, which is good as well.
fn three() -> tempfile::TempDir {
    let dir = scratch();
    let mut press = Press::create(dir.path()).unwrap();
    press.put_site(&Site { name: "Aldric".into(), ..Site::default() }).unwrap();
    for id in ["a", "bad", "c"] {
        press.put_version(id, &answer(1).to_bytes().unwrap(), Some(BUNDLE)).unwrap();
        press.put_version(id, &answer(2).to_bytes().unwrap(), Some(BUNDLE)).unwrap();
        press.put_state(id, &state()).unwrap();
    }
    dir
}

/// What makes a version unfit.
type Spoil = fn(&mut Version);

/// What one did to the statement `bad`.
type Harm = fn(&Path);

#[track_caller]
fn only_bad_is_missing(harm: Harm, what: &str) {
    let dir = three();
    harm(&dir.path().join("statements/bad"));
    let shown = Shown::load(dir.path()).unwrap();
    let ids: Vec<_> = shown.statements().iter().map(|statement| statement.id.as_str()).collect();
    assert_eq!(ids, ["a", "c"], "{what}");
    let named: Vec<_> = shown.misfits().iter().map(|misfit| misfit.statement.as_deref()).collect();
    assert_eq!(named, [Some("bad")], "{what}");
    assert!(shown.is_left_out("bad") && !shown.is_left_out("a") && !shown.is_unproved("bad", 1), "{what}");
}

fn edit(file: &Path, change: impl FnOnce(&mut Value)) {
    let mut value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    change(&mut value);
    std::fs::write(file, serde_json::to_vec(&value).unwrap()).unwrap();
}

#[test]
fn a_bad_statement_is_left_out_alone() {
    let harms: [(&str, Harm); 14] = [
        ("no JSON", |dir| std::fs::write(dir.join("2.json"), "{").unwrap()),
        ("no UTF-8", |dir| std::fs::write(dir.join("2.json"), b"\"\xff\"").unwrap()),
        ("another format", |dir| edit(&dir.join("1.json"), |v| v["format"] = json!("countermark/statement/2"))),
        ("an unknown key", |dir| edit(&dir.join("1.json"), |v| v["script"] = json!("x"))),
        ("another number", |dir| edit(&dir.join("1.json"), |v| v["number"] = json!(2))),
        ("a gap", |dir| std::fs::rename(dir.join("2.json"), dir.join("3.json")).unwrap()),
        ("no first version", |dir| std::fs::remove_file(dir.join("1.json")).unwrap()),
        ("a link to a version", |dir| {
            std::fs::rename(dir.join("2.json"), dir.join("x")).unwrap();
            symlink("x", dir.join("2.json")).unwrap();
        }),
        ("a link to a folder", |dir| {
            std::fs::rename(dir, dir.with_file_name("BAD")).unwrap();
            symlink("BAD", dir).unwrap();
        }),
        ("a folder as a version", |dir| {
            std::fs::remove_file(dir.join("2.json")).unwrap();
            std::fs::create_dir(dir.join("2.json")).unwrap();
        }),
        ("a pipe as a state", |dir| {
            std::fs::remove_file(dir.join("state.json")).unwrap();
            let made = std::process::Command::new("mkfifo").arg(dir.join("state.json")).status().unwrap();
            assert!(made.success());
        }),
        ("a state of another kind", |dir| {
            std::fs::write(dir.join("state.json"), "{\"format\":\"countermark/site/1\"}").unwrap()
        }),
        ("a huge state", |dir| std::fs::write(dir.join("state.json"), vec![b' '; limits::STATE_BYTES + 1]).unwrap()),
        ("a file as a folder", |dir| {
            std::fs::remove_dir_all(dir).unwrap();
            std::fs::write(dir, "x").unwrap();
        }),
    ];
    for (what, harm) in harms {
        only_bad_is_missing(harm, what);
    }
}

#[test]
fn what_is_no_statement_is_nobodys() {
    let dir = three();
    let statements = dir.path().join("statements");
    for name in ["Upper", "with space", ".hidden", "a.b", &"x".repeat(81)] {
        std::fs::create_dir(statements.join(name)).unwrap();
        std::fs::copy(statements.join("a/1.json"), statements.join(name).join("1.json")).unwrap();
    }
    std::fs::create_dir(statements.join("empty")).unwrap();
    for name in ["01.json", "0.json", "x.json", "1.json.bak", ".1.json.new"] {
        std::fs::write(statements.join("a").join(name), "{").unwrap();
    }
    let shown = Shown::load(dir.path()).unwrap();
    assert_eq!((shown.statements().len(), shown.misfits().len()), (3, 0), "{:?}", shown.misfits());
    assert!(!is_id("") && !is_id("../a") && !is_id("A") && !is_id(&"x".repeat(81)) && is_id("a-1"));
}

#[test]
fn a_bad_site_takes_nothing_from_the_statements() {
    for bytes in [&b"{"[..], b"{\"format\":\"countermark/site/1\"}", &vec![b' '; limits::SITE_BYTES + 1]] {
        let dir = three();
        std::fs::write(dir.path().join("site.json"), bytes).unwrap();
        let shown = Shown::load(dir.path()).unwrap();
        assert_eq!((shown.statements().len(), shown.misfits().len()), (3, 1));
        assert_eq!(shown.site(), &Site::default());
        assert!(shown.misfits()[0].statement.is_none());
    }
    // No directory at all is an error; an empty one shows nothing.
    let dir = scratch();
    assert!(matches!(Shown::load(&dir.path().join("none")), Err(Error::Disk { .. })));
    assert!(Shown::load(dir.path()).unwrap().statements().is_empty());
}

#[test]
fn more_statements_than_may_be_are_said() {
    let dir = scratch();
    let statements = dir.path().join("statements");
    std::fs::create_dir(&statements).unwrap();
    for number in 0..=limits::STATEMENTS {
        std::fs::create_dir(statements.join(format!("s{number:05}"))).unwrap();
    }
    let shown = Shown::load(dir.path()).unwrap();
    assert!(matches!(&shown.misfits()[0].error, Error::Form { fault: Fault::Long("statements"), .. }));
}

/// Whoever can spoil a bundle must not be able to take a statement away with it.
#[test]
fn a_version_without_its_bundle_is_shown_and_unproved() {
    let harms: [(&str, Harm); 4] = [
        ("no bundle", |dir| std::fs::remove_file(dir.join("1.bundle.json")).unwrap()),
        ("another bundle", |dir| std::fs::write(dir.join("1.bundle.json"), "{}").unwrap()),
        ("a huge bundle", |dir| {
            std::fs::write(dir.join("1.bundle.json"), vec![b' '; limits::BUNDLE_BYTES + 1]).unwrap()
        }),
        ("a link to a bundle elsewhere", |dir| {
            std::fs::remove_file(dir.join("1.bundle.json")).unwrap();
            symlink("../a/1.bundle.json", dir.join("1.bundle.json")).unwrap();
        }),
    ];
    for (what, harm) in harms {
        let dir = three();
        harm(&dir.path().join("statements/bad"));
        let shown = Shown::load(dir.path()).unwrap();
        assert_eq!(shown.statement("bad").unwrap().versions, [answer(1), answer(2)], "{what}");
        assert!(shown.is_unproved("bad", 1) && !shown.is_unproved("bad", 2) && !shown.is_unproved("a", 1), "{what}");
        assert!(!shown.is_left_out("bad"));
        let said: Vec<_> = shown.misfits().iter().map(|one| (one.statement.as_deref(), one.unproved)).collect();
        assert_eq!(said, [(Some("bad"), Some(1))], "{what}");
        assert!(shown.bundle("bad", 1).is_err() && shown.bundle("bad", 2).unwrap().is_some(), "{what}");
    }
}

#[test]
fn what_may_not_be_published_is_refused_on_both_sides() {
    let changes: [(&str, Spoil); 23] = [
        ("title", |v| v.title.clear()),
        ("title", |v| v.title = "two\nlines".into()),
        ("title", |v| v.title = "turned \u{202e} round".into()),
        ("title", |v| v.title = "x".repeat(limits::LINE + 1)),
        ("byline", |v| v.byline = "\u{1b}[2J".into()),
        ("text", |v| v.text = " \n".into()),
        ("text", |v| v.text = "bell \u{7}".into()),
        ("text", |v| v.text = "separator \u{2028}".into()),
        ("text", |v| v.text = "x".repeat(limits::TEXT_BYTES + 1)),
        ("language", |v| v.language = "en\"onload".into()),
        ("note", |v| v.note = Some("new".into())),
        ("url", |v| v.post.as_mut().unwrap().url = Some("javascript:alert(1)".into())),
        ("url", |v| v.post.as_mut().unwrap().url = Some("https://a.example/\" onclick=".into())),
        ("sha256", |v| v.post.as_mut().unwrap().sha256 = Some("AB".repeat(32))),
        ("a hash of words that are kept back", |v| {
            v.post.as_mut().unwrap().text = None;
            v.changes.clear();
        }),
        ("part", |v| v.opened.as_mut().unwrap().parts[1].number = 3),
        ("words", |v| v.opened.as_mut().unwrap().parts[1].words = "7".into()),
        ("parts", |v| v.opened.as_mut().unwrap().parts.clear()),
        ("at", |v| v.changes[0].at = Some((0, 4_000))),
        ("change in a hole", |v| v.changes[0].part = Some(2)),
        ("kind", |v| v.changes[0].sent = None),
        ("published", |v| v.post.as_mut().unwrap().text = None),
        ("bundle", |v| v.bundle = None),
    ];
    for (what, change) in changes {
        let mut version = answer(1);
        change(&mut version);
        assert!(version.check().is_err() && version.to_bytes().is_err(), "{what}");
        let mut bytes = serde_json::to_value(&version).unwrap();
        bytes["format"] = json!("countermark/statement/1");
        assert!(Version::from_bytes(&serde_json::to_vec(&bytes).unwrap()).is_err(), "{what}");
    }
    let sites: [fn(&mut Site); 6] = [
        |s| s.language = "xx".into(),
        |s| s.address = Some("https://press.example/".into()),
        |s| s.address = Some("ftp://press.example".into()),
        |s| s.desk = Some("age1nobody".into()),
        |s| s.name = "a\nb".into(),
        |s| s.witnesses = vec!["w".into(); limits::WITNESSES + 1],
    ];
    for change in sites {
        let mut site = Site { features: Features::default(), ..Site::default() };
        change(&mut site);
        assert!(site.to_bytes().is_err(), "{site:?}");
    }
    let mut state = state();
    state.related = vec!["../x".into()];
    assert!(state.to_bytes().is_err());
    assert!(notice(2).check().is_ok() && Version { note: None, ..notice(2) }.check().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn cleaning_moves_nothing(text in any::<String>()) {
        let cleaned = clean(&text);
        prop_assert_eq!(cleaned.len(), text.len());
        for (at, _) in text.char_indices() {
            prop_assert!(cleaned.is_char_boundary(at));
        }
        prop_assert_eq!(clean(&cleaned), cleaned.clone());
        let version = Version { text: format!("x{cleaned}"), ..notice(1) };
        prop_assert!(version.check().is_ok());
    }

    #[test]
    fn what_is_written_reads_back(title in "[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]{1,40}", text in "[^\\p{Cc}\\p{Zl}\\p{Zp}]{1,200}", at in any::<u32>()) {
        let version = Version { title: format!("x{title}"), text: format!("x{text}"), published_at: u64::from(at), ..answer(1) };
        let bytes = version.to_bytes().unwrap();
        prop_assert_eq!(Version::from_bytes(&bytes).unwrap(), version);
    }

    /// Whatever a byte is changed to: the version is another valid one or refused, and never a reason to stop.
    #[test]
    fn no_byte_breaks_the_reader(place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = answer(1).to_bytes().unwrap();
        let at = place.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(version) = Version::from_bytes(&bytes) {
            prop_assert!(version.check().is_ok());
        }
        let mut bytes = state().to_bytes().unwrap();
        let at = place.index(bytes.len());
        bytes[at] = byte;
        let _ = State::from_bytes(&bytes);
    }
}
