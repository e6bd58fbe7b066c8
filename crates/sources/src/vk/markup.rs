//! VK's links in texts: `[id1|Name]`, `[club1|Name]`, `[https://…|text]`, `[#alias|text|address]`. A reader sees the text alone.

/// What may stand before the number in a link to something of VK's own.
const KINDS: [&str; 15] = [
    "id", "club", "public", "event", "app", "album", "audio", "board", "doc", "market", "note", "page", "photo",
    "topic", "video",
];

/// The longest text of a link, in bytes.
const LONGEST: usize = 512;

/// The text as it is shown.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        match link(rest) {
            Some((label, after)) => {
                out.push_str(label);
                rest = after;
            }
            None => {
                out.push('[');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    entities(&out)
}

/// The label of the link that the text begins with, and what follows it.
fn link(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?;
    let target = &inner[..inner.find(['|', ']', '[', '\n', ' '])?];
    let body = inner[target.len()..].strip_prefix('|')?;
    // A bracket without an end must not cost a search through the whole text each time.
    let end = body.bytes().take(LONGEST).position(|byte| byte == b']')?;
    let (label, after) = (&body[..end], &body[end + 1..]);
    let label = if target == "#alias" { label.split_once('|').map_or(label, |(label, _)| label) } else { label };
    (is_target(target) && !label.is_empty() && !label.contains('\n')).then_some((label, after))
}

fn is_target(target: &str) -> bool {
    let lower = target.to_ascii_lowercase();
    if ["https://", "http://", "vk.com/", "m.vk.com/", "vk.ru/"].iter().any(|start| lower.starts_with(start))
        || lower == "#alias"
    {
        return true;
    }
    let name = lower.trim_start_matches(['@', '*']);
    KINDS.iter().any(|kind| {
        let number = name.strip_prefix(kind).map(|rest| rest.strip_prefix('-').unwrap_or(rest));
        number.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// The four entities that VK writes for signs it thinks dangerous.
fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // The ampersand last, or `&amp;lt;` would be decoded twice.
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_show_their_text() {
        for (text, expected) in [
            ("[id1|Anna] writes", "Anna writes"),
            (
                "by [club12|The Gazette], [public7|Gazette 2] and [event3|a meeting]",
                "by The Gazette, Gazette 2 and a meeting",
            ),
            ("see [https://vk.com/wall-1_2|the whole letter].", "see the whole letter."),
            ("see [vk.com/gazette|it]", "see it"),
            ("[id5:bp-12_34|Boris], yes", "Boris, yes"),
            ("[@id5|Boris] [*club5|B]", "Boris B"),
            ("[#alias|#news@gazette|https://example.org/x]!", "#news@gazette!"),
            ("[id1|[draft]", "[draft"),
            ("Анна [id1|Анна Б.] — «[club2|Газета]»", "Анна Анна Б. — «Газета»"),
            // What is no link stays as it is.
            ("[a|b] and [id|x] and [idle|y]", "[a|b] and [id|x] and [idle|y]"),
            ("[1] see [id1|] and [id1", "[1] see [id1|] and [id1"),
            ("[id1\n|Name]", "[id1\n|Name]"),
            ("a | b ] c [", "a | b ] c ["),
            ("&quot;A&amp;B&quot; &lt;i&gt; &amp;lt; &copy;", "\"A&B\" <i> &lt; &copy;"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn many_open_brackets_take_no_time() {
        let text = "[id1|".repeat(5_000);
        assert!(shown(&text).len() <= text.len());
        let text = "[".repeat(1_000_000);
        assert_eq!(shown(&text), text);
    }
}
