//! The picture for a terminal: the text as a strip of sentences, each as wide as its words and as high as its bits.

use std::fmt::Write as _;

use crate::{Meter, PartMeter};

/// What the picture is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Block characters and ANSI colours.
    Colour,
    /// ASCII.
    Plain,
}

/// Rows of the strip.
const ROWS: usize = 6;
/// Columns before each row's picture.
const MARGIN: usize = 14;
/// A column that is filled so far, in eighths.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How a cell is meant; the ink decides how it looks.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Empty,
    /// Bits that survive retyping, filled to so many eighths.
    Kept(usize),
    /// Bits that do not.
    Lost(usize),
    /// A sentence without a site.
    Siteless,
    /// Names a copy.
    Names,
    /// So many tenths of the bits that would.
    Short(u32),
    Axis,
}

/// Draws the picture, `width` columns wide, with a line end after each row. No text of the message stands in it.
pub fn blocks(meter: &Meter, width: usize, ink: Ink) -> String {
    let columns = width.saturating_sub(MARGIN + 12).max(20);
    let mut out = String::new();
    bars(meter, columns, ink, &mut out);
    if meter.words > 0 {
        out.push('\n');
        strip(meter, columns, ink, &mut out);
        out.push('\n');
        quoted(meter, columns, ink, &mut out);
    }
    out
}

/// The whole text beside what is needed.
fn bars(meter: &Meter, columns: usize, ink: Ink, out: &mut String) {
    let needed = meter.line();
    let scale = columns as f64 / needed.max(meter.all.bits).max(1.0);
    let filled = |bits: f64| (bits * scale).round() as usize;
    let (kept, lost) = (filled(meter.retyped.bits), filled(meter.all.bits) - filled(meter.retyped.bits));
    let pasted: Vec<Cell> =
        std::iter::repeat_n(Cell::Kept(8), kept).chain(std::iter::repeat_n(Cell::Lost(8), lost)).collect();
    let retyped = vec![Cell::Kept(8); kept];
    let needed_bar = vec![Cell::Axis; filled(needed).max(1)];
    for (name, cells, bits) in [
        ("as pasted", pasted, meter.all.bits),
        ("retyped", retyped, meter.retyped.bits),
        ("needed", needed_bar, needed),
    ] {
        let _ = writeln!(out, "{name:<MARGIN$}{} {bits:.1} bits", paint(&cells, ink));
    }
}

fn strip(meter: &Meter, columns: usize, ink: Ink, out: &mut String) {
    let parts = layout(&meter.parts, meter.words, columns);
    let most = meter.parts.iter().map(|part| part.bits).fold(1.0, f64::max);
    let eighths = |bits: f64| (bits / most * (ROWS * 8) as f64).round() as usize;
    for row in (0..ROWS).rev() {
        let cells: Vec<Cell> = parts.iter().map(|part| cell(*part, row, &eighths)).collect();
        let label = if row + 1 == ROWS { format!("{most:.1} bits") } else { String::new() };
        let _ = writeln!(out, "{label:<MARGIN$}{}", paint(&cells, ink).trim_end());
    }
    let base: Vec<Cell> = parts
        .iter()
        .map(|part| match part {
            Some(part) if part.sites == 0 => Cell::Siteless,
            _ => Cell::Axis,
        })
        .collect();
    let _ = writeln!(out, "{:<MARGIN$}{}", "sentence", paint(&base, ink));
    let _ = writeln!(out, "{:<MARGIN$}{}", "", numbers(&parts));
}

/// The number of each sentence under its beginning, where there is room.
fn numbers(parts: &[Option<&PartMeter>]) -> String {
    let mut line = String::new();
    let mut before = 0;
    for (column, part) in parts.iter().enumerate() {
        let number = part.map_or(before, |part| part.number);
        if number != before && column >= line.len() {
            let text = number.to_string();
            let _ = write!(line, "{}{text} ", " ".repeat(column - line.len()));
        }
        before = number;
    }
    line.trim_end().to_owned()
}

/// For each column the part whose words stand there; nothing in the gap behind a part.
fn layout(parts: &[PartMeter], words: usize, columns: usize) -> Vec<Option<&PartMeter>> {
    let mut found = vec![None; columns];
    let mut at = 0;
    for part in parts.iter().filter(|part| part.words > 0) {
        let column = |word: usize| word * columns / words.max(1);
        let (from, to) = (column(at), column(at + part.words));
        let gap = usize::from(to > from + 2 && to < columns);
        found[from..to.saturating_sub(gap).max(from)].fill(Some(part));
        at += part.words;
    }
    found
}

