//! The line in which the other wordings are typed: `before|prior to`.
//!
//! A bar stands between two wordings; `\|` is a bar, `\\` a backslash, `\n` a line break. Spaces around a wording are
//! dropped, unless what stands in the letter begins or ends with white space itself or is empty: then each counts. A lone
//! bar means that the words may be left out. `@punctuation: ` (or `typography`, `layout`) before the first says the class.

use countermark_marking::Class;

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The other wordings, in order.
    pub others: Vec<String>,
    /// The class, where one was named.
    pub class: Option<Class>,
}

/// Reads a line for a place where `first` stands. An empty line has no wording.
pub fn read(line: &str, first: &str) -> Typed {
    let (class, line) = head(line);
    if line.trim().is_empty() {
        return Typed { others: Vec::new(), class };
    }
    if line.trim() == "|" {
        return Typed { others: vec![String::new()], class };
    }
    let literal = first.is_empty() || first.starts_with(char::is_whitespace) || first.ends_with(char::is_whitespace);
    let mut others = vec![String::new()];
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let last = others.len() - 1;
        match (c, chars.peek()) {
            ('\\', Some('n')) => {
                chars.next();
                others[last].push('\n');
            }
            ('\\', Some(&next @ ('|' | '\\'))) => {
                chars.next();
                others[last].push(next);
            }
            ('|', _) => others.push(String::new()),
            (c, _) => others[last].push(c),
        }
    }
    if !literal {
        for other in &mut others {
            *other = other.trim_matches(' ').to_owned();
        }
    }
    Typed { others, class }
}

/// The line that gives these wordings.
pub fn show(others: &[String]) -> String {
    let one = |text: &String| text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', "\\n");
    match others {
        [only] if only.is_empty() => "|".to_owned(),
        others => others.iter().map(one).collect::<Vec<_>>().join("|"),
    }
}

fn head(line: &str) -> (Option<Class>, &str) {
    let named = line.strip_prefix('@').and_then(|rest| rest.split_once(':'));
    match named.and_then(|(name, rest)| name.trim().parse().ok().map(|class| (class, rest))) {
        Some((class, rest)) => (Some(class), rest.strip_prefix(' ').unwrap_or(rest)),
        None => (None, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        for (line, first, others) in [
            ("prior to", "before", vec!["prior to"]),
            ("prior to | ahead of", "before", vec!["prior to", "ahead of"]),
            ("", "before", vec![]),
            ("   ", "before", vec![]),
            ("|", "really", vec![""]),
            ("quite|", "really", vec!["quite", ""]),
            (r"a\|b|c\\d|e\nf|g\h", "x", vec!["a|b", r"c\d", "e\nf", r"g\h"]),
            (" that", "", vec![" that"]),
            (", ", " — ", vec![", "]),
        ] {
            assert_eq!(read(line, first).others, others, "{line:?}");
        }
        let typed = read("@punctuation: ;|,", ".");
        assert_eq!((typed.others, typed.class), (vec![";".to_owned(), ",".to_owned()], Some(Class::Punctuation)));
        assert_eq!(read("@home", "away").others, ["@home"]);
    }

    #[test]
    fn what_is_shown_is_read_again() {
        for others in [vec!["a|b", "c\\n", "d\ne"], vec![""], vec!["a", ""], vec!["", "a"]] {
            let others: Vec<String> = others.into_iter().map(str::to_owned).collect();
            assert_eq!(read(&show(&others), "x").others, others);
        }
    }
}
