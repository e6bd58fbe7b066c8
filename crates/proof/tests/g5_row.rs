//! G5 for a copy's row: what is shown of a copy is what was sealed, and below the line there is no bundle.
#![allow(missing_docs)]

mod support;

use countermark_proof::*;
use support::rows::*;
use support::*;

fn shown(letter: &Letter, open: &[usize], copy: u32, published: &str) -> Report {
    let row = RowOpening { copy, look: look(), published, name: None };
    check(&letter.owner, &letter.row(open, &row).to_bytes())
}

#[test]
fn a_copy_that_was_published_is_shown() {
    let letter = Letter::new();
    for copy in 1..=9 {
        let published = letter.text_of(copy);
        let report = shown(&letter, &letter.all(), copy as u32, &published);
        assert!(report.valid, "{}", report.reason_text);
        let row = report.row.expect("a row");
        assert!(row.is_capture && !row.file_copy && row.seen.iter().all(|site| site.agrees));
        assert_eq!((row.loss, row.count.as_str()), (0, "1"));
        assert_eq!(row.seen.len() + row.unseen.len(), letter.master.sites().len());
        // The field is a wall, and some wordings touch one another; most sites are seen.
        assert!(row.seen.len() >= 24, "{} seen", row.seen.len());
        let text: String = row.texts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(text, published);
        assert!(report.notes.contains(&ROW) && report.notes.contains(&ROW_LOOK));
        assert!(report.notes.contains(&ROW_PUBLISHED));
    }
}

#[test]
fn no_other_copy_can_be_shown_for_it() {
    let letter = Letter::new();
    let published = letter.text_of(2);
    for copy in (1..=10).filter(|copy| *copy != 2) {
        let report = shown(&letter, &letter.all(), copy, &published);
        assert_eq!(report.reason.code(), "row-below-line", "copy {copy}");
        assert!(report.row.is_none());
    }
}

#[test]
fn a_quotation_needs_enough_sites() {
    let letter = Letter::new();
    let published = letter.text_of(3);
    // Half of the text is too little, whatever is opened.
    let half = &published[..published.len() / 3];
    assert_eq!(shown(&letter, &letter.all(), 3, half).reason.code(), "row-below-line");
    // Parts without their sites seen make the choice of parts dearer, not cheaper.
    let most: Vec<usize> = letter.all().into_iter().filter(|part| *part < 6).collect();
    let report = shown(&letter, &most, 3, &published);
    assert_eq!(report.reason.code(), "row-below-line");
    // One altered wording is borne where the rest is there, five are not.
    let altered = published.replacen("great care", "much care", 1);
    let report = shown(&letter, &letter.all(), 3, &altered);
    assert!(report.valid, "{}", report.reason_text);
    let row = report.row.expect("a row");
    assert_eq!((row.loss, row.seen.iter().filter(|site| !site.agrees).count()), (5_412, 1));
    assert_eq!(row.count, (1 + row.seen.len()).to_string());
}

#[test]
fn a_text_of_nobody_s_copy_shows_nothing() {
    let letter = Letter::new();
    for published in ["", "Nothing of ours at all stands here.", &"before the port conference ".repeat(4_500)] {
        for copy in 1..=10 {
            assert_eq!(shown(&letter, &letter.all(), copy, published).reason.code(), "row-below-line");
        }
    }
}

#[test]
fn a_name_takes_two_approvers() {
    let letter = Letter::new();
    let published = letter.text_of(4);
    let with = |signers: &[u8], change: &dyn Fn(&mut NameOpening<'_>)| {
        let mut name = letter.name(4, &published, signers);
        change(&mut name);
        let row = RowOpening { copy: 4, look: look(), published: &published, name: Some(name) };
        check(&letter.owner, &letter.row(&letter.all(), &row).to_bytes())
    };
    for signers in [[1, 2].as_slice(), &[1, 3], &[2, 3], &[1, 2, 3]] {
        let report = with(signers, &|_| {});
        assert!(report.valid, "{}", report.reason_text);
        let name = report.row.and_then(|row| row.name).expect("a name");
        assert_eq!((name.recipient.as_str(), name.approvers.as_slice()), ("Envoy 4 of Ostrava", signers));
        assert!(report.notes.contains(&NAME));
    }
    let refused = [
        with(&[1], &|_| {}),
        with(&[2, 2], &|_| {}),
        with(&[2, 1], &|_| {}),
        with(&[], &|_| {}),
        with(&[1, 2], &|name| name.statement = "another"),
        with(&[1, 2], &|name| name.reason = "another"),
        with(&[1, 2], &|name| name.case = [1; 16]),
        with(&[1, 2], &|name| name.approvals[1].signature[9] ^= 1),
        with(&[1, 2], &|name| name.approvals[1].approver = 3),
        with(&[1, 2], &|name| name.approvals[1].approver = 4),
        with(&[1, 2], &|name| name.approvals[0].approver = 0),
    ];
    for (case, report) in refused.iter().enumerate() {
        assert_eq!(report.reason.code(), "name", "case {case}");
    }
    let wrong_salt = NameOpening { salt: [0; 32], ..letter.name(4, &published, &[1, 2]) };
    let row = RowOpening { copy: 4, look: look(), published: &published, name: Some(wrong_salt) };
    let seeds = (TextSeed::from_bytes([21; 32]), CodebookSeed::from_bytes([21 ^ 0xAA; 32]));
    let sealed = &letter.message.sealed;
    let opened =
        letter.sealing.open_row(&seeds.0, &seeds.1, &sealed.recipients, &sealed.commitment, &letter.all(), &row);
    assert_eq!(opened.expect_err("the salt is wrong"), OpeningError::Salt);
}

#[test]
fn every_flipped_bit_of_a_row_is_refused() {
    let letter = Letter::new();
    let published = letter.text_of(5);
    let row =
        RowOpening { copy: 5, look: look(), published: &published, name: Some(letter.name(5, &published, &[1, 3])) };
    let bytes = letter.row(&letter.all(), &row).to_bytes();
    assert!(check(&letter.owner, &bytes).valid);
    for at in 0..bytes.len() {
        // Every byte, one bit of it at a time in turn: all bits of the smaller bundle are tried elsewhere.
        let mut forged = bytes.clone();
        forged[at] ^= 1 << (at % 8);
        assert!(!check(&letter.owner, &forged).valid, "byte {at}");
    }
}

#[test]
fn every_forged_row_is_refused_for_its_reason() {
    let owner = Owner::new(1);
    let cases = support::forged_rows::forged_rows();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    for (about, bytes, expected) in cases {
        let report = check(&owner, &bytes);
        assert_eq!(report.reason.code(), expected, "{about}: {}", report.reason_text);
        assert!(report.row.is_none() && report.opened.is_empty(), "{about} shows something");
    }
    for (about, bytes, expected) in support::forged_rows::honest_rows() {
        assert_eq!(check(&owner, &bytes).reason.code(), expected, "{about}");
    }
}
