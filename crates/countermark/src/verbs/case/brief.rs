//! `case brief`: half a page that is read on a telephone, by somebody who must say something in two minutes.

use countermark_office::{Addressed, Brief, PartState, TakenFinding};
use countermark_reading::exports::Direction;
use countermark_tracing::{Change, ChangeKind};
use serde_json::{Value, json};

use super::show::{self, object, searched_words};
use crate::cli::Global;
use crate::failure::{Exit, Outcome};
use crate::verbs::trace::change;
use crate::{terminal, time};

/// So many changes are shown; the rest is counted.
const CHANGES: usize = 6;

/// So many characters of a changed stretch are shown.
const STRETCH: usize = 90;

/// Runs the verb.
pub fn run(global: &Global, case: &str) -> Outcome {
    let brief = super::intake::open(global)?.brief(case)?;
    if global.json {
        terminal::say_json(&json(&brief))?;
    } else {
        terminal::say(words(&brief).trim_end())?;
    }
    Ok(Exit::Found)
}

fn json(brief: &Brief) -> Value {
    let finding = brief.finding.as_ref();
    json!({
        "case": object(&brief.case),
        "words": finding.map(|m| m.trace.words_matched), "message_words": finding.map(|m| m.trace.message_words),
        "changes": finding.map(|m| m.trace.changes.iter().map(change).collect::<Vec<_>>()),
        "whole": numbers(brief, PartState::Whole), "altered": numbers(brief, PartState::Altered),
        "left_out": numbers(brief, PartState::LeftOut),
        "addressed": brief.addressed.as_ref().map(|line| json!({
            "part": line.part, "line": line.line, "copies": line.copies, "of": line.of, "named": line.named,
        })),
        "sealed": brief.sealed_at, "as_sent": brief.as_sent, "logged": brief.logged, "sealed_before": brief.clock,
    })
}

fn words(brief: &Brief) -> String {
    let sections = [
        ("WHAT IS OUT", out(brief)),
        ("WHAT DIFFERS", differs(brief)),
        ("WHAT MAY BE SAID", sayable(brief)),
        ("WHAT IS NOT PROVED", unproved(brief)),
    ];
    let mut text = String::new();
    for (title, lines) in sections {
        text.push_str(title);
        text.push('\n');
        for line in lines {
            text.push_str(&wrapped(&line));
        }
        text.push('\n');
    }
    text
}

fn out(brief: &Brief) -> Vec<String> {
    let case = &brief.case;
    let mut lines = Vec::new();
    match &case.origin {
        Some(origin) => {
            let place = origin.url.clone().unwrap_or_else(|| format!("{}: {}", origin.source, origin.post));
            lines.push(format!("{}, captured {}", terminal::name(&place), time::show(case.captured_at)));
        }
        None => lines.push(format!("a text given by hand, captured {}", time::show(case.captured_at))),
    }
    match &brief.finding {
        Some(m) => lines.push(format!(
            "{} of the {} words of message {} (Ref. {}), {} in a row",
            m.trace.words_matched,
            m.trace.message_words,
            &crate::verbs::marked::hex(&m.message.0)[..8],
            m.reference,
            m.trace.longest_run
        )),
        None => lines.push(match (&brief.taken, case.summary.kind, case.summary.message) {
            (Some(taken), ..) => before(taken),
            (None, "reworded", Some(message)) => {
                let id = &crate::verbs::marked::hex(&message.0)[..8];
                let touched = case.touched.as_ref().map(show::touched_words).unwrap_or_default();
                format!("something like message {id}: {touched}")
            }
            (None, "invented", _) => "words attributed to you; nothing registered holds all of them".into(),
            (None, _, Some(message)) => {
                format!("words of message {}, too few to be traced", &crate::verbs::marked::hex(&message.0)[..8])
            }
            (None, _, None) => "nothing of ours was found in it".into(),
        }),
    }
    for quotation in case.quotations.iter().filter(|quotation| !quotation.exact) {
        let said = if quotation.certain { "attributed to you" } else { "perhaps attributed to you" };
        let whose = show::whose(quotation);
        lines.push(format!("{said}, {whose}: \u{201c}{}\u{201d}", short(unmarked(&quotation.text))));
    }
    match case.later.last() {
        Some(later) if later.published.is_none() => lines.push(format!("deleted since ({})", time::show(later.at))),
        Some(later) => lines.push(format!("edited since ({})", time::show(later.at))),
        None => {}
    }
    lines
}

