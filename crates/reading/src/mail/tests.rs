use proptest::prelude::*;

use super::*;
use crate::exports::{Kind, Settings, detect, read};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/formats/email/");

fn eml(text: &str) -> Result<Letter, Why> {
    letter(text.as_bytes(), Place::Byte(0))
}

#[test]
fn samples() {
    for (name, expected) in [
        (
            "legacy_009.eml",
            Ok(("dwsauder@example.com", 958_712_778, "Die Hasen klagten einst über ihre mißliche Lage")),
        ),
        ("legacy_014.eml", Ok(("doug@example.com", 958_606_708, "Slow but steady wins the race."))),
        ("legacy_033.eml", Ok(("dwsauder@example.com", 958_620_641, "schnellste untertauchten."))),
        ("legacy_053.eml", Ok(("doug@example.com", 958_606_024, "allein das außerordentliche Getöse"))),
        ("rfc_004.eml", Ok(("", 764_343_291, "...Introductory text"))),
        ("rfc_006.eml", Err(Why::NoDate)),
        ("thirdparty_005.eml", Err(Why::NoAuthor)),
        ("thirdparty_010.eml", Err(Why::NoAuthor)),
    ] {
        let Ok(bytes) = std::fs::read(format!("{SAMPLES}{name}")) else {
            println!("skipped: no sample {name}");
            continue;
        };
        assert_eq!(detect(&bytes), Some(Kind::Eml), "{name}");
        let found = letter(&bytes, Place::Byte(0));
        match expected {
            Ok((address, at, words)) => {
                let found = found.expect(name);
                assert_eq!((found.author.address.as_str(), found.at.seconds), (address, at), "{name}");
                assert!(found.text.contains(words), "{name}");
            }
            Err(why) => assert_eq!(found.err(), Some(why), "{name}"),
        }
    }
}

#[test]
fn character_sets() {
    let head =
        "From: Ada Lind <ada@example.org>\r\nDate: Mon, 15 Jan 2024 10:30:00 +0100\r\nSubject: =?koi8-r?B?7sXU?=\r\n";
    for (kind, transfer, body, text) in [
        ("text/plain; charset=windows-1251", "quoted-printable", "=CD=E5=F2, =F1=EF=E0=F1=E8=E1=EE.", "Нет, спасибо."),
        ("text/plain; charset=koi8-r", "base64", "7sXULCDT0MHTycLPLg==", "Нет, спасибо."),
        (
            "text/plain; charset=utf-8",
            "base64",
            "TmVpbiwgZGFua2Ug4oCTIG1pdCBHcsO8w59lbi4=",
            "Nein, danke – mit Grüßen.",
        ),
        (
            "text/html; charset=iso-8859-1",
            "quoted-printable",
            "<p>Nein,=20danke.<br>Gr=FC=DFe</p>",
            "Nein, danke.\nGrüße",
        ),
        ("text/plain; charset=gb2312", "base64", "sruhow==", "不。"),
    ] {
        let mail = format!(
            "{head}MIME-Version: 1.0\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n{body}\r\n"
        );
        let letter = eml(&mail).expect(kind);
        assert_eq!(letter.text, text, "{kind}");
        assert_eq!(letter.subject.as_deref(), Some("Нет"));
        assert_eq!(letter.at, Moment::exact(1_705_311_000));
    }
}

#[test]
fn alternatives_attachments_and_answers() {
    let mail = "From: \"Lind, Ada\" <ada@example.org>\nTo: Ben Holm <ben@example.net>, talks: c@example.net;\nCc: d@example.net\n\
        Date: Mon, 15 Jan 2024 10:30:00 +0000\nSubject: Re: AW: The answer\nMessage-ID: <1@example.org>\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n\
        --i\nContent-Type: text/plain\n\nNo.\n\nOn Sun, Jan 14, 2024, Ben Holm wrote:\n> Will you?\n\
        --i\nContent-Type: text/html\n\n<p>No.</p>\n--i--\n\
        --o\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\nx\n--o--\n";
    let letter = eml(mail).expect("a letter");
    assert_eq!((letter.text.as_str(), letter.attachments), ("No.", 1));
    assert_eq!(letter.quoted, "On Sun, Jan 14, 2024, Ben Holm wrote:\n> Will you?");
    assert_eq!((letter.thread.as_str(), letter.id.as_str()), ("The answer", "1@example.org"));
    assert_eq!(letter.author, Party { name: "Lind, Ada".into(), address: "ada@example.org".into() });
    let to: Vec<_> = letter.recipients.iter().map(|party| party.address.as_str()).collect();
    assert_eq!(to, ["ben@example.net", "c@example.net", "d@example.net"]);
}

