//! Texts to photograph.

use std::fmt::Write as _;

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, as ISO/IEC 18004 wants them.
const QUIET: usize = 4;

/// A QR code as a picture in the page; none of a text too long for one (2,331 bytes). Dark modules in a row are one stroke: a square for
/// each would weigh more than the page around it.
#[must_use]
pub fn qr(text: &str) -> Option<Markup> {
    let (side, strokes) = drawing(text)?;
    Some(
        html! { svg.qr role="img" aria-label="QR code" viewBox={"0 0 " (side) " " (side)} shape-rendering="crispEdges" { (inside(side, &strokes)) } },
    )
}

/// The same with so many pixels to a module; nothing where it has more than `most` modules to a side, the light ones around it among them.
#[must_use]
pub fn qr_sized(text: &str, module: usize, most: usize) -> Option<Markup> {
    let (side, strokes) = drawing(text).filter(|(side, _)| *side <= most)?;
    let size = side * module;
    Some(html! {
        svg width=(size) height=(size) role="img" aria-label="QR code" viewBox={"0 0 " (side) " " (side)} shape-rendering="crispEdges" { (inside(side, &strokes)) }
    })
}

fn inside(side: usize, strokes: &str) -> Markup {
    html! {
        rect width=(side) height=(side) fill="#fff" {}
        path d=(strokes) stroke="#000" {}
    }
}

/// How many modules a side has, and the dark ones as strokes.
fn drawing(text: &str) -> Option<(usize, String)> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut strokes = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let _ = write!(strokes, "M{} {}.5h{}", x + QUIET, y + QUIET, run.len());
            }
            x += run.len();
        }
    }
    Some((width + 2 * QUIET, strokes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dark modules that a picture draws, as the code has them.
    fn drawn(picture: &str, side: usize) -> Vec<bool> {
        let (_, path) = picture.split_once(" d=\"").unwrap();
        let (path, _) = path.split_once('"').unwrap();
        let mut dark = vec![false; side * side];
        for stroke in path.split('M').skip(1) {
            let (place, length) = stroke.split_once('h').unwrap();
            let (x, y) = place.strip_suffix(".5").unwrap().split_once(' ').unwrap();
            let (x, y, length): (usize, usize, usize) =
                (x.parse().unwrap(), y.parse().unwrap(), length.parse().unwrap());
            dark[y * side + x..][..length].fill(true);
        }
        dark
    }

    #[test]
    fn the_picture_is_the_code() {
        for text in ["x", "Dear Ines,\nit is <b>out</b> & \"so\".", &"words ".repeat(380)] {
            let picture = qr(text).unwrap().into_string();
            let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
            let (width, side) = (code.width(), code.width() + 8);
            let dark = drawn(&picture, side);
            for (at, color) in code.to_colors().into_iter().enumerate() {
                assert_eq!(dark[(at / width + 4) * side + at % width + 4], color == Color::Dark);
            }
            assert_eq!(
                dark.iter().filter(|dark| **dark).count(),
                code.to_colors().iter().filter(|c| **c == Color::Dark).count()
            );
            assert!(picture.len() < 90_000, "{} bytes", picture.len());
        }
        assert!(qr(&"x".repeat(2_332)).is_none());
    }
}
