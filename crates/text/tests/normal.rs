//! What normalisation undoes, as a table and as properties.

use countermark_text::{TokenKind, each_word, normalise, same, tokens, words};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_public_assigned;

fn canon(text: &str) -> Vec<String> {
    tokens(text).map(|token| token.canon.into_owned()).collect()
}

#[test]
fn pairs_that_are_the_same() {
    let rows = [
        ("don’t", "don't"),
        ("don´t", "DON`T"),
        ("don ́t", "don't"), // the spacing acute, decomposed
        ("“Yes,” he said", "\"yes,\" he said"),
        ("«Yes», he said", "''Yes'', he said"),
        ("‘Yes’ he said", "\"yes\" he said"),
        ("we met — briefly", "we met -- briefly"),
        ("we met—briefly", "we met – briefly"),
        ("wait…", "wait..."),
        ("wait . . .", "wait…"),
        ("wait....", "wait ‥"),
        ("co\u{ad}operate", "cooperate"),
        ("co-\n  operate", "cooperate"),
        ("CO-\r\nOPERATE", "cooperate"),
        ("\u{200b}a\u{200d}b\u{feff} c\u{202e}", "ab c"),
        ("ﬁnal oﬀer", "final offer"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("Straße", "STRASSE"),
        ("café", "cafe\u{301}"),
        ("Вerlin", "Berlin"),
        ("Νorth", "North"),
        ("раут", "payт"),
        ("сору", "copy"),
        ("Ρеаce", "Peace"),
        ("ΤΗΕ", "the"),
        ("А17", "A17"),
        ("Москва", "МОСКВА"),
        ("Cегодня", "сегодня"), // a Latin C in a Russian word
        ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
        ("1,200.50", "1,200.50"),
        ("no\u{a0}break", "no\n\tbreak"),
        ("№ 5", "No 5"),
        ("𝐛𝐨𝐥𝐝", "bold"),
    ];
    for (a, b) in rows {
        assert_eq!(canon(a), canon(b), "{a:?} {b:?}");
        assert!(same(a, b));
        assert_eq!(normalise(a), normalise(b));
    }
}

#[test]
fn pairs_that_differ() {
    let rows = [
        ("0", "O"),
        ("1", "l"),
        ("modern", "modem"),
        ("a b", "ab"),
        ("long-term", "longterm"),
        ("a, b", "a b"),
        ("cafe", "café"),
        ("yes.", "yes"),
        ("5", "five"),
    ];
    for (a, b) in rows {
        assert!(!same(a, b), "{a:?} {b:?}");
    }
}

#[test]
fn kinds_and_canonical_forms() {
    let rows: &[(&str, &[&str])] = &[
        ("", &[]),
        (" \n\u{200b}", &[]),
        ("Hello, world!", &["hello", ",", "world", "!"]),
        ("long-term plan", &["long", "-", "term", "plan"]),
        ("mid- and late", &["mid", "-", "and", "late"]),
        ("1,200.50 at 10:30", &["1,200.50", "at", "10", ":", "30"]),
        ("the states' view", &["the", "states", "\"", "view"]),
        ("U.S. policy", &["u.s", ".", "policy"]),
        ("½", &["1", "/", "2"]),
        ("a\u{0}b", &["ab"]),
        ("ab-\n\ncd", &["ab", "-", "cd"]),
        ("ab-\n5", &["ab", "-", "5"]),
        ("漢字", &["漢", "字"]),
    ];
    for (text, expected) in rows {
        assert_eq!(&canon(text), expected, "{text:?}");
    }
    let kinds: Vec<_> = tokens("No. 5?").map(|token| token.kind).collect();
    assert_eq!(kinds, [TokenKind::Word, TokenKind::Punct, TokenKind::Word, TokenKind::Punct]);
}

#[test]
fn spans_show_the_original() {
    let text = "“We won’t\u{200b} meet in Вer\u{ad}lin—not½ yet…”";
    let found: Vec<_> = words(text).map(|word| &text[word.span]).collect();
    assert_eq!(found, ["We", "won’t", "meet", "in", "Вer\u{ad}lin", "not½", "½", "yet"]);
}

/// Every assigned character (of the large uniform blocks only some): folding it twice is folding it once, and neither case nor normalisation form shows.
#[test]
fn each_character_is_stable() {
    let mut wrong = Vec::new();
    let uniform = |c: char| {
        matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{10000}'..) && u32::from(c) % 101 != 0
    };
    let folded = |c: char| c.to_lowercase().ne([c]) || c.to_uppercase().ne([c]) || c.nfkd().ne([c]);
    let checked = |&c: &char| is_public_assigned(c) && (!uniform(c) || (folded(c) && c > '\u{d7a3}'));
    for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(checked) {
        let text = format!("a {c} b");
        let once = canon(&text);
        let twice = canon(&normalise(&text));
        let upper = canon(&format!("a {} b", c.to_uppercase()));
        let lower = canon(&format!("a {} b", c.to_lowercase()));
        let nfd = canon(&text.nfd().collect::<String>());
        let nfkc = canon(&text.nfkc().collect::<String>());
        let nfkd = canon(&text.nfkd().collect::<String>());
        if [&twice, &upper, &lower, &nfd, &nfkc, &nfkd].iter().any(|other| **other != once) {
            wrong.push((c, once, twice, upper, lower, nfd, nfkc, nfkd));
        }
    }
    assert!(wrong.is_empty(), "{} characters, first {:#?}", wrong.len(), &wrong[..wrong.len().min(8)]);
}

/// Text as people and platforms write it, with everything that normalisation undoes strewn in.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-zA-Z]{1,6}".prop_map(String::from),
        2 => "[а-яА-ЯёЁ]{1,6}".prop_map(String::from),
        1 => "[α-ωΑ-ΡΣ-Ω]{1,5}".prop_map(String::from),
        2 => "[0-9]{1,3}([.,:][0-9]{1,3})?".prop_map(String::from),
        4 => " {1,2}".prop_map(String::from),
        2 => prop::sample::select(vec![
            ".", ",", "…", "...", ". . .", "-", "—", "–", "--", "'", "’", "‘", "“", "”", "\"", "«", "»", "(", ")", ":", ";",
            "?", "!", "`", "´", "_", "§", "½", "ﬁ", "é", "e\u{301}", "ß", "İ", "Ά", "Ё", "\u{a0}", "\t", "\n", "№", "漢字",
            "カ", "ｶﾞ", "한국", "שלום", "عربي", "👍🏽", "🇫🇷", "̈", "̖", "′", "″", "[", "]", "@", "/", "•", "𝐛", "ς",
        ]).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn in_one_script() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Zéüøß0-9 ,.'’“”()-]{0,40}",
        "[а-яА-ЯёЁіІїЇ0-9 ,.'’“”()-]{0,40}",
        "[α-ωΑ-ΡΣ-Ωάέήίόύώ0-9 ,.'’“”()-]{0,40}",
        "[ա-ֆԱ-Ֆ0-9 ,.()-]{0,40}",
    ]
}

