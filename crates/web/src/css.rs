//! A stylesheet as browsers need it: without comments and the spaces that are for people.

/// Drops comments, line ends and the spaces around braces and semicolons and after commas and a declaration's colon. What stands in quotation marks stays.
pub(crate) fn small(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        if next == '"' || next == '\'' {
            let end = quoted(rest, next);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        rest = &rest[next.len_utf8()..];
        match next {
            space if space.is_ascii_whitespace() => {
                if !out.is_empty() && !out.ends_with([' ', '{', '}', ';', ',', ':']) {
                    out.push(' ');
                }
            }
            '{' | '}' | ';' => {
                while out.ends_with(' ') || (next == '}' && out.ends_with(';')) {
                    out.pop();
                }
                out.push(next);
            }
            other => out.push(other),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Where a string that begins here ends.
fn quoted(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, next) in text.char_indices().skip(1) {
        if next == mark && !escaped {
            return at + 1;
        }
        escaped = next == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_same_in_less() {
        for (long, short) in [
            ("a { color: red; }\n\nb,\nc { margin: 0 auto; }\n", "a{color:red}b,c{margin:0 auto}"),
            ("/* why */ a > b + c:hover { }", "a > b + c:hover{}"),
            ("@media (max-width: 42rem) { :root { --x: 1rem; } }", "@media (max-width:42rem){:root{--x:1rem}}"),
            ("p::before { content: \"a ;  /* b\\\" */ \"; }", "p::before{content:\"a ;  /* b\\\" */ \"}"),
            ("a { width: calc(1rem + 2px) } /* open", "a{width:calc(1rem + 2px)}"),
            ("a { content: ';  }'; }", "a{content:';  }'}"),
            ("a { content: \"open", "a{content:\"open"),
            ("main :where(p) * { x: y }", "main :where(p) *{x:y}"),
        ] {
            assert_eq!(small(long), short);
        }
    }

    #[test]
    fn twice_is_once() {
        let once = small(include_str!("../assets/style.css"));
        assert_eq!(small(&once), once);
    }
}
