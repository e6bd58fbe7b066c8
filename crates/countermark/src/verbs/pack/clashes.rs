//! Which rules want the same words: told, because a rule that always gives way never speaks.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use countermark_marking::Master;
use countermark_marking::rules::{self, Pack};
use serde_json::{Value, json};

use super::{Checked, first};
use crate::terminal;

/// A rule: the name of its pack, and its id.
type Named = (String, String);

/// Pairs of rules that met, and how often, in all places and on exactly the same words; the most frequent first.
pub struct Clashes(Vec<Row>);

struct Row {
    kept: Named,
    dropped: Named,
    times: usize,
    same: usize,
}

impl Clashes {
    /// Where a rule of the checked pack met another: in the examples of all packs, and in the texts.
    pub fn of(checked: &Checked<'_>, texts: &[Master]) -> Self {
        let examples = checked.packs.iter().flat_map(|pack| pack.sentences());
        let sources = examples.chain(texts.iter().map(|text| text.source().to_owned()));
        let mut counts: BTreeMap<(Named, Named), (usize, usize)> = BTreeMap::new();
        let named = |(pack, id): (usize, &str)| {
            (checked.packs.get(pack).map_or("", |pack: &&Pack| pack.name()).to_owned(), id.to_owned())
        };
        for source in sources {
            // Each source came out of a master that was read.
            for met in rules::meetings(&checked.packs, &source).unwrap_or_default() {
                if met.kept.0 == checked.own || met.dropped.0 == checked.own {
                    let pair = (named((met.kept.0, met.kept.1.id())), named((met.dropped.0, met.dropped.1.id())));
                    let count = counts.entry(pair).or_default();
                    count.0 += 1;
                    count.1 += usize::from(met.same);
                }
            }
        }
        let row = |((kept, dropped), (times, same))| Row { kept, dropped, times, same };
        let mut rows: Vec<Row> = counts.into_iter().map(row).collect();
        rows.sort_by_key(|row| Reverse(row.times));
        Self(rows)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let named = |(pack, rule): &Named| json!({"pack": pack, "rule": rule});
        let row = |row: &Row| json!({"kept": named(&row.kept), "dropped": named(&row.dropped), "times": row.times, "same": row.same});
        self.0.iter().map(row).collect()
    }

    /// For people.
    pub fn lines(&self) -> Vec<String> {
        if self.0.is_empty() {
            return vec!["no rule of this pack wants another rule's words".to_owned()];
        }
        let named = |(pack, rule): &Named| format!("{rule} ({})", terminal::tame(pack));
        let line = |row: &Row| {
            let (lost, won) = (named(&row.dropped), named(&row.kept));
            format!("  {:>4}  {lost} gave way to {won}, {} on the same words", row.times, row.same)
        };
        let why = "no fault: most bits win, then the longer, then the built-in pack";
        let head = format!("pairs of rules that want the same words: {} ({why})", self.0.len());
        std::iter::once(head).chain(first(self.0.iter().map(line).collect())).collect()
    }
}
