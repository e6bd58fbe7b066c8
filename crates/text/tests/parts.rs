//! Sentences and lines that stand alone.

use countermark_text::{parts, sentences};
use proptest::prelude::*;

/// Each row: the sentences that a text must be cut into.
#[test]
fn sentences_of_letters() {
    let rows: &[&[&str]] = &[
        &["Thank you, Mr. President.", "We agree."],
        &["The U.S. President wrote to us.", "We replied."],
        &["It was made in the U.S.", "We bought it there."],
        &["See No. 5 of the list.", "It is short."],
        &["He said no.", "We left."],
        &["Gen. Orlov and Lt. Col. Brandt met in St. Avold.", "Both left early."],
        &["The speech of J. F. Kennedy was short.", "We heard it."],
        &["We follow plan B.", "The other failed."],
        &["Meet me at 9 a.m. Monday.", "Bring the file, e.g. Annex 2."],
        &["We met at 5 p.m.", "They left."],
        &["Papers, maps, etc.", "Then we left."],
        &["Ref. 7F3K-92QD is on every copy.", "Keep it."],
        &["We waited... President Arlen came."],
        &["\"Why?\" he asked.", "Nobody knew."],
        &["He said \"Stop.\"", "Then he left."],
        &["Is it out?", "Yes!", "Who did it?"],
        &["It cost 3.5 million.", "See www.example.org for more."],
        &["Art. 5 and para. 12 apply.", "Fig. 3 shows it."],
        &["(It was late.)", "We slept."],
        &["Dr. A. B. Castellan, Ph.D. Oxford, spoke.", "We listened."],
        &["Это было в 1999 г.", "Мы помним."],
        &["Прочитайте ст. 5 договора.", "Он короток."],
        &["これは本です。", "それは猫です。"],
    ];
    for row in rows {
        let text = row.join(" ").replace("。 ", "。");
        let found: Vec<_> = sentences(&text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(&found, row, "{text}");
    }
}

#[test]
fn lines_that_stand_alone() {
    let text = "Office of the President\nRepublic of Avaria\n12 March 2026\n\nDear Mr. President,\n\
        thank you for your letter. I have read it with care and I have\n\
        shown it to nobody. Dr. Brandt will call on Monday, and we\n\
        Avarians will wait for his report. It will be short.\n\n\
        We ask for three things:\n1. The bridge opens.\n2. The school reopens\n- with its teachers\n- with its books\n\n\
        Yours sincerely,\nA. Castellan\n";
    let found: Vec<_> = sentences(text).into_iter().map(|span| &text[span]).collect();
    assert_eq!(
        found,
        [
            "Office of the President",
            "Republic of Avaria",
            "12 March 2026",
            "Dear Mr. President,",
            "thank you for your letter.",
            "I have read it with care and I have\nshown it to nobody.",
            "Dr. Brandt will call on Monday, and we\nAvarians will wait for his report.",
            "It will be short.",
            "We ask for three things:",
            "1. The bridge opens.",
            "2. The school reopens",
            "- with its teachers",
            "- with its books",
            "Yours sincerely,",
            "A. Castellan",
        ]
    );
}

#[test]
fn odd_texts() {
    let rows: &[(&str, &[&str])] = &[
        ("", &[]),
        ("  \n", &["  \n"]),
        ("\n\nOne.\n\n", &["\n\nOne.\n\n"]),
        ("One. \r\n\r\n Two.", &["One. \r\n\r\n ", "Two."]),
        ("a\u{2028}b", &["a\u{2028}", "b"]),
        ("...", &["..."]),
    ];
    for (text, expected) in rows {
        let found: Vec<_> = parts(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(&found, expected, "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_partition(text in prop_oneof!["[A-Za-z0-9 .,!?\"'\n\r-]{0,80}", "\\PC{0,40}", any::<String>()]) {
        let mut end = 0;
        for part in parts(&text) {
            prop_assert_eq!(part.start, end);
            prop_assert!(part.end > part.start);
            end = part.end;
            let kept = &text[part.clone()];
            prop_assert!(part.end == text.len() || !kept.trim().is_empty());
        }
        prop_assert_eq!(end, text.len());
        for span in sentences(&text) {
            prop_assert_eq!(text[span.clone()].trim(), &text[span]);
        }
    }
}
