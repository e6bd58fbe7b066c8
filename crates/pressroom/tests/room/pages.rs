use std::io::Read as _;

use countermark_statement::Features;

use super::common::{self, LETTER, Place, put, put_site, version};
use super::*;

const LANGUAGES: [&str; 5] = ["en", "fr", "de", "ru", "zh"];

#[tokio::test]
async fn an_empty_pressroom_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let room = Room::with_clock(&folder.path().join("absent"), None, [0; 32], || 0).unwrap();
    let visitor = Visitor { room, clock: FakeClock::default(), from: "192.0.2.1".parse().unwrap() };
    let answer = visitor.get("/").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("Nothing has been published yet"));
    for language in LANGUAGES {
        let answer = visitor.get(&format!("/{language}/")).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains(&format!("<html lang=\"{language}\">")));
    }
    // What is published later is found.
    let published = folder.path().join("absent");
    put(&published, "first", &version(1, None), None);
    assert!(visitor.room.refresh());
    assert!(visitor.get("/").await.text().contains("/en/statements/first"));
}

#[tokio::test]
async fn every_page_in_every_language() {
    let place = Place::new(common::everything());
    let visitor = Visitor::at(&place);
    for language in LANGUAGES {
        for path in [
            "/".to_owned(),
            "/statements/bridge-at-karsk".to_owned(),
            "/statements/bridge-at-karsk/1".to_owned(),
            "/statements/bridge-at-karsk/2".to_owned(),
            "/statements/never-written".to_owned(),
            "/statements/poryadok".to_owned(),
            "/statements/poryadok/thanks".to_owned(),
            "/thanks".to_owned(),
            format!("/reply/{}", common::TOKEN),
        ] {
            let answer = visitor.get(&format!("/{language}{path}")).await;
            assert_eq!(answer.status, 200, "/{language}{path}");
            let text = answer.text();
            assert!(text.contains(&format!("<html lang=\"{language}\">")), "{path}");
            assert!(text.len() < 100_000, "/{language}{path}: {} bytes", text.len());
            // A message that is missing would stand there by its name.
            for id in ["field-name", "by-hand", "post-source", "kind-", "verified-", "error-"] {
                let shown = text
                    .split('>')
                    .filter_map(|piece| piece.split('<').next())
                    .any(|words| words.trim().starts_with(id));
                assert!(!shown, "/{language}{path} shows {id}");
            }
            assert_eq!(text.matches("<h1").count(), 1, "{path}");
        }
    }
}

#[tokio::test]
async fn the_language_is_the_paths_or_the_browsers_or_the_sites() {
    let place = Place::new(Features::default());
    let visitor = Visitor::at(&place);
    for (path, wish, language) in [
        ("/", "fr-CH, en;q=0.5", "fr"),
        ("/", "ja", "en"),
        ("/de/", "fr", "de"),
        ("/statements/never-written", "zh-TW", "zh"),
        ("/ru/statements/never-written", "fr", "ru"),
    ] {
        let answer = visitor.get_with(path, &[("accept-language", wish)]).await;
        assert!(answer.text().contains(&format!("<html lang=\"{language}\">")), "{path} {wish}");
        let named = path.starts_with("/de") || path.starts_with("/ru");
        assert_eq!(answer.header("vary").contains("Accept-Language"), !named, "{path}");
        assert_eq!(answer.text().matches("hreflang=\"x-default\"").count(), 1);
    }
    let mut site = common::site(&place.sealed);
    site.language = "ru".into();
    put_site(&place.published(), &site);
    assert!(visitor.room.refresh());
    assert!(visitor.get_with("/", &[("accept-language", "ja")]).await.text().contains("<html lang=\"ru\">"));
    // The statement keeps its own language whatever the interface has.
    assert!(visitor.get("/fr/statements/poryadok").await.text().contains("<h1 lang=\"ru\" dir=\"auto\">О порядке"));
}

