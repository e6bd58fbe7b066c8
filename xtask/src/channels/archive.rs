//! Messages as the office keeps them: an index over all, and looks under the office's rules.

use countermark_codebook::{Codebook, Epsilon, Observations, Settings, bits_missing, can_name, look, recompute};
use countermark_marking::Master;
use countermark_meter::Legible;
use countermark_text::Span;
use countermark_tracing::{Finder, Leak, Trace, Tracer};

use super::apply::Kind;

/// A number of codewords, the file copy's among them, and the bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) copies: u32,
    pub(crate) epsilon: Epsilon,
}

impl Cell {
    /// What is fixed at sealing.
    pub(crate) fn settings(&self) -> Settings {
        Settings::new(self.copies, self.epsilon)
    }
}

/// What kind of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Letter,
    Message,
}

/// A message, ready to be sealed and traced to.
pub(crate) struct Message {
    pub(crate) group: Group,
    pub(crate) words: usize,
    pub(crate) master: Master,
    pub(crate) alternatives: Vec<u8>,
    legible: Legible,
    tracer: Tracer,
}

impl Message {
    pub(crate) fn new(group: Group, master: Master) -> Self {
        let alternatives =
            master.sites().iter().map(|site| u8::try_from(site.alternatives).unwrap_or(u8::MAX)).collect();
        let words = countermark_text::word_count(&master.render_bracketed(&[]));
        Self { group, words, tracer: Tracer::new(&master), legible: Legible::of(&master), alternatives, master }
    }

    /// Whether there are texts enough for so many copies; otherwise the office refuses to seal.
    pub(crate) fn fits(&self, cell: &Cell) -> bool {
        recompute::texts(&self.alternatives) >= cell.copies.into()
    }

    /// The copy with this codeword, fields as their names in brackets.
    pub(crate) fn copy(&self, codeword: &[u8]) -> String {
        self.master.render_bracketed(codeword)
    }

    /// Whether the strength meter calls it certain that a copy is named: by the legible sites that are there after retyping,
    /// or by all legible ones; by those of the parts that a cut of the copy holds wholly, or by all parts'.
    pub(crate) fn certain(&self, cell: &Cell, kind: Kind, cut: Option<(&[u8], &Span)>) -> bool {
        let mut shown = vec![cut.is_none(); self.alternatives.len()];
        if let Some((codeword, span)) = cut {
            let mut at = 0;
            for part in self.master.parts() {
                let text = self.master.part_text(&part, codeword);
                let start = at + text.len() - text.trim_start().len();
                let end = at + text.trim_end().len();
                at += text.len();
                if span.start <= start && end <= span.end {
                    part.sites.iter().for_each(|&site| shown[site] = true);
                }
            }
        }
        let mut seen = Observations::nothing(self.alternatives.len());
        for (site, known) in self.master.sites().iter().enumerate() {
            let read = match kind {
                Kind::Pasted => self.legible.pasted[site],
                _ => self.legible.retyped[site] && known.class.survives_retyping(),
            };
            if shown[site] && read {
                let mut likelihoods = vec![0; known.alternatives];
                likelihoods[0] = 1;
                seen.sight(site, &likelihoods);
            }
        }
        self.fits(cell) && can_name(&self.alternatives, &seen, &[], &cell.settings(), 1, 1)
    }
}

/// All messages of an office, and an index over them.
pub(crate) struct Archive {
    pub(crate) messages: Vec<Message>,
    finder: Finder,
}

/// What a text shows of a message.
pub(crate) struct Sight {
    pub(crate) message: usize,
    pub(crate) trace: Trace,
}

/// A look that may be taken.
pub(crate) struct Look<'s> {
    pub(crate) sight: &'s Sight,
    /// How many messages the text could name.
    pub(crate) messages: u64,
}

impl Archive {
    pub(crate) fn new(messages: Vec<Message>) -> Self {
        let mut finder = Finder::new();
        for (number, message) in messages.iter().enumerate() {
            finder.add(number, &message.master);
        }
        Self { messages, finder }
    }

