//! G6 for what is published: whatever fails while a version is published, it is published whole or not at all, and the next start completes
//! what the directory lacks.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::desk::hex;
use common::{NOW, TestOffice, copy_dir, create, letter, open, request, scratch};
use countermark_office::{About, StatementDraft};
use countermark_statement::Shown;
use countermark_testkit::{Fault, Half};
use countermark_vault::MemoryStore;

/// An office with a case and a draft that opens parts, its message's leaf not in the log yet; its statement's id.
fn prepare(store: &MemoryStore, dir: &Path) -> String {
    let mut office = create(store, dir);
    let sealed = office.seal(&request(letter(), 3)).unwrap();
    let text = &sealed.copies[1].text;
    let case = office.open_case(text.as_bytes(), text, NOW / 1000, Some("it is out")).unwrap();
    let id = hex(&office.new_statement(About::Case(&hex(&case.id))).unwrap().summary.id);
    let draft = StatementDraft {
        title: "An answer".into(),
        byline: "We".into(),
        text: "So it was.".into(),
        open: vec![1, 2],
        ..StatementDraft::default()
    };
    office.save_draft(&id, &draft, None).unwrap();
    id
}

fn publish(office: &mut TestOffice, dir: &Path, id: &str) -> Result<(), countermark_office::Error> {
    office.join_press(&dir.join("press"))?;
    // A vault that fails behind the transaction leaves the directory for later, and that is no failure.
    office.publish_statement(id, None).map(drop)
}

/// The vault and the directory say the same, and what they say is whole.
fn check(office: &mut TestOffice, dir: &Path, id: &str, step: &str) -> usize {
    let report = office.join_press(&dir.join("press")).unwrap();
    assert!(report.differing.is_empty() && report.unknown.is_empty(), "{step}: {report:?}");
    let shown = Shown::load(&dir.join("press/published")).unwrap();
    assert!(shown.misfits().is_empty(), "{step}: {:?}", shown.misfits());
    let view = office.statement(id).unwrap();
    assert_eq!(view.draft.title, "An answer", "{step}");
    let versions = view.versions.len();
    match shown.statements() {
        [] => assert_eq!(versions, 0, "{step}"),
        [statement] => {
            let kept: Vec<_> = (1..=versions as u32).map(|n| office.version_of(id, n).unwrap().unwrap()).collect();
            assert_eq!(statement.versions, kept, "{step}");
            assert!(shown.bundle(&statement.id, 1).unwrap().is_some(), "{step}");
            // What a version shows is noted with its case, in the transaction that made it.
            assert_eq!(office.cases().unwrap()[0].state, "shown", "{step}");
        }
        more => panic!("{step}: {} statements", more.len()),
    }
    assert!(office.audit_log().unwrap().problems.is_empty(), "{step}");
    versions
}

#[test]
fn a_version_is_published_whole_or_not_at_all() {
    let (origin, store) = (scratch(), MemoryStore::new());
    let id = prepare(&store, origin.path());
    let again = |step: &str, fault: &Fault| {
        let dir = scratch();
        copy_dir(origin.path(), dir.path());
        let store = store.snapshot();
        let done = open(&store, dir.path(), fault, 7).and_then(|mut office| publish(&mut office, dir.path(), &id));
        let mut office = open(&store, dir.path(), &Fault::never(), 8).unwrap();
        office.recover().unwrap();
        let versions = check(&mut office, dir.path(), &id, step);
        if done.is_ok() {
            assert_eq!(versions, 1, "{step}: what was acknowledged is there");
        }
        if versions == 0 {
            publish(&mut office, dir.path(), &id).unwrap();
            assert_eq!(check(&mut office, dir.path(), &id, step), 1);
        }
        versions
    };
    let counting = Fault::never();
    assert_eq!(again("no fault", &counting), 1);
    let steps = counting.operations();
    assert!(steps > 20, "{steps}");
    let mut outcomes = [0, 0];
    for step in 1..=steps {
        for half in [Half::NotDone, Half::Done] {
            outcomes[again(&format!("step {step}, {half:?}"), &Fault::at(step, half))] += 1;
        }
    }
    assert!(outcomes[0] > 0 && outcomes[1] > 0, "{outcomes:?}");
}

#[test]
fn a_directory_that_can_not_be_written_is_completed_later() {
    let (dir, store) = (scratch(), MemoryStore::new());
    let id = prepare(&store, dir.path());
    let mut office = open(&store, dir.path(), &Fault::never(), 7).unwrap();
    office.join_press(&dir.path().join("press")).unwrap();
    // Something else stands where the statement's folder belongs.
    let folder = dir.path().join("press/published/statements/an-answer");
    std::fs::write(&folder, "x").unwrap();
    let issued = office.publish_statement(&id, None).unwrap();
    assert!(!issued.placed && issued.version.bundle.is_some());
    assert!(office.recover_press().is_err());
    std::fs::remove_file(&folder).unwrap();
    drop(office);
    let mut office = open(&store, dir.path(), &Fault::never(), 8).unwrap();
    assert_eq!(check(&mut office, dir.path(), &id, "after"), 1);
}
