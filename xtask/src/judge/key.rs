//! What the repository keeps of a round: which places were drawn, and what each reader said. No text of a letter.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

/// A place that was drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Under which the readers know it.
    pub(crate) id: String,
    /// The letter.
    pub(crate) letter: String,
    /// The byte of the letter's source at which the place begins.
    pub(crate) at: usize,
    /// The rule.
    pub(crate) rule: String,
    /// Its class.
    pub(crate) class: String,
    /// The alternatives, hashed: tells whether the rule still offers the same.
    pub(crate) alternatives: String,
    /// Which alternative (from 0, the author's) stands as wording A, B, ...
    pub(crate) order: Vec<usize>,
}

impl Row {
    pub(crate) fn json(&self) -> Value {
        json!({
            "id": self.id, "letter": self.letter, "at": self.at, "rule": self.rule, "class": self.class,
            "alternatives": self.alternatives, "order": self.order,
        })
    }
}

/// FNV-1a of the alternatives, 64 bits in hexadecimal digits. Nothing secret rests on it.
pub(crate) fn hash(alternatives: &[String]) -> String {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in alternatives.iter().flat_map(|text| text.bytes().chain([0])) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    format!("{state:016x}")
}

/// Reads a key.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Row>> {
    lines(path)?
        .into_iter()
        .map(|(place, row)| {
            let text =
                |name: &str| row[name].as_str().map(str::to_owned).with_context(|| format!("{place}: no \"{name}\""));
            let number = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
            let order = row["order"].as_array().with_context(|| format!("{place}: no \"order\""))?;
            Ok(Row {
                id: text("id")?,
                letter: text("letter")?,
                at: number(&row["at"]).with_context(|| format!("{place}: no \"at\""))?,
                rule: text("rule")?,
                class: text("class")?,
                alternatives: text("alternatives")?,
                order: order.iter().filter_map(number).collect(),
            })
        })
        .collect()
}

/// What a reader said of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Any of the wordings could stand here.
    Equal,
    /// One reads worse.
    Worse,
    /// One says something else.
    Meaning,
    /// One is no English.
    Wrong,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Worse => "worse",
            Self::Meaning => "meaning",
            Self::Wrong => "wrong",
        }
    }
}

/// Reads what a reader said, a verdict for each row of the key, in the key's order.
pub(crate) fn reading(path: &Path, rows: &[Row]) -> anyhow::Result<Vec<Verdict>> {
    let mut said = BTreeMap::new();
    for (place, answer) in lines(path)? {
        let id = answer["id"].as_str().with_context(|| format!("{place}: no \"id\""))?.to_owned();
        let verdict = match answer["verdict"].as_str() {
            Some("equal") => Verdict::Equal,
            Some("worse") => Verdict::Worse,
            Some("meaning") => Verdict::Meaning,
            Some("wrong") => Verdict::Wrong,
            _ => bail!("{place}: the verdict is not equal, worse, meaning or wrong"),
        };
        let row = rows.iter().find(|row| row.id == id).with_context(|| format!("{place}: {id} is not in the key"))?;
        for which in answer["which"].as_array().into_iter().flatten() {
            let letter = which.as_str().and_then(|which| which.bytes().next()).unwrap_or_default();
            let known = usize::from(letter.wrapping_sub(b'A')) < row.order.len();
            ensure!(known, "{place}: {id} has no such wording");
        }
        ensure!(said.insert(id.clone(), verdict).is_none(), "{place}: {id} is answered twice");
    }
    let answer = |row: &Row| {
        said.get(&row.id).copied().with_context(|| format!("{}: nothing is said of {}", path.display(), row.id))
    };
    rows.iter().map(answer).collect()
}

/// The JSON objects of a file with the place where each stands.
fn lines(path: &Path) -> anyhow::Result<Vec<(String, Value)>> {
    let all = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = (1..).zip(all.lines()).filter(|(_, line): &(usize, &str)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let place = format!("{}:{number}", path.display());
            let row = serde_json::from_str(line).with_context(|| place.clone())?;
            Ok((place, row))
        })
        .collect()
}
