//! The comparison, case by case.

#![allow(clippy::unwrap_used, reason = "tests")]

use countermark_marking::Master;
use countermark_tracing::view::{Holes, Marks, render};
use countermark_tracing::{Change, ChangeKind, Leak, compare, trace};

const LETTER: &str = "Dear Minister,\n\nWe received your letter on Monday and read it with great care. The council has agreed to \
    open the northern harbour to fishing boats from the first of May. We cannot accept the second condition, for it would \
    close the railway to all goods. Our delegation will travel to the island before the end of the month. Please tell us \
    whom you wish to send.\n\nYours truly";

fn shown(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|c| {
            let text = |q: &Option<countermark_tracing::Quote>| q.as_ref().map_or(String::new(), |q| q.text.clone());
            format!(
                "{} {}-{} [{}] [{}]",
                c.kind.name(),
                c.parts.start(),
                c.parts.end(),
                text(&c.sent),
                text(&c.published)
            )
        })
        .collect()
}

#[test]
fn table() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("nothing", LETTER, &[]),
        ("one word", &LETTER.replace("great care", "little care"), &["changed 2-2 [great] [little]"]),
        ("left out", &LETTER.replace("northern ", ""), &["omitted 3-3 [northern] []"]),
        ("put in", &LETTER.replace("the island", "the lost island"), &["added 5-5 [] [lost]"]),
        ("a figure", &LETTER.replace("first of May", "third of May"), &["changed 3-3 [first] [third]"]),
        (
            "a sentence",
            &LETTER.replace("We cannot accept the second condition, for it would close the railway to all goods. ", ""),
            &["omitted 4-4 [We cannot accept the second condition, for it would close the railway to all goods] []"],
        ),
        (
            "the end",
            &LETTER.replace(" Please tell us whom you wish to send.\n\nYours truly", ""),
            &["omitted 6-7 [Please tell us whom you wish to send.\n\nYours truly] []"],
        ),
        ("a negation", &LETTER.replace("cannot accept", "can accept"), &["changed 4-4 [cannot] [can]"]),
        ("retyped", &LETTER.to_lowercase().replace(['.', ','], ""), &[]),
    ];
    for (name, published, expected) in cases {
        let comparison = compare(LETTER, published);
        assert_eq!(shown(&comparison.changes), *expected, "{name}");
        assert_eq!(comparison.same, *published == LETTER, "{name}");
        for change in &comparison.changes {
            assert_eq!(
                change.sent.as_ref().map(|q| &LETTER[q.span.clone()]),
                change.sent.as_ref().map(|q| q.text.as_str())
            );
            assert_eq!(
                change.published.as_ref().map(|q| &published[q.span.clone()]),
                change.published.as_ref().map(|q| q.text.as_str())
            );
        }
    }
}

#[test]
fn moved_passages() {
    let (first, rest) = LETTER.split_at(LETTER.find("Our delegation").unwrap());
    let published = format!("{rest}\n\n{first}");
    let changes = compare(LETTER, &published).changes;
    assert_eq!(changes.len(), 1, "{:?}", shown(&changes));
    assert!(shown(&changes)[0].starts_with("moved 5-7 [Our delegation"), "{:?}", shown(&changes));
}

#[test]
fn foreign_text_is_not_added() {
    let master = Master::plain(LETTER);
    let report = "The ministry has not replied to our questions. “The council has agreed to open the northern harbour to \
                  fishing boats”, the letter says, and a source close to the talks confirmed that much. It goes on: “Our \
                  delegation will travel to the island before the end of the month.” More tomorrow.";
    let trace = trace(&master, &Leak::new(report)).unwrap();
    assert_eq!(trace.passages.len(), 2);
    assert!(trace.changes.iter().all(|c| c.kind.name() == "omitted"), "{:?}", shown(&trace.changes));
    assert_eq!(trace.changes.len(), 3, "before, between and after: {:?}", shown(&trace.changes));
}

