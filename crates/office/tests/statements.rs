//! Statements: drafts, previews, versions with their bundles, and a vault that has everything before the public sees it.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use common::HOUR;
use common::desk::{Desk, hex, kept};
use countermark_office::{About, Caution, Error, Issued, Public, Shows, StatementDraft};
use countermark_proof::{Tables, VerifyOptions, verify};
use countermark_statement::{ChangeKind, Fault, Kind, Shown};

fn draft(open: &[usize]) -> StatementDraft {
    StatementDraft {
        title: "What was written to Lenz".into(),
        byline: "The office of Ines Aldric".into(),
        text: "A letter is going about.\n\nHere is what it said.".into(),
        open: open.to_vec(),
        ..StatementDraft::default()
    }
}

/// Writes a draft and publishes it.
fn publish(desk: &mut Desk, id: &str, draft: &StatementDraft) -> Result<Issued, Error> {
    let revision = desk.office.save_draft(id, draft, None)?;
    desk.office.publish_statement(id, Some(revision))
}

fn begin(desk: &mut Desk, about: About<'_>) -> String {
    hex(&desk.office.new_statement(about).unwrap().summary.id)
}

fn press(desk: &Desk) -> PathBuf {
    desk.dir.path().join("v.press")
}

fn shown(desk: &Desk) -> Shown {
    let shown = Shown::load(&press(desk).join("published")).unwrap();
    assert!(shown.misfits().is_empty(), "{:?}", shown.misfits());
    shown
}

fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), std::fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn a_case_is_answered() {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    let (reference, text) = desk.letter(4);
    let altered = text.replace("harbour dues", "harbour bribes");
    let case = desk.case(&altered);
    let id = begin(&mut desk, About::Case(&case));
    assert_eq!(begin(&mut desk, About::Case(&case)), id, "a case has one statement");
    desk.office.save_draft(&id, &draft(&[5]), None).unwrap();
    let preview = desk.office.statement_preview(&id).unwrap();
    assert_eq!((preview.opens.as_slice(), preview.already.len(), preview.lacks.len()), (&[5][..], 0, 0));
    let issued = desk.office.publish_statement(&id, None).unwrap();
    assert!(issued.placed && issued.stamped == Some(false));
    assert_eq!(issued.address, "what-was-written-to-lenz");
    // It looks as the preview said, but for the bundle.
    let mut previewed = preview.version.clone();
    previewed.bundle.clone_from(&issued.version.bundle);
    assert_eq!(issued.version, previewed);

    let shown = shown(&desk);
    let statement = shown.statement(&issued.address).unwrap();
    assert_eq!(statement.versions, [issued.version]);
    let version = &statement.versions[0];
    assert_eq!((version.number, version.kind, version.note.is_none()), (1, Kind::Leak, true));
    let opened = version.opened.as_ref().unwrap();
    assert_eq!(opened.reference.as_deref(), Some(reference.as_str()));
    let open: Vec<_> = opened.parts.iter().filter(|part| part.text.is_some()).map(|part| part.number).collect();
    assert_eq!(open, [5]);
    let change = version.changes.iter().find(|change| change.kind == ChangeKind::Changed).unwrap();
    assert_eq!(
        (change.part, change.sent.as_deref(), change.published.as_deref()),
        (Some(5), Some("dues"), Some("bribes"))
    );
    let (from, to) = change.at.unwrap();
    assert_eq!(&version.post.as_ref().unwrap().text.as_ref().unwrap()[from..to], "bribes");

    // A stranger checks the bundle: the same parts, the same text, the capture that the page names.
    let bundle = shown.bundle(&issued.address, 1).unwrap().unwrap();
    let report = verify(&bundle, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() });
    assert!(report.valid, "{}", report.reason_text);
    let proved: Vec<_> = report.opened.iter().map(|part| (part.part, part.text.clone())).collect();
    assert_eq!(proved, [(5, opened.parts[4].text.clone().unwrap())]);
    assert_eq!(Some(report.capture.unwrap().sha256), version.post.as_ref().unwrap().sha256);
    assert_eq!(shown.site().log_key.as_deref(), Some(desk.office.log_verifier().as_str()));
    assert_eq!(desk.office.case(&case).unwrap().summary.state, "shown");
    assert!(desk.office.audit_log().unwrap().problems.is_empty());
}

