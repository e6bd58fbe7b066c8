//! Update notes as they are written, and read back as they were meant.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

use countermark_reading::{ContradictionKind, Edition, Names, NoteKind, Place, report, report_after, update_note};
use proptest::prelude::*;

const ONE: &str = "The office published this statement on 3 May.";
const TWO: &str = "The letter was sent to the embassy of Velland in spring.";
const THREE: &str = "Part of it was published, and one sentence was left out.";
const FOUR: &str = "The whole of that sentence stands below, with its proof.";

fn edition(text: &str) -> Edition<'_> {
    Edition { title: "On the letter", byline: "The office", category: "", text, parts: 6, open: &[1, 2], post: false }
}

fn join(paragraphs: &[&str]) -> String {
    paragraphs.join("\n\n")
}

#[test]
fn notes_as_newspapers_write_them() {
    let ministry = "The ministry said it would look into it.";
    let denied = "“Nothing of it is true,” the embassy denied.";
    let cases: [(Vec<&str>, &str); 19] = [
        (
            vec![ONE, TWO, THREE, FOUR, ministry, "It is a long way.", "The ministry said it knew nothing."],
            "Adds the ministry's response in the fifth and last paragraphs; adds the sixth paragraph.",
        ),
        (vec![ONE, TWO, THREE, FOUR, ministry], "Adds the ministry's response in the last paragraph."),
        (
            vec![ministry, ONE, TWO, THREE, FOUR, denied],
            "Adds the ministry's response in the first paragraph; adds the embassy's denial in the last paragraph.",
        ),
        (vec![ONE, TWO, THREE, FOUR, "It rains.", "It snows."], "Adds two paragraphs at the end."),
        (vec!["It rains.", ONE, TWO, THREE, FOUR], "Adds a paragraph at the beginning."),
        (vec![ONE, "It rains.", TWO, "It snows.", THREE, FOUR], "Adds the second and fourth paragraphs."),
        (
            vec!["The office published this statement on 4 May.", TWO, THREE, FOUR],
            "Corrects the date in the first paragraph.",
        ),
        (
            vec![ONE, "The letter was sent to the embassy of Vellmark in spring.", THREE, FOUR],
            "Corrects a name in the second paragraph.",
        ),
        (vec![ONE, TWO, FOUR], "Removes the third paragraph of the earlier version."),
        (vec![ONE, TWO, THREE], "Removes the last paragraph of the earlier version."),
        (
            vec![ONE, TWO, "Part of it was published, and one long sentence was left out.", FOUR],
            "Adds words in the third paragraph.",
        ),
        (
            vec![ONE, "The letter went to the embassy of Velland in spring.", THREE, FOUR],
            "Changes the wording in the second paragraph.",
        ),
        (vec![ONE, FOUR, TWO, THREE], "Changes the order of paragraphs."),
        (
            vec![
                "The office published this statement on 3 May. The letter was sent to the embassy of Velland in spring.",
                THREE,
                FOUR,
            ],
            "Changes the breaks between paragraphs.",
        ),
        (vec!["The office published this statement on 3 May!", TWO, THREE, FOUR], "Corrects punctuation or capitals."),
        (
            vec!["It rains in the north.", "It snows in the south.", "Nobody knows why that is so.", "Tomorrow comes."],
            "Recasts throughout.",
        ),
        (vec!["A word of the office", ONE, TWO, THREE, FOUR], "Changes the heading of the text."),
        (vec![ONE, TWO, "", THREE, FOUR], "Refiles to fix the layout."),
        (vec![ONE, TWO, THREE, FOUR], ""),
    ];
    let old = join(&[ONE, TWO, THREE, FOUR]);
    for (paragraphs, expected) in cases {
        let new = join(&paragraphs);
        assert_eq!(update_note(&edition(&old), &edition(&new), "en"), expected, "{new}");
        agrees(&old, &new, expected);
    }
}

