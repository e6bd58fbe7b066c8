//! The parts of the message: which to open, and beside it what the public will see.

use countermark_office::{OFF_PICTURE, PartChoice, PartState, Public};
use maud::{Markup, html};

use super::{count, listed};

/// What a button opens at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    All,
    /// The parts of which words stand in the post.
    Post,
    /// Nothing but what is public already.
    Nothing,
}

impl Pick {
    pub(super) fn of(value: &str) -> Option<Self> {
        match value {
            "all" => Some(Self::All),
            "post" => Some(Self::Post),
            "none" => Some(Self::Nothing),
            _ => None,
        }
    }

    /// The parts that are open then.
    pub(super) fn open(self, parts: &[PartChoice], states: &[PartState]) -> Vec<usize> {
        let wanted = |part: &&PartChoice| match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Post => {
                in_post(part, states).is_some_and(|state| !matches!(state, PartState::LeftOut | PartState::Around))
            }
        };
        parts.iter().filter(wanted).map(|part| part.number).collect()
    }
}

fn in_post(part: &PartChoice, states: &[PartState]) -> Option<PartState> {
    states.get(part.number.checked_sub(1)?).copied()
}

/// The boxes. `states` says what became of each part in the post, empty where that is not known; `picture` that it was read off one.
pub(super) fn choose(parts: &[PartChoice], states: &[PartState], picture: bool) -> Markup {
    html! {
        fieldset.parts #parts {
            legend.unseen { "Parts to open" }
            @if picture && states.iter().any(|state| matches!(state, PartState::Altered | PartState::LeftOut)) { p.alert.wait { (OFF_PICTURE) } }
            div.row {
                @if !states.is_empty() { button name="pick" value="post" { "Open what stands in the post" } }
                button.quiet name="pick" value="all" { "Open all" }
                button.quiet name="pick" value="none" { "Open none" }
            }
            ol.plain {
                @for part in parts { li { (one(part, in_post(part, states))) } }
            }
        }
        p #forever.(if opens(parts) { "alert wait" } else { "hint" }) role="status" { (forever(parts)) }
    }
}

fn one(part: &PartChoice, state: Option<PartState>) -> Markup {
    let fixed = part.public == Public::Here;
    let (word, data) = match state {
        Some(PartState::Whole) if part.sites => ("in the post, as one of its copies reads", "whole"),
        Some(PartState::Whole) => ("in the post, word for word", "whole"),
        Some(PartState::Altered) => ("in the post, altered", "altered"),
        Some(PartState::LeftOut) => ("left out of the post", "left-out"),
        Some(PartState::Around) => ("around the letter, not in the post", "left-out"),
        None => ("", ""),
    };
    html! {
        label {
            input type="checkbox" name="open" value=(part.number) checked[fixed || part.open] disabled[fixed]
                data-post=[(!data.is_empty()).then_some(data)] data-public[part.public != Public::No];
            span.part {
                strong { "Part " (part.number) } " "
                @if !word.is_empty() { span.tag.(if data == "left-out" { "quiet" } else { "wait" }) { (word) } " " }
                @match part.public {
                    Public::No => {}
                    Public::Here => { span.tag.good { "public since an earlier version" } " " }
                    Public::Elsewhere => { span.tag.good { "public already, by another statement or bundle" } " " }
                }
                span.said dir="auto" { (part.text.trim()) }
            }
        }
    }
}

fn opens(parts: &[PartChoice]) -> bool {
    parts.iter().any(|part| part.open && part.public == Public::No)
}

/// What is about to become public for ever, in words.
fn forever(parts: &[PartChoice]) -> String {
    let new: Vec<usize> =
        parts.iter().filter(|part| part.open && part.public == Public::No).map(|part| part.number).collect();
    match new.len() {
        0 => "No further part becomes public.".to_owned(),
        n => format!(
            "{} public with the next version, for ever: {} {}. What was opened can’t be closed again.",
            if n == 1 { "1 part becomes".to_owned() } else { format!("{n} parts become") },
            if n == 1 { "part" } else { "parts" },
            listed(&new)
        ),
    }
}

