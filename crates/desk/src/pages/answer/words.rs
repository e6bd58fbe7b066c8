//! The first text of a statement, written from a case's brief: plain words that claim no more than is proved, with blanks to fill.

use countermark_office::{Brief, PartState};
use countermark_reading::exports::Direction;
use countermark_statement::Kind;
use countermark_tracing::ChangeKind;

/// What a draft begins with.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct First {
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) text: String,
}

impl std::fmt::Debug for First {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("First").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A blank begins and ends so; nothing is published while there is one.
const BLANK: (&str, &str) = ("[[", "]]");

/// The first blank of a text that is still to fill.
pub(super) fn blank(text: &str) -> Option<&str> {
    let from = text.find(BLANK.0)?;
    let rest = &text[from..];
    let to =
        rest.find(BLANK.1).map_or_else(|| rest.lines().next().map_or(rest.len(), str::len), |at| at + BLANK.1.len());
    Some(&rest[..to])
}

/// What can be said of a case at once.
pub(super) fn first(brief: &Brief) -> First {
    let place = place(brief);
    let (kind, title, mut text) = match brief.case.summary.kind {
        _ if brief.finding.is_some() => {
            (Kind::Leak, format!("On a message of ours, published {place}"), leak(brief, &place))
        }
        "leak" => (Kind::Leak, format!("On our words, published {place}"), words_only(brief, &place)),
        "reworded" => (Kind::Reworded, format!("On what was published {place}"), reworded(&place)),
        "invented" => (
            Kind::Invented,
            format!("On words attributed to us{}", named(brief).map_or(String::new(), |name| format!(" {name}"))),
            invented(brief, &place),
        ),
        _ => (Kind::Notice, format!("On what was published {place}"), foreign(brief, &place)),
    };
    text.retain(|paragraph| !paragraph.is_empty());
    First { title: line(&title, 160), kind, text: text.join("\n\n") }
}

/// What a statement without a case begins with.
pub(super) fn empty() -> First {
    First { title: String::new(), kind: Kind::Notice, text: String::new() }
}

fn leak(brief: &Brief, place: &str) -> Vec<String> {
    let has = |state| brief.parts.contains(&state);
    let changes = brief.finding.iter().flat_map(|found| &found.trace.changes);
    let added = changes.clone().any(|change| change.kind == ChangeKind::Added);
    let differs = has(PartState::Altered) || has(PartState::LeftOut);
    let difference = match (has(PartState::Altered), has(PartState::LeftOut)) {
        // What a program misread is no difference.
        _ if differs && brief.case.off_picture() => {
            "[[The text was read off a picture by a program. Compare each difference with the picture; then say what reads otherwise, or take this line out.]]"
        }
        (true, true) => {
            "What was published is neither whole nor word for word what we wrote: some of it reads otherwise, and some of it was left out."
        }
        (true, false) => "What was published is not word for word what we wrote.",
        (false, true) => "What was published leaves out a part of what we wrote.",
        // A reporter's words between two quotations, or a forger's: only who reads it can tell.
        (false, false) if added => {
            "[[Other words stand between ours. Say which of them are put into our mouth, or take this line out.]]"
        }
        (false, false) => "",
    };
    let fixed = match (brief.as_sent, brief.clock) {
        (true, _) => "We registered the message after we had sent it.".to_owned(),
        (false, Some(clock)) if clock < brief.case.captured_at => format!(
            "By the word of an independent clock our text was fixed no later than {}, and could not be changed since.",
            date(clock)
        ),
        _ => String::new(),
    };
    let proof = "The parts of our message that we open stand on this page, with their proof, which every reader’s browser can check. What we keep closed is shown as numbered gaps. The proof does not show who made the message public.";
    vec![
        format!(
            "A text that was published {place} holds words of a private message of ours. [[Say in one sentence what it is about.]]"
        ),
        difference.to_owned(),
        fixed,
        proof.to_owned(),
    ]
}

/// Words of a message of ours, too few to be traced, or of one that was taken from an archive.
fn words_only(brief: &Brief, place: &str) -> Vec<String> {
    let where_from = match &brief.case.taken {
        Some(taken) if taken.direction == Direction::Sent => {
            format!(
                "They stand in a message that we sent on {}. We kept it in our archive and did not seal it, so we can show it and not prove it.",
                date(taken.at)
            )
        }
        _ => String::new(),
    };
    vec![
        format!("A text that was published {place} quotes words of ours. [[Say in one sentence what it is about.]]"),
        where_from,
        "[[Say what you wrote, and how it was meant.]]".to_owned(),
    ]
}

fn reworded(place: &str) -> Vec<String> {
    vec![
        format!(
            "A text that was published {place} speaks of what may be a message of ours, in other words. [[Read both before you deny anything.]]"
        ),
        "[[Say what you wrote, and how it was meant.]]".to_owned(),
    ]
}

fn invented(brief: &Brief, place: &str) -> Vec<String> {
    let near = brief.case.searched.as_ref().and_then(|searched| searched.nearest.as_ref());
    let close = near.is_some_and(|near| near.words * 2 > near.of);
    let found = if close && brief.case.off_picture() {
        // What a program misread was never said otherwise.
        "[[The text was read off a picture by a program. Compare it and the nearest passage on the case’s page with the picture, then say what you found.]]"
    } else if close {
        // Whose every word stands in one sentence may have been cut or bent, and is not invented.
        "We find no such words in what we have on record; it is not quoted word for word. [[Read the nearest passage on the case’s page before you deny it.]]"
    } else {
        "We find no such words in anything that we have on record."
    };
    let searched = match &brief.case.searched {
        Some(searched) => format!(
            "We searched {}, {}. That nothing was found proves nothing by itself: it is our word.",
            if searched.messages == 1 {
                "the one message that we have on record".to_owned()
            } else {
                format!("the {} messages that we have on record", searched.messages)
            },
            if date(searched.from) == date(searched.to) {
                format!("of {}", date(searched.from))
            } else {
                format!("from {} to {}", date(searched.from), date(searched.to))
            }
        ),
        None => "That nothing was found proves nothing by itself: it is our word.".to_owned(),
    };
    vec![
        format!("A text that was published {place} attributes words to us. {found}"),
        searched,
        "[[Say in one sentence what is true, or take this line out.]]".to_owned(),
    ]
}

fn foreign(brief: &Brief, place: &str) -> Vec<String> {
    let ours = match &brief.case.taken {
        Some(taken) => format!("It stands in a letter that we received on {}, and did not write.", date(taken.at)),
        None => "As far as we have on record, this text is none of ours.".to_owned(),
    };
    vec![format!("A text was published {place}. {ours}"), "[[Say what you want readers to know.]]".to_owned()]
}

/// The place of a post that has one: "by Channel on 17 March 2030".
fn named(brief: &Brief) -> Option<String> {
    brief.case.origin.as_ref().map(|_| place(brief))
}

/// "by Channel on 17 March 2030", "at site.example on 17 March 2030", or when it was captured.
fn place(brief: &Brief) -> String {
    let case = &brief.case;
    let Some(origin) = &case.origin else {
        return format!("no later than {}", date(case.captured_at));
    };
    let when = origin.published_at.filter(|at| *at <= case.captured_at);
    let when =
        when.map_or_else(|| format!("no later than {}", date(case.captured_at)), |at| format!("on {}", date(at)));
    let host = origin.url.as_deref().and_then(host);
    let name = origin.author.as_deref().map(|author| line(author, 60)).filter(|author| !author.is_empty());
    match (name, host) {
        (Some(name), _) => format!("by {name} {when}"),
        (None, Some(host)) => format!("at {host} {when}"),
        (None, None) => when,
    }
}

/// The host of an address, as far as it is one that can stand in a sentence.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let host = host.split(':').next()?.trim_start_matches("www.");
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    (host.contains('.') && host.len() <= 80 && host.chars().all(fits)).then(|| host.to_owned())
}

