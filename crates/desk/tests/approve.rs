//! Two approvers sign at the desk, and what they signed is published from there.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use axum::http::StatusCode;
use common::cases::{LETTER, hex, seal, verified};
use common::{Browser, NOW, Page, Rig, SET_UP};
use countermark_desk::Role;
use countermark_office::{About, Captured, Error, Shows, StatementDraft};
use countermark_statement::Shown;

const VAULT: &str = "a vault in a safe in a wall";
const INES: (&str, &str) = ("Ines Almada", "candle river tin map");
const BEN: (&str, &str) = ("Ben Holm", "lantern oak seven mill");

async fn confirmed(rig: &Rig, browser: &mut Browser) {
    let page = browser.get("/sign-in/codes").await;
    let secret = page.inside("code").unwrap_or_else(|| panic!("{}", page.text)).to_owned();
    browser.post("/sign-in/codes", &[("code", &rig.code(&secret))]).await;
    rig.pass(Duration::from_secs(60));
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
}

/// A desk with two approvers who are signed in, and the page of a case that names copy 4 of a letter sealed since.
async fn house() -> (Rig, Browser, Browser, String) {
    let rig = Rig::locked(Duration::ZERO);
    let mut ines = rig.stranger();
    ines.get("/sign-in").await;
    let (name, own) = INES;
    let first = [
        ("set_up", SET_UP),
        ("vault", VAULT),
        ("vault_again", VAULT),
        ("name", name),
        ("passphrase", own),
        ("again", own),
    ];
    ines.post("/sign-in/first", &first).await;
    confirmed(&rig, &mut ines).await;
    ines.get("/people").await;
    let fields = [("name", BEN.0), ("role", "approver"), ("role", "press"), ("vault", VAULT)];
    let code = ines.post("/office", &fields).await.inside("code").unwrap().to_owned();
    let mut ben = rig.stranger();
    ben.get("/sign-in/invited").await;
    ben.post("/sign-in/invited", &[("code", &code), ("passphrase", BEN.1), ("again", BEN.1)]).await;
    confirmed(&rig, &mut ben).await;
    let press = rig.dir.path().join("press");
    let case = rig.desk.tend(|office| {
        office.join_press(&press).unwrap();
        let sealed = seal(office, LETTER, 9);
        office.publish_now(Some(&sealed.message)).unwrap();
        let text = &sealed.copies[3].text;
        let captured = Captured::text(text.as_bytes(), text, NOW / 1000);
        office.open_case_on(&captured, &countermark_reading::Names::new(), Some("it is out")).unwrap().id
    });
    (rig, ines, ben, hex(&case.unwrap()))
}

async fn heard(rig: &Rig, case: &str) {
    rig.desk
        .tend(|office| {
            let evidence = office.hear::<Error>(case, 7, |_| Ok(())).unwrap();
            office.keep_reply(case, Some(&evidence.slot), "It was not me.").unwrap();
        })
        .unwrap();
}

async fn sign(browser: &mut Browser, case: &str, fields: &[(&str, &str)]) -> Page {
    browser.get(&format!("/cases/{case}")).await;
    browser.post(&format!("/cases/{case}/approve"), fields).await
}

const SAYS: [(&str, &str); 2] = [("statement", "From the copy for 4."), ("reason", "he denies it, and is heard")];

