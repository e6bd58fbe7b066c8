//! What no rule may touch: quotations, links and addresses, headings, labels, quoted lines.
//!
//! Where it can't be told whether something is quoted, it counts as quoted: a proposal too few costs a
//! fraction of a bit, a reworded quotation costs the writer's credit.

use countermark_text::Span;

/// How many characters ahead a closing mark is looked for: some pages. A limit keeps the search linear.
const FAR: usize = 8192;

/// The protected spans of a text, in no particular order, overlapping.
pub(super) fn protected(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    double_quotations(text, &mut spans);
    single_quotations(text, &mut spans);
    lines(text, &mut spans);
    links(text, &mut spans);
    spans
}

/// What stands in double quotation marks. A quotation that its paragraph does not close runs on when the
/// next paragraph opens with a mark again (the convention for long quotations) or when a closing mark
/// comes before the next opening one; else it ends with its paragraph.
fn double_quotations(text: &str, spans: &mut Vec<Span>) {
    let mut open: Option<usize> = None;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let mark = matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂');
        match open {
            None if mark && !(c == '”' && before.is_some_and(|b: char| !b.is_whitespace())) => open = Some(at),
            Some(start) if mark => {
                let opens = matches!(c, '“' | '«' | '„') && before.is_none_or(|b: char| b.is_whitespace());
                let again = c == '"' && starts_paragraph(text, at);
                if !opens && !again {
                    spans.push(start..at + c.len_utf8());
                    open = None;
                }
            }
            Some(start)
                if c == '\n'
                    && is_break(text, at)
                    && !runs_on(&text[at..], &['"', '“', '„', '«'], Some(('”', '“'))) =>
            {
                spans.push(start..at);
                open = None;
            }
            _ => {}
        }
        before = Some(c);
    }
    if let Some(start) = open {
        spans.push(start..text.len());
    }
}

/// What stands in single quotation marks. A closing mark looks like the apostrophe of a plural
/// ("the nations' rights"), so a quotation runs to the last such mark of its paragraph.
fn single_quotations(text: &str, spans: &mut Vec<Span>) {
    let mut open: Option<(usize, char, Option<usize>)> = None;
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, n)| n);
        let free =
            before.is_none_or(|b: char| b.is_whitespace() || matches!(b, '(' | '[' | '—' | '–' | '-' | '“' | '"'));
        if matches!(c, '‘' | '\'') && free && next.is_some_and(|n| n.is_alphanumeric() || n == '“') {
            if let Some((start, mark, end)) = open
                && (end.is_some() || mark == '\'')
            {
                spans.extend(end.map(|end| start..end));
                open = None;
            }
            open = open.or(Some((at, c, None)));
        } else if matches!(c, '’' | '\'')
            && before.is_some_and(|b| !b.is_whitespace())
            && next.is_none_or(|n| !n.is_alphanumeric())
        {
            if let Some((_, _, end)) = &mut open {
                *end = Some(at + c.len_utf8());
            }
        } else if c == '\n'
            && is_break(text, at)
            && let Some((start, mark, end)) = open
        {
            let more = end.is_none() && runs_on(&text[at..], &['‘', '\''], None);
            if !more {
                // A straight mark that nothing closes is an elision ('tis).
                spans.extend(end.or((mark == '‘').then_some(at)).map(|end| start..end));
                open = None;
            }
        }
        before = Some(c);
    }
    if let Some((start, mark, end)) = open {
        spans.extend(end.or((mark == '‘').then_some(text.len())).map(|end| start..end));
    }
}

/// Whether a blank line begins at this line feed.
fn is_break(text: &str, at: usize) -> bool {
    text[at + 1..].chars().find(|&c| c == '\n' || !c.is_whitespace()).is_none_or(|c| c == '\n')
}

fn starts_paragraph(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t', '\r']);
    before.ends_with('\n') && before[..before.len() - 1].trim_end_matches([' ', '\t', '\r']).ends_with('\n')
}

