//! Grey pages, and the connected pieces of ink on them.

/// A grey picture; 255 is blank, 0 is ink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grey {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

/// Darker than this is ink when pieces are looked for.
const INK: u8 = 140;

/// A piece of ink: pixels that touch, corners included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) area: usize,
    /// A pixel of it.
    at: usize,
}

impl Grey {
    pub(crate) fn blank(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![255; width * height] }
    }

    /// The pieces of ink, in the order of their topmost pixels.
    pub(crate) fn pieces(&self) -> Vec<Piece> {
        let mut seen = vec![false; self.pixels.len()];
        let mut out = Vec::new();
        let mut queue = Vec::new();
        for start in 0..self.pixels.len() {
            if seen[start] || self.pixels[start] >= INK {
                continue;
            }
            let (mut left, mut right, mut top, mut bottom, mut area) = (self.width, 0, self.height, 0, 0);
            self.flood(start, &mut seen, &mut queue, |x, y| {
                (left, right, top, bottom) = (left.min(x), right.max(x), top.min(y), bottom.max(y));
                area += 1;
            });
            out.push(Piece { left, top, width: right - left + 1, height: bottom - top + 1, area, at: start });
        }
        out
    }

    /// Wipes pieces off, with the soft edge around them.
    pub(crate) fn erase(&mut self, pieces: &[Piece]) {
        let mut seen = vec![false; self.pixels.len()];
        let mut queue = Vec::new();
        let mut wiped = Vec::new();
        for piece in pieces {
            self.flood(piece.at, &mut seen, &mut queue, |x, y| wiped.push((x, y)));
        }
        for (x, y) in wiped {
            for row in y.saturating_sub(2)..(y + 3).min(self.height) {
                let at = row * self.width;
                self.pixels[at + x.saturating_sub(2)..at + (x + 3).min(self.width)].fill(255);
            }
        }
    }

    fn flood(&self, start: usize, seen: &mut [bool], queue: &mut Vec<usize>, mut each: impl FnMut(usize, usize)) {
        if std::mem::replace(&mut seen[start], true) {
            return;
        }
        queue.push(start);
        while let Some(at) = queue.pop() {
            let (x, y) = (at % self.width, at / self.width);
            each(x, y);
            for row in y.saturating_sub(1)..(y + 2).min(self.height) {
                for column in x.saturating_sub(1)..(x + 2).min(self.width) {
                    let next = row * self.width + column;
                    if !seen[next] && self.pixels[next] < INK {
                        seen[next] = true;
                        queue.push(next);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A page drawn with characters: `#` is ink.
    pub(crate) fn drawn(rows: &[&str]) -> Grey {
        let pixels = rows.iter().flat_map(|row| row.bytes().map(|b| if b == b'#' { 0 } else { 255 })).collect();
        Grey { width: rows[0].len(), height: rows.len(), pixels }
    }

    #[test]
    fn pieces_touch_by_corners_and_are_wiped_off_whole() {
        let mut page = drawn(&["#....##", ".#.....", "......#", "......#"]);
        let pieces = page.pieces();
        let boxes: Vec<_> = pieces.iter().map(|p| (p.left, p.top, p.width, p.height, p.area)).collect();
        assert_eq!(boxes, [(0, 0, 2, 2, 2), (5, 0, 2, 1, 2), (6, 2, 1, 2, 2)]);
        page.erase(&pieces[..1]);
        assert_eq!(page.pieces().len(), 2);
        assert_eq!(Grey::blank(3, 2).pieces(), []);
    }
}
