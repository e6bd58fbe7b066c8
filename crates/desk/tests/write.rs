//! Write: what a writer does with a draft, page by page, without a script and as the script does it.

#![allow(clippy::unwrap_used)] // a test may stop where it stands
#![allow(missing_docs)]

mod written;

use axum::http::StatusCode;
use countermark_desk::Role;
use countermark_marking::Master;
use written::{LETTER, Rig, encode};

fn id(here: &str) -> [u8; 16] {
    let hex = here.rsplit('/').next().unwrap();
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

#[tokio::test]
async fn a_draft_is_begun_listed_renamed_and_deleted() {
    let rig = Rig::new();
    let writer = rig.writer();
    assert!(writer.get("/write").await.holds("There is no draft"));
    let here = writer.draft("To the harbour", LETTER).await;
    let list = writer.get("/write").await;
    assert!(list.holds("To the harbour") && list.holds(&format!("href=\"{here}\"")));
    let saved =
        writer.post(&format!("{here}/text"), &[("revision", "1"), ("title", "Harbour"), ("text", LETTER)]).await;
    assert_eq!((saved.status, saved.location.as_str()), (StatusCode::SEE_OTHER, here.as_str()));
    assert!(writer.get("/write").await.holds("Harbour"));
    assert_eq!(writer.post(&format!("{here}/delete"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(writer.get(&here).await.status, StatusCode::NOT_FOUND);
    assert_eq!(writer.post(&format!("{here}/delete"), &[]).await.status, StatusCode::NOT_FOUND);
    // Nothing was sealed from it: the trail does not mention it.
    assert!(
        rig.office()
            .vault()
            .read::<_, countermark_vault::Error>(|tx| tx.audit_entries())
            .unwrap()
            .iter()
            .all(|e| e.act.act != "draft remove")
    );
}

#[tokio::test]
async fn sites_are_accepted_refused_reworded_and_taken_back() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", LETTER).await;
    let page = writer.get(&here).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.holds("class=\"site open\"") && page.holds("with regard to"), "{}", page.text);
    let accept = page.button("accept.").unwrap().to_owned();
    let done = writer.decide(&here, &accept, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(done.location.starts_with(&format!("{here}?at=")) && done.location.ends_with("#site"), "{}", done.location);
    let page = writer.get(&here).await;
    assert!(page.holds("class=\"site accepted\""));
    assert!(page.holds("1 accepted"));
    // The revision moved on: the same button of an old page is refused, and nothing changes.
    let old = writer.post(&format!("{here}/decide"), &[("revision", "1"), ("do", &accept)]).await;
    assert_eq!(old.status, StatusCode::CONFLICT);
    for (button, holds) in [("undo", "0 accepted"), ("redo", "1 accepted"), ("undo", "0 accepted")] {
        assert_eq!(writer.decide(&here, button, &[]).await.status, StatusCode::SEE_OTHER);
        assert!(writer.get(&here).await.holds(holds), "{button}");
    }
    assert_eq!(writer.decide(&here, "undo", &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let key = accept.strip_prefix("accept.").unwrap();
    let own = writer.decide(&here, &format!("words.{key}"), &[("words", "about|<b>on</b>")]).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER, "{}", own.text);
    let page = writer.get(&here).await;
    assert!(page.holds("&lt;b&gt;on&lt;/b&gt;") && !page.holds("<b>on</b>"));
    // A wording that would make the letter read in two ways is refused beside the field where it was typed.
    let own = writer.decide(&here, &format!("words.{key}"), &[("words", "{")]).await;
    if own.status == StatusCode::UNPROCESSABLE_ENTITY {
        assert!(
            own.holds("id=\"words-error\"") && own.holds("aria-describedby=\"words-error words-hint\""),
            "{}",
            own.text
        );
        assert!(own.holds("name=\"words\" value=\"{\""), "{}", own.text);
    }
    for wrong in ["accept.999.0", "accept.0.99999", "accept.", "toggle.0.0.9", "class.nonsense", "nonsense", ""] {
        let page = writer.decide(&here, wrong, &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn a_wording_is_left_out_and_taken_back_in() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", "I would be grateful if you could let me know by Friday.").await;
    let page = writer.get(&here).await;
    let toggle = page.button("toggle.").unwrap().to_owned();
    let count = || async {
        let (draft, _) = rig.office().draft(&id(&here)).unwrap();
        draft.saved.unwrap().entries[0].alternatives.len()
    };
    let done = writer.decide(&here, &toggle, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let fewer = count().await;
    // The page goes on with the same site; its keys are those of the new revision.
    let page = writer.get(done.location.split('#').next().unwrap()).await;
    assert!(page.holds("Take back in"));
    let toggle = page.button("toggle.").unwrap().to_owned();
    assert_eq!(writer.decide(&here, &toggle, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(count().await, fewer + 1);
}

#[tokio::test]
async fn a_site_of_ones_own_is_added_where_it_is_meant() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", "The talks. The talks again.").await;
    let add = |place: &'static str, nth: &'static str, words: &'static str| {
        let (writer, here) = (writer.clone(), here.clone());
        async move { writer.decide(&here, "add", &[("place", place), ("nth", nth), ("words", words)]).await.status }
    };
    assert_eq!(add("the talks", "", "the meetings").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(add("nowhere", "", "x").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(add("", "", "x").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(add("The talks", "3", "x").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(add("again", "", "").await, StatusCode::UNPROCESSABLE_ENTITY);
    // The reason stands in the form that it is about, bound to its fields, with what was typed.
    let refused = writer.decide(&here, "add", &[("place", "nowhere"), ("words", "some<b>where")]).await;
    let form = &refused.text[refused.text.find("<details id=\"add\"").unwrap()..];
    assert!(form.starts_with("<details id=\"add\" open>"), "{form}");
    for said in [
        "<p class=\"error\" id=\"add-error\" role=\"alert\">These words do not stand in the letter.</p>",
        "value=\"nowhere\" autocomplete=\"off\" aria-invalid=\"true\" aria-describedby=\"add-error\"",
        "value=\"some&lt;b&gt;where\"",
    ] {
        assert!(form.contains(said), "{said}: {form}");
    }
    assert!(refused.holds("What are sites, bits and the master?"));
    assert_eq!(add("The talks", "2", "The meetings").await, StatusCode::SEE_OTHER);
    let page = writer.get(&format!("{here}?view=master")).await;
    assert!(page.holds("The talks. {The talks|The meetings} again."), "{}", page.text);
}

#[tokio::test]
async fn the_text_may_be_no_master_for_a_while_and_decisions_come_back() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", "I write with regard to the harbour. All is well.").await;
    let accept = writer.get(&here).await.button("accept.").unwrap().to_owned();
    writer.decide(&here, &accept, &[]).await;
    let save = |text: &'static str| {
        let (writer, here) = (writer.clone(), here.clone());
        async move {
            let revision = writer.get(&here).await.field("revision").unwrap().to_owned();
            writer.post(&format!("{here}/text"), &[("revision", &revision), ("text", text)]).await
        }
    };
    assert_eq!(save("I write with regard to the harbour. All {is well.").await.status, StatusCode::SEE_OTHER);
    let page = writer.get(&here).await;
    assert!(page.holds("Line 1, column 41: this brace is never closed"), "{}", page.text);
    assert!(page.holds("All {is well."));
    assert_eq!(save("I write with regard to the harbour. All {is|goes} well.").await.status, StatusCode::SEE_OTHER);
    let page = writer.get(&format!("{here}?view=master")).await;
    assert!(page.holds("I write {with regard to|") && page.holds("All {is|goes} well."), "{}", page.text);
}

#[tokio::test]
async fn a_master_becomes_a_letter_with_decisions() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", "Plain.").await;
    let master = "We {met|spoke} in {#1:Lisk|Dorn}, in {#1:Lisk|Dorn}. A \\{brace\\}.";
    let saved = writer
        .post(
            &format!("{here}/text"),
            &[("revision", "1"), ("view", "master"), ("text", &master.replace('\n', "\r\n"))],
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let (draft, _) = rig.office().draft(&id(&here)).unwrap();
    assert_eq!(draft.text, "We met in Lisk, in Lisk. A \\{brace\\}.");
    let page = writer.get(&format!("{here}?view=master")).await;
    assert!(page.holds("We {met|spoke} in {#1:Lisk|Dorn}, in {#1:Lisk|Dorn}. A \\{brace\\}."), "{}", page.text);
}

#[tokio::test]
async fn the_last_writer_does_not_silently_overwrite() {
    let rig = Rig::new();
    let (one, other) = (rig.writer(), rig.writer());
    let here = one.draft("", "First.").await;
    let text = format!("{here}/text");
    assert_eq!(one.post(&text, &[("revision", "1"), ("text", "One's.")]).await.status, StatusCode::SEE_OTHER);
    let page = other.post(&text, &[("revision", "1"), ("text", "The <other>'s.")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.holds("One&#39;s.") || page.holds("One's."), "{}", page.text);
    assert!(page.holds("The &lt;other&gt;"));
    assert_eq!(rig.office().draft(&id(&here)).unwrap().0.text, "One's.");
    // The page carries the revision that is there: choosing is one more save.
    let now = page.field("revision").unwrap().to_owned();
    assert_eq!(other.post(&text, &[("revision", &now), ("text", "Both.")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(rig.office().draft(&id(&here)).unwrap().0.text, "Both.");
}

#[tokio::test]
async fn a_script_gets_the_part_alone() {
    let rig = Rig::new();
    let mut writer = rig.writer();
    let here = writer.draft("", LETTER).await;
    writer.part = Some("review");
    let part = writer.post(&format!("{here}/text"), &[("revision", "1"), ("text", &format!("{LETTER}\nPS."))]).await;
    assert_eq!(part.status, StatusCode::OK);
    assert!(part.text.starts_with("<div id=\"review\" data-revision=\"2\">"), "{}", part.text);
    assert!(!part.holds("<html") && part.holds("class=\"meter\""));
    let refused = writer.post(&format!("{here}/decide"), &[("revision", "2"), ("do", "accept.99.99")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.holds("There is no such site") && refused.text.starts_with("<div id=\"review\""));
    writer.part = Some("site");
    let site = writer.get(&here).await;
    assert!(site.text.starts_with("<section") && site.holds("id=\"site\"") && !site.holds("class=\"meter\""));
}

#[tokio::test]
async fn refusals_are_remembered_for_whom_the_letter_goes_to() {
    let rig = Rig::new();
    let writer = rig.writer();
    let letter = "I write with regard to the harbour.";
    let here = writer.draft("", letter).await;
    let to = [("revision", "1"), ("to", "ines"), ("marked", "on"), ("epsilon", "")];
    assert_eq!(writer.post(&format!("{here}/settings"), &to).await.status, StatusCode::SEE_OTHER);
    let refuse = writer.get(&here).await.button("refuse.").unwrap().to_owned();
    writer.decide(&here, &refuse, &[]).await;
    assert!(!rig.office().refusals(&["ines".to_owned()]).unwrap().is_empty());
    let next = writer.draft("", letter).await;
    assert!(!writer.get(&next).await.holds("refused before"));
    writer.post(&format!("{next}/settings"), &to).await;
    assert!(writer.get(&next).await.holds("refused before"));
    // Taken back, it is forgotten.
    writer.decide(&here, "undo", &[]).await;
    assert!(rig.office().refusals(&["ines".to_owned()]).unwrap().is_empty());
}

#[tokio::test]
async fn nobody_else_sees_or_changes_a_draft() {
    let rig = Rig::new();
    let here = rig.writer().draft("Secret title", LETTER).await;
    for roles in [&[][..], &[Role::Analyst, Role::Approver, Role::Press]] {
        let other = rig.person(roles);
        for path in ["/write", &here, &format!("{here}/copies"), &format!("{here}/seal"), "/messages"] {
            let page = other.get(path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            assert!(!page.holds("Secret title") && !page.holds("harbour"));
        }
        for path in ["text", "decide", "settings", "seal", "delete"] {
            let page = other.post(&format!("{here}/{path}"), &[("revision", "1"), ("text", "x"), ("do", "undo")]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let mut forged = rig.writer();
    forged.csrf = "0".repeat(64);
    assert_eq!(
        forged.post(&format!("{here}/text"), &[("revision", "1"), ("text", "x")]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(rig.office().draft(&id(&here)).unwrap().0.text, LETTER);
}

#[tokio::test]
async fn whatever_is_typed_is_shown_as_text() {
    let rig = Rig::new();
    let writer = rig.writer();
    let evil = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(2)> with regard to {a<b>|c\"d} &amp; \u{202e}";
    let here = writer.draft("<script>alert(3)</script>", evil).await;
    for path in [
        here.clone(),
        format!("{here}?view=master"),
        format!("{here}/copies"),
        format!("{here}/seal"),
        "/write".to_owned(),
    ] {
        let page = writer.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for raw in ["<script>alert", "<img", "onerror=alert(2)>", "a<b>"] {
            assert!(!page.holds(raw), "{path}: {raw}");
        }
    }
    let (draft, _) = rig.office().draft(&id(&here)).unwrap();
    assert_eq!(draft.text, evil);
}

#[tokio::test]
async fn a_line_break_that_stands_first_stays() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", "\r\n\r\nDear all,\r\nbye").await;
    assert_eq!(rig.office().draft(&id(&here)).unwrap().0.text, "\n\nDear all,\nbye");
    assert!(writer.get(&here).await.holds(">\n\n\nDear all,"));
}

#[tokio::test]
async fn what_is_no_form_of_ours_is_refused() {
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", "Text.").await;
    let path = format!("{here}/text");
    // Bytes that are no UTF-8 become a sign for that, or are refused; they never break anything.
    let page = writer.raw(&path, format!("csrf={}&revision=1&text=%FF%FE", writer.csrf)).await;
    assert!(page.status.is_redirection() || page.status.is_client_error(), "{}", page.status);
    let revision = writer.get(&here).await.field("revision").unwrap().to_owned();
    let long = "x".repeat((1 << 20) + 1);
    let page = writer.post(&path, &[("revision", &revision), ("text", &long)]).await;
    assert!(page.status.is_client_error(), "{}", page.status);
    let page = writer.post("/write", &[("title", &"t".repeat(201))]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    for path in ["/write/zz", "/write/00112233445566778899aabbccddeeff", "/write/%2e%2e", "/messages/0/copies/1"] {
        assert_eq!(writer.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(encode(b"a b"), "a%20b");
}

#[tokio::test]
async fn a_letter_of_600_words_and_100_sites_is_under_100_kilobytes() {
    let rig = Rig::new();
    let writer = rig.writer();
    let sentence = |n: usize| format!("We {{met number {n} before|spoke to number {n} earlier}} at the gate. ");
    let here = writer.draft("", "").await;
    let master: String = (0..100).map(sentence).collect();
    let fields = [("revision", "1"), ("view", "master"), ("text", master.as_str())];
    assert_eq!(writer.post(&format!("{here}/text"), &fields).await.status, StatusCode::SEE_OTHER);
    let page = writer.get(&here).await;
    let sites = page.text.matches("<mark class=\"site ").count();
    assert!(
        sites >= 100 && countermark_text::word_count(&rig.office().draft(&id(&here)).unwrap().0.text) >= 600,
        "{sites}"
    );
    assert!(page.text.len() < 100_000, "{} bytes, {sites} sites", page.text.len());
}

/// Whatever is posted, the master parses and its first rendering is the letter.
#[tokio::test]
async fn whatever_is_posted_the_master_renders_to_the_letter() {
    use rand_core::Rng;
    let mut rng = countermark_testkit::rng(41);
    let rig = Rig::new();
    let writer = rig.writer();
    let here = writer.draft("", LETTER).await;
    let texts = [
        LETTER,
        "With regard to the {a|b}.",
        "{",
        "",
        "I do not think that it is. I do not know.",
        "\\{ with regard to \\}",
    ];
    for _ in 0..150 {
        let mut pick = |most: usize| (rng.next_u32() as usize) % most;
        let page = writer.get(&here).await;
        let revision = page.field("revision").unwrap().to_owned();
        if pick(6) == 0 {
            let view = if pick(2) == 0 { "master" } else { "letter" };
            let fields = [("revision", revision.as_str()), ("view", view), ("text", texts[pick(texts.len())])];
            writer.post(&format!("{here}/text"), &fields).await;
        } else {
            let buttons: Vec<&str> =
                page.text.split("name=\"do\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let words = ["about|on", "|", "a|a", "{x|y}", "@punctuation: ,|;", "\\n"][pick(6)];
            let button = if buttons.is_empty() { "add" } else { buttons[pick(buttons.len())] };
            let fields = [("revision", revision.as_str()), ("do", button), ("words", words), ("place", "the")];
            writer.post(&format!("{here}/decide"), &fields).await;
        }
        let (draft, _) = rig.office().draft(&id(&here)).unwrap();
        let Ok(letter) = Master::parse(&draft.text) else { continue };
        let page = writer.get(&format!("{here}?view=master")).await;
        let (_, area) = page.text.split_once("<textarea id=\"text\"").unwrap();
        let (_, area) = area.split_once(">\n").unwrap();
        let (area, _) = area.split_once("</textarea>").unwrap();
        let source = area.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        let master = Master::parse(&source).unwrap();
        assert_eq!(master.render_bracketed(&[]), letter.render_bracketed(&[]));
    }
}

/// As much as a message may have: it takes its time, and nothing breaks.
#[tokio::test]
async fn four_thousand_sites_in_200_kilobytes() {
    let rig = Rig::new();
    let writer = rig.writer();
    let text: String = (0..4096).map(|n| format!("Words number {n} {{went|came}} by here in the evening. ")).collect();
    assert!(text.len() > 200_000);
    let here = writer.draft("", &text).await;
    let began = std::time::Instant::now();
    let page = writer.get(&here).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text.matches("<mark class=\"site accepted\"><a").count(), 4096);
    assert!(page.holds("Shown are 150 of"));
    println!("4,096 sites: the page in {:.1?}, {} bytes", began.elapsed(), page.text.len());
    let refuse = page.button("refuse.").unwrap().to_owned();
    assert_eq!(writer.decide(&here, &refuse, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(writer.get(&format!("{here}/copies")).await.holds("4095 sites"));
    // One site more than a message may have is said with its place.
    let revision = writer.get(&here).await.field("revision").unwrap().to_owned();
    let more = format!("{text}One {{more|too many}}.");
    writer.post(&format!("{here}/text"), &[("revision", &revision), ("text", &more)]).await;
    assert!(writer.get(&here).await.holds("a master can have at most 4096 sites"));
}
