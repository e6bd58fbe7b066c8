//! The whole way from a file to a text.

use std::ops::Range;
use std::time::{Duration, Instant};

use image::RgbImage;

use crate::layout::{self, Placed};
use crate::page::Grey;
use crate::regions::Region;
use crate::skew::Turn;
use crate::tesseract::{Cut, Tesseract};
use crate::{Error, Limits, decode, ink, regions, scale, skew, tiff, tsv};

/// What its resolution is said to be: letters of the height that pages are scaled to, in type of eleven points.
const DPI: u32 = 280;

/// Read less surely than this, a page is tried again another way.
const UNSURE: f64 = 80.0;

/// A further attempt begins only before this much time has gone: a screenshot must be a case within three seconds.
const PATIENCE: Duration = Duration::from_millis(1200);

/// A place in the picture as it was given, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bbox {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Bbox {
    pub(crate) fn around(self, other: Self) -> Self {
        let (left, top) = (self.left.min(other.left), self.top.min(other.top));
        let right = (self.left + self.width).max(other.left + other.width);
        let bottom = (self.top + self.height).max(other.top + other.height);
        Self { left, top, width: right - left, height: bottom - top }
    }
}

/// A word as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Bytes of [`Read::text`].
    pub range: Range<usize>,
    /// How sure the reader is, from 0 to 100.
    pub confidence: u8,
    /// Where it stands.
    pub bbox: Bbox,
}

/// What stood together: a bubble, or all that is written on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Bytes of [`Read::text`].
    pub range: Range<usize>,
    /// Where it stands.
    pub bbox: Bbox,
}

/// What was read of a picture.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The text: blocks from top to bottom with an empty line between them, within a block paragraphs with an empty line or a line end.
    pub text: String,
    /// Its words, in order.
    pub words: Vec<Word>,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
    /// How sure the reader is on the whole, from 0 to 100, each word counted by its length; 0 when there is no word.
    pub confidence: u8,
}

impl std::fmt::Debug for Read {
    /// Shows sizes, never text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (words, blocks) = (self.words.len(), self.blocks.len());
        f.debug_struct("Read")
            .field("words", &words)
            .field("blocks", &blocks)
            .field("confidence", &self.confidence)
            .finish_non_exhaustive()
    }
}

/// Reads pictures by a Tesseract command.
#[derive(Clone, Debug)]
pub struct Reader {
    tesseract: Tesseract,
    limits: Limits,
}

impl Reader {
    /// A reader by this command (a name that is looked up, or a path), in these languages (`eng`, `rus`), the first one preferred.
    ///
    /// The command is not run yet.
    ///
    /// # Errors
    /// A language's name that is none.
    pub fn new(command: &str, languages: &[&str], limits: Limits) -> Result<Self, Error> {
        Ok(Self { tesseract: Tesseract::new(command, languages, limits)?, limits })
    }

    /// Reads the text of a PNG, JPEG or WebP file. A picture without text gives an empty text.
    ///
    /// # Errors
    /// What is no picture or too large, a command or a language that is not installed, a child process that fails or breaks a limit. No error
    /// holds anything of the picture.
    pub fn read(&self, bytes: &[u8]) -> Result<Read, Error> {
        let start = Instant::now();
        let given = decode::decode(bytes, &self.limits)?;
        let tilt = skew::estimate(&given);
        let (picture, turn) = if tilt == 0.0 {
            (given, None)
        } else {
            let turn = Turn::new(tilt, given.dimensions());
            (turn.undo(&given), Some(turn))
        };
        let job = Job { tesseract: &self.tesseract, start, deadline: start + self.limits.time };
        let pages = job.pages(&picture)?;
        Ok(layout::assemble(pages, |word| place(word, turn.as_ref())))
    }
}

/// Where a word of the straight picture stands in the given one.
fn place(word: &Placed, turn: Option<&Turn>) -> Bbox {
    let (x, y) = ((word.left + word.right) / 2.0, (word.top + word.bottom) / 2.0);
    let (x, y) = turn.map_or((x, y), |turn| turn.back(x, y));
    let (width, height) = (word.right - word.left, word.bottom - word.top);
    let pixel = |n: f64| n.round().clamp(0.0, f64::from(u32::MAX)) as u32;
    Bbox { left: pixel(x - width / 2.0), top: pixel(y - height / 2.0), width: pixel(width), height: pixel(height) }
}

