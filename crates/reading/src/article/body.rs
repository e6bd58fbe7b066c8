//! Where in a page its article stands.

use crate::plain::Break;
use crate::tree::{Content, Element, Tree, squeeze};

/// A paragraph of the page: a run of text without a block's border in it.
struct Block {
    /// The element it stands in.
    inside: usize,
    at: usize,
    text: String,
    words: usize,
    /// Of them in links.
    linked: usize,
    /// A paragraph by its element, not a bare run of text.
    paragraph: bool,
    heading: bool,
}

/// The paragraphs of the article and the addresses of the pictures in it.
pub(super) fn body(tree: &Tree) -> (Vec<String>, Vec<String>) {
    let left_out = left_out(tree);
    let blocks = blocks(tree, &left_out);
    let (from, to) = container(tree, &blocks);
    let inside: Vec<&Block> = blocks.iter().filter(|block| (from..to).contains(&block.at)).collect();
    let paragraphs = inside
        .iter()
        .enumerate()
        .filter(|(at, block)| kept(block, inside.get(at + 1).copied()))
        .map(|(_, block)| block.text.clone())
        .collect();
    let pictures = (from..to).filter(|at| !left_out[*at]).filter_map(|at| picture(tree.element(at)?)).collect();
    (paragraphs, pictures)
}

fn picture(element: &Element) -> Option<String> {
    let wide = |key| element.attribute(key).and_then(|n| n.parse::<u32>().ok()).is_none_or(|n| n >= 100);
    let shown = element.name == "img" && wide("width") && wide("height");
    let source = element.attribute("src").or_else(|| element.attribute("data-src"));
    source.filter(|source| shown && !source.is_empty() && !source.starts_with("data:")).map(str::to_owned)
}

/// Whether a block belongs to the text: not a row of links, not a heading with nothing below it.
fn kept(block: &Block, next: Option<&Block>) -> bool {
    if block.heading {
        return next.is_some_and(|next| !next.heading);
    }
    let mostly_links = block.linked * 2 > block.words;
    let sentence = block.text.ends_with(['.', '!', '?', '…', '”', '"', '»', '“', ')', ':', '’', '\'', ';', ',']);
    if block.linked == block.words && block.words > 0 {
        return false;
    }
    !mostly_links || (sentence && block.words >= 20)
}

/// Elements that are never part of an article.
const OUTSIDE: [&str; 20] = [
    "nav",
    "footer",
    "aside",
    "form",
    "button",
    "select",
    "script",
    "style",
    "template",
    "svg",
    "dialog",
    "figcaption",
    "iframe",
    "textarea",
    "menu",
    "object",
    "video",
    "audio",
    "canvas",
    "head",
];

/// Roles that are never part of an article.
const ROLES: [&str; 9] =
    ["navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "toolbar"];

/// Words in a class or id that say the same, whole or as a part between `-` and `_`.
const CLASSES: [&str; 46] = [
    "comment",
    "comments",
    "related",
    "recommended",
    "recommendations",
    "share",
    "sharing",
    "social",
    "cookie",
    "cookies",
    "consent",
    "gdpr",
    "newsletter",
    "promo",
    "sidebar",
    "breadcrumb",
    "breadcrumbs",
    "subscribe",
    "subscription",
    "paywall",
    "advert",
    "advertisement",
    "ad",
    "ads",
    "footer",
    "nav",
    "navbar",
    "navigation",
    "menu",
    "popular",
    "trending",
    "tags",
    "taglist",
    "byline",
    "caption",
    "outbrain",
    "taboola",
    "disqus",
    "modal",
    "popup",
    "banner",
    "credits",
    "copyright",
    "toolbar",
    "readmore",
    "skip",
];

/// For every node whether it lies in something that is no part of an article.
fn left_out(tree: &Tree) -> Vec<bool> {
    // Where an article, a main part or a headline lies inside, a class says something of the whole page and not of this element.
    let mut weighty = vec![false; tree.nodes.len()];
    for at in 0..tree.nodes.len() {
        if tree.element(at).is_some_and(|e| matches!(e.name.as_str(), "article" | "main" | "h1" | "body" | "html")) {
            let mut up = Some(at);
            while let Some(at) = up.filter(|at| !weighty[*at]) {
                weighty[at] = true;
                up = tree.nodes[at].parent;
            }
        }
    }
    let mut out = vec![false; tree.nodes.len()];
    for at in 0..tree.nodes.len() {
        let above = tree.nodes[at].parent.is_some_and(|parent| out[parent]);
        out[at] = above || tree.element(at).is_some_and(|element| is_outside(element, weighty[at]));
    }
    out
}

fn is_outside(element: &Element, weighty: bool) -> bool {
    let name = element.name.as_str();
    let hidden = element.attribute("hidden").is_some()
        || element.attribute("aria-hidden") == Some("true")
        || element.attribute("style").is_some_and(|style| style.replace(' ', "").contains("display:none"));
    let role = element.attribute("role").is_some_and(|role| ROLES.contains(&role));
    if OUTSIDE.contains(&name) || (hidden && !weighty) || (role && !weighty) {
        return true;
    }
    if weighty {
        return false;
    }
    if name == "header" {
        return true;
    }
    let said = |key| {
        element.attribute(key).is_some_and(|value| {
            value.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
                let word = word.to_ascii_lowercase();
                CLASSES.contains(&word.as_str())
            })
        })
    };
    said("class") || said("id")
}

