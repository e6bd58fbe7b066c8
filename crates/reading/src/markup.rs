//! Pages of a known make: elements by name, class and attribute, in the order of the page.
//!
//! A view of the flat tree: linear in the input whatever it holds, and of no depth that could overflow anything.

use crate::tree::{Content, Tree};

/// A page.
#[derive(Debug)]
pub struct Markup(Tree);

/// An element of a page.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'p> {
    tree: &'p Tree,
    at: usize,
}

/// What stands inside an element, in order: elements open and close, text lies between.
#[derive(Debug, Clone, Copy)]
pub enum Edge<'p> {
    /// An element begins.
    Open(Spot<'p>),
    /// Text, its character references read.
    Text(&'p str),
    /// An element ends.
    Close(Spot<'p>),
}

impl Markup {
    /// Reads a page.
    #[must_use]
    pub fn parse(html: &str) -> Self {
        Self(Tree::parse(html))
    }

    /// All elements, in order.
    pub fn elements(&self) -> impl Iterator<Item = Spot<'_>> {
        within(&self.0, 0, self.0.nodes.len())
    }
}

impl PartialEq for Spot<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.at == other.at
    }
}

impl<'p> Spot<'p> {
    /// Its name, in lower case.
    #[must_use]
    pub fn name(self) -> &'p str {
        self.tree.element(self.at).map_or("", |element| element.name.as_str())
    }

    /// An attribute's value.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<&'p str> {
        self.tree.element(self.at)?.attribute(name)
    }

    /// Whether it has a class.
    #[must_use]
    pub fn has(self, class: &str) -> bool {
        self.attribute("class").is_some_and(|all| all.split_ascii_whitespace().any(|one| one == class))
    }

    /// Whether it has one of some classes.
    #[must_use]
    pub fn has_any(self, classes: &[&str]) -> bool {
        classes.iter().any(|class| self.has(class))
    }

    /// The elements inside, in order.
    pub fn inside(self) -> impl Iterator<Item = Spot<'p>> {
        within(self.tree, self.at + 1, self.tree.nodes[self.at].end)
    }

    /// The elements that stand in it directly, in order.
    pub fn children(self) -> impl Iterator<Item = Spot<'p>> {
        self.inside().filter(move |spot| self.tree.nodes[spot.at].parent == Some(self.at))
    }

    /// The elements around it, the innermost first.
    pub fn above(self) -> impl Iterator<Item = Spot<'p>> {
        let tree = self.tree;
        std::iter::successors(tree.nodes[self.at].parent, |&at| tree.nodes[at].parent).map(move |at| Spot { tree, at })
    }

    /// The texts that stand in it directly.
    pub fn own_texts(self) -> impl Iterator<Item = &'p str> {
        let nodes = &self.tree.nodes[self.at + 1..self.tree.nodes[self.at].end];
        nodes.iter().filter(move |node| node.parent == Some(self.at)).filter_map(|node| match &node.content {
            Content::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// What stands inside, in order.
    #[must_use]
    pub fn edges(self) -> Vec<Edge<'p>> {
        let (tree, end) = (self.tree, self.tree.nodes[self.at].end);
        let (mut edges, mut open): (Vec<Edge<'p>>, Vec<Spot<'p>>) = (Vec::new(), Vec::new());
        for at in self.at + 1..end {
            while let Some(done) = open.pop_if(|spot| tree.nodes[spot.at].end <= at) {
                edges.push(Edge::Close(done));
            }
            match &tree.nodes[at].content {
                Content::Element(_) => {
                    open.push(Spot { tree, at });
                    edges.push(Edge::Open(Spot { tree, at }));
                }
                Content::Text(text) => edges.push(Edge::Text(text)),
                Content::Raw(_) => {}
            }
        }
        edges.extend(open.into_iter().rev().map(Edge::Close));
        edges
    }
}

fn within(tree: &Tree, from: usize, to: usize) -> impl Iterator<Item = Spot<'_>> {
    (from..to).filter(|&at| tree.element(at).is_some()).map(move |at| Spot { tree, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_class_and_place() {
        let page = Markup::parse("<div class='a b' id=x>one<p class=b>two<i>three</i></p><p>four</div><div>five</div>");
        let first = page.elements().next().unwrap();
        assert!(first.has("a") && first.has_any(&["z", "b"]) && !first.has("ab"));
        assert_eq!((first.name(), first.attribute("id")), ("div", Some("x")));
        let names = |spots: Vec<Spot<'_>>| spots.iter().map(|spot| spot.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(first.inside().collect()), ["p", "i", "p"]);
        assert_eq!(names(first.children().collect()), ["p", "p"]);
        let inner = first.inside().nth(1).unwrap();
        assert_eq!(names(inner.above().collect()), ["p", "div"]);
        assert!(inner.above().last() == Some(first));
        assert_eq!(first.own_texts().collect::<Vec<_>>(), ["one"]);
        let said: Vec<String> = first
            .edges()
            .iter()
            .map(|edge| match edge {
                Edge::Open(spot) => format!("<{}", spot.name()),
                Edge::Text(text) => (*text).to_owned(),
                Edge::Close(spot) => format!("{}>", spot.name()),
            })
            .collect();
        assert_eq!(said.join(" "), "one <p two <i three i> p> <p four p>");
    }
}
