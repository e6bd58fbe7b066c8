//! What stays closed stays closed: for random openings, whatever was published and however it was altered, no word that stands only in closed
//! parts, and none of a wording that was not opened, is in any byte of the published directory.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::desk::{Desk, hex};
use common::{NOW, request};
use countermark_marking::Master;
use countermark_office::{About, StatementDraft};
use countermark_statement::{Shown, Version};
use rand_core::Rng;

/// Words that nothing else is made of: part `p`, word `w`. They are found whatever stands around them.
fn word(part: usize, word: usize) -> String {
    let letters = ["ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "za"];
    format!("q{}{}{}{}x", letters[part % 16], letters[part / 16 % 16], letters[word % 16], letters[word / 16 % 16])
}

/// A letter of ten sentences in three paragraphs, each with sites whose wordings are all different.
fn letter() -> (String, usize) {
    let mut source = String::new();
    let parts = 10;
    for part in 0..parts {
        for at in 0..14 {
            let begins = at == 0;
            let mut one = word(part, at);
            if begins {
                one = one[..1].to_uppercase() + &one[1..];
            }
            if at > 0 {
                source.push(' ');
            }
            // Every fourth place is a site: another word, or two, or none at all.
            match at % 4 {
                2 => source.push_str(&format!("{{{one}|{}}}", word(part, at + 100))),
                3 if at > 8 => source.push_str(&format!("{{{one}|{} {}}}", word(part, at + 100), word(part, at + 120))),
                _ => source.push_str(&one),
            }
        }
        source.push_str(match part {
            2 | 5 => ".\n\n",
            9 => ".",
            _ => ". ",
        });
    }
    (source, parts)
}

/// A leak: some of a copy's sentences, some of them in another order, with words changed, left out and put in.
fn leak(copy: &str, rng: &mut impl Rng) -> String {
    let mut draw = |below: usize| (rng.next_u64() % below as u64) as usize;
    let mut sentences: Vec<String> =
        copy.split_inclusive('.').map(|s| s.trim().to_owned()).filter(|s| s.starts_with('Q')).collect();
    for _ in 0..draw(5) {
        sentences.remove(draw(sentences.len()));
    }
    if draw(3) == 0 {
        let from = draw(sentences.len());
        let moved = sentences.remove(from);
        sentences.insert(draw(sentences.len() + 1), moved);
    }
    for number in 0..draw(6) {
        let at = draw(sentences.len());
        let mut words: Vec<String> = sentences[at].split(' ').map(str::to_owned).collect();
        let place = draw(words.len());
        match draw(3) {
            0 => words[place] = format!("zzforged{number}"),
            1 if words.len() > 4 => drop(words.remove(place)),
            _ => words.insert(place, format!("zzadded{number}")),
        }
        sentences[at] = words.join(" ");
    }
    if draw(2) == 0 {
        sentences.insert(draw(sentences.len() + 1), "And zzwhole zzsentences zzthat nobody wrote.".to_owned());
    }
    sentences.join(" ")
}

/// The made-up words in some bytes.
fn words(bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let all = text.split(|c: char| !c.is_ascii_alphanumeric());
    all.filter(|word| word.len() == 10 && word.starts_with('q') && word.ends_with('x')).map(str::to_owned).collect()
}

fn all_bytes(dir: &Path, out: &mut Vec<u8>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        out.extend_from_slice(path.file_name().unwrap().as_encoded_bytes());
        out.push(b'\n');
        if path.is_dir() { all_bytes(&path, out) } else { out.extend(std::fs::read(&path).unwrap()) }
    }
}

/// What may be public: the parts that are open, in the wording that is opened, and the post's words where it is shown.
fn allowed(texts: &[String], open: &[usize], post: Option<&str>) -> BTreeSet<String> {
    let open = open.iter().flat_map(|part| words(texts[part - 1].as_bytes()));
    open.chain(words(post.unwrap_or_default().as_bytes())).collect()
}

