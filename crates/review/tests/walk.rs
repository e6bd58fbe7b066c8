//! A walk through small letters: what is taken, refused, added, edited, remembered, found, and kept.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeSet;

use countermark_marking::rules::{Options, Pack};
use countermark_marking::{Class, Sense};
use countermark_review::{Command, Id, Keep, Meter, Origin, Readers, Refused, Review, State, Who};

const LETTER: &str =
    "Dear {=name},\n\nI write with regard to the harbour. We shall meet in Lisk.\n\nThe ships lie idle.";

fn open(source: &str) -> Review {
    Review::open(source, &[Pack::english()], &Options::default()).unwrap()
}

fn place(review: &Review, words: &str) -> std::ops::Range<usize> {
    let at = review.letter().text().find(words).unwrap();
    at..at + words.len()
}

fn add(words: &str, others: &[&str], review: &mut Review) -> Result<Id, Refused> {
    let span = place(review, words);
    let others = others.iter().map(|&one| one.to_owned()).collect();
    review.apply(Command::Add { span, others, class: None }).map(|step| step.at.unwrap())
}

#[test]
fn nothing_is_taken_unseen() {
    let review = open(LETTER);
    assert_eq!(review.master().source(), LETTER);
    assert!(review.entries().iter().all(|entry| entry.state == State::Open));
    assert!(!review.entries().is_empty());
}

/// What the packs propose says one thing; the writer's own wordings are asked.
#[test]
fn wordings_that_say_something_else_are_told_and_taken() {
    let mut review = open("We shall meet in Lisk for two years. May I write with regard to the harbour?");
    let proposed: Vec<Id> = review.in_order();
    assert!(!proposed.is_empty() && proposed.iter().all(|id| review.differing(*id).is_empty()));
    for (words, others, wanted) in [
        ("Lisk", &["Dorn"][..], vec![Sense::Name]),
        ("two", &["2", "a couple of"], vec![]),
        ("shall", &["shall not", "will"], vec![Sense::Negation]),
        ("years", &["3 years"], vec![]),
    ] {
        let id = add(words, others, &mut review).unwrap();
        assert_eq!((review.differing(id), review.entry(id).unwrap().state), (wanted, State::Accepted), "{words}");
    }
}

#[test]
fn taken_refused_and_taken_back() {
    let mut review = open(LETTER);
    let id = review.next_open(None).unwrap();
    assert_eq!(review.entry(id).unwrap().first(), "with regard to");
    assert_eq!(review.entry(id).unwrap().why().unwrap().pack, "english");
    review.apply(Command::Accept(id)).unwrap();
    assert!(review.master().source().contains("{with regard to|with respect to"));
    review.apply(Command::Refuse(id, Keep::Recipients)).unwrap();
    assert_eq!(review.master().source(), LETTER);
    assert_ne!(review.next_open(None), Some(id));
    review.undo().unwrap();
    review.undo().unwrap();
    assert_eq!(review.undo(), Err(Refused::NothingToUndo));
    assert_eq!(review.next_open(None), Some(id));
    review.redo().unwrap();
    assert_eq!(review.entry(id).unwrap().state, State::Accepted);
    // Deciding the same again is no step.
    assert_eq!(review.apply(Command::Accept(id)).unwrap().changed, 0);
    assert_eq!(review.steps(), (1, 1));
}

#[test]
fn own_sites_and_edits() {
    let mut review = open(LETTER);
    let id = add("lie idle", &["stand still", "do not sail"], &mut review).unwrap();
    assert!(review.master().source().ends_with("The ships {lie idle|stand still|do not sail}."));
    assert_eq!(review.entry(id).unwrap().origin, Origin::Own);
    assert_eq!(add("idle", &["still"], &mut review), Err(Refused::Overlap));
    assert_eq!(add("[name]", &["you"], &mut review), Err(Refused::Field));
    assert_eq!(add("ships", &[], &mut review), Err(Refused::NoOther));
    let same = add("ships", &["Ships"], &mut review).unwrap_err();
    assert!(same.to_string().contains("the same after normalisation"), "{same}");
    assert!(same.hint().unwrap().contains("@punctuation"), "{same}");
    let edit =
        |others: &[&str]| Command::Edit { id, others: others.iter().map(|&o| o.to_owned()).collect(), class: None };
    let twice = review.apply(edit(&["rest", "rest"])).unwrap_err();
    assert!(twice.to_string().contains("are the same"), "{twice}");
    review.apply(edit(&["rest"])).unwrap();
    assert!(review.master().source().ends_with("The ships {lie idle|rest}."));
    review.apply(Command::Refuse(id, Keep::Recipients)).unwrap();
    assert_eq!(review.master().source(), LETTER);
    assert_eq!(review.apply(Command::Reopen(id)), Err(Refused::NotProposed));
    assert!(review.memory().is_empty());
}

