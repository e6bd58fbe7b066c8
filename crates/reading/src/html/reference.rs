//! Character references: `&amp;`, `&#8212;`, `&#x2014;`.

/// Writes character references out; what is none stays as it is.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match numeric(rest).or_else(|| named(rest)) {
            Some((characters, length)) => {
                out.extend(characters.into_iter().flatten());
                rest = &rest[length..];
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

type Reference = ([Option<char>; 2], usize);

fn numeric(rest: &str) -> Option<Reference> {
    let digits = rest.strip_prefix('#')?;
    let (digits, radix, before) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 2),
        None => (digits, 10, 1),
    };
    let length = digits.bytes().take_while(|c| char::from(*c).is_digit(radix)).count();
    if length == 0 {
        return None;
    }
    let code = u32::from_str_radix(&digits[..length], radix).unwrap_or(u32::MAX);
    let character = match code {
        0x80..=0x9f => web_atoms::C1_REPLACEMENTS[(code - 0x80) as usize].or(char::from_u32(code)),
        0 => None,
        _ => char::from_u32(code),
    };
    let semicolon = usize::from(digits.as_bytes().get(length) == Some(&b';'));
    Some(([Some(character.unwrap_or('\u{fffd}')), None], before + length + semicolon))
}

/// The longest name in the standard's table, its semicolon counted.
const LONGEST_NAME: usize = 32;

fn named(rest: &str) -> Option<Reference> {
    let letters = rest.bytes().take(LONGEST_NAME).take_while(u8::is_ascii_alphanumeric).count();
    let longest = letters + usize::from(rest.as_bytes().get(letters) == Some(&b';'));
    (1..=longest).rev().find_map(|length| {
        // The table holds the beginnings of names too, with no character.
        let (first, second) = *web_atoms::NAMED_ENTITIES.get(&rest[..length])?;
        let character = |code| if code == 0 { None } else { char::from_u32(code) };
        (first != 0).then(|| ([character(first), character(second)], length))
    })
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn references() {
        let cases = [
            ("a &amp; b &lt;c&gt;", "a & b <c>"),
            ("&laquo;Да&raquo; &mdash; &#1045;&#x42F;", "«Да» — ЕЯ"),
            ("&#150;&#x80;&#0;&#xD800;&#99999999999;", "–€\u{fffd}\u{fffd}\u{fffd}"),
            ("&copy 2030 &notanentity; &; &# &#x; AT&T", "© 2030 ¬anentity; &; &# &#x; AT&T"),
            ("&nbsp;&hellip;&amp;amp;", "\u{a0}…&amp;"),
            ("&", "&"),
        ];
        for (from, to) in cases {
            assert_eq!(unescape(from), to, "{from}");
        }
    }
}
