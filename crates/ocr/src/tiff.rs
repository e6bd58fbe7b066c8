//! Several grey pages in one file: what Tesseract takes on its standard input.
//!
//! TIFF 6.0 (Adobe, 1992), little-endian: 8-bit grey, uncompressed, one strip a page.

use crate::page::Grey;

/// LONG, SHORT and RATIONAL as section 2 numbers them.
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

/// A file of these pages, each said to have `dpi` dots an inch.
pub(crate) fn write<'p>(pages: impl IntoIterator<Item = &'p Grey>, dpi: u32) -> Vec<u8> {
    let mut out = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for page in pages {
        let strip = place(&mut out);
        out.extend(&page.pixels);
        let resolution = place(&mut out);
        out.extend(dpi.to_le_bytes());
        out.extend(1u32.to_le_bytes());
        let directory = place(&mut out);
        out[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let (width, height) = (narrow(page.width), narrow(page.height));
        let fields = [
            (256, LONG, width),
            (257, LONG, height),
            (258, SHORT, 8), // bits
            (259, SHORT, 1), // no compression
            (262, SHORT, 1), // 0 is black
            (273, LONG, strip),
            (277, SHORT, 1),     // one channel
            (278, LONG, height), // rows a strip
            (279, LONG, narrow(page.pixels.len())),
            (282, RATIONAL, resolution),
            (283, RATIONAL, resolution),
            (296, SHORT, 2), // inches
        ];
        out.extend((fields.len() as u16).to_le_bytes());
        for (tag, kind, value) in fields {
            out.extend(u16::to_le_bytes(tag));
            out.extend(kind.to_le_bytes());
            out.extend(1u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        link = out.len();
        out.extend([0; 4]);
    }
    out
}

/// Where the next thing stands: on a word's boundary.
fn place(out: &mut Vec<u8>) -> u32 {
    if out.len() % 2 == 1 {
        out.push(0);
    }
    narrow(out.len())
}

/// The limits on pixels keep every number far below 2^32.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_chained_and_point_at_their_pixels() {
        let page = |width: usize, height: usize, value: u8| Grey { width, height, pixels: vec![value; width * height] };
        let pages = [page(3, 3, 7), page(2, 5, 9)];
        let file = write(&pages, 300);
        let long = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
        let mut directory = long(4);
        for page in &pages {
            let fields = usize::from(u16::from_le_bytes([file[directory], file[directory + 1]]));
            let value = |tag: u16| {
                let entry =
                    (0..fields).map(|i| directory + 2 + 12 * i).find(|&at| file[at..at + 2] == tag.to_le_bytes());
                long(entry.expect("the field is there") + 8)
            };
            assert_eq!((value(256), value(257), value(279)), (page.width, page.height, page.pixels.len()));
            assert_eq!(file[value(273)..value(273) + page.pixels.len()], page.pixels);
            assert_eq!((long(value(282)), long(value(282) + 4)), (300, 1));
            directory = long(directory + 2 + 12 * fields);
        }
        assert_eq!(directory, 0, "the chain ends");
    }
}
