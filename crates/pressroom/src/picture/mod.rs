//! The picture that other sites show beside a link: site, title, and the letter as lines with its holes to be seen.

mod face;
mod letter;

use ab_glyph::FontArc;
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

/// What it tells.
pub(crate) struct Card<'a> {
    pub(crate) site: &'a str,
    /// What kind of statement it is, before any word of it: a title may quote what nobody wrote.
    pub(crate) kicker: &'a str,
    pub(crate) version: &'a Version,
    /// The page's address, for a title whose letters this machine does not have.
    pub(crate) address: &'a str,
}

/// Draws it, as a PNG; none only if it can't be encoded.
pub(crate) fn draw(card: &Card<'_>) -> Option<Vec<u8>> {
    drawn(card, face::far_east_face())
}

/// The same with a given face for Chinese. What no face has is left out: never is a letter shown as an empty box.
fn drawn(card: &Card<'_>, far: Option<&FontArc>) -> Option<Vec<u8>> {
    let mut picture = RgbImage::from_pixel(WIDTH, HEIGHT, PAPER);
    fill(&mut picture, MARGIN, 64.0, 64.0, 6.0, MARK);
    if let Some(regular) = Face::regular(card.site, far) {
        regular.write(&mut picture, &regular.line(card.site, 30.0, INNER), MARGIN, 118.0, SOFT);
    }
    fill(&mut picture, MARGIN, 142.0, INNER, 1.0, RULE);
    let mut top = 168.0;
    if let Some(regular) = Face::regular(card.kicker, far) {
        regular.write(&mut picture, &regular.line(card.kicker, 28.0, INNER), MARGIN, 188.0, MARK);
        top = 200.0;
    }
    let parts = card.version.opened.as_ref().map(|opened| opened.parts.as_slice()).unwrap_or_default();
    let most = if parts.is_empty() { 4 } else { 3 };
    let end = title(&mut picture, card, far, top, most);
    letter::draw(&mut picture, parts, end.max(230.0) + 36.0);
    encode(&picture)
}

/// Writes the title in at most so many lines, or the page's address; says where it ends.
fn title(picture: &mut RgbImage, card: &Card<'_>, far: Option<&FontArc>, top: f32, most: usize) -> f32 {
    let title = &card.version.title;
    let (face, size, lines) = match Face::bold(title, far) {
        Some(face) => {
            let (size, lines) = fitted(&face, title, most);
            (face, size, lines)
        }
        None => {
            let Some(face) = Face::regular(card.address, far) else { return top };
            let line = face.line(card.address, 40.0, INNER);
            (face, 40.0, vec![line])
        }
    };
    let mut y = top;
    for line in &lines {
        y += size * 1.04;
        face.write(picture, line, MARGIN, y, INK);
    }
    y
}

/// The largest size in which the title has room; cut with an ellipsis where none is small enough.
fn fitted(face: &Face, title: &str, most: usize) -> (f32, Vec<Line>) {
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

    fn card(version: &Version) -> Card<'_> {
        Card { site: "The office of Ines Aldric", kicker: "Notice", version, address: "press.example/statements/next" }
    }

    fn drawn(title: &str, parts: &[(&str, Option<&str>)]) -> RgbImage {
        let bytes = draw(&card(&version(title, parts))).unwrap();
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
        let address = count(&drawn("\u{202e}", &[]), INK);
        assert!(address > 0, "a title without a letter that shows");
        for (title, written) in [
            ("Ответ на опубликованное письмо", true),
            ("Éclaircissement à propos d’une lettre", true),
            ("مرحبا", false),
            (&"word ".repeat(60), true),
            (&"w".repeat(300), true),
        ] {
            assert_eq!(count(&drawn(title, &[]), INK) != address, written, "{title}");
        }
        // Chinese is written where the machine has letters for it; neither way fails.
        drawn("关于一封信的说明", &[("41+", None)]);
    }

    #[test]
    fn without_a_chinese_face_there_are_no_boxes_but_the_address() {
        let plain = |title: &str, address: &str| {
            let version = version(title, &[("41+", None)]);
            let card = Card { address, kicker: "通告", site: "办公室", ..card(&version) };
            image::load_from_memory(&super::drawn(&card, None).unwrap()).unwrap().to_rgb8()
        };
        let chinese = plain("关于一封信的说明", "press.example/statements/next");
        // Just what a title without letters shows: no stroke for what no face has.
        assert_eq!(chinese, plain("\u{200b}", "press.example/statements/next"));
        assert!(count(&chinese, INK) > 0 && count(&chinese, HOLE) > 500);
        assert_eq!(count(&plain("关于一封信的说明", "关于"), INK), 0, "an address that can't be written either");
        let soft =
            |picture: &RgbImage| picture.enumerate_pixels().filter(|(_, y, p)| *y < 160 && p.0[0] < 0x88).count();
        assert_eq!(soft(&chinese), 0, "neither site nor kind");
    }

    #[test]
    fn the_kind_stands_above_the_title() {
        let version = version("“We will pay”", &[]);
        let rows = |kicker: &str| {
            let card = Card { kicker, ..card(&version) };
            let picture = image::load_from_memory(&draw(&card).unwrap()).unwrap().to_rgb8();
            picture.enumerate_pixels().filter(|(_, y, pixel)| *y > 143 && **pixel == MARK).count()
        };
        assert!(rows("Answer to invented words") > 100 && rows("") == 0);
    }

    #[test]
    fn a_letter_of_any_length_has_room() {
        let long = "word ".repeat(2_000);
        let picture = drawn("A title", &[("41+", Some(&long)), ("41+", None)]);
        assert!((600..630).all(|y| (0..1200).all(|x| *picture.get_pixel(x, y) == PAPER)));
    }
}
