//! Sites whose alternatives say something else: of what the project's pack proposes, and of its sample letters, none is called so.
#![allow(clippy::unwrap_used)] // a test may stop where it stands

use countermark_marking::rules::{Options, Pack, accept, propose};
use countermark_marking::{Master, Piece, Sense, senses};

/// The sites of a text that are called so.
fn called(master: &Master) -> Vec<String> {
    let site = |wanted: usize| {
        master.pieces().iter().find_map(|piece| match piece {
            Piece::Site { site, alternatives } if *site == wanted => Some(alternatives.join("|")),
            _ => None,
        })
    };
    senses(master).into_iter().map(|(number, found)| format!("{:?} {}", found, site(number).unwrap())).collect()
}

fn samples() -> Vec<(String, String)> {
    let bench = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/letters");
    let mut files: Vec<_> = std::fs::read_dir(bench).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn sample_letters_say_one_thing() {
    let mut masters = 0;
    let mut wrong = Vec::new();
    for (name, text) in samples().into_iter().filter(|(name, _)| name.ends_with(".master")) {
        let master = Master::parse(&text).unwrap();
        assert!(!master.sites().is_empty(), "{name}");
        wrong.extend(called(&master).into_iter().map(|site| format!("{name}: {site}")));
        masters += 1;
    }
    assert_eq!(masters, 40);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_the_pack_proposes_says_one_thing() {
    let pack = Pack::english();
    let letters = samples().into_iter().filter(|(name, _)| name.ends_with(".txt")).map(|(_, text)| text);
    let mut sites = 0;
    let mut wrong = Vec::new();
    for text in pack.sentences().into_iter().chain(letters.map(|text| Master::plain(&text).source().to_owned())) {
        let proposals = propose(&[pack], &text, &Options::default()).unwrap();
        let master = Master::parse(&accept(&text, &proposals)).unwrap();
        sites += master.sites().len();
        wrong.extend(called(&master));
    }
    wrong.sort();
    wrong.dedup();
    assert!(sites > 900, "{sites}");
    assert!(wrong.is_empty(), "{} of {sites}: {wrong:#?}", wrong.len());
}

#[test]
fn a_site_is_told_by_its_number() {
    let master = Master::parse(
        "We {met|spoke} for {two years|a year} in {Lisk|Dorn}, and {#1:will|shall} not, {#1:will|shall} we?",
    );
    let found = senses(&master.unwrap());
    assert_eq!(found, [(1, vec![Sense::Number]), (2, vec![Sense::Name])]);
}

/// A name may stand behind other words of its alternative; what opens a sentence is no name for that.
#[test]
fn a_name_is_read_wherever_it_stands() {
    for site in [
        "{in Lisk|in Dorn}",
        "{to Kestria|to Sundmar}",
        "{the Kestrian fleet|the Sundmar fleet}",
        "{President Krasz|President Holt}",
        "{my friend Mara Ilves|my friend Olin Tarrin}",
    ] {
        let master = Master::parse(&format!("We meet with {site} on the third day.")).unwrap();
        assert_eq!(senses(&master).into_iter().map(|(_, found)| found).collect::<Vec<_>>(), [[Sense::Name]], "{site}");
    }
    let master = Master::parse("We meet {soon. Nothing else|shortly. No more} was asked.").unwrap();
    assert!(senses(&master).iter().all(|(_, found)| !found.contains(&Sense::Name)));
}
