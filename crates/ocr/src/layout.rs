//! From words in places to a text: lines joined to paragraphs, what is no one's words left out.

use crate::reader::{Bbox, Block, Read, Word};

/// A word in its place; pixels of the straight picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    /// What keeps lines apart; grows from line to line.
    pub(crate) line: (u32, u32, u32),
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    pub(crate) confidence: u8,
    pub(crate) text: String,
}

/// Lines that are further apart than so many times the usual are of two paragraphs.
const APART: f64 = 1.45;

/// Signs without a letter or a digit that a person writes; others are faces and lines that were read as something.
const SIGNS: &str = "-–—−&/….,;:!?\"'“”‘’«»„()[]%+=*§€£$#•";

/// A sign of another kind must be read as surely as this.
const SURE: u8 = 85;

/// A page whose words are read less surely than this, beside others that are, is a pattern on the wall; one of a few words must be
/// read more surely.
const PATTERN: f64 = 40.0;
const FEW: f64 = 65.0;

/// Puts the words of pages together, a block each, in their order. `bbox` leads places back into the picture.
pub(crate) fn assemble(pages: Vec<Vec<Placed>>, bbox: impl Fn(&Placed) -> Bbox) -> Read {
    let pages: Vec<Vec<Placed>> = pages.into_iter().map(without_noise).filter(|page| !page.is_empty()).collect();
    let best = pages.iter().map(|page| mean(page)).fold(0.0, f64::max);
    let mut out = Read::default();
    for page in pages.iter().filter(|page| best < FEW || mean(page) >= if page.len() < 5 { FEW } else { PATTERN }) {
        let lines = without_chrome(lines(page));
        if lines.is_empty() {
            continue;
        }
        if !out.text.is_empty() {
            out.text.push_str("\n\n");
        }
        let (start, first) = (out.text.len(), out.words.len());
        write(&lines, &mut out, &bbox);
        let around = out.words[first..].iter().map(|word| word.bbox).reduce(Bbox::around).unwrap_or_default();
        out.blocks.push(Block { range: start..out.text.len(), bbox: around });
    }
    let letters: usize = out.words.iter().map(|word| word.range.len()).sum();
    let sure: usize = out.words.iter().map(|word| word.range.len() * usize::from(word.confidence)).sum();
    out.confidence = u8::try_from(sure / letters.max(1)).unwrap_or(100);
    out
}

/// How surely words are read on the whole: each counts by its length.
pub(crate) fn mean(words: &[Placed]) -> f64 {
    let letters: usize = words.iter().map(|word| word.text.len()).sum();
    let sure: usize = words.iter().map(|word| word.text.len() * usize::from(word.confidence)).sum();
    sure as f64 / letters.max(1) as f64
}

fn without_noise(mut page: Vec<Placed>) -> Vec<Placed> {
    for word in &mut page {
        // In prose an upright stroke that stands alone is the pronoun, also in "I'm" and "I’ll".
        let rest = word.text.strip_prefix('|').filter(|rest| rest.is_empty() || rest.starts_with(['\'', '’', ',']));
        if let Some(rest) = rest {
            word.text = format!("I{rest}");
        }
    }
    page.retain(|word| {
        let spoken = word.text.chars().any(char::is_alphanumeric);
        let sign = word.text.chars().all(|c| SIGNS.contains(c));
        !word.text.is_empty() && (spoken || word.confidence >= SURE || (sign && word.confidence >= 30))
    });
    page
}

type Line<'p> = Vec<&'p Placed>;

fn lines(page: &[Placed]) -> Vec<Line<'_>> {
    page.chunk_by(|a, b| a.line == b.line).map(|line| line.iter().collect()).collect()
}

/// Without what stands at a bubble's end and is nobody's words: a time and what goes with it.
///
/// Only at the end of the last line, only where there is a time, and only if it is set apart: on a line of its own, smaller than the rest,
/// or behind a gap. A message that ends in a time of its own keeps it.
fn without_chrome(mut lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let tall = capitals(&lines);
    let Some(last) = lines.last_mut() else { return lines };
    let Some(time) = last.iter().rposition(|word| is_time(&word.text)) else { return lines };
    // Behind the time only its half of the day and ticks.
    if !last[time + 1..].iter().all(|word| is_half(&word.text) || is_tick(word)) || last.len() > time + 5 {
        return lines;
    }
    let mut from = time;
    while from > 0 && (is_edited(&last[from - 1].text) || is_count(&last[from - 1].text) && small(last[from - 1], tall))
    {
        from -= 1;
    }
    let gap = from.checked_sub(1).map(|before| last[from].left - last[before].right);
    let set_apart = match gap {
        None => true,
        Some(gap) => small(last[time], tall) || tall.is_some_and(|tall| gap > tall * 1.3),
    };
    if set_apart {
        last.truncate(from);
        // A dot, a dash or a face before it goes with it.
        while last.last().is_some_and(|word| {
            !word.text.chars().any(char::is_alphanumeric)
                && word.text.chars().count() == 1
                && small(word, tall)
                && word.text != "."
        }) {
            last.pop();
        }
        if last.is_empty() {
            lines.pop();
        }
    }
    lines
}

