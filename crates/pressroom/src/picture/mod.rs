//! The picture that other sites show beside a link: site, title, and the letter as lines with its holes to be seen.

mod face;
mod letter;

use countermark_statement::Version;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};

use face::{Face, Line};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
const MARGIN: f32 = 80.0;
const INNER: f32 = WIDTH as f32 - 2.0 * MARGIN;

const PAPER: Rgb<u8> = Rgb([0xfb, 0xfa, 0xf7]);
const INK: Rgb<u8> = Rgb([0x1b, 0x1d, 0x20]);
const SOFT: Rgb<u8> = Rgb([0x5b, 0x5f, 0x66]);
const RULE: Rgb<u8> = Rgb([0xc9, 0xc5, 0xbb]);
const HOLE: Rgb<u8> = Rgb([0xef, 0xec, 0xe4]);
const MARK: Rgb<u8> = Rgb([0x8a, 0x3b, 0x12]);

/// Draws it, as a PNG; none only if it can't be encoded.
pub(crate) fn draw(site: &str, version: &Version) -> Option<Vec<u8>> {
    let mut picture = RgbImage::from_pixel(WIDTH, HEIGHT, PAPER);
    fill(&mut picture, MARGIN, 64.0, 64.0, 6.0, MARK);
    let regular = Face::regular(site);
    if let Some(regular) = &regular {
        regular.write(&mut picture, &regular.line(site, 30.0, INNER), MARGIN, 118.0, SOFT);
    }
    fill(&mut picture, MARGIN, 142.0, INNER, 1.0, RULE);
    let parts = version.opened.as_ref().map(|opened| opened.parts.as_slice()).unwrap_or_default();
    let end = title(&mut picture, &version.title, if parts.is_empty() { 6 } else { 3 });
    letter::draw(&mut picture, parts, end.max(230.0) + 36.0);
    encode(&picture)
}

/// Writes the title in at most so many lines; says where it ends.
fn title(picture: &mut RgbImage, title: &str, most: usize) -> f32 {
    let Some(face) = Face::bold(title) else { return 160.0 };
    let (size, lines) = fitted(&face, title, most);
    let mut y = 168.0;
    for line in &lines {
        y += size * 1.04;
        face.write(picture, line, MARGIN, y, INK);
    }
    y
}

/// The largest size in which the title has room; cut with an ellipsis where none is small enough.
fn fitted(face: &Face, title: &str, most: usize) -> (f32, Vec<Line>) {
    let most = most.min(4);
    for size in [62.0, 54.0, 46.0, 40.0] {
        let lines = face.lines(title, size, INNER);
        if lines.len() <= most {
            return (size, lines);
        }
    }
    let mut lines = face.lines(title, 40.0, INNER);
    lines.truncate(most);
    if let Some(last) = lines.pop() {
        lines.push(face.line(&format!("{}…", last.text()), 40.0, INNER));
    }
    (40.0, lines)
}

/// Fills a rectangle, as far as it lies in the picture.
fn fill(picture: &mut RgbImage, x: f32, y: f32, width: f32, height: f32, colour: Rgb<u8>) {
    let end = |at: f32, most: u32| (at.max(0.0).round() as u32).min(most);
    for row in end(y, HEIGHT)..end(y + height, HEIGHT) {
        for column in end(x, WIDTH)..end(x + width, WIDTH) {
            picture.put_pixel(column, row, colour);
        }
    }
}

fn encode(picture: &RgbImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    encoder.write_image(picture.as_raw(), WIDTH, HEIGHT, ExtendedColorType::Rgb8).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use countermark_statement::{Kind, Opened, Part};

    use super::*;

    fn version(title: &str, parts: &[(&str, Option<&str>)]) -> Version {
        let parts = parts.iter().enumerate().map(|(i, (words, text))| Part {
            number: i as u32 + 1,
            words: (*words).to_owned(),
            text: text.map(str::to_owned),
            paragraph: i == 0,
        });
        let parts: Vec<Part> = parts.collect();
        Version {
            number: 1,
            published_at: 1_900_000_000,
            language: "en".to_owned(),
            title: title.to_owned(),
            category: None,
            byline: "The office".to_owned(),
            text: "Text.".to_owned(),
            note: None,
            kind: Kind::Leak,
            post: None,
            opened: (!parts.is_empty()).then_some(Opened { reference: None, parts }),
            changes: Vec::new(),
            bundle: None,
        }
    }

    fn drawn(title: &str, parts: &[(&str, Option<&str>)]) -> RgbImage {
        let bytes = draw("The office of Ines Aldric", &version(title, parts)).unwrap();
        assert!(bytes.len() < 100_000, "{} bytes", bytes.len());
        image::load_from_memory(&bytes).unwrap().to_rgb8()
    }

    fn count(picture: &RgbImage, colour: Rgb<u8>) -> usize {
        picture.pixels().filter(|pixel| **pixel == colour).count()
    }

    #[test]
    fn the_size_that_others_expect() {
        let picture = drawn("What was written about the bridge", &[("1-5", Some("We meet on the bridge."))]);
        assert_eq!(picture.dimensions(), (1200, 630));
    }

    #[test]
    fn holes_are_seen_and_their_text_is_not() {
        let open = drawn("A title", &[("6-10", Some("One two three four five six seven."))]);
        let closed = drawn("A title", &[("6-10", None)]);
        assert_eq!(count(&open, HOLE), 0);
        assert!(count(&closed, HOLE) > 500, "{}", count(&closed, HOLE));
    }

    #[test]
    fn titles_of_every_kind() {
        let none = count(&drawn("\u{202e}", &[]), INK);
        for (title, written) in [
            ("Ответ на опубликованное письмо", true),
            ("Éclaircissement à propos d’une lettre", true),
            ("مرحبا", false),
            (&"word ".repeat(60), true),
            (&"w".repeat(300), true),
        ] {
            assert_eq!(count(&drawn(title, &[]), INK) > none, written, "{title}");
        }
        // Chinese is written where the machine has letters for it, and left out where not; neither fails.
        drawn("关于一封信的说明", &[("41+", None)]);
    }

    #[test]
    fn a_letter_of_any_length_has_room() {
        let long = "word ".repeat(2_000);
        let picture = drawn("A title", &[("41+", Some(&long)), ("41+", None)]);
        assert!((600..630).all(|y| (0..1200).all(|x| *picture.get_pixel(x, y) == PAPER)));
    }
}