/// What of a taken message is out.
fn before(found: &TakenFinding) -> String {
    let (matched, all) = (found.trace.words_matched, found.trace.message_words);
    let way = match found.taken.direction {
        Direction::Sent => "that you sent",
        Direction::Received => "that you received, and did not write,",
    };
    format!("{matched} of the {all} words of a message {way} on {}", time::show(found.taken.at))
}

fn differs(brief: &Brief) -> Vec<String> {
    let trace = brief.finding.as_ref().map(|m| &m.trace).or(brief.taken.as_ref().map(|found| &found.trace));
    let Some(trace) = trace else {
        return match brief.case.searched.as_ref().and_then(|searched| searched.nearest.as_ref()) {
            Some(near) => {
                vec![format!("nearest true passage (part {}): \u{201c}{}\u{201d}", near.part, short(&near.text))]
            }
            None if brief.case.summary.message.is_some() && brief.case.taken.is_none() => {
                vec!["nothing in the words that are quoted".into()]
            }
            None => vec!["nothing to compare with".into()],
        };
    };
    let left_out = numbers(brief, PartState::LeftOut);
    let mut lines = Vec::new();
    if !left_out.is_empty() {
        lines.push(format!("left out whole: parts {}", ranges(&left_out)));
    }
    // What is left out whole is said above.
    let told = |change: &&Change| {
        change.kind != ChangeKind::Omitted || change.parts.clone().any(|part| !left_out.contains(&part))
    };
    let changes: Vec<&Change> = trace.changes.iter().filter(told).collect();
    lines.extend(changes.iter().take(CHANGES).map(|change| difference(change)));
    if changes.len() > CHANGES {
        lines.push(format!("and {} more (`case show`)", changes.len() - CHANGES));
    }
    let around = numbers(brief, PartState::Around);
    if !around.is_empty() {
        lines.push(format!(
            "the lines around the letter (salutation, signature) are not there as in your copy: {}{}",
            "parts ",
            ranges(&around)
        ));
    }
    if lines.is_empty() {
        lines.push("nothing: as far as it goes it is word for word".into());
    }
    lines.extend(brief.addressed.as_ref().map(addressed));
    lines
}

/// A salutation of some of the copies: a fact, and no evidence.
fn addressed(line: &Addressed) -> String {
    let whose = match line.named {
        None => "",
        Some(true) => "; the copy that is named has it too",
        Some(false) => "; the copy that is named has another",
    };
    format!(
        "“{}” is how copies of {} of {} recipients have part {}{whose}; anybody can type it: it shows nothing of whose copy it is",
        short(&line.line),
        line.copies,
        line.of,
        line.part
    )
}

fn difference(change: &Change) -> String {
    let quoted = |quote: &Option<countermark_tracing::Quote>| {
        quote.as_ref().map_or_else(String::new, |quote| format!("\u{201c}{}\u{201d}", short(&quote.text)))
    };
    let (sent, published) = (quoted(&change.sent), quoted(&change.published));
    match change.kind {
        ChangeKind::Omitted => format!("left out: {sent}"),
        ChangeKind::Added => format!("added: {published}"),
        ChangeKind::Changed => format!("you wrote {sent}, it says {published}"),
        ChangeKind::Moved => format!("moved: {published}"),
    }
}

fn sayable(brief: &Brief) -> Vec<String> {
    let mut lines = Vec::new();
    let whole = numbers(brief, PartState::Whole);
    if !whole.is_empty() {
        lines.push(format!("parts {} stand there as you wrote them", ranges(&whole)));
    }
    let altered = numbers(brief, PartState::Altered);
    if !altered.is_empty() {
        lines.push(format!("parts {} stand there altered: not as you wrote them", ranges(&altered)));
    }
    if brief.finding.is_none() {
        lines.push(unfound(brief));
    }
    if brief.finding.is_some() {
        let when = brief.sealed_at.map(time::show).unwrap_or_default();
        lines.push(match (brief.as_sent, brief.clock) {
            (true, _) => {
                format!("that you registered it later as sent on {}", when.chars().take(10).collect::<String>())
            }
            (false, Some(clock)) => {
                format!("that the text was fixed before {}, by an independent clock", time::show(clock))
            }
            (false, None) => format!("that it was sealed on {when}, by your own clock"),
        });
        let proof = if brief.logged { "" } else { " (its leaf waits for the log's next batch)" };
        lines.push(format!(
            "any part can be opened with its proof: prove {} --open PARTS --out FILE{proof}",
            &crate::verbs::marked::hex(&brief.case.summary.id)[..8]
        ));
    }
    lines
}

