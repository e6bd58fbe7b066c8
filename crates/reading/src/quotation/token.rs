//! The words around quotations; a quotation is one token among them.

use countermark_text::Span;

use super::lexicon::{Language, Lexicon, lexicon};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Comma,
    Colon,
    Dash,
    /// The end of a sentence.
    Stop,
    /// The end of a paragraph.
    Break,
    /// Other punctuation.
    Other,
    /// The quotation of this number.
    Quote(usize),
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Span,
    /// In small letters; of words only.
    pub lower: String,
    /// Whether it begins with a capital.
    pub capital: bool,
}

impl Token {
    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

/// The tokens of a text in which some spans are quotations, in order and apart.
pub(super) fn tokens(text: &str, quotations: &[Span], language: Language) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    for (number, whole) in quotations.iter().enumerate() {
        between(text, at..whole.start, language, &mut tokens);
        tokens.push(mark(Kind::Quote(number), whole.clone()));
        at = whole.end;
    }
    between(text, at..text.len(), language, &mut tokens);
    tokens
}

fn mark(kind: Kind, span: Span) -> Token {
    Token { kind, span, lower: String::new(), capital: false }
}

/// Longer words are cut: no table has them.
const LONGEST_WORD: usize = 100;

fn between(text: &str, span: Span, language: Language, tokens: &mut Vec<Token>) {
    let words = lexicon(language);
    let mut at = span.start;
    let mut breaks = 0;
    while at < span.end {
        let rest = &text[at..span.end];
        let Some(c) = rest.chars().next() else { break };
        if c.is_whitespace() {
            breaks += usize::from(c == '\n');
            at += c.len_utf8();
            continue;
        }
        if breaks >= 2 {
            tokens.push(mark(Kind::Break, at..at));
        }
        breaks = 0;
        if c.is_alphanumeric() {
            let length = word_length(rest);
            push_word(text, at..at + length, language, tokens);
            at += length;
        } else {
            at += c.len_utf8();
            let kind = match c {
                ',' | ';' => Kind::Comma,
                ':' => Kind::Colon,
                '—' | '–' | '―' => Kind::Dash,
                '-' if text[at..].starts_with([' ', '\n']) => Kind::Dash,
                '.' | '!' | '?' | '…' if ends_sentence(text, at, c, tokens.last(), words) => Kind::Stop,
                _ => Kind::Other,
            };
            tokens.push(mark(kind, at - c.len_utf8()..at));
        }
    }
    if breaks >= 2 {
        tokens.push(mark(Kind::Break, span.end..span.end));
    }
}

fn word_length(rest: &str) -> usize {
    let mut end = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let joins = matches!(c, '\'' | '’' | '-' | '‑' | '.')
            && characters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if c.is_alphanumeric() || joins || ('\u{300}'..'\u{370}').contains(&c) {
            end = at + c.len_utf8();
        } else {
            break;
        }
    }
    end
}

fn push_word(text: &str, span: Span, language: Language, tokens: &mut Vec<Token>) {
    let mut spans = vec![span];
    if language == Language::French {
        spans = french(text, &spans[0]);
    }
    for span in spans {
        let word = &text[span.clone()];
        let lower = text[span.start..text.floor_char_boundary(span.start + LONGEST_WORD).min(span.end)].to_lowercase();
        tokens.push(Token {
            kind: Kind::Word,
            capital: word.starts_with(char::is_uppercase),
            lower: lower.replace('’', "'"),
            span,
        });
    }
}

/// French words written together: d'Arne, dit-il, a-t-elle.
fn french(text: &str, span: &Span) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = span.start;
    let mut end = span.end;
    let word = &text[span.clone()];
    if let Some(at) = word.find(['\'', '’']).filter(|at| *at <= 2) {
        let after = at + word[at..].chars().next().map_or(1, char::len_utf8);
        spans.push(start..start + after);
        start += after;
    }
    let rest = &text[start..end];
    let tail =
        ["-t-il", "-t-elle", "-il", "-elle"].iter().find(|tail| rest.ends_with(*tail) && rest.len() > tail.len());
    let tail = tail.map(|tail| {
        let pronoun = end - tail.len() + 1..end;
        end -= tail.len();
        pronoun
    });
    spans.push(start..end);
    spans.extend(tail);
    spans
}

fn ends_sentence(text: &str, after: usize, c: char, last: Option<&Token>, words: &Lexicon) -> bool {
    let next = text[after..].chars().take(4).find(|c| !c.is_whitespace());
    if next.is_some_and(|c| c.is_lowercase() || matches!(c, ',' | ';' | ')' | '.')) {
        return false;
    }
    let short = last.is_some_and(|last| last.is_word() && (words.short.contains(&last.lower) || is_initial(last)));
    c != '.' || !short
}

/// A single capital letter before a full stop: `J. Holm`.
pub(super) fn is_initial(token: &Token) -> bool {
    token.is_word() && token.capital && token.lower.chars().count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_sentences_and_quotations() {
        let text = "Mr. A. Holm's son said: “Yes.” Then he left.\n\nL’ami";
        let start = text.find('“').unwrap();
        let quote = start..text.find('”').unwrap() + '”'.len_utf8();
        let shown = |language| -> String {
            let show = |token: &Token| match token.kind {
                Kind::Word => token.lower.clone(),
                Kind::Quote(n) => format!("[{n}]"),
                Kind::Stop => "#".to_owned(),
                Kind::Break => "¶".to_owned(),
                Kind::Colon => ":".to_owned(),
                _ => "_".to_owned(),
            };
            tokens(text, std::slice::from_ref(&quote), language).iter().map(show).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown(Language::English), "mr _ a _ holm's son said : [0] then he left # ¶ l'ami");
        assert!(shown(Language::French).ends_with("¶ l' ami"));
        let french: Vec<String> =
            tokens("dit-il, a-t-elle", &[], Language::French).into_iter().map(|t| t.lower).collect();
        assert_eq!(french, ["dit", "il", "", "a", "t-elle"]);
    }
}