#[test]
fn no_word_of_a_closed_part_is_published() {
    let (source, count) = letter();
    let mut rng = countermark_testkit::rng(2_026);
    let (mut changes, mut nothing_open, mut whole) = (0, 0, 0);
    for round in 0..60 {
        let mut desk = Desk::new(0);
        let press = desk.dir.path().join("v.press");
        desk.office.join_press(&press).unwrap();
        let mut asked = request(Master::parse(&source).unwrap(), 4);
        asked.marked_line = false;
        let sealed = desk.office.seal(&asked).unwrap();
        desk.office.publish_now(Some(&sealed.message)).unwrap();
        let texts = desk.office.message(&sealed.reference).unwrap().parts;
        assert_eq!(texts.len(), count);
        let copy = (rng.next_u64() % 4) as usize;
        let post = leak(&sealed.copies[copy].text, &mut rng);
        let case = desk.office.open_case(post.as_bytes(), &post, NOW / 1000, Some("it is out")).unwrap();
        let id = hex(&desk.office.new_statement(About::Case(&hex(&case.id))).unwrap().summary.id);
        let hide_post = rng.next_u64().is_multiple_of(2);
        let mut open: Vec<usize> = Vec::new();
        // One version after another, each opens some more.
        for number in 1..=3 {
            let share = rng.next_u64() % 4;
            open.extend((1..=count).filter(|_| rng.next_u64() % 8 < share));
            open.sort_unstable();
            open.dedup();
            let draft = StatementDraft {
                title: "An answer".into(),
                byline: "The office".into(),
                text: "Here it is.".into(),
                note: if number > 1 { "Opens more.".into() } else { String::new() },
                open: open.clone(),
                hide_post,
                ..StatementDraft::default()
            };
            desk.office.save_draft(&id, &draft, None).unwrap();
            let previewed = words(&desk.office.statement_preview(&id).unwrap().version.to_bytes().unwrap());
            let issued = desk.office.publish_statement(&id, None).unwrap();
            let mut bytes = Vec::new();
            all_bytes(&press, &mut bytes);
            let allowed = allowed(&texts, &open, (!hide_post).then_some(post.as_str()));
            let said: Vec<_> = words(&bytes).difference(&allowed).cloned().collect();
            assert!(said.is_empty(), "round {round}, version {number}, open {open:?}: {said:?}");
            assert!(previewed.is_subset(&allowed), "round {round}, version {number}: the preview");
            // What is opened is there.
            let opened: BTreeSet<_> = open.iter().flat_map(|part| words(texts[part - 1].as_bytes())).collect();
            assert!(opened.is_subset(&words(&bytes)), "round {round}, version {number}");
            changes += checked(&issued.version, &texts, (!hide_post).then_some(post.as_str()));
            nothing_open += usize::from(open.is_empty());
            whole += usize::from(open.len() == count);
        }
        let shown = Shown::load(&press.join("published")).unwrap();
        assert!(shown.misfits().is_empty() && shown.statements()[0].versions.len() == 3, "{:?}", shown.misfits());
    }
    assert!(changes > 200 && nothing_open > 0 && whole + nothing_open < 120, "{changes} {nothing_open} {whole}");
}

/// Every change stands where it says, in both texts; how many there are.
fn checked(version: &Version, texts: &[String], post: Option<&str>) -> usize {
    for change in &version.changes {
        let sent = change.sent.as_deref().unwrap_or_default();
        let part = change.part.unwrap() as usize;
        // It may run on into the next open part.
        let from_here: String = texts[part - 1..].concat();
        assert!(from_here.contains(sent), "{part}: {sent:?}");
        match (post, change.at) {
            (Some(post), Some((from, to))) => assert_eq!(change.published.as_deref(), post.get(from..to)),
            (None, at) => assert!(at.is_none() && change.published.is_none()),
            (Some(_), None) => assert!(change.published.is_none()),
        }
    }
    version.changes.len()
}
