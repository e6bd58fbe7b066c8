//! Feeds that are not well-formed: items found by their tags, whatever stands around them. Linear in the input.

use countermark_reading::plain;

use super::parse::Item;
use crate::net::date;
use crate::when::rfc3339;

/// The items between `<item>` or `<entry>` tags; `None` when nothing says that it is a feed.
pub(super) fn items(xml: &str, most: usize) -> Option<Vec<Item>> {
    // Tags are searched in lower case; ASCII letters keep their places.
    let lower = xml.to_ascii_lowercase();
    if !["<rss", "<feed", "<rdf:rdf", "<channel"].iter().any(|root| tag(&lower, root, 0).is_some()) {
        return None;
    }
    let name = if tag(&lower, "<item", 0).is_some() { "item" } else { "entry" };
    let (open, close) = (format!("<{name}"), format!("</{name}"));
    let mut items = Vec::new();
    let mut next = tag(&lower, &open, 0);
    while let Some(at) = next {
        if items.len() == most {
            break;
        }
        next = tag(&lower, &open, at + open.len());
        let end = next.unwrap_or(lower.len());
        let end = lower[at..end].find(&close).map_or(end, |length| at + length);
        items.push(item(&xml[at..end], &lower[at..end]));
    }
    Some(items)
}

fn item(xml: &str, lower: &str) -> Item {
    let field = |names: &[&str]| names.iter().find_map(|name| field(xml, lower, name));
    let plainly =
        |names: &[&str]| field(names).map(|html| plain(&html).trim().to_owned()).filter(|text| !text.is_empty());
    let texts = [field(&["description", "summary"]), field(&["content:encoded", "content", "fulltext"])];
    let moment = plainly(&["pubdate", "published", "dc:date", "updated"]);
    Item {
        id: plainly(&["guid", "id"]).unwrap_or_default(),
        link: plainly(&["link"]).or_else(|| href(xml, lower)),
        author: plainly(&["dc:creator", "author"]),
        at: moment.and_then(|text| rfc3339(&text).or_else(|| date::parse(&text))),
        title: field(&["title"]).unwrap_or_default(),
        texts: texts.into_iter().flatten().collect(),
        pictures: Vec::new(),
    }
}

/// What stands in the first element of a name, as HTML: sections of character data as they are, else references undone once.
fn field(xml: &str, lower: &str, name: &str) -> Option<String> {
    let at = tag(lower, &format!("<{name}"), 0)?;
    let from = at + lower[at..].find('>')? + 1;
    if lower[..from].ends_with("/>") {
        return None;
    }
    let end = lower[from..].find(&format!("</{name}")).map_or(lower.len(), |length| from + length);
    let inner = xml[from..end].trim();
    if inner.to_ascii_uppercase().contains("<![CDATA[") {
        return Some(inner.replace("<![CDATA[", "").replace("]]>", ""));
    }
    // Escaped markup becomes markup; what is markup already stays.
    Some(if inner.contains('<') { inner.to_owned() } else { plain(inner) })
}

fn href(xml: &str, lower: &str) -> Option<String> {
    let at = tag(lower, "<link", 0)?;
    let end = at + lower[at..].find('>')?;
    let (_, after) = xml[at..end].split_once("href=")?;
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after[1..].split(quote).next().map(str::to_owned)
}

/// The place of a tag whose name ends there.
fn tag(lower: &str, open: &str, from: usize) -> Option<usize> {
    let ends = |at: usize| lower[at + open.len()..].starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    lower[from..].match_indices(open).map(|(at, _)| at + from).find(|at| ends(*at))
}
