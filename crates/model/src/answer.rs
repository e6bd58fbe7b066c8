//! What comes back: read strictly, checked against the sentence, and refused where it does not fit.

use std::ops::Range;

use serde::Deserialize;
use serde_json::Value;

use crate::Error;

/// No sentence has more places worth a choice.
const MOST_PROPOSALS: usize = 16;
/// More than so many other wordings nobody reads.
const MOST_OTHERS: usize = 8;

/// Other wordings for a stretch of the sentence.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which stretch, in bytes of the sentence.
    pub span: Range<usize>,
    /// The other wordings, each different from the stretch and from one another; never empty.
    pub others: Vec<String>,
}

/// What a model proposed, as far as it can be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The proposals, in the order of the answer.
    pub proposals: Vec<Proposal>,
    /// How many stretches, and wordings of stretches that were kept, could not be used.
    pub refused: usize,
}

impl std::fmt::Debug for Proposal {
    /// Shows no text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proposal").field("span", &self.span).field("others", &self.others.len()).finish()
    }
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Content,
}

#[derive(Deserialize)]
struct Content {
    content: String,
}

#[derive(Deserialize)]
struct Stretch {
    words: String,
    others: Vec<String>,
}

/// Reads the body of a chat completion against the sentence that it was asked for.
///
/// # Errors
/// [`Error::NotCompletion`] for another form, [`Error::NotList`] when the first choice is no JSON array. A stretch or a wording that does
/// not fit is no error: it is counted.
pub fn read(body: &[u8], sentence: &str) -> Result<Answer, Error> {
    let completion: Completion = serde_json::from_slice(body).map_err(|_| Error::NotCompletion)?;
    let content = completion.choices.into_iter().next().ok_or(Error::NotCompletion)?.message.content;
    let stretches: Vec<Value> = serde_json::from_str(list(&content)).map_err(|_| Error::NotList)?;
    let mut answer = Answer::default();
    for stretch in stretches {
        let read = serde_json::from_value(stretch).ok().filter(|_| answer.proposals.len() < MOST_PROPOSALS);
        match read.and_then(|stretch| proposal(stretch, sentence)) {
            Some((proposal, refused)) => {
                answer.proposals.push(proposal);
                answer.refused += refused;
            }
            None => answer.refused += 1,
        }
    }
    Ok(answer)
}

/// The list itself: without what a model thought aloud before it, and without the fence around it.
fn list(content: &str) -> &str {
    let content = content.rsplit_once("</think>").map_or(content, |(_, said)| said);
    let Some((_, fenced)) = content.split_once("```") else { return content.trim() };
    // The first line of a fence names the language.
    let inner = fenced.split_once("```").map_or(fenced, |(inner, _)| inner);
    inner.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).trim()
}

/// The stretch with what can be used of its wordings, and how many can't.
fn proposal(stretch: Stretch, sentence: &str) -> Option<(Proposal, usize)> {
    let words = stretch.words.trim();
    let span = once(words, sentence).filter(|span| is_whole(span, sentence) && is_plain(words))?;
    let given = stretch.others.len();
    let mut others: Vec<String> = Vec::new();
    for other in stretch.others {
        let other = other.trim();
        let fits = !other.is_empty() && other.len() <= 2 * sentence.len() && is_plain(other);
        if fits && other != words && others.len() < MOST_OTHERS && !others.iter().any(|known| known == other) {
            others.push(other.to_owned());
        }
    }
    let refused = given - others.len();
    (!others.is_empty()).then_some((Proposal { span, others }, refused))
}

/// Where the words stand, if they stand there exactly once; places that overlap count.
fn once(words: &str, sentence: &str) -> Option<Range<usize>> {
    let at = sentence.find(words).filter(|_| !words.is_empty())?;
    let next = at + words.chars().next().map_or(1, char::len_utf8);
    (!sentence[next..].contains(words)).then_some(at..at + words.len())
}

