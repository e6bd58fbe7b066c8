//! The letters, and the masters that are made of them.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use countermark_marking::rules::{Options, Pack, accept, propose};
use countermark_marking::{Master, Piece};
use countermark_tracing::Tracer;

/// The files of letters, below the shared directory.
const FILES: [&str; 2] = ["corpus/frus-sample.jsonl", "corpus/frus-letters.jsonl"];

/// What a writer might add by hand: the first stands in the letter. Sense is kept only roughly, for these
/// sites stand in for a writer's own, and who reads them here is a program.
const OWN: &[(&str, &[&str])] = &[
    ("a", &["one"]),
    ("about", &["regarding", "concerning"]),
    ("action", &["step"]),
    ("also", &["likewise"]),
    ("and", &["and also"]),
    ("any", &["any such"]),
    ("are", &["are now"]),
    ("as", &["such as"]),
    ("at", &["near"]),
    ("be", &["now be"]),
    ("before", &["ahead of"]),
    ("believe", &["think", "feel"]),
    ("between", &["among"]),
    ("but", &["yet", "though"]),
    ("by", &["by means of"]),
    ("can", &["is able to"]),
    ("could", &["might"]),
    ("discussions", &["talks"]),
    ("during", &["in the course of"]),
    ("for", &["on account of"]),
    ("from", &["out of"]),
    ("further", &["more", "additional"]),
    ("great", &["large"]),
    ("had", &["had then"]),
    ("has", &["has now"]),
    ("have", &["have now"]),
    ("hope", &["trust"]),
    ("important", &["weighty"]),
    ("in", &["within"]),
    ("is", &["is indeed"]),
    ("it", &["it also"]),
    ("made", &["so made"]),
    ("matter", &["affair"]),
    ("may", &["might", "can"]),
    ("message", &["note"]),
    ("now", &["at this time"]),
    ("of", &["of all"]),
    ("on", &["upon"]),
    ("only", &["merely", ""]),
    ("other", &["further"]),
    ("our", &["our own"]),
    ("position", &["stand"]),
    ("possible", &["feasible"]),
    ("problem", &["difficulty"]),
    ("question", &["issue"]),
    ("should", &["ought to"]),
    ("some", &["certain"]),
    ("such", &["such like"]),
    ("that", &["that indeed"]),
    ("the", &["the said", "this"]),
    ("these", &["the present"]),
    ("this", &["the present"]),
    ("to", &["so as to"]),
    ("very", &["most", ""]),
    ("view", &["opinion"]),
    ("views", &["opinions"]),
    ("was", &["was then"]),
    ("we", &["we ourselves", "we all"]),
    ("which", &["that"]),
    ("will", &["shall"]),
    ("with", &["together with"]),
    ("would", &["should"]),
    ("you", &["you yourself"]),
    ("your", &["your own"]),
];

/// What sites a letter's masters have.
pub(crate) const MASTERS: [&str; 3] =
    ["the pack's", "and added ones, 5 words apart or more", "and added ones, 2 words apart or more"];

/// How many texts of each kind and channel are traced to each master. The pack's sites alone are rarely enough to
/// name anybody.
pub(crate) const ROUNDS: [usize; MASTERS.len()] = [1, 2, 2];

/// A letter and what was made of it.
pub(crate) struct Letter {
    /// As the author wrote it.
    pub(crate) text: String,
    /// As [`MASTERS`] says.
    pub(crate) masters: [Marked; MASTERS.len()],
}

/// A master made ready: one tracer, many keys.
pub(crate) struct Marked {
    pub(crate) master: Master,
    pub(crate) tracer: Tracer,
    /// The numbers of the sites' alternatives.
    pub(crate) alternatives: Vec<u8>,
}

impl Marked {
    fn new(master: Master) -> Self {
        let alternatives =
            master.sites().iter().map(|site| u8::try_from(site.alternatives).unwrap_or(u8::MAX)).collect();
        Self { tracer: Tracer::new(&master), master, alternatives }
    }

    /// `log2 N`.
    pub(crate) fn bits(&self) -> f64 {
        self.alternatives.iter().map(|&q| f64::from(q).log2()).sum()
    }

    /// The copy with this codeword.
    pub(crate) fn copy(&self, codeword: &[u8]) -> anyhow::Result<String> {
        Ok(self.master.render(codeword, &|_| Some("Dear Ms. Arlen:".to_owned()))?)
    }
}

