//! The brief: half a page for somebody who has a telephone and two minutes. What is out, what differs, what may be said, what is not proved.

use axum::extract::State;
use countermark_office::{Addressed, Brief, PartState};
use countermark_reading::exports::Direction;
use countermark_tracing::{Change, ChangeKind};
use maud::{Markup, html};

use super::lit::clean;
use super::{CaseId, missing, reads, sees_names, words};
use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Signed};

/// So many changes are told; the rest is counted.
const CHANGES: usize = 6;

/// So many characters of a stretch.
const STRETCH: usize = 90;

/// `/cases/ID/brief`
pub(super) async fn page(State(desk): State<Desk>, signed: Signed, CaseId(id): CaseId) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let id = id.ok_or(Refusal::Missing)?;
    let wanted = id.clone();
    let (brief, sites) = desk
        .office(&signed, move |office| {
            let brief = office.brief(&wanted).map_err(missing)?;
            let sites = match &brief.finding {
                Some(finding) => office.parts_with_sites(&super::hex(&finding.message.0))?,
                None => Vec::new(),
            };
            Ok((brief, sites))
        })
        .await?;
    let sections = sections(&brief, &sites, sees_names(&signed));
    let text = text(&id, &sections);
    let content = html! {
        p { a href={ "/cases/" (id) } { "Case " (id[..8]) } }
        div.row {
            h1 { "The brief" }
            div.row.end.scripted hidden { button type="button" data-copy="brief" { "Copy" } button type="button" data-share="brief" { "Share" } span role="status" data-said {} }
        }
        article.card.brief {
            @for (title, lines) in &sections { section { h2 { (title) } ul { @for line in lines { li { bdi { (line) } } } } } }
        }
        details { summary { "As plain text, to send" } label for="brief" { "The brief as text" } textarea #brief rows="16" readonly { (text) } }
    };
    Ok(shell(&signed, Place::Cases, "The brief", &super::script(), &content))
}

