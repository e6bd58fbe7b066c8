//! Telegram's preview pages: real ones, and a channel on the loopback that changes.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{exchange, net, sample};
use countermark_sources::telegram_web::{TelegramWeb, parse};
use countermark_sources::{Cursor, Fault, Kind, Post, Reach, Role, Source};
use countermark_testkit::{Loopback, Reply};

fn texts(post: &Post) -> Vec<(Role, Option<&str>, &str)> {
    post.passages.iter().map(|passage| (passage.role, passage.author.as_deref(), passage.text.as_str())).collect()
}

fn real(name: &str, channel: &str) -> Option<Vec<(u64, Post)>> {
    let page = sample(&format!("telegram-web/{name}"))?;
    Some(parse(&String::from_utf8(page).unwrap(), channel, &exchange()).unwrap().posts)
}

#[test]
fn real_messages_are_read() {
    let Some(plain) = real("message_text.html", "topwar_official") else { return };
    let (number, post) = &plain[0];
    assert_eq!((*number, post.id.as_str()), (70991, "topwar_official/70991"));
    assert_eq!(post.at, Some(1_677_574_081));
    assert_eq!(post.author.as_deref(), Some("Военное обозрение"));
    let words = &post.passages[0].text;
    assert!(
        words.starts_with("Неопознанный летающий объект замечен в 160 – 200 км от Петербурга\n\nПо данным"),
        "{words}"
    );
    assert!(words.ends_with("«Звуки как на параде»."), "{words}");
    let signed = &real("message_with_from_author.html", "channel").unwrap()[0].1;
    assert_eq!(signed.author.as_deref(), Some("Channel title (🅰️rkadiy Ivanov)"));
    assert_eq!(texts(signed), [(Role::Own, Some("🅰️rkadiy Ivanov"), "test")]);
    let forwarded = &real("message_media_forwarded_from.html", "oper_goblin").unwrap()[0].1;
    let expected = "Британская разведка выяснила, почему Ким Чен Ын начал выводить дочку в свет";
    assert_eq!(texts(forwarded), [(Role::Forwarded, Some("Пул N3"), expected)]);
    assert_eq!(forwarded.pictures.len(), 1);
    assert!(forwarded.pictures[0].url.starts_with("https://cdn4.telegram-cdn.org/file/keYrQp0kfuA"));
    let card = &real("message_link_preview_text_only.html", "oper_goblin").unwrap()[0].1;
    assert!(card.passages[0].text.ends_with("?index=7&rangeSize=1"), "{}", card.passages[0].text);
    let (role, site, words) = texts(card)[1];
    assert_eq!((role, site), (Role::Card, Some("publication.pravo.gov.ru")));
    assert!(words.contains("№ 59-рп") && words.ends_with("\n\"О поощрении\""), "{words}");
    let poll = &real("message_poll.html", "it_begin").unwrap()[0].1;
    let lines = "Как лучше?\nНесколько постов в день\nОдин пост в несколько дней\nСвой вариант в комментарии";
    assert_eq!(texts(poll), [(Role::Poll, None, lines)]);
    let page = real("telegram-test-channel.html", "test_channel").unwrap();
    assert!(page.len() >= 3 && page.windows(2).all(|two| two[0].0 < two[1].0));
    let album = &page[0].1;
    assert_eq!((page[0].0, album.pictures.len()), (1001, 2));
    assert_eq!(page.iter().filter(|(_, post)| post.passages.iter().any(|p| p.role == Role::Forwarded)).count(), 1);
}

#[test]
fn what_a_reply_repeats_and_a_nested_text_is_not_the_posts_own() {
    let page = r#"<section class="tgme_channel_history">
      <div class="tgme_widget_message" data-post="Velmora/7"><a class="tgme_widget_message_reply" href="https://t.me/velmora/3">
        <div class="tgme_widget_message_author"><span class="tgme_widget_message_author_name">Press office</span></div>
        <div class="tgme_widget_message_metatext js-message_reply_text">What was said before</div></a>
        <div class="tgme_widget_message_text js-message_text"><div class="tgme_widget_message_text js-message_text">Own words</div></div>
        <span class="tgme_widget_message_meta">edited <a class="tgme_widget_message_date"><time datetime="2026-03-01T10:00:00+00:00"></time></a></span>
      </div>
      <div class="tgme_widget_message" data-post="other/8"><div class="tgme_widget_message_text">Not this channel's</div></div>
      <div class="tgme_widget_message" data-post="velmora/x"><div class="tgme_widget_message_text">No number</div></div>
    </section>"#;
    let posts = parse(page, "velmora", &exchange()).unwrap().posts;
    assert_eq!(posts.len(), 1);
    let post = &posts[0].1;
    assert_eq!(
        texts(post),
        [(Role::RepliedTo, Some("Press office"), "What was said before"), (Role::Own, None, "Own words")]
    );
    assert_eq!((post.kind, post.id.as_str()), (Kind::Edited, "velmora/7"));
    assert_eq!(post.url.as_deref(), Some("https://t.me/velmora/7"));
}

/// A channel: its posts by number. A page shows the last four, or the four before an id.
type Channel = Arc<Mutex<BTreeMap<u64, String>>>;

fn page(channel: &Channel, before: u64) -> String {
    let posts = channel.lock().unwrap();
    let shown: Vec<_> = posts.range(..before).rev().take(4).collect();
    let messages: String = shown
        .iter()
        .rev()
        .map(|(id, text)| {
            format!(
                "<div class='tgme_widget_message' data-post='velmora/{id}'><div class='tgme_widget_message_text'>{text}</div></div>"
            )
        })
        .collect();
    format!("<html><section class='tgme_channel_history'>{messages}</section></html>")
}

