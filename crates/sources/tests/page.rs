//! A web page on the loopback, whose article changes.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::net;
use countermark_sources::page::WebPage;
use countermark_sources::{Cursor, Fault, Kind, Reach, Source};
use countermark_testkit::{Loopback, Reply};

fn html(words: &str, clock: u32) -> String {
    format!(
        "<html><head><title>Courier</title></head><body><nav>Home {clock}</nav><article><h1>Dorn stays shut</h1>\
         <p>{words}</p><p>A second paragraph that is long enough to be the article of this page.</p></article></body></html>"
    )
}

#[test]
fn each_change_of_the_article_is_an_edit_and_no_other_change_is() {
    let page = Arc::new(Mutex::new(html("The crossing will not reopen before the inspectors return.", 1)));
    let served = Arc::clone(&page);
    let server = Loopback::new(move |_| Reply::Whole(200, "text/html", served.lock().unwrap().clone().into_bytes()));
    let mut source = WebPage::new(&server.url(), Duration::from_secs(60), Reach::Private);
    let first = source.poll(&net(), &Cursor::default()).unwrap();
    assert_eq!((first.posts.len(), first.posts[0].kind), (1, Kind::New));
    assert!(first.posts[0].passages.iter().any(|passage| passage.text.contains("before the inspectors return")));
    *page.lock().unwrap() = html("The crossing will not reopen before the inspectors return.", 2);
    let second = source.poll(&net(), &first.cursor).unwrap();
    assert!(second.posts.is_empty(), "the clock in the corner is not the article");
    *page.lock().unwrap() = html("The crossing may reopen before the inspectors return.", 3);
    let third = source.poll(&net(), &second.cursor).unwrap();
    assert_eq!((third.posts.len(), third.posts[0].kind), (1, Kind::Edited));
    assert_eq!(third.posts[0].id, first.posts[0].id);
}

#[test]
fn a_page_in_another_character_set_and_one_without_text() {
    let (koi, _, _) = encoding_rs::KOI8_R.encode("<html><body><article><p>Мы не откроем переход в Дорне, пока не вернутся инспекторы.</p></article></body></html>");
    let koi = koi.into_owned();
    let server = Loopback::new(move |request| match request.head.split(' ').nth(1).unwrap() {
        "/koi" => Reply::Whole(200, "text/html; charset=koi8-r", koi.clone()),
        "/bad" => Reply::Whole(200, "text/html; charset=utf-8", b"<p>Invalid \xff\xfe bytes stand here</p>".to_vec()),
        "/plain" => Reply::Whole(200, "text/plain", b"a < b\r\nand <so> on".to_vec()),
        _ => Reply::Whole(200, "text/html", b"<html><body><script>render()</script></body></html>".to_vec()),
    });
    let poll = |path: &str| {
        let url = format!("{}{path}", server.url());
        let batch = WebPage::new(&url, Duration::from_secs(60), Reach::Private).poll(&net(), &Cursor::default())?;
        Ok(batch.posts[0].passages.iter().map(|passage| passage.text.clone()).collect::<Vec<_>>().join("\n"))
    };
    assert!(poll("/koi").unwrap().contains("Мы не откроем переход в Дорне"));
    assert!(poll("/bad").unwrap().contains("bytes stand here"));
    assert_eq!(poll("/plain").unwrap(), "a < b\nand <so> on");
    assert_eq!(poll("/script"), Err(Fault::Garbled("a page without text")));
}

#[test]
fn pages_that_would_never_end_do() {
    let bombs = [
        "<div>".repeat(400_000),
        (0..20_000).map(|at| format!("<b id={at}>")).collect::<String>() + &"<p>x".repeat(100_000),
        format!("<p{}>x", " a".repeat(500_000)),
        "<table><tr><td>".repeat(100_000),
        format!("<article>{}</article>", "&amp".repeat(500_000)),
    ];
    let start = std::time::Instant::now();
    for bomb in bombs {
        let server = Loopback::new(move |_| Reply::Whole(200, "text/html", bomb.clone().into_bytes()));
        // What comes of it does not matter; that something does.
        let _ = WebPage::new(&server.url(), Duration::from_secs(60), Reach::Private).poll(&net(), &Cursor::default());
    }
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}