/// Whether the stretch cuts no word in two.
fn is_whole(span: &Range<usize>, sentence: &str) -> bool {
    let cuts = |at: usize| {
        let before = sentence[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        before && sentence[at..].chars().next().is_some_and(char::is_alphanumeric)
    };
    !cuts(span.start) && !cuts(span.end)
}

/// Whether a text has nothing that steers a terminal, can't be seen, or could be taken for a site or a field.
fn is_plain(text: &str) -> bool {
    let hidden = |c: char| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
    };
    !text.chars().any(|c| c.is_control() || matches!(c, '{' | '}' | '[' | ']' | '|' | '\\') || hidden(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str = "Dear [name], we write to the harbour, and the others write too.";

    fn body(content: &str) -> Vec<u8> {
        serde_json::to_vec(&serde_json::json!({"choices": [{"message": {"role": "assistant", "content": content}}]}))
            .unwrap()
    }

    /// The stretches with their wordings, and how many were refused.
    fn found(content: &str) -> (Vec<String>, usize) {
        let answer = read(&body(content), SENTENCE).unwrap();
        let one = |p: &Proposal| format!("{}: {}", &SENTENCE[p.span.clone()], p.others.join("|"));
        (answer.proposals.iter().map(one).collect(), answer.refused)
    }

    #[test]
    fn a_list_is_read_bare_fenced_and_after_thoughts() {
        let list = r#"[{"words": "to the harbour", "others": ["to the port", "towards the harbour"]}]"#;
        let expected = (vec!["to the harbour: to the port|towards the harbour".to_owned()], 0);
        for content in [
            list.to_owned(),
            format!("\n {list} \n"),
            format!("```json\n{list}\n```"),
            format!("Here it is:\n```\n{list}\n```\nGood luck."),
            format!("<think>[maybe]```</think>\n\n{list}"),
        ] {
            assert_eq!(found(&content), expected, "{content}");
        }
        assert_eq!(found("[]"), (vec![], 0));
    }

    #[test]
    fn what_does_not_fit_the_sentence_is_refused() {
        let long = "x".repeat(2 * SENTENCE.len() + 1);
        for (words, other) in [
            ("the", "that"),              // twice, and within a word
            ("ships", "boats"),           // nowhere
            ("To the harbour", "x"),      // nowhere in this case
            ("", "x"),                    // nothing
            ("rite to", "ent to"),        // within a word
            ("we wri", "we ty"),          // within a word
            ("Dear [name]", "My [name]"), // a field
            ("harbour", "harbour"),       // the same
            ("harbour", " "),             // left out
            ("harbour", long.as_str()),
            ("harbour", "po{r}t"),
            ("harbour", "[port]"),
            ("harbour", "po\nrt"),
            ("harbour", "po\u{1b}[31mrt"),
            ("harbour", "po\u{200b}rt"),
            ("harbour", "po\u{202e}rt"),
            ("harbour", "po|rt"),
        ] {
            let content = serde_json::json!([{"words": words, "others": [other]}]).to_string();
            assert_eq!(found(&content), (vec![], 1), "{words:?} {other:?}");
        }
        // A bad one spoils no good one.
        let content = r#"[7, {"words": "ships", "others": ["boats"]}, {"words": "others", "others": ["rest", "re\nst", "rest"]}]"#;
        assert_eq!(found(content), (vec!["others: rest".to_owned()], 4));
        let many: Vec<_> = (0..40).map(|n| serde_json::json!({"words": "others", "others": [n.to_string()]})).collect();
        assert_eq!(found(&serde_json::json!(many).to_string()).0.len(), MOST_PROPOSALS);
    }

    #[test]
    fn places_that_overlap_count_as_two() {
        assert_eq!(once("a a", "a a a"), None);
        assert_eq!(once("é", "été"), None);
        assert_eq!(once("été", "un été"), Some(3..8));
    }

    #[test]
    fn garbage_is_an_error_and_names_none_of_it() {
        for (bytes, error) in [
            (b"".to_vec(), Error::NotCompletion),
            (b"secret".to_vec(), Error::NotCompletion),
            (b"{\"choices\": []}".to_vec(), Error::NotCompletion),
            (b"{\"choices\": [{\"message\": {\"content\": null}}]}".to_vec(), Error::NotCompletion),
            (vec![0xff; 30], Error::NotCompletion),
            (vec![b'['; 60_000], Error::NotCompletion),
            (body("secret"), Error::NotList),
            (body("{\"words\": \"secret\"}"), Error::NotList),
            (body("```json\n[{\"words\": \"secret"), Error::NotList),
            (body(""), Error::NotList),
        ] {
            let got = read(&bytes, SENTENCE).unwrap_err();
            assert_eq!(got, error);
            assert!(!got.to_string().contains("secret"));
        }
        let shown = format!("{:?}", read(&body(r#"[{"words": "harbour", "others": ["port"]}]"#), SENTENCE).unwrap());
        assert!(!shown.contains("port") && !shown.contains("harbour"), "{shown}");
    }
}