#[test]
fn what_stands_around_the_text() {
    let text = join(&[ONE, TWO]);
    let old = edition(&text);
    let cases = [
        (Edition { open: &[1, 2, 3, 4], ..old }, "Opens parts 3 and 4 of the letter."),
        (Edition { open: &[1, 2, 5], ..old }, "Opens part 5 of the letter."),
        (Edition { open: &[1, 2, 3, 4, 5], ..old }, "Opens parts 3 to 5 of the letter."),
        (Edition { open: &[1, 2, 3, 4, 5, 6], ..old }, "Opens the whole letter."),
        (Edition { open: &[1], ..old }, "Removes part 2 of the letter from the page."),
        (Edition { title: "On a letter", ..old }, "Changes the headline."),
        (Edition { title: "x", byline: "y", category: "z", ..old }, "Changes the headline, byline and category."),
        (Edition { post: true, ..old }, "Adds the text of the post."),
    ];
    for (new, expected) in cases {
        assert_eq!(update_note(&old, &new, "en-GB"), expected);
    }
    let longer = join(&[ONE, TWO, THREE]);
    let new = Edition { text: &longer, open: &[1, 2, 3, 4], ..old };
    assert_eq!(
        update_note(&old, &new, "en"),
        "Adds a paragraph at the end. Opens parts 3 and 4 of the letter.",
        "two sentences"
    );
}

#[test]
fn other_languages_in_plain_forms() {
    let (old, new) = (join(&[ONE, TWO, THREE]), join(&[ONE, "The letter was sent in spring.", FOUR, "New words."]));
    let (old, new) = (edition(&old), Edition { open: &[1, 2, 4], ..edition(&new) });
    let cases = [
        ("de", "Ergänzt: Absätze 3 und 4; geändert: Absatz 2", "Geöffnet: Teil 4 des Briefes."),
        ("fr-CA", "Ajout : paragraphes 3 et 4 ; modification : paragraphe 2", "Ouverture : partie 4 de la lettre."),
        ("ru", "Добавлено: абзацы 3 и 4; изменено: абзац 2", "Открыто: часть 4 письма."),
        ("zh-Hans", "新增第3、4段；修改第2段", "公开信件第4部分。"),
        ("nl", "Adds two paragraphs at the end; removes words in the second paragraph", "Opens part 4 of the letter."),
    ];
    for (language, begins, ends) in cases {
        let note = update_note(&old, &new, language);
        assert!(note.to_lowercase().starts_with(&begins.to_lowercase()) && note.ends_with(ends), "{note}");
    }
    let (old, new) = ("这是第一段。\n\n这是第二段。", "这是第一段。\n\n这是第二段。\n\n外交部表示知情。");
    assert_eq!(update_note(&edition(old), &edition(new), "zh"), "新增第3段。");
}

#[test]
fn a_long_difference_is_counted() {
    let words =
        ["north", "south", "east", "west", "spring", "autumn", "winter", "summer", "noon", "night", "dawn", "dusk"];
    let old: Vec<String> =
        words.iter().map(|word| format!("In the {word} of Velland the harbour was open to ships.")).collect();
    let new: Vec<String> = (0..words.len())
        .flat_map(|at| match at % 6 {
            0 => {
                vec![old[at].replace("open", "shut and closed"), format!("Velland{at} said no."), "Aye aye.".to_owned()]
            }
            1 => vec![old[at].replace("Velland", "Merrow")],
            2 => vec![],
            3 => vec![old[at].replace("was", "")],
            _ => vec![old[at].clone()],
        })
        .collect();
    let (old, new) = (old.join("\n\n"), new.join("\n\n"));
    let note = update_note(&edition(&old), &edition(&new), "en");
    assert_eq!(note, "Adds 4 paragraphs; changes the wording of 6 paragraphs; removes 2 paragraphs.");
    agrees(&old, &new, &note);
}