#[tokio::test]
async fn two_sign_and_then_the_name_is_published() {
    let (rig, mut ines, mut ben, case) = house().await;
    let says = |passphrase| [SAYS[0], SAYS[1], ("passphrase", passphrase)];
    let page = sign(&mut ines, &case, &says(INES.1)).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "he has not been heard: {}", page.text);
    heard(&rig, &case).await;
    let naming = |rig: &Rig| rig.desk.tend(|office| office.case(&case).unwrap().naming).unwrap();
    // Who is no approver, a passphrase that is not one's own, no statement.
    let mut press = rig.person("Pia", &[Role::Press, Role::Analyst]);
    assert_eq!(sign(&mut press, &case, &says(INES.1)).await.status, StatusCode::FORBIDDEN);
    let page = sign(&mut ines, &case, &says(BEN.1)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text);
    let page = sign(&mut ines, &case, &[("passphrase", INES.1)]).await;
    assert!(page.status.is_client_error(), "{}", page.text);
    assert!(naming(&rig).is_none(), "nobody has signed");

    let page = sign(&mut ines, &case, &says(INES.1)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let page = ines.get(&format!("/cases/{case}")).await;
    assert!(page.text.contains("From the copy for 4.") && page.text.contains("as the second"), "{}", page.text);
    // One person is not two, and one signature shows no name.
    let page = sign(&mut ines, &case, &[("passphrase", INES.1)]).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.text);
    let parts = rig.desk.tend(|office| office.brief(&case).unwrap().parts.len()).unwrap();
    let numbers: Vec<String> = (1..=parts).map(|part| part.to_string()).collect();
    let mut named: Vec<(&str, &str)> = numbers.iter().map(|part| ("part", part.as_str())).collect();
    named.push(("shows", "name"));
    let to = format!("/cases/{case}/prove");
    assert!(made(&mut ines, &to, &named).await.is_err());
    // Whoever signs second says the same.
    let other = [("statement", "From the copy for 5."), SAYS[1], ("passphrase", BEN.1)];
    assert_eq!(sign(&mut ben, &case, &other).await.status, StatusCode::CONFLICT);
    let page = sign(&mut ben, &case, &[("passphrase", BEN.1)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let who = naming(&rig).unwrap().approvers.into_iter().flatten().collect::<Vec<_>>();
    assert_eq!(who, [INES.0, BEN.0]);
    assert!(ben.get(&format!("/cases/{case}")).await.text.contains("The name may be said in a bundle."));

    let bundle = made(&mut ines, &to, &named).await.unwrap();
    let row = verified(bundle.as_bytes()).row.expect("a row");
    let name = row.name.expect("a name");
    assert_eq!((row.copy, name.recipient.as_str(), name.approvers.len()), (4, "4", 2));

    // A statement that shows it is published from the desk.
    let id = rig.desk.tend(|office| {
        let view = office.new_statement(About::Case(&case)).unwrap();
        let draft = StatementDraft {
            title: "Whose copy it was".into(),
            text: "From the copy for 4.".into(),
            byline: "We".into(),
            open: (1..=parts).collect(),
            shows: Shows::Name,
            ..StatementDraft::default()
        };
        office.save_draft(&hex(&view.summary.id), &draft, Some(view.revision)).unwrap();
        hex(&view.summary.id)
    });
    let path = format!("/answer/{}", id.unwrap());
    let preview = ben.get(&format!("{path}/preview")).await;
    let (revision, number) = (preview.hidden("revision").unwrap(), preview.hidden("number").unwrap());
    let done = ben.post(&format!("{path}/publish"), &[("revision", &revision), ("number", &number)]).await;
    assert_eq!(done.location(), path, "{}", done.text);
    let shown = Shown::load(&rig.dir.path().join("press/published")).unwrap();
    let bundle = shown.bundle(&shown.statements()[0].id, 1).unwrap().expect("it has a bundle");
    let report = verified(&bundle);
    assert!(report.valid, "{}", report.reason_text);
    assert_eq!(report.row.and_then(|row| row.name).map(|name| name.recipient), Some("4".to_owned()));
}

/// The bundle of a case, by its job's file; what the page says where none is made.
async fn made(browser: &mut Browser, to: &str, fields: &[(&str, &str)]) -> Result<String, Page> {
    let page = browser.post(to, fields).await;
    let job = page.location().to_owned();
    if !job.starts_with("/cases/jobs/") {
        return Err(page);
    }
    loop {
        let page = browser.get(&job).await;
        if page.status.is_client_error() {
            return Err(page);
        }
        if page.header("refresh").is_empty() {
            let file = browser.get(&format!("{job}/file")).await;
            return if file.status == StatusCode::OK { Ok(file.text) } else { Err(page) };
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
