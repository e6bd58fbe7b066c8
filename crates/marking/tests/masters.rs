//! Rendering, reading back and parts, as properties.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

use std::collections::HashSet;

use countermark_marking::{LengthClass, Master, Piece, RenderError};
use proptest::prelude::*;

fn fields(name: &str) -> Option<String> {
    Some(match name {
        "name" => "Ms Arlen".to_owned(),
        "place" => "Brückstadt".to_owned(),
        _ => return None,
    })
}

/// Sources from few letters, so that sites run into what stands around them.
fn sources() -> impl Strategy<Value = String> {
    let wording = prop_oneof!["[ab]{0,3}", "[a-c .,]{0,4}", Just("\n".to_owned()), Just("\\{\\|\\}\\\\".to_owned())];
    let site =
        (prop::option::weighted(0.3, 1u8..4), prop::collection::vec(wording, 2..4)).prop_map(|(tie, wordings)| {
            let tie = tie.map_or(String::new(), |tie| format!("#{tie}"));
            format!("{{{tie}@layout:{}}}", wordings.join("|"))
        });
    let piece = prop_oneof![
        4 => site,
        3 => "[ab]{0,3}",
        2 => "[A-C][a-c]{1,4}( [a-c]{1,5}){0,6}[.?] ",
        1 => prop::sample::select(vec!["{=name}", "{=place}", "\\{", "\\\\", "\\", " ", "\n", "\n\n", ". ", "|", "é", "No. 5 "]).prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn codeword(master: &Master, seed: &[u8]) -> Vec<u8> {
    let seed = seed.iter().chain(std::iter::repeat(&0));
    master.sites().iter().zip(seed).map(|(site, &byte)| byte % site.alternatives as u8).collect()
}

/// All codewords, if they are few.
fn all_codewords(master: &Master) -> Option<Vec<Vec<u8>>> {
    let count = master.sites().iter().try_fold(1usize, |count, site| count.checked_mul(site.alternatives))?;
    if count > 1500 {
        return None;
    }
    let mut words = vec![vec![]];
    for site in master.sites() {
        words = words
            .into_iter()
            .flat_map(|word: Vec<u8>| (0..site.alternatives as u8).map(move |symbol| [&word[..], &[symbol]].concat()))
            .collect();
    }
    Some(words)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn copies_are_read_back(source in sources(), seed in prop::collection::vec(any::<u8>(), 14)) {
        let Ok(master) = Master::parse(&source) else { return Ok(()) };
        let codeword = codeword(&master, &seed);
        let copy = master.render(&codeword, &fields).unwrap();
        prop_assert_eq!(master.read_copy(&copy, &fields), Some(codeword.clone()));
        prop_assert_eq!(master.read_copy(&format!("{copy}~"), &fields), None);
    }

    /// The obvious judge of the ambiguity check: all texts of an accepted master differ, with fields as marks that occur
    /// nowhere else; a refused one without ties really has two codewords with one text.
    #[test]
    fn ambiguity_is_what_it_says(source in sources()) {
        match Master::parse(&source) {
            Ok(master) => {
                if let Some(codewords) = all_codewords(&master) {
                    let texts: HashSet<String> = codewords
                        .iter()
                        .map(|codeword| master.render(codeword, &|name| Some(format!("<{name}>"))).unwrap())
                        .collect();
                    prop_assert_eq!(texts.len(), codewords.len());
                }
            }
            Err(error) => {
                prop_assert!(error.offset <= source.len());
                prop_assert!(error.render(&source).contains('^'));
            }
        }
    }

    #[test]
    fn parts_make_the_whole(source in sources(), seed in prop::collection::vec(any::<u8>(), 14)) {
        let Ok(master) = Master::parse(&source) else { return Ok(()) };
        let codeword = codeword(&master, &seed);
        let parts = master.parts();
        let sources: String = parts.iter().map(|part| &source[part.source.clone()]).collect();
        prop_assert_eq!(&sources, &source);
        let texts: String = parts.iter().map(|part| master.part_text(part, &codeword)).collect();
        prop_assert_eq!(texts, master.render_bracketed(&codeword));
        for (number, part) in parts.iter().enumerate() {
            prop_assert_eq!(part.index, number + 1);
            prop_assert_eq!(part.length_class, LengthClass::of(&master.part_text(part, &[])));
            // A part's source stands by itself but for ties that reach beyond it.
            if let Ok(alone) = Master::parse(&source[part.source.clone()]) {
                prop_assert_eq!(alone.render_bracketed(&[]), master.part_text(part, &[]));
                prop_assert_eq!(alone.sites().len(), part.sites.len());
            }
        }
    }

    #[test]
    fn a_symbol_changes_its_own_site_alone(source in sources(), seed in prop::collection::vec(any::<u8>(), 14), which in any::<prop::sample::Index>()) {
        let Ok(master) = Master::parse(&source) else { return Ok(()) };
        if master.sites().is_empty() {
            return Ok(());
        }
        let before = codeword(&master, &seed);
        let site = which.index(before.len());
        let mut after = before.clone();
        after[site] = (after[site] + 1) % master.sites()[site].alternatives as u8;
        prop_assert_ne!(master.render_bracketed(&before), master.render_bracketed(&after));
        for part in master.parts() {
            let changed = master.part_text(&part, &before) != master.part_text(&part, &after);
            prop_assert_eq!(changed, part.sites.contains(&site));
        }
    }

    #[test]
    fn plain_text_stays_itself(text in prop_oneof!["[ab{}|\\\\ \n]{0,30}", any::<String>()]) {
        let master = Master::plain(&text);
        prop_assert_eq!(master.render(&[], &|_| None).unwrap(), text);
        prop_assert_eq!(&Master::parse(master.source()).unwrap(), &master);
    }

    #[test]
    fn any_source_is_taken_or_refused(source in prop_oneof![any::<String>(), "[{}|\\\\#@:=a1 \n]{0,40}"]) {
        if let Ok(master) = Master::parse(&source) {
            let _ = (master.parts(), master.render_bracketed(&[]));
        }
    }
}

#[test]
fn refused_for_ambiguity_with_reason() {
    // Every refusal on small masters without ties is confirmed by listing all texts.
    let pieces = ["{|a}", "{a|ab}", "{b|}", "{ab|b}", "a", "b", "{a|b}"];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let source = format!("{first}{second}{third}");
                let texts = |list: &[&str]| {
                    list.iter().fold(vec![String::new()], |texts, piece| {
                        let wordings: Vec<&str> = match piece.strip_prefix('{') {
                            Some(site) => site.trim_end_matches('}').split('|').collect(),
                            None => vec![piece],
                        };
                        texts
                            .iter()
                            .flat_map(|text| wordings.iter().map(move |wording| format!("{text}{wording}")))
                            .collect()
                    })
                };
                let all = texts(&[first, second, third]);
                let distinct: HashSet<_> = all.iter().collect();
                assert_eq!(Master::parse(&source).is_ok(), distinct.len() == all.len(), "{source}");
            }
        }
    }
}

