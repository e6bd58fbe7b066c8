//! Texts that are nobody's copy: whoever is named is named wrongly.

use countermark_codebook::{Codebook, Key};
use rayon::prelude::*;

use super::Scope;
use super::archive::{Archive, Cell};
use crate::chance::Chance;
use crate::damage;
use crate::expected::{any, share};

/// A row of the controls.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    pub(crate) name: &'static str,
    pub(crate) copies: u32,
    /// Texts, and sealings under which they were looked at.
    pub(crate) texts: u64,
    pub(crate) sealings: u64,
    /// Sealings under which anybody was named, and how many that must be by chance.
    pub(crate) wrong: u64,
    pub(crate) expected: f64,
}

/// A text, made of a message or of none.
type Make<'a> = (&'static str, Box<dyn Fn(&Archive, usize, &mut Chance) -> Option<String> + Sync + 'a>);

/// All controls, pasted and retyped, against both archives.
pub(crate) fn run(
    plain: &Archive,
    written: &Archive,
    unrelated: &[String],
    cells: &[Cell],
    scope: &Scope,
) -> anyhow::Result<Vec<Control>> {
    let makes: [Make<'_>; 3] = [
        ("an unrelated text", Box::new(|_, number, _| unrelated.get(number).cloned())),
        (
            "the author's own text, unmarked",
            Box::new(|archive, number, _| Some(archive.messages.get(number)?.copy(&[]))),
        ),
        (
            "a copy of another vault",
            Box::new(|archive, number, chance| {
                let message = archive.messages.get(number)?;
                let row = Codebook::draw(&Key::from_bytes(chance.key()), &message.alternatives, 1).ok()?;
                Some(message.copy(row.rows().first()?))
            }),
        ),
    ];
    let mut controls = Vec::new();
    for (which, (name, make)) in makes.iter().enumerate() {
        for cell in cells {
            let mut control = Control { name, copies: cell.copies, texts: 0, sealings: 0, wrong: 0, expected: 0.0 };
            for (number, archive) in [plain, written].into_iter().enumerate() {
                let trial = ((which as u64) << 4) | number as u64;
                for row in texts(archive, make.as_ref(), cell, scope, trial, unrelated.len())? {
                    control.texts += 1;
                    control.sealings += scope.keys;
                    control.wrong += row.0;
                    control.expected += row.1;
                }
            }
            controls.push(control);
        }
    }
    Ok(controls)
}

/// How often each text names anybody, and how often it must.
fn texts(
    archive: &Archive,
    make: &(dyn Fn(&Archive, usize, &mut Chance) -> Option<String> + Sync),
    cell: &Cell,
    scope: &Scope,
    trial: u64,
    many: usize,
) -> anyhow::Result<Vec<(u64, f64)>> {
    let numbers: Vec<usize> = (0..many.max(archive.messages.len())).step_by(scope.stride).collect();
    let rows = numbers.into_par_iter().map(|number| {
        let mut chance =
            Chance::new(scope.seed, (1 << 60) | (trial << 40) | (u64::from(cell.copies) << 20) | number as u64);
        let Some(text) = make(archive, number, &mut chance) else { return Ok(Vec::new()) };
        [text.clone(), damage::retyped(&text)]
            .iter()
            .map(|text| looks(archive, text, cell, scope, &mut chance))
            .collect()
    });
    let rows = rows.collect::<anyhow::Result<Vec<Vec<(u64, f64)>>>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// One text under fresh keys.
fn looks(archive: &Archive, text: &str, cell: &Cell, scope: &Scope, chance: &mut Chance) -> anyhow::Result<(u64, f64)> {
    let sights = archive.sights(text);
    let looks = archive.looks(&sights, cell);
    let mut expected = 0.0;
    for look in &looks {
        let alternatives = &archive.messages[look.sight.message].alternatives;
        let share = share(alternatives, &look.sight.trace.observations, &cell.settings(), look.messages);
        expected += any(share, cell.copies) * scope.keys as f64;
    }
    let mut wrong = 0;
    for _ in 0..scope.keys {
        let mut named = false;
        for look in &looks {
            let alternatives = &archive.messages[look.sight.message].alternatives;
            let codebook = Codebook::draw(&Key::from_bytes(chance.key()), alternatives, cell.copies as usize)?;
            named |= !archive.take(look, cell, &codebook).is_empty();
        }
        wrong += u64::from(named);
    }
    Ok((wrong, expected))
}
