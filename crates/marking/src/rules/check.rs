//! A pack's own proof: every rule's examples and counter-examples, run; and what a proposal rests on.

use super::accept::accept;
use super::choose::propose;
use super::pack::{Offered, Pack, Style};
use super::{Options, Proposal};
use crate::{Class, Master};
use std::fmt;

/// An example or counter-example that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// The file it stands in.
    pub file: String,
    /// The line of its id, 1-based.
    pub line: usize,
    /// What does not hold.
    pub kind: FindingKind,
}

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind {
    /// The example is not a master.
    Syntax {
        /// The example.
        example: String,
    },
    /// The rule makes something else of the example's text.
    Differs {
        /// The example.
        example: String,
        /// What the rule makes of it.
        found: String,
    },
    /// The rule proposes nothing in the example.
    Silent {
        /// The example.
        example: String,
    },
    /// The rule proposes something in a counter-example.
    Matches {
        /// The counter-example.
        counterexample: String,
        /// What the rule makes of it.
        found: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: rule '{}': ", self.file, self.line, self.rule)?;
        match &self.kind {
            FindingKind::Syntax { example } => write!(f, "the example is not a master: {example}"),
            FindingKind::Silent { example } => write!(f, "proposes nothing in the example: {example}"),
            FindingKind::Differs { example, found } => {
                write!(f, "the example says {example}\nbut the rule gives  {found}")
            }
            FindingKind::Matches { counterexample, found } => {
                write!(f, "the counter-example {counterexample}\nbecomes {found}")
            }
        }
    }
}

impl Pack {
    /// Runs every rule's examples and counter-examples, each rule by itself; empty when all hold.
    ///
    /// An example is the master that the rule makes of its text, tie numbers left out.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (number, rule) in self.rules.iter().enumerate() {
            let alone = self.only(number);
            let mut report = |kind| {
                findings.push(Finding { rule: rule.id.clone(), file: rule.file.clone(), line: rule.line, kind });
            };
            for example in &rule.examples {
                match outcome(&alone, example) {
                    None => report(FindingKind::Syntax { example: example.clone() }),
                    Some((0, _)) => report(FindingKind::Silent { example: example.clone() }),
                    Some((_, found)) if found != *example => {
                        report(FindingKind::Differs { example: example.clone(), found });
                    }
                    Some(_) => {}
                }
            }
            for counterexample in &rule.counterexamples {
                match outcome(&alone, counterexample) {
                    None => report(FindingKind::Syntax { example: counterexample.clone() }),
                    Some((0, _)) => {}
                    Some((_, found)) => {
                        report(FindingKind::Matches { counterexample: counterexample.clone(), found });
                    }
                }
            }
        }
        findings
    }

    /// The texts of its examples and counter-examples, as sources without sites: what the pack itself brings to try rules on.
    pub fn sentences(&self) -> Vec<String> {
        let shown = self.rules.iter().flat_map(|rule| rule.examples.iter().chain(&rule.counterexamples));
        shown.filter_map(|example| plain(example)).map(|master| master.source().to_owned()).collect()
    }

    /// The pack with one rule.
    fn only(&self, number: usize) -> Pack {
        let mut pack = Pack {
            name: self.name.clone(),
            rules: vec![self.rules[number].clone()],
            phrases: Vec::new(),
            index: Default::default(),
            literals: Vec::new(),
            moves: Vec::new(),
            breaks: Vec::new(),
            move_index: Default::default(),
            small: self.small.clone(),
            offered: Offered::default(),
            agreements: self.agreements.clone(),
            repeatable: self.repeatable.clone(),
        };
        for phrase in self.phrases.iter().filter(|p| p.rule as usize == number) {
            let mut phrase = phrase.clone();
            phrase.rule = 0;
            pack.phrases.push(phrase);
        }
        pack.index_phrases();
        pack.literals = self.literals.iter().filter(|l| l.rule as usize == number).cloned().collect();
        for literal in &mut pack.literals {
            literal.rule = 0;
        }
        pack.moves = self.moves.iter().filter(|m| m.rule as usize == number).cloned().collect();
        for one in &mut pack.moves {
            one.rule = 0;
        }
        super::moves::index(&mut pack);
        pack.breaks = self.breaks.iter().filter(|b| b.rule as usize == number).cloned().collect();
        for one in &mut pack.breaks {
            one.rule = 0;
        }
        pack
    }
}

/// An example's text, a master without sites; nothing when the example is no master.
fn plain(example: &str) -> Option<Master> {
    let master = Master::parse(example).ok()?;
    Some(Master::plain(&master.render_bracketed(&[])))
}

/// How many proposals the pack makes for an example's text, and the master that they give, without ties.
fn outcome(pack: &Pack, example: &str) -> Option<(usize, String)> {
    let plain = plain(example)?;
    let proposals = propose(&[pack], plain.source(), &Options::default()).ok()?;
    let untied: Vec<Proposal> = proposals.into_iter().map(|p| Proposal { tie: None, ..p }).collect();
    Some((untied.len(), accept(plain.source(), &untied)))
}

/// What a proposal rests on: its rule, shown to whoever asks why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation<'p> {
    /// The pack's name.
    pub pack: &'p str,
    /// The rule's id.
    pub rule: &'p str,
    /// The class of the site.
    pub class: Class,
    /// The rule's style level.
    pub style: Style,
    /// The tie that the site would belong to.
    pub tie: Option<&'p str>,
    /// The rule's first example, as a master.
    pub example: &'p str,
    /// Its first counter-example.
    pub counterexample: &'p str,
}

/// Explains a proposal by its rule; nothing when none of the packs has that rule.
pub fn explain<'p>(packs: &[&'p Pack], proposal: &Proposal) -> Option<Explanation<'p>> {
    let pack = packs.iter().find(|pack| pack.name == proposal.pack)?;
    let rule = pack.rule(&proposal.rule)?;
    Some(Explanation {
        pack: &pack.name,
        rule: &rule.id,
        class: rule.class,
        style: rule.style,
        tie: rule.tie.as_deref(),
        example: rule.examples.first()?,
        counterexample: rule.counterexamples.first()?,
    })
}
