//! Attributions inside the marks: «Мы останемся, — сказал он, — и точка», « Nous restons, a déclaré Holm, et c’est tout ».

use countermark_text::Span;

use super::lexicon::{Language, lexicon};
use super::token::{Kind, Token, tokens};

/// The longest such attribution, in tokens.
const LONGEST: usize = 16;

/// The spans of a quotation that are quoted, the attribution between them left out; one span where it has none. The second value
/// is where the attribution stands.
pub(super) fn split(text: &str, piece: &Span, language: Language) -> (Vec<Span>, Option<Span>) {
    let border = match language {
        Language::Russian => Kind::Dash,
        Language::French => Kind::Comma,
        Language::English | Language::German => return (vec![piece.clone()], None),
    };
    let inside: Vec<Token> = tokens(&text[piece.clone()], &[], language);
    let borders: Vec<usize> = (0..inside.len()).filter(|at| inside[*at].kind == border).collect();
    for (n, &from) in borders.iter().enumerate() {
        let to = borders.get(n + 1).copied().unwrap_or(inside.len());
        if to - from > LONGEST + 1 || !speaks(&inside[from + 1..to], language) {
            continue;
        }
        let byte = |at: usize| inside.get(at).map_or(piece.end, |token| piece.start + token.span.start);
        let attribution = inside[from].span.end + piece.start..byte(to);
        // A full stop before the second dash ends the attribution, and belongs to it.
        let first = trim(text, piece.start..byte(from));
        let second =
            inside.get(to).map_or(piece.end..piece.end, |token| trim(text, piece.start + token.span.end..piece.end));
        let pieces = [first, second].into_iter().filter(|span| !span.is_empty()).collect::<Vec<_>>();
        if !pieces.is_empty() {
            return (pieces, Some(attribution));
        }
    }
    (vec![piece.clone()], None)
}

/// Whether words are an attribution: they begin with a verb of saying, and somebody follows.
fn speaks(words: &[Token], language: Language) -> bool {
    let lexicon = lexicon(language);
    let verb = |token: &Token| lexicon.said.contains(&token.lower) || lexicon.written.contains(&token.lower);
    let pronoun = |token: &Token| lexicon.he.contains(&token.lower) || lexicon.she.contains(&token.lower);
    let auxiliary = |token: &Token| matches!(token.lower.as_str(), "a" | "avait" | "ont");
    let Some(first) = words.first() else { return false };
    match language {
        Language::French => {
            let at =
                usize::from(auxiliary(first)) + words.get(1).map_or(0, |w| usize::from(auxiliary(first) && pronoun(w)));
            words.get(at).is_some_and(verb)
                && (at > 1
                    || words[at + 1..]
                        .iter()
                        .take(3)
                        .any(|w| w.capital || pronoun(w) || lexicon.roles.contains(&w.lower)))
        }
        _ => verb(first) || (words.len() >= 2 && (pronoun(first) || first.capital) && words.iter().take(4).any(verb)),
    }
}

fn trim(text: &str, span: Span) -> Span {
    let inside = &text[span.clone()];
    let start = span.start + inside.len() - inside.trim_start().len();
    start..start + inside.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributions_inside_the_marks() {
        let cases = [
            (
                "Мы останемся, — сказал Хольм, — и точка.",
                Language::Russian,
                "Мы останемся,|и точка.",
                Some("сказал Хольм,"),
            ),
            ("Мы останемся, — сказал он.", Language::Russian, "Мы останемся,", Some("сказал он.")),
            ("Мир — это труд, — и терпение.", Language::Russian, "Мир — это труд, — и терпение.", None),
            (
                "Nous restons, a déclaré Holm, et c’est tout.",
                Language::French,
                "Nous restons|et c’est tout.",
                Some("a déclaré Holm"),
            ),
            (
                "Nous restons, a-t-il dit, et c’est tout.",
                Language::French,
                "Nous restons|et c’est tout.",
                Some("a-t-il dit"),
            ),
            ("Il a dit, hier, que non.", Language::French, "Il a dit, hier, que non.", None),
            ("We stay, said Holm, and so on.", Language::English, "We stay, said Holm, and so on.", None),
        ];
        for (text, language, expected, attribution) in cases {
            let (pieces, found) = split(text, &(0..text.len()), language);
            let pieces: Vec<&str> = pieces.into_iter().map(|piece| &text[piece]).collect();
            assert_eq!(pieces.join("|"), expected);
            assert_eq!(found.map(|span| text[span].trim()), attribution, "{text}");
        }
    }
}
