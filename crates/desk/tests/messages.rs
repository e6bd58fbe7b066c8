//! Hand over: sealing from a draft, the copies and their ways out, what really went out.

#![allow(clippy::unwrap_used)] // a test may stop where it stands
#![allow(missing_docs)]

mod written;

use axum::http::StatusCode;
use written::{LETTER, Rig};

/// The text that a page shows of a copy.
fn copy_text(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"copy-text\"").unwrap();
    let (_, rest) = rest.split_once(">\n").unwrap();
    let (text, _) = rest.split_once("</textarea>").unwrap();
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// How many pixels a module of the QR code on a page has.
fn qr_module(page: &str) -> Option<usize> {
    let picture = &page[page.find("<figure class=\"figure qr-whole\"")?..];
    let value = |name: &str| Some(picture.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0);
    let side: usize = value("viewBox")?.split(' ').nth(2)?.parse().ok()?;
    Some(value("width")?.parse::<usize>().ok()? / side)
}

#[tokio::test]
async fn from_a_draft_to_copies_that_have_left() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("To the harbour", LETTER).await;
    let before = writer.get(&format!("{here}/seal")).await;
    assert!(
        before.holds("First tick who gets it") && before.holds("No message of this office so far."),
        "{}",
        before.text
    );
    let message = writer.sealed(&here, &["ines", "bram"]).await;
    let page = writer.get(&message).await;
    for words in ["To the harbour", "sealed, not yet provable", "Provable at", "not handed over", "File copy", "kept"] {
        assert!(page.holds(words), "{words}: {}", page.text);
    }
    // The draft knows; sealing it again from the old page is refused.
    let again = writer.post(&format!("{here}/seal"), &[("revision", "2")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(writer.get("/write").await.holds("sealed"));
    assert!(writer.get(&format!("{here}/seal")).await.holds("This draft was sealed before"));
    assert!(page.holds("Ines Almada") && !page.holds(">ines<"), "a name, and no handle: {}", page.text);
    let (ines, bram) = (format!("{message}/copies/1"), format!("{message}/copies/2"));
    let (first, second) = (writer.get(&ines).await, writer.get(&bram).await);
    let (of_ines, of_bram) = (copy_text(&first.text), copy_text(&second.text));
    assert!(of_ines.starts_with("Dear Ines,") && of_bram.starts_with("Dear Bram,"));
    assert!(of_ines.contains("This copy is individually marked."));
    assert!(qr_module(&first.text) == Some(4) && first.holds("href=\"mailto:?body=Dear%20Ines%2C%0D%0A%0D%0A"));
    assert!(first.holds("DKIM"));
    let handed = writer.post(&format!("{ines}/handed"), &[("way", "by hand")]).await;
    assert_eq!((handed.status, handed.location.as_str()), (StatusCode::SEE_OTHER, ines.as_str()));
    assert!(writer.get(&ines).await.holds("by hand"));
    let list = writer.get("/messages").await;
    assert!(list.holds("1 of 2 handed over") && list.holds("To the harbour"), "{}", list.text);
    let print = writer.get(&format!("{message}/print")).await;
    assert_eq!(print.text.matches("<article class=\"sheet").count(), 2);
    for wrong in ["0", "4", "99999999999999999999", "x"] {
        let page = writer.get(&format!("{message}/copies/{wrong}")).await;
        assert!(page.status.is_client_error(), "{wrong}: {}", page.status);
    }
}

#[tokio::test]
async fn what_really_went_out_is_checked_at_once() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", LETTER).await;
    let message = writer.sealed(&here, &["ines", "bram"]).await;
    let copy = |number: u32| format!("{message}/copies/{number}");
    let text = |number: u32| {
        let (writer, path) = (writer.clone(), copy(number));
        async move { copy_text(&writer.get(&path).await.text) }
    };
    let check = |sent: String| {
        let (writer, path) = (writer.clone(), format!("{}/check", copy(1)));
        async move { writer.post(&path, &[("sent", &sent)]).await }
    };
    let (of_ines, of_bram, of_file) = (text(1).await, text(2).await, text(3).await);
    let same = check(of_ines.replace('\n', "\r\n")).await;
    assert!(same.holds("is the copy of") && !same.holds("Noted as handed over before"), "{}", same.text);
    // The check alone notes nothing but the question.
    assert!(writer.get(&message).await.holds("not handed over"));
    let wrong = check(of_bram.clone()).await;
    assert!(wrong.holds("Wrong recipient") && wrong.holds(&format!("action=\"{}/handed\"", copy(2))), "{}", wrong.text);
    assert!(check(of_file).await.holds("Wrong copy"));
    let changed = check(of_ines.replace("harbour", "bridge <b>")).await;
    assert!(changed.holds("Changed.") && changed.holds("They part at line 3"), "{}", changed.text);
    assert!(changed.holds("bridge") && !changed.holds("<b>"));
    let spaces = check(of_ines.replacen(' ', "  ", 1)).await;
    assert!(spaces.holds("The words are the same"), "{}", spaces.text);
    writer.post(&format!("{}/handed", copy(1)), &[("way", "Signal"), ("sent", &of_ines)]).await;
    assert!(check(of_ines).await.holds("Noted as handed over before"));
    for empty in ["", " \r\n "] {
        assert_eq!(check(empty.to_owned()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let no_way = writer.post(&format!("{}/handed", copy(1)), &[("way", " ")]).await;
    assert_eq!(no_way.status, StatusCode::UNPROCESSABLE_ENTITY);
    let entries = rig.office().vault().read::<_, countermark_vault::Error>(|tx| tx.audit_entries()).unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.act.act == "copy --sent").count(), 6);
}

#[tokio::test]
async fn one_recipient_is_told_that_the_proof_helps() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", "We meet on Tuesday. Nothing was signed.").await;
    let keep = [("revision", "1"), ("to", "jon"), ("epsilon", "1e-6")];
    assert_eq!(writer.post(&format!("{here}/settings"), &keep).await.status, StatusCode::SEE_OTHER);
    let page = writer.get(&format!("{here}/seal")).await;
    assert!(page.holds("the proof helps, and marks do not"), "{}", page.text);
    assert!(page.holds("No message that went to Jon") && page.holds("No message of this office so far."));
    let revision = page.field("revision").unwrap().to_owned();
    let sealed = writer.post(&format!("{here}/seal"), &[("revision", &revision), ("now", "on")]).await;
    assert_eq!(sealed.status, StatusCode::SEE_OTHER, "{}", sealed.text);
    let page = writer.get(&sealed.location).await;
    assert!(
        page.holds("class=\"tag good\">provable") && page.holds("There is none: the message has no site"),
        "{}",
        page.text
    );
    // It is published: the next page says so.
    let text = "We meet on Tuesday. Nothing was signed.";
    rig.office().open_case(text.as_bytes(), text, written::NOW / 1000, None).unwrap();
    let page = writer.get(&format!("{here}/seal")).await;
    assert!(page.holds("The one message of this office was published, by whomever."), "{}", page.text);
    assert!(writer.get("/messages").await.holds("class=\"tag bad\">published"));
}

