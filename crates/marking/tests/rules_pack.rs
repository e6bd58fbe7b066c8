//! The English pack holds what it promises; faulty packs are refused with their place.

use countermark_marking::rules::{FindingKind, Options, Pack, accept, explain, propose};
use countermark_marking::{Class, Master};

#[test]
fn every_example_of_the_english_pack_holds() {
    let pack = Pack::english();
    let findings: Vec<String> = pack.check().iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert!(pack.rules().len() >= 150, "{} rules", pack.rules().len());
    for class in
        [Class::Typography, Class::Punctuation, Class::Spelling, Class::Contraction, Class::Number, Class::Lexical]
    {
        assert!(pack.rules().iter().any(|rule| rule.class() == class), "no rule of class {class}");
    }
}

const RULE: &str = "[[rule]]\nid = \"toward\"\nclass = \"spelling\"\nalternatives = [\"toward\", \"towards\"]\n\
                    examples = [\"A step {toward|towards} it.\"]\ncounterexamples = [\"None.\"]\n";

#[test]
fn faulty_packs_are_refused_with_their_place() {
    let with = |from: &str, to: &str| RULE.replace(from, to);
    let table = [
        ("id = ".to_owned(), "p:1: "),
        (with("spelling", "speling"), "p:3: rule 'toward': unknown class 'speling'"),
        (with("spelling", "authored"), "p:3: rule 'toward': unknown class 'authored'"),
        (
            with("class = \"spelling\"", "class = \"spelling\"\nstyle = \"stiff\""),
            "p:4: rule 'toward': unknown style 'stiff'",
        ),
        (format!("{RULE}{RULE}"), "p:8: rule 'toward': the id stands twice, first in line 2"),
        (with("\"toward\"\nclass", "\"To ward\"\nclass"), "p:2: rule 'To ward': the id is not of the form"),
        (with("[\"toward\", \"towards\"]", "[]"), "p:4: rule 'toward': the list of alternatives is empty"),
        (with("[\"toward\", \"towards\"]", "[\"toward\"]"), "p:4: rule 'toward': 'toward' is the only alternative"),
        (
            with("[\"toward\", \"towards\"]", "[\">toward\", \">towards\"]"),
            "p:4: rule 'toward': every alternative is only offered",
        ),
        (
            with("\"towards\"]", "\"TOWARD\"]"),
            "p:2: rule 'toward': 'toward' and 'TOWARD' are equal after normalisation",
        ),
        (with("\"towards\"]", "\"to|wards\"]"), "p:2: rule 'toward': 'to|wards' holds one of"),
        (with("\"towards\"]", "\"\"]"), "p:2: rule 'toward': an empty alternative can't be matched"),
        (with("\"towards\"]", "\"[a] towards\"]"), "p:2: rule 'toward': '[a] towards': a bracket stands at the start"),
        (with("\"towards\"]", "\"<verb:go>\"]"), "p:2: rule 'toward': 'toward' is not inflected like the other"),
        (
            with("examples = [\"A step", "after = [\"@nouns\"]\nexamples = [\"A step"),
            "p:2: rule 'toward': unknown set '@nouns'",
        ),
        (
            with("examples = [\"A step", "after = [\"$\"]\nexamples = [\"A step"),
            "p:2: rule 'toward': the pattern '$' can't be read",
        ),
        (with("\nexamples = [\"A step {toward|towards} it.\"]", ""), "p:2: rule 'toward': no example"),
        (with("counterexamples = [\"None.\"]", ""), "p:2: rule 'toward': no counter-example"),
        (with("class = ", "clas = "), "p:3: "),
        (
            format!("{RULE}{}", with("id = \"toward\"", "id = \"other\"")),
            "p:8: rule 'other': matches 'toward' in every context, as rule 'toward' does",
        ),
    ];
    for (toml, wanted) in table {
        let error = Pack::parse("p", &toml).expect_err(wanted);
        assert!(error.to_string().starts_with(wanted), "wanted {wanted}\nfound  {error}\n{toml}");
        assert!(!error.hint().is_empty());
    }
}

const MOVE: &str = "small = [\"the\", \"on\", \"we\"]\n[[rule]]\nid = \"day\"\nclass = \"order\"\nmove = [\"on friday\"]\n\
                    over = [\"the/we/i ...\"]\nplaces = [\"<move>, <over>\", \"<move> <over>\", \"<over> <move>\"]\n\
                    after = [\"^\"]\nbefore = [\"$\"]\nexamples = [\"{#1:On Friday the|The} crew left{#1:| on Friday}.\"]\n\
                    counterexamples = [\"None.\"]\n";