/// What may be said where no sealed message was found. Nothing here may deny words that stand in something registered.
fn unfound(brief: &Brief) -> String {
    let case = &brief.case;
    match &case.taken {
        Some(taken) if taken.direction == Direction::Sent => {
            return format!("nothing that denies it: it stands in what you sent on {}", day(taken.at));
        }
        Some(taken) => {
            return format!("that it stands in a letter which you received on {}, and did not write", day(taken.at));
        }
        None if case.touched.is_some() => {
            return "nothing that denies it: read both first (`case show`, `messages show`); it may be your letter in other words".into();
        }
        None if case.summary.message.is_some() => {
            return "nothing that denies it: its words stand in a message of yours".into();
        }
        None => {}
    }
    let near = case.searched.as_ref().and_then(|searched| searched.nearest.as_ref());
    match (case.summary.kind, near) {
        // Whose every word stands in one sentence may have been cut or bent, and is not invented.
        ("invented", Some(near)) if near.words * 2 > near.of => {
            "that it is not quoted word for word; read the nearest passage before you deny it".into()
        }
        ("invented", _) => "that you find no such words in what is registered here".into(),
        _ => "that this text is none of yours, as far as is registered here".into(),
    }
}

fn day(at: u64) -> String {
    time::show(at).chars().take(10).collect()
}

fn unproved(brief: &Brief) -> Vec<String> {
    let mut lines = Vec::new();
    if brief.case.taken.is_some() {
        lines.push(
            "what was written: it was taken in from an archive, and anybody could have changed that file before".into(),
        );
    }
    if let Some(searched) = &brief.case.searched {
        lines.push(searched_words(searched));
    }
    if brief.finding.is_some() {
        lines.push("who let it out; that it was sent, received or read".into());
        if brief.clock.is_none() {
            lines.push("when it was sealed: no independent clock has stamped it".into());
        }
        match brief.case.named.as_slice() {
            [] if brief.case.reason.is_none() => {
                lines.push("which copy it was: nobody has looked (`case trace CASE --reason TEXT`)".into());
            }
            [] => lines.push("which copy it was: none is named".into()),
            _ => lines.push("that the copy's holder published it: a named copy names no person; say no name before he is heard (`case hear`)".into()),
        }
        if brief.parts.contains(&PartState::LeftOut) {
            lines
                .push("what you keep closed stays unknown to others; that you left something closed is visible".into());
        }
    }
    if brief.finding.is_none() && brief.case.taken.is_none() && brief.case.summary.message.is_some() {
        lines.push("that they were taken from it: so few words may stand elsewhere too".into());
    }
    if lines.is_empty() {
        lines.push("that nobody of yours wrote it by another way".into());
    }
    lines
}

fn numbers(brief: &Brief, state: PartState) -> Vec<usize> {
    brief.parts.iter().enumerate().filter(|(_, s)| **s == state).map(|(number, _)| number + 1).collect()
}

/// `1-3, 5`.
fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let shown = runs.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") });
    shown.collect::<Vec<_>>().join(", ")
}

/// A quotation without its marks.
fn unmarked(text: &str) -> &str {
    text.trim()
        .trim_matches(|c| "\"'\u{201c}\u{201d}\u{201e}\u{ab}\u{bb}\u{2018}\u{2019}".contains(c))
        .trim_end_matches(',')
}

fn short(text: &str) -> String {
    let text = terminal::name(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    match text.char_indices().nth(STRETCH) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text,
    }
}

/// A line of the brief, wrapped to a telephone's width, its first line marked.
fn wrapped(line: &str) -> String {
    const WIDTH: usize = 60;
    let (mut out, mut used) = (String::from("-"), 1);
    for word in line.split_whitespace() {
        let length = word.chars().count() + 1;
        if used + length > WIDTH && used > 2 {
            out.push_str("\n ");
            used = 1;
        }
        out.push(' ');
        out.push_str(word);
        used += length;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_follow_one_another_are_a_range() {
        assert_eq!(ranges(&[1, 2, 3, 5]), "1-3, 5");
        assert_eq!(ranges(&[]), "");
    }

    #[test]
    fn no_line_is_wider_than_a_telephone_unless_a_word_is() {
        let text = wrapped(
            "a long line of many short words that goes on and on until it has to be broken somewhere in the middle",
        );
        assert!(text.lines().all(|line| line.chars().count() <= 60));
        assert_eq!(text.lines().count(), 2);
    }
}
