//! One wording for all that the packs hold equal: which, does not depend on the one that stands there.
//!
//! Every wording of every list is a node; an arrow leads from a wording that is matched to each other one of its list. A
//! wording's *rank* is how far from the end of all arrows it lies, then how early it stands in the packs: following
//! arrows never raises it, whichever rules speak. At a place the wording of the lowest rank is taken.
//!
//! What is offered and never matched (`>deal with`, for `cope with`) lies at an end. Where a list offers two such, they are told
//! from each other's places only by the rule's contexts, so there they are matched too.

use std::collections::HashMap;

use super::find::{Site, capitalised, literal_sites, site, stands};
use super::pack::{Heads, Pack, Phrase};
use super::page::Page;
use crate::Class;
use countermark_text::Span;

/// The packs, with a rank for each of their wordings.
pub struct Neutral<'p> {
    packs: Vec<&'p Pack>,
    /// By pack, rule, choice and column.
    ranks: Vec<Vec<Vec<Vec<Rank>>>>,
}

/// Where the packs know several wordings.
#[derive(Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where.
    pub span: Span,
    /// All wordings, in the order of the rule's list, as they would stand here.
    pub wordings: Vec<String>,
    /// The one of them that is taken.
    pub neutral: usize,
    /// The class of the site that would stand here.
    pub class: Class,
    /// The rule's id.
    pub rule: String,
    /// The name of the rule's pack.
    pub pack: String,
    /// How many tokens the rule matched.
    tokens: usize,
    rank: Rank,
}

impl std::fmt::Debug for Spot {
    /// Hides the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Spot");
        shown.field("span", &self.span).field("wordings", &self.wordings.len()).field("rule", &self.rule);
        shown.finish_non_exhaustive()
    }
}

/// Steps to the farthest end, then the order in the packs.
type Rank = (u32, u32);

