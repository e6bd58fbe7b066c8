//! Real pictures, read by the real Tesseract: chats drawn by Chromium, kept in `tests/pictures`
//! (`node bench/screenshots/render.mjs crates/ocr/tests/pictures <crates/ocr/tests/pictures/jobs.json`).

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Cursor;
use std::time::Duration;

use countermark_ocr::{Error, Limits, Read, Reader};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

const FIRST: &str = "The council of Merrow has heard your envoy, and it will not ask for more than the treaty gives. \
                     We hold the long-standing view that the harbour stays open to both of us.";
const SECOND: &str = "Please keep this between us until Thursday at 17:30.";
const RUSSIAN: &str = "Совет Мерроу выслушал вашего посланника и не попросит больше того, что даёт договор. \
                       Гавань останется открытой для обеих сторон.";

/// A reader with time enough for a busy machine; nothing where Tesseract is missing.
fn reader(languages: &[&str]) -> Option<Reader> {
    let installed = std::process::Command::new("tesseract").arg("--list-langs").output();
    let names = installed.map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
    if !["eng", "rus"].iter().all(|language| names.lines().any(|name| name == *language)) {
        println!("skipped: tesseract-ocr with tesseract-ocr-eng and tesseract-ocr-rus is not installed");
        return None;
    }
    let limits = Limits { time: Duration::from_secs(120), ..Limits::default() };
    Some(Reader::new("tesseract", languages, limits).unwrap())
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(name)).unwrap()
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Turned about its middle on black.
fn turned(picture: &RgbImage, degrees: f64) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (w, h) = (f64::from(picture.width()), f64::from(picture.height()));
    RgbImage::from_fn(picture.width() + 40, picture.height() + 40, |x, y| {
        let (x, y) = (f64::from(x) - w / 2.0 - 20.0, f64::from(y) - h / 2.0 - 20.0);
        let (x, y) = (x * cos + y * sin + w / 2.0, y * cos - x * sin + h / 2.0);
        if x < 0.0 || y < 0.0 || x >= w - 1.0 || y >= h - 1.0 {
            return Rgb([0; 3]);
        }
        let mix = |k: usize| {
            let at = |dx: u32, dy: u32| f64::from(picture.get_pixel(x as u32 + dx, y as u32 + dy).0[k]);
            let (fx, fy) = (x.fract(), y.fract());
            ((at(0, 0) * (1.0 - fx) + at(1, 0) * fx) * (1.0 - fy) + (at(0, 1) * (1.0 - fx) + at(1, 1) * fx) * fy) as u8
        };
        Rgb([mix(0), mix(1), mix(2)])
    })
}

fn holds(read: &Read, texts: &[&str]) {
    for text in texts {
        assert!(read.text.contains(text), "{text:?} is not in {:?}", read.text);
    }
    for word in &read.words {
        assert!(!read.text[word.range.clone()].contains(char::is_whitespace));
    }
    let spoken: Vec<&str> = read.text.split_whitespace().collect();
    assert!(read.words.len() >= spoken.len(), "every word of the text is one");
    assert!(read.blocks.iter().all(|block| !read.text[block.range.clone()].is_empty()));
}

#[test]
fn a_bubble_is_read_word_for_word_light_and_dark() {
    let Some(reader) = reader(&["eng", "rus"]) else { return };
    for name in ["light.png", "dark.png"] {
        let read = reader.read(&file(name)).unwrap();
        // Paragraphs are kept, the hyphen at a line's end too; the time that is the writer's stands, the bubble's own does not.
        holds(&read, &[&format!("{FIRST}\n\n{SECOND}")]);
        assert!(!read.text.contains("00:52") && !read.text.contains("04:52"), "{}", read.text);
        assert!(read.confidence > 85, "{name}: {}", read.confidence);
        let harbour = read.words.iter().find(|word| &read.text[word.range.clone()] == "harbour").unwrap();
        let picture = image::load_from_memory(&file(name)).unwrap();
        let bbox = harbour.bbox;
        assert!(
            bbox.left > 5 && bbox.left + bbox.width < picture.width() && bbox.width > 3 * bbox.height / 2,
            "{bbox:?}"
        );
    }
}

#[test]
fn small_turned_and_otherwise_encoded_it_is_still_read() {
    let Some(reader) = reader(&["eng", "rus"]) else { return };
    let light = image::load_from_memory(&file("light.png")).unwrap();
    holds(&reader.read(&file("small.jpg")).unwrap(), &[FIRST]);
    holds(&reader.read(&encoded(&light, ImageFormat::WebP)).unwrap(), &[FIRST, SECOND]);
    for degrees in [2.0, -2.0] {
        let turned = DynamicImage::ImageRgb8(turned(&light.to_rgb8(), degrees));
        let read = reader.read(&encoded(&turned, ImageFormat::Png)).unwrap();
        holds(&read, &[FIRST, SECOND]);
    }
}

#[test]
fn another_script_is_read_beside_the_first() {
    let Some(reader) = reader(&["eng", "rus"]) else { return };
    let read = reader.read(&file("russian.png")).unwrap();
    holds(&read, &[RUSSIAN]);
}

#[test]
fn without_text_there_is_none() {
    let Some(reader) = reader(&["eng"]) else { return };
    for picture in [
        RgbImage::from_pixel(1, 1, Rgb([0; 3])),
        RgbImage::from_pixel(300, 200, Rgb([7, 90, 200])),
        RgbImage::from_fn(300, 200, |x, y| Rgb([(x / 2) as u8, (y / 2) as u8, 128])),
    ] {
        let read = reader.read(&encoded(&DynamicImage::ImageRgb8(picture), ImageFormat::Png)).unwrap();
        assert_eq!((read.text.as_str(), read.words.len(), read.confidence), ("", 0, 0));
    }
}

#[test]
fn a_language_that_is_missing_is_named() {
    let Some(reader) = reader(&["eng", "xyz"]) else { return };
    match reader.read(&file("light.png")) {
        Err(error @ Error::Language { .. }) => {
            assert_eq!(
                error.to_string(),
                "tesseract has no data for the language xyz: install the Debian package tesseract-ocr-xyz"
            );
        }
        other => panic!("{other:?}"),
    }
}
