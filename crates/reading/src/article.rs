//! The article of a web page: its own text, without what stands around it.

mod body;
mod meta;

use serde::Serialize;

use crate::tree::Tree;

/// An article as it was found in a page. What the page does not say is empty.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Article {
    /// The headline.
    pub title: Option<String>,
    /// Who wrote it, as the page puts it.
    pub byline: Option<String>,
    /// When the page says that it was published, as it stands there.
    pub published: Option<String>,
    /// When the page says that it was changed, as it stands there.
    pub updated: Option<String>,
    /// The name of the site.
    pub site: Option<String>,
    /// The paragraphs of the text, headings between them too, without line breaks at their ends.
    pub paragraphs: Vec<String>,
    /// Addresses of its pictures, the main one first.
    pub pictures: Vec<String>,
    /// The language that the page says it is in.
    pub language: Option<String>,
}

impl Article {
    /// The text: its paragraphs, an empty line between them.
    #[must_use]
    pub fn text(&self) -> String {
        self.paragraphs.join("\n\n")
    }
}

impl std::fmt::Debug for Article {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Article").field("paragraphs", &self.paragraphs.len()).finish_non_exhaustive()
    }
}

/// Finds the article in a page: what the page marks as its article (schema.org, `<article>`), else where its text lies densest.
/// `base` is the page's address, against which addresses of pictures are read. Limits: [`LONGEST_PAGE`](crate::LONGEST_PAGE),
/// [`MOST_NODES`](crate::MOST_NODES), [`DEEPEST`](crate::DEEPEST); what goes beyond is cut.
pub fn article(html: &str, base: Option<&str>) -> Article {
    let tree = Tree::parse(html);
    let meta = meta::Meta::read(&tree, base);
    let mut article = meta.article;
    let (found, pictures) = body::body(&tree);
    article.paragraphs = choose(found, meta.body.as_deref());
    if let Some(title) = &article.title
        && article.paragraphs.len() > 1
        && article.paragraphs[0] == *title
    {
        article.paragraphs.remove(0);
    }
    for picture in pictures {
        if let Some(url) = meta::join(meta.base.as_ref(), &picture)
            && !article.pictures.contains(&url)
            && article.pictures.len() < meta::MOST_PICTURES
        {
            article.pictures.push(url);
        }
    }
    article
}

/// The page's visible text, or the text that it gives to machines: the visible one has the better paragraphs, the other nothing
/// that does not belong.
fn choose(found: Vec<String>, given: Option<&str>) -> Vec<String> {
    let Some(given) = given else { return found };
    let given: Vec<String> = given.split('\n').map(crate::tree::squeeze).filter(|line| !line.is_empty()).collect();
    let words = |paragraphs: &[String]| paragraphs.iter().map(|p| p.split_whitespace().count()).sum::<usize>();
    let (visible, machine) = (words(&found), words(&given));
    let cut_off = given.last().is_some_and(|last| last.ends_with(['…']) || last.ends_with("..."));
    let short = visible * 10 < machine * 8;
    let polluted = machine >= 80 && visible * 10 > machine * 14 && !cut_off;
    if short || polluted { given } else { found }
}

#[cfg(test)]
mod tests;