/// The message as the public will see it. Both faces of a part stand there, one of them hidden, so that a box that is ticked shows at once.
pub(super) fn seen(parts: &[PartChoice]) -> Markup {
    html! {
        div.letter #seen {
            @for part in parts {
                @let open = is_open(part);
                span.opened data-part=(part.number) hidden[!open] dir="auto" { (part.text) }
                span.hole data-part=(part.number) hidden[open] { (hole(part)) }
                @if !part.text.ends_with(char::is_whitespace) { " " }
            }
        }
    }
}

/// The same for whoever can change nothing: of a closed part nothing but its hole.
pub(super) fn holes(parts: &[PartChoice]) -> Markup {
    html! {
        div.letter {
            @for part in parts {
                @if is_open(part) { span dir="auto" { (part.text) } } @else { span.hole { (hole(part)) } }
                @if !part.text.ends_with(char::is_whitespace) { " " }
            }
        }
    }
}

fn is_open(part: &PartChoice) -> bool {
    part.open || part.public == Public::Here
}

fn hole(part: &PartChoice) -> String {
    let words = if part.words == "41+" { "more than 40".to_owned() } else { part.words.replace('-', "–") };
    format!("Part {} closed: {words} words", part.number)
}

/// "3 of 7 parts are open."
pub(super) fn summary(parts: &[PartChoice]) -> String {
    let open = parts.iter().filter(|part| is_open(part)).count();
    format!("{open} of {} open", count(parts.len(), "part", "parts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: usize, public: Public, open: bool) -> PartChoice {
        PartChoice { number, text: format!("Sentence {number}."), words: "1-5", public, open, sites: false }
    }

    #[test]
    fn buttons_open_what_they_say() {
        let parts = [part(1, Public::Here, true), part(2, Public::No, false), part(3, Public::No, false)];
        let states = [PartState::LeftOut, PartState::Altered, PartState::LeftOut];
        for (value, open) in [("all", vec![1, 2, 3]), ("post", vec![2]), ("none", vec![])] {
            assert_eq!(Pick::of(value).unwrap().open(&parts, &states), open, "{value}");
        }
        assert!(Pick::of("").is_none() && Pick::Post.open(&parts, &[]).is_empty());
    }

    #[test]
    fn word_for_word_is_said_where_copies_do_not_differ() {
        let (plain, states) = (part(1, Public::No, false), [PartState::Whole]);
        let said = |part: PartChoice| choose(&[part], &states, true).into_string();
        assert!(said(plain.clone()).contains("in the post, word for word"));
        let sites = said(PartChoice { sites: true, ..plain });
        assert!(
            sites.contains("in the post, as one of its copies reads") && !sites.contains("word for word"),
            "{sites}"
        );
        assert!(!sites.contains(OFF_PICTURE), "no difference, nothing to compare");
    }

    #[test]
    fn what_is_for_ever_is_said() {
        let said = |parts: &[PartChoice]| forever(parts);
        assert_eq!(said(&[part(1, Public::Here, true)]), "No further part becomes public.");
        let one = said(&[part(1, Public::Here, true), part(2, Public::No, true)]);
        assert!(one.starts_with("1 part becomes public with the next version, for ever: part 2."), "{one}");
        let two = said(&[part(1, Public::No, true), part(2, Public::No, true)]);
        assert!(two.contains("2 parts become public") && two.contains("parts 1 and 2."), "{two}");
    }

    #[test]
    fn a_closed_part_is_a_hole_and_markup_is_text() {
        let mut hostile = part(1, Public::No, false);
        hostile.text = "<script>alert(1)</script>".to_owned();
        let page = (choose(&[hostile.clone()], &[], false).into_string(), seen(&[hostile]).into_string());
        assert!(!page.0.contains("<script") && !page.1.contains("<script"));
        assert!(page.1.contains("Part 1 closed: 1–5 words"), "{}", page.1);
        let fixed = choose(&[part(4, Public::Here, true)], &[], false).into_string();
        assert!(fixed.contains("checked disabled") && fixed.contains("public since an earlier version"), "{fixed}");
    }
}
