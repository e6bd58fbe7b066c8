//! An area of the picture as a grey page, dark on white whatever its colours were.

use image::RgbImage;

use crate::page::{Grey, Piece};
use crate::regions::{Map, Region};
use crate::scale;

/// Side of a tile in which the ground is taken as one colour.
const TILE: usize = 16;

/// A smaller difference from the ground is noise.
const NOISE: u8 = 12;

/// A larger one is certainly ink.
const CERTAIN: u8 = 40;

/// A piece that is so many times as high as the small letters is a picture or a frame.
const PICTURE: f64 = 6.0;

/// What is written on an area. Areas within it are read by themselves and are blank here, as is what lies outside its sides.
pub(crate) fn page(picture: &RgbImage, map: &Map, region: &Region, inner: &[&Region]) -> Grey {
    let ground = Ground::of(picture, map, region);
    let pixels = picture.as_raw();
    let mut far = vec![0u8; region.width * region.height];
    for (row, &(from, to)) in region.rows.iter().enumerate() {
        for x in from..to {
            let at = ((row + region.top) * map.width + x) * 3;
            let colour = [pixels[at], pixels[at + 1], pixels[at + 2]];
            far[row * region.width + x - region.left] = ground.distance(colour, x - region.left, row);
        }
    }
    for other in inner {
        blank(&mut far, region, other);
    }
    let mut page = Grey { width: region.width, height: region.height, pixels: stretch(&far) };
    if let Some(height) = scale::x_height(&page) {
        let picture = |p: &Piece| p.height as f64 > PICTURE * height;
        let pictures: Vec<Piece> = page.pieces().into_iter().filter(picture).collect();
        page.erase(&pictures);
    }
    page
}

/// Whether there may be text on a page: several pieces that are lower than the page.
pub(crate) fn written(page: &Grey) -> bool {
    page.pieces().iter().filter(|p| p.height >= 3 && p.height * 10 < page.height * 7).count() >= 3
}

/// How far the pixels are from the ground where another area lies, with its soft edge, becomes nothing.
fn blank(far: &mut [u8], region: &Region, other: &Region) {
    const EDGE: usize = 3;
    let top = other.top.saturating_sub(EDGE).max(region.top);
    let bottom = (other.top + other.height + EDGE).min(region.top + region.height);
    for y in top..bottom {
        let row = y.clamp(other.top, other.top + other.height - 1) - other.top;
        let (from, to) = other.rows[row];
        if from == to {
            continue;
        }
        let from = from.saturating_sub(EDGE).max(region.left) - region.left;
        let to = (to + EDGE).min(region.left + region.width).saturating_sub(region.left);
        let line = (y - region.top) * region.width;
        if from < to {
            far[line + from..line + to].fill(0);
        }
    }
}

/// Contrast: what is as far from the ground as most of the ink becomes black.
fn stretch(far: &[u8]) -> Vec<u8> {
    let mut counts = [0usize; 256];
    far.iter().for_each(|&d| counts[usize::from(d)] += 1);
    let from = if counts[usize::from(CERTAIN)..].iter().sum::<usize>() > 0 { CERTAIN } else { NOISE };
    let ink: usize = counts[usize::from(from)..].iter().sum();
    // The core of the strokes: three pixels in ten of what is ink at all.
    let mut rest = ink * 3 / 10;
    let mut black = 255;
    while black > usize::from(from) && rest >= counts[black] {
        rest -= counts[black];
        black -= 1;
    }
    let span = black.saturating_sub(usize::from(NOISE)).max(1);
    far.iter()
        .map(|&d| 255 - u8::try_from((usize::from(d.saturating_sub(NOISE))) * 255 / span).unwrap_or(255))
        .collect()
}

/// An area's ground, tile by tile: it may change slowly.
struct Ground {
    across: usize,
    tiles: Vec<[u8; 3]>,
}