fn invisible() -> impl Strategy<Value = char> {
    prop::sample::select(vec![
        '\u{ad}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{202e}',
        '\u{2060}',
        '\u{feff}',
        '\u{fe0f}',
        '\u{34f}',
        '\u{61c}',
        '\u{180e}',
        '\u{e0041}',
        '\u{3164}',
        '\0',
        '\u{7f}',
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn idempotent(text in texts()) {
        let once = normalise(&text);
        prop_assert_eq!(canon(&once), canon(&text), "{:?}", &once);
        prop_assert_eq!(&normalise(&once), &once);
    }

    #[test]
    fn each_word_is_each_of_the_words(text in texts()) {
        let mut found = Vec::new();
        each_word(&text, |word, span| found.push((word.to_owned(), span)));
        prop_assert_eq!(found, words(&text).map(|word| (word.canon.into_owned(), word.span)).collect::<Vec<_>>());
    }

    #[test]
    fn invisible_characters_go_unseen(text in texts(), strewn in prop::collection::vec((any::<prop::sample::Index>(), invisible()), 1..8)) {
        let mut chars: Vec<char> = text.chars().collect();
        for (index, c) in strewn {
            let at = index.index(chars.len() + 1);
            chars.insert(at, c);
        }
        prop_assert_eq!(canon(&chars.into_iter().collect::<String>()), canon(&text));
    }

    #[test]
    fn normalisation_forms_are_one(text in texts()) {
        let plain = canon(&text);
        prop_assert_eq!(&canon(&text.nfc().collect::<String>()), &plain);
        prop_assert_eq!(&canon(&text.nfd().collect::<String>()), &plain);
        prop_assert_eq!(&canon(&text.nfkc().collect::<String>()), &plain);
        prop_assert_eq!(&canon(&text.nfkd().collect::<String>()), &plain);
    }

    #[test]
    fn case_goes_unseen_in_one_script(text in in_one_script()) {
        let plain = canon(&text);
        prop_assert_eq!(&canon(&text.to_uppercase()), &plain);
        prop_assert_eq!(&canon(&text.to_lowercase()), &plain);
    }

    #[test]
    fn white_space_is_one(text in texts(), spaces in prop::collection::vec("[ \t\u{a0}\u{2003}\u{3000}\u{2028}\n]{1,3}", 8)) {
        // A line break after a hyphen may join, and a spaced accent may be an apostrophe: see the page.
        prop_assume!(!text.chars().any(|c| c == '\u{301}' || c == '\u{341}'));
        let mut spaces = spaces.into_iter().cycle();
        let mut changed = String::new();
        let mut in_space = false;
        let mut last = ' ';
        for c in text.chars() {
            if c.is_whitespace() {
                in_space = true;
                continue;
            }
            if in_space {
                changed.push_str(&if last == '-' { " ".to_owned() } else { spaces.next().unwrap_or_default() });
                in_space = false;
            }
            changed.push(c);
            if !c.is_control() { last = c; }
        }
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(canon(&changed), canon(&joined));
    }

    #[test]
    fn quotes_dashes_and_ellipses_are_one(
        words in prop::collection::vec("[a-z]{1,5}", 4),
        open in prop::sample::select(vec!["\"", "“", "„", "«", "‘", "''", "``", "「", "″"]),
        close in prop::sample::select(vec!["\"", "”", "“", "»", "’", "''", "」", "″"]),
        dash in prop::sample::select(vec!["-", "--", "---", "–", "—", "―", "−", "‒", "‐", "‑", "﹣", "－"]),
        dots in prop::sample::select(vec!["...", "…", "....", ". . .", "‥", "⋯"]),
        apostrophe in prop::sample::select(vec!["'", "’", "‘", "`", "´", "ʼ", "′", "＇"]),
    ) {
        let [a, b, c, d] = &words[..] else { unreachable!() };
        let text = format!("{open}{a} {b}{close} {c} {dash} {d}{apostrophe}s{dots}");
        let plain = format!("\"{a} {b}\" {c} - {d}'s...");
        prop_assert_eq!(canon(&text), canon(&plain));
    }

    #[test]
    fn look_alikes_fold(word in "[acehiopstxyABCEHIKMOPTX]{2,8}", which in prop::collection::vec(any::<bool>(), 8)) {
        let twins = [
            ('a', 'а'), ('c', 'с'), ('e', 'е'), ('i', 'і'), ('o', 'о'), ('p', 'р'), ('x', 'х'), ('y', 'у'), ('s', 'ѕ'),
            ('A', 'А'), ('B', 'В'), ('C', 'С'), ('E', 'Е'), ('H', 'Н'), ('I', 'І'), ('K', 'К'), ('M', 'М'), ('O', 'О'),
            ('P', 'Р'), ('T', 'Т'), ('X', 'Х'), ('h', 'һ'),
        ];
        let replaced: String = word
            .chars()
            .zip(which)
            .map(|(c, swap)| twins.iter().find(|twin| swap && twin.0 == c).map_or(c, |twin| twin.1))
            .collect();
        let length = replaced.chars().count();
        let kept: String = word.chars().take(length).collect();
        prop_assert_eq!(canon(&replaced), canon(&kept));
        prop_assert_eq!(canon(&replaced.to_lowercase()), canon(&kept));
        prop_assert_eq!(canon(&replaced.to_uppercase()), canon(&kept));
    }

    #[test]
    fn spans_lie_in_the_original(text in texts()) {
        let mut last = 0;
        for token in tokens(&text) {
            let shown = text.get(token.span.clone());
            prop_assert!(shown.is_some_and(|shown| !shown.is_empty()));
            prop_assert!(token.span.start >= last);
            last = token.span.start;
            prop_assert!(!token.canon.is_empty());
        }
    }

    #[test]
    fn spans_hold_their_token(text in "[a-zA-Z0-9 ,.'’“”а-яА-Я\u{200b}éﬁ()-]{0,40}") {
        // A token's own text makes that token again.
        for token in tokens(&text) {
            prop_assert_eq!(canon(&text[token.span.clone()]), vec![token.canon.into_owned()]);
        }
    }

    /// An invisible character sends a stretch through the general path: it must agree with the fast one.
    #[test]
    fn the_fast_path_agrees(text in "[ -~\n]{0,60}") {
        let slow: String = text
            .chars()
            .flat_map(|c| if c.is_whitespace() { vec![c] } else { vec![c, '\u{2060}'] })
            .collect();
        prop_assert_eq!(canon(&slow), canon(&text));
    }
}
