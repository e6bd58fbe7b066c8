//! The letter as lines: a bar for every open word, a hatched block for every closed part.

use countermark_statement::Part;
use image::{Rgb, RgbImage};

use super::{HEIGHT, HOLE, INNER, MARGIN, RULE, SOFT, fill};

/// From one line to the next, and how high a word stands.
const LINE: f32 = 34.0;
const WORD: f32 = 11.0;
const BLOCK: f32 = 22.0;
/// Below this nothing is drawn.
const END: f32 = HEIGHT as f32 - 56.0;
/// Words that a closed part is drawn as long as, by its class.
const WORDS: [f32; 5] = [3.0, 8.0, 15.0, 30.0, 45.0];
/// Letters of a word that is not known.
const LETTERS: f32 = 6.0;

/// Draws the parts from `top` on, as many as have room.
pub(super) fn draw(picture: &mut RgbImage, parts: &[Part], top: f32) {
    let letters: f32 = parts.iter().map(length).sum();
    let lines = ((END - top) / LINE).floor().max(1.0);
    // As large as there is room for, within what still looks like writing.
    let scale = (INNER * lines * 0.82 / letters.max(1.0)).clamp(5.0, 11.0);
    let mut pen = Pen { picture, x: 0.0, y: top, scale };
    for (place, part) in parts.iter().enumerate() {
        if place > 0 && part.paragraph && pen.x > 0.0 {
            pen.turn();
        }
        let going = match &part.text {
            Some(text) => text.split_whitespace().all(|word| pen.word(word.chars().count() as f32)),
            None => pen.hole(length(part)),
        };
        if !going {
            return;
        }
    }
}

fn length(part: &Part) -> f32 {
    match &part.text {
        Some(text) => text.split_whitespace().map(|word| word.chars().count() as f32 + 1.0).sum(),
        None => WORDS[crate::pages::size(&part.words) - 1] * (LETTERS + 1.0),
    }
}

struct Pen<'a> {
    picture: &'a mut RgbImage,
    x: f32,
    y: f32,
    scale: f32,
}

impl Pen<'_> {
    fn word(&mut self, letters: f32) -> bool {
        let width = (letters * self.scale).min(INNER);
        if self.x + width > INNER {
            self.turn();
        }
        if self.y + BLOCK > END {
            return false;
        }
        fill(self.picture, MARGIN + self.x, self.y + (BLOCK - WORD) / 2.0, width, WORD, SOFT);
        self.x += width + self.scale;
        true
    }

    /// A block that goes over as many lines as it needs.
    fn hole(&mut self, letters: f32) -> bool {
        let mut rest = letters * self.scale;
        while rest > 0.0 {
            let room = INNER - self.x;
            if room < 24.0 {
                self.turn();
                continue;
            }
            if self.y + BLOCK > END {
                return false;
            }
            let width = rest.min(room).max(12.0);
            self.block(width);
            self.x += width + self.scale;
            rest -= width;
        }
        true
    }

    fn turn(&mut self) {
        self.x = 0.0;
        self.y += LINE;
    }

    fn block(&mut self, width: f32) {
        let (left, top) = (MARGIN + self.x, self.y);
        fill(self.picture, left, top, width, BLOCK, RULE);
        fill(self.picture, left + 1.0, top + 1.0, width - 2.0, BLOCK - 2.0, HOLE);
        self.hatch(left, top, width, RULE);
    }

    fn hatch(&mut self, left: f32, top: f32, width: f32, colour: Rgb<u8>) {
        for row in 1..(BLOCK as u32 - 1) {
            for column in 1..(width.max(2.0) as u32 - 1) {
                if (row + column) % 8 < 2 {
                    fill(self.picture, left + column as f32, top + row as f32, 1.0, 1.0, colour);
                }
            }
        }
    }
}
