//! A text's figures.

use std::collections::{BTreeMap, HashSet};

use countermark_marking::rules::{Options, Pack, accept, propose};
use countermark_marking::{Class, Master, Piece};

/// The classes that rules of words give.
pub(crate) const WORDS: [Class; 4] = [Class::Lexical, Class::Spelling, Class::Contraction, Class::Number];

/// What else survives retyping.
pub(crate) const MORE: [Class; 3] = [Class::Formula, Class::Punctuation, Class::Order];

/// What a text brings.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// Its words, every site at its first alternative.
    pub(crate) words: usize,
    /// Bits by class, `log2` of the alternatives of its sites; a tied site counts once.
    bits: BTreeMap<Class, f64>,
    /// Its parts, and those without a site that survives retyping.
    pub(crate) parts: usize,
    pub(crate) bare_parts: usize,
    /// The most words in a row without a site that survives retyping.
    pub(crate) stretch: usize,
}

impl Measured {
    /// A plain text, everything accepted that the rules propose.
    pub(crate) fn plain(pack: &Pack, text: &str) -> anyhow::Result<Self> {
        let source = Master::plain(text).source().to_owned();
        let mut proposals = propose(&[pack], &source, &Options::default())?;
        let master = Master::parse(&accept(&source, &proposals))?;
        // Sites are numbered as they first occur; the master itself names only the classes that its syntax needs.
        let mut ties = HashSet::new();
        proposals.retain(|p| p.tie.as_ref().is_none_or(|tie| ties.insert(tie.clone())));
        let classes: Vec<Class> = proposals.iter().map(|p| p.class).collect();
        anyhow::ensure!(
            classes.len() == master.sites().len(),
            "{} proposals gave {} sites",
            classes.len(),
            master.sites().len()
        );
        Ok(Self::of(&master, &classes))
    }

    /// A master as a writer left it.
    pub(crate) fn written(source: &str) -> anyhow::Result<Self> {
        let master = Master::parse(source)?;
        let classes: Vec<Class> = master.sites().iter().map(|site| site.class).collect();
        Ok(Self::of(&master, &classes))
    }

    fn of(master: &Master, classes: &[Class]) -> Self {
        let survives = |site: usize| classes.get(site).is_some_and(|class| class.survives_retyping());
        let mut bits = BTreeMap::new();
        for (site, class) in master.sites().iter().zip(classes) {
            *bits.entry(*class).or_default() += (site.alternatives as f64).log2();
        }
        let parts = master.parts();
        let (mut stretch, mut since) = (0, String::new());
        for piece in master.pieces() {
            match piece {
                Piece::Site { site, .. } if survives(*site) => {
                    stretch = stretch.max(countermark_text::word_count(&since));
                    since.clear();
                }
                Piece::Site { alternatives, .. } => since.push_str(alternatives.first().map_or("", String::as_str)),
                Piece::Text(text) => since.push_str(text),
                Piece::Field(name) => since.push_str(name),
            }
        }
        Self {
            words: countermark_text::word_count(&master.render_bracketed(&[])),
            bits,
            parts: parts.len(),
            bare_parts: parts.iter().filter(|part| !part.sites.iter().any(|&site| survives(site))).count(),
            stretch: stretch.max(countermark_text::word_count(&since)),
        }
    }

    /// Bits a word of some classes.
    pub(crate) fn density(&self, classes: &[Class]) -> f64 {
        classes.iter().filter_map(|class| self.bits.get(class)).fold(0.0, |sum, bits| sum + bits)
            / self.words.max(1) as f64
    }

    /// Bits a word that survive retyping.
    pub(crate) fn surviving(&self) -> f64 {
        let all: Vec<Class> = Class::ALL.into_iter().filter(|class| class.survives_retyping()).collect();
        self.density(&all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tied_site_counts_once_and_typography_not_at_all() {
        let text = "The {#1:harbour|port} is closed {@typography:–|—} we all wait. One two three four five six. \
                    The {#1:harbour|port} opens {soon|shortly|early|late}.";
        let measured = Measured::written(text).expect("a master");
        assert_eq!((measured.words, measured.parts, measured.bare_parts), (17, 3, 1));
        assert!((measured.surviving() - 3.0 / 17.0).abs() < 1e-12);
        assert_eq!(measured.density(&[Class::Lexical]), 0.0);
        // "is closed - we all wait. One two three four five six. The"
        assert_eq!(measured.stretch, 12);
    }
}
