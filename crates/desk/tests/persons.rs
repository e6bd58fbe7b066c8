//! Persons come and go: invited, given roles, removed; what each change does to who is signed in.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use axum::http::StatusCode;
use common::founded::{HERS, OWN, VAULT, confirmed, founded};
use common::{Browser, Rig};

async fn invite(chief: &mut Browser, name: &str, roles: &[&str]) -> String {
    chief.get("/people").await;
    let mut fields = vec![("name", name)];
    fields.extend(roles.iter().map(|role| ("role", *role)));
    let page = chief.post("/office", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page.inside("code").expect("the code is shown").to_owned()
}

async fn take_up(rig: &Rig, code: &str) -> (Browser, StatusCode) {
    let mut browser = rig.stranger();
    browser.get("/sign-in/invited").await;
    let page = browser.post("/sign-in/invited", &[("code", code), ("passphrase", HERS), ("again", HERS)]).await;
    (browser, page.status)
}

#[tokio::test]
async fn an_invitation_is_good_once() {
    let (rig, mut chief, _) = founded().await;
    let code = invite(&mut chief, "Ada Ferreira", &["writer", "analyst"]).await;
    assert!(chief.get("/people").await.text.contains("invited"));
    let file = String::from_utf8(rig.world.file.lock().unwrap().clone().unwrap()).unwrap();
    assert!(!file.contains("Ada") && !file.contains(&code) && !file.contains("Ines"));
    for wrong in ["", "AAAAA-AAAAA-AAAAA-AAAAA", &code[1..]] {
        assert_eq!(take_up(&rig, wrong).await.1, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let (mut ada, status) = take_up(&rig, &code.to_lowercase()).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(ada.get("/write").await.location(), "/sign-in", "not before her codes are set up");
    let secret = confirmed(&rig, &mut ada).await;
    assert_eq!(ada.get("/write").await.status, StatusCode::OK);
    assert_eq!(take_up(&rig, &code).await.1, StatusCode::UNPROCESSABLE_ENTITY, "it was used");
    // She opens a locked desk by herself.
    rig.desk.lock();
    let mut again = rig.stranger();
    again.get("/sign-in").await;
    let fields = [("name", "Ada Ferreira"), ("passphrase", HERS), ("code", &rig.code(&secret))];
    assert_eq!(again.post("/sign-in", &fields).await.location(), "/");
    assert_eq!(again.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_an_invited_person_may_do_is_chosen_and_not_given() {
    let (_rig, mut chief, _) = founded().await;
    let page = chief.get("/people").await.text;
    let boxes: Vec<&str> = page.split("<input").filter(|input| input.contains("name=\"role\"")).collect();
    assert_eq!(boxes.len(), 4, "{page}");
    assert!(boxes.iter().all(|input| !input.split('>').next().unwrap().contains("checked")), "{page}");
    let refused = chief.post("/office", &[("name", "Otto Brandt")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Say what the person may do: one role at least"), "{}", refused.text);
}

#[tokio::test]
async fn a_mail_address_has_a_field_of_its_own() {
    let (_rig, mut chief, _) = founded().await;
    chief.get("/people").await;
    let given =
        [("handle", "otto"), ("name", "Otto"), ("email", "otto@a.example"), ("field", "title"), ("value", "Dr")];
    assert_eq!(chief.post("/people", &given).await.status, StatusCode::SEE_OTHER);
    let page = chief.get("/people/otto").await.text;
    assert!(page.contains("name=\"email\" value=\"otto@a.example\"") && page.contains("value=\"title\""), "{page}");
    assert!(!page.contains("value=\"email\""), "and stands in no other row: {page}");
    assert!(chief.get("/people").await.text.contains("<code>email</code>"), "it is the field of that name");
    assert_eq!(chief.post("/people/otto", &[("name", "Otto"), ("email", " ")]).await.status, StatusCode::SEE_OTHER);
    assert!(!chief.get("/people/otto").await.text.contains("otto@a.example"));
}

#[tokio::test]
async fn who_has_not_taken_up_his_invitation_is_no_second_approver() {
    let (rig, mut chief, _) = founded().await;
    assert!(chief.get("/people").await.text.contains("One person approves here"));
    let fields = [("name", "Ada Ferreira"), ("role", "approver"), ("vault", VAULT)];
    let page = chief.post("/office", &fields).await;
    let code = page.inside("code").unwrap_or_else(|| panic!("{}", page.text)).to_owned();
    let few = "Fewer than two approvers can sign yet; who is invited counts once he has taken it up.";
    let page = chief.get("/people").await.text;
    assert!(page.contains(few) && !page.contains("One person approves here"), "{page}");
    assert_eq!(take_up(&rig, &code).await.1, StatusCode::SEE_OTHER);
    let page = chief.get("/people").await.text;
    assert!(!page.contains(few) && !page.contains("One person approves here"), "{page}");
}

#[tokio::test]
async fn an_invitation_ends() {
    let (rig, mut chief, _) = founded().await;
    let code = invite(&mut chief, "Ada Ferreira", &["writer"]).await;
    rig.pass(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(take_up(&rig, &code).await.1, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_no_invitation() {
    let (_rig, mut chief, _) = founded().await;
    chief.get("/people").await;
    for fields in [
        &[("name", ""), ("role", "writer")][..],
        &[("name", "Ada")],
        &[("name", "Ada"), ("role", "admin")],
        &[("name", "Ines Almada"), ("role", "writer")],
        &[("name", "A\nB"), ("role", "writer")],
    ] {
        let page = chief.post("/office", fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
    }
}

#[tokio::test]
async fn roles_that_change_end_the_sessions() {
    let (rig, mut chief, _) = founded().await;
    let code = invite(&mut chief, "Ada Ferreira", &["writer"]).await;
    let (mut ada, _) = take_up(&rig, &code).await;
    let secret = confirmed(&rig, &mut ada).await;
    assert_eq!(ada.get("/people").await.status, StatusCode::OK);
    chief.get("/office/Ada%20Ferreira").await;
    let page = chief.post("/office/Ada%20Ferreira", &[("role", "press"), ("role", "analyst")]).await;
    assert_eq!(page.location(), "/people", "{}", page.text);
    assert_eq!(ada.get("/people").await.location(), "/sign-in");
    ada.get("/sign-in").await;
    let fields = [("name", "Ada Ferreira"), ("passphrase", HERS), ("code", &rig.code(&secret))];
    ada.post("/sign-in", &fields).await;
    assert_eq!(ada.get("/people").await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.get("/sources").await.status, StatusCode::OK);
    let trail = chief.get("/trail").await.text;
    assert!(trail.contains("identity roles") && trail.contains("analyst press"));
    // Somebody must approve.
    chief.get("/office/Ines%20Almada").await;
    let page = chief.post("/office/Ines%20Almada", &[("role", "writer")]).await;
    assert!(page.text.contains("The office needs somebody who approves"), "{}", page.text);
}

#[tokio::test]
async fn who_is_removed_is_out_at_once() {
    let (rig, mut chief, _) = founded().await;
    let code = invite(&mut chief, "Ada Ferreira", &["writer"]).await;
    let (mut ada, _) = take_up(&rig, &code).await;
    let secret = confirmed(&rig, &mut ada).await;
    let before = rig.world.file.lock().unwrap().clone();
    chief.get("/office/Ada%20Ferreira").await;
    let page = chief.post("/office/Ada%20Ferreira/remove", &[("passphrase", "not mine")]).await;
    assert!(page.text.contains("The passphrase is wrong."), "{}", page.text);
    assert_eq!(ada.get("/").await.status, StatusCode::OK, "nothing was done");
    let page = chief.post("/office/Ada%20Ferreira/remove", &[("passphrase", OWN)]).await;
    assert_eq!(page.location(), "/people", "{}", page.text);
    assert_eq!(ada.get("/").await.location(), "/sign-in");
    let fields = [("name", "Ada Ferreira"), ("passphrase", HERS), ("code", &rig.code(&secret))];
    ada.get("/sign-in").await;
    assert_eq!(ada.post("/sign-in", &fields).await.status, StatusCode::UNAUTHORIZED);
    // An old copy of the desk's file opens nothing either: the vault knows her no more.
    *rig.world.file.lock().unwrap() = before;
    rig.pass(Duration::from_secs(60));
    ada.get("/sign-in").await;
    let fields = [("name", "Ada Ferreira"), ("passphrase", HERS), ("code", &rig.code(&secret))];
    assert_eq!(ada.post("/sign-in", &fields).await.status, StatusCode::UNAUTHORIZED);
    // Nobody removes himself.
    chief.get("/office/Ines%20Almada").await;
    let page = chief.post("/office/Ines%20Almada/remove", &[("passphrase", OWN)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn his_own_passphrase_and_codes() {
    let (rig, mut chief, secret) = founded().await;
    let mut elsewhere = rig.stranger();
    elsewhere.get("/sign-in").await;
    elsewhere.post("/sign-in", &[("name", "Ines Almada"), ("passphrase", OWN), ("code", &rig.code(&secret))]).await;
    assert_eq!(elsewhere.get("/").await.status, StatusCode::OK);
    rig.pass(Duration::from_secs(60));
    chief.get("/settings").await;
    let page = chief.post("/settings/passphrase", &[("old", "not mine"), ("passphrase", HERS), ("again", HERS)]).await;
    assert!(page.text.contains("The passphrase is wrong."));
    let page = chief.post("/settings/passphrase", &[("old", OWN), ("passphrase", HERS), ("again", HERS)]).await;
    assert_eq!(page.location(), "/settings", "{}", page.text);
    assert_eq!(elsewhere.get("/").await.location(), "/sign-in", "other sessions end");
    assert!(chief.get("/settings").await.text.contains("Your passphrase is changed."));
    for (passphrase, in_) in [(OWN, false), (HERS, true)] {
        let mut browser = rig.stranger();
        browser.get("/sign-in").await;
        let fields = [("name", "Ines Almada"), ("passphrase", passphrase), ("code", &rig.code(&secret))];
        assert_eq!(browser.post("/sign-in", &fields).await.location() == "/", in_);
        rig.pass(Duration::from_secs(60));
    }
    // Codes off: the passphrase alone; and on again at the next sign-in.
    chief.get("/settings").await;
    assert_eq!(
        chief.post("/settings/codes", &[("old", OWN), ("what", "off")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(chief.post("/settings/codes", &[("old", HERS), ("what", "off")]).await.location(), "/settings");
    let mut browser = rig.stranger();
    browser.get("/sign-in").await;
    assert_eq!(browser.post("/sign-in", &[("name", "Ines Almada"), ("passphrase", HERS)]).await.location(), "/");
    browser.get("/settings").await;
    assert_eq!(browser.post("/settings/codes", &[("old", HERS), ("what", "renew")]).await.location(), "/sign-in");
    browser.get("/sign-in").await;
    let page = browser.post("/sign-in", &[("name", "Ines Almada"), ("passphrase", HERS)]).await;
    assert_eq!(page.location(), "/sign-in/codes");
    let renewed = confirmed(&rig, &mut browser).await;
    assert_ne!(renewed, secret);
    let trail = browser.get("/trail").await.text;
    for act in ["desk codes off", "desk codes on", "desk passphrase", "desk sign-in"] {
        assert!(trail.contains(act), "{act}");
    }
}