#[test]
fn where_parts_are_cut() {
    let rows: &[(&str, &[&str])] = &[
        ("One. Two.", &["One. ", "Two."]),
        ("{One|1}. Two.", &["{One|1}. ", "Two."]),
        ("One. {Two|2}.", &["One. ", "{Two|2}."]),
        ("One{.|!} Two.", &["One{.|!} ", "Two."]),
        ("One.{@layout: |\n}Two.", &["One.{@layout: |\n}Two."]),
        ("One{. Two|; two}. Three.", &["One{. Two|; two}. ", "Three."]),
        ("One. {|However, }two. Three.", &["One. {|However, }two. ", "Three."]),
        ("One.{| Really.} Two.", &["One.{| Really.} ", "Two."]),
        ("Dear {=name},\n\nOne.", &["Dear {=name},\n\n", "One."]),
        ("One. The {=name} came. Two.", &["One. ", "The {=name} came. ", "Two."]),
        ("One. {=name} came. Two.", &["One. {=name} came. ", "Two."]), // a small letter goes on
        ("One \\{a\\}. Two \\| three. Four.", &["One \\{a\\}. ", "Two \\| three. ", "Four."]),
        ("{#1:a|b}. C {#1:d|e}.", &["{#1:a|b}. C {#1:d|e}."]),
        ("{|a}", &["{|a}"]),
        ("", &[]),
    ];
    for (source, expected) in rows {
        let master = Master::parse(source).unwrap();
        let found: Vec<_> = master.parts().into_iter().map(|part| &source[part.source]).collect();
        assert_eq!(&found, expected, "{source}");
    }
}

#[test]
fn tied_sites_stand_in_each_of_their_parts() {
    let master =
        Master::parse("The {#1:colour|color} fades. It {stays|remains}. Its {#1:colour|color} does not.").unwrap();
    assert_eq!(master.sites_by_part(), [vec![0], vec![1], vec![0]]);
    assert_eq!(master.read_copy("The color fades. It stays. Its colour does not.", &fields), None);
    let fades = master.render(&[1, 0], &fields).unwrap();
    assert_eq!(fades, "The color fades. It stays. Its color does not.");
}

#[test]
fn what_cannot_be_rendered() {
    let master = Master::parse("{a|b} {=name} {=office}").unwrap();
    assert_eq!(master.fields(), ["name", "office"]);
    assert_eq!(master.render(&[], &fields), Err(RenderError::WrongLength { expected: 1, found: 0 }));
    assert_eq!(
        master.render(&[2], &fields),
        Err(RenderError::SymbolOutOfRange { site: 0, symbol: 2, alternatives: 2 })
    );
    assert_eq!(master.render(&[1], &fields), Err(RenderError::MissingField { name: "office".to_owned() }));
    assert_eq!(master.render_bracketed(&[1]), "b [name] [office]");
}

#[test]
fn a_field_that_repeats_its_surroundings_is_no_codeword() {
    let master = Master::parse("{a|ab}{=x}{ba|a}").unwrap();
    let value = |_: &str| Some("b".to_owned());
    assert_eq!(master.render(&[0, 0], &value).unwrap(), "abba");
    assert_eq!(master.render(&[1, 1], &value).unwrap(), "abba");
    assert_eq!(master.read_copy("abba", &value), None);
    assert_eq!(master.read_copy("aba", &value), Some(vec![0, 1]));
}

#[test]
fn text_pieces_never_touch() {
    let master = Master::parse("a\\{b{c|d}\\}e").unwrap();
    let texts = master.pieces().iter().filter(|piece| matches!(piece, Piece::Text(_))).count();
    assert_eq!(texts, 2);
}