#[test]
fn later_versions_open_more_and_never_less() {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    let id = begin(&mut desk, About::Case(&case));
    publish(&mut desk, &id, &draft(&[2, 3])).unwrap();
    let without_note = publish(&mut desk, &id, &draft(&[6]));
    assert!(matches!(without_note, Err(Error::Unfit(Fault::Empty("note")))), "{without_note:?}");
    desk.clock.fetch_add(HOUR, Ordering::Relaxed);
    let more = StatementDraft { note: "Adds the sixth sentence.".into(), title: "Another title".into(), ..draft(&[6]) };
    desk.office.save_draft(&id, &more, None).unwrap();
    let preview = desk.office.statement_preview(&id).unwrap();
    assert_eq!((preview.opens, preview.already), (vec![6], vec![2, 3]));
    let issued = desk.office.publish_statement(&id, None).unwrap();
    assert_eq!((issued.version.number, issued.opened, issued.closed), (2, vec![6], vec![1, 4, 5, 7]));
    assert_eq!(issued.address, "what-was-written-to-lenz", "a name in addresses stays");
    let shown = shown(&desk);
    let statement = shown.statement(&issued.address).unwrap();
    assert_eq!(statement.versions.len(), 2);
    assert_eq!(statement.versions[1].note.as_deref(), Some("Adds the sixth sentence."));
    assert!(statement.versions[1].published_at > statement.versions[0].published_at);
    let view = desk.office.statement(&id).unwrap();
    let public: Vec<_> = view.parts.iter().map(|part| part.public).collect();
    assert_eq!(public[..3], [Public::No, Public::Here, Public::Here]);
    assert!(view.draft.note.is_empty() && view.summary.state() == "published");
    // Opened there, they count as open in what another statement says of the same message.
    let other = desk.case(&text.replace("harbour", "port"));
    let other = begin(&mut desk, About::Case(&other));
    let view = desk.office.statement(&other).unwrap();
    assert_eq!(view.parts[1].public, Public::Elsewhere);
    assert!(!view.parts[1].open, "what it shows is its own matter");
    for bad in [0, 8, usize::MAX] {
        assert!(matches!(desk.office.preview_of(&id, &draft(&[bad])), Err(Error::Opening(_))), "{bad}");
    }
}

#[test]
fn what_is_sent_twice_goes_out_once() {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    let id = begin(&mut desk, About::Notice);
    let first = desk.office.save_draft(&id, &draft(&[]), None).unwrap();
    assert_eq!(desk.office.save_draft(&id, &draft(&[]), Some(first)).unwrap(), first, "nothing new, nothing done");
    let second =
        desk.office.save_draft(&id, &StatementDraft { category: "Notes".into(), ..draft(&[]) }, Some(first)).unwrap();
    assert!(matches!(desk.office.save_draft(&id, &draft(&[]), Some(first)), Err(Error::StaleDraft)));
    assert!(matches!(desk.office.publish_statement(&id, Some(first)), Err(Error::StaleDraft)));
    desk.office.publish_statement(&id, Some(second)).unwrap();
    assert!(matches!(desk.office.publish_statement(&id, Some(second)), Err(Error::StaleDraft)));
    assert_eq!(shown(&desk).statements()[0].versions.len(), 1);
}

