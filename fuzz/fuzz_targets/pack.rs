//! Language packs: what parses can be checked, and what it proposes can be taken.
#![no_main]

use countermark_marking::Master;
use countermark_marking::rules::{Options, Pack, accept, explain, propose};
use libfuzzer_sys::{Corpus, fuzz_target};

/// A letter with a bit of everything that rules look at.
const LETTER: &str = "{=salutation}

I write with regard to the harbour of Lisk — a major step toward peace, trade, and fisheries. We do not think that ten \
ships will be enough... In this case, he cannot {accept|agree to} it before 1 March.

“We shall help them,” said Ada Lindvar; see https://lisk.example/a. The colour of an honest offer is a good colour.
";

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    match Pack::parse("fuzz", text) {
        Ok(pack) => holds(&pack),
        Err(error) => {
            assert!(error.line.is_none_or(|line| (1..=text.matches('\n').count() + 1).contains(&line)), "{error}");
            let _ = (error.to_string(), error.hint());
        }
    }
    Corpus::Keep
});

fn holds(pack: &Pack) {
    for finding in pack.check() {
        assert!(pack.rule(&finding.rule).is_some(), "{finding}");
        let _ = finding.to_string();
    }
    let proposals = propose(&[pack], LETTER, &Options::default()).expect("the letter is a master");
    let mut places = Vec::new();
    for proposal in &proposals {
        assert_eq!(LETTER.get(proposal.span.clone()), proposal.alternatives.first().map(String::as_str));
        assert!(proposal.alternatives.len() >= 2);
        assert!(pack.rule(&proposal.rule).is_some());
        assert!(explain(&[pack], proposal).is_some());
        places.extend(&proposal.places);
    }
    places.sort_by_key(|place| (place.span.start, place.span.end));
    let mut free_from = 0;
    for place in places {
        assert!(place.span.start >= free_from, "places do not overlap");
        free_from = place.span.end;
        assert_eq!(LETTER.get(place.span.clone()), place.alternatives.first().map(String::as_str));
    }
    let taken = accept(LETTER, &proposals);
    let master = Master::parse(&taken).expect("what is proposed together can be taken together");
    let letter = Master::parse(LETTER).expect("the letter is a master");
    assert_eq!(master.render_bracketed(&[]), letter.render_bracketed(&[]), "the first alternatives are the letter");
}
