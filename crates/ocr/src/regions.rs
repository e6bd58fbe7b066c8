//! Areas of one colour: bubbles, the wall behind them, a quoted message within one.
//!
//! The picture is cut into cells of 8 x 8 pixels; where about half of a cell's pixels have one colour, that is the ground on which something may
//! be written. From such cells an area grows over neighbouring pixels of nearly the ground's colour, which may change slowly from
//! cell to cell: a gradient is one area, the step from a bubble to the wall is not.

use image::RgbImage;

/// Side of a cell.
const CELL: usize = 8;

/// A cell has a ground when so many of its 64 pixels agree.
const AGREE: usize = 26;

/// Colours are the same ground when no channel differs by more: the noise of a strongly compressed picture, and less than any two
/// grounds that a person is meant to tell apart.
const SAME: i32 = 10;

/// The same from cell to cell.
const DRIFT: i32 = 7;

/// Smaller areas hold no line of text.
const NARROWEST: usize = 30;
const LOWEST: usize = 12;

/// The share of the box of an area that must be area; a wall has more in front of it than a bubble.
const FULL: f64 = 0.3;

/// At most so many areas are read, the largest ones.
const MOST: usize = 48;

/// An area of one colour.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// For each of its rows the first column and the one behind the last; empty where a row has none.
    pub(crate) rows: Vec<(usize, usize)>,
    /// Its number in [`Map::labels`].
    pub(crate) label: u32,
}

impl Region {
    /// Whether another region's box lies within this one's, and is not the same.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.label != other.label
            && other.width * other.height < self.width * self.height
            && other.left + 2 >= self.left
            && other.top + 2 >= self.top
            && other.left + other.width <= self.left + self.width + 2
            && other.top + other.height <= self.top + self.height + 2
    }
}

/// Which area each pixel belongs to.
#[derive(Debug)]
pub(crate) struct Map {
    pub(crate) width: usize,
    /// 0 for none.
    pub(crate) labels: Vec<u32>,
    pub(crate) regions: Vec<Region>,
}

/// Finds the areas of a picture that are large enough for a line of text.
pub(crate) fn find(picture: &RgbImage) -> Map {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.as_raw();
    let cells = Cells::of(pixels, width, height);
    let mut labels = vec![0u32; width * height];
    let mut found = Vec::new();
    let mut queue = Vec::new();
    let mut next = 1;
    for cell in 0..cells.ground.len() {
        let Some(ground) = cells.ground[cell] else { continue };
        let free = cells.pixels(cell).find(|&at| labels[at] == 0 && near(colour(pixels, at), ground, SAME));
        let Some(start) = free else { continue };
        let mut grown = Grown { left: width, top: height, right: 0, bottom: 0, area: 0 };
        labels[start] = next;
        queue.push((start, ground));
        while let Some((at, ground)) = queue.pop() {
            let (x, y) = (at % width, at / width);
            grown.take(x, y);
            let mut reach = |to: usize| {
                if labels[to] != 0 {
                    return;
                }
                let ground = match cells.ground[cells.of_pixel(to)] {
                    Some(other) if near(other, ground, DRIFT) => other,
                    _ => ground,
                };
                if near(colour(pixels, to), ground, SAME) {
                    labels[to] = next;
                    queue.push((to, ground));
                }
            };
            if x > 0 {
                reach(at - 1);
            }
            if x + 1 < width {
                reach(at + 1);
            }
            if y > 0 {
                reach(at - width);
            }
            if y + 1 < height {
                reach(at + width);
            }
        }
        if grown.may_hold_text() {
            found.push((next, grown));
        }
        next += 1;
    }
    found.sort_by_key(|(_, grown)| std::cmp::Reverse(grown.area));
    found.truncate(MOST);
    let mut regions: Vec<Region> =
        found.into_iter().map(|(label, grown)| grown.region(label, &labels, width)).collect();
    regions.sort_by_key(|region| (region.top, region.left));
    Map { width, labels, regions }
}

/// How far an area has grown.
#[derive(Clone, Copy, Debug)]
struct Grown {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    area: usize,
}

impl Grown {
    fn take(&mut self, x: usize, y: usize) {
        self.left = self.left.min(x);
        self.right = self.right.max(x + 1);
        self.top = self.top.min(y);
        self.bottom = self.bottom.max(y + 1);
        self.area += 1;
    }

    fn may_hold_text(&self) -> bool {
        let (width, height) = (self.right - self.left, self.bottom - self.top);
        width >= NARROWEST && height >= LOWEST && self.area as f64 >= FULL * (width * height) as f64
    }

    fn region(&self, label: u32, labels: &[u32], width: usize) -> Region {
        let row = |y: usize| {
            let line = &labels[y * width + self.left..y * width + self.right];
            match (line.iter().position(|&l| l == label), line.iter().rposition(|&l| l == label)) {
                (Some(first), Some(last)) => (self.left + first, self.left + last + 1),
                _ => (self.left, self.left),
            }
        };
        Region {
            left: self.left,
            top: self.top,
            width: self.right - self.left,
            height: self.bottom - self.top,
            rows: (self.top..self.bottom).map(row).collect(),
            label,
        }
    }
}

