//! The sites that the rules propose in a letter, and each in its sentence.

use std::collections::HashMap;

use countermark_marking::Master;
use countermark_marking::rules::{Options, Pack, Proposal, propose};
use countermark_text::Span;

/// A letter with what the rules propose.
pub(crate) struct Page {
    /// The letter as the source of a master: what the proposals' spans refer to.
    pub(crate) source: String,
    /// In order of place.
    pub(crate) proposals: Vec<Proposal>,
    /// A tied site or a move is one.
    pub(crate) sites: Vec<Site>,
}

/// A site: the numbers of its proposals, one or, when tied, several.
pub(crate) struct Site {
    pub(crate) places: Vec<usize>,
}

/// A site for a reader.
pub(crate) struct Shown {
    /// The sentence before; empty at the letter's beginning.
    pub(crate) before: String,
    /// The sentence with each alternative, in their order; what differs stands in `[[ ]]`.
    pub(crate) wordings: Vec<String>,
    /// The sentence after; empty at the letter's end.
    pub(crate) after: String,
    /// The site has places beyond this sentence.
    pub(crate) elsewhere: bool,
}

impl Page {
    /// Asks the rules about a plain letter.
    pub(crate) fn new(pack: &Pack, text: &str) -> anyhow::Result<Self> {
        let source = Master::plain(text).source().to_owned();
        let proposals = propose(&[pack], &source, &Options::default())?;
        let mut ties: HashMap<&str, usize> = HashMap::new();
        let mut sites: Vec<Site> = Vec::new();
        for (number, proposal) in proposals.iter().enumerate() {
            let known = proposal.tie.as_deref().map(|tie| *ties.entry(tie).or_insert(sites.len()));
            match known.and_then(|site| sites.get_mut(site)) {
                Some(site) => site.places.push(number),
                None => sites.push(Site { places: vec![number] }),
            }
        }
        Ok(Self { source, proposals, sites })
    }

    /// The sentence of one of a site's places, with all places that the site has in it.
    pub(crate) fn show(&self, site: &Site, place: usize) -> Shown {
        let span = &self.proposals[place].span;
        let sentences = countermark_text::sentences(&self.source);
        // A proposal that only inserts may stand at a sentence's very end.
        let first = sentences.iter().position(|s| span.start <= s.end).unwrap_or(0);
        let last = sentences.iter().rposition(|s| s.start < span.end).unwrap_or(first).max(first);
        let here =
            sentences.get(first).map_or(0, |s| s.start)..sentences.get(last).map_or(self.source.len(), |s| s.end);
        let (inside, outside): (Vec<usize>, Vec<usize>) = site.places.iter().partition(|&&number| {
            let other = &self.proposals[number].span;
            here.start <= other.start && other.end <= here.end
        });
        let wordings = (0..self.proposals[place].alternatives.len()).map(|which| self.wording(&here, &inside, which));
        let sentence = |at: Option<usize>| at.and_then(|at| sentences.get(at)).map(|s| line(&self.source[s.clone()]));
        Shown {
            before: sentence(first.checked_sub(1)).unwrap_or_default(),
            wordings: wordings.collect(),
            after: sentence(Some(last + 1)).unwrap_or_default(),
            elsewhere: !outside.is_empty(),
        }
    }

    /// A stretch of the letter with the given places at one alternative.
    fn wording(&self, here: &Span, places: &[usize], which: usize) -> String {
        let (mut out, mut at) = (String::new(), here.start);
        for &place in places {
            let proposal = &self.proposals[place];
            out.push_str(self.source.get(at..proposal.span.start).unwrap_or_default());
            out.push_str("[[");
            out.push_str(proposal.alternatives.get(which).map_or("", String::as_str));
            out.push_str("]]");
            at = proposal.span.end;
        }
        out.push_str(self.source.get(at..here.end).unwrap_or_default());
        line(&out)
    }
}

fn line(text: &str) -> String {
    text.trim().replace('\n', "⏎").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = r#"
[[rule]]
id = "shall"
class = "lexical"
style = "neutral"
tie = "shall"
alternatives = ["shall", "will"]
examples = ["We {shall|will} go."]
counterexamples = ["We go."]
"#;

    #[test]
    fn a_tied_site_is_one_and_shows_its_sentence_whole() {
        let pack = Pack::parse("test", PACK).expect("it parses");
        let text = "It is late. We shall go and they shall stay. We shall see. The end.";
        let page = Page::new(&pack, text).expect("a plain text");
        assert_eq!((page.proposals.len(), page.sites.len()), (3, 1));
        let shown = page.show(&page.sites[0], 1);
        assert_eq!(shown.before, "It is late.");
        assert_eq!(
            shown.wordings,
            ["We [[shall]] go and they [[shall]] stay.", "We [[will]] go and they [[will]] stay."]
        );
        assert_eq!(shown.after, "We shall see.");
        assert!(shown.elsewhere);
    }
}
