use super::*;
use crate::samples;

fn exchange() -> Arc<Exchange> {
    Arc::new(Exchange { url: String::new(), at_ms: 0, request: Vec::new(), response: Vec::new() })
}

fn parsed(bytes: &[u8]) -> Page {
    parse(bytes, &exchange()).expect("an answer")
}

fn said(post: &Post) -> Vec<(Role, Option<&str>, &str)> {
    post.passages.iter().map(|passage| (passage.role, passage.author.as_deref(), passage.text.as_str())).collect()
}

#[test]
fn samples_of_the_service() {
    let Some(read) = samples::folder("vk-api") else { return };
    let page = parsed(&read("Get_ExtendedVersion_GenerateOutParametersCorrectly.json"));
    let [item] = page.items.as_slice() else { panic!("one post") };
    assert_eq!(page.count, Some(42));
    assert_eq!((item.id, item.date, item.pinned), (41, 1_394_002_266, false));
    assert_eq!(item.post.url.as_deref(), Some("https://vk.com/wall10_41"));
    assert_eq!(item.post.author.as_deref(), Some("Иван Иванов"));
    assert_eq!(item.post.pictures.len(), 1);
    assert!(item.post.pictures[0].url.ends_with("jCLiluawfXE.jpg"), "the largest");

    let page = parsed(&read("Get_Geo_NormalCase.json"));
    let post = &page.items[0].post;
    let [forwarded, poll] = post.passages.as_slice() else { panic!("two passages") };
    assert_eq!(forwarded.role, Role::Forwarded);
    assert!(forwarded.text.starts_with("Мы оформляем храм...\n"));
    assert_eq!(poll.role, Role::Poll);
    assert!(poll.text.starts_with("А вы как готовитесь к Пасхе?\nКрасим яйца, печем куличи\n"));

    let page = parsed(&read("Get_WithPoll_NormalCase.json"));
    assert_eq!(said(&page.items[0].post), [(Role::Own, None, "Тест")]);
    assert_eq!(page.items[0].post.id, "-103292418_3");

    let page = parsed(&read("Get_Document_NormalCase.json"));
    assert_eq!(page.items[0].post.pictures.len(), 1);
    assert_eq!(page.items[0].post.passages[0].role, Role::Card);

    let page = parsed(&read("GetById_ReturnWallRecords.json"));
    assert_eq!((page.count, page.items[0].post.id.as_str()), (None, "1_617"));

    for (name, code) in [("error_5.json", 5), ("error_14.json", 14), ("error_100.json", 100)] {
        assert_eq!(parse(&read(name), &exchange()).err(), Some(Failure::Code(code)));
    }
}

#[test]
fn all_that_hangs_on_a_post() {
    let page = parsed(
        r##"{"response": {"count": 1, "items": [{
            "id": 7, "owner_id": -5, "from_id": -5, "signer_id": 3, "date": 1700000000, "edited": 1700000100, "is_pinned": 1,
            "text": "[club9|The Gazette] has it &amp; more",
            "attachments": [
                {"type": "photo", "photo": {"text": "the first page", "sizes": [
                    {"type": "s", "width": 75, "height": 50, "url": "https://i.example/s"},
                    {"type": "w", "width": 2000, "height": 1500, "url": "https://i.example/w"},
                    {"type": "x", "width": 600, "height": 450, "url": "https://i.example/x"}]}},
                {"type": "photo", "photo": {"sizes": [{"type": "m", "src": "https://i.example/m"}, {"type": "z", "src": "https://i.example/z"},
                    {"type": "x", "src": "https://i.example/x"}]}},
                {"type": "photo", "photo": {"sizes": [{"type": "m", "width": 1, "height": 1, "url": "file:///etc/hostname"}]}},
                {"type": "link", "link": {"url": "https://example.org", "title": "A letter", "description": "What it says", "caption": "example.org"}},
                {"type": "video", "video": {"title": "The speech", "description": "in full"}},
                {"type": "poll", "poll": {"question": "True?", "answers": [{"text": "yes"}, {"text": "no"}, {"id": 1}]}},
                {"type": "note", "note": {"title": "On the letter", "text": "It was long."}},
                {"type": "sticker", "sticker": {"sticker_id": 1}},
                {"type": "photo"}, {"type": 5}, 7, {"type": "link", "link": []}
            ],
            "copy_history": [{"id": 1, "owner_id": 3, "from_id": 3, "text": "as [id4|Boris] said", "attachments": [
                {"type": "link", "link": {"title": "elsewhere"}}]}]
        }],
        "profiles": [{"id": 3, "first_name": "Anna", "last_name": "Berg"}], "groups": [{"id": 5, "name": "Club"}]}}"##.as_bytes(),
    );
    let item = &page.items[0];
    assert!(item.pinned);
    assert_eq!((item.post.kind, item.post.author.as_deref()), (Kind::Edited, Some("Anna Berg")));
    assert_eq!(
        said(&item.post),
        [
            (Role::Own, None, "The Gazette has it & more"),
            (Role::Caption, None, "the first page"),
            (Role::Card, None, "A letter\nWhat it says"),
            (Role::Card, None, "The speech\nin full"),
            (Role::Poll, None, "True?\nyes\nno"),
            (Role::Own, None, "On the letter\nIt was long."),
            (Role::Forwarded, Some("Anna Berg"), "as Boris said"),
            (Role::Card, Some("Anna Berg"), "elsewhere"),
        ]
    );
    let pictures: Vec<&str> = item.post.pictures.iter().map(|picture| picture.url.as_str()).collect();
    assert_eq!(pictures, ["https://i.example/w", "https://i.example/z"]);
}

#[test]
fn what_is_no_answer() {
    for bytes in [
        &b""[..],
        b"{}",
        b"[]",
        b"{\"response\": 5}",
        b"{\"response\": {\"items\": {}}}",
        b"{\"error\": {}}",
        b"<html>",
    ] {
        assert!(matches!(parse(bytes, &exchange()), Err(Failure::Other(Fault::Garbled(_)))));
    }
    let page = parsed(br#"{"response": {"items": [1, {}, {"id": "x"}, {"id": 1, "owner_id": 2, "is_deleted": true, "text": "gone"}]}}"#);
    let [item] = page.items.as_slice() else { panic!("one post") };
    assert_eq!((item.post.kind, item.post.passages.len(), item.post.at), (Kind::Deleted, 0, None));
}