/// The height of capitals and figures: the median of the words that have such a letter and none with a lower length.
fn capitals(lines: &[Line<'_>]) -> Option<f64> {
    let upper = |c: char| c.is_uppercase() || c.is_ascii_digit() || "bdfhklt".contains(c);
    let lower = |c: char| "gjpqyру,;Qфцщд".contains(c);
    let words = lines.iter().flatten().filter(|word| {
        !is_time(&word.text) && word.text.len() > 1 && word.text.chars().any(upper) && !word.text.chars().any(lower)
    });
    let mut heights: Vec<f64> = words.map(|word| word.bottom - word.top).collect();
    heights.sort_by(f64::total_cmp);
    heights.get(heights.len() / 2).copied()
}

fn small(word: &Placed, tall: Option<f64>) -> bool {
    tall.is_some_and(|tall| word.bottom - word.top < tall * 0.87)
}

/// `22:40`, `9.05`, also with what is stuck to it: `22:40v/`.
fn is_time(text: &str) -> bool {
    let text = text.trim_start_matches(['(', '·', '•']);
    let Some(at) = text.find([':', '.', '·']) else { return false };
    let rest = &text[at..];
    let rest = rest.strip_prefix([':', '.', '·']).unwrap_or(rest);
    let hour = text[..at].parse::<u8>().is_ok_and(|hour| hour < 24) && at <= 2;
    let minute = rest.get(..2).is_some_and(|minute| minute.bytes().all(|b| b.is_ascii_digit()) && minute < "60");
    let behind = rest.get(2..).unwrap_or("");
    hour && minute
        && behind.chars().count() <= 3
        && !behind.starts_with(|c: char| c.is_ascii_digit())
        && (behind.is_empty() || text.as_bytes().get(at) == Some(&b':'))
}

fn is_half(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().trim_matches('.'), "am" | "pm" | "a.m" | "p.m")
}

/// What ticks are read as.
fn is_tick(word: &Placed) -> bool {
    word.text.chars().count() <= 3
        && (word.confidence < 90
            || !word.text.chars().all(char::is_alphanumeric)
            || matches!(&*word.text, "v" | "V" | "vv" | "VV" | "w" | "W"))
}

fn is_edited(text: &str) -> bool {
    matches!(
        text.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()),
        "edited" | "изменено" | "ред" | "forwarded"
    )
}

/// `345`, `1.2K`: how many have seen it.
fn is_count(text: &str) -> bool {
    let number = text.trim_end_matches(['K', 'k', 'M', 'К', 'к', 'М']);
    !number.is_empty() && number.len() <= 6 && number.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
}

/// What stands between a line and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    /// The line was full.
    Soft,
    /// The writer's own line end.
    Line,
    Paragraph,
}

