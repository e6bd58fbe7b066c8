//! Feeds: real ones in the character sets that exist, broken ones, hostile ones, and one on the loopback that changes.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{exchange, net, sample};
use countermark_sources::feed::{Depth, Feed, parse};
use countermark_sources::{Cursor, Fault, Kind, Post, Reach, Source};
use countermark_testkit::{Loopback, Reply};

fn read(bytes: &[u8]) -> Result<Vec<Post>, Fault> {
    parse(bytes, None, "http://example.org/feed", &exchange())
}

fn texts(post: &Post) -> Vec<&str> {
    post.passages.iter().map(|passage| passage.text.as_str()).collect()
}

#[test]
fn real_feeds_are_read() {
    let Some(bytes) = sample("feeds/encoding_WINDOWS-1251.xml") else { return };
    let posts = read(&bytes).unwrap();
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0].id, "http://ibash.org.ru/quote.php?id=17703");
    assert_eq!((posts[0].at, posts[0].kind), (Some(1_521_617_252), Kind::New));
    assert_eq!(texts(&posts[0])[0], "Цитата #17703");
    assert!(texts(&posts[0])[1].starts_with("xxx: есть у кого жаба программер"), "{:?}", texts(&posts[0]));
    assert!(texts(&posts[0])[1].contains('\n'));
    let koi = read(&sample("feeds/koi8r.xml").unwrap()).unwrap();
    assert_eq!(texts(&koi[0])[0], "Как пережить новогоднюю ночь");
    assert!(texts(&koi[0])[1].starts_with("Наверное, единственное, во что сегодня можно верить"));
    let rdf = read(&sample("feeds/rss_1.0_example_1.xml").unwrap()).unwrap();
    assert_eq!((rdf.len(), texts(&rdf[0])), (2, vec!["記事1のタイトル", "記事1の内容"]));
    let rss = read(&sample("feeds/rss_2.0_example_1.xml").unwrap()).unwrap();
    assert_eq!((rss[0].id.as_str(), rss[0].at), ("7bd204c6-1655-4c27-aeee-53f933c5395f", Some(1_252_254_000)));
    assert_eq!(rss[0].url.as_deref(), Some("http://www.example.com/blog/post/1"));
    let json = read(&sample("feeds/jsonfeed_example_1.json").unwrap()).unwrap();
    assert!(!json.is_empty() && !texts(&json[0]).is_empty());
    let atom = read(&sample("feeds/atom_xml_base.xml").unwrap()).unwrap();
    assert_eq!((texts(&atom[0])[0], atom[0].author.as_deref()), ("my cool entry title", Some("Not Blank")));
    let quote = read(&sample("feeds/demoronize-1.xml").unwrap()).unwrap();
    assert_eq!(texts(&quote[0]), ["don\u{2019}t"]);
    // Without items, or cut in the middle of one: a feed all the same.
    for name in [
        "utf-16le-bom.xml",
        "utf-8-bom.xml",
        "undeclared_namespace.xml",
        "http_high_bit_date.xml",
        "windows-1252-incorrect-prolog.xml",
        "rss_incomplete_cdata.xml",
    ] {
        assert!(read(&sample(&format!("feeds/{name}")).unwrap()).unwrap().len() <= 1, "{name}");
    }
}

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Velmora Courier</title>{items}</channel></rss>"
    )
}

const LETTER: &str = "Мы не откроем переход в Дорне";

fn encoded(label: &str, text: &str) -> Vec<u8> {
    let (bytes, _, lost) = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap().encode(text);
    assert!(!lost);
    bytes.into_owned()
}

