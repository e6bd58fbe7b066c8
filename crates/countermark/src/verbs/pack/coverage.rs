//! What a pack does on given texts: how often each rule speaks, which never do, and what the texts would carry.

use std::cmp::Reverse;
use std::collections::HashSet;

use countermark_marking::rules::{self, Options, Proposal};
use countermark_marking::{Class, Master};
use serde_json::{Value, json};

use super::{Checked, first};

/// Counts over all texts. Everything that is proposed counts as taken.
#[derive(Default)]
pub struct Coverage {
    texts: usize,
    words: usize,
    parts: usize,
    /// Parts with a site, the writer's own with them.
    with_site: usize,
    /// Parts with a proposal of the checked pack.
    with_own: usize,
    /// The checked pack's rules in its order, each with the places it is proposed at.
    rules: Vec<(String, usize)>,
    classes: Vec<PerClass>,
}

/// The packs' sites of one class, and those that the checked pack brings. A tied site counts once a text.
struct PerClass {
    class: Class,
    all: Sum,
    own: Sum,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    sites: usize,
    bits: f64,
}

impl Sum {
    fn add(&mut self, bits: f64) {
        self.sites += 1;
        self.bits += bits;
    }
}

impl Coverage {
    /// Of the checked pack beside the built-in one.
    pub fn of(checked: &Checked<'_>, texts: &[Master]) -> Self {
        let rules = checked.pack().rules().iter().map(|rule| (rule.id().to_owned(), 0)).collect();
        let per_class = |&class: &Class| PerClass { class, all: Sum::default(), own: Sum::default() };
        let classes = Class::ALL.iter().filter(|class| **class != Class::Authored).map(per_class).collect();
        let mut coverage = Self { texts: texts.len(), rules, classes, ..Self::default() };
        for text in texts {
            coverage.add(checked, text);
        }
        coverage
    }

    fn add(&mut self, checked: &Checked<'_>, text: &Master) {
        // The source came out of a master that was read.
        let proposals = rules::propose(&checked.packs, text.source(), &Options::default()).unwrap_or_default();
        let is_own = |proposal: &Proposal| proposal.pack == checked.pack().name();
        self.words += countermark_text::word_count(&text.render_bracketed(&[]));
        for part in text.parts() {
            let here = |p: &&Proposal| p.places.iter().any(|place| part.source.contains(&place.span.start));
            let mut found = proposals.iter().filter(here).peekable();
            self.parts += 1;
            self.with_site += usize::from(!part.sites.is_empty() || found.peek().is_some());
            self.with_own += usize::from(found.any(is_own));
        }
        let mut ties: HashSet<&str> = HashSet::new();
        for proposal in &proposals {
            let own = is_own(proposal);
            if own && let Some(rule) = self.rules.iter_mut().find(|(id, _)| *id == proposal.rule) {
                rule.1 += 1;
            }
            let new = proposal.tie.as_deref().is_none_or(|tie| ties.insert(tie));
            if new && let Some(row) = self.classes.iter_mut().find(|row| row.class == proposal.class) {
                let bits = (proposal.alternatives.len() as f64).log2();
                row.all.add(bits);
                if own {
                    row.own.add(bits);
                }
            }
        }
    }

    /// Bits a word; 0 where there is no word.
    fn per_word(&self, bits: f64) -> f64 {
        if self.words == 0 { 0.0 } else { bits / self.words as f64 }
    }

    fn silent(&self) -> Vec<&str> {
        self.rules.iter().filter(|(_, times)| *times == 0).map(|(id, _)| id.as_str()).collect()
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let rules: Vec<Value> = self.rules.iter().map(|(id, times)| json!({"rule": id, "times": times})).collect();
        let class = |row: &PerClass| {
            json!({"class": row.class.name(), "survives_retyping": row.class.survives_retyping(),
                   "sites": row.all.sites, "bits": row.all.bits, "bits_per_word": self.per_word(row.all.bits),
                   "own_sites": row.own.sites, "own_bits": row.own.bits, "own_bits_per_word": self.per_word(row.own.bits)})
        };
        let classes: Vec<Value> = self.classes.iter().map(class).collect();
        json!({"texts": self.texts, "words": self.words, "parts": self.parts, "parts_with_site": self.with_site,
               "parts_with_own_site": self.with_own, "rules": rules, "silent": self.silent(), "classes": classes})
    }

    /// For people.
    pub fn lines(&self) -> Vec<String> {
        let share = |parts: usize| format!("{parts} ({:.0} %)", 100.0 * parts as f64 / self.parts.max(1) as f64);
        let surviving: Vec<&PerClass> = self.classes.iter().filter(|row| row.class.survives_retyping()).collect();
        let (all, own) = surviving.iter().fold((0.0, 0.0), |(all, own), row| (all + row.all.bits, own + row.own.bits));
        let bits =
            |all: f64, own: f64| format!("{:.3}, of them {:.3} by this pack", self.per_word(all), self.per_word(own));
        let mut lines = vec![
            format!("on {} words (texts: {}), with the built-in pack, everything taken:", self.words, self.texts),
            format!(
                "  of {} parts with a site {}, with one of this pack {}",
                self.parts,
                share(self.with_site),
                share(self.with_own)
            ),
            format!("  bits a word that survive retyping: {}", bits(all, own)),
        ];
        for row in surviving.iter().filter(|row| row.all.sites > 0) {
            lines.push(format!("    {:<11} {}", row.class, bits(row.all.bits, row.own.bits)));
        }
        let mut spoke: Vec<&(String, usize)> = self.rules.iter().filter(|(_, times)| *times > 0).collect();
        spoke.sort_by_key(|(_, times)| Reverse(*times));
        lines.push(format!("rules of this pack that spoke there: {}", spoke.len()));
        lines.extend(first(spoke.iter().map(|(id, times)| format!("  {times:>4}  {id}")).collect()));
        let silent = self.silent();
        lines.push(format!("rules that never spoke there: {}", silent.len()));
        lines.extend(first(silent.iter().map(|id| format!("        {id}")).collect()));
        lines
    }
}