#[test]
fn faulty_moves_are_refused_with_their_place() {
    let table = [
        ("over = [\"the/we/i ...\"]", "", "p:3: rule 'day': a move has `move`, `over`"),
        ("over = [", "tie = \"day\"\nover = [", "p:3: rule 'day': a move has `move`, `over`"),
        (", \"<over> <move>\"]", "]", "p:3: rule 'day': a move has `move`, `over`"),
        ("<over> <move>", "<over> move", "p:3: rule 'day': the place '<over> move' can't be read"),
        ("<over> <move>", "<over><move>", "p:3: rule 'day': the place '<over><move>' can't be read"),
        ("<over> <move>", "<over> |<move>", "p:3: rule 'day': the place '<over> |<move>' can't be read"),
        ("the/we/i ...", "... the", "p:3: rule 'day': the pattern '... the' of a move does not begin with words"),
        ("on friday", "on @days", "p:3: rule 'day': unknown set '@days'"),
    ];
    for (from, to, wanted) in table {
        let error = Pack::parse("p", &MOVE.replace(from, to)).expect_err(wanted);
        assert!(error.to_string().starts_with(wanted), "wanted {wanted}\nfound  {error}");
        assert!(!error.hint().is_empty());
    }
}

const BREAKS: &str = "[[rule]]\nid = \"lines\"\nclass = \"layout\"\nbreaks = [\" \", \"\\n\"]\nmost = 2\nmost_words = 12\n\
                      examples = [\"I'm in.{@layout: |\\n}Call me.\"]\ncounterexamples = [\"None.\"]\n";

#[test]
fn faulty_breaks_are_refused_with_their_place() {
    let table = [
        ("most = 2\n", "", "p:2: rule 'lines': a rule of breaks"),
        ("most_words = 12\n", "after = [\"a\"]\nmost_words = 12\n", "p:2: rule 'lines': a rule of breaks"),
        ("layout\"\n", "order\"\n", "p:2: rule 'lines': a rule of breaks"),
        ("\" \", ", "", "p:2: rule 'lines': a rule of breaks"),
        ("\" \", ", "\"-\", ", "p:2: rule 'lines': the break \"-\""),
        ("\" \", ", "\"\\n\", ", "p:2: rule 'lines': the break \"\\n\""),
    ];
    for (from, to, wanted) in table {
        let error = Pack::parse("p", &BREAKS.replace(from, to)).expect_err(wanted);
        assert!(error.to_string().starts_with(wanted), "wanted {wanted}\nfound  {error}");
        assert!(!error.hint().is_empty());
    }
}

/// Between every other pair of sentences, as often as the rule says, in short messages without lines of their own.
#[test]
fn breaks_stand_between_sentences_of_short_messages() {
    let pack = Pack::parse("p", BREAKS).expect("well formed");
    assert!(pack.check().is_empty());
    let table = [
        ("I'm one. Two is. Three is.", "I'm one.{@layout: |\n}Two is. Three is."),
        ("I'm b. A b. A b. A b. A b. A b.", "I'm b.{@layout: |\n}A b. A b.{@layout: |\n}A b. A b. A b."),
        ("I'm one.\nTwo is.", "I'm one.{@layout:\n| }Two is."),
        ("I'm one.\n\nTwo is.", "I'm one.\n\nTwo is."),
        ("Dear Ann,\nI'm one. Two is.", "Dear Ann,\nI'm one. Two is."),
        ("I'm one. Two is.\nTom", "I'm one. Two is.\nTom"),
        ("I'm one. “Two is.”", "I'm one. “Two is.”"),
        ("I'm one. {Two|Three} is.", "I'm one. {Two|Three} is."),
        ("One is. Two is.", "One is. Two is."),
        ("a b c d e f g h i j k. L m n.", "a b c d e f g h i j k. L m n."),
    ];
    for (text, wanted) in table {
        let proposals = propose(&[&pack], text, &Options::default()).expect("a master");
        assert_eq!(accept(text, &proposals), wanted);
        Master::parse(wanted).expect("a master");
    }
}

/// The capital goes along, and only a word that the pack lists loses its own.
#[test]
fn moves_are_tied_sites_of_their_own() {
    let pack = Pack::parse("p", MOVE).expect("well formed");
    assert!(pack.check().is_empty());
    let table = [
        ("On Friday the crew left.", "{#1:On Friday the|The} crew left{#1:| on Friday}."),
        ("On Friday, the crew left.", "{#1:On Friday, the|The} crew left{#1:| on Friday}."),
        ("The crew left on Friday.", "{#1:The|On Friday, the} crew left{#1: on Friday|}."),
        ("On Friday I left.", "{#1:On Friday I|I} left{#1:| on Friday}."),
        (
            "We met on Friday. The crew left on Friday.",
            "{#1:We|On Friday, we} met{#1: on Friday|}. {#2:The|On Friday, the} crew left{#2: on Friday|}.",
        ),
        ("Our crew left on Friday.", "Our crew left on Friday."),
        ("The crew left on Friday night.", "The crew left on Friday night."),
        ("The {crew|men} left on Friday.", "The {crew|men} left on Friday."),
        ("The “crew” left on Friday.", "The “crew” left on Friday."),
        ("The crew\nleft on Friday.", "The crew\nleft on Friday."),
    ];
    for (text, wanted) in table {
        let proposals = propose(&[&pack], text, &Options::default()).expect("a master");
        let marked = accept(text, &proposals);
        assert_eq!(marked, wanted);
        let master = Master::parse(&marked).expect("a master");
        for proposal in proposals.iter().filter(|p| p.rule == "day") {
            assert_eq!(proposal.places.len(), 2);
            assert_eq!(text.get(proposal.span.clone()), proposal.alternatives.first().map(String::as_str));
        }
        if proposals.len() == 1 {
            let other = text.replace(&proposals[0].alternatives[0], &proposals[0].alternatives[1]);
            assert_eq!(master.render_bracketed(&[1]), other, "what is shown is what is rendered");
        }
    }
}