fn cell(part: Option<&PartMeter>, row: usize, eighths: &impl Fn(f64) -> usize) -> Cell {
    let Some(part) = part else { return Cell::Empty };
    let filled = eighths(part.bits).saturating_sub(row * 8).min(8);
    match filled {
        0 => Cell::Empty,
        // A cell has one colour: that of its middle.
        filled if eighths(part.bits_surviving) * 2 > row * 16 + filled => Cell::Kept(filled),
        filled => Cell::Lost(filled),
    }
}

/// What a quotation of half the words is worth, by the word where it begins.
fn quoted(meter: &Meter, columns: usize, ink: Ink, out: &mut String) {
    let all: usize = meter.quotations.iter().map(|quoted| quoted.held.count).sum();
    for (name, retyped) in [("half pasted", false), ("half retyped", true)] {
        let mut cells = Vec::with_capacity(columns);
        let mut quotations = meter.quotations.iter();
        let mut end = 0;
        let mut cell = Cell::Empty;
        for column in 0..columns {
            while end <= column * all / columns {
                let Some(next) = quotations.next() else { break };
                end += next.held.count;
                let names = if retyped { next.names_retyped } else { next.names };
                let bits = if retyped { next.bits_surviving } else { next.bits };
                cell = if names { Cell::Names } else { Cell::Short((bits / meter.line() * 10.0).min(9.0) as u32) };
            }
            cells.push(cell);
        }
        let share = 100.0 * if retyped { meter.retyped.certain.half } else { meter.all.certain.half };
        let _ = writeln!(out, "{name:<MARGIN$}{} {share:.0} of 100", paint(&cells, ink));
    }
}

/// The cells as characters; runs that look alike are coloured once.
fn paint(cells: &[Cell], ink: Ink) -> String {
    let mut out = String::new();
    let mut before = "";
    for cell in cells {
        let (colour, character) = look(*cell, ink);
        if colour != before {
            if !before.is_empty() {
                out.push_str("\u{1b}[0m");
            }
            out.push_str(colour);
            before = colour;
        }
        out.push(character);
    }
    if !before.is_empty() {
        out.push_str("\u{1b}[0m");
    }
    out
}

fn look(cell: Cell, ink: Ink) -> (&'static str, char) {
    if ink == Ink::Plain {
        return match cell {
            Cell::Empty => ("", ' '),
            Cell::Kept(_) | Cell::Names => ("", '#'),
            Cell::Lost(_) => ("", '+'),
            Cell::Siteless => ("", 'x'),
            Cell::Short(tenths) => ("", char::from_digit(tenths, 10).unwrap_or('9')),
            Cell::Axis => ("", '-'),
        };
    }
    let filled = |eighths: usize| EIGHTHS.get(eighths).copied().unwrap_or('█');
    match cell {
        Cell::Empty => ("", ' '),
        Cell::Kept(eighths) => ("\u{1b}[36m", filled(eighths)),
        Cell::Lost(eighths) => ("\u{1b}[33m", filled(eighths)),
        Cell::Siteless => ("\u{1b}[31m", '▒'),
        Cell::Names => ("\u{1b}[32m", '█'),
        Cell::Short(tenths) => ("\u{1b}[90m", filled((tenths as usize * 8).div_ceil(10).max(1))),
        Cell::Axis => ("\u{1b}[90m", '─'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countermark_codebook::Epsilon;
    use countermark_marking::Master;

    fn picture(source: &str, width: usize, ink: Ink) -> String {
        blocks(&Meter::of(&Master::parse(source).expect("a master"), 3, Epsilon::default()), width, ink)
    }

    #[test]
    fn plain_is_ascii_and_colour_is_closed() {
        let source =
            "We {met|spoke} in {Lisk|Dorn}, {@typography:– |— }as agreed. Nothing was signed there by anybody. "
                .repeat(4);
        let plain = picture(&source, 100, Ink::Plain);
        assert!(plain.is_ascii() && plain.contains('x') && plain.contains('#') && plain.contains('+'), "{plain}");
        assert!(plain.lines().all(|line| line.len() <= 100), "{plain}");
        let coloured = picture(&source, 100, Ink::Colour);
        assert_eq!(coloured.matches("\u{1b}[0m").count() * 2, coloured.matches('\u{1b}').count());
        for word in ["Lisk", "signed"] {
            assert!(!plain.contains(word) && !coloured.contains(word));
        }
    }

    #[test]
    fn any_message_can_be_drawn() {
        let long = "We {met|spoke}. It rained. ".repeat(900);
        for source in ["", "{a|b}", "One.", long.as_str(), "{=name}", "\u{2014}"] {
            for width in [0, 40, 200] {
                assert!(picture(source, width, Ink::Colour).contains("needed"));
            }
        }
    }
}