#[test]
fn a_notice_and_invented_words_need_no_bundle() {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    let notice = begin(&mut desk, About::Notice);
    let issued = publish(&mut desk, &notice, &draft(&[])).unwrap();
    assert_eq!((issued.version.kind, issued.version.bundle, issued.stamped), (Kind::Notice, None, None));
    assert!(desk.office.preview_of(&notice, &draft(&[1])).is_err(), "there is no message");
    // Two of one title have two addresses, and a wanted one is had once.
    let second = begin(&mut desk, About::Notice);
    assert_eq!(publish(&mut desk, &second, &draft(&[])).unwrap().address, "what-was-written-to-lenz-2");
    let third = begin(&mut desk, About::Notice);
    for (address, fits) in [("What Was", false), ("what-was-written-to-lenz", false), ("the-third", true)] {
        let issued = publish(&mut desk, &third, &StatementDraft { address: address.into(), ..draft(&[]) });
        assert_eq!(issued.is_ok(), fits, "{address}");
    }
    // A message that nothing was traced of answers a case all the same.
    let (reference, _) = desk.letter(2);
    let case = desk.case("Nothing of the kind was ever in any letter of ours, whatever they say on the quay.");
    assert_eq!(desk.office.case(&case).unwrap().summary.kind, "foreign");
    let id = begin(&mut desk, About::CaseWith { case: &case, message: &reference });
    let issued = publish(&mut desk, &id, &draft(&[1])).unwrap();
    assert!(issued.version.bundle.is_some() && issued.version.changes.is_empty());
    let bundle = desk.office.version_bundle(&id, 1).unwrap().unwrap();
    let report = verify(&bundle, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() });
    assert!(report.valid && report.capture.is_some(), "{}", report.reason_text);
    let alone = begin(&mut desk, About::Message(&reference));
    assert!(publish(&mut desk, &alone, &draft(&[7])).unwrap().version.post.is_none());
}

#[test]
fn a_leaf_that_waits_goes_out_for_it() {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    let master = countermark_marking::Master::parse(common::desk::LETTER).unwrap();
    let sealed = desk.office.seal(&common::request(master, 3)).unwrap();
    let case = desk.case(&sealed.copies[0].text);
    let id = begin(&mut desk, About::Case(&case));
    let preview = desk.office.preview_of(&id, &draft(&[1])).unwrap();
    assert!(preview.cautions.contains(&Caution::NotLogged), "{:?}", preview.cautions);
    assert!(publish(&mut desk, &id, &draft(&[1])).unwrap().version.bundle.is_some());
    // Nothing opened, nothing proved, and no batch for it.
    let id = begin(&mut desk, About::Notice);
    let size = desk.office.log_size().unwrap();
    publish(&mut desk, &id, &draft(&[])).unwrap();
    assert_eq!(desk.office.log_size().unwrap(), size);
}

#[test]
fn which_copy_it_was_can_stand_in_a_statement() {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    let id = begin(&mut desk, About::Case(&case));
    let all: Vec<usize> = (1..=7).collect();
    let copy = StatementDraft { shows: Shows::Copy, ..draft(&all) };
    assert!(matches!(
        publish(&mut desk, &id, &StatementDraft { shows: Shows::Copy, ..draft(&[]) }),
        Err(Error::Statement { .. })
    ));
    assert!(publish(&mut desk, &id, &StatementDraft { shows: Shows::Name, ..draft(&all) }).is_err(), "nobody approved");
    assert!(publish(&mut desk, &id, &StatementDraft { shows: Shows::Evidence, ..draft(&all) }).is_err());
    publish(&mut desk, &id, &copy).unwrap();
    let bundle = desk.office.version_bundle(&id, 1).unwrap().unwrap();
    let report = verify(&bundle, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() });
    assert_eq!(report.row.unwrap().copy, 4);
    // What it showed counts for nothing later, whoever reads it off the page.
    let forged = text.replace("harbour dues", "dues of the harbour");
    let found = desk.office.search_for(Some("is it his?")).unwrap().trace(&forged, Some("is it his?")).unwrap();
    assert!(found.messages[0].named.is_empty() && found.messages[0].bits_observed == 0.0);
}

#[test]
fn the_desk_is_told_what_it_gives_away() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    let id = begin(&mut desk, About::Case(&case));
    let view = desk.office.statement(&id).unwrap();
    let closed = view.parts[5].text.trim().to_owned();
    let says = |desk: &Desk, draft: &StatementDraft| desk.office.preview_of(&id, draft).unwrap().cautions;
    let hidden = StatementDraft { hide_post: true, ..draft(&[2]) };
    assert!(
        !says(&desk, &hidden).iter().any(|c| matches!(c, Caution::SaysClosed { .. } | Caution::PostShowsClosed { .. }))
    );
    let quoting =
        StatementDraft { text: format!("We wrote: \u{201c}{}\u{201d}", closed.to_uppercase()), ..hidden.clone() };
    assert!(says(&desk, &quoting).contains(&Caution::SaysClosed { part: 6 }));
    assert!(!says(&desk, &StatementDraft { open: vec![2, 6], ..quoting }).contains(&Caution::SaysClosed { part: 6 }));
    assert!(
        says(&desk, &StatementDraft { hide_post: false, ..hidden }).contains(&Caution::PostShowsClosed { part: 6 })
    );
    assert!(says(&desk, &draft(&[])).contains(&Caution::Unproved));
    let empty = desk.office.preview_of(&id, &StatementDraft::default()).unwrap();
    for what in ["title", "byline", "text"] {
        assert!(empty.lacks.contains(&Fault::Empty(what)), "{:?}", empty.lacks);
    }
}

