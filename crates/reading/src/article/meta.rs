//! What a page says of its article: schema.org in JSON-LD, Open Graph, `<meta>`, and the places where bylines and times stand.

use serde_json::Value;
use url::Url;

use super::Article;
use crate::tree::{Tree, squeeze};

/// How many pictures of an article are named.
pub(super) const MOST_PICTURES: usize = 20;

/// The longest JSON-LD that is read: 2 MiB.
const LONGEST_JSON: usize = 2 << 20;

/// How many objects of JSON-LD are looked at.
const MOST_OBJECTS: usize = 5000;

pub(super) struct Meta {
    pub article: Article,
    /// The text given to machines.
    pub body: Option<String>,
    pub base: Option<Url>,
}

impl Meta {
    pub fn read(tree: &Tree, base: Option<&str>) -> Self {
        let base = base.and_then(|base| Url::parse(base).ok());
        let own = tree.elements("base").find_map(|(_, element)| element.attribute("href"));
        let base = match own {
            Some(own) => join(base.as_ref(), own).and_then(|url| Url::parse(&url).ok()).or(base),
            None => base,
        };
        let mut article = Article::default();
        let mut body = None;
        for (at, _) in tree.elements("script").filter(|(_, script)| is_json_ld(script.attribute("type"))) {
            if let Some(json) = tree.raw(at).filter(|raw| raw.len() <= LONGEST_JSON)
                && let Ok(value) = serde_json::from_str(json)
            {
                json_ld(&value, &mut article, &mut body, base.as_ref());
            }
        }
        tags(tree, &mut article, base.as_ref());
        visible(tree, &mut article);
        Self { article, body, base }
    }
}

/// An address read against the page's; only addresses of the web.
pub(super) fn join(base: Option<&Url>, address: &str) -> Option<String> {
    let url = match base {
        Some(base) => base.join(address.trim()).ok()?,
        None => Url::parse(address.trim()).ok()?,
    };
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

fn is_json_ld(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("application/ld+json"))
}

fn json_ld(value: &Value, article: &mut Article, body: &mut Option<String>, base: Option<&Url>) {
    let mut waiting = vec![value];
    let mut seen = 0;
    while let Some(value) = waiting.pop() {
        seen += 1;
        match value {
            Value::Array(items) => waiting.extend(items.iter().rev()),
            Value::Object(object) if seen <= MOST_OBJECTS => {
                if is_article(object.get("@type")) {
                    fill(&mut article.title, object.get("headline").and_then(text));
                    fill(&mut article.byline, object.get("author").and_then(names));
                    fill(&mut article.published, object.get("datePublished").and_then(text));
                    fill(&mut article.updated, object.get("dateModified").and_then(text));
                    fill(&mut article.site, object.get("publisher").and_then(names));
                    fill(&mut article.language, object.get("inLanguage").and_then(text));
                    let picture = object.get("image").and_then(address).and_then(|picture| join(base, picture));
                    article.pictures.extend(picture.filter(|picture| !article.pictures.contains(picture)));
                    let own = object.get("articleBody").and_then(Value::as_str).map(lines);
                    fill(body, own.filter(|own| !own.is_empty()));
                }
                waiting.extend(["@graph", "mainEntity", "mainEntityOfPage"].iter().filter_map(|key| object.get(*key)));
            }
            _ => {}
        }
    }
}

fn fill(place: &mut Option<String>, found: Option<String>) {
    if place.is_none() {
        *place = found;
    }
}

fn is_article(kind: Option<&Value>) -> bool {
    let named = |kind: &Value| kind.as_str().is_some_and(|kind| kind.contains("Article") || kind.ends_with("Posting"));
    match kind {
        Some(Value::Array(kinds)) => kinds.iter().any(named),
        Some(kind) => named(kind),
        None => false,
    }
}

fn text(value: &Value) -> Option<String> {
    let text = squeeze(&crate::html::unescape(value.as_str()?));
    (!text.is_empty()).then_some(text)
}

/// A text with its line breaks, whether or not it is HTML.
fn lines(text: &str) -> String {
    if text.contains("</") || text.contains("<p>") || text.contains("<br") {
        crate::plain(text)
    } else {
        crate::html::unescape(text)
    }
}

fn names(value: &Value) -> Option<String> {
    let one = |value: &Value| text(value).or_else(|| value.get("name").and_then(text));
    match value {
        Value::Array(values) => {
            let names: Vec<String> = values.iter().take(MOST_PICTURES).filter_map(one).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        value => one(value),
    }
}

fn address(value: &Value) -> Option<&str> {
    match value {
        Value::Array(values) => values.first().and_then(|value| value.as_str().or_else(|| value.get("url")?.as_str())),
        value => value.as_str().or_else(|| value.get("url")?.as_str()),
    }
}

fn tags(tree: &Tree, article: &mut Article, base: Option<&Url>) {
    let meta = |names: &[&str]| {
        names.iter().find_map(|wanted| {
            tree.elements("meta").find_map(|(_, element)| {
                let name = ["property", "name", "itemprop"].iter().find_map(|key| element.attribute(key))?;
                let content = squeeze(element.attribute("content")?);
                (name.eq_ignore_ascii_case(wanted) && !content.is_empty()).then_some(content)
            })
        })
    };
    fill(&mut article.title, meta(&["og:title", "twitter:title"]));
    let person = |name: &String| !name.starts_with("http");
    fill(&mut article.byline, meta(&["author", "article:author", "byl", "dc.creator"]).filter(person));
    let published = ["article:published_time", "datepublished", "date", "pubdate", "dc.date"];
    fill(&mut article.published, meta(&published));
    fill(&mut article.updated, meta(&["article:modified_time", "og:updated_time", "datemodified", "last-modified"]));
    fill(&mut article.site, meta(&["og:site_name", "application-name"]));
    let main = meta(&["og:image", "og:image:url", "twitter:image"]).and_then(|picture| join(base, &picture));
    article.pictures.extend(main.filter(|main| !article.pictures.contains(main)));
    let html = tree.elements("html").find_map(|(_, element)| element.attribute("lang")).map(squeeze);
    fill(&mut article.language, html.filter(|language| !language.is_empty()));
    fill(&mut article.language, meta(&["og:locale", "content-language"]));
}

fn visible(tree: &Tree, article: &mut Article) {
    let first = |name| tree.elements(name).map(|(at, _)| tree.text(at)).find(|text| !text.is_empty());
    fill(&mut article.title, first("h1"));
    let title = tree.elements("title").find_map(|(at, _)| tree.raw(at)).map(crate::html::unescape);
    fill(&mut article.title, title.map(|title| squeeze(&title)).filter(|title| !title.is_empty()));
    if article.byline.is_none() {
        let byline = |at: &usize| {
            tree.element(*at).is_some_and(|element| {
                let marks = |key, value: &str| {
                    element.attribute(key).is_some_and(|found| found.split_whitespace().any(|word| word == value))
                };
                marks("rel", "author")
                    || marks("itemprop", "author")
                    || marks("class", "byline")
                    || marks("class", "author")
            })
        };
        let found = (0..tree.nodes.len()).filter(byline).map(|at| tree.text(at));
        article.byline = found.take(MOST_PICTURES).find(|text| !text.is_empty() && text.chars().count() <= 120);
    }
    let time = tree.elements("time").find_map(|(_, element)| element.attribute("datetime")).map(squeeze);
    fill(&mut article.published, time.filter(|time| !time.is_empty()));
}
