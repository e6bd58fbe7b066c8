//! Whatever is done, in whatever order: no panic; the master parses and its first rendering is the letter; undo and redo are exact; what
//! is kept is found again.
#![allow(missing_docs, clippy::unwrap_used)]

use countermark_marking::rules::{Options, Pack};
use countermark_marking::{Class, Master};
use countermark_review::{Command, Entry, Id, Keep, Review, Saved, line};
use proptest::prelude::*;

/// Commands before it is known which entries and places there are.
#[derive(Clone, Debug)]
enum Wish {
    Accept(usize),
    Refuse(usize, bool),
    Reopen(usize),
    AcceptRule(usize),
    AcceptClass(usize),
    RefuseRule(usize),
    RefuseClass(usize),
    Edit(usize, String),
    Add(usize, usize, String),
    AddAt(usize, usize, String),
    Offer(usize, usize, String),
    Undo,
    Redo,
}

fn wish() -> impl Strategy<Value = Wish> {
    let typed = || {
        let bits =
            vec!["a", "we", "x", " ", "|", "\\", "{", "}", "#1:", "@typography:", "=", ",", "\\n", "é", "🙂", "shall"];
        proptest::collection::vec(proptest::sample::select(bits), 0..6).prop_map(|bits| bits.concat())
    };
    let n = || 0usize..64;
    prop_oneof![
        4 => n().prop_map(Wish::Accept),
        3 => (n(), any::<bool>()).prop_map(|(n, house)| Wish::Refuse(n, house)),
        1 => n().prop_map(Wish::Reopen),
        1 => n().prop_map(Wish::AcceptRule),
        1 => n().prop_map(Wish::AcceptClass),
        1 => n().prop_map(Wish::RefuseRule),
        1 => n().prop_map(Wish::RefuseClass),
        3 => (n(), typed()).prop_map(|(n, text)| Wish::Edit(n, text)),
        4 => (n(), 0usize..4, typed()).prop_map(|(n, more, text)| Wish::Add(n, more, text)),
        2 => (n(), 0usize..9, typed()).prop_map(|(n, more, text)| Wish::AddAt(n, more, text)),
        1 => (n(), 0usize..4, typed()).prop_map(|(n, more, text)| Wish::Offer(n, more, text)),
        3 => Just(Wish::Undo),
        2 => Just(Wish::Redo),
    ]
}

fn letter() -> impl Strategy<Value = String> {
    let bits = vec![
        "I ",
        "we ",
        "hope that ",
        "toward ",
        "towards ",
        "with regard to ",
        "At present, ",
        ". ",
        "\n\n",
        "a suitable ",
        "shall ",
        "will ",
        "colour ",
        "honour ",
        ", and ",
        "{a|b}",
        "{=name} ",
        "\\{",
        "\\",
        "\\\\",
        "—",
        "dated May 5",
        "{|x}",
        "{x|}",
        "{#1:p|q} ",
        "{#7@punctuation:,|;}",
        "{@typography:-|–}",
        "|",
        "#1:",
        "é🙂 ",
        "\t",
        "\u{1b}[0m",
        "do not ",
        "in order to ",
        "Sincerely yours,",
    ];
    proptest::collection::vec(proptest::sample::select(bits), 0..24).prop_map(|bits| bits.concat())
}

fn carry_out(review: &mut Review, wish: &Wish) -> bool {
    let ids = review.in_order();
    let id = |n: usize| ids.get(n % ids.len().max(1)).copied();
    let class = |n: usize| Class::ALL[n % Class::ALL.len()];
    let keep = |house: bool| if house { Keep::House } else { Keep::Recipients };
    let words = review.letter().words();
    let span = |n: usize, more: usize| {
        let first = n % words.len().max(1);
        let last = (first + more).min(words.len().saturating_sub(1));
        words.get(first).zip(words.get(last)).map(|(a, b)| a.start..b.end)
    };
    let first = |span: &std::ops::Range<usize>| review.letter().text().get(span.clone()).unwrap_or_default().to_owned();
    let command = match wish {
        Wish::Undo => return review.undo().is_ok(),
        Wish::Redo => return review.redo().is_ok(),
        Wish::Accept(n) => id(*n).map(Command::Accept),
        Wish::Refuse(n, house) => id(*n).map(|id| Command::Refuse(id, keep(*house))),
        Wish::Reopen(n) => id(*n).map(Command::Reopen),
        Wish::AcceptRule(n) => id(*n).map(Command::AcceptRule),
        Wish::AcceptClass(n) => Some(Command::AcceptClass(class(*n))),
        Wish::RefuseRule(n) => id(*n).map(|id| Command::RefuseRule(id, Keep::Recipients)),
        Wish::RefuseClass(n) => Some(Command::RefuseClass(class(*n), Keep::House)),
        Wish::Edit(n, text) => id(*n).map(|id| {
            let typed = line::read(text, review.entry(id).map_or("", Entry::first));
            Command::Edit { id, others: typed.others, class: typed.class }
        }),
        Wish::Add(n, more, text) => span(*n, *more).map(|span| {
            let typed = line::read(text, &first(&span));
            Command::Add { span, others: typed.others, class: typed.class }
        }),
        Wish::AddAt(n, more, text) => {
            let typed = line::read(text, "");
            Some(Command::Add { span: *n..n + more, others: typed.others, class: typed.class })
        }
        Wish::Offer(n, more, text) => span(*n, *more).map(|span| {
            let typed = line::read(text, &first(&span));
            Command::Offer { span, others: typed.others, by: "other".into() }
        }),
    };
    let Some(command) = command else { return false };
    let shown = review.would_decide(&command).len();
    let bulk = matches!(command, Command::AcceptClass(_) | Command::AcceptRule(_));
    let Ok(step) = review.apply(command) else { return false };
    if bulk {
        // What is shown before is what is done: a tied site counts once there, and with each of its places here.
        assert!(step.changed + step.left >= shown || shown == 0);
    }
    step.changed > 0
}

