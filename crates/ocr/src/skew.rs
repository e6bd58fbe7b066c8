//! A slight rotation: found by the sharpness of the rows, and undone.
//!
//! The projection-profile method (Postl, US patent 4,723,297, 1988; Baird, "The skew angle of printed documents", 1987): under the right
//! angle, edges that lie in one row of text, or along a bubble's side, fall into few rows, so the sum of the squares of the rows' counts
//! is largest. Edges from light to dark and those from dark to light are counted apart: tops and bottoms of letters
//! lie in different rows.

use image::{Rgb, RgbImage};

/// Angles that are looked for, in degrees: a little more than the three that are undone, so that a best one at the end is no maximum.
const WIDEST: f64 = 3.6;

/// What is smaller than this stays: letters are read as well.
const LEAST: f64 = 0.15;

/// How much sharper the rows must become.
const GAIN: f64 = 1.04;

/// At most so many edges are looked at.
const EDGES: usize = 60_000;

/// How many degrees the picture's rows fall to the right; 0 where nothing is sharper than that.
pub(crate) fn estimate(picture: &RgbImage) -> f64 {
    let edges = Edges::of(picture);
    if edges.points.len() < 200 {
        return 0.0;
    }
    let straight = edges.sharpness(0.0);
    let best_of = |from: f64, step: f64, steps: i32| {
        let angles = (0..=steps).map(|k| from + step * f64::from(k));
        angles
            .map(|a| (a, edges.sharpness(a)))
            .fold((0.0, straight), |best, one| if one.1 > best.1 { one } else { best })
    };
    let (coarse, _) = best_of(-WIDEST, 0.3, (WIDEST * 2.0 / 0.3) as i32);
    let (fine, sharp) = best_of(coarse - 0.25, 0.05, 10);
    if fine.abs() < LEAST || fine.abs() > WIDEST - 0.3 || sharp < straight * GAIN { 0.0 } else { fine }
}

struct Edges {
    /// Column, row, and whether it grows darker downwards.
    points: Vec<(f32, f32, bool)>,
    rows: usize,
    width: f64,
}

impl Edges {
    fn of(picture: &RgbImage) -> Self {
        let (width, height) = picture.dimensions();
        let light = |x: u32, y: u32| {
            let [r, g, b] = picture.get_pixel(x, y).0.map(i32::from);
            (r * 3 + g * 6 + b) / 10
        };
        let mut points = Vec::new();
        // Every column would say the same several times over.
        let step = (u64::from(width) * u64::from(height) / 1_200_000 + 1) as usize;
        for x in (0..width).step_by(step) {
            let mut above = light(x, 0);
            for y in 1..height {
                let here = light(x, y);
                let fall = here - above;
                if fall.abs() > 24 {
                    points.push((x as f32, y as f32, fall < 0));
                }
                above = here;
            }
        }
        let every = points.len() / EDGES + 1;
        let points = points.into_iter().step_by(every).collect();
        Self { points, rows: height as usize, width: f64::from(width) }
    }

    /// The sum of the squares of the rows' counts under an angle.
    fn sharpness(&self, degrees: f64) -> f64 {
        let slope = degrees.to_radians().tan();
        let shift = (slope.abs() * self.width) as f32 + 1.0;
        let rows = self.rows + 2 * shift as usize + 3;
        let mut counts = [vec![0f32; rows], vec![0f32; rows]];
        for &(x, y, dark) in &self.points {
            let row = y - x * slope as f32 + shift;
            let (at, part) = (row as usize, row.fract());
            let counts = &mut counts[usize::from(dark)];
            counts[at.min(rows - 2)] += 1.0 - part;
            counts[at.min(rows - 2) + 1] += part;
        }
        counts.iter().flatten().map(|&c| f64::from(c) * f64::from(c)).sum()
    }
}

/// A rotation about the middle, and the larger canvas that it needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    sin: f64,
    cos: f64,
    from: (f64, f64),
    to: (f64, f64),
}

impl Turn {
    pub(crate) fn new(degrees: f64, (width, height): (u32, u32)) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (w, h) = (f64::from(width), f64::from(height));
        let to = ((w * cos.abs() + h * sin.abs()).round(), (w * sin.abs() + h * cos.abs()).round());
        Self { sin, cos, from: (w, h), to }
    }

    /// Where a place of the straight picture lies in the turned one.
    pub(crate) fn back(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x - self.to.0 / 2.0, y - self.to.1 / 2.0);
        (x * self.cos - y * self.sin + self.from.0 / 2.0, x * self.sin + y * self.cos + self.from.1 / 2.0)
    }

    /// The picture made straight; what was outside continues its edge.
    pub(crate) fn undo(&self, picture: &RgbImage) -> RgbImage {
        let (width, height) = picture.dimensions();
        RgbImage::from_fn(self.to.0 as u32, self.to.1 as u32, |x, y| {
            let (x, y) = self.back(f64::from(x), f64::from(y));
            let (x, y) = (x.clamp(0.0, self.from.0 - 1.0), y.clamp(0.0, self.from.1 - 1.0));
            let (left, top) = (x as u32, y as u32);
            let (right, below) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
            let (fx, fy) = ((x.fract() * 256.0) as u32, (y.fract() * 256.0) as u32);
            let corner = |x, y| picture.get_pixel(x, y).0.map(u32::from);
            let (a, b, c, d) = (corner(left, top), corner(right, top), corner(left, below), corner(right, below));
            let mix = |k: usize| {
                let upper = a[k] * (256 - fx) + b[k] * fx;
                let lower = c[k] * (256 - fx) + d[k] * fx;
                ((upper * (256 - fy) + lower * fy) >> 16) as u8
            };
            Rgb([mix(0), mix(1), mix(2)])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of dashes, falling to the right by so many degrees.
    fn dashes(degrees: f64) -> RgbImage {
        let slope = degrees.to_radians().tan();
        RgbImage::from_fn(500, 240, |x, y| {
            let row = f64::from(y) - f64::from(x) * slope + 1000.0;
            let dark = row % 24.0 < 9.0 && x % 11 < 7;
            Rgb([if dark { 30 } else { 240 }; 3])
        })
    }

    #[test]
    fn a_slight_rotation_is_found_to_a_fifth_of_a_degree() {
        for degrees in [-3.0, -2.0, -0.7, 0.0, 0.5, 1.3, 2.0, 3.0] {
            let found = estimate(&dashes(degrees));
            assert!((found - degrees).abs() < 0.2, "{degrees}: {found}");
        }
    }

    #[test]
    fn what_has_no_rows_stays_as_it_is() {
        let noise = RgbImage::from_fn(300, 300, |x, y| {
            let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917);
            Rgb([(mixed >> 24) as u8; 3])
        });
        assert_eq!(estimate(&noise), 0.0);
        assert_eq!(estimate(&RgbImage::from_pixel(50, 50, Rgb([9; 3]))), 0.0);
        assert_eq!(estimate(&RgbImage::from_pixel(1, 1, Rgb([9; 3]))), 0.0);
    }

    #[test]
    fn undone_it_is_straight_and_places_lead_back() {
        let tilted = dashes(2.0);
        let turn = Turn::new(2.0, tilted.dimensions());
        let straight = turn.undo(&tilted);
        assert!(estimate(&straight).abs() < 0.15, "{}", estimate(&straight));
        // The middle stays the middle.
        let (x, y) = turn.back(f64::from(straight.width()) / 2.0, f64::from(straight.height()) / 2.0);
        assert!((x - 250.0).abs() < 0.01 && (y - 120.0).abs() < 0.01);
    }
}
