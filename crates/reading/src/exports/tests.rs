use proptest::prelude::*;

use super::*;

const FORMATS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/formats/");

/// A sample of the wild; they are not part of the project.
fn sample(name: &str) -> Option<Vec<u8>> {
    let read = std::fs::read(format!("{FORMATS}{name}")).ok();
    if read.is_none() {
        println!("skipped: no sample {name}");
    }
    read
}

fn read_any(bytes: &[u8], settings: &Settings) -> Result<Archive, Error> {
    read(bytes, detect(bytes).expect("its kind is known"), settings)
}

fn texts(archive: &Archive) -> Vec<(&str, &str)> {
    archive.letters.iter().map(|l| (l.author.name.as_str(), l.text.as_str())).collect()
}

fn whys(archive: &Archive) -> Vec<Why> {
    archive.skipped.iter().map(|skipped| skipped.why).collect()
}

#[test]
fn samples_of_whatsapp() {
    use DateOrder::{DayMonthYear, MonthDayYear};
    for (name, letters, skipped, order, first, last) in [
        ("whatsapp_ddmmyy_24hrs.txt", 7, 2, Some(DayMonthYear), 1_546_341_900, 1_640_901_660),
        ("whatsapp_mmddyyyy_12hrs.txt", 7, 2, Some(MonthDayYear), 1_546_341_900, 1_640_901_660),
        ("whatsapp_export.txt", 7, 0, Some(DayMonthYear), 1_705_314_600, 1_710_062_100),
        ("whatsapp_eu.txt", 6, 0, None, 1_705_314_600, 1_705_314_900),
    ] {
        let Some(bytes) = sample(&format!("chat-exports/{name}")) else { continue };
        assert_eq!(detect(&bytes), Some(Kind::WhatsApp), "{name}");
        let archive = read_any(&bytes, &Settings::default()).expect(name);
        assert_eq!((archive.letters.len(), archive.skipped.len()), (letters, skipped), "{name}");
        let told = archive.remarks.iter().find_map(|remark| match remark {
            Remark::OrderByDate(order, _) | Remark::OrderByTime(order, _) => Some(*order),
            Remark::NoZone => None,
        });
        assert_eq!(told, order, "{name}");
        assert!(archive.remarks.contains(&Remark::NoZone));
        assert_eq!(archive.letters[0].at.seconds, first, "{name}");
        assert_eq!(archive.letters[letters - 1].at.seconds, last, "{name}");
        assert!(whys(&archive).iter().all(|why| *why == Why::Service), "{name}");
    }
    let Some(bytes) = sample("chat-exports/whatsapp_ddmmyy_24hrs.txt") else { return };
    let archive = read_any(&bytes, &Settings::default()).expect("read");
    assert_eq!(archive.letters[2].text, "Lorem ipsum dolor sit amet,\nconsectetur adipiscing elit. Duis libero.");
    assert_eq!(archive.letters[2].place, Place::Line(3));
    assert_eq!(texts(&archive)[3], ("John-John Doe", "Lorem ipsum : dolor sit amet."));
}

#[test]
fn samples_of_telegram() {
    for (name, letters, skipped) in
        [("telegram_export.json", 7, 0), ("test_batch_export.json", 2, 0), ("public_channel.json", 1, 0)]
    {
        let Some(bytes) = sample(&format!("telegram-export/{name}")) else { continue };
        assert_eq!(detect(&bytes), Some(Kind::TelegramJson), "{name}");
        let archive = read_any(&bytes, &Settings::default()).expect(name);
        assert_eq!((archive.letters.len(), archive.skipped.len()), (letters, skipped), "{name}");
    }
    let Some(bytes) = sample("telegram-export/telegram_export.json") else { return };
    let archive = read_any(&bytes, &Settings::default()).expect("read");
    let last = &archive.letters[6];
    assert_eq!((last.thread.as_str(), last.author.address.as_str()), ("Test Chat", "user456"));
    assert!(matches!(last.edited, Edited::At(at) if at.seconds == last.at.seconds + 300));
    let Some(bytes) = sample("telegram-export/test_batch_export.json") else { return };
    let archive = read_any(&bytes, &Settings::default()).expect("read");
    assert_eq!(texts(&archive)[1], ("Author 2", "Link:https://telegram.org/"));
    assert_eq!(archive.letters[0].at, Moment::exact(1_544_006_350));
    assert_eq!(archive.remarks, []);
}