#[test]
fn character_sets_are_found_whatever_is_said_of_them() {
    let body = format!("<item><title>{LETTER}</title></item>");
    let declared =
        |label: &str| rss(&body).replace("version=\"1.0\"?", &format!("version=\"1.0\" encoding=\"{label}\"?"));
    let rows: Vec<(Vec<u8>, Option<&str>)> = vec![
        (encoded("windows-1251", &declared("windows-1251")), None),
        (encoded("windows-1251", &declared("windows-1251")), Some("text/xml; charset=iso-8859-1")),
        (encoded("windows-1251", &declared("windows-1251")), Some("text/xml; charset=utf-8")),
        (encoded("windows-1251", &rss(&body)), Some("text/xml; charset=windows-1251")),
        (encoded("koi8-r", &declared("KOI8-R")), Some("text/xml")),
        (encoded("koi8-r", &rss(&body)), Some("text/xml; charset=koi8-r")),
        (declared("windows-1251").into_bytes(), None),
        (rss(&body).into_bytes(), Some("text/xml; charset=windows-1252")),
        ([&[0xff, 0xfe][..], &rss(&body).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat(), None),
        (
            [&[0xfe, 0xff][..], &rss(&body).encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()].concat(),
            Some("text/xml"),
        ),
    ];
    for (at, (bytes, content_type)) in rows.iter().enumerate() {
        let posts = parse(bytes, *content_type, "http://example.org/", &exchange()).unwrap();
        assert_eq!(texts(&posts[0]), [LETTER], "row {at}");
    }
}

#[test]
fn what_is_not_well_formed_is_read_as_far_as_it_goes() {
    for feed in [
        "<rss><channel><item><title>One &amp; two</title><description>Some &lt;b&gt;bold&lt;/b&gt; words</description></item></channel></rss>",
        "<rss version='0.90'><channel><item><title>One & two</title><description><![CDATA[Some <b>bold</b> words]]></description></item></channel></rss>",
        "<rss version='2.0'><channel><item><title>One &amp; two</title><description>Some <b>bold</i> words</description></item>",
        "<RSS VERSION='2.0'><CHANNEL><ITEM><TITLE>One &amp; two</TITLE><DESCRIPTION>Some bold words</DESCRIPTION></ITEM></CHANNEL></RSS>",
        "<feed><entry><title>One &amp; two</title><summary>Some bold words</summary>",
    ] {
        let posts = read(feed.as_bytes()).unwrap();
        assert_eq!(texts(&posts[0]), ["One & two", "Some bold words"], "{feed}");
        assert_eq!(read(feed.as_bytes()).unwrap()[0].id, posts[0].id, "the id is the same each time");
    }
    for none in ["", "<html><body>No feed</body></html>", "{}", "[]", "{\"version\": \"2\"}", "just text", "\0\0\0"] {
        assert!(matches!(read(none.as_bytes()), Err(Fault::Garbled(_))), "{none}");
    }
}

#[test]
fn items_have_all_their_words_once() {
    let item = "<item><guid>a</guid><link>/story</link><title>A &amp;quot;title&amp;quot;</title>\
        <description>The beginning of the text that stands in full below</description>\
        <content:encoded><![CDATA[<p>The beginning of the text that stands in full below.</p><p>And <i>more</i>.<img src='/a.png'></p>]]></content:encoded>\
        <enclosure url='http://example.org/b.jpg' type='image/jpeg' length='1'/></item>";
    let posts = read(rss(&(item.to_owned() + &item.replace("more", "most"))).as_bytes()).unwrap();
    assert_eq!(posts.len(), 1, "an item that stands twice is its last version");
    assert_eq!(texts(&posts[0]), ["A \"title\"", "The beginning of the text that stands in full below.\n\nAnd most."]);
    assert_eq!(posts[0].url.as_deref(), Some("http://example.org/story"));
    let pictures: Vec<&str> = posts[0].pictures.iter().map(|picture| picture.url.as_str()).collect();
    assert!(
        pictures.contains(&"http://example.org/b.jpg") && pictures.contains(&"http://example.org/a.png"),
        "{pictures:?}"
    );
    assert_eq!(posts[0].author.as_deref(), Some("Velmora Courier"));
}

#[test]
fn hostile_feeds_cost_no_more_than_their_length() {
    let start = Instant::now();
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let laughs = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY l0 \"ha\">{laughs}]><rss version=\"2.0\"><channel><item><title>&l9;</title></item></channel></rss>"
    );
    for post in read(laughs.as_bytes()).unwrap_or_default() {
        assert!(texts(&post).iter().all(|text| text.len() < 100));
    }
    let file = "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss version=\"2.0\"><channel><item><title>&x;</title></item></channel></rss>";
    for post in read(file.as_bytes()).unwrap_or_default() {
        assert!(!texts(&post).concat().contains("root:"));
    }
    let deep = format!("<rss version=\"2.0\"><channel><item><title>x</title>{}", "<a>".repeat(200_000));
    let _ = read(deep.as_bytes());
    let nested = format!("<rss version=\"2.0\"><channel>{}", "<item><title>".repeat(100_000));
    let _ = read(nested.as_bytes());
    let json =
        format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"x\",\"items\":{}", "[".repeat(200_000));
    assert!(read(json.as_bytes()).is_err());
    let many = rss(&"<item><title>word</title><guid>g</guid></item>".repeat(50_000));
    assert!(read(many.as_bytes()).unwrap().len() <= 2000);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn a_feed_that_changes_is_followed_with_its_articles() {
    let items = Arc::new(Mutex::new(String::new()));
    let served = Arc::clone(&items);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let server = Loopback::new(move |request| {
        let path = request.head.split(' ').nth(1).unwrap().to_owned();
        log.lock().unwrap().push(path.clone());
        match path.as_str() {
            "/feed" => Reply::Whole(200, "application/rss+xml", rss(&served.lock().unwrap()).into_bytes()),
            "/gone" => Reply::Whole(500, "text/html", Vec::new()),
            path => Reply::Whole(
                200,
                "text/html",
                format!("<html><body><article><h1>Story {path}</h1><p>The whole article behind {path}, with all that the feed leaves out of it.</p></article></body></html>").into_bytes(),
            ),
        }
    });
    let mut feed = Feed::new(&format!("{}/feed", server.url()), Depth::Full, Duration::from_secs(60), Reach::Private);
    let item = |id: &str, text: &str| format!("<item><guid>{id}</guid><link>/{id}</link><title>{text}</title></item>");
    *items.lock().unwrap() = item("one", "First") + &item("gone", "Second");
    let first = feed.poll(&net(), &Cursor::default()).unwrap();
    assert_eq!(first.posts.len(), 2);
    let whole = texts(&first.posts[0]).join("\n");
    assert!(whole.starts_with("First") && whole.contains("The whole article behind /one"), "{whole}");
    assert!(first.posts[0].exchange.url.ends_with("/one"));
    assert_eq!(texts(&first.posts[1]), ["Second"]);
    // An article that fails is asked for three times, and no more.
    let second = feed.poll(&net(), &first.cursor).unwrap();
    let third = feed.poll(&net(), &second.cursor).unwrap();
    feed.poll(&net(), &third.cursor).unwrap();
    assert_eq!(asked.lock().unwrap().iter().filter(|path| *path == "/gone").count(), 3);
    assert!(second.posts.is_empty() && third.posts.is_empty());
    // Out of order, one edited, one new.
    *items.lock().unwrap() = item("gone", "Second") + &item("three", "Third") + &item("one", "First, corrected");
    let fourth = feed.poll(&net(), &third.cursor).unwrap();
    let kinds: Vec<_> = fourth.posts.iter().map(|post| (post.id.as_str(), post.kind)).collect();
    assert_eq!(kinds, [("three", Kind::New), ("one", Kind::Edited)]);
}

#[test]
fn a_failed_answer_leaves_the_cursor() {
    let answers = Arc::new(Mutex::new(vec![
        Reply::Raw(
            b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss version='2.0'><channel><item><title>cut".to_vec(),
        ),
        Reply::Whole(500, "text/xml", rss("<item><title>x</title></item>").into_bytes()),
        Reply::Whole(200, "text/html", b"<html>maintenance</html>".to_vec()),
        Reply::Whole(200, "text/xml", rss("<item><title>x</title></item>").into_bytes()),
    ]));
    answers.lock().unwrap().reverse();
    let server = Loopback::new(move |_| answers.lock().unwrap().pop().unwrap());
    let mut feed = Feed::new(&server.url(), Depth::Feed, Duration::from_secs(60), Reach::Private);
    for _ in 0..3 {
        assert!(feed.poll(&net(), &Cursor::default()).is_err());
    }
    assert_eq!(feed.poll(&net(), &Cursor::default()).unwrap().posts.len(), 1);
}