fn serve(channel: &Channel) -> (Loopback, Arc<Mutex<Vec<String>>>) {
    let (channel, asked) = (Arc::clone(channel), Arc::new(Mutex::new(Vec::new())));
    let log = Arc::clone(&asked);
    let server = Loopback::new(move |request| {
        let path = request.head.split(' ').nth(1).unwrap().to_owned();
        let before = path.split_once("before=").map_or(u64::MAX, |(_, id)| id.parse().unwrap());
        log.lock().unwrap().push(path);
        Reply::Whole(200, "text/html; charset=utf-8", page(&channel, before).into_bytes())
    });
    (server, asked)
}

fn kinds(posts: &[Post]) -> Vec<(&str, Kind)> {
    posts.iter().map(|post| (post.id.strip_prefix("velmora/").unwrap(), post.kind)).collect()
}

#[test]
fn a_channel_that_changes_is_followed() {
    let channel: Channel = Arc::default();
    channel.lock().unwrap().extend((1..=6).map(|id| (id, format!("post {id}"))));
    let (server, asked) = serve(&channel);
    let mut source = TelegramWeb::new("velmora", &server.url(), Duration::from_secs(5), Reach::Private);
    let first = source.poll(&net(), &Cursor::default()).unwrap();
    assert_eq!(kinds(&first.posts), [("3", Kind::New), ("4", Kind::New), ("5", Kind::New), ("6", Kind::New)]);
    assert!(!first.more);
    assert_eq!(source.poll(&net(), &first.cursor).unwrap().posts.len(), 0);
    // One edited, one deleted, one new.
    {
        let mut posts = channel.lock().unwrap();
        posts.insert(5, "post 5, otherwise".into());
        posts.remove(&4);
        posts.insert(7, "post 7".into());
    }
    let second = source.poll(&net(), &first.cursor).unwrap();
    assert_eq!(kinds(&second.posts), [("4", Kind::Deleted), ("5", Kind::Edited), ("7", Kind::New)]);
    assert!(second.posts[0].passages.is_empty());
    // A burst of forty: the newest come first, the gap is filled over several polls, nothing is missed or doubled.
    channel.lock().unwrap().extend((8..=47).map(|id| (id, format!("post {id}"))));
    asked.lock().unwrap().clear();
    let mut batch = source.poll(&net(), &second.cursor).unwrap();
    assert_eq!(kinds(&batch.posts)[..4], [("44", Kind::New), ("45", Kind::New), ("46", Kind::New), ("47", Kind::New)]);
    let mut ids: Vec<u64> = Vec::new();
    let mut polls = 1;
    loop {
        ids.extend(batch.posts.iter().map(|post| post.id.rsplit('/').next().unwrap().parse::<u64>().unwrap()));
        if !batch.more {
            break;
        }
        batch = source.poll(&net(), &batch.cursor).unwrap();
        polls += 1;
    }
    ids.sort_unstable();
    assert_eq!(ids, (8..=47).collect::<Vec<_>>());
    assert!(polls <= 4 && asked.lock().unwrap().len() <= 20, "{polls} polls");
    // The same cursor again gives the same again: what was not kept is not lost.
    assert_eq!(kinds(&source.poll(&net(), &first.cursor).unwrap().posts).first().unwrap(), &("44", Kind::New));
}

#[test]
fn what_is_no_preview_page_is_an_error_and_not_an_empty_channel() {
    let server = Loopback::new(|_| Reply::Whole(200, "text/html", b"<html>Contact @velmora</html>".to_vec()));
    let mut source = TelegramWeb::new("velmora", &server.url(), Duration::from_secs(5), Reach::Private);
    assert!(matches!(source.poll(&net(), &Cursor::default()), Err(Fault::Garbled(_))));
    let empty =
        Loopback::new(|_| Reply::Whole(200, "text/html", b"<section class=tgme_channel_history></section>".to_vec()));
    let mut source = TelegramWeb::new("velmora", &empty.url(), Duration::from_secs(5), Reach::Private);
    assert_eq!(source.poll(&net(), &Cursor::default()).unwrap().posts.len(), 0);
    let bomb = Loopback::new(|_| Reply::Whole(200, "text/html", "<div>".repeat(400_000).into_bytes()));
    let mut source = TelegramWeb::new("velmora", &bomb.url(), Duration::from_secs(5), Reach::Private);
    assert!(matches!(source.poll(&net(), &Cursor::default()), Err(Fault::Garbled(_))));
}

#[test]
fn a_failing_gap_does_not_hold_up_the_newest() {
    let channel: Channel = Arc::default();
    channel.lock().unwrap().extend((1..=4).map(|id| (id, format!("post {id}"))));
    let served = Arc::clone(&channel);
    let server = Loopback::new(move |request| {
        if request.head.contains("before=") {
            return Reply::Whole(429, "text/html", Vec::new());
        }
        Reply::Whole(200, "text/html", page(&served, u64::MAX).into_bytes())
    });
    let mut source = TelegramWeb::new("velmora", &server.url(), Duration::from_secs(5), Reach::Private);
    let first = source.poll(&net(), &Cursor::default()).unwrap();
    channel.lock().unwrap().extend((5..=20).map(|id| (id, format!("post {id}"))));
    let second = source.poll(&net(), &first.cursor).unwrap();
    assert_eq!(second.posts.len(), 4);
    assert!(!second.more, "it waits before it asks again");
    assert!(second.cursor.0["gaps"].as_array().unwrap().len() == 1);
}
