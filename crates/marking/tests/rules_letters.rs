//! What the English pack is worth on real letters: bits a word that survive retyping.
//!
//! `COUNTERMARK_LETTERS` names a file of letters, one JSON object with a `text` a line; without it there is nothing to
//! measure. Run with `--nocapture` to see the figures.

use countermark_marking::Master;
use countermark_marking::rules::{Options, Pack, Proposal, accept, propose};
use std::collections::HashSet;

/// The bits of a letter's sites that survive retyping, a tie counted once.
fn bits(proposals: &[Proposal]) -> f64 {
    let mut ties = HashSet::new();
    let survives = proposals.iter().filter(|p| p.class.survives_retyping());
    let once = survives.filter(|p| p.tie.as_ref().is_none_or(|tie| ties.insert(tie.clone())));
    once.fold(0.0, |sum, p| sum + (p.alternatives.len() as f64).log2())
}

#[test]
fn bits_a_word_on_letters() {
    let Some(path) = std::env::var_os("COUNTERMARK_LETTERS") else {
        println!("skipped: COUNTERMARK_LETTERS names no file of letters");
        return;
    };
    let lines = std::fs::read_to_string(path).expect("the file of letters can be read");
    let mut shares = Vec::new();
    let mut sums = Vec::new();
    for line in lines.lines() {
        let letter: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
        let text = letter["text"].as_str().expect("a text");
        let plain = Master::plain(text);
        let proposals = propose(&[Pack::english()], plain.source(), &Options::default()).expect("a plain text");
        let marked = Master::parse(&accept(plain.source(), &proposals)).expect("what is accepted parses");
        assert_eq!(marked.render_bracketed(&vec![0; marked.sites().len()]), text);
        let words = countermark_text::word_count(text);
        if (60..=250).contains(&words) {
            shares.push(bits(&proposals) / words as f64);
            sums.push(bits(&proposals));
        }
    }
    for (name, mut values) in [("bits a word", shares), ("bits a letter", sums)] {
        values.sort_by(f64::total_cmp);
        let at =
            |share: f64| values.get((share * values.len().saturating_sub(1) as f64) as usize).copied().unwrap_or(0.0);
        println!("{name}: {} letters, p10 {:.3}, median {:.3}, p90 {:.3}", values.len(), at(0.1), at(0.5), at(0.9));
    }
}
