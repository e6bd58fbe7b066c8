//! The neutral form: the same for every copy, a fixed point, and nothing hidden in it; for any text.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use countermark_marking::Master;
use countermark_marking::rules::{Neutral, Options, Pack, accept, propose};
use countermark_marking::scrub::{Done, Kind, scrub_with};
use countermark_text::{TraitKind, traits};
use proptest::prelude::*;

static NEUTRAL: LazyLock<Neutral<'static>> = LazyLock::new(|| Neutral::new(&[Pack::english()]));

fn neutral(text: &str) -> String {
    scrub_with(text, &NEUTRAL).text
}

const LETTERS: [&str; 3] = [
    include_str!("../../../samples/border.txt"),
    "We've read the note with regard to the port. It isn't final. They don't expect an answer toward the end of the week. I'd \
     wait until Friday, although others won't.\n",
    "Dear Minister,\n\nThank you for your letter of 3 March. I am writing with regard to the harbour at Dorn — we don't think that the colour of \
     the debate has changed, although it is a step towards peace. In my view, the commission should start its work at once.\n\n\
     We shall reply in due course, and I would be grateful if you could let me know at the earliest possible date whether your \
     government intends to take part in the talks.\n\nWith kind regards,\nAda Lindvar\n",
];

/// A letter with everything accepted that the pack proposes.
fn marked(letter: usize) -> Master {
    let proposals = propose(&[Pack::english()], LETTERS[letter], &Options::default()).unwrap();
    Master::parse(&accept(LETTERS[letter], &proposals)).unwrap()
}

static MARKED: LazyLock<Vec<(Master, String)>> =
    LazyLock::new(|| (0..LETTERS.len()).map(|n| (marked(n), neutral(LETTERS[n]))).collect());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Two copies that differ only in what the pack knows have one neutral form.
    #[test]
    fn every_copy_has_the_same_neutral_form(letter in 0..LETTERS.len(), seed in prop::collection::vec(any::<u8>(), 64)) {
        let (master, expected) = &MARKED[letter];
        let sites = master.sites();
        prop_assert!(sites.len() >= 3 && sites.len() <= seed.len());
        let codeword: Vec<u8> = sites.iter().zip(&seed).map(|(site, byte)| byte % site.alternatives as u8).collect();
        let copy = master.render(&codeword, &|_| None).unwrap();
        prop_assert_eq!(&neutral(&copy), expected, "{:?}", copy);
    }

    #[test]
    fn any_text_has_a_neutral_form_that_stays_and_hides_nothing(text in any_text()) {
        let once = scrub_with(&text, &NEUTRAL);
        prop_assert_eq!(&neutral(&once.text), &once.text);
        let hidden = traits(&once.text).into_iter().find(|found| matches!(found.kind, TraitKind::Invisible | TraitKind::Space));
        prop_assert_eq!(hidden, None);
        prop_assert!(!once.text.contains(['\t', '\r', '“', '”', '‘', '’', '—', '…']));
        prop_assert!(!once.text.contains("  ") && !once.text.contains(" \n") && !once.text.contains("\n\n\n"));
        for finding in &once.findings {
            prop_assert!(text.get(finding.span.clone()).is_some(), "{:?}", finding);
        }
    }
}

/// Words that rules know, marks, spaces, scripts, invisible characters, and anything.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "I hope that", "we", "with regard to", "towards", "colour", "don't", "In my view,", "the", "harbour", "and", "cannot",
            "prior to", "I would be grateful", "Dear Mara,", "Kind regards,", "Ada Lindvar", "-", "--", "copy 3 of 12", "@mara",
            "https://a.example/?utm_source=x&b=1#c", "Ref. 7F3K-92QD", "{", "|", "1.",
        ])
        .prop_map(str::to_owned),
        4 => prop::sample::select(vec![
            " ", "  ", "\n", "\n\n", "\r\n", "\t", "\u{a0}", "\u{2009}", "\u{200b}", "\u{202e}", "\u{ad}", "\u{e0041}", "\u{fe0f}", "\u{2028}",
            "“", "”", "’", "—", "–", "…", ".", ", ", "? ",
        ])
        .prop_map(str::to_owned),
        2 => prop::sample::select(vec!["а", "Вerlin", "Μοσ", "пaкт", "\u{301}", "e\u{301}", "ﬁ", "𝐇", "\u{212a}", "ｗ", "Κ\u{301}"])
            .prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

