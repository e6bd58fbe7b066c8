//! The brief in words: the same sentences wherever it is read.
//!
//! Lines begin in lower case and end without a stop, as errors do: whoever shows them makes of them what his page wants.

use countermark_reading::exports::Direction;
use countermark_tracing::{Change, ChangeKind, Quote, Trace};

use super::{Addressed, Brief, Case, PartState, Quotation, Searched};
use crate::ledger::hex;

/// What is said wherever differences of a text are told that was read off a picture.
pub const OFF_PICTURE: &str = "The text was read off a picture by a program: compare each difference with the picture before you say that something was altered.";

/// So many changes, and so many quotations, are told; the rest is counted.
const CHANGES: usize = 6;

/// So many characters of a stretch.
const STRETCH: usize = 90;

/// So many characters of a place.
const PLACE: usize = 200;

/// How a brief is told, which its reader's surface decides.
#[derive(Debug, Clone, Copy)]
pub struct Telling {
    /// A time, seconds since 1970, as he reads it; its first ten characters are the day.
    pub time: fn(u64) -> String,
    /// A text from outside, harmless where it is shown.
    pub clean: fn(&str) -> String,
    /// Whether he may know whose copy it was.
    pub names: bool,
    /// Whether commands are told, and the ids that they take.
    pub commands: bool,
}

/// One of the brief's four questions, and the lines that answer it.
#[derive(Clone, PartialEq, Eq)]
pub struct Section {
    /// What is asked.
    pub title: &'static str,
    /// The answers, at least one.
    pub lines: Vec<String>,
}

impl std::fmt::Debug for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Section").field("title", &self.title).field("lines", &self.lines.len()).finish()
    }
}

impl Case {
    /// Whether a program read the text, or a piece of it, off a picture.
    #[must_use]
    pub fn off_picture(&self) -> bool {
        self.pieces.iter().any(|piece| piece.role == "picture")
    }
}

impl Quotation {
    /// How much of it is the writer's. That words of it are does not make the others his.
    #[must_use]
    pub fn whose(&self) -> String {
        let cut = self.text.contains(['[', '\u{2026}']) || self.text.contains("...");
        match self {
            q if q.exact && cut => "yours, with words left out".to_owned(),
            q if q.exact => "yours".to_owned(),
            q if q.ours && q.words > 0 && q.held >= q.words => {
                "not as you wrote it: words are missing or moved".to_owned()
            }
            q if q.ours && q.words > 0 => format!("yours in part: {} of its {} words", q.held, q.words),
            q if q.ours => "yours, at least in part".to_owned(),
            _ => "not found".to_owned(),
        }
    }
}

impl Brief {
    /// All of it: what is out, what differs, what may be said, what is not proved.
    #[must_use]
    pub fn sections(&self, telling: &Telling) -> [Section; 4] {
        let said = Said { brief: self, telling };
        [
            Section { title: "What is out", lines: said.out() },
            Section { title: "What differs", lines: said.differs() },
            Section { title: "What may be said", lines: said.sayable() },
            Section { title: "What is not proved", lines: said.unproved() },
        ]
    }

    /// The case in a sentence.
    #[must_use]
    pub fn headline(&self, telling: &Telling) -> String {
        Said { brief: self, telling }.headline()
    }

    fn trace(&self) -> Option<&Trace> {
        self.finding.as_ref().map(|found| &found.trace).or(self.taken.as_ref().map(|found| &found.trace))
    }

    fn numbers(&self, state: PartState) -> Vec<usize> {
        self.parts.iter().enumerate().filter(|(_, s)| **s == state).map(|(number, _)| number + 1).collect()
    }

    /// What is said where nothing differs. Word for word is said of parts without sites alone.
    fn same(&self) -> &'static str {
        let worded = self.numbers(PartState::Whole).iter().any(|part| self.sites.contains(part));
        if worded { "as one of its copies reads" } else { "word for word" }
    }
}

struct Said<'a> {
    brief: &'a Brief,
    telling: &'a Telling,
}

