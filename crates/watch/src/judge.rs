//! What a post's texts share with registered messages, and which level that makes.

use countermark_inbox::{Level, Shared, Text};
use countermark_sources::Post;

use crate::limits;
use crate::seams::{Attribute, Hit, IndexState, Screen};

/// The fewest words of a quotation that count as invented: anybody says "no comment".
const QUOTED_WORDS: usize = 5;

/// The index, and whose words are looked for.
pub(crate) struct Judge {
    screen: Box<dyn Screen>,
    attribute: Option<Box<dyn Attribute>>,
    names: Vec<String>,
}

/// What was found in a post.
#[derive(Default)]
pub(crate) struct Judged {
    pub(crate) level: Option<Level>,
    pub(crate) texts: Vec<Text>,
    /// The rarest of what is shared.
    pub(crate) best: Option<Shared>,
    /// Whether some of it was not looked at.
    pub(crate) clipped: bool,
}

impl Judge {
    pub(crate) fn new(screen: Box<dyn Screen>, attribute: Option<Box<dyn Attribute>>, names: Vec<String>) -> Self {
        Self { screen, attribute, names }
    }

    pub(crate) fn refresh(&mut self) -> Result<IndexState, String> {
        self.screen.refresh()
    }

    /// Screens a post's passages.
    pub(crate) fn post(&mut self, post: &Post) -> Judged {
        let mut judged = Judged { clipped: post.passages.len() > limits::PASSAGES, ..Judged::default() };
        let mut room = limits::TEXT;
        for passage in post.passages.iter().take(limits::PASSAGES) {
            let text = clip(&passage.text, room);
            judged.clipped |= text.len() < passage.text.len();
            room -= text.len();
            let author = passage.author.as_deref().map(|author| clip(author, limits::NAME).to_owned());
            let role = crate::ident::role(passage.role).to_owned();
            let text = Text { role, author, text: text.to_owned(), confidences: Vec::new(), shared: Vec::new() };
            self.text(text, &mut judged);
        }
        judged
    }

    /// Screens one text; it stands in `judged` afterwards.
    pub(crate) fn text(&mut self, mut text: Text, judged: &mut Judged) {
        let hits = self.screen.screen(&text.text);
        let level = match (hits.iter().any(|hit| hit.alarm), hits.is_empty()) {
            (true, _) => Some(Level::Alarm),
            (_, false) => Some(Level::Match),
            _ => None,
        };
        let invented = self.invented(&text.text, &hits).then_some(Level::Invented);
        judged.level = [judged.level, level, invented].into_iter().flatten().max_by_key(|level| rank(*level));
        let shared = hits.iter().map(|hit| Shared { handle: hit.handle, words: hit.words, bits: hit.bits });
        text.shared = shared.collect();
        text.shared.sort_by(|a, b| b.bits.total_cmp(&a.bits));
        if let Some(first) = text.shared.first()
            && judged.best.as_ref().is_none_or(|best| first.bits > best.bits)
        {
            judged.best = Some(first.clone());
        }
        judged.texts.push(text);
    }

    /// Whether the text holds a quotation of the writer's that touches nothing of what it shares.
    fn invented(&mut self, text: &str, hits: &[Hit]) -> bool {
        let Some(attribute) = self.attribute.as_mut().filter(|_| !self.names.is_empty()) else { return false };
        let quotations = attribute.attributed(text, &self.names);
        quotations.into_iter().any(|quotation| {
            let words = text.get(quotation.clone()).map_or(0, |text| text.split_whitespace().count());
            let touches = |hit: &Hit| hit.spans.iter().any(|s| s.start < quotation.end && quotation.start < s.end);
            words >= QUOTED_WORDS && !hits.iter().any(touches)
        })
    }
}

/// The text's beginning, at most so many bytes.
pub(crate) fn clip(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

fn rank(level: Level) -> u8 {
    match level {
        Level::Deleted => 0,
        Level::Match => 1,
        Level::Invented => 2,
        Level::Alarm => 3,
    }
}