/// A page of an area and what leads back from it.
struct Page {
    grey: Grey,
    left: usize,
    top: usize,
    factor: f64,
}

impl Page {
    fn placed(&self, found: &tsv::Found) -> Placed {
        let (x, y) = (self.left as f64, self.top as f64);
        Placed {
            line: found.line,
            left: x + scale::back(found.left, self.factor),
            top: y + scale::back(found.top, self.factor),
            right: x + scale::back(found.left.saturating_add(found.width), self.factor),
            bottom: y + scale::back(found.top.saturating_add(found.height), self.factor),
            confidence: found.confidence,
            text: found.text.clone(),
        }
    }
}

/// The reading of one picture.
struct Job<'r> {
    tesseract: &'r Tesseract,
    start: Instant,
    deadline: Instant,
}

impl Job<'_> {
    fn pages(&self, picture: &RgbImage) -> Result<Vec<Vec<Placed>>, Error> {
        let areas = areas(picture);
        let mut read = self.read(&areas, scale::BEST, Cut::Block)?;
        let unsure: Vec<usize> = (0..areas.len()).filter(|&page| layout::mean(&read[page]) < UNSURE).collect();
        if !unsure.is_empty() && self.start.elapsed() < PATIENCE {
            let again: Vec<Area> = unsure.iter().map(|&page| areas[page].clone()).collect();
            let other = self.read(&again, scale::BEST * 1.4, Cut::Page)?;
            for (&page, other) in unsure.iter().zip(other) {
                if worth(&other) > worth(&read[page]) {
                    read[page] = other;
                }
            }
        }
        Ok(read)
    }

    /// One run over all pages, their letters scaled to this height.
    fn read(&self, areas: &[Area], best: f64, cut: Cut) -> Result<Vec<Vec<Placed>>, Error> {
        let mut out = vec![Vec::new(); areas.len()];
        if areas.is_empty() {
            return Ok(out);
        }
        let pages: Vec<Page> = areas.iter().map(|area| area.page(best)).collect();
        let table = self.tesseract.read(tiff::write(pages.iter().map(|page| &page.grey), DPI), cut, self.deadline)?;
        for found in tsv::words(&table) {
            if let (Some(page), Some(out)) = (pages.get(found.page), out.get_mut(found.page)) {
                out.push(page.placed(&found));
            }
        }
        Ok(out)
    }
}

/// How much was read: letters, each by how surely.
fn worth(words: &[Placed]) -> f64 {
    words.iter().map(|word| word.text.len() as f64 * (f64::from(word.confidence) / 100.0).powi(2)).sum()
}

/// An area with something written on it.
#[derive(Clone, Debug)]
struct Area {
    grey: Grey,
    left: usize,
    top: usize,
    x_height: f64,
}

impl Area {
    fn page(&self, best: f64) -> Page {
        let factor = scale::factor(self.x_height, (self.grey.width, self.grey.height), best);
        Page { grey: scale::resize(&self.grey, factor), left: self.left, top: self.top, factor }
    }
}

/// The areas of a picture that are written on, from top to bottom.
fn areas(picture: &RgbImage) -> Vec<Area> {
    let map = regions::find(picture);
    let mut order: Vec<&Region> = map.regions.iter().collect();
    order.sort_by_key(|region| region.width * region.height);
    let mut written: Vec<(&Region, Area)> = Vec::new();
    // The inner ones first: an area without writing, the inside of a large letter, is part of what is written around it.
    for region in order {
        let inner: Vec<&Region> = written.iter().map(|(other, _)| *other).filter(|other| region.holds(other)).collect();
        let grey = ink::page(picture, &map, region, &inner);
        if let Some(x_height) = scale::x_height(&grey)
            && ink::written(&grey)
        {
            written.push((region, Area { grey, left: region.left, top: region.top, x_height }));
        }
    }
    written.sort_by_key(|(region, _)| (region.top, region.left));
    written.into_iter().map(|(_, area)| area).collect()
}