impl Said<'_> {
    fn headline(&self) -> String {
        let (brief, case) = (self.brief, &self.brief.case);
        let Some(trace) = brief.trace() else { return self.untraced() };
        let what = match &brief.taken {
            Some(taken) if brief.finding.is_none() => match taken.taken.direction {
                Direction::Sent => "a message that you sent before it could be sealed".to_owned(),
                Direction::Received => "a letter that you received, and did not write".to_owned(),
            },
            _ => match &case.reference {
                Some(reference) if self.telling.commands => format!("{} (Ref. {reference})", self.message()),
                _ => self.message(),
            },
        };
        let differs = differences(&trace.changes)
            .map_or_else(|| format!("as far as it goes, {}", brief.same()), |d| format!("with {d}"));
        format!(
            "it shows {} of the {} words of {what}, {} in a row, {differs}",
            grouped(trace.words_matched as u64),
            grouped(trace.message_words as u64),
            grouped(trace.longest_run as u64)
        )
    }

    /// The same where nothing was compared word by word.
    fn untraced(&self) -> String {
        let case = &self.brief.case;
        if let (Some(touched), "reworded") = (&case.touched, case.summary.kind) {
            return format!(
                "it shares rare words with {} in {}, at most {} in a row, and is too altered to be compared word by word",
                self.message(),
                counted(touched.places.into(), "place", "places"),
                touched.words
            );
        }
        match case.summary.kind {
            "invented" => {
                "words attributed to the writer are out, and nothing registered here holds all of them".to_owned()
            }
            "leak" => format!("words of {} are quoted, too few of them to be traced", self.message()),
            "received" => "it shows a letter that this office received and did not write".to_owned(),
            _ => "nothing of this office was found in it".to_owned(),
        }
    }

    fn message(&self) -> String {
        match self.brief.case.summary.message {
            Some(message) if self.telling.commands => format!("message {}", &hex(&message.0)[..8]),
            _ => "a message of yours".to_owned(),
        }
    }

    fn out(&self) -> Vec<String> {
        let case = &self.brief.case;
        let captured = format!("captured {}", self.time(case.captured_at));
        let place = match &case.origin {
            Some(origin) => {
                let place = origin.url.clone().unwrap_or_else(|| format!("{}: {}", origin.source, origin.post));
                format!("{captured} at {}", self.stretch(&place, PLACE))
            }
            None => format!("{captured}, given by hand"),
        };
        let mut lines = vec![place, self.headline()];
        if let Some(known) = &case.known {
            lines.push(format!(
                "what was found in it is public since version {} of «{}», of {}; read what stands beside it",
                known.version,
                self.stretch(&known.title, STRETCH),
                self.time(known.at)
            ));
        }
        for quotation in case.quotations.iter().filter(|quotation| !quotation.exact).take(CHANGES) {
            let said = if quotation.certain { "attributed to you" } else { "perhaps attributed to you" };
            lines.push(format!("{said}, {}: {}", quotation.whose(), self.quoted(unmarked(&quotation.text))));
        }
        match case.later.last() {
            Some(later) if later.published.is_none() => lines.push(format!("deleted since ({})", self.time(later.at))),
            Some(later) => lines.push(format!("edited since ({})", self.time(later.at))),
            None => {}
        }
        lines
    }

    fn differs(&self) -> Vec<String> {
        let (brief, case) = (self.brief, &self.brief.case);
        let picture = || case.off_picture().then(|| OFF_PICTURE.to_owned());
        let Some(trace) = brief.trace() else {
            return match case.searched.as_ref().and_then(|searched| searched.nearest.as_ref()) {
                Some(near) => {
                    let near = format!("nearest true passage, part {}: {}", near.part, self.quoted(&near.text));
                    std::iter::once(near).chain(picture()).collect()
                }
                None if case.summary.message.is_some() && case.taken.is_none() => {
                    vec!["nothing in the words that are quoted".to_owned()]
                }
                None => vec!["nothing to compare with".to_owned()],
            };
        };
        let (left_out, around) = (brief.numbers(PartState::LeftOut), brief.numbers(PartState::Around));
        let mut lines = Vec::new();
        if !left_out.is_empty() {
            lines.push(format!("left out whole: {}", ranges(&left_out)));
        }
        // What is left out whole is said above.
        let told = |change: &&Change| {
            change.kind != ChangeKind::Omitted || change.parts.clone().any(|part| !left_out.contains(&part))
        };
        let changes: Vec<&Change> = trace.changes.iter().filter(told).collect();
        lines.extend(changes.iter().take(CHANGES).map(|change| self.difference(change)));
        if changes.len() > CHANGES {
            let more = if self.telling.commands { " (`case show`)" } else { "" };
            lines.push(format!("and {} more{more}", changes.len() - CHANGES));
        }
        if !around.is_empty() {
            lines.push(format!(
                "the lines around the letter (salutation, signature) are not there as in your copy: {}",
                ranges(&around)
            ));
        }
        if lines.is_empty() {
            lines.push(format!("nothing: as far as it goes it stands there {}", brief.same()));
        } else {
            lines.extend(picture());
        }
        lines.extend(brief.addressed.as_ref().map(|line| self.addressed(line)));
        lines
    }

    /// A salutation of some of the copies: a fact, and no evidence.
    fn addressed(&self, line: &Addressed) -> String {
        let whose = match line.named.filter(|_| self.telling.names) {
            None => "",
            Some(true) => "; the copy that is named has it too",
            Some(false) => "; the copy that is named has another",
        };
        format!(
            "{} is how copies of {} of {} recipients have part {}{whose}; anybody can type it: it shows nothing of whose copy it is",
            self.quoted(&line.line),
            line.copies,
            line.of,
            line.part
        )
    }

    fn difference(&self, change: &Change) -> String {
        let quoted = |quote: &Option<Quote>| quote.as_ref().map_or_else(String::new, |quote| self.quoted(&quote.text));
        let (sent, published) = (quoted(&change.sent), quoted(&change.published));
        match change.kind {
            ChangeKind::Omitted => format!("left out: {sent}"),
            ChangeKind::Added => format!("put in: {published}"),
            ChangeKind::Changed => format!("you wrote {sent}, it says {published}"),
            ChangeKind::Moved => format!("moved: {published}"),
        }
    }

    fn sayable(&self) -> Vec<String> {
        let brief = self.brief;
        let altered = brief.numbers(PartState::Altered);
        let (worded, plain): (Vec<usize>, Vec<usize>) =
            brief.numbers(PartState::Whole).into_iter().partition(|part| brief.sites.contains(part));
        let mut lines = Vec::new();
        if !plain.is_empty() {
            lines.push(format!("as you wrote it: {}", ranges(&plain)));
        }
        if !worded.is_empty() {
            lines.push(format!("as you wrote it, in one copy's wording: {}", ranges(&worded)));
        }
        if !altered.is_empty() {
            let read = if brief.case.off_picture() { ", if the picture shows it too" } else { "" };
            lines.push(format!("not as you wrote it{read}: {}", ranges(&altered)));
        }
        if brief.finding.is_none() {
            lines.push(self.unfound());
            return lines;
        }
        let when = brief.sealed_at.map(self.telling.time).unwrap_or_default();
        lines.push(match (brief.as_sent, brief.clock) {
            (true, _) => format!("that you registered it later as sent on {}", day(&when)),
            (false, Some(clock)) => {
                format!("that the text was fixed before {}, by an independent clock", self.time(clock))
            }
            (false, None) => format!("that it was sealed on {when}, by your own clock"),
        });
        let by = match self.telling.commands {
            true => format!(": prove {} --open PARTS --out FILE", &hex(&brief.case.summary.id)[..8]),
            false => String::new(),
        };
        let waits = if brief.logged { "" } else { ", once its leaf is in the log" };
        lines.push(format!("any part can be opened with its proof{waits}{by}"));
        lines
    }

    /// What may be said where no sealed message was found. Nothing here may deny words that stand in something registered.
    fn unfound(&self) -> String {
        let case = &self.brief.case;
        match &case.taken {
            Some(taken) => {
                let at = self.time(taken.at);
                let on = day(&at);
                return match taken.direction {
                    Direction::Sent => format!("nothing that denies it: it stands in what you sent on {on}"),
                    Direction::Received => {
                        format!("that it stands in a letter which you received on {on}, and did not write")
                    }
                };
            }
            None if case.touched.is_some() => {
                let by = if self.telling.commands { " (`case show`, `messages show`)" } else { "" };
                return format!("nothing that denies it: read both first{by}, it may be your letter in other words");
            }
            None if case.summary.message.is_some() => {
                return "nothing that denies it: its words stand in a message of yours".to_owned();
            }
            None => {}
        }
        let near = case.searched.as_ref().and_then(|searched| searched.nearest.as_ref());
        let said = match (case.summary.kind, near) {
            // Whose every word stands in one sentence may have been cut or bent, and is not invented.
            ("invented", Some(near)) if near.words * 2 > near.of => {
                "that it is not quoted word for word; read the nearest passage before you deny it"
            }
            ("invented", _) => "that you find no such words in what is registered here",
            _ => "that this text is none of yours, as far as is registered here",
        };
        said.to_owned()
    }

    fn unproved(&self) -> Vec<String> {
        let (brief, case) = (self.brief, &self.brief.case);
        let mut lines = Vec::new();
        if case.taken.is_some() {
            lines.push(
                "what was written: it was taken in from an archive, and anybody could have changed that file before"
                    .to_owned(),
            );
        }
        lines.extend(case.searched.as_ref().map(|searched| self.searched(searched)));
        if brief.finding.is_some() {
            lines.push("who let it out; that it was sent, received or read".to_owned());
            if brief.clock.is_none() {
                lines.push("when it was sealed: no independent clock has stamped it".to_owned());
            }
            lines.push(self.which_copy());
            if brief.parts.contains(&PartState::LeftOut) {
                lines.push(
                    "what you keep closed stays unknown to others; that something is closed is visible".to_owned(),
                );
            }
        } else if case.taken.is_none() && case.summary.message.is_some() {
            lines.push("that they were taken from it: so few words may stand elsewhere too".to_owned());
        }
        if lines.is_empty() {
            lines.push("that nobody of yours wrote it by another way".to_owned());
        }
        lines
    }

    fn which_copy(&self) -> String {
        let (case, told) = (&self.brief.case, |command| if self.telling.commands { command } else { "" });
        match (case.named.as_slice(), &case.reason) {
            ([], None) => format!(
                "which copy it was: nobody has looked for it yet{}; bits that a case shows are counted from the text alone",
                told(" (`case trace CASE --reason TEXT`)")
            ),
            ([], Some(_)) => "which copy it was: none is named".to_owned(),
            (_, _) if !self.telling.names => "that the holder of the named copy published it".to_owned(),
            _ => format!(
                "that the copy's holder published it: a named copy names no person; say no name before he is heard{}",
                told(" (`case hear`)")
            ),
        }
    }

    /// What was searched, and what that does not prove.
    fn searched(&self, searched: &Searched) -> String {
        if searched.messages == 0 {
            return "that it was never written: nothing is registered here, so that it is not found says nothing"
                .to_owned();
        }
        let (from, to) = (self.time(searched.from), self.time(searched.to));
        format!(
            "that it was never written: {}, {} to {}; that it is in none of them is no proof",
            counted(searched.messages, "registered message was searched", "registered messages were searched"),
            day(&from),
            day(&to)
        )
    }

    fn time(&self, at: u64) -> String {
        (self.telling.time)(at)
    }

    fn quoted(&self, text: &str) -> String {
        format!("\u{201c}{}\u{201d}", self.stretch(text, STRETCH))
    }

    /// The beginning of a text from outside, on one line.
    fn stretch(&self, text: &str, most: usize) -> String {
        let line = text.split_whitespace().take(most).collect::<Vec<_>>().join(" ");
        (self.telling.clean)(&match line.char_indices().nth(most) {
            Some((at, _)) => format!("{}…", line[..at].trim_end()),
            None => line,
        })
    }
}

/// How many changes there are of each kind, in words; nothing where nothing differs.
fn differences(changes: &[Change]) -> Option<String> {
    let of = |kind| changes.iter().filter(|change| change.kind == kind).count() as u64;
    let kinds = [
        (of(ChangeKind::Omitted), "left out"),
        (of(ChangeKind::Changed), "changed"),
        (of(ChangeKind::Added), "put in"),
        (of(ChangeKind::Moved), "moved"),
    ];
    let said: Vec<String> = kinds
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", counted(number, "passage", "passages")))
        .collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// `3 words`, `1 word`.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// `12,345`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The day of a time that is told.
fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_follow_one_another_are_a_range() {
        for (numbers, text) in [(&[1, 2, 3, 5][..], "parts 1-3, 5"), (&[4], "part 4")] {
            assert_eq!(ranges(numbers), text);
        }
        assert_eq!(unmarked("\u{201c}We never met,\u{201d}"), "We never met");
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "word", "words"), "1 word");
        assert_eq!(differences(&[]), None);
    }
}