#[test]
fn samples_of_signal() {
    let Some(text) = sample("chat-exports/signal_sigexport.txt") else { return };
    assert_eq!(detect(&text), Some(Kind::SignalText));
    let archive = read_any(&text, &Settings::default()).expect("read");
    assert_eq!(texts(&archive), [("Jane Doe", "Hello John!"), ("John Doe", "Hello\nJane!")]);
    let mut all = Vec::new();
    for name in ["data", "sync", "reaction"] {
        let bytes = sample(&format!("chat-exports/signal_cli_{name}_message.json")).expect("they stand together");
        assert_eq!(detect(&bytes), Some(Kind::SignalJson), "{name}");
        all.extend(bytes);
    }
    let archive = read_any(&all, &Settings::default()).expect("read");
    assert_eq!(
        archive.letters.iter().map(|l| l.direction).collect::<Vec<_>>(),
        [Some(Direction::Received), Some(Direction::Sent)]
    );
    assert_eq!(archive.letters[0].at, Moment::exact(1_632_576_001));
    assert_eq!(whys(&archive), [Why::NoMessage]);
}

#[test]
fn forms_of_whatsapp() {
    let chat = "\u{200e}[15/01/2024, 10:30:00\u{202f}AM] Peace talks: \u{200e}Messages and calls are end-to-end encrypted.\r\n\
        [15/01/2024, 10:31:00\u{202f}AM] ~\u{a0}Ada Lind: The answer: no.\r\n\
        And it stays no.\r\n\r\n- Ada\r\n\
        \u{200e}[15/01/2024, 12:05:00\u{202f}AM] Ben Holm: \u{200e}image omitted\r\n\
        \u{200e}[15/01/2024, 12:06:00\u{202f}PM] Ben Holm: \u{200e}<attached: 00000012-PHOTO.jpg>\r\n\
        [15/01/2024, 1:07:00\u{202f}PM] Ben Holm: As you like. \u{200e}<This message was edited>\r\n\
        [15/01/2024, 1:08:00\u{202f}PM] Ben Holm: \u{200e}This message was deleted.\r\n\
        [15/01/2024, 1:09:00\u{202f}PM] Ben Holm: The map\r\n\u{200e}document omitted\r\n";
    let archive = read_any(chat.as_bytes(), &Settings::default()).expect("read");
    assert_eq!(
        texts(&archive),
        [
            ("Ada Lind", "The answer: no.\nAnd it stays no.\n\n- Ada"),
            ("Ben Holm", "As you like."),
            ("Ben Holm", "The map")
        ]
    );
    assert_eq!(whys(&archive), [Why::Service, Why::Media, Why::Media, Why::Deleted]);
    assert_eq!(archive.letters[1].edited, Edited::Yes);
    assert_eq!(archive.letters[1].at.seconds - archive.letters[0].at.seconds, (2 * 60 + 36) * 60);
    assert_eq!(archive.letters[2].attachments, 1);
    assert_eq!(archive.letters[0].recipients, [Party::named("Ben Holm")]);
}

#[test]
fn dates_are_never_guessed() {
    let chat = "01/02/2024, 10:30 - Ada Lind: No.\n03/04/2024, 10:31 - Ben Holm: Why?\n";
    assert_eq!(read_any(chat.as_bytes(), &Settings::default()).err(), Some(Error::TwoOrders { line: 1 }));
    for (order, seconds) in [(DateOrder::DayMonthYear, 1_706_783_400), (DateOrder::MonthDayYear, 1_704_191_400)] {
        let settings = Settings { order: Some(order), zone: None };
        assert_eq!(read_any(chat.as_bytes(), &settings).expect("said").letters[0].at.seconds, seconds);
    }
    let settings = Settings { order: Some(DateOrder::DayMonthYear), zone: "+02:00".parse().ok() };
    let archive = read_any(chat.as_bytes(), &settings).expect("said");
    assert_eq!(archive.letters[0].at.seconds, 1_706_776_200);
    assert!(archive.remarks.is_empty(), "the zone was said");
}

