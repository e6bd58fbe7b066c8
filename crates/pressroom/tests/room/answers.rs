//! What a page says of each kind of answer, of one that was taken back, and of one whose files are not as they were.

use countermark_statement::{Features, Withdrawn};

use super::common::{self, NOW, POST, Place, put_state};
use super::*;

const LANGUAGES: [&str; 5] = ["en", "fr", "de", "ru", "zh"];

fn filled(features: Features) -> Place {
    let place = Place::new(features);
    common::fill_more(&place.published(), &place.sealed);
    place
}

/// What stands between two pieces of a page.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap_or_else(|| panic!("{from}")).1.split_once(to).unwrap_or_else(|| panic!("{to}")).0
}

/// A statement's id, and three pieces of its page in each language.
type Row = (&'static str, [&'static str; 5], [&'static str; 5], [&'static str; 5]);

/// Of each: what it is, how the published text is headed, and what is said besides.
const KINDS: [Row; 3] = [
    (
        "reworded",
        [
            "Answer to a reworded message",
            "Réponse à un message reformulé",
            "Antwort auf eine umformulierte Nachricht",
            "Ответ на пересказанное письмо",
            "对被改写信件的回应",
        ],
        [
            "As published by Karsk Watch (Telegram), not our words",
            "Texte tel que publié par Karsk Watch (Telegram)\u{a0}: ce ne sont pas nos mots",
            "Wie von Karsk Watch (Telegram) veröffentlicht – nicht unsere Worte",
            "Как опубликовал источник «Karsk Watch (Telegram)»: слова не наши",
            "“Karsk Watch (Telegram)”公开的文本，并非本办公室的原话",
        ],
        [
            "The words published are not those that were written",
            "Les mots publiés ne sont pas ceux qui ont été écrits\u{a0}:",
            "Die veröffentlichten Worte sind nicht die geschriebenen",
            "Опубликованы не те слова",
            "公开的字句并非原来写下的字句",
        ],
    ),
    (
        "received",
        ["Notice", "Avis", "Mitteilung", "Сообщение", "通告"],
        [
            "As published, not our words",
            "Texte tel que publié\u{a0}: ce ne sont pas nos mots",
            "Wie veröffentlicht – nicht unsere Worte",
            "Как опубликовано: слова не наши",
            "公开流传的文本，并非本办公室的原话",
        ],
        [
            "This statement comes without a proof",
            "publiée sans preuve",
            "liegt kein Beweis bei",
            "без доказательства",
            "没有附带证明",
        ],
    ),
    (
        "never-written",
        [
            "Answer to invented words",
            "Réponse à des propos inventés",
            "Antwort auf erfundene Worte",
            "Ответ на вымышленные слова",
            "对捏造言论的回应",
        ],
        [
            "As published by Karsk",
            "Texte tel que publié par Karsk",
            "Wie von Karsk Watch (Telegram) veröffentlicht",
            "Как опубликовал источник «Karsk",
            "“Karsk Watch (Telegram)”公开",
        ],
        [
            "The writer did not write them",
            "La personne à qui on les attribue ne les a pas écrits",
            "Die Person, der sie zugeschrieben werden, hat sie nicht geschrieben",
            "Тот, кому их приписывают, их не писал",
            "被指为作者的人没有写过这些话",
        ],
    ),
];

