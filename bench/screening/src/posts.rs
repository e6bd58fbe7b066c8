//! The posts: leaks of known messages, and clean ones.

use crate::chance::Chance;

/// What a leak does to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Whole,
    Form,
    Quote(usize),
    Changed(usize),
    Dropped,
}

pub const KINDS: [Kind; 10] = [
    Kind::Whole,
    Kind::Form,
    Kind::Quote(8),
    Kind::Quote(12),
    Kind::Quote(20),
    Kind::Quote(40),
    Kind::Changed(10),
    Kind::Changed(20),
    Kind::Changed(30),
    Kind::Dropped,
];

impl Kind {
    pub fn name(self) -> String {
        match self {
            Kind::Whole => "the whole letter".into(),
            Kind::Form => "case, punctuation, white space, look-alikes changed".into(),
            Kind::Quote(n) => format!("{n} words inside other text"),
            Kind::Changed(n) => format!("{n} % of the words changed"),
            Kind::Dropped => "every seventh word dropped".into(),
        }
    }
}

/// A leak of `letter`; quotations stand in `around`; changed words are words of `around` too.
pub fn leak(kind: Kind, letter: &str, around: &str, chance: &mut Chance) -> String {
    let words: Vec<&str> = letter.split_whitespace().collect();
    let other: Vec<&str> = around.split_whitespace().collect();
    match kind {
        Kind::Whole => letter.to_owned(),
        Kind::Form => form(letter, chance),
        Kind::Quote(n) => {
            // Canonical words, so that n are n: the words of the text are cut where these begin and end.
            let canonical: Vec<_> = countermark_text::words(letter).map(|word| word.span).collect();
            let n = n.min(canonical.len());
            let at = chance.below(canonical.len() - n + 1);
            let quote = &letter[canonical[at].start..canonical[at + n - 1].end];
            let half = other.len() / 2;
            format!("{} “{}” {}", other[..half].join(" "), quote, other[half..].join(" "))
        }
        Kind::Changed(percent) => {
            let mut out: Vec<&str> = words.clone();
            let mut left = words.len() * percent / 100;
            while left > 0 {
                let at = chance.below(out.len());
                let fresh = other[chance.below(other.len())];
                if out[at] == words[at] && fresh != words[at] {
                    out[at] = fresh;
                    left -= 1;
                }
            }
            out.join(" ")
        }
        Kind::Dropped => {
            let kept: Vec<&str> = words.iter().enumerate().filter(|(i, _)| i % 7 != 6).map(|(_, word)| *word).collect();
            kept.join(" ")
        }
    }
}

fn form(letter: &str, chance: &mut Chance) -> String {
    let mut out = String::new();
    for word in letter.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let word = if chance.happens(0.5) { bare } else { word };
        for c in word.chars() {
            match chance.below(12) {
                0 => out.extend(c.to_uppercase()),
                1 if c == 'a' => out.push('\u{430}'),
                2 if c == 'o' => out.push('\u{43e}'),
                3 => out.extend([c, '\u{200b}']),
                _ => out.push(c),
            }
        }
        out.push_str(["  ", "\n", " ", "\u{a0}", " — ", "… ", "!! "][chance.below(7)]);
    }
    out
}

/// Documentation of the crates on this machine, in pieces of about `size` bytes: posts of another genre.
pub fn documentation(size: usize, most: usize) -> Vec<String> {
    let home =
        std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap_or_default()));
    let mut files = Vec::new();
    walk(std::path::Path::new(&home).join("registry/src").as_path(), &mut files);
    files.sort();
    let mut out: Vec<String> = Vec::new();
    let mut piece = String::new();
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        piece.clear();
        for line in text.lines() {
            let line = line.trim();
            let doc = if file.extension().is_some_and(|end| end == "md") {
                Some(line)
            } else {
                line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))
            };
            let Some(doc) = doc.filter(|doc| doc.split_whitespace().count() > 6 && !doc.contains(['|', '{', '`']))
            else {
                continue;
            };
            piece.push_str(doc.trim());
            piece.push('\n');
            if piece.len() >= size {
                out.push(std::mem::take(&mut piece));
                if out.len() == most {
                    return out;
                }
                break;
            }
        }
    }
    out
}

fn walk(dir: &std::path::Path, files: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs" || end == "md")
            && !path.to_string_lossy().to_lowercase().contains("license")
        {
            files.push(path);
        }
    }
}