#[test]
fn what_is_found_is_named_and_placed() {
    let rows: &[(&str, Kind, &str, &str)] = &[
        ("a\u{200b}b", Kind::Invisible, "\u{200b}", "removed"),
        ("a\u{202e}b", Kind::Invisible, "\u{202e}", "removed"),
        ("a\u{e0041}b", Kind::Invisible, "\u{e0041}", "removed"),
        ("the pаct", Kind::LookAlike, "а", "replaced"),
        ("it is а pact", Kind::LookAlike, "а", "replaced"),
        ("one  two", Kind::Spacing, "  ", "replaced"),
        ("one\u{a0}two", Kind::Spacing, "\u{a0}", "replaced"),
        ("he said\nso to us", Kind::Lines, "\n", "replaced"),
        ("“so”", Kind::Typography, "“", "replaced"),
        ("so—he", Kind::Typography, "—", "replaced"),
        ("of\u{fb01}ce", Kind::Form, "\u{fb01}", "replaced"),
        ("cafe\u{301}", Kind::Form, "e\u{301}", "replaced"),
        ("This is copy 3 of 12.", Kind::CopyNumber, "copy 3 of 12", "replaced"),
        ("See https://a.example/x?utm_source=m&p=1.", Kind::Link, "https://a.example/x?utm_source=m&p=1", "replaced"),
        ("See https://a.example/x.", Kind::Link, "https://a.example/x", "left"),
        ("Write to m@a.example.", Kind::Email, "m@a.example", "left"),
        ("Ask @mara.", Kind::Handle, "@mara", "left"),
        ("On 14 March 2026 we met.", Kind::Date, "14 March 2026", "left"),
        ("On 2026-03-14 we met.", Kind::Date, "2026-03-14", "left"),
        ("Met at 17:30.", Kind::Date, "17:30", "left"),
        ("Ref. 7F3K-92QD", Kind::Reference, "Ref. 7F3K-92QD", "left"),
        ("Dear Mara,\n\nWe met.", Kind::Greeting, "Dear Mara,", "left"),
        ("We met.\n\nAL/mk\n", Kind::Initials, "AL/mk", "left"),
        ("This copy is individually marked.", Kind::Notice, "This copy is individually marked.", "left"),
        ("A step towards it.", Kind::Wording, "towards", "replaced"),
        ("A step toward it.", Kind::Wording, "toward", "kept"),
    ];
    for (text, kind, place, done) in rows {
        let found = scrub_with(text, &NEUTRAL).findings;
        let one = found.iter().find(|finding| finding.kind == *kind && text.get(finding.span.clone()) == Some(*place));
        assert_eq!(
            one.map(|finding| finding.done.name()),
            Some(*done),
            "{text:?}: {:?}",
            found.iter().map(|f| (f.kind, f.span.clone())).collect::<Vec<_>>()
        );
    }
}

#[test]
fn the_neutral_form_is_the_text_as_a_typewriter_has_it() {
    let rows = [
        ("", ""),
        (" \n\u{200b}\t", ""),
        ("Dear Mara,\nwe met\nin Lisk.", "Dear Mara,\nwe met in Lisk.\n"),
        ("One:\r\n\r\n\r\nTwo.", "One:\n\nTwo.\n"),
        ("One.\n\nTwo.\nThree.", "One. Two. Three.\n"),
        ("We met.\n\nYours,\nAda Lindvar\nMinister of Trade", "We met.\n\nYours,\nAda Lindvar\nMinister of Trade\n"),
        ("Two points:\n- one\n- two", "Two points:\n- one\n- two\n"),
        ("“It’s a “no”…”", "\"It's a \"no\"...\"\n"),
        ("so—he—went; 1961–63; so -- he", "so - he - went; 1961-63; so - he\n"),
        ("Мoсква и пaкт", "Москва и пакт\n"),
        ("Kılıç stays", "Kılıç stays\n"),
        ("copy 3 of 12", "[copy-number]\n"),
        ("To: Mara Ilves\nFrom: Ada Lindvar\n\nWe met.", "To: Mara Ilves\nFrom: Ada Lindvar\n\nWe met.\n"),
        ("https://a.example/?fbclid=1&b=2#c", "https://a.example/?b=2#c\n"),
        ("https://a.example/?utm_medium=1", "https://a.example/\n"),
    ];
    for (text, expected) in rows {
        assert_eq!(neutral(text), expected, "{text:?}");
    }
}

#[test]
fn a_wording_tells_what_stands_there_now() {
    let found = scrub_with("It is a step towards peace.", &NEUTRAL).findings;
    assert!(found.iter().any(|finding| finding.done == Done::Replaced("toward".to_owned())));
}