#[test]
fn a_damaged_message_keeps_nobody_from_the_others() {
    let json = r#"{"name":"Talks","type":"personal_chat","id":7,"messages":[
        {"id":1,"type":"service","date":"2024-01-15T10:30:00","action":"phone_call"},
        {"id":2,"type":"message","date":"2024-01-15T10:30:00","from":"Ada Lind","from_id":"user1","text":"No."},
        {"id":3,"type":"message","date":17,"from":"Ada Lind","text":["a"]},
        5,
        {"id":4,"type":"message","date":"2024-01-15T10:30:00","from":"Ada Lind","from_id":"user1","photo":"p.jpg","text":""},
        {"id":5,"type":"message","date":"2024-01-15T10:30:00","from":"Ada Lind","forwarded_from":"Ben Holm","text":"His words."},
        {"id":6,"type":"message","date":"2024-01-15","from":"Ada Lind","text":"When?"},
        {"id":7,"type":"message","date":"2024-01-15T10:31:00","from":null,"from_id":"user9","text":["Gone ",{"type":"bold","text":"now"},5,"."]}]}"#;
    let archive = read_any(json.as_bytes(), &Settings::default()).expect("read");
    assert_eq!(texts(&archive), [("Ada Lind", "No."), ("", "Gone now.")]);
    assert_eq!(archive.letters[0].id, "7/2");
    use Why::{Damaged, Forwarded, Media, NoDate, Service};
    assert_eq!(whys(&archive), [Service, Damaged, Damaged, Media, Forwarded, NoDate]);
    assert_eq!(archive.skipped[1].place, Place::Item(1, 3));
    let broken = read(b"{\"messages\": [}", Kind::TelegramJson, &Settings::default());
    assert_eq!(
        broken.err().map(|e| e.to_string()).as_deref(),
        Some("line 1, column 15: not the JSON of Telegram Desktop's export")
    );
    let lines = "{\"envelope\":{\"source\":\"+1\",\"timestamp\":1000,\"dataMessage\":{\"message\":\"One\"}}}\n{\"envelope\":{\"sou\n\
        {\"envelope\":{\"source\":\"+1\",\"timestamp\":2000,\"dataMessage\":{\"message\":\"Two\"}}}\n[{\"envelope\":{}}]";
    let archive = read_any(lines.as_bytes(), &Settings::default()).expect("read");
    assert_eq!(texts(&archive), [("", "One"), ("", "Two")]);
    assert_eq!(whys(&archive), [Damaged, Why::NoMessage]);
}

#[test]
fn a_whole_account_says_who_it_is() {
    let json = r#"{"about":"x","personal_information":{"user_id":1,"first_name":"Ada"},"chats":{"about":"y","list":[
        {"name":"Ben Holm","type":"personal_chat","id":2,"messages":[
        {"id":1,"type":"message","date":"2024-01-15T10:30:00","date_unixtime":"1705314600","from":"Ada Lind","from_id":"user1","text":"No."},
        {"id":2,"type":"message","date":"2024-01-15T10:31:00","date_unixtime":"1705314660","from":"Ben Holm","from_id":"user2","text":"Why?"}]}]}}"#;
    let mut archive = read_any(json.as_bytes(), &Settings::default()).expect("read");
    archive.tell(&[]);
    let directions: Vec<_> = archive.letters.iter().map(|l| l.direction).collect();
    assert_eq!(directions, [Some(Direction::Sent), Some(Direction::Received)]);
}

#[test]
fn an_edit_in_signal_is_the_message_of_its_first_time() {
    let json = r#"{"account":"+100","envelope":{"sourceNumber":"+100","sourceName":"Ada Lind","timestamp":9000,"syncMessage":{"sentMessage":{
        "destinationNumber":"+200","editMessage":{"targetSentTimestamp":5000,"dataMessage":{"timestamp":9000,"message":"No, thank you."}}}}}}"#;
    let archive = read_any(json.as_bytes(), &Settings::default()).expect("read");
    let letter = &archive.letters[0];
    assert_eq!((letter.at, letter.edited), (Moment::exact(5), Edited::At(Moment::exact(9))));
    assert_eq!(letter.recipients[0].address, "+200");
    assert_eq!(letter.direction, Some(Direction::Sent));
}

#[test]
fn pages_of_telegram() {
    let page = r#"<!DOCTYPE html><html><body><div class="page_header"><div class="content"><div class="text bold">
Peace talks
</div></div></div><div class="history">
<div class="message service" id="message-1"><div class="body details">15 January 2024</div></div>
<div class="message default clearfix" id="message7"><div class="body">
<div class="pull_right date details" title="15.01.2024 10:30:00 UTC+03:00">10:30</div>
<div class="from_name">
Ada Lind
</div><div class="text">
The answer is <strong>no</strong>.<br>And stays no.
</div></div></div>
<div class="message default clearfix joined" id="message8"><div class="body">
<div class="pull_right date details" title="15.01.2024 10:31:00">10:31</div><div class="text">
Once more.
</div></div></div>
<div class="message default clearfix" id="message9"><div class="body"><div class="pull_right date details" title="15.01.2024 10:32:00">10:32</div>
<div class="from_name">Ben Holm</div><div class="forwarded body"><div class="text">Others' words.</div></div></div></div>
</div></body></html>"#;
    assert_eq!(detect(page.as_bytes()), Some(Kind::TelegramHtml));
    let archive = read_any(page.as_bytes(), &Settings::default()).expect("read");
    assert_eq!(texts(&archive), [("Ada Lind", "The answer is no.\nAnd stays no."), ("Ada Lind", "Once more.")]);
    assert_eq!(archive.letters[0].at.seconds, 1_705_303_800);
    assert_eq!((archive.letters[0].at.zoned, archive.letters[1].at.zoned), (true, false));
    assert_eq!(archive.letters[0].thread, "Peace talks");
    assert_eq!(whys(&archive), [Why::Service, Why::Forwarded]);
}

