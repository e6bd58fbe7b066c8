//! Any input: no panic, spans on character boundaries and in order, and no more than about linear work.
#![allow(missing_docs, clippy::unwrap_used)]

use countermark_reading::{
    Names, Report, article, attributed_to, decode, document, plain, report, report_after, write_note,
};
use proptest::prelude::*;

/// Pieces that reports are made of, in odd orders.
const PIECES: [&str; 40] = [
    "“",
    "”",
    "\"",
    "'",
    "‘",
    "’",
    "„",
    "«",
    "»",
    "‹",
    "‚",
    " ",
    " ",
    "\n\n",
    "\n",
    ".",
    ",",
    ":",
    "—",
    "(Adds ",
    " paragraph 3)",
    "Arne Holm",
    "Ina Velt’s",
    "he",
    "said",
    "wrote",
    "told",
    "letter",
    "to",
    "Dear Mr. Holm",
    "сказал",
    "Хольму",
    "письме",
    "sagte",
    "a déclaré",
    "İ",
    "ß\u{301}",
    "UPDATE 2-",
    "\u{202e}",
    "The minister",
];

fn holds(text: &str, report: &Report) {
    for quotation in &report.quotations {
        assert!(!quotation.pieces.is_empty() && text.get(quotation.whole.clone()).is_some());
        assert!(quotation.pieces.iter().all(|piece| text.get(piece.clone()).is_some()));
        assert!(quotation.pieces.windows(2).all(|pair| pair[0].end <= pair[1].start));
        let named = quotation.speaker.iter().map(|s| &s.at).chain(quotation.to.iter().map(|to| &to.at));
        assert!(named.into_iter().all(|at| text.get(at.clone()).is_some_and(|name| !name.is_empty())));
    }
    assert!(report.quotations.windows(2).all(|pair| pair[0].whole.end <= pair[1].whole.start));
    assert!(report.phrases.iter().all(|phrase| text.get(phrase.clone()).is_some()));
    assert!(report.notes.iter().all(|note| text.get(note.at.clone()).is_some()));
    assert!(report.contradictions.iter().flat_map(|c| &c.places).all(|place| text.get(place.clone()).is_some()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn reports_of_odd_pieces(pieces in prop::collection::vec(0..PIECES.len(), 0..120), joined in any::<bool>()) {
        let words: Vec<&str> = pieces.into_iter().map(|at| PIECES[at]).collect();
        let text = words.join(if joined { "" } else { " " });
        let mut names = Names::new();
        names.add("Arne Holm", ["Арне Хольм"]);
        let found = report_after(&text, Some(&text[..text.floor_char_boundary(text.len() / 2)]), &names);
        holds(&text, &found);
        for attributed in attributed_to(&found, &names) {
            prop_assert!(attributed.quotation < found.quotations.len() && attributed.person == 0);
        }
        prop_assert_eq!(write_note(&text, &text), "");
    }

    #[test]
    fn any_text_and_any_bytes(text in "\\PC{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        holds(&text, &report(&text, &Names::new()));
        let html = format!("<article><p>{text}</p><{text}>");
        let _ = (article(&html, Some(&text)), plain(&html), decode(&bytes, Some(&text)));
        let read = document(&bytes, None, None);
        holds(&read.text, &report(&read.text, &Names::new()));
    }
}

#[test]
fn marks_and_names_without_end() {
    let many = 120_000;
    for piece in [
        "“",
        "\"",
        "'a ",
        "« ",
        "„",
        "“a” ",
        "“a,” he said, ",
        "Arne Holm said “x y z w v u”. ",
        "(Adds ",
        "Arne Holm to ",
        "a\n\n\"b ",
        "he said ",
    ] {
        let text = piece.repeat(many / piece.len().max(1));
        holds(&text, &report(&text, &Names::new()));
    }
    // A report is a report's length: many persons and paragraphs are read no worse.
    let persons: String = (0..2_000).map(|n| format!("“We stay here, all of us,” said Arne{n} Holm{n}.\n\n")).collect();
    assert_eq!(report(&persons, &Names::new()).quotations.len(), 2_000);
}