#[tokio::test]
async fn what_can_not_be_sealed_is_said_before() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", LETTER).await;
    let settings = |fields: &'static [(&'static str, &'static str)]| {
        let (writer, here) = (writer.clone(), here.clone());
        async move {
            let revision = writer.get(&here).await.field("revision").unwrap().to_owned();
            let mut all = vec![("revision", revision.as_str())];
            all.extend_from_slice(fields);
            writer.post(&format!("{here}/settings"), &all).await.status
        }
    };
    assert_eq!(settings(&[("epsilon", "7")]).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(settings(&[("to", "nobody")]).await, StatusCode::CONFLICT);
    // Given twice, he is one recipient.
    assert_eq!(settings(&[("to", "jon"), ("to", "jon"), ("marked", "on")]).await, StatusCode::SEE_OTHER);
    let page = writer.get(&format!("{here}/seal")).await;
    assert!(page.holds("The field `salutation` of recipient `jon` is not filled"), "{}", page.text);
    assert!(writer.get(&here).await.holds("for jon"));
    let revision = page.field("revision").unwrap().to_owned();
    let refused = writer.post(&format!("{here}/seal"), &[("revision", &revision)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(rig.office().messages().unwrap().is_empty());
    // Two recipients, and one site with two wordings: fewer texts than copies.
    assert_eq!(settings(&[("to", "ines"), ("to", "bram")]).await, StatusCode::SEE_OTHER);
    let accept = writer.get(&here).await.button("accept.").unwrap().to_owned();
    writer.decide(&here, &accept, &[]).await;
    let page = writer.get(&format!("{here}/seal")).await;
    assert!(page.holds("The sites give 2 different texts, 3 copies need as many."), "{}", page.text);
    assert!(
        page.holds("<strong>1 more site</strong>") && page.holds(&format!("href=\"{here}#site\"")),
        "{}",
        page.text
    );
    for class in ["lexical", "formula"] {
        writer.decide(&here, &format!("class.{class}"), &[]).await;
    }
    let page = writer.get(&format!("{here}/seal")).await;
    // Turned off, the line is spoken of.
    assert!(page.holds("do not say that they are marked"));
}

#[tokio::test]
async fn markup_in_titles_and_copies_stays_text() {
    let rig = Rig::new();
    let writer = rig.writer();
    let evil = "<img src=x onerror=alert(1)> {<script>alert(2)</script>|<b>other</b>} words </textarea> & \"more\"";
    let here = writer.draft("<script>alert(3)</script>", evil).await;
    let message = writer.sealed(&here, &["jon"]).await;
    for path in [
        &message,
        &format!("{message}/copies/1"),
        &format!("{message}/print"),
        "/messages",
        "/messages?find=%3Cscript%3Ealert",
    ] {
        let page = writer.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for raw in ["<img", "<script>alert", "<b>other", "words </textarea> &amp; "] {
            assert!(!page.holds(raw), "{path}: {raw}");
        }
    }
}

#[tokio::test]
async fn the_list_has_pages_and_finds() {
    let rig = Rig::new();
    let writer = rig.writer();
    {
        let mut office = rig.office();
        for number in 0..60 {
            let text = format!("Letter number {number} about nothing in particular.");
            let request = countermark_office::SealRequest {
                master: countermark_marking::Master::parse(&text).unwrap(),
                to: countermark_office::To::Handles(vec!["jon".to_owned()]),
                epsilon: Default::default(),
                marked_line: true,
                print_reference: false,
                as_sent: None,
                max_recipients: 50,
            };
            rig.clock.fetch_add(1000, std::sync::atomic::Ordering::Relaxed);
            office.seal(&request).unwrap();
        }
    }
    let first = writer.get("/messages").await;
    assert!(first.holds("60 of 60 messages") && first.holds("Page 1 of 2") && first.holds("/messages?page=2"));
    assert_eq!(first.text.matches("<tr>").count(), 51);
    let second = writer.get("/messages?page=2").await;
    assert_eq!(second.text.matches("<tr>").count(), 11);
    assert!(writer.get("/messages?find=jon&page=2").await.holds("/messages?page=1&amp;find=jon"));
    assert!(writer.get("/messages?find=nobody").await.holds("0 of 60"));
    assert_eq!(writer.get("/messages?page=18446744073709551615").await.status, StatusCode::OK);
    assert_eq!(writer.get("/messages?page=0").await.status, StatusCode::OK);
}