#[tokio::test]
async fn a_statement_shows_both_texts_the_holes_and_the_clock() {
    let place = Place::new(Features::default());
    let page = Visitor::at(&place).get("/en/statements/bridge-at-karsk").await;
    let text = page.text();
    for wanted in [
        "Correspondence",
        "By The press office",
        "Updated 17 March 2030, 20:46 UTC",
        "https://t.example/karskwatch/1841",
        &common::hex(common::POST),
        "data-words=\"11-20\"",
        "2 · closed: 11 to 20 words",
        &place.sealed.reference,
        "Sealed before 16 March 2030, 17:46 UTC",
        "<ins><span class=\"unseen\">[added: </span>, for now",
        "<mark><span class=\"unseen\">[changed: </span>will",
        "<del><span class=\"unseen\">[left out here: </span>, and I shall be there myself",
        "href=\"#difference-2\"",
        "id=\"difference-2\"",
        "data-bundle=\"/statements/bridge-at-karsk/2.bundle.json\"",
        "Adds the channel’s answer in the last paragraph.",
        "href=\"/en/statements/bridge-at-karsk/1\"",
        "href=\"/en/statements/never-written\"",
        "We have added a note to our post.",
        "<meta property=\"og:image\" content=\"https://press.aldric.example/statements/bridge-at-karsk/2.png\">",
        "twitter:card",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
    // What stays closed stands nowhere.
    for closed in [LETTER[1], LETTER[3], LETTER[5]] {
        assert!(!text.contains(closed.trim()), "{closed}");
    }
    // Title, then the office's own words, what was written, what was published, the proof, the rest.
    let published = "As published by Karsk Watch (Telegram), not our words";
    let places: Vec<usize> =
        ["<h1", "class=\"text\"", "id=\"letter\"", published, "LEAKED:", "id=\"proof\"", "id=\"updates\""]
            .map(|mark| text.find(mark).unwrap_or_else(|| panic!("{mark}")))
            .into();
    assert!(places.is_sorted());
}

#[tokio::test]
async fn an_earlier_version_says_that_it_is_one() {
    let place = Place::new(Features::default());
    let visitor = Visitor::at(&place);
    let earlier = visitor.get("/en/statements/bridge-at-karsk/1").await;
    assert!(earlier.text().contains("This is version 1 of 2, as it stood until 17 March 2030, 20:46 UTC."));
    assert!(earlier.text().contains("/statements/bridge-at-karsk/1.bundle.json"));
    assert!(!visitor.get("/en/statements/bridge-at-karsk/2").await.text().contains("This is version"));
    assert_eq!(visitor.get("/en/statements/bridge-at-karsk/3").await.status, 404);
}

#[tokio::test]
async fn a_bundle_that_does_not_hold_is_said_to() {
    let place = Place::new(Features::default());
    let forged = String::from_utf8(place.sealed.bundle.clone()).unwrap().replace("Dear Minister", "Dear Mistress");
    let forged = forged.into_bytes();
    let mut wrong = version(1, Some(&place.sealed));
    wrong.bundle = Some(countermark_statement::BundleFile { sha256: common::hex(&forged), bytes: forged.len() as u64 });
    put(&place.published(), "forged", &wrong, Some(&forged));
    let page = Visitor::at(&place).get("/en/statements/forged").await;
    assert!(page.text().contains("does not hold.") && page.text().contains("is no bundle. (<code>hash</code>)"));
    assert!(!page.text().contains("Sealed before 1"));
}

#[tokio::test]
async fn files_for_programs() {
    let place = Place::new(Features::default());
    let visitor = Visitor::at(&place);
    let bundle = visitor.get("/statements/bridge-at-karsk/2.bundle.json").await;
    assert_eq!(bundle.bytes, place.sealed.bundle);
    assert_eq!(bundle.header("content-disposition"), "attachment; filename=\"bridge-at-karsk-2.bundle.json\"");

    let known: serde_json::Value =
        serde_json::from_slice(&visitor.get("/.well-known/countermark").await.bytes).unwrap();
    assert_eq!(known["format"], "countermark/well-known/1");
    assert_eq!(known["log_key"], place.sealed.log_key);
    assert_eq!(known["witnesses"][0], place.sealed.witness);
    assert_eq!(known["fingerprint"].as_str().unwrap().len(), 64);
    assert_eq!(known["statements"].as_array().unwrap().len(), 3);
    assert_eq!(known["statements"][0]["versions"][1]["bundle"]["sha256"], common::hex(&place.sealed.bundle));

    assert_eq!(visitor.get("/robots.txt").await.text(), "User-agent: *\nDisallow:\n");
    let picture = visitor.get("/statements/bridge-at-karsk/2.png").await;
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(&picture.bytes[..4], b"\x89PNG");
    // In no language but one address.
    assert_eq!(visitor.get("/fr/feed.xml").await.status, 404);
}

#[tokio::test]
async fn what_was_seen_costs_nothing_again() {
    let place = Place::new(Features::default());
    let visitor = Visitor::at(&place);
    for path in ["/", "/en/statements/bridge-at-karsk", "/feed.xml", "/statements/bridge-at-karsk/2.png"] {
        let first = visitor.get(path).await;
        let again = visitor.get_with(path, &[("if-none-match", first.header("etag"))]).await;
        assert_eq!(again.status, 304, "{path}");
        assert!(again.bytes.is_empty());
    }
    let packed = visitor.get_with("/en/statements/bridge-at-karsk", &[("accept-encoding", "gzip")]).await;
    let plain = visitor.get("/en/statements/bridge-at-karsk").await;
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.bytes.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.bytes);
    assert_ne!(packed.header("etag"), plain.header("etag"));
    // A page that has changed is sent.
    put(&place.published(), "new", &version(1, None), None);
    assert!(visitor.room.refresh());
    let front = visitor.get_with("/", &[("if-none-match", visitor.get("/nothing").await.header("etag"))]).await;
    assert_eq!(front.status, 200);
    assert!(front.text().contains("/statements/new"));
    assert!(!visitor.room.refresh() || visitor.get("/").await.text().contains("/statements/new"));
}