#[tokio::test]
async fn every_kind_reads_right_in_every_language() {
    let place = filled(Features::default());
    let visitor = Visitor::at(&place);
    for (id, kinds, heads, besides) in KINDS {
        for (at, language) in LANGUAGES.into_iter().enumerate() {
            let page = visitor.get(&format!("/{language}/statements/{id}")).await;
            assert_eq!(page.status, 200);
            let text = page.text();
            assert!(between(text, "<p class=\"kicker\">", "</p>").starts_with(kinds[at]), "{language} {id}");
            let head = between(text, "<section class=\"published\"><h3>", "</h3>");
            assert!(head.contains(heads[at]), "{language} {id}: {head}");
            assert!(text.contains(besides[at]), "{language} {id}: {}", besides[at]);
            assert!(language == "en" || !head.contains("not our words"), "{language} {id}: {head}");
            assert!(!text.contains("id=\"differences\""), "{language} {id}: nothing was compared word by word");
            // The office's words first, and before what others published the word whose it is.
            let office = text.find("<section class=\"text\"").unwrap();
            assert!(office < text.find("<section class=\"published\"").unwrap(), "{language} {id}");
            // What is taken along by whoever links to it says what kind of answer it is, before any word.
            let short = between(text, "property=\"og:description\" content=\"", "\"");
            assert!(id == "received" || short.starts_with(kinds[at]), "{language} {id}: {short}");
        }
    }
    // No letter, no picture of one.
    let page = visitor.get("/en/statements/never-written").await;
    assert!(page.text().contains("og:image:alt\" content=\"A sentence that Ines Aldric never wrote\""));
}

#[tokio::test]
async fn words_that_are_kept_back_have_no_hash_anywhere() {
    let place = filled(common::everything());
    let visitor = Visitor::at(&place);
    for language in LANGUAGES {
        let page = visitor.get(&format!("/{language}/statements/kept-back")).await;
        assert!(page.text().contains("id=\"letter\"") && !page.text().contains(&common::hex(POST)), "{language}");
    }
    let page = visitor.get("/en/statements/kept-back").await;
    assert!(
        page.text().contains("The office does not repeat these words here.")
            && !page.text().contains("SHA-256 of the capture")
    );
    // Where the words are shown, so is their hash.
    let shown = visitor.get("/en/statements/bridge-at-karsk").await;
    assert!(shown.text().contains("SHA-256 of the capture") && shown.text().contains(&common::hex(POST)));
}

#[tokio::test]
async fn what_was_sealed_too_late_is_said_without_a_capture_in_the_bundle() {
    let place = filled(Features::default());
    let mut late = common::version(1, Some(&place.sealed));
    // The bundle of the sample names its capture; here the page's own time of capture is the earlier one.
    let post = countermark_statement::Post { captured_at: NOW - 200_000, text: None, sha256: None, ..common::post() };
    (late.post, late.changes) = (Some(post), vec![]);
    common::put(&place.published(), "late", &late, Some(&place.sealed.bundle));
    let page = Visitor::at(&place).get("/en/statements/late").await;
    assert!(page.text().contains("It was sealed AFTER the publication"));
    assert!(page.text().contains(&format!("data-captured=\"{}\"", NOW - 200_000)));
}

#[tokio::test]
async fn a_withdrawn_statement_says_why_and_is_discussed_no_further() {
    let place = Place::new(common::everything());
    let visitor = Visitor::at(&place);
    let mut state = common::state();
    state.withdrawn = Some(Withdrawn { at: NOW + 90_000, reason: "We named the wrong channel.".into() });
    put_state(&place.published(), "bridge-at-karsk", &state);
    assert!(visitor.room.refresh());
    let page = visitor.get("/en/statements/bridge-at-karsk").await;
    let text = page.text();
    assert!(text.contains("We named the wrong channel.") && text.contains("id=\"letter\""));
    assert!(visitor.get("/en/").await.text().contains("Withdrawn"));
    let updates = between(text, "<h2 id=\"updates\">", "</section>");
    let (withdrawn, second) =
        (updates.find("Withdrawn, 18 March 2030, 18:46 UTC").unwrap(), updates.find("Version 2").unwrap());
    assert!(withdrawn < second && updates.contains("We named the wrong channel."), "{updates}");
    assert!(between(text, "og:description\" content=\"", "\"").starts_with("This statement was withdrawn. "));
    // What was let through stays, nothing more is taken, and what somebody typed meanwhile is not lost.
    assert!(text.contains("A reader in Ostrava") && text.contains("Comments are closed") && !text.contains("<form"));
    let late = visitor.post("/en/statements/bridge-at-karsk/comment", "name=Ana&text=My+words").await;
    assert_eq!(late.status, 410);
    assert!(late.text().contains("Comments are closed") && late.text().contains("My words"));
    assert!(!late.text().contains("Send the comment"));
    assert_eq!(std::fs::read_dir(place.queue()).unwrap().count(), 0);
    // Another one still takes them; and whoever was given a term to answer still has it.
    assert_eq!(visitor.post("/en/statements/never-written/comment", "name=Ana&text=My+words").await.status, 303);
    let reply = format!("/en/reply/{}", common::TOKEN);
    assert_eq!(visitor.get(&reply).await.status, 200);
    assert_eq!(visitor.post(&reply, "text=It+was+us.").await.status, 303);
    assert_eq!(std::fs::read_dir(place.queue()).unwrap().count(), 2);
}

