//! Cases in the light of what came later: what was published and withdrawn, names that were given.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use common::NOW;
use common::answers::{CLOSED, LAST, OPEN, Setting, draft, publish};
use common::cases::House;
use countermark_desk::Role;

#[tokio::test]
async fn that_a_quotation_is_public_already_is_said_and_files_nothing() {
    let setting = Setting::new();
    let mut pia = setting.rig.person("Pia", &[Role::Press, Role::Analyst]);
    let path = draft(&setting, &mut pia, &["1", "3"]).await;
    publish(&mut pia, &path).await;
    let open = async |pia: &mut common::Browser, text: &str| {
        let opened = pia.upload("/cases/new", &[("text", text)], &[]).await;
        assert_eq!(opened.status, 303, "{}", opened.text);
        (pia.get(opened.location()).await.text, opened.location().to_owned())
    };
    let hint = "that were found in it stand in version 1 of «";
    let (page, quoted) = open(&mut pia, &format!("They say it themselves now: {OPEN} And: {LAST}")).await;
    assert!(page.contains(hint) && page.contains("Read it all the same"), "{page}");
    assert!(page.contains(&format!("href=\"{path}\"")) && page.contains("On the letter"));
    assert!(pia.get(&format!("{quoted}/brief")).await.text.contains("is public since version 1"));
    // It is as open as any other: what else stands there is for somebody to read.
    let list = pia.get("/cases?state=open").await.text;
    assert!(list.contains(&quoted), "{list}");
    assert!(pia.get("/").await.text.contains(&quoted));
    // A closed part in it, wherever, one word altered, and it is no quotation of what is public.
    for text in [
        format!("{OPEN} {CLOSED}"),
        format!("{CLOSED}\n\n{OPEN}"),
        format!("{OPEN} {} {CLOSED}", "And then they went on for long, about nothing at all. ".repeat(9)),
        OPEN.replace("in full next week", "in full next month"),
    ] {
        let (page, _) = open(&mut pia, &text).await;
        assert!(!page.contains(hint), "{text}");
    }
    // What was there before it was published stays what it was.
    assert!(!pia.get(&format!("/cases/{}", setting.case)).await.text.contains(hint));
}

#[tokio::test]
async fn a_full_page_of_the_list_stays_small() {
    let house = House::new(1);
    let mut office = house.other_process();
    let names = countermark_reading::Names::new();
    for number in 0..60 {
        let text = format!("{number} {}", "&\"'<".repeat(60));
        let captured = countermark_office::Captured::text(text.as_bytes(), &text, NOW / 1000);
        office.open_case_on(&captured, &names, None).unwrap();
    }
    let list = house.person(&[Role::Press]).get("/cases").await.text;
    assert_eq!(list.matches("<th scope=\"row\">").count(), 50);
    assert!(list.contains("&amp;&quot;'&lt;") && list.len() < 100_000, "{} bytes", list.len());
}

#[tokio::test]
async fn a_withdrawal_stands_in_the_way_of_its_case() {
    let setting = Setting::new();
    let mut pia = setting.press();
    let path = draft(&setting, &mut pia, &["1"]).await;
    publish(&mut pia, &path).await;
    let case = format!("/cases/{}", setting.case);
    assert!(!pia.get(&case).await.text.contains("Withdrawn:"));
    assert_eq!(pia.post(&format!("{path}/withdraw"), &[("reason", "It was the wrong letter.")]).await.status, 303);
    let page = pia.get(&case).await.text;
    assert!(page.contains("Withdrawn: <bdi>It was the wrong letter.</bdi>"), "{page}");
}

#[tokio::test]
async fn a_text_is_read_again_with_names_that_were_given_later() {
    let text = "Ada Marwitz wrote: “We shall close every bridge over the Lisk by the end of the year and open none of them again.”";
    let setting = Setting::with(|office| office.open_case(text.as_bytes(), text, NOW / 1000, None).unwrap().id);
    let case = format!("/cases/{}", setting.case);
    let mut ana = setting.rig.person("Ana", &[Role::Analyst]);
    let page = ana.get(&case).await.text;
    assert!(page.contains(">Foreign<") && page.contains("No names of the office are set"), "{page}");
    assert!(page.contains("href=\"/sources#names\"") && page.contains("Look again"));
    assert_eq!(setting.rig.person("Pia", &[Role::Press]).post(&format!("{case}/again"), &[]).await.status, 403);
    assert_eq!(ana.post("/sources/names", &[("names", "Ada Marwitz")]).await.status, 303);
    assert_eq!(ana.post(&format!("{case}/again"), &[]).await.status, 303);
    let page = ana.get(&case).await.text;
    assert!(
        page.contains(">Invented<") && page.contains("close every bridge") && !page.contains("No names of the office"),
        "{page}"
    );
    assert_eq!(setting.trail("case again"), 1);
}
