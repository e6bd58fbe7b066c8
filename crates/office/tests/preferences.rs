//! Refusals are remembered for a person and for the house, encrypted, forgotten on request, and gone with the person.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{create, open, scratch};
use countermark_office::{Error, MOST_REFUSALS};
use countermark_review::{Refusal, Who};
use countermark_testkit::Fault;
use countermark_vault::MemoryStore;

fn refusal(rule: &str) -> Refusal {
    Refusal { pack: "english".into(), rule: rule.into(), alternatives: vec!["a".into(), "b".into()] }
}

fn set(all: &[(Who, &str)]) -> BTreeSet<(Who, Refusal)> {
    all.iter().map(|(who, rule)| (who.clone(), refusal(rule))).collect()
}

#[test]
fn kept_for_whom_they_were_made_and_forgotten_again() {
    let dir = scratch();
    let store = MemoryStore::new();
    let mut office = create(&store, dir.path());
    for handle in ["ines", "jon"] {
        office.add_person(handle, "Somebody", &BTreeMap::new()).unwrap();
    }
    let (ines, jon) = (Who::Person("ines".into()), Who::Person("jon".into()));
    let entries = office.vault().verify_audit(None).unwrap().entries;
    office.remember(&set(&[(ines.clone(), "one"), (ines.clone(), "two"), (Who::House, "three")]), &set(&[])).unwrap();
    assert_eq!(office.vault().verify_audit(None).unwrap().entries, entries + 2, "one entry for each concerned");
    drop(office);

    let mut office = open(&store, dir.path(), &Fault::never(), 2).unwrap();
    assert_eq!(office.refusals(&["jon".into()]).unwrap(), set(&[(Who::House, "three")]));
    assert_eq!(
        office.refusals(&["ines".into()]).unwrap(),
        set(&[(ines.clone(), "one"), (ines.clone(), "two"), (Who::House, "three")])
    );
    office.remember(&set(&[(jon.clone(), "four")]), &set(&[(ines.clone(), "one"), (Who::House, "three")])).unwrap();
    let both = ["ines".to_owned(), "jon".to_owned()];
    assert_eq!(office.refusals(&both).unwrap(), set(&[(ines.clone(), "two"), (jon, "four")]));

    office.remove_person("ines").unwrap();
    assert!(matches!(office.refusals(&both), Err(Error::UnknownPerson { .. })));
    office.add_person("ines", "Somebody else", &BTreeMap::new()).unwrap();
    assert_eq!(office.refusals(&["ines".into()]).unwrap(), set(&[]));
}

#[test]
fn the_list_does_not_grow_for_ever() {
    let dir = scratch();
    let mut office = create(&MemoryStore::new(), dir.path());
    let many = (0..MOST_REFUSALS + 3).map(|n| (Who::House, refusal(&format!("rule-{n:05}")))).collect();
    office.remember(&many, &BTreeSet::new()).unwrap();
    let kept = office.refusals(&[]).unwrap();
    assert_eq!(kept.len(), MOST_REFUSALS);
    assert!(
        !kept.contains(&(Who::House, refusal("rule-00002"))) && kept.contains(&(Who::House, refusal("rule-00003")))
    );
}