type Colour = [u8; 3];

fn colour(pixels: &[u8], at: usize) -> Colour {
    [pixels[at * 3], pixels[at * 3 + 1], pixels[at * 3 + 2]]
}

fn near(a: Colour, b: Colour, most: i32) -> bool {
    a.iter().zip(b).all(|(&a, b)| (i32::from(a) - i32::from(b)).abs() <= most)
}

struct Cells {
    across: usize,
    width: usize,
    height: usize,
    ground: Vec<Option<Colour>>,
}

impl Cells {
    fn of(pixels: &[u8], width: usize, height: usize) -> Self {
        let across = width.div_ceil(CELL);
        let mut cells = Self { across, width, height, ground: Vec::new() };
        let grounds = (0..across * height.div_ceil(CELL)).map(|cell| {
            let members: Vec<Colour> = cells.pixels(cell).map(|at| colour(pixels, at)).collect();
            ground(&members)
        });
        let grounds = grounds.collect();
        cells.ground = grounds;
        cells
    }

    fn of_pixel(&self, at: usize) -> usize {
        at / self.width / CELL * self.across + at % self.width / CELL
    }

    fn pixels(&self, cell: usize) -> impl Iterator<Item = usize> + use<> {
        let (x, y) = (cell % self.across * CELL, cell / self.across * CELL);
        let (right, bottom, width) = ((x + CELL).min(self.width), (y + CELL).min(self.height), self.width);
        (y..bottom).flat_map(move |y| (x..right).map(move |x| y * width + x))
    }
}

/// The colour that most of a cell's pixels have, if enough do.
fn ground(members: &[Colour]) -> Option<Colour> {
    let agree = |one: Colour| members.iter().filter(move |&&other| near(other, one, SAME));
    // Every seventh pixel stands for a colour: a ground that half the cell has is met by several of them.
    let best = members.iter().step_by(7).copied().max_by_key(|&one| agree(one).count())?;
    let count = agree(best).count();
    if count * 64 < AGREE * members.len() {
        return None;
    }
    let mean = |k: usize| (agree(best).map(|c| usize::from(c[k])).sum::<usize>() / count) as u8;
    Some([mean(0), mean(1), mean(2)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn boxes(map: &Map) -> Vec<(usize, usize, usize, usize)> {
        map.regions.iter().map(|r| (r.left, r.top, r.width, r.height)).collect()
    }

    fn within(x: u32, y: u32, (left, top, width, height): (u32, u32, u32, u32)) -> bool {
        (left..left + width).contains(&x) && (top..top + height).contains(&y)
    }

    #[test]
    fn bubbles_are_areas_from_top_to_bottom_and_the_wall_is_one() {
        let (a, b) = ((20, 30, 150, 40), (80, 90, 180, 60));
        let picture = RgbImage::from_fn(300, 200, |x, y| {
            let ink = x % 9 < 2 && y % 12 < 6;
            Rgb(match (within(x, y, a), within(x, y, b)) {
                (true, _) if ink && x > 30 && x < 160 && y > 36 && y < 64 => [20; 3],
                (true, _) => [255; 3],
                (_, true) => [30, 90, 60],
                _ => [236, 229, 221],
            })
        });
        let map = find(&picture);
        assert_eq!(boxes(&map), [(0, 0, 300, 200), (20, 30, 150, 40), (80, 90, 180, 60)]);
        assert!(map.regions[0].holds(&map.regions[1]) && !map.regions[1].holds(&map.regions[0]));
        assert!(!map.regions[0].holds(&map.regions[0]));
        assert_eq!(map.regions[1].rows[10], (20, 170));
    }

    #[test]
    fn a_gradient_is_one_area_and_noise_is_none() {
        let slope = RgbImage::from_fn(200, 200, |_, y| Rgb([(y / 2 + 100) as u8, 120, 200]));
        assert_eq!(boxes(&find(&slope)), [(0, 0, 200, 200)]);
        let noise = RgbImage::from_fn(200, 200, |x, y| {
            Rgb([0, 8, 16].map(|s| {
                ((x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917) >> s) as u8
            }))
        });
        assert!(find(&noise).regions.is_empty());
    }

    #[test]
    fn tiny_pictures_have_no_areas_and_do_no_harm() {
        for (width, height) in [(1, 1), (7, 3), (29, 500), (500, 11), (1, 3000)] {
            assert!(find(&RgbImage::from_pixel(width, height, Rgb([1; 3]))).regions.is_empty());
        }
        assert_eq!(boxes(&find(&RgbImage::from_pixel(30, 12, Rgb([1; 3])))), [(0, 0, 30, 12)]);
    }
}