/// Where the letters are: `COUNTERMARK_SHARED`, or `shared` beside the project.
pub(crate) fn directory() -> PathBuf {
    std::env::var_os("COUNTERMARK_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from)
}

/// The texts of all letters; nothing when they are not there.
pub(crate) fn read(directory: &Path) -> anyhow::Result<Option<Vec<String>>> {
    let mut texts = Vec::new();
    for name in FILES {
        let path = directory.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        let all = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for (number, line) in (1..).zip(all.lines()) {
            let letter: serde_json::Value =
                serde_json::from_str(line).with_context(|| format!("{}:{number}", path.display()))?;
            let text = letter["text"].as_str().with_context(|| format!("{}:{number}: no text", path.display()))?;
            texts.push(text.to_owned());
        }
    }
    Ok(Some(texts))
}

/// Makes a letter's masters.
pub(crate) fn mark(text: String) -> anyhow::Result<Letter> {
    let packed = by_pack(Master::plain(&text).source())?;
    let (head, body) = salutation(&text);
    let source = format!("{}{}", if head { "{=salutation}" } else { "" }, Master::plain(body).source());
    let fielded = by_pack(&source)?;
    let (some, many) = (with_own(&fielded, 5), with_own(&fielded, 2));
    Ok(Letter { text, masters: [Marked::new(packed), Marked::new(some), Marked::new(many)] })
}

/// All that the English pack proposes, accepted.
fn by_pack(source: &str) -> anyhow::Result<Master> {
    let proposals = propose(&[Pack::english()], source, &Options::default())?;
    Ok(Master::parse(&accept(source, &proposals))?)
}

/// Whether the text begins with a line that greets, and what follows that line.
fn salutation(text: &str) -> (bool, &str) {
    let end = text.find('\n').unwrap_or(0);
    let line = &text[..end];
    let greets = ["Dear ", "My dear ", "Excellency", "Sir"].iter().any(|start| line.starts_with(start));
    if greets && line.len() < 60 { (true, &text[end..]) } else { (false, text) }
}

/// The master with added sites; they stand further apart where two codewords would give one text.
fn with_own(master: &Master, apart: usize) -> Master {
    let further = [apart, 2 * apart, 4 * apart, 8 * apart];
    further.iter().find_map(|&apart| Master::parse(&added(master, apart)).ok()).unwrap_or_else(|| master.clone())
}

/// The master's source with a site at every word of [`OWN`] that stands at least `apart` words behind the
/// site before it.
fn added(master: &Master, apart: usize) -> String {
    let mut out = String::with_capacity(master.source().len() * 2);
    let mut since = apart;
    for (piece, span) in master.pieces().iter().zip(master.spans()) {
        let source = &master.source()[span.clone()];
        if !matches!(piece, Piece::Text(_)) {
            since = 0;
            out.push_str(source);
            continue;
        }
        for word in source.split_inclusive(' ') {
            let own = word.strip_suffix(' ').and_then(|bare| OWN.iter().find(|(first, _)| *first == bare));
            match own {
                // At a piece's beginning the word may be the end of what a site has begun.
                Some((first, others)) if since >= apart => {
                    since = 0;
                    let gap = |alternative: &&str| if alternative.is_empty() { "" } else { " " };
                    out.push_str(&format!("{{{first} "));
                    for other in *others {
                        out.push_str(&format!("|{other}{}", gap(other)));
                    }
                    out.push('}');
                }
                _ => {
                    since += 1;
                    out.push_str(word);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masters_begin_as_the_letter_stands() {
        let text = "Dear Mr. Tavish:\n\nI hope that the council of Orvanne will take this view, and that the matter \
                    {as it stands} is for us to settle in the spring.\n\nSincerely,";
        let letter = mark(text.to_owned()).expect("a plain text");
        let [pack, some, many] = &letter.masters;
        assert_eq!(pack.master.render_bracketed(&[]), text);
        for marked in [some, many] {
            assert_eq!(marked.master.render_bracketed(&[]), text.replace("Dear Mr. Tavish:", "[salutation]"));
        }
        assert!(pack.alternatives.len() < some.alternatives.len());
        assert!(some.alternatives.len() < many.alternatives.len());
    }
}