#[test]
fn texts_that_share_nothing_are_one_change() {
    for (sent, published, kinds) in [
        ("", "", vec![]),
        ("Yes.", "Yes.", vec![]),
        ("Yes.", "No.", vec!["changed"]),
        ("Yes.", "", vec!["omitted"]),
        ("", "No.", vec!["added"]),
        ("We agree to nothing.", "Nothing is agreed to by us.", vec!["changed"]),
    ] {
        let comparison = compare(sent, published);
        assert_eq!(comparison.changes.iter().map(|c| c.kind.name()).collect::<Vec<_>>(), kinds, "{sent} / {published}");
    }
}

#[test]
fn alternatives_are_no_change_and_their_alteration_is() {
    let master = Master::parse(
        "We {accept|agree to} the terms of the harbour treaty as they were {read out|made known} on Monday in the old town hall.",
    )
    .unwrap();
    let copy = "We agree to the terms of the harbour treaty as they were made known on Monday in the old town hall.";
    assert_eq!(shown(&trace(&master, &Leak::new(copy)).unwrap().changes), Vec::<String>::new());
    let altered = copy.replace("made known", "handed over");
    let changes = trace(&master, &Leak::new(&altered)).unwrap().changes;
    assert_eq!(shown(&changes), ["changed 1-1 [read out] [handed over]"]);
}

#[test]
fn views() {
    let published = LETTER
        .replace("great care", "little care")
        .replace("the island", "the lost island")
        .replace("We cannot accept the second condition, for it would close the railway to all goods. ", "");
    let comparison = compare(LETTER, &published);
    let plain = render(&comparison, Marks::Plain, Holes::Closed, 60);
    assert_eq!(
        plain,
        "Dear Minister,\n\
         \n\
         We received your letter on Monday and read it with [-great-]\n\
         {+little+} care. The council has agreed to open the northern\n\
         harbour to fishing boats from the first of May. [-hole 1: 15\n\
         words-]. Our delegation will travel to the {+lost+} island\n\
         before the end of the month. Please tell us whom you wish to\n\
         send.\n\
         \n\
         Yours truly\n"
    );
    let colour = render(&comparison, Marks::Colour, Holes::Open, 60);
    assert!(colour.contains("\u{1b}[31;9mgreat\u{1b}[0m") && colour.contains("\u{1b}[32;4mlost\u{1b}[0m"), "{colour}");
    // What came from outside cannot steer the terminal.
    let nasty = compare("We agree to the terms of peace.", "We agree to the \u{1b}[2Jterms of \u{202e}war.");
    let view = render(&nasty, Marks::Plain, Holes::Open, 80);
    assert!(!view.contains('\u{1b}') && !view.contains('\u{202e}'), "{view:?}");
}

/// A quotation that ends or begins with words of its own, inside an article that goes on.
#[test]
fn a_quotation_with_another_end_or_beginning() {
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "another end",
            "He wrote: \"Our delegation will travel to the island before the end of the year.\" Nobody believed it, of course.",
            &["changed 5-5 [month] [year]"],
        ),
        (
            "another beginning",
            "He wrote: \"We welcome the second condition, for it would close the railway to all goods.\" Nobody believed it.",
            &["changed 4-4 [We cannot accept] [We welcome]"],
        ),
        (
            "broken off: what the reporter says next stands for nothing",
            "He wrote: \"Our delegation will travel to the island before the end\" and nobody in the hall believed it.",
            &[],
        ),
    ];
    for (name, published, expected) in cases {
        let found = shown(&compare(LETTER, published).changes);
        let changed: Vec<_> = found.iter().filter(|c| c.starts_with("changed")).map(String::as_str).collect();
        assert_eq!(changed, *expected, "{name}: {found:?}");
    }
}

/// A change inside a stretch that was moved is shown in it, and the stretch as moved around it.
#[test]
fn a_change_within_what_was_moved() {
    let moved =
        "Our delegation will travel to the island before the end of the month. Please tell us whom you wish to send.";
    let published = format!("{}\n\n{}", moved.replace("the month", "the year"), LETTER.replace(moved, ""));
    let view = render(&compare(LETTER, &published), Marks::Plain, Holes::Closed, 400);
    let shown = "<Our delegation will travel to the island before the end of the [-month-] {+year+}. Please tell us whom you wish to send moved>.";
    assert!(view.contains(shown), "{view}");
}

