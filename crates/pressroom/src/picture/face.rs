//! Letters: Noto Serif, of which a subset lies in the program (Latin, Cyrillic), and for Chinese, Japanese and Korean a face of the machine's.

use std::path::Path;
use std::sync::LazyLock;

use ab_glyph::{Font, FontArc, FontVec, PxScale, ScaleFont};
use image::{Rgb, RgbImage};

static REGULAR: LazyLock<Option<FontArc>> =
    LazyLock::new(|| FontArc::try_from_slice(include_bytes!("../../assets/font/NotoSerif-Regular.ttf")).ok());
static BOLD: LazyLock<Option<FontArc>> =
    LazyLock::new(|| FontArc::try_from_slice(include_bytes!("../../assets/font/NotoSerif-Bold.ttf")).ok());
static FAR_EAST: LazyLock<Option<FontArc>> = LazyLock::new(|| {
    ["/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts"]
        .iter()
        .find_map(|dir| search(Path::new(dir), 4))
});

/// Pieces of the names of faces with Chinese letters, the better ones first.
const NAMES: [&str; 8] =
    ["cjk", "sourcehan", "notosanssc", "notoserifsc", "wqy", "droidsansfallback", "uming", "pingfang"];
/// Bytes of a face that are read, at most.
const MOST: u64 = 64 << 20;

/// The face with Chinese letters that this machine has, if it has one.
pub(super) fn far_east_face() -> Option<&'static FontArc> {
    FAR_EAST.as_ref()
}

/// A face that has every letter of some text.
pub(super) struct Face(FontArc);

/// One line of writing.
pub(super) struct Line {
    text: String,
    size: f32,
}

impl Line {
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl Face {
    /// For a text in ordinary weight; none where its letters are not to be had.
    pub(super) fn regular(text: &str, far: Option<&FontArc>) -> Option<Self> {
        Self::choose(REGULAR.as_ref(), far, text)
    }

    /// For a title.
    pub(super) fn bold(text: &str, far: Option<&FontArc>) -> Option<Self> {
        Self::choose(BOLD.as_ref(), far, text)
    }

    fn choose(own: Option<&FontArc>, far: Option<&FontArc>, text: &str) -> Option<Self> {
        let text = written(text);
        if text.trim().is_empty() {
            return None;
        }
        let own = own?;
        let missing = |font: &FontArc| text.chars().any(|c| c != ' ' && font.glyph_id(c).0 == 0);
        if !missing(own) {
            return Some(Self(own.clone()));
        }
        // Other scripts need more than a letter beside a letter: better none than wrong ones.
        if !text.chars().all(|c| far_east(c) || own.glyph_id(c).0 != 0) {
            return None;
        }
        far.filter(|font| !missing(font)).map(|font| Self(font.clone()))
    }

    /// As much of a text as one line holds.
    pub(super) fn line(&self, text: &str, size: f32, room: f32) -> Line {
        let text = written(text);
        if self.width(&text, size) <= room {
            return Line { text, size };
        }
        let mut cut = text;
        while !cut.is_empty() && self.width(&format!("{cut}…"), size) > room {
            cut.pop();
        }
        Line { text: format!("{}…", cut.trim_end()), size }
    }

    /// A text in lines, broken between words, or where a word is longer than a line (or needs no space, as in Chinese) between letters.
    pub(super) fn lines(&self, text: &str, size: f32, room: f32) -> Vec<Line> {
        let mut lines = vec![String::new()];
        for word in written(text).split_whitespace() {
            let last = lines.last_mut().expect("it is never empty");
            let longer = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
            if self.width(&longer, size) <= room {
                *last = longer;
                continue;
            }
            if self.width(word, size) <= room && !word.chars().any(far_east) {
                lines.push(word.to_owned());
                continue;
            }
            if !last.is_empty() {
                last.push(' ');
            }
            for letter in word.chars() {
                let last = lines.last_mut().expect("it is never empty");
                last.push(letter);
                if self.width(last, size) > room {
                    last.pop();
                    lines.push(letter.to_string());
                }
            }
        }
        lines.into_iter().filter(|line| !line.trim().is_empty()).map(|text| Line { text, size }).collect()
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let font = self.0.as_scaled(PxScale::from(size));
        text.chars().map(|c| font.h_advance(font.glyph_id(c))).sum()
    }

    /// Writes a line on the base line `y`.
    pub(super) fn write(&self, picture: &mut RgbImage, line: &Line, x: f32, y: f32, ink: Rgb<u8>) {
        let scale = PxScale::from(line.size);
        let font = self.0.as_scaled(scale);
        let mut x = x;
        for c in line.text.chars() {
            let id = font.glyph_id(c);
            let glyph = id.with_scale_and_position(scale, ab_glyph::point(x, y));
            x += font.h_advance(id);
            let Some(outline) = self.0.outline_glyph(glyph) else { continue };
            let bounds = outline.px_bounds();
            outline.draw(|column, row, cover| {
                let (px, py) = (bounds.min.x as i64 + i64::from(column), bounds.min.y as i64 + i64::from(row));
                let (Ok(px), Ok(py)) = (u32::try_from(px), u32::try_from(py)) else { return };
                if let Some(pixel) = picture.get_pixel_mut_checked(px, py) {
                    *pixel = mixed(*pixel, ink, cover);
                }
            });
        }
    }
}

fn mixed(under: Rgb<u8>, ink: Rgb<u8>, cover: f32) -> Rgb<u8> {
    let cover = cover.clamp(0.0, 1.0);
    let mix = |i: usize| (f32::from(under.0[i]) * (1.0 - cover) + f32::from(ink.0[i]) * cover).round() as u8;
    Rgb([mix(0), mix(1), mix(2)])
}

/// A text as it is written: no control characters, nothing that turns directions.
fn written(text: &str) -> String {
    let unseen = |c: &char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !unseen(c)).collect()
}

/// Letters that stand side by side without joining.
fn far_east(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{2fa1f}')
}

/// A face with Chinese letters in a folder, or in one within it.
fn search(dir: &Path, depth: u8) -> Option<FontArc> {
    let mut entries: Vec<_> = std::fs::read_dir(dir).ok()?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
    for wanted in NAMES {
        for path in entries.iter().filter(|path| name(path).contains(wanted)) {
            if std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() <= MOST)
                && let Ok(bytes) = std::fs::read(path)
                && let Ok(font) = FontVec::try_from_vec_and_index(bytes, 0)
            {
                return Some(FontArc::new(font));
            }
        }
    }
    if depth == 0 {
        return None;
    }
    entries.iter().filter(|path| path.is_dir()).find_map(|path| search(path, depth - 1))
}