#[test]
fn left_out_words_take_their_space_along() {
    for (text, words, source) in [
        ("It is really good.", "really", "It is {really |}good."),
        ("It is good too.", "too", "It is good{ too|}."),
        ("Good.", "Good", "{Good|}."),
    ] {
        let mut review = Review::plain(text).unwrap();
        add(words, &[""], &mut review).unwrap();
        assert_eq!(review.master().source(), source);
    }
}

#[test]
fn a_master_comes_with_its_sites() {
    let source =
        r"{#2:colour|color} \{x\} a|b c\ {=name}{|, then} {@typography:-|–} {#2:colour|color} {@spelling:gray|grey}\\";
    let mut review = Review::plain(source).unwrap();
    assert_eq!(review.letter().text(), r"colour {x} a|b c\ [name] - colour gray\");
    assert_eq!(review.entries().len(), 5);
    assert!(review.entries().iter().all(|entry| entry.origin == Origin::Existing && entry.state == State::Accepted));
    assert_eq!(review.master().source(), source);
    // Both places of the tied site go together.
    let first = review.next(None).unwrap();
    assert_eq!(review.together(first).len(), 2);
    review.apply(Command::Refuse(first, Keep::House)).unwrap();
    assert_eq!(review.master().sites().len(), 3);
    assert!(review.memory().is_empty());
    let uneven = Command::Edit { id: first, others: vec!["hue".into(), "shade".into()], class: None };
    assert!(matches!(review.apply(uneven), Err(Refused::Marking(_))));
    assert_eq!(review.entry(first).unwrap().state, State::Refused);
}

#[test]
fn whole_classes_and_rules() {
    let mut review = open("With regard to the port, we shall wait. It is late. I write with regard to the ships.");
    let phrases: Vec<Id> =
        review.in_order().into_iter().filter(|&id| review.entry(id).unwrap().why().is_some()).collect();
    let id = review.next_open(None).unwrap();
    let command = Command::AcceptRule(id);
    let shown = review.would_decide(&command).len();
    assert!(shown >= 2 && shown <= phrases.len());
    let step = review.apply(command.clone()).unwrap();
    assert_eq!((step.changed, step.left), (shown, 0));
    assert_eq!(review.would_decide(&command).len(), 0);
    let class = review.entry(id).unwrap().class;
    review.apply(Command::RefuseClass(class, Keep::Recipients)).unwrap();
    assert_eq!(review.would_decide(&Command::AcceptClass(class)), []);
    while review.undo().is_ok() {}
    assert!(review.entries().iter().all(|entry| entry.state == State::Open));
}

#[test]
fn refusals_are_remembered_by_rule_and_wording() {
    let ines = Who::Person("ines".into());
    let mut review = open("I write with regard to the harbour.");
    review.address(&["ines".to_owned()]);
    let id = review.next_open(None).unwrap();
    review.apply(Command::Refuse(id, Keep::Recipients)).unwrap();
    let memory = review.memory();
    assert_eq!(memory.len(), 1);
    assert_eq!(memory.first().unwrap().0, ines);

    // Another letter: another case, another alternative standing there.
    let mut later = open("With respect to the ships, I have no news.");
    later.recall(&memory);
    let known = later.in_order().into_iter().find(|&id| later.entry(id).unwrap().recalled).unwrap();
    let entry = later.entry(known).unwrap();
    assert_eq!((entry.state, &entry.refused_for), (State::Refused, &vec![ines]));
    assert_eq!(later.memory(), memory);
    later.apply(Command::Reopen(known)).unwrap();
    assert_eq!(later.memory(), BTreeSet::new());
    later.apply(Command::Refuse(known, Keep::House)).unwrap();
    assert_eq!(later.memory().first().unwrap().0, Who::House);
}

#[test]
fn parts_without_a_site_are_found_in_turn() {
    let mut review = Review::plain("One is here. Two is there.\n\nThree is gone.").unwrap();
    let part = |review: &Review, from| {
        let part = review.next_bare_part(from).map(|part| part.span);
        part.map(|span| review.letter().text()[span].trim().to_owned())
    };
    assert_eq!(part(&review, None).as_deref(), Some("One is here."));
    assert_eq!(part(&review, Some(0)).as_deref(), Some("Two is there."));
    add("there", &["away"], &mut review).unwrap();
    assert_eq!(part(&review, Some(0)).as_deref(), Some("Three is gone."));
    assert_eq!(part(&review, Some(30)).as_deref(), Some("One is here."));
    add("here", &["away"], &mut review).unwrap();
    add("gone", &["away"], &mut review).unwrap();
    assert_eq!(part(&review, None), None);
}

#[test]
fn search_knows_no_case_and_no_line_ends() {
    let review = Review::plain("The Harbour\ncommission. İstanbul; the harbour  commission").unwrap();
    let found = review.find("harbour COMMISSION");
    assert_eq!(found.len(), 2);
    assert_eq!(&review.letter().text()[found[0].clone()], "Harbour\ncommission");
    assert_eq!(review.find(""), []);
    assert_eq!(review.find("harbours"), []);
}

#[test]
fn the_meter_counts_down() {
    let mut review = Review::plain("One two three. Four five six.").unwrap();
    let readers = Some(Readers { recipients: 1, epsilon: "1e-2".parse().unwrap() });
    let before = Meter::of(&review, readers);
    assert_eq!((before.parts, before.parts_without_site, before.sites), (2, 2, 0));
    let goal = before.goal.unwrap();
    assert_eq!((goal.copies, goal.sites_missing), (2, goal.sites_needed));
    for (words, other) in [("One", "1"), ("two", "2"), ("three", "3")] {
        add(words, &[other], &mut review).unwrap();
    }
    let after = Meter::of(&review, readers);
    assert_eq!((after.sites, after.bits, after.parts_without_site), (3, 3.0, 1));
    let later = after.goal.unwrap();
    assert_eq!(later.sites_missing, goal.sites_missing - 3);
    assert!(later.bits_missing < goal.bits_missing && later.bits_missing > 0.0);
    assert_eq!(Meter::of(&review, None).goal, None);
}

#[test]
fn offers_of_others_are_taken_by_hand() {
    let mut review = Review::plain("The ships lie idle.").unwrap();
    let span = place(&review, "lie idle");
    let offer =
        |others: &str| Command::Offer { span: span.clone(), others: vec![others.into()], by: "house model".into() };
    assert!(review.apply(offer("Lie idle")).is_err());
    let id = review.apply(offer("rest")).unwrap().at.unwrap();
    assert_eq!(review.entry(id).unwrap().class, Class::Authored);
    assert_eq!(review.master().sites().len(), 0);
    // Not with its class either, and it is not shown as if it were.
    let all = Command::AcceptClass(Class::Authored);
    assert_eq!(review.would_decide(&all), []);
    assert_eq!(review.apply(all).unwrap().changed, 0);
    assert_eq!(review.would_decide(&Command::RefuseClass(Class::Authored, Keep::Recipients)), [id]);
    review.apply(Command::Accept(id)).unwrap();
    assert_eq!(review.master().source(), "The ships {lie idle|rest}.");
}

#[test]
fn a_kept_review_goes_on() {
    let mut review = open(LETTER);
    review.address(&["ines".to_owned()]);
    let first = review.next_open(None).unwrap();
    review.apply(Command::Refuse(first, Keep::Recipients)).unwrap();
    add("lie idle", &["rest"], &mut review).unwrap();
    let text = serde_json::to_string(&review.save()).unwrap();
    let saved = serde_json::from_str(&text).unwrap();
    let mut again = open(LETTER);
    again.resume(&saved).unwrap();
    assert_eq!(again.master().source(), review.master().source());
    assert_eq!(again.memory(), review.memory());
    assert_eq!(again.entries().len(), review.entries().len());
    assert!(open("Another letter.").resume(&saved).is_err());
    // Without the packs, too, what was decided stays.
    let mut bare = Review::plain(LETTER).unwrap();
    bare.resume(&saved).unwrap();
    assert_eq!(bare.master().source(), review.master().source());
}

#[test]
fn a_changed_letter_keeps_what_was_decided_about_the_rest() {
    let mut review = open(LETTER);
    review.address(&["ines".to_owned()]);
    let taken = review.next_open(None).unwrap();
    review.apply(Command::Accept(taken)).unwrap();
    let refused = review.next_open(Some(taken)).unwrap();
    review.apply(Command::Refuse(refused, Keep::Recipients)).unwrap();
    add("lie idle", &["rest"], &mut review).unwrap();
    add("Lisk", &["the capital"], &mut review).unwrap();
    let saved = review.save();

    let changed = LETTER.replace("meet in Lisk.", "meet soon.") + " It is late.";
    let mut later = open(&changed);
    let carried = later.carry_over(&saved);
    assert_eq!((carried.kept, carried.lost), (3, 1));
    let master = later.master().source();
    assert!(master.contains("{with regard to|") && master.contains("{lie idle|rest}"), "{master}");
    assert_eq!(later.memory(), review.memory());
    assert_eq!(later.letter().text(), open(&changed).letter().text());
    // Where the words stand twice, nothing is guessed.
    let mut twice = open(&format!("{LETTER}\n\n{LETTER}"));
    assert_eq!(twice.carry_over(&saved).lost, 3);
}