#[test]
fn who_me_is() {
    let ada = Party { name: "Ada  Lind".into(), address: "Ada@Example.org".into() };
    for (given, is) in
        [("ada lind", true), ("ada@example.org", true), ("Ada", false), ("", false), ("\u{200e}Ada Lind", true)]
    {
        assert_eq!(ada.is(given), is, "{given}");
    }
    let number = Party::named("+49 (30) 123-45");
    assert!(
        number.is("+493012345") && !number.is("+4930123456") && !number.is("493012345") && !Party::default().is("")
    );
}

#[test]
fn the_same_item_has_the_same_hash_whatever_is_said_about_the_file() {
    let chat =
        "13/02/2024, 10:30 - Ada Lind: No.\n13/02/2024, 10:30 - Ada Lind: No.\n13/02/2024, 10:31 - Ben Holm: Why?\n";
    let hashes = |chat: &str, zone: &str| -> Vec<[u8; 32]> {
        let settings = Settings { order: None, zone: zone.parse().ok() };
        read_any(chat.as_bytes(), &settings).expect("read").letters.iter().map(|letter| letter.item).collect()
    };
    let first = hashes(chat, "+01:00");
    assert_ne!(first[0], first[1], "two messages of one minute are two");
    let longer = format!("{chat}14/02/2024, 10:31 - Ben Holm: Well?\n");
    assert_eq!(hashes(&longer, "")[..3], first[..]);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = detect(&bytes);
        for kind in [Kind::Eml, Kind::Mbox, Kind::SignalJson, Kind::SignalText, Kind::TelegramHtml, Kind::TelegramJson, Kind::WhatsApp] {
            let _ = read(&bytes, kind, &Settings::default());
        }
    }

    #[test]
    fn no_text_of_the_right_letters_panics(text in "([0-9]{1,4}[./-]|[ \u{202f},\\[\\]:-]|[0-9]{1,2}:[0-9]{2}| - |[ap]\\.? ?m|é|\u{200e}|<|>|A: |\n){0,60}") {
        let _ = detect(text.as_bytes());
        if let Ok(archive) = read(text.as_bytes(), Kind::WhatsApp, &Settings::default()) {
            prop_assert!(archive.letters.len() + archive.skipped.len() > 0);
        }
    }

    /// What is written in a chat's form is read back.
    #[test]
    fn chats_round_trip(messages in proptest::collection::vec((0u64..400_000, "[A-Z][a-z]{1,8}", "[a-zé.,!?]{1,9}( [a-z:]{1,5}){0,3}(\n[a-z]{1,5}){0,2}"), 1..20)) {
        let mut at = 1_700_000_000;
        let mut chat = String::new();
        let mut expected = Vec::new();
        for (later, name, text) in &messages {
            at += later * 60;
            let days = at / 86_400;
            // Days of January 2024 and after, written in a form of which the year comes first.
            let (y, m, d) = civil(days);
            chat.push_str(&format!("[{y}-{m:02}-{d:02}, {:02}:{:02}:{:02}] {name}: {text}\n", at / 3600 % 24, at / 60 % 60, at % 60));
            expected.push((at, name.clone(), text.clone()));
        }
        let archive = read(chat.as_bytes(), Kind::WhatsApp, &Settings { order: None, zone: "Z".parse().ok() }).expect("it has a form");
        let read: Vec<_> = archive.letters.iter().map(|l| (l.at.seconds, l.author.name.clone(), l.text.clone())).collect();
        prop_assert_eq!(read, expected);
    }
}

/// Year, month and day, found by counting.
fn civil(mut days: u64) -> (u64, u64, u64) {
    let (mut year, mut month) = (1970_u64, 1_usize);
    loop {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let length = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
        if days < length {
            return (year, month as u64, days + 1);
        }
        days -= length;
        month += 1;
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
    }
}