#[test]
fn words_inside_a_move_keep_their_own_sites() {
    let rule = RULE.replace("p:", "");
    let pack = Pack::parse("p", &MOVE.replace("[[rule]]", &format!("{rule}[[rule]]"))).expect("well formed");
    let text = "On Friday the crew went toward the pier.";
    let proposals = propose(&[&pack], text, &Options::default()).expect("a text");
    assert_eq!(accept(text, &proposals), "{#1:On Friday the|The} crew went {toward|towards} the pier{#1:| on Friday}.");
}

#[test]
fn examples_that_do_not_hold_are_found() {
    let findings = |toml: &str| Pack::parse("p", toml).expect("well formed").check();
    let silent = findings(&RULE.replace("A step {toward|towards} it.", "A step for it."));
    assert!(matches!(silent[..], [ref f] if matches!(f.kind, FindingKind::Silent { .. })), "{silent:?}");
    let differs = findings(&RULE.replace("{toward|towards}", "{toward|to}"));
    assert!(matches!(differs[..], [ref f] if matches!(f.kind, FindingKind::Differs { .. })), "{differs:?}");
    let matches = findings(&RULE.replace("None.", "It is toward noon."));
    assert!(matches!(matches[..], [ref f] if matches!(f.kind, FindingKind::Matches { .. })), "{matches:?}");
    let syntax = findings(&RULE.replace("None.", "It is {toward noon."));
    assert!(matches!(syntax[..], [ref f] if matches!(f.kind, FindingKind::Syntax { .. })), "{syntax:?}");
}

#[test]
fn a_pack_of_ones_own_stands_beside_the_built_in_one() {
    let toml = "[[rule]]\nid = \"bureau\"\nclass = \"lexical\"\nstyle = \"formal\"\nalternatives = [\"the bureau\", \"the chancery\"]\n\
                examples = [\"Ask {the bureau|the chancery}.\"]\ncounterexamples = [\"Ask them.\"]\n";
    let own = Pack::parse("house", toml).expect("well formed");
    let packs = [Pack::english(), &own];
    let text = "I hope that the bureau will answer with regard to the ship.";
    let proposals = propose(&packs, text, &Options::default()).expect("plain");
    let found = proposals.iter().find(|p| p.pack == "house").expect("the own rule speaks");
    let why = explain(&packs, found).expect("its pack is given");
    assert_eq!((why.rule, why.class, why.example), ("bureau", Class::Lexical, "Ask {the bureau|the chancery}."));
    assert_eq!(found.text, "'the bureau' / 'the chancery'");
    assert_eq!(
        accept(text, &proposals),
        "{I hope that|I hope} {the bureau|the chancery} will answer {with regard to|with respect to} the ship."
    );
}

#[test]
fn capitals_articles_and_ties_are_carried_into_the_site() {
    let table = [
        ("We see a suitable occasion.", "We see {a suitable|an appropriate} occasion."),
        ("An appropriate occasion came.", "{An appropriate|A suitable} occasion came."),
        (
            "The step toward peace and toward trade.",
            "The step {#1:toward|towards} peace and {#1:toward|towards} trade.",
        ),
        ("The {#1:a|b} step toward peace, {#1:a|b}.", "The {#1:a|b} step {#2:toward|towards} peace, {#1:a|b}."),
        ("The step toward peace and towards trade.", "The step toward peace and towards trade."),
        ("Although it is late, we agree.", "{Although|Though} it is late, we agree."),
        ("They had commenced the work in May.", "They had {commenced|begun|started} the work in May."),
    ];
    for (text, wanted) in table {
        let proposals = propose(&[Pack::english()], text, &Options::default()).expect("a master");
        assert_eq!(accept(text, &proposals), wanted);
        Master::parse(wanted).expect("a master");
    }
}

#[test]
fn no_alternative_holds_what_nobody_sees() {
    for hidden in ['\u{200b}', '\u{202e}', '\u{1b}', '\u{feff}'] {
        let escaped = format!("\\u{:04x}", hidden as u32);
        let pack = format!(
            "[[rule]]\nid = \"a\"\nclass = \"lexical\"\nalternatives = [\"alpha\", \"be{escaped}ta\"]\nexamples = [\"x\"]\ncounterexamples = [\"y\"]\n"
        );
        assert!(Pack::parse("house", &pack).is_err(), "{hidden:?}");
    }
}
