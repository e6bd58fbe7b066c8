//! A page as a flat tree: nodes in the order of the page, each knowing where its inside ends.
//!
//! Nothing here descends by recursion and nothing is linked by pointers, so no depth can overflow a stack, also not when the
//! tree is dropped. Elements deeper than [`DEEPEST`] stand beside each other at that depth.

use crate::html::{Event, VOID, events, unescape};

/// How deep elements may lie in each other. Real pages reach 60.
pub const DEEPEST: usize = 256;

/// How many elements and texts of a page are kept; what comes after is cut. Real pages reach 20,000.
pub const MOST_NODES: usize = 400_000;

#[derive(Debug)]
pub(crate) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

#[derive(Debug)]
pub(crate) enum Content {
    Element(Element),
    Text(String),
    /// A script's source, a title.
    Raw(String),
}

#[derive(Debug)]
pub(crate) struct Node {
    pub content: Content,
    /// The first node that does not lie inside.
    pub end: usize,
    pub parent: Option<usize>,
}

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub nodes: Vec<Node>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Tree {
    pub fn parse(html: &str) -> Self {
        let mut builder = Builder::default();
        for event in events(html) {
            if builder.tree.nodes.len() >= MOST_NODES {
                break;
            }
            match event {
                Event::Open(name, attributes) => builder.open(Element { name, attributes }),
                Event::Close(name) => builder.close(&name),
                Event::Text(text) => {
                    builder.push(Content::Text(unescape(text)));
                }
                Event::Raw(text) => {
                    builder.push(Content::Raw(text.to_owned()));
                }
            }
        }
        builder.close_to(0);
        builder.tree
    }

    pub fn element(&self, at: usize) -> Option<&Element> {
        match &self.nodes.get(at)?.content {
            Content::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The elements of a name, in order.
    pub fn elements<'t>(&'t self, name: &'t str) -> impl Iterator<Item = (usize, &'t Element)> {
        (0..self.nodes.len()).filter_map(|at| Some((at, self.element(at)?))).filter(move |(_, e)| e.name == name)
    }

    /// All text inside a node, white space collapsed.
    pub fn text(&self, at: usize) -> String {
        let mut words = String::new();
        for node in &self.nodes[at..self.nodes[at].end] {
            match &node.content {
                Content::Text(text) => words.push_str(text),
                Content::Element(element) if crate::plain::Break::of(&element.name) != crate::plain::Break::None => {
                    words.push(' ');
                }
                _ => {}
            }
        }
        squeeze(&words)
    }

    /// What stands in an element whose content is no markup.
    pub fn raw(&self, at: usize) -> Option<&str> {
        match &self.nodes.get(at + 1)?.content {
            Content::Raw(text) => Some(text),
            _ => None,
        }
    }
}

/// White space collapsed.
pub(crate) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Builder {
    tree: Tree,
    open: Vec<usize>,
    /// How many elements are open beyond the deepest.
    beyond: usize,
}

impl Builder {
    fn push(&mut self, content: Content) -> usize {
        let at = self.tree.nodes.len();
        self.tree.nodes.push(Node { content, end: at + 1, parent: self.open.last().copied() });
        at
    }

    fn open(&mut self, element: Element) {
        self.close_implied(&element.name);
        let has_inside = !VOID.contains(&element.name.as_str());
        let at = self.push(Content::Element(element));
        if has_inside && self.open.len() < DEEPEST {
            self.open.push(at);
        } else if has_inside {
            self.beyond += 1;
        }
    }

    /// What a start tag ends without a word: a paragraph, the item before in a list or table.
    fn close_implied(&mut self, name: &str) {
        let closes: &[&str] = match name {
            "li" => &["li", "p"],
            "dt" | "dd" => &["dt", "dd", "p"],
            "tr" => &["tr", "td", "th", "p"],
            "td" | "th" => &["td", "th", "p"],
            "option" => &["option"],
            "body" => &["head"],
            _ if crate::plain::Break::of(name) >= crate::plain::Break::Line && name != "br" => &["p"],
            _ => return,
        };
        // Only within the innermost list, table or other container.
        let mut cut = None;
        for (depth, &at) in self.open.iter().enumerate().rev() {
            let Some(open) = self.tree.element(at).map(|element| element.name.as_str()) else { continue };
            if closes.contains(&open) {
                cut = Some(depth);
            } else if crate::plain::Break::of(open) != crate::plain::Break::None {
                break;
            }
        }
        if let Some(depth) = cut {
            self.close_to(depth);
        }
    }

    fn close(&mut self, name: &str) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let named = |&at: &usize| self.tree.element(at).is_some_and(|element| element.name == name);
        if let Some(depth) = self.open.iter().rposition(named) {
            self.close_to(depth);
        }
    }

    fn close_to(&mut self, depth: usize) {
        let end = self.tree.nodes.len();
        for at in self.open.drain(depth..) {
            self.tree.nodes[at].end = end;
        }
        self.beyond = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insides_end_where_they_should() {
        let tree = Tree::parse("<ul><li>a<p>b<li>c</ul><p>d<div>e</div>f</i></p>");
        let texts = |name: &str| -> Vec<String> { tree.elements(name).map(|(at, _)| tree.text(at)).collect() };
        assert_eq!(texts("ul"), ["a b c"]);
        assert_eq!(texts("li"), ["a b", "c"]);
        assert_eq!(texts("p"), ["b", "d"]);
        assert_eq!(texts("div"), ["e"]);
    }

    #[test]
    fn depth_overflows_nothing() {
        for page in [
            "<div>".repeat(1_000_000),
            "<div><p><b>".repeat(300_000),
            format!("{}x{}", "<i>".repeat(100_000), "</i>".repeat(100_000)),
            "</div>".repeat(1_000_000),
        ] {
            let thread = std::thread::Builder::new().stack_size(128 << 10);
            let nodes = thread.spawn(move || Tree::parse(&page).nodes.len()).unwrap().join().unwrap();
            assert!(nodes <= MOST_NODES);
        }
        let deep = format!("{}in{}<p>out</p>", "<div>".repeat(1000), "</div>".repeat(1000));
        let tree = Tree::parse(&deep);
        let (at, paragraph) = tree.elements("p").next().unwrap();
        assert_eq!((tree.text(at).as_str(), tree.nodes[at].parent, paragraph.attribute("id")), ("out", None, None));
    }
}
