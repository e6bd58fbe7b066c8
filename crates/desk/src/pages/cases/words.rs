//! The words that a case's page uses for what the office knows.

pub(super) use countermark_office::grouped;
use countermark_office::{Beginning, Quotation, Searched, TakenSummary, Touched, counted};
use countermark_reading::exports::Direction;
use maud::{Markup, html};

/// What a look is, for whoever is about to take one.
pub(super) const LOOK: &str = "A look counts: the evidence of one text is weighed against a bound that all looks at this message share, so every look at other evidence needs somewhat more bits than the one before. A look at the same evidence, or at too little of it, costs nothing.";

/// A kind of case: its word, and what it means.
pub(super) fn kind(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "leak" => ("Leak", "It shows a message of this office."),
        "received" => ("Received", "It shows a letter that this office received and did not write."),
        "reworded" => {
            ("Reworded", "It shares rare words with a message, and is too altered to be compared word by word.")
        }
        "invented" => ("Invented", "It attributes words to the writer that are in nothing registered here."),
        _ => ("Foreign", "Nothing of this office was found in it."),
    }
}

/// All kinds, as they are chosen from.
pub(super) const KINDS: [&str; 5] = ["leak", "invented", "reworded", "received", "foreign"];

/// A state: its word, and how its tag looks.
pub(super) fn state(state: &str) -> (&'static str, &'static str) {
    match state {
        "open" => ("Open", "wait"),
        "heard" => ("Being heard", "wait"),
        "approved" => ("Approved", "good"),
        "shown" => ("Shown", "good"),
        _ => ("Unknown", "quiet"),
    }
}

/// All states, as they are chosen from.
pub(super) const STATES: [&str; 4] = ["open", "heard", "approved", "shown"];

/// A state as a tag.
pub(super) fn state_tag(given: &str) -> Markup {
    let (word, class) = state(given);
    html! { span.tag.(class) { (word) } }
}

/// A kind as a tag.
pub(super) fn kind_tag(given: &str) -> Markup {
    let class = match given {
        "leak" | "invented" => "bad",
        "reworded" => "wait",
        _ => "quiet",
    };
    html! { span.tag.(class) { (kind(given).0) } }
}

/// `3 words`, `1 word`.
pub(super) fn count(number: impl Into<u64>, one: &str, many: &str) -> String {
    counted(number.into(), one, many)
}

/// How long ago, in the largest unit that fits.
pub(super) fn age(now_ms: u64, then_ms: u64) -> String {
    let seconds = now_ms.saturating_sub(then_ms) / 1000;
    match seconds {
        0..60 => "now".to_owned(),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// How much of a quotation is the writer's, and how its tag looks.
pub(super) fn whose(quotation: &Quotation) -> (&'static str, String) {
    let class = match quotation {
        q if q.exact => "good",
        q if q.ours => "wait",
        _ => "bad",
    };
    (class, quotation.whose())
}

/// What was searched, and what that does not prove.
pub(super) fn searched(searched: &Searched) -> Markup {
    if searched.messages == 0 {
        return html! { "Nothing is registered here: that a quotation is not found says nothing." };
    }
    html! {
        (count(searched.messages, "registered message was searched", "registered messages were searched")) ", written from "
        (countermark_web::when(searched.from)) " to " (countermark_web::when(searched.to))
        ". That a quotation is in none of them is no proof that it was never written."
    }
}

/// What a text shares with its message, where it is too altered to be traced.
pub(super) fn touched(touched: &Touched) -> String {
    format!(
        "It shares rare words with the message in {}, at most {} in a row, and is too altered to be compared word by word. Read both before anything is said.",
        count(touched.places, "place", "places"),
        touched.words
    )
}

/// How what was published begins.
pub(crate) fn begins(begins: &Beginning) -> Markup {
    html! {
        @if begins.read { span.tag.quiet { "read off a picture" } " " }
        "“" bdi { (super::lit::clean(&begins.words)) } "”"
    }
}

/// The beginning of a text on one line.
pub(crate) fn short(text: &str, most: usize) -> String {
    let line = text.split_whitespace().take(most).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}

/// As `short`, with its lines.
pub(super) fn short_lines(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

/// A time on its own, `2030-03-17 17:46 UTC`.
pub(crate) fn utc(at: u64) -> String {
    let markup = countermark_web::when(at).into_string();
    let text = markup.split_once('>').and_then(|(_, rest)| rest.split_once('<')).map(|(text, _)| text);
    text.unwrap_or_default().to_owned()
}

/// Which taken message it shows.
pub(super) fn taken(taken: &TakenSummary) -> Markup {
    html! {
        @match taken.direction {
            Direction::Sent => { "sent " (countermark_web::when(taken.at)) ", taken in without marks" },
            Direction::Received => { "received " (countermark_web::when(taken.at)) ", not written here" },
        }
    }
}

/// Whose words a piece of a post are.
pub(super) fn role(role: &str) -> &'static str {
    match role {
        "own" => "the post's own words",
        "forwarded" => "passed on",
        "replied-to" => "what it replies to",
        "quoted" => "quoted in it",
        "card" => "the card of a link",
        "caption" => "a caption",
        "poll" => "a poll",
        "picture" => "read off a picture",
        _ => "a piece",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ages_read_easily() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        for (ms, text) in [(0, "now"), (59_000, "now"), (60_000, "1 min"), (7_200_000, "2 h"), (172_800_000, "2 days")]
        {
            assert_eq!(age(ms, 0), text);
        }
        assert_eq!(age(0, 5_000), "now");
        assert_eq!(count(1_u64, "word", "words"), "1 word");
    }
}
