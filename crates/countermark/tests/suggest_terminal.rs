//! `suggest` on a real terminal: what is shown, what keys do, and that nothing is lost.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "common/tty.rs"]
mod tty;

use std::os::unix::fs::PermissionsExt;

use common::Desk;
use tty::Tty;

const LETTER: &str = "Dear {=name},\n\nI write with regard to the harbour. We shall meet in Lisk in the near future.\n\n\
    The ships lie idle. Therefore I hope that we can cope with the matter.\n";
const SIZE: (u16, u16) = (24, 80);

fn read(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn start(desk: &Desk, more: &[&str]) -> Tty {
    let args = [&["suggest", "letter.txt"], more].concat();
    Tty::start(desk, &args, SIZE, &[])
}

fn letter(text: &str) -> Desk {
    let desk = Desk::empty();
    desk.write("letter.txt", text);
    desk
}

/// The wordings of the first proposal, as the pack has them today.
fn first_pair(desk: &Desk) -> String {
    let out = desk.json(&["suggest", "letter.txt"]);
    let wordings: Vec<String> = serde_json::from_value(out["proposals"][0]["alternatives"].clone()).unwrap();
    format!("{{{}}}", wordings.join("|"))
}

#[test]
fn take_refuse_add_undo_find_and_end() {
    let desk = letter(LETTER);
    let first = first_pair(&desk);
    let mut tty = start(&desk, &["--copies", "3"]);
    let screen = tty.see("q end");
    // The letter from its first line, the site at hand with its why, the meter, and that nothing is remembered.
    for shown in [
        "Dear [name],",
        "0 taken",
        "rule with-regard-to of english, neutral",
        "stands  with regard to",
        "as in",
        "not in",
        "0 sites, 0.0 bits",
        "for 4 codewords",
        "refusals are not remembered: no --to",
        "letter.txt.master",
    ] {
        assert!(screen.contains(shown), "{shown} is not in\n{screen}");
    }
    assert_eq!(read(&desk, "letter.txt.master"), LETTER, "nothing is taken at first");
    tty.press("a");
    let screen = tty.see("1 taken");
    assert!(screen.contains("taken: +") && screen.contains("more sites"), "{screen}");
    assert!(read(&desk, "letter.txt.master").contains(&first));
    let mode = std::fs::metadata(desk.path("letter.txt.master")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    tty.press("x");
    tty.see("1 refused");
    tty.press("u");
    tty.see("0 refused");
    tty.press("U");
    tty.see("1 refused");

    // A site of one's own, found by searching: two words chosen, two wordings typed.
    tty.press("/LIE idle\r");
    tty.see("1 of 1; f finds");
    tty.press(" \u{1b}[C");
    tty.see("chosen  lie idle");
    tty.press("rest|do not sail");
    tty.see("or: rest|do not sail");
    tty.press("\r");
    tty.see("a site: +1.6 bits");
    assert!(read(&desk, "letter.txt.master").contains("The ships {lie idle|rest|do not sail}."));

    // An ambiguous one is refused with the reason, and what was typed stays.
    tty.press("/matter\r");
    tty.see("chosen  matter");
    tty.press("Matter\r");
    let screen = tty.see("are the same after normalisation");
    assert!(screen.contains("or: Matter"), "{screen}");
    tty.press("\u{15}question\r");
    tty.see("a site: +1.0 bits");
    tty.press("\u{1b}");
    tty.see("a take");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    let end = tty.screen();
    assert!(
        end.contains("letter.txt.master: 3 sites") && end.contains("`countermark suggest letter.txt` goes on"),
        "{end}"
    );
    let master = read(&desk, "letter.txt.master");
    assert!(master.contains(&first) && master.contains("the {matter|question}.\n"), "{master}");
    let strength = desk.json(&["strength", "letter.txt.master", "--copies", "3"]);
    assert_eq!(strength["sites"], 3);
}

#[test]
fn parts_without_a_site_one_after_the_other() {
    let desk = letter("Una navis navigat. Duae naves manent.\n\nTres naves ardent.\n");
    let mut tty = start(&desk, &["--style", "formal", "--copies", "1", "--epsilon", "1e-2"]);
    tty.see("3 of 3 parts without a site");
    for (part, typed) in [("Duae", "Ambae"), ("Tres", "Omnes"), ("Una", "Sola")] {
        tty.press("\t");
        tty.see(&format!("chosen  {part}"));
        tty.press(typed);
        tty.see(&format!("or: {typed}"));
        tty.press("\r");
        tty.see("a site: +1.0 bits");
    }
    tty.press("\t");
    tty.see("every part has a site");
    tty.press("\u{3}");
    assert_eq!(tty.end(), 0);
    let expected = "{Una|Sola} navis navigat. {Duae|Ambae} naves manent.\n\n{Tres|Omnes} naves ardent.\n";
    assert_eq!(read(&desk, "letter.txt.master"), expected);
}

#[test]
fn killed_it_goes_on_where_it_stopped() {
    let desk = letter(LETTER);
    let first = first_pair(&desk);
    let mut tty = start(&desk, &[]);
    tty.see("proposed");
    tty.press("ax");
    tty.see("1 refused");
    tty.press("/ships\r");
    tty.see("chosen  ships");
    tty.press("vess");
    tty.see("or: vess");
    tty.signal("KILL");
    tty.end();
    assert!(read(&desk, "letter.txt.master").contains(&first));

    // The decisions are there, and so is the half of a word that was typed.
    let mut tty = start(&desk, &[]);
    let screen = tty.see("or: vess");
    assert!(screen.contains("1 taken  1 refused") && screen.contains("chosen  ships"), "{screen}");
    tty.press("els\r");
    tty.see("2 taken");
    assert!(!desk.path("letter.txt.master.old-1").exists());
    // Only by the name of a signal: the window is closed.
    tty.signal("HUP");
    assert_eq!(tty.end(), 0);
    assert!(read(&desk, "letter.txt.master").contains("The {ships|vessels} lie idle."));

    // Between the two files: the master of the step before is no reason to stop, or to keep it.
    std::fs::write(desk.path("letter.txt.master"), "changed by hand").unwrap();
    let mut tty = start(&desk, &[]);
    tty.see("the earlier master is");
    tty.press("\u{3}");
    assert_eq!(tty.end(), 0);
    assert_eq!(read(&desk, "letter.txt.master.old-1"), "changed by hand");
    assert!(read(&desk, "letter.txt.master").contains("{ships|vessels}"));
}

#[test]
fn every_step_is_on_the_disk_before_the_next_key() {
    let desk = letter(LETTER);
    let mut tty = start(&desk, &[]);
    tty.see("proposed");
    for taken in 1..=3 {
        tty.press("a");
        tty.see(&format!("{taken} taken"));
        tty.signal("KILL");
        tty.end();
        tty = start(&desk, &[]);
        tty.see(&format!("{taken} taken"));
    }
    let left: Vec<_> = std::fs::read_dir(desk.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.iter().filter(|name| name.to_string_lossy().contains("old-")).count(), 0, "{left:?}");
}

#[test]
fn a_closed_window_ends_it_and_loses_nothing() {
    let desk = letter(LETTER);
    let mut tty = start(&desk, &[]);
    tty.see("proposed");
    tty.press("a");
    tty.see("1 taken");
    tty.press("e\u{15}half a wor");
    tty.see("or: half a wor");
    tty::hang_up(tty);
    assert!(read(&desk, "letter.txt.master").contains(&first_pair(&desk)));
    let mut tty = start(&desk, &[]);
    tty.see("or: half a wor");
    tty.press("\u{3}");
    assert_eq!(tty.end(), 0);
}

#[test]
fn refusals_are_remembered_for_whom_they_were_made() {
    let desk = Desk::new();
    desk.write("letter.txt", "I write with regard to the harbour. We meet in the near future.");
    for handle in ["ines", "jon"] {
        desk.run(&["people", "add", handle, "--name", "Somebody"]).expect(0);
    }
    let vault = |to: &str| -> Vec<String> {
        ["--vault", "v.db", "--passphrase-file", "pass", "suggest", "letter.txt", "--to", to]
            .map(str::to_owned)
            .to_vec()
    };
    let open = |to: &str| {
        let args = vault(to);
        Tty::start(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), SIZE, &[])
    };
    let mut tty = open("ines");
    tty.see("refusals are remembered for ines");
    tty.see("stands  with regard to");
    tty.press("x");
    tty.see("1 refused");
    tty.press("/near future\r");
    tty.see("stands");
    tty.press("X");
    tty.see("2 refused");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    let stored = std::fs::read(desk.path("v.db")).unwrap();
    assert!(!stored.windows(7).any(|bytes| bytes == b"respect"));

    // Another letter, to the same person: both are refused, and taken back one is forgotten.
    let another = "With respect to the ships: we shall see you in the near future.";
    desk.write("letter.txt", another);
    std::fs::remove_file(desk.path("letter.txt.review")).unwrap();
    std::fs::remove_file(desk.path("letter.txt.master")).unwrap();
    let printed = desk.run(&["suggest", "letter.txt", "--to", "ines", "--accept", "all"]).expect(0);
    assert!(printed.err.contains("left out, refused before: With respect to"), "{}", printed.err);
    assert!(printed.out.contains("With respect to the ships"), "{}", printed.out);

    let mut tty = open("ines");
    tty.see("2 refused");
    tty.press("\u{1b}[H");
    let screen = tty.see("refused in an earlier letter, for ines");
    assert!(screen.contains("stands  With respect to"), "{screen}");
    tty.press("o");
    tty.see("1 refused");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    for name in ["letter.txt.review", "letter.txt.master"] {
        std::fs::remove_file(desk.path(name)).unwrap();
    }
    // What the house refused holds for everybody; what ines took back is gone.
    for handle in ["jon", "ines"] {
        let printed = desk.run(&["suggest", "letter.txt", "--to", handle]).expect(0);
        assert!(!printed.err.contains("refused before: With respect to"), "{}", printed.err);
        assert!(printed.err.contains("in the near future"), "{}", printed.err);
    }
    desk.run(&["vault", "check"]).expect(0);
}

#[test]
fn whole_classes_are_shown_before_they_are_taken() {
    let many: String =
        (0..30).map(|n| format!("Letter {n} is with regard to the port.\n\nNothing new came.\n\n")).collect();
    let desk = letter(&many);
    let mut tty = start(&desk, &[]);
    tty.see("proposed");
    tty.press("A");
    let screen = tty.see("Take all 30 open proposals of this rule?");
    assert!(screen.contains("with regard to | with respect to") && screen.contains("read on"), "{screen}");
    tty.press("y");
    tty.see("read on with ↓ or PgDn first");
    tty.press("\u{1b}[6~\u{1b}[6~\u{1b}[6~\u{1b}[6~\u{1b}[6~");
    tty.see("y / n");
    tty.press("n");
    tty.see("nothing was changed");
    tty.press("A\u{1b}[6~\u{1b}[6~\u{1b}[6~\u{1b}[6~\u{1b}[6~");
    tty.see("y / n");
    tty.press("y");
    tty.see("30 taken: +");
    tty.press("u");
    tty.see("undone");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    assert_eq!(read(&desk, "letter.txt.master"), many);
}

#[test]
fn one_choice_for_many_places_is_shown_with_all_of_them() {
    // A tongue that no pack speaks but this one.
    let desk = letter("Una navis est et altera navis cum vinum in tertia navis manet\n");
    let pack = r#"
[[rule]]
id = "u-or-v"
class = "spelling"
tie = "u-or-v"
sets = [["navis", "nauis"], ["vinum", "uinum"]]
examples = ["Una {navis|nauis} est."]
counterexamples = ["Una est."]
"#;
    desk.write("house.toml", pack);
    let mut tty = start(&desk, &["--pack", "house.toml", "--style", "formal"]);
    tty.see("one choice for 4 places");
    tty.press("a");
    let screen = tty.see("One choice for 4 places. Take this site?");
    assert!(screen.contains("navis | nauis") && screen.contains("vinum | uinum"), "{screen}");
    tty.press("y");
    tty.see("1 taken");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    assert_eq!(read(&desk, "letter.txt.master").matches("{#1:").count(), 4);
}

#[test]
fn a_master_is_gone_on_with() {
    let desk = Desk::empty();
    let source = "The {harbour|port} is {#3:open|free}, and {#3:open|free} it stays.\n";
    desk.write("old.master", source);
    let mut tty = Tty::start(&desk, &["suggest", "old.master", "--out", "new.master"], SIZE, &[]);
    let screen = tty.see("stood in the file");
    assert!(screen.contains("2 taken"), "{screen}");
    tty.press("\u{1b}[H");
    tty.see("stands  harbour");
    tty.press("e|quay\r");
    tty.see("a site: +0.6 bits");
    tty.press("/open\r");
    tty.see("one choice for 2 places");
    tty.press("x");
    tty.see("1 refused");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    assert_eq!(read(&desk, "new.master"), "The {harbour|port|quay} is open, and open it stays.\n");
    assert_eq!(read(&desk, "old.master"), source);
}

#[test]
fn nothing_of_the_letter_steers_the_terminal() {
    let long = "word ".repeat(4_000) + &"x".repeat(5_000);
    let piled = format!("a{}", "\u{301}".repeat(500));
    let text = format!(
        "A\u{1b}]0;EVIL\u{7} bell\u{1b}[2J and\ta tab, 日本語の手紙 👩‍🚀 {piled} \u{202e}turned\u{9b}31m.\n\nWith regard to \u{1b}[8mthis.\n\n{long}\n"
    );
    let desk = letter(&text);
    let mut tty = start(&desk, &[]);
    let screen = tty.see("proposed");
    assert!(
        screen.contains("␛]0;EVIL␇") && screen.contains("‹202e›turned‹9b›31m") && screen.contains("日本語"),
        "{screen}"
    );
    for (rows, cols) in [(12, 40), (5, 10), (60, 200), (24, 80)] {
        tty.resize(rows, cols);
        tty.press("\u{1b}[6~\t");
        let wanted = if rows < 8 { "8 at least" } else { "0 taken" };
        tty.wait("the new size", |screen| screen.contains(wanted) || screen.contains("20 x 8"));
    }
    tty.press("/xxxxx\r");
    tty.see("1 of 1000");
    tty.press("\u{1b}");
    tty.see("a take");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    let raw = String::from_utf8_lossy(&tty.raw);
    for evil in ["\u{1b}]0;EVIL", "\u{7}", "\u{202e}", "\u{9b}", "\u{1b}[8m"] {
        assert!(!raw.contains(evil), "{evil:?}");
    }
    assert_eq!(read(&desk, "letter.txt.master"), text);
}

#[test]
fn without_colour_everything_is_told_apart() {
    let desk = letter(LETTER);
    for (env, coloured) in [(&[("NO_COLOR", "1")][..], false), (&[], true)] {
        let mut tty = Tty::start(&desk, &["suggest", "letter.txt"], SIZE, env);
        tty.see("q end");
        let cells = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
        let cells: Vec<_> = cells.filter_map(|(row, column)| tty.cells().cell(row, column)).collect();
        assert_eq!(cells.iter().any(|cell| cell.fgcolor() != vt100::Color::Default), coloured);
        let letters = |good: &dyn Fn(&vt100::Cell) -> bool| -> String {
            cells.iter().filter(|cell| good(cell)).map(|cell| cell.contents()).collect()
        };
        assert!(!letters(&|cell| cell.underline() && !cell.inverse()).is_empty());
        assert!(letters(&|cell| cell.underline() && cell.inverse()).contains("with regard to"));
        tty.press("q");
        assert_eq!(tty.end(), 0);
    }
}

#[test]
fn pasted_text_is_no_command() {
    let desk = letter(LETTER);
    let mut tty = start(&desk, &[]);
    tty.see("proposed");
    tty.press("\u{1b}[200~aaaqx\u{1b}[201~");
    let screen = tty.see("pasted text is taken only");
    assert!(screen.contains("0 taken  0 refused"), "{screen}");
    tty.press("e\u{15}\u{1b}[200~as to\u{1b}[201~");
    tty.see("or: as to");
    tty.press("\r");
    tty.see("1 taken");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    assert!(read(&desk, "letter.txt.master").contains("{with regard to|as to}"));
}

#[test]
fn nothing_is_overwritten_and_nobody_works_twice() {
    let desk = letter(LETTER);
    desk.write("letter.txt.master", "somebody else's");
    let mut tty = start(&desk, &[]);
    assert_eq!(tty.end(), 2);
    assert!(tty.screen().contains("exists already"), "{}", tty.screen());
    assert_eq!(read(&desk, "letter.txt.master"), "somebody else's");
    std::fs::remove_file(desk.path("letter.txt.master")).unwrap();

    let mut first = start(&desk, &[]);
    first.see("proposed");
    let mut second = start(&desk, &[]);
    assert_eq!(second.end(), 2);
    assert!(second.screen().contains("by somebody else"), "{}", second.screen());
    first.press("a");
    first.see("1 taken");
    first.press("q");
    assert_eq!(first.end(), 0);

    // The text is another one now: the earlier review and master are put aside, and nothing of them fits.
    let master = read(&desk, "letter.txt.master");
    desk.write("letter.txt", "Another letter with regard to the port.\n");
    let mut tty = start(&desk, &[]);
    tty.see("the text was changed");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    assert_eq!(read(&desk, "letter.txt.master.old-1"), master);
    assert!(desk.path("letter.txt.review.old-1").exists());
    assert_eq!(read(&desk, "letter.txt.master"), "Another letter with regard to the port.\n");
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let desk = letter(LETTER);
    let mut tty = start(&desk, &[]);
    tty.see("proposed");
    // A folder in the master's place: it can't be replaced by a file.
    std::fs::remove_file(desk.path("letter.txt.master")).unwrap();
    std::fs::create_dir_all(desk.path("letter.txt.master/x")).unwrap();
    tty.press("a");
    tty.see("NOT SAVED");
    tty.press("q");
    tty.see("NOT SAVED");
    std::fs::remove_dir_all(desk.path("letter.txt.master")).unwrap();
    tty.press("a");
    tty.wait("it is saved", |screen| !screen.contains("NOT SAVED"));
    tty.press("q");
    assert_eq!(tty.end(), 0);
    assert!(read(&desk, "letter.txt.master").contains(&first_pair(&desk)));
}

#[test]
fn without_a_terminal_it_prints() {
    let desk = letter(LETTER);
    let printed = desk.run(&["suggest", "letter.txt", "--accept", "lexical"]).expect(0);
    assert!(printed.out.contains(&first_pair(&desk)), "{}", printed.out);
    assert!(printed.err.contains("taken: with regard to | "), "{}", printed.err);
    assert!(!desk.path("letter.txt.review").exists() && !desk.path("letter.txt.master").exists());
    let formal = desk.json(&["suggest", "letter.txt", "--style", "formal"]);
    let all = desk.json(&["suggest", "letter.txt"]);
    assert!(formal["proposals"].as_array().unwrap().len() <= all["proposals"].as_array().unwrap().len());
    let written = desk.run(&["suggest", "letter.txt", "--out", "out.master"]).expect(0);
    assert_eq!(written.out, "");
    assert_eq!(read(&desk, "out.master"), all["master"].as_str().unwrap());
    desk.run(&["suggest", "letter.txt", "--out", "out.master"]).expect(2);
    desk.run(&["suggest", "letter.txt", "--style", "rude"]).expect(2);
}

#[test]
fn the_keys_are_explained() {
    let desk = letter(LETTER);
    let mut tty = start(&desk, &[]);
    tty.see("proposed");
    tty.press("?");
    tty.see("take it, and on to the next");
    tty.press("\u{1b}[6~");
    tty.see("Choosing words");
    tty.press("\u{1b}[6~");
    tty.see("Shown in the letter");
    tty.press("x");
    let screen = tty.see("proposed");
    assert!(screen.contains("0 refused"), "{screen}");
    tty.press("q");
    assert_eq!(tty.end(), 0);
}
