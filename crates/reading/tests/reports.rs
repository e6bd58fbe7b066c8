//! Reports of four languages with what stands in them beside each: how many quotations are found, and how many attributions are
//! right, wrong and left open. `cargo test -p countermark-reading --test reports -- --nocapture` prints the table.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use countermark_reading::{Manner, Names, Quotation, report};

#[derive(Default)]
struct Count {
    reports: usize,
    expected: usize,
    found: usize,
    beside: usize,
    right: usize,
    wrong: usize,
    open: usize,
    named: usize,
    manner: usize,
    to_right: usize,
    to: usize,
}

/// Whether a name means the one that stands in the table: forms of it count.
fn same(found: &str, expected: &str) -> bool {
    let mut names = Names::new();
    names.add(expected, [""; 0]);
    found.to_lowercase() == expected.to_lowercase() || names.find(found).is_some()
}

#[test]
fn measured_on_reports_of_four_languages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    assert!(files.len() >= 30);
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut misses = String::new();
    for file in files {
        let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let rows = std::fs::read_to_string(file.with_extension("tsv")).unwrap();
        let report = report(&text, &Names::new());
        assert_eq!(report.language, &stem[..2], "{stem}");
        // Reports from 50 on were written after the tables, and nothing was changed for them.
        let group = if stem[2..].parse::<u32>().unwrap() >= 50 { "unseen" } else { &stem[..2] };
        let count = counts.entry(group.to_owned()).or_default();
        count.reports += 1;
        let mut matched = 0;
        for row in rows.lines() {
            let [quoted, speaker, manner, to] = row.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{stem}: {row}")
            };
            count.expected += 1;
            count.named += usize::from(speaker != "-");
            let Some(quotation) = report.quotations.iter().find(|q| q.text(&text).contains(quoted)) else {
                misses.push_str(&format!("{stem}: not found: {quoted}\n"));
                continue;
            };
            matched += 1;
            count.found += 1;
            judge(count, quotation, speaker, manner, to, &mut misses, &format!("{stem}: {quoted}"));
        }
        count.beside += report.quotations.len().saturating_sub(matched);
        if report.quotations.len() > matched {
            let all: Vec<String> = report.quotations.iter().map(|q| q.text(&text)).collect();
            misses.push_str(&format!("{stem}: more than stands in it: {all:?}\n"));
        }
    }
    println!("{misses}");
    println!(
        "| language | reports | quotations | found | found and none | attributed | right | wrong | left open | said or written right | addressees | right |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (language, c) in &counts {
        println!(
            "| {language} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            c.reports, c.expected, c.found, c.beside, c.named, c.right, c.wrong, c.open, c.manner, c.to, c.to_right
        );
    }
    let sum = |field: fn(&Count) -> usize| counts.values().map(field).sum::<usize>();
    // What was reached once is kept.
    assert!(sum(|c| c.found) * 100 >= sum(|c| c.expected) * 97, "found");
    assert!(sum(|c| c.right) * 100 >= sum(|c| c.named) * 90, "attributed");
    assert!(sum(|c| c.wrong) * 100 <= sum(|c| c.named) * 2, "wrong");
}

fn judge(
    count: &mut Count,
    quotation: &Quotation,
    speaker: &str,
    manner: &str,
    to: &str,
    misses: &mut String,
    place: &str,
) {
    match (&quotation.speaker, speaker) {
        (None, "-") => {}
        (None, _) => {
            count.open += 1;
            misses.push_str(&format!("{place}: left open, is {speaker}\n"));
        }
        (Some(found), expected) if expected != "-" && same(&found.name, expected) => count.right += 1,
        (Some(found), _) => {
            count.wrong += 1;
            misses.push_str(&format!("{place}: {} ({:?}), is {speaker}\n", found.name, found.how));
        }
    }
    let found = match quotation.manner {
        Manner::Said => "said",
        Manner::Written => "written",
        Manner::Unknown => "-",
    };
    if found == manner {
        count.manner += 1;
    } else {
        misses.push_str(&format!("{place}: manner {found}, is {manner}\n"));
    }
    count.to += usize::from(to != "-");
    match (&quotation.to, to) {
        (Some(found), expected) if expected != "-" && same(&found.name, expected) => count.to_right += 1,
        (None, "-") => {}
        (found, _) => misses.push_str(&format!("{place}: to {}, is {to}\n", found.as_ref().map_or("-", |to| &to.name))),
    }
}
