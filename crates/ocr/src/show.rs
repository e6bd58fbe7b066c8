//! A picture from outside as it may be shown: decoded within the limits, and made anew.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::{self, FilterType as Scale};

use crate::{Error, Limits, decode};

/// The widest that a picture is shown, in pixels.
const WIDTH: u32 = 1_200;

/// The most pixels of a shown picture.
const PIXELS: u64 = 6_000_000;

/// Makes a PNG of a PNG, JPEG or WebP file: nothing of the file but what can be seen is in it. A large picture becomes smaller.
///
/// # Errors
/// What is no picture, damaged, or larger than the limits.
pub fn shown(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut picture = decode::decode(bytes, limits)?;
    let (width, height) = picture.dimensions();
    let all = u64::from(width) * u64::from(height);
    let scale = (f64::from(WIDTH) / f64::from(width.max(1))).min((PIXELS as f64 / all.max(1) as f64).sqrt());
    if scale < 1.0 {
        let side = |pixels: u32| ((f64::from(pixels) * scale) as u32).max(1);
        picture = imageops::resize(&picture, side(width), side(height), Scale::Triangle);
    }
    let mut out = Cursor::new(Vec::new());
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Fast, FilterType::Sub);
    picture.write_with_encoder(encoder).map_err(|_| Error::Damaged)?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use image::{DynamicImage, ImageFormat, RgbImage};

    use super::*;

    #[test]
    fn what_is_shown_is_a_new_png() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let mut given = Cursor::new(Vec::new());
            DynamicImage::ImageRgb8(RgbImage::from_pixel(2_400, 300, image::Rgb([200, 30, 30])))
                .write_to(&mut given, format)
                .unwrap();
            let mut given = given.into_inner();
            given.extend(b"<script>alert(1)</script>");
            let made = shown(&given, &Limits::default()).unwrap();
            let read = image::load_from_memory_with_format(&made, ImageFormat::Png).unwrap();
            assert_eq!((read.width(), read.height()), (1_200, 150));
            assert!(!made.windows(8).any(|eight| eight == b"<script>"));
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for given in [
            &b""[..],
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"GIF89a",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0",
        ] {
            assert!(shown(given, &Limits::default()).is_err());
        }
    }
}