type Section = (&'static str, Vec<String>);

/// `sites` are the parts in which copies may differ.
fn sections(brief: &Brief, sites: &[usize], names: bool) -> Vec<Section> {
    vec![
        ("What is out", out(brief)),
        ("What differs", differs(brief, names)),
        ("What may be said", sayable(brief, sites)),
        ("What is not proved", unproved(brief, names)),
    ]
}

fn text(id: &str, sections: &[Section]) -> String {
    let mut out = format!("Case {}\n", &id[..8]);
    for (title, lines) in sections {
        out.push_str(&format!("\n{}\n", title.to_uppercase()));
        lines.iter().for_each(|line| out.push_str(&format!("- {line}\n")));
    }
    out
}

/// The case in a sentence or two.
pub(super) fn headline(brief: &Brief) -> String {
    let case = &brief.case;
    let compared = brief.finding.as_ref().map(|found| &found.trace).or(brief.taken.as_ref().map(|found| &found.trace));
    let Some(trace) = compared else {
        return match case.summary.kind {
            "invented" => {
                "Words attributed to the writer are out, and nothing registered here holds all of them.".to_owned()
            }
            "leak" => "Words of a message of yours are quoted, too few of them to be traced.".to_owned(),
            other => words::kind(other).1.to_owned(),
        };
    };
    let what = match &brief.taken {
        Some(taken) if brief.finding.is_none() => match taken.taken.direction {
            Direction::Sent => "a message that you sent before it could be sealed",
            Direction::Received => "a letter that you received, and did not write",
        },
        _ => "a message of yours",
    };
    let differs = super::lit::counted(&trace.changes)
        .map_or_else(|| "as far as it goes, word for word".to_owned(), |counted| format!("with {counted}"));
    format!(
        "It shows {} of the {} words of {what}, {} in a row, {differs}.",
        words::grouped(trace.words_matched as u64),
        words::grouped(trace.message_words as u64),
        words::grouped(trace.longest_run as u64)
    )
}

fn out(brief: &Brief) -> Vec<String> {
    let case = &brief.case;
    let place = match &case.origin {
        Some(origin) => clean(&words::short(origin.url.as_deref().unwrap_or(&origin.post), 200)),
        None => "Given by hand".to_owned(),
    };
    let mut lines = vec![format!("{place}; captured {}", words::utc(case.captured_at)), headline(brief)];
    if let Some(known) = &case.known {
        let title = clean(&words::short(&known.title, STRETCH));
        lines.push(format!(
            "What was found in it is public since version {} of «{title}», of {}; read what stands beside it",
            known.version,
            words::utc(known.at)
        ));
    }
    for quotation in case.quotations.iter().filter(|quotation| !quotation.exact).take(CHANGES) {
        let said = if quotation.certain { "Attributed to you" } else { "Perhaps attributed to you" };
        lines.push(format!(
            "{said}, {}: \u{201c}{}\u{201d}",
            words::whose(quotation).1,
            stretch(unmarked(&quotation.text))
        ));
    }
    match case.later.last() {
        Some(later) if later.published.is_none() => lines.push(format!("Deleted since ({})", words::utc(later.at))),
        Some(later) => lines.push(format!("Edited since ({})", words::utc(later.at))),
        None => {}
    }
    lines
}

fn differs(brief: &Brief, names: bool) -> Vec<String> {
    let trace = brief.finding.as_ref().map(|m| &m.trace).or(brief.taken.as_ref().map(|found| &found.trace));
    let Some(trace) = trace else {
        return match brief.case.searched.as_ref().and_then(|searched| searched.nearest.as_ref()) {
            Some(near) => {
                let near = format!("Nearest true passage, part {}: \u{201c}{}\u{201d}", near.part, stretch(&near.text));
                let picture = super::off_picture(&brief.case).then(|| super::OFF_PICTURE.to_owned());
                std::iter::once(near).chain(picture).collect()
            }
            None if brief.case.summary.message.is_some() && brief.case.taken.is_none() => {
                vec!["Nothing in the words that are quoted".into()]
            }
            None => vec!["Nothing to compare with".into()],
        };
    };
    let left_out = numbers(brief, PartState::LeftOut);
    let mut lines = Vec::new();
    if !left_out.is_empty() {
        lines.push(format!("Left out whole: {}", ranges(&left_out)));
    }
    // What is left out whole is said above.
    let told = |change: &&Change| {
        change.kind != ChangeKind::Omitted || change.parts.clone().any(|part| !left_out.contains(&part))
    };
    let changes: Vec<&Change> = trace.changes.iter().filter(told).collect();
    lines.extend(changes.iter().take(CHANGES).map(|change| difference(change)));
    if changes.len() > CHANGES {
        lines.push(format!("And {} more", changes.len() - CHANGES));
    }
    let around = numbers(brief, PartState::Around);
    if !around.is_empty() {
        lines.push(format!(
            "The lines around the letter (salutation, signature) are not there as in your copy: {}{}",
            "",
            ranges(&around)
        ));
    }
    if lines.is_empty() {
        lines.push("Nothing: as far as it goes it is word for word".into());
    } else if super::off_picture(&brief.case) {
        lines.push(super::OFF_PICTURE.into());
    }
    lines.extend(brief.addressed.as_ref().map(|line| addressed(line, names)));
    lines
}

/// A salutation of some of the copies: a fact, and no evidence.
fn addressed(line: &Addressed, names: bool) -> String {
    let whose = match line.named.filter(|_| names) {
        None => "",
        Some(true) => "; the copy that is named has it too",
        Some(false) => "; the copy that is named has another",
    };
    format!(
        "“{}” is how copies of {} of {} recipients have part {}{whose}. Anybody can type it: it shows nothing of whose copy it is",
        stretch(&line.line),
        line.copies,
        line.of,
        line.part
    )
}

fn difference(change: &Change) -> String {
    let quoted = |quote: &Option<countermark_tracing::Quote>| {
        quote.as_ref().map_or_else(String::new, |q| format!("\u{201c}{}\u{201d}", stretch(&q.text)))
    };
    let (sent, published) = (quoted(&change.sent), quoted(&change.published));
    match change.kind {
        ChangeKind::Omitted => format!("Left out: {sent}"),
        ChangeKind::Added => format!("Put in: {published}"),
        ChangeKind::Changed => format!("You wrote {sent}, it says {published}"),
        ChangeKind::Moved => format!("Moved: {published}"),
    }
}

fn sayable(brief: &Brief, sites: &[usize]) -> Vec<String> {
    let mut lines = Vec::new();
    let (whole, altered) = (numbers(brief, PartState::Whole), numbers(brief, PartState::Altered));
    let (worded, whole): (Vec<usize>, Vec<usize>) = whole.into_iter().partition(|part| sites.contains(part));
    if !whole.is_empty() {
        lines.push(format!("As you wrote it: {}", ranges(&whole)));
    }
    if !worded.is_empty() {
        lines.push(format!("As you wrote it, in one copy's wording: {}", ranges(&worded)));
    }
    if !altered.is_empty() {
        let read = if super::off_picture(&brief.case) { ", if the picture shows it too" } else { "" };
        lines.push(format!("Not as you wrote it{read}: {}", ranges(&altered)));
    }
    if brief.finding.is_none() {
        lines.push(unfound(brief));
        return lines;
    }
    let when = brief.sealed_at.map(words::utc).unwrap_or_default();
    lines.push(match (brief.as_sent, brief.clock) {
        (true, _) => format!("That you registered it later as sent on {}", when.get(..10).unwrap_or_default()),
        (false, Some(clock)) => {
            format!("That the text was fixed before {}, by an independent clock", words::utc(clock))
        }
        (false, None) => format!("That it was sealed on {when}, by your own clock"),
    });
    lines.push(if brief.logged {
        "Any part can be opened with its proof".into()
    } else {
        "Any part can be opened with its proof, once its leaf is in the log".into()
    });
    lines
}

/// What may be said where no sealed message was found. Nothing here may deny words that stand in something registered.
fn unfound(brief: &Brief) -> String {
    let case = &brief.case;
    match &case.taken {
        Some(taken) if taken.direction == Direction::Sent => {
            return format!("Nothing that denies it: it stands in what you sent on {}", words::utc(taken.at));
        }
        Some(taken) => {
            return format!(
                "That it stands in a letter which you received on {}, and did not write",
                words::utc(taken.at)
            );
        }
        None if case.touched.is_some() => {
            return "Nothing that denies it: read both first, it may be your letter in other words".into();
        }
        None if case.summary.message.is_some() => {
            return "Nothing that denies it: its words stand in a message of yours".into();
        }
        None => {}
    }
    let near = case.searched.as_ref().and_then(|searched| searched.nearest.as_ref());
    match (case.summary.kind, near) {
        // Whose every word stands in one sentence may have been cut or bent, and is not invented.
        ("invented", Some(near)) if near.words * 2 > near.of => {
            "That it is not quoted word for word; read the nearest passage before you deny it".into()
        }
        ("invented", _) => "That you find no such words in what is registered here".into(),
        _ => "That this text is none of yours, as far as is registered here".into(),
    }
}

fn unproved(brief: &Brief, names: bool) -> Vec<String> {
    let case = &brief.case;
    let mut lines = Vec::new();
    if case.taken.is_some() {
        lines.push(
            "What was written: it was taken in from an archive, and anybody could have changed that file before".into(),
        );
    }
    if let Some(searched) = &case.searched {
        lines.push(format!(
            "That it was never written: {} nothing of it, and a vault is not everything",
            words::count(searched.messages, "registered message holds", "registered messages hold")
        ));
    }
    if brief.finding.is_some() {
        lines.push("Who let it out; that it was sent, received or read".into());
        if brief.clock.is_none() {
            lines.push("When it was sealed: no independent clock has stamped it".into());
        }
        lines.push(match (case.named.as_slice(), &case.reason) {
            ([], None) => "Which copy it was: nobody has looked for it yet; bits that a case shows are counted from the text alone".into(),
            ([], Some(_)) => "Which copy it was: none is named".into(),
            (_, _) if !names => "That the holder of the named copy published it".into(),
            _ => "That the copy's holder published it: a named copy names no person; say no name before he is heard"
                .into(),
        });
        if brief.parts.contains(&PartState::LeftOut) {
            lines.push("What you keep closed stays unknown to others; that something is closed is visible".into());
        }
    } else if case.taken.is_none() && case.summary.message.is_some() {
        lines.push("That they were taken from it: so few words may stand elsewhere too".into());
    }
    if lines.is_empty() {
        lines.push("That nobody of yours wrote it by another way".into());
    }
    lines
}

fn numbers(brief: &Brief, state: PartState) -> Vec<usize> {
    brief.parts.iter().enumerate().filter(|(_, s)| **s == state).map(|(number, _)| number + 1).collect()
}

/// `part 1`, `parts 1-3, 5`.
fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let shown = runs.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") });
    format!("{} {}", if numbers.len() == 1 { "part" } else { "parts" }, shown.collect::<Vec<_>>().join(", "))
}

/// A quotation without its marks.
fn unmarked(text: &str) -> &str {
    text.trim()
        .trim_matches(|c| "\"'\u{201c}\u{201d}\u{201e}\u{ab}\u{bb}\u{2018}\u{2019}".contains(c))
        .trim_end_matches(',')
}

fn stretch(text: &str) -> String {
    clean(&words::short(text, STRETCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_follow_one_another_are_a_range() {
        for (numbers, text) in [(&[1, 2, 3, 5][..], "parts 1-3, 5"), (&[4], "part 4")] {
            assert_eq!(ranges(numbers), text);
        }
        assert_eq!(unmarked("\u{201c}We never met,\u{201d}"), "We never met");
    }
}