/// Whoever guesses a short text and hashes it must find that hash nowhere.
#[test]
fn a_text_that_is_kept_back_is_kept_back_as_a_hash_as_well() {
    use sha2::{Digest, Sha256};
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    let (_, text) = desk.letter(4);
    let altered = text.replace("harbour dues", "harbour bribes");
    let (case, hash) = (desk.case(&altered), hex(&Sha256::digest(&altered)));
    let found = |desk: &Desk| {
        let has = |bytes: &Vec<u8>| bytes.windows(hash.len()).any(|window| window == hash.as_bytes());
        files(&press(desk)).into_iter().filter(|(_, bytes)| has(bytes)).count()
    };
    let id = begin(&mut desk, About::Case(&case));
    let hidden = StatementDraft { hide_post: true, ..draft(&[2, 5]) };
    let issued = publish(&mut desk, &id, &hidden).unwrap();
    let post = issued.version.post.as_ref().unwrap();
    assert_eq!((post.text.as_deref(), post.sha256.as_deref(), post.source.as_deref()), (None, None, None));
    assert_eq!(found(&desk), 0);
    let bundle = desk.office.version_bundle(&id, 1).unwrap().unwrap();
    let report = verify(&bundle, &VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() });
    assert!(report.valid && report.capture.is_none(), "{}", report.reason_text);
    // The case knows all the same what was made public.
    assert_eq!(desk.office.case(&case).unwrap().shown.last().unwrap().parts, [2, 5]);
    // What a copy is known by is the published text: both can't be had.
    let both = StatementDraft { shows: Shows::Copy, note: "More.".into(), ..hidden.clone() };
    let refused = publish(&mut desk, &id, &both);
    assert!(matches!(refused, Err(Error::Statement { .. })), "{refused:?}");
    // Shown in a later version, its hash stands beside it, and in the bundle.
    let open = StatementDraft { hide_post: false, note: "Shows the post.".into(), ..hidden };
    let issued = publish(&mut desk, &id, &open).unwrap();
    assert_eq!(issued.version.post.unwrap().sha256.unwrap(), hash);
    assert_eq!(found(&desk), 2);
}

#[test]
fn what_was_withdrawn_stays_readable() {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    let id = begin(&mut desk, About::Notice);
    assert!(desk.office.withdraw_statement(&id, "never out").is_err(), "it was never published");
    let issued = publish(&mut desk, &id, &draft(&[])).unwrap();
    assert!(matches!(desk.office.withdraw_statement(&id, "  "), Err(Error::NoReason)));
    desk.office.withdraw_statement(&issued.address, "It was about another letter.").unwrap();
    let shown = shown(&desk);
    let statement = shown.statement(&issued.address).unwrap();
    assert_eq!(statement.state.withdrawn.as_ref().unwrap().reason, "It was about another letter.");
    assert_eq!(statement.versions.len(), 1);
    assert!(desk.office.withdraw_statement(&id, "again").is_err());
    assert!(publish(&mut desk, &id, &StatementDraft { note: "new".into(), ..draft(&[]) }).is_err());
    assert_eq!(desk.office.statements().unwrap()[0].state(), "withdrawn");
}

