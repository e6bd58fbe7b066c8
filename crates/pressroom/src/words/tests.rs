use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Message ids and the variables that each takes, read from the source: a message begins a line.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in language.source().lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if !line.starts_with(' ') && !line.starts_with('}') {
            let (id, _) = line.split_once(" =").unwrap_or_else(|| panic!("{}: {line}", language.code()));
            current = id.to_owned();
            assert!(found.insert(current.clone(), BTreeSet::new()).is_none(), "{}: {id} twice", language.code());
        }
        let variables = line
            .split('$')
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>());
        found.get_mut(&current).unwrap().extend(variables);
    }
    found
}

#[test]
fn every_message_is_in_every_language_with_the_same_variables() {
    let english = messages(Language::English);
    for language in Language::ALL {
        assert!(FluentResource::try_new(language.source().to_owned()).is_ok(), "{} does not read", language.code());
        assert_eq!(messages(language), english, "{}", language.code());
    }
}

#[test]
fn every_message_is_used_and_every_used_one_is_there() {
    let mut code = String::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                code += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    let english = messages(Language::English);
    for id in english.keys() {
        assert!(code.contains(&format!("\"{id}\"")), "{id} is used nowhere");
    }
    for call in [".say(\"", ".with(\""] {
        for used in code.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(english.contains_key(used), "{used} is no message");
        }
    }
}

#[test]
fn nothing_is_left_unfilled() {
    for language in Language::ALL {
        for (id, variables) in messages(language) {
            for n in [0_u64, 1, 2, 5, 21, 100] {
                let mut arguments = FluentArgs::new();
                for name in &variables {
                    arguments.set(name.clone(), n);
                }
                let pattern = language.words().bundle.get_message(&id).unwrap().value().unwrap();
                let mut faults = Vec::new();
                let said = language.words().bundle.format_pattern(pattern, Some(&arguments), &mut faults);
                assert!(faults.is_empty(), "{} {id}: {faults:?}", language.code());
                assert!(!said.contains(['{', '}', '\u{2068}']), "{} {id}: {said}", language.code());
            }
        }
    }
}

#[test]
fn plurals_are_those_of_the_language() {
    let reads = |language: Language, n: u64| language.words().with("reads", [("n", Value::number(n))]);
    for (language, n, said) in [
        (Language::English, 1, "read once"),
        (Language::English, 21, "read 21 times"),
        (Language::French, 1, "lue une fois"),
        (Language::French, 2, "lue 2 fois"),
        (Language::German, 1, "einmal gelesen"),
        (Language::German, 5, "5-mal gelesen"),
        (Language::Russian, 1, "прочитано 1 раз"),
        (Language::Russian, 2, "прочитано 2 раза"),
        (Language::Russian, 5, "прочитано 5 раз"),
        (Language::Russian, 11, "прочитано 11 раз"),
        (Language::Russian, 21, "прочитано 21 раз"),
        (Language::Russian, 1234, "прочитано 1234 раза"),
        (Language::Russian, 111, "прочитано 111 раз"),
        (Language::Chinese, 3, "阅读 3 次"),
    ] {
        assert_eq!(reads(language, n), said);
    }
}

/// Every message that counts something has the forms of its language (CLDR), and takes each of them.
#[test]
fn every_count_has_the_forms_of_its_language() {
    let said = |language: Language, id: &str, n: u64| {
        let value = || Value::number(n);
        let (all, closed) = (("all", Value::number(40_u64)), ("closed", Value::number(5_u64)));
        language.words().with(id, [("n", value()), ("open", value()), all, closed])
    };
    for (language, id, n, words) in [
        (Language::English, "holes", 1, "1 of 40 parts is open."),
        (Language::English, "holes", 2, "2 of 40 parts are open."),
        (Language::French, "holes", 1, "1 passage sur 40 est ouvert."),
        (Language::French, "holes", 2, "2 passages sur 40 sont ouverts."),
        (Language::German, "holes", 1, "1 von 40 Teilen ist offen."),
        (Language::German, "holes", 2, "2 von 40 Teilen sind offen."),
        (Language::Russian, "limit", 1, "Не более 1 знака."),
        (Language::Russian, "limit", 2, "Не более 2 знаков."),
        (Language::Russian, "limit", 2_000, "Не более 2000 знаков."),
        (Language::Russian, "limit", 2_001, "Не более 2001 знака."),
        (Language::Russian, "limit", 2_011, "Не более 2011 знаков."),
        (Language::Russian, "error-long", 21, "Длиннее 21 знака: сократите."),
    ] {
        let found = said(language, id, n);
        assert!(found.starts_with(words), "{}: {found}", language.code());
    }
    // Where Russian chooses by a number at all, it chooses among all four.
    let source = Language::Russian.source();
    let forms = |form: &str| source.matches(&format!("[{form}]")).count();
    assert_eq!((forms("one"), forms("few")), (forms("many"), forms("many")));
}