#[tokio::test]
async fn a_statement_without_its_bundle_stays_and_is_said_to_be_unproved() {
    let place = filled(Features::default());
    let visitor = Visitor::at(&place);
    for language in LANGUAGES {
        let page = visitor.get(&format!("/{language}/statements/spoiled")).await;
        assert_eq!(page.status, 200);
        let text = page.text();
        assert!(
            text.contains("class=\"notices\"><aside class=\"alert\">") && text.contains("id=\"letter\""),
            "{language}"
        );
        // No proof is offered: neither file nor check nor clock.
        for offer in ["id=\"proof\"", "bundle.json", "check-", "on-paper", "class=\"clock\""] {
            assert!(!text.contains(offer), "{language}: {offer}");
        }
    }
    assert!(visitor.get("/en/statements/spoiled").await.text().contains("Nothing below is proved"));
    assert_eq!(visitor.get("/statements/spoiled/1.bundle.json").await.status, 404);
    let feed = visitor.get("/feed.json").await;
    assert!(!feed.text().contains("spoiled/1.bundle.json") && feed.text().contains("statements/spoiled/1"));
    // Put right, it is proved again.
    std::fs::write(place.published().join("statements/spoiled/1.bundle.json"), &place.sealed.bundle).unwrap();
    assert!(visitor.room.refresh());
    let page = visitor.get("/en/statements/spoiled").await;
    assert!(page.text().contains("id=\"proof\"") && !page.text().contains("Nothing below is proved"));
}

#[tokio::test]
async fn a_statement_that_can_not_be_shown_is_not_said_never_to_have_been() {
    let place = filled(Features::default());
    std::fs::write(place.published().join("statements/bridge-at-karsk/2.json"), b"{}").unwrap();
    let visitor = Visitor::at(&place);
    for path in ["/en/statements/bridge-at-karsk", "/en/statements/bridge-at-karsk/1"] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, 503, "{path}");
        assert!(page.text().contains("its files here are damaged") && !page.text().contains("never was here"));
    }
    assert_eq!(visitor.get("/").await.status, 200);
    assert_eq!(visitor.get("/en/statements/nothing").await.status, 404);
}

#[tokio::test]
async fn a_print_says_how_to_check_instead_of_a_check() {
    let place = filled(Features::default());
    let page = Visitor::at(&place).get("/en/statements/bridge-at-karsk").await;
    let paper = between(page.text(), "<div class=\"on-paper\">", "</div>");
    let hash = common::hex(&place.sealed.bundle);
    let command = format!("countermark verify --log-key &#39;{}&#39; 2.bundle.json", place.sealed.log_key);
    for wanted in [
        "https://press.aldric.example/statements/bridge-at-karsk/2.bundle.json",
        &hash,
        &command.replace("&#39;", "'"),
        "https://press.aldric.example/verify.html",
        "A print proves nothing",
    ] {
        assert!(paper.contains(wanted), "{wanted}: {paper}");
    }
    assert!(!paper.contains("<a "), "nobody presses paper");
}
