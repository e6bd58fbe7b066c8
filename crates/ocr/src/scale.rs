//! The height of the letters, and the scale at which Tesseract reads them best.

use image::imageops::FilterType;
use image::{GrayImage, imageops};

use crate::page::Grey;

/// The height of a small letter x that suits Tesseract's network, which works on rows of 36 pixels.
pub(crate) const BEST: f64 = 22.0;

/// A page is made at most so many times larger, and at most so many times smaller.
const LARGER: f64 = 5.0;
const SMALLER: f64 = 0.1;

/// Not worth the blur.
const NEAR: std::ops::Range<f64> = 0.85..1.35;

/// A page has at most so many pixels after it was made larger.
const PIXELS: f64 = 12_000_000.0;

/// White around a page: letters at its very edge are read badly.
const MARGIN: usize = 16;

/// The height of the small letters, in pixels; nothing where there is nothing like letters.
///
/// Of the pieces of ink that could be letters the third in five by height: more than half of any text's letters have the
/// height of an x, and those with an upper or lower length are taller.
pub(crate) fn x_height(page: &Grey) -> Option<f64> {
    let mut heights: Vec<usize> = page
        .pieces()
        .into_iter()
        .filter(|p| p.height >= 4 && p.area >= 6 && p.height <= p.width * 8 && p.width <= p.height * 14)
        .map(|p| p.height)
        .collect();
    if heights.is_empty() {
        return None;
    }
    heights.sort_unstable();
    Some(heights[heights.len() * 2 / 5] as f64)
}

/// How many times larger a page with letters of this height must be.
pub(crate) fn factor(x_height: f64, (width, height): (usize, usize), best: f64) -> f64 {
    let room = (PIXELS / (width.max(1) * height.max(1)) as f64).sqrt();
    let factor = (best / x_height.max(1.0)).clamp(SMALLER, LARGER).min(room);
    if NEAR.contains(&factor) { 1.0 } else { factor }
}

/// A page so many times larger, with white around it.
pub(crate) fn resize(page: &Grey, factor: f64) -> Grey {
    let side = |n: usize| ((n as f64 * factor).round() as usize).max(1);
    let (width, height) = (side(page.width), side(page.height));
    let scaled = if factor == 1.0 {
        page.pixels.clone()
    } else {
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let Some(from) = GrayImage::from_raw(size(page.width), size(page.height), page.pixels.clone()) else {
            return page.clone();
        };
        let filter = if factor > 1.0 { FilterType::CatmullRom } else { FilterType::Triangle };
        imageops::resize(&from, size(width), size(height), filter).into_raw()
    };
    let mut out = Grey::blank(width + 2 * MARGIN, height + 2 * MARGIN);
    for (row, line) in scaled.chunks_exact(width).enumerate() {
        let at = (row + MARGIN) * out.width + MARGIN;
        out.pixels[at..at + width].copy_from_slice(line);
    }
    out
}

/// Where a place of a resized page lay before.
pub(crate) fn back(place: i32, factor: f64) -> f64 {
    (f64::from(place) - MARGIN as f64) / factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::drawn;

    #[test]
    fn small_letters_decide() {
        // Five letters of 4, one with an upper length, a dot, a long line.
        let page = drawn(&[
            "................#.......#...",
            "................#...........",
            "##.##.##.##.##..##......#...",
            "##.##.##.##.##..##......#...",
            "##.##.##.##.##..##......#...",
            "##.##.##.##.##..##......#...",
            "............................",
            "############################",
        ]);
        assert_eq!(x_height(&page), Some(4.0));
        assert_eq!(x_height(&Grey::blank(9, 9)), None);
    }

    #[test]
    fn small_type_grows_and_huge_type_shrinks_within_bounds() {
        assert_eq!(factor(7.0, (300, 100), BEST), BEST / 7.0);
        assert_eq!(factor(88.0, (300, 100), BEST), 0.25);
        assert_eq!(factor(20.0, (300, 100), BEST), 1.0);
        assert_eq!(factor(2.0, (300, 100), BEST), LARGER);
        assert!(factor(5.0, (4000, 3000), BEST) <= 1.0);
    }

    #[test]
    fn places_lead_back() {
        let mut page = Grey::blank(40, 20);
        page.pixels[10 * 40 + 30] = 0;
        for factor in [0.5, 1.0, 3.0] {
            let large = resize(&page, factor);
            let darkest = (0..large.pixels.len()).min_by_key(|&at| large.pixels[at]).expect("pixels");
            let (x, y) = ((darkest % large.width) as i32, (darkest / large.width) as i32);
            assert!(
                (back(x, factor) - 30.0).abs() <= 1.5 && (back(y, factor) - 10.0).abs() <= 1.5,
                "{factor}: {x} {y}"
            );
        }
    }
}