#[test]
fn drafts_are_kept_listed_and_given_up() {
    let mut desk = Desk::new(0);
    let id = begin(&mut desk, About::Notice);
    desk.office.save_draft(&id, &StatementDraft { title: "Half a".into(), ..StatementDraft::default() }, None).unwrap();
    // The vault alone has it: another office on the same store finds it.
    desk.put_back(desk.store.snapshot());
    let view = desk.office.statement(&id[..6]).unwrap();
    assert_eq!((view.draft.title.as_str(), view.summary.state()), ("Half a", "draft"));
    let long = StatementDraft { text: "x".repeat(200 << 10), ..StatementDraft::default() };
    assert!(matches!(desk.office.save_draft(&id, &long, None), Err(Error::FieldValue { .. })));
    desk.office.discard_draft(&id).unwrap();
    assert!(matches!(desk.office.statement(&id), Err(Error::UnknownStatement { .. })));
    // Of one that is published, the newest version is what is left.
    let id = begin(&mut desk, About::Notice);
    let issued = publish(&mut desk, &id, &draft(&[])).unwrap();
    assert!(!issued.placed, "no press is joined");
    desk.office.save_draft(&id, &StatementDraft { title: "Other".into(), ..draft(&[]) }, None).unwrap();
    assert_eq!(desk.office.statement(&id).unwrap().summary.state(), "changed");
    desk.office.discard_draft(&id).unwrap();
    let view = desk.office.statement(&id).unwrap();
    assert_eq!((view.draft.title.as_str(), view.summary.state()), (draft(&[]).title.as_str(), "published"));
    // What was published without a press is written when one is joined.
    let report = desk.office.join_press(&press(&desk)).unwrap();
    assert_eq!(report.written, 3, "site, version, state");
    assert_eq!(shown(&desk).statements()[0].versions, [issued.version]);
    assert_eq!(desk.office.recover_press().unwrap(), Default::default());
}

#[test]
fn an_older_vault_changes_nothing_that_is_public() {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    let id = begin(&mut desk, About::Case(&case));
    publish(&mut desk, &id, &draft(&[2])).unwrap();
    let older = desk.store.snapshot();
    publish(&mut desk, &id, &StatementDraft { note: "Adds.".into(), ..draft(&[3]) }).unwrap();
    let other = begin(&mut desk, About::Notice);
    publish(&mut desk, &other, &StatementDraft { title: "Another".into(), ..draft(&[]) }).unwrap();
    let before = files(&press(&desk).join("published/statements"));
    desk.put_back(older);
    let report = desk.office.join_press(&press(&desk)).unwrap();
    assert_eq!(report.unknown, ["another"]);
    // The second version stands there with other words than the vault would give it now.
    let issued = publish(&mut desk, &id, &StatementDraft { note: "Other words.".into(), ..draft(&[4]) }).unwrap();
    assert!(!issued.placed);
    assert_eq!(desk.office.recover_press().unwrap().differing, [(issued.address, 2)]);
    assert_eq!(files(&press(&desk).join("published/statements")), before);
    // Its name is not given to anything else.
    let third = begin(&mut desk, About::Notice);
    assert_eq!(
        publish(&mut desk, &third, &StatementDraft { title: "Another".into(), ..draft(&[]) }).unwrap().address,
        "another-2"
    );
}

#[test]
fn prove_and_publish_know_of_each_other() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    let request = countermark_office::ProveRequest {
        message: &case,
        parts: Some(vec![5]),
        capture: None,
        words: None,
        shows: Shows::Text,
    };
    desk.office.prove(&request, kept).unwrap();
    let id = begin(&mut desk, About::Case(&case));
    assert_eq!(desk.office.statement(&id).unwrap().parts[4].public, Public::Elsewhere);
}

/// That an open passage stands before words of a closed part says that those words are in the post, and nothing else may say so.
#[test]
fn what_moved_is_said_among_open_parts_only() {
    let mut desk = Desk::new(0);
    let (_, text) = desk.letter(4);
    let sentence = |begins: &str| {
        let start = text.find(begins).unwrap();
        text[start..].split_inclusive(". ").next().unwrap().trim().to_owned()
    };
    let matter = text.split_inclusive(". ").find(|s| s.contains("crossings")).unwrap().trim().to_owned();
    let post = format!("{} {matter}", sentence("As to the harbour dues"));
    let case = desk.case(&post);
    let id = begin(&mut desk, About::Case(&case));
    let moved = |desk: &Desk, open: &[usize]| {
        let version = desk.office.preview_of(&id, &draft(open)).unwrap().version;
        version.changes.iter().filter(|change| change.kind == ChangeKind::Moved).count()
    };
    assert_eq!(moved(&desk, &[4, 5]), 1);
    assert_eq!((moved(&desk, &[4]), moved(&desk, &[5]), moved(&desk, &[1, 4])), (0, 0, 0));
}
