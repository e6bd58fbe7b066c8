//! G3: any eight canonical words in a row of any copy of a registered message are found, wherever they stand, under every change
//! that leaves canonical words alone.

use countermark_marking::Master;
use countermark_screening::{Builder, Key, Manifest, RUN, Screener, Screening, Segment};
use countermark_text::words;
use proptest::prelude::*;

const HANDLE: u64 = 0xfeed;

fn screener(masters: &[Master], values: &dyn Fn(&str) -> Vec<String>) -> Screener<Vec<u8>> {
    let key = Key::new(&[5; 32]);
    let mut manifest = Manifest::new(&key);
    // Every message in a segment of its own, and the last one is the one that is asked about.
    let mut segments = Vec::new();
    for (number, master) in masters.iter().enumerate() {
        let handle = if number + 1 == masters.len() { HANDLE } else { number as u64 };
        let mut builder = Builder::new(&key);
        builder.add(handle, master, values).expect("few wordings");
        let segment = Segment::open(builder.finish()).expect("just made");
        manifest.add(&segment);
        segments.push(segment);
    }
    Screener::new(key, &manifest, segments).expect("just made")
}

/// Whether a screening says that the message is there.
fn found(screening: &Screening) -> bool {
    assert!(screening.faults.is_empty());
    screening.matches.iter().any(|found| found.handle == HANDLE)
}

/// The changes of the list, by number: each leaves canonical words alone.
fn changed(text: &str, changes: &[u8]) -> String {
    let mut at = 0;
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let change = changes.get(at % changes.len().max(1)).copied().unwrap_or(0);
        at += 1;
        let within = letters.peek().is_some_and(|next| next.is_alphanumeric()) && c.is_alphanumeric();
        match (change % 12, c) {
            (1, _) => out.extend(c.to_uppercase()),
            (2, _) => out.extend(c.to_lowercase()),
            (3, 'a') => out.push('\u{430}'),
            (3, 'o') => out.push('\u{3bf}'),
            (3, 'E') => out.push('\u{415}'),
            (4, _) if within => out.extend([c, '\u{200b}']),
            (5, _) if within => out.extend([c, '\u{ad}']),
            (6, ' ') => out.push_str("\u{a0}\u{2009}"),
            (7, ' ') => out.push_str("\n\n"),
            (8, ' ') => out.push_str(" — "),
            (9, ' ') => out.push_str("… «"),
            (10, 'a'..='z') if within => out.extend(char::from_u32(c as u32 - 'a' as u32 + 0xff41)),
            (11, '\'') => out.push('’'),
            (11, ' ') => out.push_str("! ("),
            _ => out.push(c),
        }
    }
    out
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec!["the", "of", "to", "and", "a", "in", "that", "I", "have", "honour", "Ostrava", "don't", "1,200"])
            .prop_map(str::to_owned),
        1 => "[a-z]{1,9}",
        1 => "[A-Z][a-z]{2,7}",
    ]
}

fn text(least: usize, most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec((word(), prop::sample::select(vec![" ", " ", " ", ", ", ". ", " — ", "\n"])), least..most)
        .prop_map(|words| words.into_iter().flat_map(|(word, space)| [word, space.to_owned()]).collect())
}

/// A master with sites that change the number of words, stand within words, touch, are tied.
fn master() -> impl Strategy<Value = Master> {
    let site = prop::sample::select(vec![
        "{a|the} ",
        "{very |}",
        "{as soon as possible|soon|at once} ",
        "colo{u|}r ",
        "{we|I}{ can't| cannot} ",
        "{#1:don't|do not} ",
        "word{,|;| —} ",
        "{=name}, ",
        "{one|two three|four five six|} ",
        "{big|great|large} {ship|boat} ",
        "{|well }{|yes }{|no }",
        "the {a-\nb|c} ",
    ]);
    prop::collection::vec((text(0, 14), site), 1..8).prop_filter_map("a master", |pieces| {
        Master::parse(&pieces.into_iter().flat_map(|(text, site)| [text, site.to_owned()]).collect::<String>()).ok()
    })
}