/// Words strewn over the leak, more of them than the run has, once took the run along when they came to nothing.
#[test]
fn strewn_words_do_not_swallow_a_run() {
    let master = Master::parse(
        "{First|To begin with}, the winter fuel agreement. Velmora is {prepared|ready} to extend it {for one year|by one year}, \
         {provided|on condition} that the inspectors {can return|are able to return} to the Dorn crossing {by|no later than} the tenth of \
         March. My government has {discussed|considered} this at length and will not {go|move} beyond that offer{ this winter| during this winter|}.",
    )
    .unwrap();
    let leak = "with, the winter fuel this at length and will not move beyond that offes winter. To begin with, the wniret fuel \
        agreement. Ve has considered this offer this winter.";
    let trace = trace(&master, &Leak::new(leak)).expect("nine words in a row");
    assert!(trace.longest_run >= 8, "{}", trace.longest_run);
}

/// A copy whose alternative is empty lacks nothing, also where a quotation ends at that place.
#[test]
fn an_empty_alternative_at_a_quotations_end_is_no_omission() {
    let master = Master::parse(
        "We will not go beyond that offer for the harbour and the railway{ this winter| during this winter|}. \
         The council meets again on Monday and hears what the delegation has to say about it.",
    )
    .unwrap();
    let leak = "The council meets again on Monday and hears what the delegation has to say about it.\n\n\
        We will not go beyond that offer for the harbour and the railway.";
    let changes = trace(&master, &Leak::new(leak)).unwrap().changes;
    assert!(changes.iter().all(|c| c.kind.name() == "moved"), "{:?}", shown(&changes));
}

/// A letter whose first sentence was left out, quoted in the words of others that come near to it by chance.
#[test]
fn words_before_a_quotation_are_no_altered_sentence() {
    let letter = "Thank you for your letter of Monday. Orvala is willing to share the light of the northern tower with every boat \
                  that asks for it. We shall not lower the dues before the winter, whatever is said in the harbour.";
    let quoted = "Orvala is willing to share the light of the northern tower with every boat that asks for it.";
    let master = Master::parse(letter).unwrap();
    for before in [
        "The minister of Orvala wrote to me today:",
        "I got this letter",
        "I quote from the letter of Friday:",
        "He wrote yesterday:",
        "Big news!",
        "Thanks for your patience, here is what came:",
    ] {
        for after in ["", " We will see.", " We shall read on tomorrow."] {
            let text = format!("{before} \"{quoted}\"{after}");
            let trace = trace(&master, &Leak::new(&text)).unwrap();
            let told: Vec<_> = trace.changes.iter().filter(|c| c.kind != ChangeKind::Omitted).collect();
            let own = |c: &&&Change| c.sent.is_some();
            assert!(told.iter().filter(own).count() == 0, "{text}: {told:?}");
            let words = quoted.split(' ').count();
            assert!((words..words + 3).contains(&trace.words_matched), "{text}: {}", trace.words_matched);
        }
    }
}

/// Three words in a row are no chance meeting with a reporter's; fewer of a sentence that was cut may be.
#[test]
fn three_words_of_a_sentence_that_was_cut_are_the_message() {
    let body = "The council has agreed to open the northern harbour to fishing boats from the first of May";
    for (post, shown) in [
        (format!("with great care. {body}."), format!("with great care. {body}")),
        (format!("great care. {body}."), body.to_owned()),
        (format!("{body}. We cannot accept"), format!("{body}. We cannot accept")),
        (format!("{body}. We cannot"), body.to_owned()),
    ] {
        let passages = compare(LETTER, &post).passages;
        let found: Vec<&str> = passages.iter().map(|passage| &post[passage.published.clone()]).collect();
        assert_eq!(found, [shown.as_str()], "{post}");
    }
}
