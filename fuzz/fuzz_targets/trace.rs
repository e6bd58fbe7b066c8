//! Leaks of any kind against fixed masters: no panic, and whatever is observed is well-formed.
#![no_main]

use countermark_codebook::{LIKELIEST, Observations, Settings, bits_missing, bits_observed};
use countermark_fuzz::Choices;
use countermark_marking::Master;
use countermark_text::tokens;
use countermark_tracing::{Change, ChangeKind, Finder, Leak, Passage, Trace, Tracer, compare};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const SOURCES: [&str; 3] = [
    // A paragraph of an ordinary letter. What is longer is traced no differently, but more slowly.
    "{First|To begin with}, the winter fuel agreement. Velmora is {prepared|ready} to extend it {for one year|by one year}, \
     {provided|on condition} that the inspectors {can return|are able to return} to the Dorn crossing {by|no later than} \
     the tenth of March. My government has {discussed|considered} this at length and will not {go|move} beyond that \
     offer{ this winter| during this winter|}.",
    // Ties, fields within the text, marks alone, empty alternatives, words that repeat themselves.
    "Dear {=name},\n\n{#1:We|The council} {accept|agree to} the terms{@typography:...|…} {#1:we|the council} read{ again|} on \
     Monday, the harbour, the harbour{@punctuation:, and| and} the {co-operation|cooperation} of {=office} at {10|ten} \
     o’clock; {don’t|do not} {=name} tell {them|} that the harbour, the harbour and the ships are lost. Не бойтесь.",
    "{Yes|No}, {perhaps|maybe}.",
];

struct Traced {
    master: Master,
    tracer: Tracer,
    alternatives: Vec<u8>,
}

static MASTERS: LazyLock<Vec<Traced>> = LazyLock::new(|| {
    let traced = |source| {
        let master = Master::parse(source).expect("a master");
        let tracer = Tracer::new(&master);
        let alternatives = master.sites().iter().map(|site| site.alternatives as u8).collect();
        Traced { master, tracer, alternatives }
    };
    SOURCES.map(traced).into()
});

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let mut finder = Finder::new();
    MASTERS.iter().enumerate().for_each(|(id, traced)| finder.add(id, &traced.master));
    finder
});

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    tiles(&text);
    looks(&text);

    // The same, woven into a copy: the input says what is cut and where it is put in.
    let mut choices = Choices::of(data);
    let traced = &MASTERS[choices.below(MASTERS.len())];
    let codeword = choices.codeword(&traced.master);
    let value = |name: &str| Some(format!("Ada {name}"));
    let copy = traced.master.render(&codeword, &value).expect("the codeword fits, and every field has a value");
    let mut cuts = [0, 0].map(|_| boundary(&copy, choices.below(copy.len() + 1)));
    cuts.sort_unstable();
    looks(&[&copy[..cuts[0]], &text, &copy[cuts[1]..]].concat());

    // Two plain texts beside each other.
    let (sent, published) = text.split_at(boundary(&text, choices.below(text.len() + 1)));
    let comparison = compare(sent, published);
    passages(&comparison.passages, sent, published);
    changes(&comparison.changes, sent, published);
    if comparison.same {
        assert!(comparison.changes.is_empty(), "what is the same does not differ");
    }
});

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Tokens stand in order; those of one character (`½`) share its span. Parts tile the text.
fn tiles(text: &str) {
    let mut before = 0..0;
    for token in tokens(text) {
        assert!(token.span.start >= before.start && token.span.end >= before.end, "tokens stand in order");
        assert!(!token.span.is_empty() && !token.canon.is_empty() && text.get(token.span.clone()).is_some());
        before = token.span;
    }
    let parts = countermark_text::parts(text);
    assert_eq!(parts.iter().map(|part| &text[part.clone()]).collect::<String>(), text);
}

fn looks(text: &str) {
    let leak = Leak::new(text);
    let hits = FINDER.search(&leak);
    for (id, traced) in MASTERS.iter().enumerate() {
        let found = traced.tracer.trace(&leak);
        let hit = hits.iter().any(|hit| hit.id == id);
        assert!(found.is_some() || !hit, "what is found is traced");
        if let Some(trace) = found {
            well_formed(traced, &trace, text);
        }
    }
}

fn well_formed(traced: &Traced, trace: &Trace, leak: &str) {
    let seen = &trace.observations;
    assert_eq!(seen.sites(), traced.alternatives.len());
    for (site, &alternatives) in traced.alternatives.iter().enumerate() {
        let Some(vector) = seen.get(site) else { continue };
        assert_eq!(vector.len(), usize::from(alternatives));
        assert_eq!(vector.iter().max(), Some(&LIKELIEST));
        assert!(vector.iter().any(|&likelihood| likelihood < LIKELIEST));
        assert!(seen.unambiguous(site).is_none_or(|symbol| symbol < alternatives));
    }
    assert_eq!(Observations::from_bytes(&seen.to_bytes()).as_ref(), Some(seen));
    let observed = bits_observed(&traced.alternatives, seen, &[]);
    let all: f64 = traced.alternatives.iter().map(|&alternatives| f64::from(alternatives).log2()).sum();
    assert!((0.0..=all + 1e-6).contains(&observed), "{observed} of {all} bits");
    let settings = Settings::new(3, "1e-4".parse().expect("an epsilon"));
    assert!(bits_missing(&traced.alternatives, seen, &[], &settings, 1, 1) >= 0.0);

    assert!(!trace.passages.is_empty());
    assert!(trace.words_matched <= trace.message_words);
    assert!((0.0..=1.0).contains(&trace.share_of_message()) && (0.0..=1.0).contains(&trace.share_of_leak()));
    passages(&trace.passages, traced.tracer.sent(), leak);
    changes(&trace.changes, traced.tracer.sent(), leak);
    let parts = traced.master.parts().len();
    assert!(trace.changes.iter().all(|change| *change.parts.start() >= 1 && *change.parts.end() <= parts));
}

fn passages(passages: &[Passage], sent: &str, published: &str) {
    let mut before = 0..0;
    for passage in passages {
        assert!(sent.get(passage.sent.clone()).is_some() && published.get(passage.published.clone()).is_some());
        let seen = &passage.published;
        assert!(seen.start >= before.start && seen.end >= before.end, "in the leak's order");
        before = seen.clone();
        assert!(passage.longest_run <= passage.words);
    }
}

fn changes(changes: &[Change], sent: &str, published: &str) {
    for change in changes {
        assert_eq!(change.sent.is_none(), change.kind == ChangeKind::Added);
        assert_eq!(change.published.is_none(), change.kind == ChangeKind::Omitted);
        for (quote, text) in [(&change.sent, sent), (&change.published, published)] {
            assert!(quote.as_ref().is_none_or(|quote| text.get(quote.span.clone()) == Some(quote.text.as_str())));
        }
        assert!(sent.get(change.sent_at.clone()).is_some() && published.get(change.published_at.clone()).is_some());
    }
}