/// One line without characters that do anything, cut to so many.
pub(super) fn line(text: &str, most: usize) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept: String = text.chars().map(|c| if c.is_control() || turns(c) { ' ' } else { c }).collect();
    let words = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", words[..at].trim_end()),
        None => words,
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "17 March 2030", UTC, by the civil calendar.
fn date(at: u64) -> String {
    let shown = countermark_web::utc(at);
    let mut pieces = shown[..10].split('-');
    let (year, month, day) = (pieces.next(), pieces.next(), pieces.next());
    let month = month.and_then(|month| month.parse::<usize>().ok()).and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    match (year, month, day.and_then(|day| day.parse::<u8>().ok())) {
        (Some(year), Some(month), Some(day)) => format!("{day} {month} {year}"),
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_found_closed_or_not() {
        for (text, found) in [
            ("One. [[Say two.]] Three.", Some("[[Say two.]]")),
            ("[[a]] [[b]]", Some("[[a]]")),
            ("One [[never\nclosed", Some("[[never")),
            ("It holds [1] and a]].", None),
            ("", None),
        ] {
            assert_eq!(blank(text), found, "{text}");
        }
    }

    #[test]
    fn names_from_outside_become_a_line() {
        assert_eq!(line(" A\u{202e}b\u{0}\n c ", 60), "A b c");
        assert_eq!(line(&"é".repeat(70), 60), format!("{}…", "é".repeat(60)));
        for (url, found) in [
            ("https://www.gazette.example/a/b?c#d", Some("gazette.example")),
            ("https://user@gazette.example:8443/", Some("gazette.example")),
            ("https://<b>.example/", None),
            ("javascript:alert(1)", None),
            ("https://localhost/", None),
            ("", None),
        ] {
            assert_eq!(host(url).as_deref(), found, "{url}");
        }
        assert_eq!((date(0), date(1_900_000_000)), ("1 January 1970".to_owned(), "17 March 2030".to_owned()));
    }
}