#[test]
fn what_is_no_letter_says_why() {
    for (mail, why) in [
        ("", Why::Damaged),
        ("no header\n", Why::Damaged),
        ("From: a@b.c\n\nx", Why::NoDate),
        ("From: a@b.c\nDate: tomorrow\n\nx", Why::NoDate),
        ("Date: Mon, 15 Jan 2024 10:30:00 +0000\n\nx", Why::NoAuthor),
        ("From: a@b.c\nDate: Mon, 15 Jan 2024 10:30:00 +0000\n\n \n", Why::Empty),
        (
            "From: a@b.c\nDate: Mon, 15 Jan 2024 10:30:00 +0000\n\n---------- Forwarded message ---------\nFrom: x\n",
            Why::Forwarded,
        ),
    ] {
        assert_eq!(eml(mail).err(), Some(why), "{mail:?}");
    }
}

#[test]
fn one_message_has_one_hash_in_a_file_and_in_a_mailbox() {
    let mail = "From: a@b.c\r\nDate: Mon, 15 Jan 2024 10:30:00 +0000\r\n\r\nHello.\r\nFrom here on.\r\n";
    let mailbox = format!(
        "From a@b.c Mon Jan 15 10:30:00 2024\n{}\n",
        mail.replace("\r\n", "\n").replace("\nFrom here", "\n>From here")
    );
    assert_eq!(detect(mailbox.as_bytes()), Some(Kind::Mbox));
    let archive = read(mailbox.as_bytes(), Kind::Mbox, &Settings::default()).expect("a mailbox");
    assert_eq!(archive.letters[0].item, eml(mail).expect("a letter").item);
    assert_eq!(archive.letters[0].text, "Hello.\nFrom here on.");
}

#[test]
fn a_damaged_message_of_a_mailbox_is_passed_over() {
    let from = "From a@b.c Mon Jan 15 10:30:00 2024\n";
    let good = "From: a@b.c\nDate: Mon, 15 Jan 2024 10:30:00 +0000\n\nHello.\n\n";
    let mailbox = format!("{from}{good}{from}%%% torn\n\n{from}{good}");
    let archive = read(mailbox.as_bytes(), Kind::Mbox, &Settings::default()).expect("a mailbox");
    assert_eq!(archive.letters.len(), 2);
    assert_eq!(archive.skipped, [Skipped { place: Place::Byte((from.len() + good.len()) as u64), why: Why::Damaged }]);
}

proptest! {
    #[test]
    fn nothing_panics(text in "(From: a@b.c|Date: Mon, 15 Jan 2024 1:30 \\+0|Content-Type: (text/html|multipart/mixed; boundary=x|text/plain; format=flowed)|--x|=\\?utf-8\\?Q\\?|\r?\n|[ -~é]){0,40}") {
        let _ = eml(&text);
        let _ = letter(text.as_bytes(), Place::Byte(0));
    }

    /// A text is read back from a mail that holds it.
    #[test]
    fn texts_round_trip(text in "[a-zé]{1,9}([ \n][a-zé.,]{1,9}){0,30}") {
        let body: String = text.bytes().map(|b| if b == b'\n' { "\r\n".to_owned() } else { format!("={b:02X}") }).collect();
        // Lines of quoted-printable may be as long as they like here.
        let mail = format!("From: a@b.c\r\nDate: Mon, 15 Jan 2024 10:30:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{body}\r\n");
        prop_assert_eq!(eml(&mail).map(|letter| letter.text), Ok(text));
    }
}