impl<'p> Neutral<'p> {
    /// Ranks the wordings of these packs.
    pub fn new(packs: &[&'p Pack]) -> Self {
        let mut graph = Graph::default();
        let nodes: Vec<Vec<Vec<Vec<u32>>>> = packs.iter().map(|pack| graph.add(pack)).collect();
        let levels = graph.levels();
        let rank = |node: &u32| (levels.get(*node as usize).copied().unwrap_or(0), *node);
        let list = |list: &Vec<u32>| list.iter().map(rank).collect();
        let rule = |rule: &Vec<Vec<u32>>| rule.iter().map(list).collect();
        let ranks = nodes.iter().map(|pack| pack.iter().map(rule).collect()).collect();
        Self { packs: packs.to_vec(), ranks }
    }

    /// Every place of a plain text where the packs know several wordings, in order; they may overlap. Contexts and what
    /// is protected hold as in [`propose`](super::propose); what only keeps alternatives from echoing each other does not.
    pub fn spots(&self, text: &str) -> Vec<Spot> {
        let page = Page::new(text, &[]);
        let mut found = Vec::new();
        for (number, pack) in self.packs.iter().enumerate() {
            self.phrases(number, &page, &mut found);
            moved(pack, &page, &mut found);
            for literal in pack.literals.iter().chain(&pack.offered.literals) {
                for (site, ..) in literal_sites(pack, &page, literal) {
                    let length = literal.text.chars().count();
                    found.extend(self.spot(number, literal.rule, literal.choice, site, false, length, text));
                }
            }
        }
        found.sort_by_key(|spot| (spot.span.start, spot.span.end, spot.rank));
        found
    }

    fn phrases(&self, number: usize, page: &Page<'_>, found: &mut Vec<Spot>) {
        let pack: &'p Pack = self.packs[number];
        for (at, token) in page.tokens.iter().enumerate() {
            let next = page.tokens.get(at + 1).map(|token| token.canon.as_ref());
            let of = |index: &'p HashMap<String, Heads>, phrases: &'p [Phrase]| -> Vec<&'p Phrase> {
                let list = index.get(token.canon.as_ref()).into_iter().flat_map(|heads| heads.before(next));
                list.filter_map(|n| phrases.get(n as usize)).filter(|phrase| stands(page, at, phrase)).collect()
            };
            let mut list = of(&pack.index, &pack.phrases);
            list.extend(of(&pack.offered.index, &pack.offered.phrases));
            list.sort_by_key(|phrase| usize::MAX - phrase.tokens.len());
            let mut longest: HashMap<u32, usize> = HashMap::new();
            for phrase in list {
                // Longest first: "at present," is not "at present" without its comma.
                if longest.get(&phrase.rule).is_some_and(|known| *known > phrase.tokens.len()) {
                    continue;
                }
                let Some((site, capital)) = site(pack, page, at, phrase) else { continue };
                longest.insert(phrase.rule, phrase.tokens.len());
                let length = phrase.tokens.len();
                found.extend(self.spot(number, phrase.rule, phrase.choice, site, capital, length, page.text));
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn spot(
        &self,
        pack: usize,
        rule: u32,
        choice: u32,
        site: Site,
        capital: bool,
        tokens: usize,
        text: &str,
    ) -> Option<Spot> {
        let ranks = self.ranks.get(pack)?.get(rule as usize)?.get(choice as usize)?;
        // An article that does not agree leaves nothing to tell.
        if site.texts.len() != ranks.len() {
            return None;
        }
        let offered = self.packs.get(pack)?.offered.columns.get(&(rule, choice)).map_or(&[][..], Vec::as_slice);
        let may = |column: &usize| offered.is_empty() || offered.contains(&(*column as u32));
        let (neutral, rank) =
            ranks.iter().copied().enumerate().filter(|(column, _)| may(column)).min_by_key(|(_, rank)| *rank)?;
        let shown = |(column, wording): (usize, &String)| {
            if column == site.column {
                text.get(site.span.clone()).map(str::to_owned)
            } else if capital {
                capitalised(wording)
            } else {
                Some(wording.clone())
            }
        };
        let wordings = site.texts.iter().enumerate().map(shown).collect::<Option<Vec<String>>>()?;
        let pack = self.packs.get(pack)?;
        let rule = pack.rules.get(rule as usize)?;
        Some(Spot {
            span: site.span,
            wordings,
            neutral,
            class: rule.class,
            rule: rule.id.clone(),
            pack: pack.name.clone(),
            tokens,
            rank,
        })
    }
}

impl Spot {
    /// What stands there in the neutral form.
    pub fn neutral(&self) -> &str {
        self.wordings.get(self.neutral).map_or("", String::as_str)
    }

    /// Which of two changes at one place goes first: the one that covers more, then the one that leads farther.
    pub fn precedence(&self) -> impl Ord + use<> {
        (usize::MAX - self.span.len(), self.rank, self.span.start, usize::MAX - self.tokens)
    }
}

/// The moves: the order of the rule's first template is taken.
fn moved(pack: &Pack, page: &Page<'_>, found: &mut Vec<Spot>) {
    let mut moves = Vec::new();
    for at in 0..page.tokens.len() {
        super::moves::moves(pack, page, at, &mut moves);
    }
    for one in moves {
        let Some(rule) = pack.rules.get(one.rule) else { continue };
        found.push(Spot {
            span: one.span,
            // What stands there comes first, then the other templates in their order.
            neutral: usize::from(one.column > 0),
            wordings: one.alternatives,
            class: rule.class,
            rule: rule.id.clone(),
            pack: pack.name.clone(),
            tokens: one.length,
            rank: (0, u32::MAX),
        });
    }
}

/// Wordings, and where each can lead.
#[derive(Default)]
struct Graph {
    known: HashMap<String, u32>,
    arrows: Vec<Vec<u32>>,
}

impl Graph {
    /// Adds a pack's lists; gives the node of each column.
    fn add(&mut self, pack: &Pack) -> Vec<Vec<Vec<u32>>> {
        let mut matched: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
        for phrase in &pack.phrases {
            matched.entry((phrase.rule, phrase.choice)).or_default().push(phrase.column);
        }
        for literal in &pack.literals {
            matched.entry((literal.rule, literal.choice)).or_default().push(literal.column);
        }
        let mut all = Vec::with_capacity(pack.rules.len());
        for (rule, known) in pack.rules.iter().enumerate() {
            let mut choices = Vec::with_capacity(known.choices.len());
            for (choice, texts) in known.choices.iter().enumerate() {
                let key = (rule as u32, choice as u32);
                let nodes: Vec<u32> = texts.iter().map(|text| self.node(text)).collect();
                for column in matched.get(&key).into_iter().flatten() {
                    let from = nodes[*column as usize];
                    self.arrows[from as usize].extend(nodes.iter().copied().filter(|to| *to != from));
                }
                choices.push(nodes);
            }
            all.push(choices);
        }
        all
    }

    fn node(&mut self, wording: &str) -> u32 {
        let next = self.arrows.len() as u32;
        let node = *self.known.entry(wording.to_owned()).or_insert(next);
        if node == next {
            self.arrows.push(Vec::new());
        }
        node
    }

    /// For each node the longest way to an end, where what can be reached from each other counts as one (Tarjan, SIAM
    /// Journal on Computing 1, 1972, without recursion).
    fn levels(&self) -> Vec<u32> {
        const NEW: u32 = u32::MAX;
        let count = self.arrows.len();
        let (mut index, mut low) = (vec![NEW; count], vec![0u32; count]);
        let (mut level, mut done) = (vec![0u32; count], vec![false; count]);
        let (mut stack, mut clock) = (Vec::new(), 0);
        for root in 0..count {
            if index[root] != NEW {
                continue;
            }
            let mut calls = vec![(root, 0usize)];
            while let Some((node, next)) = calls.pop() {
                if next == 0 {
                    index[node] = clock;
                    low[node] = clock;
                    clock += 1;
                    stack.push(node);
                }
                if let Some(&to) = self.arrows[node].get(next) {
                    calls.push((node, next + 1));
                    let to = to as usize;
                    if index[to] == NEW {
                        calls.push((to, 0));
                    }
                    continue;
                }
                for &to in &self.arrows[node] {
                    if !done[to as usize] {
                        low[node] = low[node].min(low[to as usize]);
                    }
                }
                if low[node] == index[node] {
                    let from = stack.iter().rposition(|member| *member == node).unwrap_or(0);
                    let members = stack.split_off(from);
                    let outside =
                        members.iter().flat_map(|member| &self.arrows[*member]).filter(|to| done[**to as usize]);
                    let height = outside.map(|to| level[*to as usize] + 1).max().unwrap_or(0);
                    for member in members {
                        level[member] = height;
                        done[member] = true;
                    }
                }
            }
        }
        level
    }
}
