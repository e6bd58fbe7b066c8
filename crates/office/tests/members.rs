//! Persons at the desk: their roles, their way in, the trail of both.
#![allow(clippy::unwrap_used)]

mod common;

use common::{create, open, scratch};
use countermark_office::{Door, DoorAsks, Error, Role, Roles};
use countermark_testkit::Fault;
use countermark_vault::MemoryStore;

fn add(office: &mut common::TestOffice, name: &str, approver: bool) -> String {
    let mut file = String::new();
    office
        .add_identity::<Error>(name, approver, |identity| {
            file = identity.content().to_owned();
            Ok(())
        })
        .unwrap();
    file
}

#[test]
fn whose_identity_it_is() {
    let (dir, store) = (scratch(), MemoryStore::new());
    let mut office = create(&store, dir.path());
    let (ines, ada) = (add(&mut office, "Ines Almada", true), add(&mut office, "Ada Ferreira", false));
    assert_eq!(office.whose(&ines).unwrap().unwrap().name, "Ines Almada");
    let member = office.whose(&ada).unwrap().unwrap();
    assert_eq!((member.name.as_str(), member.door), ("Ada Ferreira", Door::Closed));
    // The age key of one with the signing key of the other is nobody's.
    let line = |file: &str, start: &str| file.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
    let signing = "# countermark signing key, secret:";
    let mixed = ines.replace(&line(&ines, signing), &line(&ada, signing));
    for bad in ["", "AGE-SECRET-KEY-1", &mixed, &ines.replace(signing, "#")] {
        assert!(office.whose(bad).unwrap().is_none());
    }
    office.remove_identity("Ada Ferreira").unwrap();
    assert!(office.whose(&ada).unwrap().is_none());
    assert!(office.member("Ada Ferreira").unwrap().is_none());
}

#[test]
fn roles_change_and_stay() {
    let (dir, store) = (scratch(), MemoryStore::new());
    let mut office = create(&store, dir.path());
    add(&mut office, "Ines Almada", false);
    let roles = Roles::from([Role::Approver, Role::Press]);
    office.set_roles("Ines Almada", &roles).unwrap();
    assert!(matches!(office.set_roles("Nobody", &roles), Err(Error::UnknownIdentity { .. })));
    let office = open(&store, dir.path(), &Fault::never(), 5).unwrap();
    assert_eq!(office.member("Ines Almada").unwrap().unwrap().roles, roles);
    assert!(office.identities().unwrap()[0].approver, "the role and the word of before are one");
    let trail = office.trail().unwrap();
    let entry = trail.entries.iter().find(|entry| entry.act.act == "identity roles").unwrap();
    assert_eq!((entry.act.subject.as_str(), entry.act.reason.as_deref()), ("Ines Almada", Some("approver press")));
}

#[test]
fn codes_hold_from_their_first_one_on() {
    let (dir, store) = (scratch(), MemoryStore::new());
    let mut office = create(&store, dir.path());
    add(&mut office, "Ines Almada", true);
    office.set_door_entry("Ines Almada", "ab", None).unwrap();
    assert!(matches!(office.door_asks("Ines Almada").unwrap(), DoorAsks::SetUp));
    let begun = office.begin_codes("Ines Almada").unwrap();
    assert_eq!(*office.begin_codes("Ines Almada").unwrap().secret, *begun.secret, "shown again it is the same");
    assert!(!office.spend_step("Ines Almada", 100).unwrap(), "nothing is on yet");
    office.confirm_codes("Ines Almada", 100).unwrap();
    assert!(matches!(office.door_asks("Ines Almada").unwrap(), DoorAsks::Code(secret) if *secret == *begun.secret));
    for (step, good) in [(100, false), (99, false), (101, true), (101, false), (110, true), (105, false)] {
        assert_eq!(office.spend_step("Ines Almada", step).unwrap(), good, "step {step}");
    }
    assert_eq!(office.spend_recovery("Ines Almada", &begun.recovery[4]).unwrap(), Some(9));
    assert_eq!(office.spend_recovery("Ines Almada", &begun.recovery[4]).unwrap(), None);
    assert_eq!(office.member("Ines Almada").unwrap().unwrap().door, Door::Codes { recovery: 9 });
    office.stop_codes("Ines Almada").unwrap();
    assert!(matches!(office.door_asks("Ines Almada").unwrap(), DoorAsks::Nothing));
    office.renew_codes("Ines Almada").unwrap();
    assert_ne!(*office.begin_codes("Ines Almada").unwrap().secret, *begun.secret);
    assert!(office.begin_codes("Nobody").is_err() && office.stop_codes("Nobody").is_err());
}

#[test]
fn the_trail_is_held_against_the_log() {
    let (dir, store) = (scratch(), MemoryStore::new());
    let mut office = create(&store, dir.path());
    office.note("something", "of note").unwrap();
    office.publish_now(None).unwrap();
    let trail = office.trail().unwrap();
    assert!(trail.entries.len() >= 2);
    let (entries, _) = trail.logged.expect("a batch takes the trail's head with it");
    assert!(entries <= trail.entries.len() as u64);
}