/// The page's runs of text.
fn blocks(tree: &Tree, left_out: &[bool]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut run = String::new();
    let mut linked = String::new();
    let mut begun = None;
    // The ends of the blocks and of the links that are open.
    let (mut block_ends, mut link_end): (Vec<usize>, usize) = (Vec::new(), 0);
    let mut flush = |run: &mut String, linked: &mut String, begun: &mut Option<usize>| {
        if let Some(at) = begun.take() {
            push_block(tree, &mut blocks, at, run, linked);
        }
        run.clear();
        linked.clear();
    };
    for (at, node) in tree.nodes.iter().enumerate() {
        while block_ends.last().is_some_and(|end| *end <= at) {
            flush(&mut run, &mut linked, &mut begun);
            block_ends.pop();
        }
        match &node.content {
            Content::Element(element) => match Break::of(&element.name) {
                Break::None => {
                    if element.name == "a" {
                        link_end = node.end;
                    }
                }
                // Two line breaks in a row are what old pages have for paragraphs; one alone is a line's end.
                Break::Forced if run.ends_with('\u{1}') => flush(&mut run, &mut linked, &mut begun),
                Break::Forced => run.push('\u{1}'),
                _ => {
                    flush(&mut run, &mut linked, &mut begun);
                    block_ends.push(node.end);
                }
            },
            Content::Text(text) if !left_out[at] => {
                if !text.trim().is_empty() {
                    begun.get_or_insert(at);
                    run.push_str(text);
                } else if !run.is_empty() && !run.ends_with('\u{1}') {
                    run.push(' ');
                }
                if at < link_end {
                    linked.push_str(text);
                    linked.push(' ');
                }
            }
            _ => {}
        }
    }
    flush(&mut run, &mut linked, &mut begun);
    blocks
}

fn push_block(tree: &Tree, blocks: &mut Vec<Block>, at: usize, run: &str, linked: &str) {
    let text = squeeze(&run.replace('\u{1}', " "));
    if text.is_empty() {
        return;
    }
    let mut inside = tree.nodes[at].parent;
    while let Some(up) = inside.filter(|up| tree.element(*up).is_some_and(|e| Break::of(&e.name) == Break::None)) {
        inside = tree.nodes[up].parent;
    }
    let inside = inside.unwrap_or(0);
    let name = tree.element(inside).map_or("", |element| element.name.as_str());
    blocks.push(Block {
        inside,
        at,
        words: text.split_whitespace().count(),
        linked: linked.split_whitespace().count(),
        paragraph: matches!(name, "p" | "blockquote" | "pre"),
        heading: matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6"),
        text,
    });
}

/// The nodes among which the article stands: what is marked as it, else where text is densest.
fn container(tree: &Tree, blocks: &[Block]) -> (usize, usize) {
    let words = |at: usize| -> usize {
        let span = at..tree.nodes[at].end;
        blocks
            .iter()
            .filter(|block| span.contains(&block.at) && !block.heading)
            .map(|b| b.words - b.linked.min(b.words))
            .sum()
    };
    let marked = |test: &dyn Fn(&Element) -> bool| {
        let found = (0..tree.nodes.len()).filter(|at| tree.element(*at).is_some_and(test)).take(100);
        found
            .map(|at| (words(at), at))
            .filter(|(words, _)| *words >= 15)
            .max_by_key(|(words, at)| (*words, usize::MAX - at))
    };
    let all: usize = blocks.iter().filter(|b| !b.heading).map(|b| b.words - b.linked.min(b.words)).sum();
    let body =
        marked(&|element| element.attribute("itemprop").is_some_and(|p| p.split(' ').any(|p| p == "articleBody")));
    let article = marked(&|element| element.name == "article" || element.attribute("role") == Some("article"));
    let densest = densest(tree, blocks).map(|at| (words(at), at));
    let found = match (body, article, densest) {
        (Some(body), _, _) if body.0 * 5 >= all => Some(body),
        // A page of many teasers has articles that are none of them the article.
        (_, Some(article), Some(densest)) if article.0 * 2 < densest.0 => Some(densest),
        (_, Some(article), _) => Some(article),
        (_, None, densest) => densest.or_else(|| marked(&|element| element.name == "main")),
    };
    found.map_or((0, tree.nodes.len()), |(_, at)| (at, tree.nodes[at].end))
}

/// The element in which the text lies densest: every paragraph counts for the element around it, and half for the one around that.
fn densest(tree: &Tree, blocks: &[Block]) -> Option<usize> {
    let mut scores = std::collections::BTreeMap::new();
    for block in
        blocks.iter().filter(|block| !block.heading && block.text.len() >= 25 && block.linked * 2 <= block.words)
    {
        let commas = block.text.matches([',', '،', '、']).count().min(10);
        let score = 2 + 2 * commas + 2 * (block.text.len() / 100).min(3);
        let around = if block.paragraph { tree.nodes[block.inside].parent } else { Some(block.inside) };
        let beyond = around.and_then(|at| tree.nodes[at].parent);
        for (at, score) in [(around, score), (beyond, score / 2)] {
            if let Some(at) = at {
                *scores.entry(at).or_insert(0) += score;
            }
        }
    }
    scores.into_iter().max_by_key(|(at, score)| (*score, *at)).map(|(at, _)| at)
}
