use super::{NoteKind, Place, check, notes, write_note};
use NoteKind::{Adds, Clarifies, Corrects, Editors, Recasts, Refiles, Removes, Updates};
use Place::{Last, Number, Penultimate};

#[test]
fn notes_as_wire_services_write_them() {
    type Expected<'n> = &'n [(NoteKind, &'n str, &'n [Place])];
    let cases: [(&str, Expected); 13] = [
        (
            "(Adds ministry's response in fifth and last paragraphs)\n\nText.",
            &[(Adds, "ministry's response in fifth and last paragraphs", &[Number(5), Last])],
        ),
        ("(Corrects spelling in paragraph 3)\n\nText.", &[(Corrects, "spelling in paragraph 3", &[Number(3)])]),
        (
            "(Adds quote in paras 3-5 and 7; corrects date in 2nd graf)\n\nText.",
            &[
                (Adds, "quote in paras 3-5 and 7", &[Number(3), Number(4), Number(5), Number(7)]),
                (Corrects, "date in 2nd graf", &[Number(2)]),
            ],
        ),
        (
            "(Recasts, adds details in paragraphs 2 to 4, background)\n\nText.",
            &[
                (Recasts, "", &[]),
                (Adds, "details in paragraphs 2 to 4, background", &[Number(2), Number(3), Number(4)]),
            ],
        ),
        ("Updates with statement of the embassy\n\nText.", &[(Updates, "with statement of the embassy", &[])]),
        ("(Refiles to fix headline)\n\nText.", &[(Refiles, "to fix headline", &[])]),
        (
            "Eds: Updates with quotes, removes repeated paragraph 4.\n\nText.",
            &[(Updates, "with quotes", &[]), (Removes, "repeated paragraph 4", &[Number(4)])],
        ),
        ("Eds: Pictures will follow.\n\nText.", &[(Editors, "Pictures will follow", &[])]),
        ("UPDATE 2-Velland says no\n\nText.", &[(Updates, "", &[])]),
        ("CORRECTED-Velland says no\n\nText.", &[(Corrects, "", &[])]),
        (
            "(Clarifies title in penultimate paragraph)\n\nText.",
            &[(Clarifies, "title in penultimate paragraph", &[Penultimate])],
        ),
        ("(He adds nothing in paragraph 3)\n\nAdds up to little.\n\nUPDATE 2-not a headline", &[]),
        ("A well-known fact - so they say\n\n(about twenty)\n\nCorrect as ever.", &[]),
    ];
    for (text, expected) in cases {
        let found = notes(text);
        let shown: Vec<_> = found.iter().map(|note| (note.kind, note.what.as_str(), &note.paragraphs[..])).collect();
        assert_eq!(shown, expected, "{text}");
        assert!(found.iter().all(|note| text.get(note.at.clone()).is_some()));
    }
    assert_eq!(notes("UPDATE 2-Velland says no")[0].number, Some(2));
}

const EARLIER: &str = "Velland says no\n\nThe ministry of Velland said no on Monday.\n\nThe talks began in spring and went on.\n\nThe harbour stays closed.";

#[test]
fn a_note_against_the_earlier_version() {
    let text = |note: &str| {
        format!(
            "Velland says no\n\n{note}\n\nThe ministry of Velland said no on Monday.\n\nThe talks began in autumn and went on.\n\n\
             The embassy had no comment.\n\nThe harbour stays closed."
        )
    };
    let cases = [
        ("(Adds embassy's response in paragraph 3)", vec![]),
        ("(Corrects season in second paragraph)", vec![]),
        (
            "(Adds response in third and last paragraphs)",
            vec!["the update note names the last paragraph, in which nothing differs from the earlier version"],
        ),
        ("(Updates paragraph 9)", vec!["the update note names paragraph 9, and the text has 4 paragraphs"]),
        ("(Refiles paragraph 1)", vec![]),
    ];
    for (note, expected) in cases {
        let text = text(note);
        let found: Vec<String> = check(&text, Some(EARLIER), &notes(&text)).into_iter().map(|c| c.words).collect();
        assert_eq!(found, expected, "{note}");
    }
    let text = text("(Adds response in last paragraph)");
    assert!(check(&text, None, &notes(&text)).is_empty(), "without an earlier version nothing can be said");
}

#[test]
fn the_note_of_a_difference() {
    let with = |paragraphs: &[&str]| format!("Velland says no\n\n{}", paragraphs.join("\n\n"));
    let (one, two, three) =
        ("The ministry said no on Monday.", "The talks began in spring and went on.", "The harbour stays closed.");
    let old = with(&[one, two, three]);
    let cases = [
        (with(&[one, two, three]), ""),
        (with(&[one, &two.replace('.', "!"), three]), ""),
        (with(&[one, two, "The embassy had no comment.", three, "A new ship came."]), "Adds paragraphs 3 and 5 (last)"),
        (with(&[one, "The talks began in autumn and went on.", three]), "Changes paragraph 2"),
        (with(&[one, three]), "Removes paragraph 2 of the earlier version"),
        (
            with(&["New first words.", one, "The talks began in autumn and went on."]),
            "Adds paragraph 1; changes paragraph 3 (last); removes paragraph 3 of the earlier version",
        ),
        (with(&[three, one, two]), "Changes the order"),
        (with(&[one, two, three, "Aa bb.", "Cc dd.", "Ee ff.", "Gg hh."]), "Adds paragraphs 4 to 7 (last)"),
    ];
    for (new, expected) in cases {
        assert_eq!(write_note(&old, &new), expected, "{new}");
    }
}
