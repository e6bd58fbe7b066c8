//! From a file's bytes to pixels, within limits that are checked on the header.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, RgbImage};

use crate::{Error, Limits};

/// Decodes a picture: of an animated one the first frame, turned as its orientation says, laid on white (or on black where
/// what can be seen of it is light).
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<RgbImage, Error> {
    if bytes.len() > limits.bytes {
        return Err(Error::Long { bytes: bytes.len(), limit: limits.bytes });
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => format,
        _ => return Err(Error::Unknown),
    };
    let (width, height) = dimensions(bytes, format)?;
    if width.max(height) > limits.side || u64::from(width) * u64::from(height) > limits.pixels {
        return Err(Error::Large { width, height, side: limits.side, pixels: limits.pixels });
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = image::Limits::default();
    allowed.max_image_width = Some(limits.side);
    allowed.max_image_height = Some(limits.side);
    // Eight bytes a pixel hold sixteen bits of four channels; decoders keep one more picture beside it.
    allowed.max_alloc = Some((limits.pixels.saturating_mul(16)).max(1 << 20));
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(|e| damaged(&e))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|e| damaged(&e))?;
    picture.apply_orientation(orientation);
    Ok(opaque(picture))
}

/// What the header says, before anything is made of it.
fn dimensions(bytes: &[u8], format: ImageFormat) -> Result<(u32, u32), Error> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.no_limits();
    reader.into_dimensions().map_err(|e| damaged(&e))
}

/// The decoder's words are dropped: they may quote the file.
fn damaged(error: &ImageError) -> Error {
    match error {
        ImageError::Unsupported(_) => Error::Unknown,
        _ => Error::Damaged,
    }
}

/// Without transparency.
fn opaque(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let (mut light, mut seen, mut clear) = (0u64, 0u64, false);
    for pixel in picture.pixels() {
        let [r, g, b, a] = pixel.0.map(u64::from);
        light += (r + g + b) / 3 * a;
        seen += a;
        clear |= a < 128;
    }
    let behind: u32 = if clear && light > 200 * seen { 0 } else { 255 };
    let mut out = RgbImage::new(picture.width(), picture.height());
    for (to, from) in out.pixels_mut().zip(picture.pixels()) {
        let [r, g, b, a] = from.0.map(u32::from);
        let lay = |c: u32| u8::try_from((c * a + behind * (255 - a)) / 255).unwrap_or(255);
        to.0 = [lay(r), lay(g), lay(b)];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("it can be written");
        bytes.into_inner()
    }

    /// The chunks of a PNG that says it has these dimensions and holds next to nothing.
    fn png_of(width: u32, height: u32, colour: u8) -> Vec<u8> {
        let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut header = width.to_be_bytes().to_vec();
        header.extend(height.to_be_bytes());
        header.extend([8, colour, 0, 0, 0]);
        for (kind, data) in [(b"IHDR", header), (b"IDAT", vec![0x78, 0x9c, 3, 0, 0, 0, 0, 1]), (b"IEND", Vec::new())] {
            out.extend(u32::try_from(data.len()).expect("small").to_be_bytes());
            let from = out.len();
            out.extend(kind);
            out.extend(&data);
            let sum = crc(&out[from..]);
            out.extend(sum.to_be_bytes());
        }
        out
    }

    fn crc(bytes: &[u8]) -> u32 {
        let step = |mut c: u32| {
            (0..8).for_each(|_| c = if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 });
            c
        };
        !bytes.iter().fold(!0, |c, &b| step((c ^ u32::from(b)) & 0xff) ^ (c >> 8))
    }

    #[test]
    fn hostile_pictures_are_refused_before_anything_is_made_of_them() {
        let limits = Limits::default();
        for (width, height) in [(60_000, 60_000), (u32::MAX >> 1, 1), (29_999, 29_999)] {
            let found = decode(&png_of(width, height, 2), &limits);
            assert!(matches!(found, Err(Error::Large { .. })), "{width} x {height}: {found:?}");
        }
        assert!(matches!(decode(&png_of(100, 100, 2), &limits), Err(Error::Damaged)), "no pixels in it");
        for bytes in [
            &b""[..],
            b"GIF89a\x01\0\x01\0\0\0\0;",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%PDF-1.4",
            b"\x89PN",
        ] {
            assert!(matches!(decode(bytes, &limits), Err(Error::Unknown)), "{bytes:?}");
        }
        let long = vec![0x89; 100];
        let small = Limits { bytes: 99, ..limits };
        assert!(matches!(decode(&long, &small), Err(Error::Long { bytes: 100, limit: 99 })));
    }

    #[test]
    fn what_is_cut_short_or_flipped_is_an_error_or_a_picture_and_never_a_panic() {
        let picture =
            DynamicImage::ImageRgb8(RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, 99])));
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let whole = file(&picture, format);
            assert!(decode(&whole, &Limits::default()).is_ok());
            for cut in 0..whole.len() {
                let _ = decode(&whole[..cut], &Limits::default());
            }
            for at in 0..whole.len() {
                let mut flipped = whole.clone();
                flipped[at] ^= 1 << (at % 8);
                let _ = decode(&flipped, &Limits { side: 5_000, pixels: 1_000_000, ..Limits::default() });
            }
        }
    }

    #[test]
    fn every_kind_of_pixel_becomes_three_bytes() {
        let grey16 = DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(3, 2, image::Luma([0x8000])));
        let rgba16 =
            DynamicImage::ImageRgba16(image::ImageBuffer::from_pixel(3, 2, image::Rgba([0xffff, 0, 0, 0xffff])));
        assert_eq!(
            decode(&file(&grey16, ImageFormat::Png), &Limits::default()).expect("grey").get_pixel(0, 0).0,
            [128; 3]
        );
        assert_eq!(
            decode(&file(&rgba16, ImageFormat::Png), &Limits::default()).expect("red").get_pixel(2, 1).0,
            [255, 0, 0]
        );
        let one = DynamicImage::ImageLuma8(image::GrayImage::from_pixel(1, 1, image::Luma([7])));
        assert_eq!(
            decode(&file(&one, ImageFormat::Png), &Limits::default()).expect("one pixel").get_pixel(0, 0).0,
            [7; 3]
        );
    }

    #[test]
    fn what_is_clear_lies_on_what_it_can_be_read_on() {
        let ink = |value: u8| {
            let draw =
                |x: u32, _| if x == 0 { image::Rgba([value, value, value, 255]) } else { image::Rgba([0, 0, 0, 0]) };
            DynamicImage::ImageRgba8(image::RgbaImage::from_fn(4, 4, draw))
        };
        let dark = decode(&file(&ink(10), ImageFormat::Png), &Limits::default()).expect("dark on nothing");
        assert_eq!((dark.get_pixel(0, 0).0, dark.get_pixel(1, 0).0), ([10; 3], [255; 3]));
        let light = decode(&file(&ink(250), ImageFormat::Png), &Limits::default()).expect("light on nothing");
        assert_eq!((light.get_pixel(0, 0).0, light.get_pixel(1, 0).0), ([250; 3], [0; 3]));
    }
}