/// Whether a quotation that is open at a paragraph's end goes on: the next paragraph opens with one of
/// `marks`, or the closing mark comes before the opening one.
fn runs_on(rest: &str, marks: &[char], closing: Option<(char, char)>) -> bool {
    if rest.trim_start().starts_with(marks) {
        return true;
    }
    closing.is_some_and(|(closing, opening)| {
        rest.chars().take(FAR).find(|&c| c == closing || c == opening) == Some(closing)
    })
}

/// Lines that are headings, labels or quoted mail.
fn lines(text: &str, spans: &mut Vec<Span>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let shown = line.trim();
        if shown.starts_with('>') || in_capitals(shown) || in_title_case(shown) || labelled(shown) {
            spans.push(start..start + line.len());
        }
        start += line.len();
    }
}

/// "AGREEMENT ON TRADE"
fn in_capitals(line: &str) -> bool {
    line.chars().filter(|c| c.is_uppercase()).count() >= 2 && !line.chars().any(char::is_lowercase)
}

/// "Agreement on Trade and Payments": short, unpunctuated, its longer words capitalised.
fn in_title_case(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    (2..=12).contains(&words.len())
        && !line.ends_with(['.', ',', ':', ';', '!', '?'])
        && words.iter().all(|w| w.chars().count() < 4 || !w.starts_with(char::is_lowercase))
}

/// "Subject: the talks on trade": a label, a colon, a few words, no stop.
fn labelled(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(label, rest)| {
        label.split_whitespace().count() <= 2
            && !rest.ends_with(['.', '!', '?', ';', ',', ':'])
            && rest.split_whitespace().count() <= 20
    })
}

/// Whitespace-delimited words that are links, e-mail addresses, handles or paths.
fn links(text: &str, spans: &mut Vec<Span>) {
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let shown = word.trim_end();
        let dotted = shown.trim_end_matches(['.', ',', ')', ';']);
        if shown.contains("://")
            || shown.contains('@')
            || shown.starts_with("www.")
            || (dotted.contains('.') && dotted.contains('/'))
        {
            spans.push(start..start + shown.len());
        }
        start += word.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<&str> {
        let mut spans = protected(text);
        spans.sort_by_key(|s| (s.start, s.end));
        spans.into_iter().map(|s| text[s].trim_end()).collect()
    }

    #[test]
    fn what_is_quoted_or_fixed() {
        let table: &[(&str, &[&str])] = &[
            ("He said “we shall see” and left.", &["“we shall see”"]),
            ("He said \"we shall see\" and left.", &["\"we shall see\""]),
            ("He said ‘we shall see’ and left.", &["‘we shall see’"]),
            ("He said 'we shall see' and left.", &["'we shall see'"]),
            ("It's the nations' right, isn't it?", &[]),
            ("“One.\n\n“Two.\n\n“Three.” End.", &["“One.\n\n“Two.\n\n“Three.”"]),
            ("\"One.\n\n\"Two.\" End.", &["\"One.\n\n\"Two.\""]),
            ("“One is open.\n\nTwo is not.", &["“One is open."]),
            ("“One.\n\nTwo.” End.", &["“One.\n\nTwo.”"]),
            ("See https://a.example/toward/it, please.", &["https://a.example/toward/it,"]),
            ("Write to a.b@c.example now.", &["a.b@c.example"]),
            ("AGREEMENT ON TRADE\n\nWe agree.", &["AGREEMENT ON TRADE"]),
            ("Subject: the talks on trade\n\nWe agree.", &["Subject: the talks on trade"]),
            ("Dear Mr. President:\n\nWe agree.", &[]),
            ("> we shall see\n\nWe agree.", &["> we shall see"]),
        ];
        for (text, wanted) in table {
            assert_eq!(&shown(text), wanted, "{text}");
        }
    }
}
