//! Draws proposals and writes them for the readers.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::key::{Row, hash};
use super::places::Page;
use crate::chance::Chance;

/// So many places stand on a sheet.
const SHEET: usize = 100;

/// What to draw.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The letters: files of JSON objects, one a line, each with "id" and "text".
    #[arg(long, num_args = 1.., required = true)]
    letters: Vec<PathBuf>,
    /// The seed; the same seed draws the same places.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many places.
    #[arg(long, default_value_t = 400)]
    count: usize,
    /// The folder for the key and the sheets.
    #[arg(long)]
    out: PathBuf,
    /// The folder of the pack.
    #[arg(long, default_value = "lang/en")]
    pack: PathBuf,
}

/// Writes `key.jsonl` and `sheet-1.jsonl`, ...
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let pack = crate::pack::read(&arguments.pack)?;
    let letters = crate::corpus::read_all(&arguments.letters)?;
    let pages: Vec<Page> =
        letters.iter().map(|letter| Page::new(&pack, &letter.text)).collect::<anyhow::Result<_>>()?;
    let mut all: Vec<(usize, usize)> = Vec::new();
    for (letter, page) in pages.iter().enumerate() {
        all.extend((0..page.sites.len()).map(|site| (letter, site)));
    }
    let proposed = all.len();
    let mut chance = Chance::new(arguments.seed, 0);
    chance.shuffle(&mut all);
    all.truncate(arguments.count);
    let (mut key, mut sheets) = (Vec::new(), Vec::new());
    for (number, &(letter, site)) in (1..).zip(&all) {
        let id = format!("p{number:03}");
        let (row, places) = place(id, &letters[letter].id, &pages[letter], site, &mut chance);
        key.push(row.json());
        sheets.push(places);
    }
    std::fs::create_dir_all(&arguments.out).with_context(|| format!("cannot make {}", arguments.out.display()))?;
    write(&arguments.out.join("key.jsonl"), &key)?;
    for (number, sheet) in (1..).zip(sheets.chunks(SHEET)) {
        write(&arguments.out.join(format!("sheet-{number}.jsonl")), sheet)?;
    }
    println!("{} of {proposed} proposals in {} letters drawn, seed {}", key.len(), letters.len(), arguments.seed);
    Ok(())
}

/// A place for the key, and for the readers.
fn place(id: String, letter: &str, page: &Page, site: usize, chance: &mut Chance) -> (Row, Value) {
    let site = &page.sites[site];
    let place = site.places[chance.below(site.places.len())];
    let proposal = &page.proposals[place];
    let shown = page.show(site, place);
    let mut order: Vec<usize> = (0..shown.wordings.len()).collect();
    chance.shuffle(&mut order);
    let wordings: Vec<&str> = order.iter().map(|&which| shown.wordings[which].as_str()).collect();
    let mut sheet = json!({"id": id, "before": shown.before, "wordings": wordings, "after": shown.after});
    if shown.elsewhere {
        sheet["note"] = json!("the same choice is made everywhere in the letter");
    }
    let row = Row {
        id,
        letter: letter.to_owned(),
        at: proposal.span.start,
        rule: proposal.rule.clone(),
        class: proposal.class.to_string(),
        alternatives: hash(&proposal.alternatives),
        order,
    };
    (row, sheet)
}

fn write(path: &Path, rows: &[Value]) -> anyhow::Result<()> {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