impl Ground {
    fn of(picture: &RgbImage, map: &Map, region: &Region) -> Self {
        let (across, down) = (region.width.div_ceil(TILE), region.height.div_ceil(TILE));
        let pixels = picture.as_raw();
        let mut sums = vec![[0u32; 4]; across * down];
        for (row, &(from, to)) in region.rows.iter().enumerate() {
            for x in from..to {
                let at = (row + region.top) * map.width + x;
                if map.labels[at] == region.label {
                    let sum = &mut sums[row / TILE * across + (x - region.left) / TILE];
                    (0..3).for_each(|k| sum[k] += u32::from(pixels[at * 3 + k]));
                    sum[3] += 1;
                }
            }
        }
        let mean = |sum: &[u32; 4]| [0, 1, 2].map(|k| u8::try_from(sum[k] / sum[3].max(1)).unwrap_or(255));
        let known: Vec<Option<[u8; 3]>> = sums.iter().map(|sum| (sum[3] > 0).then(|| mean(sum))).collect();
        Self { across, tiles: filled(known, across) }
    }

    /// The largest difference of a channel.
    fn distance(&self, colour: [u8; 3], x: usize, y: usize) -> u8 {
        let ground = self.tiles[y / TILE * self.across + x / TILE];
        colour.iter().zip(ground).map(|(&c, g)| c.abs_diff(g)).max().unwrap_or(0)
    }
}

/// Tiles without a pixel of the area take a neighbour's colour, the nearest one's by and by.
fn filled(mut known: Vec<Option<[u8; 3]>>, across: usize) -> Vec<[u8; 3]> {
    let mut open: std::collections::VecDeque<usize> = (0..known.len()).filter(|&at| known[at].is_some()).collect();
    while let Some(at) = open.pop_front() {
        let (x, colour) = (at % across, known[at]);
        let around = [
            (x > 0).then(|| at - 1),
            (x + 1 < across).then_some(at + 1),
            at.checked_sub(across),
            (at + across < known.len()).then_some(at + across),
        ];
        for next in around.into_iter().flatten() {
            if known[next].is_none() {
                known[next] = colour;
                open.push_back(next);
            }
        }
    }
    known.into_iter().map(|colour| colour.unwrap_or([255; 3])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regions;
    use image::Rgb;

    /// A wall with a light bubble and a dark one, strokes in each and on the wall.
    fn chat() -> RgbImage {
        RgbImage::from_fn(300, 220, |x, y| {
            let stroke = x % 12 < 3 && y % 20 < 9 && (40..140).contains(&x);
            Rgb(match y {
                30..80 if (30..160).contains(&x) => {
                    if stroke && (36..74).contains(&y) {
                        [30, 30, 30]
                    } else {
                        [250, 250, 250]
                    }
                }
                110..170 if (30..160).contains(&x) => {
                    if stroke && (116..164).contains(&y) {
                        [230, 240, 235]
                    } else {
                        [10, 60, 50]
                    }
                }
                190..210 if stroke => [120, 60, 20],
                _ => [200, 210, 220],
            })
        })
    }

    #[test]
    fn every_area_becomes_dark_on_white_and_inner_ones_are_blank() {
        let picture = chat();
        let map = regions::find(&picture);
        assert_eq!(map.regions.len(), 3);
        for region in &map.regions {
            let inner: Vec<_> = map.regions.iter().filter(|other| region.holds(other)).collect();
            let page = page(&picture, &map, region, &inner);
            assert!(written(&page), "strokes in each");
            let dark = page.pixels.iter().filter(|&&p| p < 60).count();
            let light = page.pixels.iter().filter(|&&p| p > 200).count();
            assert!(dark > 0 && light > dark * 2 && light + dark == page.pixels.len(), "{dark} dark, {light} light");
            if !inner.is_empty() {
                assert!(page.pieces().iter().all(|p| p.top >= 188), "of the bubbles nothing is left on the wall");
            }
        }
    }

    #[test]
    fn a_picture_beside_the_words_is_wiped_off_and_bare_areas_have_nothing() {
        let picture = RgbImage::from_fn(300, 120, |x, y| {
            let avatar = (10..90).contains(&x) && (10..90).contains(&y);
            let stroke = x % 12 < 3 && y % 20 < 9 && x > 110;
            Rgb(if avatar || stroke { [40, 90, 160] } else { [255; 3] })
        });
        let map = regions::find(&picture);
        let page = page(&picture, &map, &map.regions[0], &[]);
        assert!(written(&page) && page.pieces().iter().all(|p| p.left > 100));
        let bare = RgbImage::from_pixel(200, 100, Rgb([3, 200, 90]));
        let map = regions::find(&bare);
        assert!(!written(&super::page(&bare, &map, &map.regions[0], &[])));
    }
}
