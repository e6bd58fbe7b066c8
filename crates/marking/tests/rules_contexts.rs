//! Contexts that forbid a rule, each met in a real letter. A row names what the English pack must not propose: the
//! rule, and a sentence in which it stays silent. Rows stay for ever.

use countermark_marking::rules::{Options, Pack, propose};

/// What the rules whose ids begin so propose in a sentence.
fn speaks(rule: &str, text: &str) -> Vec<String> {
    let proposals = propose(&[Pack::english()], text, &Options::default()).expect("a plain text");
    proposals.into_iter().filter(|p| p.rule.starts_with(rule)).map(|p| format!("{}: {}", p.rule, p.text)).collect()
}

/// Whether any proposal touches a phrase of the text.
fn touched(phrase: &str, text: &str) -> Vec<String> {
    let at = text.find(phrase).expect("the phrase stands in the text");
    let proposals = propose(&[Pack::english()], text, &Options::default()).expect("a plain text");
    let hits = proposals.into_iter().filter(|p| p.span.start < at + phrase.len() && at < p.span.end);
    hits.map(|p| format!("{}: {}", p.rule, p.text)).collect()
}

#[test]
fn rules_stay_silent() {
    let table = [
        ("sincerely", "With kind regards, I am\n\nSincerely yours,"),
        ("sincerely", "I remain,\n\nSincerely yours,"),
        ("thank-you", "I thank you for your letter and appreciate your help."),
        ("kind-regards", "Please convey cordial greetings and very best wishes, and our thanks."),
        ("owing-to", "They failed, a little because of the storm."),
        ("completely", "The office, entirely on its own initiative, has answered."),
        ("upon-on", "However, on checking upon my return, I found the door closed."),
        ("on-upon", "We call on you, and they called upon us."),
        ("on-upon", "The plan is based on 5 May and depends on Monday."),
        ("on-upon", "It is dependent on March 5."),
        ("that-", "It indicates that we are late."),
        ("which-", "We welcome steps which are wise and which are fair."),
        ("that-", "We shall wait until at least that is known."),
        ("that-", "He was so glad that I think that we may hope and that all is well."),
        ("that-out", "It is what I hope that he wants."),
        ("that-", "The fact that we agree is known."),
        ("that-", "The view that we agree is known."),
        ("that-", "The hope that we agree is dead."),
        ("which-", "The spirit in which he wrote is good."),
        ("attempt", "We try to seek peace."),
        ("cope-with", "They took measures to cope with the flood."),
        ("in-order-to", "They acted so as to justify the loss."),
        ("concerning", "We refer to the Agreement concerning Military Bases."),
        ("dated", "It was read on the March 23 meeting of the board."),
        ("on-the-subject", "We agree in this matter."),
        ("aim-noun", "As a matter of fact, the ship in question is a matter of principle and of course."),
        ("talks", "I enclose a memorandum of conversation."),
        ("carry-out", "They carry out an investigation."),
        ("begin", "As we begin to approach the harbour, we hope."),
        ("commence", "If, as we commence to approach the harbour, we hope."),
        ("in-agreement", "Please get in touch with him."),
        ("paired-commas", "I, however, think that it is late."),
        ("in-accordance-with", "We act in accordance with the treaty."),
        ("in-accordance-with", "In accordance with Article 5, we act."),
        ("allow-me", "Let me say it; permit me to acknowledge receipt of the note."),
        ("subsequent-to", "Following the storm, the port was closed."),
        ("although", "Even though it is late, we agree."),
        ("particularly", "It is all the more particularly so."),
        ("so-far-as", "In so far as we know, it is late."),
        ("clause-first", "I will ask if you agree."),
        ("clause-first", "We would be grateful if you could send the text."),
        ("clause-first", "When the draft is ready, please send it."),
        ("hour-and-day", "It lasts from 8.15 on Tuesday to noon."),
        ("day-in-front", "We will prepare the visit this week."),
        ("however-inside", "However, Kestria is ready."),
        ("owners", "The views of my Government and of yours are close."),
        ("noun-pairs", "We want peace, friendship and cooperation."),
        ("adjective-pairs", "The Economic and Social Council has met."),
        ("serial-comma", "In the course of our long talks, peace and trade were named."),
        ("serial-comma", "We are, of course, ready and willing."),
        ("comma-before-and", "I met the Minister and we agreed on it."),
        ("comma-before-and", "I hope that you are well and I will write to you soon."),
        ("comma-before-and-that", "He said that it is late, that we are tired, and that you will go."),
        ("comma-before-but", "He is nothing but he can sing."),
        ("comma-after-phrase", "At the meeting we had, he spoke."),
        ("comma-after-phrase", "On Friday night the crew left."),
        ("comma-after-clause", "If you think we can wait, say so."),
        ("semicolon-or-stop", "They named a chairman; the clerk; the rest of the board."),
        ("sentence-break", "Dear Anna,\n\nThe ship is here. Call me.\n\nYours,\nTom"),
        ("at-present", "He has been here since, but not at this time of year."),
    ];
    let mut failures = Vec::new();
    for (rule, text) in table {
        assert!(Pack::english().rules().iter().any(|r| r.id().starts_with(rule)), "no rule {rule}");
        let found = speaks(rule, text);
        if !found.is_empty() {
            failures.push(format!("{text}\n  {found:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn phrases_stay_untouched() {
    let table = [
        ("I believe", "I believe in the strength of our people."),
        ("peace and tranquillity", "We want peace and tranquillity in the islands."),
        ("chemical and biological", "We spoke of chemical and biological weapons."),
        ("in question", "The ship in question is ours."),
        ("matter of course", "It is a matter of course for us."),
        ("course of action", "It is a wise course of action."),
        ("since", "I have waited since noon."),
        ("outcome", "Until we know the outcome, the results are ours."),
        ("bridges", "We build bridges of trust."),
        ("March 23", "At the March 23 meeting we agreed."),
        (", in May,", "The minister came, in May, to the port, and left."),
    ];
    for (phrase, text) in table {
        let found = touched(phrase, text);
        assert!(found.is_empty(), "{text}\n{found:?}");
    }
}

/// An alternative that would repeat a word of its sentence is dropped; the others stay.
#[test]
fn no_alternative_echoes_its_sentence() {
    let text = "Our recent discussions with regard to respectful conduct were useful.";
    for proposal in propose(&[Pack::english()], text, &Options::default()).expect("a plain text") {
        assert!(!proposal.alternatives.iter().any(|a| a.contains("respect")), "{}", proposal.text);
    }
}

#[test]
fn nothing_is_proposed_in_what_is_not_the_writers_to_change() {
    let inside = "with regard to the matter, I hope that we shall agree toward noon";
    let table = [
        format!("He wrote “{inside}” and left."),
        format!("He wrote \"{inside}\" and left."),
        format!("He wrote ‘{inside}’ and left."),
        format!("He wrote '{inside}' and left."),
        format!("He wrote:\n\n“{inside}.\n\n“{inside}.\n\n“{inside}.”"),
        format!("“{inside}"),
        format!("{{{inside}|x}} and {{=name}}"),
        inside.to_uppercase(),
        format!("> {inside}"),
        "See https://a.example/with/regard/toward and toward@towards.example.".to_owned(),
        "Toward Peace and Trade".to_owned(),
        "We read the Letter Toward Peace by Arlen.".to_owned(),
    ];
    for text in table {
        let found = propose(&[Pack::english()], &text, &Options::default()).expect("a master");
        assert!(found.is_empty(), "{text}\n{:?}", found.iter().map(|p| &p.text).collect::<Vec<_>>());
    }
}

#[test]
fn a_word_of_the_next_sentence_is_not_brought() {
    let alone = "We shall discuss the problems at length. We leave on Friday.";
    let beside = "We shall discuss the problems at length. The difficulties are many.";
    let pack = Pack::parse(
        "test",
        r#"
[[rule]]
id = "problems"
class = "lexical"
alternatives = ["problems", "difficulties"]
examples = ["The {problems|difficulties} remain."]
counterexamples = ["The problem remains."]
"#,
    )
    .expect("the pack can be read");
    let proposed = |text: &str| propose(&[&pack], text, &Options::default()).expect("a plain text").len();
    assert_eq!(proposed(alone), 1);
    assert_eq!(proposed(beside), 0);
}

#[test]
fn formal_wordings_are_not_for_who_contracts() {
    let pack = Pack::parse(
        "test",
        r#"
[[rule]]
id = "writing"
class = "formula"
style = "formal"
alternatives = ["I am writing to", "I write to"]
examples = ["{I am writing to|I write to} thank you."]
counterexamples = ["I'm writing to thank you."]
"#,
    )
    .expect("the pack can be read");
    let proposed = |text: &str| propose(&[&pack], text, &Options::default()).expect("a plain text").len();
    assert_eq!(proposed("I am writing to thank you."), 1);
    assert_eq!(proposed("I am writing to thank you. You've been kind."), 0);
    assert_eq!(proposed("I am writing to thank you for the consul's letter."), 1);
}
