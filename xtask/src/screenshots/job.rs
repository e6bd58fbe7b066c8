//! What is drawn.

use countermark_codebook::{Codebook, Key};
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::channels::archive::{Archive, Cell};

/// What is the matter with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Light,
    Dark,
    Large,
    Short,
    Long,
    Jpeg,
    Blurred,
    Rotated,
}

impl Class {
    pub(crate) const ALL: [Self; 8] =
        [Self::Light, Self::Dark, Self::Large, Self::Short, Self::Long, Self::Jpeg, Self::Blurred, Self::Rotated];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Large => "large",
            Self::Short => "short",
            Self::Long => "long",
            Self::Jpeg => "jpeg",
            Self::Blurred => "blurred",
            Self::Rotated => "rotated",
        }
    }

    /// What the page says of it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Large => "large type (26 to 34 px)",
            Self::Short => "short: one part of 9 words or more, light and dark",
            Self::Long => "long: letters of 120 words and more, light and dark",
            Self::Jpeg => "JPEG of quality 40 at 60 % of the size",
            Self::Blurred => "blurred by 0.8 to 1.2 px of a pixel twice as fine",
            Self::Rotated => "rotated by two degrees, either way",
        }
    }
}

/// A picture to be drawn, and whose copy it shows.
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) class: Class,
    pub(crate) message: usize,
    pub(crate) codebook: Codebook,
    pub(crate) copy: usize,
    /// The copy, or the part of it that is shown.
    pub(crate) text: String,
    number: usize,
}

const FONTS: [&str; 8] = [
    "Roboto",
    "'Inter'",
    "'Liberation Sans'",
    "'Open Sans'",
    "'DejaVu Sans'",
    "'Liberation Serif'",
    "'TeX Gyre Heros'",
    "'DejaVu Serif'",
];

/// How a chat looks, as `bench/screenshots/render.mjs` knows it.
const SKINS: [&str; 3] = ["beige", "blue", "plain"];

impl Job {
    pub(crate) fn file(&self) -> String {
        format!("{}.{}", self.id, if self.class == Class::Jpeg { "jpg" } else { "png" })
    }

    /// The job as `bench/screenshots/render.mjs` takes it.
    pub(crate) fn json(&self) -> Value {
        let n = self.number;
        let telephone = !n.is_multiple_of(3);
        let size = match self.class {
            Class::Large => [26, 30, 34][n % 3],
            _ if telephone => [15, 16, 17][n % 3],
            _ => [14, 15, 16][n % 3],
        };
        let dark = match self.class {
            Class::Light => false,
            Class::Dark => true,
            _ => n % 5 < 2,
        };
        let form = match self.class {
            Class::Jpeg => "jpeg",
            Class::Blurred => "blurred",
            Class::Rotated => "rotated",
            _ => "png",
        };
        // A telephone's screen has two or three pixels for one of the page's, a desk's one.
        let scale = match (self.class, telephone) {
            (Class::Jpeg | Class::Blurred, _) => 2.0,
            (_, true) => [2.0, 2.625][n % 2],
            (_, false) => [1.0, 1.25][n % 2],
        };
        json!({
            "id": self.id, "text": self.text, "number": n, "form": form, "dark": dark,
            "skin": SKINS[n / 2 % SKINS.len()], "font": FONTS[n % FONTS.len()], "size": size,
            "width": if telephone { 400 } else { 640 }, "scale": scale, "mine": n.is_multiple_of(2),
            "angle": if n.is_multiple_of(2) { 2 } else { -2 }, "blur": 0.8 + 0.2 * (n % 3) as f64,
        })
    }
}

/// So many pictures of each class, over all messages in turn.
pub(crate) fn jobs(archive: &Archive, cell: &Cell, each: usize, seed: u64) -> anyhow::Result<Vec<Job>> {
    let mut out = Vec::new();
    let mut order: Vec<usize> = (0..archive.messages.len()).filter(|&m| archive.messages[m].fits(cell)).collect();
    Chance::new(seed, 0).shuffle(&mut order);
    for class in Class::ALL {
        let fits = |&message: &usize| match class {
            Class::Long => archive.messages[message].words >= 120,
            _ => archive.messages[message].words <= 200,
        };
        // Every class begins elsewhere: between them they show all messages.
        let from = (class as usize * each) % order.len().max(1);
        let round = order.iter().cycle().skip(from).copied().take(order.len()).filter(fits).collect::<Vec<_>>();
        for (at, &message) in round.iter().cycle().take(each).enumerate() {
            let number = class as usize * 1000 + at;
            let mut chance = Chance::new(seed, number as u64 + 1);
            let alternatives = &archive.messages[message].alternatives;
            let codebook = Codebook::draw(&Key::from_bytes(chance.key()), alternatives, cell.copies as usize)?;
            // The last codeword is the file copy's.
            let copy = chance.below(cell.copies as usize - 1);
            let codeword = &codebook.rows()[copy];
            let text = match class {
                Class::Short => part(archive, message, codeword, &mut chance),
                _ => archive.messages[message].copy(codeword),
            };
            out.push(Job { id: format!("{}-{at:02}", class.name()), class, message, codebook, copy, text, number: at });
        }
    }
    Ok(out)
}

/// One part of a copy that has nine words or more; all of it where none has.
fn part(archive: &Archive, message: usize, codeword: &[u8], chance: &mut Chance) -> String {
    let master = &archive.messages[message].master;
    let texts: Vec<String> = master.parts().iter().map(|part| master.part_text(part, codeword)).collect();
    let long: Vec<&String> = texts.iter().filter(|text| countermark_text::word_count(text) >= 9).collect();
    match long.is_empty() {
        true => texts.concat(),
        false => long[chance.below(long.len())].trim().to_owned(),
    }
}