/// The bytes of `count` canonical words from the one at share `at`; nothing when there are too few.
fn run(text: &str, at: f64, count: usize) -> Option<String> {
    let spans: Vec<_> = words(text).map(|word| word.span).collect();
    let places = spans.len().checked_sub(count)? + 1;
    let first = ((at * places as f64) as usize).min(places - 1);
    Some(text[spans[first].start..spans[first + count - 1].end].to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn eight_words_of_any_copy_are_found(
        master in master(),
        others in prop::collection::vec(text(0, 60), 0..3),
        symbols in prop::collection::vec(any::<u8>(), 40),
        named in any::<bool>(),
        at in 0.0..1.0,
        before in text(0, 40),
        behind in text(0, 40),
        changes in prop::collection::vec(any::<u8>(), 1..60),
    ) {
        let values = |_: &str| vec!["Mr Anton Castellan".to_owned(), "Brandt".to_owned()];
        let mut masters: Vec<Master> = others.iter().map(|text| Master::plain(text)).collect();
        masters.push(master.clone());
        let screener = screener(&masters, &values);
        let codeword: Vec<u8> = master.sites().iter().zip(&symbols).map(|(site, s)| s % site.alternatives as u8).collect();
        let field = |_: &str| Some(if named { "Mr Anton Castellan" } else { "Brandt" }.to_owned());
        let copy = master.render(&codeword, &field).expect("its own codeword");
        if let Some(quote) = run(&copy, at, RUN) {
            let post = format!("{before} “{}” {behind}", changed(&quote, &changes));
            let screening = screener.screen(&post);
            prop_assert!(found(&screening), "{:?} in {:?}", quote, post);
            prop_assert!(screener.holders(&post).expect("whole").contains(&HANDLE));
            for found in &screening.matches {
                for span in &found.spans {
                    prop_assert!(post.get(span.clone()).is_some());
                }
            }
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_long_text_hides_nothing(
        text in text(8, 120),
        at in 0.0..1.0,
        place in 0usize..20_000,
    ) {
        let screener = screener(&[Master::plain(&text)], &|_| vec![]);
        if let Some(quote) = run(&text, at, RUN) {
            let mut filler: Vec<String> = (0..20_000).map(|i| format!("w{}", i % 977)).collect();
            filler.insert(place, quote);
            prop_assert!(found(&screener.screen(&filler.join(" "))));
        }
    }
}

#[test]
fn a_thicket_is_found_along_every_path() {
    let source: String = (0..12)
        .map(|i| format!("{{{}}} ", (0..12).map(|j| format!("w{i}x{j}")).collect::<Vec<_>>().join("|")))
        .collect();
    let master = Master::parse(&source).expect("a master");
    let screener = screener(std::slice::from_ref(&master), &|_| vec![]);
    for step in 0..12u8 {
        let codeword: Vec<u8> = (0..12).map(|i| (i * step + 3 * i) % 12).collect();
        let copy = master.render(&codeword, &|_| None).expect("a copy");
        for at in [0.0, 0.3, 0.99] {
            let quote = run(&copy, at, RUN).expect("twelve words");
            assert!(found(&screener.screen(&format!("They wrote: {quote}, it says."))));
        }
    }
}

#[test]
fn a_stock_phrase_of_many_messages_is_said() {
    let key = Key::new(&[5; 32]);
    let mut builder = Builder::new(&key);
    let phrase = "I have the honour to inform you that the";
    for number in 0..500u64 {
        builder
            .add_text(
                number,
                &format!("{phrase} ferry{number} sails at {number} from pier{number} with cargo{number}."),
            )
            .expect("room");
    }
    let segment = Segment::open(builder.finish()).expect("just made");
    let mut manifest = Manifest::new(&key);
    manifest.add(&segment);
    let screener = Screener::new(key, &manifest, vec![segment]).expect("just made");
    let screening = screener.screen(&format!("Yesterday: \"{phrase}\"!"));
    assert!(screening.matches.iter().all(|found| !found.alarm));
    assert_eq!(screening.stock.len(), 1);
    assert_eq!(screening.stock[0].messages, 500);
    assert_eq!(screener.holders(phrase).expect("whole"), (0..500).collect::<Vec<_>>());
    let more = screener.screen(&format!("{phrase} ferry77 sails at 77 from the"));
    assert_eq!(more.matches[0].handle, 77);
}

#[test]
fn a_short_message_is_found_whole() {
    for text in ["Meet me at nine.", "Meet me at nine, Anton.", "Meet me at nine, Anton, by the pier."] {
        let screener = screener(&[Master::plain(text)], &|_| vec![]);
        let count = words(text).count();
        assert_eq!(found(&screener.screen(&format!("He said: {text} So he did."))), count >= 5, "{text}");
    }
}

#[test]
fn a_circular_is_an_alarm_however_often_it_was_registered() {
    let key = Key::new(&[5; 32]);
    let text = "The ferry to Ostrava will carry the turbines on Thursday night, and nobody but us has the timetable.";
    let mut builder = Builder::new(&key);
    (0..300).for_each(|number| builder.add_text(number, &format!("Dear n{number}, {text}")).expect("room"));
    let segment = Segment::open(builder.finish()).expect("just made");
    let mut manifest = Manifest::new(&key);
    manifest.add(&segment);
    let screener = Screener::new(key, &manifest, vec![segment]).expect("just made");
    assert!(screener.screen(&format!("They wrote: {text}")).matches[0].alarm);
    assert_eq!(screener.holders(text).expect("whole").len(), 300);
}

#[test]
fn emphasis_by_underscores_hides_no_quotation() {
    let master =
        Master::parse("We will not agree to any tariff on timber before the autumn session.").expect("a master");
    let screener = screener(&[master], &|_| Vec::new());
    assert!(found(&screener.screen("He writes: _will not agree to any tariff on timber_ and more.")));
    assert!(found(&screener.screen("__will not agree__ to any __tariff__ on _timber_")));
    assert!(!found(&screener.screen("will_not_agree_to_any_tariff_on_timber")), "one word, not eight");
}