#[tokio::test]
async fn a_head_is_a_get_without_a_body() {
    let place = Place::new(Features::default());
    let visitor = Visitor::at(&place);
    let get = visitor.get("/en/statements/bridge-at-karsk").await;
    let head = visitor.send(Request::head("/en/statements/bridge-at-karsk").body(Body::empty()).unwrap()).await;
    assert_eq!(head.status, 200);
    assert!(head.bytes.is_empty());
    assert_eq!(head.header("content-length"), get.bytes.len().to_string());
    assert_eq!(head.header("etag"), get.header("etag"));
}

#[tokio::test]
async fn a_long_list_has_sheets() {
    let place = Place::new(Features::default());
    for n in 0..40 {
        put(&place.published(), &format!("s-{n}"), &version(1, None), None);
    }
    let visitor = Visitor::at(&place);
    let (first, second) = (visitor.get("/en/").await, visitor.get("/en/page/2").await);
    assert!(first.text().contains("href=\"/en/page/2\"") && first.text().len() < 100_000);
    assert_eq!(second.text().matches("<h3>").count(), 13);
    assert_eq!(visitor.get("/en/page/3").await.status, 404);
}

#[tokio::test]
async fn the_most_read_are_counted_and_shown() {
    let place = Place::new(Features { most_read: true, ..Features::default() });
    let visitor = Visitor::at(&place);
    for _ in 0..3 {
        visitor.get("/fr/statements/never-written").await;
    }
    visitor.get("/statements/poryadok").await;
    // Programs that only look are not readers.
    visitor.send(Request::head("/en/statements/poryadok").body(Body::empty()).unwrap()).await;
    visitor.get("/feed.xml").await;
    visitor.clock.pass(61_000);
    visitor.room.refresh();
    let front = visitor.get("/en/").await;
    let list = front.text().split("most-read").last().unwrap();
    assert!(list.find("read 3 times").unwrap() < list.find("read once").unwrap(), "{list}");
    assert!(visitor.get("/en/statements/never-written").await.text().contains("read 3 times"));
    let kept = std::fs::read_to_string(place.queue().join("reads.json")).unwrap();
    assert!(!kept.contains("192.0.2"), "{kept}");
    assert!(!front.headers.contains_key("set-cookie"));
}

/// What a page says of other copies holds of the message that it shows, and tells of no part whether copies differ in it.
#[tokio::test]
async fn other_copies_are_spoken_of_where_there_are_any() {
    let place = Place::new(Features::default());
    let said = ["own copy", "l’exemplaire du bureau", "Exemplar des Büros", "кземпляр самой канцелярии", "自存的副本"];
    let seen = NOW - 86_400;
    for (id, readers, site, speaks) in [
        ("one-reader", 1, None, false),
        ("three-readers-one-text", 3, None, false),
        ("site-in-an-open-part", 3, Some(3), true),
        ("site-in-a-closed-part", 3, Some(2), true),
        ("one-reader-and-the-own-copy", 1, Some(3), true),
    ] {
        let sealed = common::seal_marked(&LETTER, &[1, 3, 5, 7], seen, readers, site);
        put(&place.published(), id, &version(1, Some(&sealed)), Some(&sealed.bundle));
        let visitor = Visitor::at(&place);
        for (language, said) in LANGUAGES.iter().zip(said) {
            let page = visitor.get(&format!("/{language}/statements/{id}")).await;
            assert!(page.status == 200 && page.text().contains("class=\"clock\""), "{language} {id}: the bundle holds");
            assert_eq!(page.text().contains(said), speaks, "{language} {id}");
        }
    }
}