/// Marks that stand apart in French stay on the line of what they follow; no straight quotation mark stands in any language.
#[test]
fn marks_are_those_of_the_language() {
    for language in Language::ALL {
        for (id, variables) in messages(language) {
            let mut arguments = FluentArgs::new();
            for name in &variables {
                arguments.set(name.clone(), "x");
            }
            let pattern = language.words().bundle.get_message(&id).unwrap().value().unwrap();
            let said = language.words().bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned();
            assert!(!said.contains(['"', '\'']), "{} {id}: {said}", language.code());
            let loose = |mark: &str| said.contains(&format!(" {mark}"));
            assert!(![":", ";", "!", "?", "»"].into_iter().any(loose), "{} {id}: {said}", language.code());
            if language == Language::French {
                let bare = said
                    .char_indices()
                    .any(|(at, c)| matches!(c, ':' | ';' | '!' | '?') && !said[..at].ends_with(['\u{a0}', '\u{202f}']));
                assert!(!bare, "{id}: {said}");
            }
        }
    }
}

/// What failed the check is named by the word for what passed it, never by that for what nobody checked; only what was withdrawn is said to
/// be, so the sentence that nothing is removed here uses another word.
#[test]
fn one_thing_has_one_word_and_another_thing_another() {
    for (language, passed, withdrawn) in [
        (Language::English, "erified", "withdraw"),
        (Language::French, "érifié", "retir"),
        (Language::German, "bestätigt", "urückgezogen"),
        (Language::Russian, "одтверждено", "отозва"),
        (Language::Chinese, "验证", "撤回"),
    ] {
        let say = |id: &str| language.words().say(id);
        let code = language.code();
        assert!(say("verified").contains(passed) && say("not-verified").contains(passed), "{code}");
        assert!(say("withdrawn-title").contains(withdrawn) && say("damaged-text").contains(withdrawn), "{code}");
        assert!(!say("missing-text").contains(withdrawn), "{code}");
    }
    for (language, checked) in [(Language::German, "geprüft"), (Language::Russian, "роверен")] {
        assert!(!language.words().say("not-verified").contains(checked), "{}", language.code());
    }
    // A heading that a sentence points at stands so.
    for (language, heading) in [
        (Language::French, "ce qui a été écrit"),
        (Language::German, "Was geschrieben wurde"),
        (Language::Russian, "Что было написано"),
        (Language::Chinese, "所写的文本"),
    ] {
        for id in ["written-text", "bundle-broken", "bundle-missing"] {
            let said = language.words().say(id).to_lowercase();
            assert!(said.contains(&heading.to_lowercase()), "{} {id}: {said}", language.code());
        }
    }
}

#[test]
fn several_parts_that_differ_are_named_in_one_sentence() {
    for (language, said) in [
        (Language::English, "(parts: 3 and 4)"),
        (Language::French, "(passages\u{a0}: 3 et 4)"),
        (Language::German, "(Teile: 3 und 4)"),
        (Language::Russian, "(части: 3 и 4)"),
        (Language::Chinese, "（第 3和4 部分）"),
    ] {
        let words = language.words();
        let both = words.with("and", [("first", Value::from("3")), ("last", Value::from("4"))]);
        let found = words.with("failed-page", [("parts", Value::from(both))]);
        assert!(found.contains(said), "{}: {found}", language.code());
    }
}

#[test]
fn dates_are_in_words() {
    let at = 1_900_000_000;
    for (language, said) in [
        (Language::English, "17 March 2030, 17:46 UTC"),
        (Language::French, "17 mars 2030 à 17:46 UTC"),
        (Language::German, "17. März 2030, 17:46 UTC"),
        (Language::Russian, "17 марта 2030 г., 17:46 UTC"),
        (Language::Chinese, "2030年3月17日 17:46（UTC）"),
    ] {
        assert_eq!(language.words().moment(at), said);
    }
    assert_eq!(Language::French.words().date(951_868_800), "1er mars 2000");
    assert_eq!(civil(951_782_400), (2000, 2, 29));
    assert!(Language::English.words().date(u64::MAX).len() < 40);
}

#[test]
fn the_browsers_wish() {
    for (header, language) in [
        ("fr", Some(Language::French)),
        ("de-AT, fr;q=0.9", Some(Language::German)),
        ("ja, ru;q=0.3, zh-Hant;q=0.7", Some(Language::Chinese)),
        ("fr;q=0, de;q=0.1", Some(Language::German)),
        ("EN-us", Some(Language::English)),
        ("ja", None),
        ("", None),
        ("*", None),
        ("fr;q=nan, de;q=-1, ru;q=99999", None),
        ("..;;q,,=;", None),
    ] {
        assert_eq!(Language::asked(header), language, "{header}");
    }
}