fn holds(review: &Review, letter: &str) {
    let source = review.master().source();
    let master = Master::parse(source).unwrap_or_else(|e| panic!("{e}: {source:?}"));
    assert_eq!(master.render_bracketed(&[]), letter);
    assert_eq!(review.letter().text(), letter);
}

fn image(review: &Review) -> (String, Vec<Entry>) {
    (review.master().source().to_owned(), review.entries().iter().map(|entry| Entry::clone(entry)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_walk_holds(source in letter(), wishes in proptest::collection::vec(wish(), 0..40)) {
        let Ok(master) = Master::parse(&source) else { return Ok(()) };
        let letter = master.render_bracketed(&[]);
        let mut review = Review::open(&source, &[Pack::english()], &Options::default()).unwrap();
        review.address(&["ines".to_owned()]);
        let start = image(&review);
        for wish in &wishes {
            let before = image(&review);
            let changed = carry_out(&mut review, wish);
            holds(&review, &letter);
            if changed && !matches!(wish, Wish::Undo | Wish::Redo) {
                let after = image(&review);
                review.undo().unwrap();
                prop_assert!(image(&review) == before, "undo of {wish:?}");
                review.redo().unwrap();
                prop_assert!(image(&review) == after, "redo of {wish:?}");
            } else if !changed {
                prop_assert!(image(&review) == before, "{wish:?} was refused and changed something");
            }
            let (mut seen, mut at) = (0, review.next(None));
            while let Some(id) = at.filter(|_| seen <= review.entries().len()) {
                seen += 1;
                at = review.next(Some(id)).filter(|next| Some(*next) != review.next(None));
            }
            review.find("we ");
            review.next_bare_part(Some(3));
        }
        let end = image(&review);
        let saved: Saved = serde_json::from_str(&serde_json::to_string(&review.save()).unwrap()).unwrap();
        let mut again = Review::open(&source, &[Pack::english()], &Options::default()).unwrap();
        again.resume(&saved).unwrap();
        prop_assert_eq!(again.master().source(), &end.0);
        prop_assert_eq!(again.memory(), review.memory());
        // A letter with a word more: what is carried over holds there, too.
        let longer = format!("{source} more");
        if let Ok(mut later) = Review::plain(&longer) {
            let text = later.letter().text().to_owned();
            later.carry_over(&review.save());
            holds(&later, &text);
        }
        while review.undo().is_ok() {}
        prop_assert!(image(&review) == start, "all taken back");
        while review.redo().is_ok() {}
    }

    /// A kept review is a file: whatever stands in it, it is taken or refused.
    #[test]
    fn a_damaged_review_is_refused(source in letter(), at in proptest::collection::vec((0usize..40, 0usize..40), 0..4)) {
        let Ok(mut review) = Review::plain(&source) else { return Ok(()) };
        let mut saved = review.save();
        for (number, (start, end)) in at.into_iter().enumerate() {
            let known = saved.entries.len().max(1);
            if let Some(entry) = saved.entries.get_mut(number % known) {
                entry.at = (start, end);
                if let Some(text) = review.letter().text().get(start..end) {
                    entry.alternatives[0] = text.to_owned();
                }
            }
        }
        let before = image(&review);
        match review.resume(&saved) {
            Ok(()) => holds(&review, review.letter().text()),
            Err(_) => prop_assert!(image(&review) == before),
        }
    }
}

#[test]
fn an_entry_shows_no_text() {
    let review = Review::plain("{harbour|port}").unwrap();
    let shown = format!("{review:?} {:?} {:?} {:?}", review.entries(), review.save(), review.letter());
    assert!(!shown.contains("harbour") && !shown.contains("port"), "{shown}");
    assert_eq!(review.entry(review.next(None).unwrap()).unwrap().first(), "harbour");
    let _: Id = review.next(None).unwrap();
}