    /// The messages that a text shares passages with, the best match first. No key goes in.
    pub(crate) fn sights(&self, text: &str) -> Vec<Sight> {
        self.sights_of(&Leak::new(text))
    }

    /// The same of a text that is cut into words already.
    pub(crate) fn sights_of(&self, leak: &Leak<'_>) -> Vec<Sight> {
        let hits = self.finder.search(leak);
        let traced = hits
            .into_iter()
            .filter_map(|hit| Some(Sight { message: hit.id, trace: self.messages.get(hit.id)?.tracer.trace(leak)? }));
        let mut sights: Vec<Sight> = traced.collect();
        sights.sort_by_key(|sight| (std::cmp::Reverse(sight.trace.words_matched), sight.message));
        sights
    }

    /// The looks that could name somebody, each the first of its message's key, where as many messages share the bound as
    /// could be named with the whole of it. No key goes in.
    pub(crate) fn looks<'s>(&self, sights: &'s [Sight], cell: &Cell) -> Vec<Look<'s>> {
        let missing = |sight: &Sight, messages: u64| {
            let message = &self.messages[sight.message];
            let seen = &sight.trace.observations;
            seen.observed() == 0
                || message.alternatives.is_empty()
                || bits_missing(&message.alternatives, seen, &[], &cell.settings(), 1, messages) > 0.0
        };
        let nameable = sights.iter().filter(|sight| !missing(sight, 1)).count().max(1) as u64;
        let taken = sights.iter().filter(|sight| !missing(sight, nameable));
        taken.map(|sight| Look { sight, messages: nameable }).collect()
    }

    /// Takes a look: the copies that are named.
    pub(crate) fn take(&self, chosen: &Look<'_>, cell: &Cell, codebook: &Codebook) -> Vec<usize> {
        let message = &self.messages[chosen.sight.message];
        let seen = &chosen.sight.trace.observations;
        look(codebook, &message.alternatives, seen, &[], &cell.settings(), 1, chosen.messages).named
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countermark_codebook::Key;

    /// A master with a site of two alternatives in every part.
    fn message(parts: usize, word: &str) -> Message {
        let part =
            |part| format!("The {word} number {part} of the northern council {{closes|shuts}} its harbour at night.");
        let source: Vec<String> = (0..parts).map(part).collect();
        Message::new(Group::Letter, Master::parse(&source.join(" ")).expect("a master"))
    }

    #[test]
    fn the_right_message_is_found_among_all_and_its_copy_named() {
        let archive = Archive::new(vec![message(24, "ferry"), message(24, "office"), message(24, "station")]);
        let cell = Cell { copies: 8, epsilon: Epsilon::default() };
        let codebook = Codebook::draw(&Key::from_bytes([3; 32]), &[2; 24], 8).expect("room for eight");
        let sights = archive.sights(&archive.messages[1].copy(&codebook.rows()[5]));
        let looks = archive.looks(&sights, &cell);
        assert_eq!((looks[0].sight.message, archive.take(&looks[0], &cell, &codebook)), (1, vec![5]));
        let other = Codebook::draw(&Key::from_bytes([4; 32]), &[2; 24], 8).expect("room for eight");
        assert_eq!(archive.take(&looks[0], &cell, &other), [0usize; 0]);
        assert!(archive.looks(&archive.sights("Nothing of this was ever sent by anybody at all."), &cell).is_empty());
    }

    #[test]
    fn certain_is_what_the_meter_says() {
        let cell = Cell { copies: 8, epsilon: Epsilon::default() };
        // 8 copies at 1e-4 need 18 sites of two alternatives.
        let long = message(20, "ferry");
        assert!(long.certain(&cell, Kind::Retyped, None));
        let copy = long.copy(&[0; 20]);
        assert!(long.certain(&cell, Kind::Retyped, Some((&[0; 20], &(0..copy.len())))));
        assert!(!long.certain(&cell, Kind::Retyped, Some((&[0; 20], &(0..copy.len() / 2)))));
        assert!(!message(12, "ferry").certain(&cell, Kind::Pasted, None));
    }
}