/// What a note says is what its reader reads, and the text bears it out.
fn agrees(old: &str, new: &str, note: &str) {
    let text = format!("({})\n\n{new}", note.trim_end_matches('.'));
    let found = report_after(&text, Some(old), &Names::new());
    let wrong: Vec<_> = found
        .contradictions
        .iter()
        .filter(|c| matches!(c.kind, ContradictionKind::NoSuchParagraph | ContradictionKind::NothingNew))
        .map(|c| &c.words)
        .collect();
    assert!(wrong.is_empty(), "{note}\n{wrong:?}\n{new}");
    let clauses = note.split(['.', ';']).filter(|clause| !clause.trim().is_empty()).count();
    assert_eq!(found.notes.len(), clauses, "each clause is read: {note}");
}

/// Paragraphs none of which resembles another.
fn paragraph(word: usize) -> String {
    let row: Vec<String> = (0..9)
        .map(|at| {
            format!(
                "{}{}",
                ["lo", "ka", "mi", "tre", "ush"][(word + at) % 5],
                "abcdefghi".chars().nth((word * 3 + at) % 9).unwrap()
            )
        })
        .map(|w| w.repeat(1 + word % 3))
        .collect();
    format!("Para{} {}.", "xyzuvw".chars().nth(word % 6).unwrap(), row.join(&format!(" w{} ", letters(word))))
}

fn letters(mut n: usize) -> String {
    let mut out = String::new();
    loop {
        out.push(char::from(b'a' + u8::try_from(n % 26).unwrap()));
        n /= 26;
        if n == 0 {
            return out;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_is_read_back(count in 3..14_usize, at in 0..14_usize, what in 0..5_usize) {
        let old: Vec<String> = (0..count).map(paragraph).collect();
        let at = at % count;
        let mut new = old.clone();
        let (kind, place) = match what {
            0 => {
                new.insert(at, "The ministry of Velland said it knew nothing.".to_owned());
                (NoteKind::Adds, Some(at))
            }
            1 => {
                new.remove(at);
                (NoteKind::Removes, Some(at))
            }
            2 => {
                new[at] = new[at].replacen(' ', " other and quite new words here ", 1);
                (NoteKind::Adds, Some(at))
            }
            3 => {
                new[at].push_str(" Nobody has told us more.");
                (NoteKind::Adds, Some(at))
            }
            _ => {
                new[at] = new[at].replacen("Para", "Parra", 1);
                (NoteKind::Corrects, Some(at))
            }
        };
        let length = if what == 1 { old.len() } else { new.len() };
        let (old, new) = (old.join("\n\n"), new.join("\n\n"));
        let note = update_note(&edition(&old), &edition(&new), "en");
        prop_assert_eq!(&note, &update_note(&edition(&old), &edition(&new), "en"));
        let text = format!("({})\n\n{new}", note.trim_end_matches('.'));
        let read = report(&text, &Names::new()).notes;
        prop_assert_eq!(read.len(), 1, "{}", &note);
        prop_assert_eq!(read[0].kind, kind, "{}", &note);
        let places: Vec<Option<usize>> = read[0].paragraphs.iter().map(|place: &Place| place.index(length)).collect();
        prop_assert_eq!(places, vec![place], "{}", &note);
        agrees(&old, &new, &note);
    }

    #[test]
    fn something_is_said_of_every_difference(
        old in prop::collection::vec(0..12_usize, 0..9),
        new in prop::collection::vec(0..12_usize, 0..9),
        odd in "\\PC{0,60}",
        language in prop::sample::select(vec!["en", "de", "fr", "ru", "zh", "xx", ""]),
    ) {
        let join = |all: &[usize]| all.iter().map(|n| if *n == 11 { odd.clone() } else { paragraph(*n) }).collect::<Vec<_>>().join("\n\n");
        let (old, new) = (join(&old), join(&new));
        let note = update_note(&edition(&old), &edition(&new), language);
        prop_assert_eq!(note.is_empty(), old == new);
        prop_assert!(note.len() < 600, "{}", &note);
        if language == "en" && !odd.contains('(') {
            let text = format!("({})\n\n{new}", note.trim_end_matches('.'));
            let found = report_after(&text, Some(&old), &Names::new());
            prop_assert!(note.is_empty() || !found.notes.is_empty(), "{}", &note);
        }
    }
}
