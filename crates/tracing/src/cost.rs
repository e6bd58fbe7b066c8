//! How far two words are from each other: an edit distance that knows what scanners and typists do.

/// The distance of two words that have nothing to do with each other.
pub(crate) const APART: u8 = 100;

/// Up to this distance one word may be a slip of the other: one letter in three.
pub(crate) const SLIP: u8 = 36;

/// Words longer than this are compared for equality only.
const LONGEST: usize = 48;

/// Groups that OCR takes for each other, after lower-casing: what the published lists of frequent errors of Tesseract and
/// ABBYY have in common. Lower case only, since canonical words are.
const GROUPS: &[([char; 2], char)] = &[
    (['r', 'n'], 'm'),
    (['c', 'l'], 'd'),
    (['v', 'v'], 'w'),
    (['r', 'i'], 'n'),
    (['l', 'i'], 'h'),
    (['i', 'i'], 'u'),
    (['n', 'n'], 'm'),
];

/// Single characters that OCR takes for each other.
fn look_alike(a: char, b: char) -> bool {
    matches!(
        (a.min(b), a.max(b)),
        ('0', 'o')
            | ('1', 'i' | 'l')
            | ('2', 'z')
            | ('5', 's')
            | ('6' | '8', 'b')
            | ('9', 'g')
            | ('a', 'o')
            | ('b', 'h')
            | ('c', 'e' | 'o')
            | ('e', 'o')
            | ('f', 't')
            | ('i', 'j' | 'l')
            | ('n' | 'v', 'u')
            | ('u', 'v')
            | ('v', 'y')
    )
}

/// Distance in hundredths: 0 for equal words, [`APART`] for unrelated ones; otherwise the cost of the cheapest
/// edits, a whole edit weighing 100, divided by the length of the longer word. Numbers that differ in more than
/// a confused letter are unrelated: a figure is never a slip of another figure.
pub(crate) fn distance(a: &str, b: &str) -> u8 {
    if a == b {
        return 0;
    }
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let longer = a.len().max(b.len());
    if a.is_empty()
        || b.is_empty()
        || longer > LONGEST
        || a.len().abs_diff(b.len()) * 100 > usize::from(SLIP) * longer * 2
    {
        return APART;
    }
    // Only what lies between the common ends can cost anything.
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let rest = a.len().min(b.len()) - head;
    let tail = a.iter().rev().zip(b.iter().rev()).take(rest).take_while(|(x, y)| x == y).count();
    // One letter is kept at each end: a doubled letter is seen by its neighbour, and a group may begin there.
    let (from, back) = (head.saturating_sub(1), tail.saturating_sub(1));
    let (x, y) = (&a[from..a.len() - back], &b[from..b.len() - back]);
    if x.len().max(y.len()) > longer / 2 + 4 {
        return APART;
    }
    let edits = edits(x, y);
    let figures = a.iter().chain(&b).any(char::is_ascii_digit);
    if figures && edits > CONFUSION * 2 {
        return APART;
    }
    let graded = edits as usize / longer.max(3);
    u8::try_from(graded).unwrap_or(APART).clamp(1, APART)
}

/// What a confusion, a letter doubled or undoubled, an accent, and two letters swapped cost.
const CONFUSION: u32 = 30;
const DOUBLED: u32 = 60;
const SWAPPED: u32 = 70;
const EDIT: u32 = 100;

/// Optimal string alignment with the weights above.
fn edits(a: &[char], b: &[char]) -> u32 {
    let width = b.len() + 1;
    let mut cost = vec![0u32; (a.len() + 1) * width];
    for j in 1..=b.len() {
        cost[j] = cost[j - 1] + single(b, j);
    }
    for i in 1..=a.len() {
        cost[i * width] = cost[(i - 1) * width] + single(a, i);
        for j in 1..=b.len() {
            let mut best = (cost[(i - 1) * width + j] + single(a, i)).min(cost[i * width + j - 1] + single(b, j));
            let (x, y) = (a[i - 1], b[j - 1]);
            best = best.min(cost[(i - 1) * width + j - 1] + if x == y { 0 } else { EDIT });
            if i > 1 && j > 1 && x == b[j - 2] && y == a[i - 2] && x != y {
                best = best.min(cost[(i - 2) * width + j - 2] + SWAPPED);
            }
            if look_alike(x, y) {
                best = best.min(cost[(i - 1) * width + j - 1] + CONFUSION);
            }
            for &([p, q], r) in GROUPS {
                if i > 1 && y == r && x == q && a[i - 2] == p {
                    best = best.min(cost[(i - 2) * width + j - 1] + CONFUSION);
                }
                if j > 1 && x == r && y == q && b[j - 2] == p {
                    best = best.min(cost[(i - 1) * width + j - 2] + CONFUSION);
                }
            }
            cost[i * width + j] = best;
        }
    }
    cost[a.len() * width + b.len()]
}

/// The cost of the `i`-th letter standing in one word only.
fn single(word: &[char], i: usize) -> u32 {
    if i > 1 && word[i - 1] == word[i - 2] { DOUBLED } else { EDIT }
}

/// Which letters a word holds, folded into 64 bits: words whose sets differ much need no comparison.
pub(crate) fn letters(word: &str) -> u64 {
    word.chars().fold(0, |set, c| set | 1 << (u32::from(c) % 64))
}

/// Whether words with these letter sets, the longer of so many bytes, can be slips of each other at all: an edit changes at
/// most two members, a confused group three.
pub(crate) fn may_be_slip(a: u64, b: u64, longer: usize) -> bool {
    let most = match longer {
        0..=5 => 3,
        6..=9 => 5,
        _ => 7,
    };
    (a ^ b).count_ones() <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_near_and_words_are_far() {
        for (a, b, most) in [
            ("government", "govemment", 5),
            ("ox", "0x", 15),
            ("million", "mi11ion", 10),
            ("recieve", "receive", 11),
            ("travelling", "traveling", 7),
            ("colour", "color", 17),
            ("wwords", "words", 11),
        ] {
            let d = distance(a, b);
            assert!(d > 0 && d <= most, "{a} {b}: {d}");
            assert_eq!(d, distance(b, a), "symmetric");
            assert!(may_be_slip(letters(a), letters(b), a.len().max(b.len())), "{a} {b}");
        }
        for (a, b) in [("big", "large"), ("utilise", "use"), ("15", "16"), ("1961", "1967"), ("we", "it"), ("", "a")] {
            assert!(distance(a, b) > SLIP, "{a} {b}: {}", distance(a, b));
        }
        assert_eq!(distance("same", "same"), 0);
    }
}
