//! What an added paragraph is, where its own words say it safely: "The ministry said no" is the ministry's response.

/// Verbs by which somebody speaks, and what that makes.
const VERBS: [(&str, &str); 14] = [
    ("answered", "response"),
    ("apologised", "apology"),
    ("apologized", "apology"),
    ("commented", "comment"),
    ("confirmed", "confirmation"),
    ("denied", "denial"),
    ("denies", "denial"),
    ("explained", "explanation"),
    ("replied", "response"),
    ("responded", "response"),
    ("said", "response"),
    ("says", "response"),
    ("stated", "statement"),
    ("wrote", "response"),
];

/// Words that stand before a subject and change nothing of who speaks.
const BEFORE: [&str; 10] =
    ["but", "and", "later", "meanwhile", "however", "today", "yesterday", "then", "afterwards", "still"];

/// Words that no subject holds: whoever is meant by them stands elsewhere, or nobody spoke.
const NEVER: [&str; 42] = [
    "i",
    "he",
    "she",
    "it",
    "we",
    "they",
    "you",
    "who",
    "which",
    "that",
    "this",
    "these",
    "those",
    "what",
    "there",
    "nobody",
    "no",
    "none",
    "neither",
    "everybody",
    "everyone",
    "somebody",
    "someone",
    "anybody",
    "anyone",
    "others",
    "one",
    "not",
    "never",
    "is",
    "was",
    "has",
    "had",
    "will",
    "letter",
    "message",
    "report",
    "article",
    "post",
    "text",
    "page",
    "law",
];

/// The most words of a subject.
const LONGEST: usize = 5;

/// What a paragraph's first sentence of saying adds: "the ministry's response". Only where the whole of a clause before the verb is the one who
/// speaks: "The head of the ministry said" is not the ministry.
pub(super) fn subject(paragraph: &str) -> Option<String> {
    let outside = without_quotations(paragraph);
    let mut found: Option<String> = None;
    for clause in outside.split(['.', ',', ';', ':', '!', '?', '\n', '\u{0}']) {
        let words: Vec<&str> = clause.split_whitespace().collect();
        let Some(verb) = words.iter().position(|word| making(word).is_some()) else { continue };
        let making = making(words[verb]).unwrap_or_default();
        let who = speaker(&words[..verb])?;
        let said = format!("{who} {making}");
        match &found {
            // Two who speak in one paragraph: whose it is, is not safe.
            Some(before) if *before != said => return None,
            _ => found = Some(said),
        }
    }
    found
}

fn making(word: &str) -> Option<&'static str> {
    VERBS.iter().find(|(verb, _)| word.eq_ignore_ascii_case(verb)).map(|(_, making)| *making)
}

/// The possessive of a whole clause before a verb, where it is an office with its article, or a name.
fn speaker(words: &[&str]) -> Option<String> {
    let from = words.iter().position(|word| !BEFORE.contains(&word.to_lowercase().as_str()))?;
    let words = &words[from..];
    let plain = |word: &&str| word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\''));
    if words.len() > LONGEST || !words.iter().all(plain) {
        return None;
    }
    if words.iter().any(|word| NEVER.contains(&word.to_lowercase().as_str())) {
        return None;
    }
    let the = words[0].eq_ignore_ascii_case("the");
    let name = words.iter().all(|word| word.chars().next().is_some_and(char::is_uppercase));
    // An office alone ("Ministry said") reads as a name; what has neither article nor capitals is no subject.
    if !(name || the && words.len() > 1) || words.len() == 1 && words[0].chars().count() < 3 {
        return None;
    }
    let mut who = words.join(" ");
    if the {
        who.replace_range(..3, "the");
    }
    let genitive = if who.ends_with(['s', 'S']) { "'" } else { "'s" };
    Some(format!("{who}{genitive}"))
}

/// A paragraph with what stands in quotation marks left out, so that only what the text itself says is read. A mark that is not closed takes
/// the rest.
fn without_quotations(paragraph: &str) -> String {
    let mut out = String::with_capacity(paragraph.len());
    let mut closing: Option<char> = None;
    for c in paragraph.chars() {
        match closing {
            Some(end) if c == end => {
                closing = None;
                out.push('\u{0}');
            }
            Some(_) => {}
            None => match c {
                '“' => closing = Some('”'),
                '„' => closing = Some('“'),
                '«' => closing = Some('»'),
                '"' => closing = Some('"'),
                c => out.push(c),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_speaks() {
        let cases = [
            ("The ministry said no on Monday.", Some("the ministry's response")),
            ("“We know nothing,” the ministry of Velland said.", Some("the ministry of Velland's response")),
            ("But the authorities denied it.", Some("the authorities' denial")),
            ("Ina Velt replied that she had written it.", Some("Ina Velt's response")),
            ("The ministry said no. “It is wrong,” the ministry said.", Some("the ministry's response")),
            ("The ministry said no. The embassy said yes.", None),
            ("He said no.", None),
            ("On Monday the ministry said no.", None),
            ("Nobody said a word.", None),
            ("The harbour is shut.", None),
            ("“The ministry said no.”", None),
            ("The ministry has not replied.", None),
            ("The letter that he wrote is here.", None),
            ("it is said that the ship came.", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(subject(text).as_deref(), expected, "{text}");
        }
    }
}