fn write(lines: &[Line<'_>], out: &mut Read, bbox: &impl Fn(&Placed) -> Bbox) {
    let right = lines.iter().flatten().map(|word| word.right).fold(0.0, f64::max);
    let pitch = pitch(lines);
    let joins: Vec<Join> = lines.windows(2).map(|two| join(&two[0], &two[1], right, pitch)).collect();
    let broken = lines.iter().zip(&joins).filter(|(line, join)| **join == Join::Soft && ends_in_hyphen(line)).count();
    // A browser breaks a line at a hyphen that is there anyway; whoever sets type puts one in, and more than once.
    let typeset = broken >= 3 && broken * 12 >= lines.len();
    for (number, line) in lines.iter().enumerate() {
        for (at, word) in line.iter().enumerate() {
            let start = out.text.len();
            out.text.push_str(&word.text);
            out.words.push(Word { range: start..out.text.len(), confidence: word.confidence, bbox: bbox(word) });
            if at + 1 < line.len() {
                out.text.push(' ');
            }
        }
        match joins.get(number) {
            None => {}
            Some(Join::Paragraph) => out.text.push_str("\n\n"),
            Some(Join::Line) => out.text.push('\n'),
            Some(Join::Soft) if !ends_in_hyphen(line) => out.text.push(' '),
            // The typesetter's, then; a browser's stays.
            Some(Join::Soft) => {
                let small =
                    |line: &Line<'_>| line.first().is_some_and(|word| word.text.starts_with(char::is_lowercase));
                let (true, Some(word)) = (typeset && small(&lines[number + 1]), out.words.last_mut()) else { continue };
                out.text.pop();
                word.range.end = out.text.len();
            }
        }
    }
}

/// The usual distance of a line's foot from the next one's.
fn pitch(lines: &[Line<'_>]) -> Option<f64> {
    let mut steps: Vec<f64> =
        lines.windows(2).map(|two| foot(&two[1]) - foot(&two[0])).filter(|step| *step > 0.0).collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len().saturating_sub(1) / 2).copied()
}

/// Where a line stands: the median of its words' feet, which lower lengths don't move.
fn foot(line: &Line<'_>) -> f64 {
    let mut feet: Vec<f64> = line.iter().map(|word| word.bottom).collect();
    feet.sort_by(f64::total_cmp);
    feet.get(feet.len() / 2).copied().unwrap_or_default()
}

fn join(line: &Line<'_>, next: &Line<'_>, right: f64, pitch: Option<f64>) -> Join {
    let (Some(last), Some(first)) = (line.last(), next.first()) else { return Join::Soft };
    if pitch.is_some_and(|pitch| foot(next) - foot(line) > pitch * APART) {
        return Join::Paragraph;
    }
    // A word that had room on the line and stands on the next one was put there.
    let space = (last.bottom - last.top) * 0.5;
    if last.right + space + (first.right - first.left) < right - space * 0.5 { Join::Line } else { Join::Soft }
}

fn ends_in_hyphen(line: &Line<'_>) -> bool {
    line.last().is_some_and(|word| {
        let mut back = word.text.chars().rev();
        matches!(back.next(), Some('-' | '‐')) && back.next().is_some_and(char::is_alphabetic)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of ten-pixel type: words by line, a word's letters eight pixels wide, a line every 16 pixels; an empty line is a gap.
    fn page(lines: &[&str]) -> Vec<Placed> {
        let mut out = Vec::new();
        for (row, line) in lines.iter().enumerate() {
            let mut left = 0.0;
            for text in line.split(' ') {
                let width = text.chars().count() as f64 * 8.0;
                if !text.is_empty() {
                    let top = row as f64 * 16.0;
                    let line = (1, 1, u32::try_from(row).expect("few lines"));
                    out.push(Placed {
                        line,
                        left,
                        top,
                        right: left + width,
                        bottom: top + 10.0,
                        confidence: 95,
                        text: text.to_owned(),
                    });
                }
                left += width + 5.0;
            }
        }
        out
    }

    fn text(pages: Vec<Vec<Placed>>) -> String {
        let read = assemble(pages, |_| Bbox::default());
        for word in &read.words {
            assert!(!read.text[word.range.clone()].is_empty());
        }
        read.text
    }

    #[test]
    fn lines_are_joined_and_paragraphs_kept() {
        let lines = [
            "Dear all,",
            "we have seen what you sent",
            "and shall answer before the",
            "end of the week.",
            "",
            "Yours",
            "A. Mell",
        ];
        assert_eq!(
            text(vec![page(&lines)]),
            "Dear all,\nwe have seen what you sent and shall answer before the end of the week.\n\nYours\nA. Mell"
        );
        assert_eq!(text(vec![page(&["one"]), Vec::new(), page(&["two"])]), "one\n\ntwo");
        assert_eq!(text(Vec::new()), "");
    }

    #[test]
    fn a_browsers_hyphen_stays_and_a_typesetters_goes() {
        assert_eq!(
            text(vec![page(&["this is our long-", "standing view of it"])]),
            "this is our long-standing view of it"
        );
        let typeset = ["the govern-", "ment has con-", "sidered the", "treaty care-", "fully and it"];
        assert_eq!(text(vec![page(&typeset)]), "the government has considered the treaty carefully and it");
    }

    #[test]
    fn the_bubbles_own_time_goes_and_the_writers_stays() {
        let lines = ["we shall meet at the harbour", "on Thursday at 17:30"];
        let plain = text(vec![page(&lines)]);
        assert!(plain.ends_with("on Thursday at 17:30"), "{plain}");
        // A time of the bubble's own, in small print behind it, with a tick and what goes before it.
        for small in
            [&["22:40"][..], &["22:40", "//"], &["edited", "22:40", "✓"], &["345", "9:05", "PM", "v/"], &["22:40v/"]]
        {
            let mut page = page(&lines);
            let mut left = 230.0;
            for word in small {
                let line = page[page.len() - 1].line;
                page.push(Placed {
                    line,
                    left,
                    top: 19.0,
                    right: left + 20.0,
                    bottom: 26.0,
                    confidence: 70,
                    text: (*word).to_owned(),
                });
                left += 24.0;
            }
            assert_eq!(text(vec![page]), plain, "{small:?}");
        }
        // On a line of its own.
        let mut alone = page(&["we shall meet at the harbour", "on Thursday at 17:30", "22:41"]);
        alone.last_mut().expect("a time").top += 3.0;
        assert_eq!(text(vec![alone]), plain);
        // In the middle nothing is touched, whatever it looks like.
        let middle = ["at 22:40 edited 345 we left", "and came home at once"];
        assert_eq!(text(vec![page(&middle)]), "at 22:40 edited 345 we left and came home at once");
    }

    #[test]
    fn strokes_are_letters_and_faces_are_nothing() {
        let mut page = page(&["| hope that |'m right © —", "and you are too & mine"]);
        page.iter_mut().find(|word| word.text == "©").expect("a face").confidence = 40;
        assert_eq!(text(vec![page]), "I hope that I'm right — and you are too & mine");
    }

    #[test]
    fn a_pattern_on_the_wall_is_left_out_beside_what_is_read_surely() {
        let mut wall = page(&["vo OQ zz", "Хо"]);
        wall.iter_mut().for_each(|word| word.confidence = 35);
        assert_eq!(text(vec![wall.clone(), page(&["a true line of words"])]), "a true line of words");
        assert!(!text(vec![wall]).is_empty(), "alone it is all there is");
    }
}
