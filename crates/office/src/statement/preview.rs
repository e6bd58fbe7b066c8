//! The next version of a statement, exactly as the public will see it.

use std::collections::BTreeSet;

use countermark_marking::LengthClass;
use countermark_statement::{BundleFile, Fault, Kind, Opened as Shown, Part, Post, Version, WORDS, clean, is_id};
use countermark_tlog::directory::Disk;
use countermark_tracing::Trace;

use super::quoted::Quotes;
use super::{Caution, Draft, Preview, Subject, Written};
use crate::case::Kept;
use crate::ledger::{hex, unhex};
use crate::messages::Opened;
use crate::prove::Shows;
use crate::{Error, Office};

/// So many words in a row, repeated, are no chance.
const RUN: usize = 8;
/// A part of fewer words is not looked for.
const LEAST: usize = 4;

/// A version that is ready but for its bundle.
pub(super) struct Composed {
    pub(super) version: Version,
    pub(super) subject: Subject,
    /// The parts that it shows open, from 1, ascending; without any it has no bundle.
    pub(super) open: Vec<usize>,
    trace: Option<Trace>,
}

impl<D: Disk + Clone> Office<D> {
    /// The next version of a statement, by its draft as it is saved.
    ///
    /// # Errors
    /// [`Error::UnknownStatement`]; [`Error::Opening`] for a part that the message has not; the vault's.
    pub fn statement_preview(&self, given: &str) -> Result<Preview, Error> {
        let written = self.wanted_statement(given)?;
        self.previewed(&written, &written.record.draft)
    }

    /// The same by a draft that is not saved.
    ///
    /// # Errors
    /// As there.
    pub fn preview_of(&self, given: &str, draft: &Draft) -> Result<Preview, Error> {
        self.previewed(&self.wanted_statement(given)?, draft)
    }

    fn previewed(&self, written: &Written, draft: &Draft) -> Result<Preview, Error> {
        let composed = self.compose(written, draft)?;
        let Composed { version, subject, open, .. } = &composed;
        let count = subject.opened.as_ref().map_or(0, |opened| opened.record.text.parts.len());
        let public = match &subject.opened {
            Some(opened) => self.public_parts(opened, written)?,
            None => Vec::new(),
        };
        let known = |part: &usize| public.get(part - 1).is_some_and(|public| *public != super::Public::No);
        Ok(Preview {
            opens: open.iter().copied().filter(|part| !known(part)).collect(),
            already: open.iter().copied().filter(known).collect(),
            closed: (1..=count).filter(|part| open.binary_search(part).is_err()).collect(),
            cautions: cautions(&composed),
            lacks: lacks(version, draft),
            version: version.clone(),
        })
    }

    /// Makes the next version of a statement.
    pub(super) fn compose(&self, written: &Written, draft: &Draft) -> Result<Composed, Error> {
        let subject = self.subject(&written.record)?;
        let open = open_parts(written, draft, subject.opened.as_ref())?;
        let post = match &subject.kept {
            Some(kept) => Some(self.post(kept, draft)?),
            None => None,
        };
        let trace = match (&subject.opened, &subject.kept) {
            (Some(opened), Some(kept)) => countermark_tracing::trace(&opened.master, &kept.leak()),
            _ => None,
        };
        let text = post.as_ref().and_then(|post| post.text.as_deref());
        let published = subject.kept.as_ref().map_or("", |kept| kept.record.published.as_str());
        let (shown, changes) = match &subject.opened {
            Some(opened) if !open.is_empty() => {
                let mut changes = match &trace {
                    Some(trace) => Quotes::new(opened, &open, published).changes(trace, text),
                    None => Vec::new(),
                };
                changes.truncate(countermark_statement::limits::CHANGES);
                (Some(holes(opened, &open)), changes)
            }
            _ => (None, Vec::new()),
        };
        let number = u32::try_from(written.record.versions.len()).unwrap_or(u32::MAX).saturating_add(1);
        let before = written.record.versions.last().map_or(0, |version| version.at);
        let version = Version {
            number,
            published_at: (self.now_ms() / 1000).max(before),
            language: self.language(draft)?,
            title: draft.title.trim().to_owned(),
            category: given(&draft.category),
            byline: draft.byline.trim().to_owned(),
            text: lines(&draft.text),
            note: (number > 1).then(|| lines(&draft.note)),
            kind: subject.kind,
            post,
            // Stands for the bundle until there is one.
            bundle: shown.as_ref().map(|_| BundleFile { sha256: "0".repeat(64), bytes: 0 }),
            opened: shown,
            changes,
        };
        Ok(Composed { version, subject, open, trace })
    }

    fn language(&self, draft: &Draft) -> Result<String, Error> {
        match given(&draft.language) {
            Some(language) => Ok(language),
            None => Ok(self.site()?.language),
        }
    }

    /// The post of a case.
    fn post(&self, kept: &Kept, draft: &Draft) -> Result<Post, Error> {
        let capture = self.capture_of(kept)?;
        let damaged = || Error::Case { case: kept.name(), what: "its capture is damaged" };
        let bytes = unhex(&capture.bytes).ok_or_else(damaged)?;
        let origin = kept.record.origin.as_ref();
        let url = origin.and_then(|origin| origin.url.clone()).filter(|url| is_address(url));
        let host = url.as_deref().and_then(host);
        let source = given(&draft.source).or(host).or_else(|| given(&line(&origin?.source)));
        let text = (!draft.hide_post).then(|| clean(&kept.record.published)).filter(|text| !text.trim().is_empty());
        Ok(Post {
            source,
            url,
            author: origin.and_then(|origin| given(&line(origin.author.as_deref()?))),
            published_at: origin.and_then(|origin| origin.published_at),
            captured_at: capture.at,
            // Of words that are kept back the hash is, too: whoever guesses a short text would see that he is right. The log's leaf of the
            // capture holds it with a salt, which stays in the vault.
            sha256: text.is_some().then(|| hex(&<sha2::Sha256 as sha2::Digest>::digest(&bytes))),
            text,
        })
    }
}

/// The parts that the next version shows open: what the draft opens, and what this statement opened before.
fn open_parts(written: &Written, draft: &Draft, opened: Option<&Opened>) -> Result<Vec<usize>, Error> {
    let Some(opened) = opened else {
        return match draft.open.first() {
            None => Ok(Vec::new()),
            Some(part) => Err(countermark_proof::OpeningError::Part { part: *part, parts: 0 }.into()),
        };
    };
    let count = opened.record.text.parts.len();
    let mut open = draft.open.clone();
    open.extend(written.opened(&opened.id.0));
    open.sort_unstable();
    open.dedup();
    match open.iter().find(|part| !(1..=count).contains(*part)) {
        Some(part) => Err(countermark_proof::OpeningError::Part { part: *part, parts: count }.into()),
        None => Ok(open),
    }
}

/// A message's parts, the closed ones as holes.
fn holes(opened: &Opened, open: &[usize]) -> Shown {
    let texts = &opened.record.text.parts;
    let is_open = |number: usize| open.binary_search(&number).is_ok();
    let part = |(number, part): (usize, &countermark_proof::PartText)| Part {
        number: u32::try_from(number).unwrap_or(u32::MAX),
        words: words(&part.text).to_owned(),
        text: is_open(number).then(|| clean(&part.text)),
        // That a paragraph ends is seen where the white space stands in an open part; of two holes nobody learns it.
        paragraph: number > 1
            && (is_open(number - 1) && ends_line(&texts[number - 2].text)
                || is_open(number) && part.text.trim_start_matches([' ', '\t', '\r']).starts_with('\n')),
    };
    Shown { reference: Some(opened.record.reference.clone()), parts: (1..).zip(texts).map(part).collect() }
}

/// How many words a part has, as a hole shows it.
pub(super) fn words(text: &str) -> &'static str {
    WORDS[usize::from(LengthClass::of(text).number())]
}

fn ends_line(text: &str) -> bool {
    text[text.trim_end().len()..].contains('\n')
}

/// What keeps a version from being published; all that a form can say at once.
fn lacks(version: &Version, draft: &Draft) -> Vec<Fault> {
    let note = version.note.as_deref().unwrap_or("-");
    let required =
        [("title", version.title.as_str()), ("byline", &version.byline), ("text", &version.text), ("note", note)];
    let mut lacks: Vec<Fault> =
        required.into_iter().filter(|(_, text)| text.trim().is_empty()).map(|(what, _)| Fault::Empty(what)).collect();
    lacks.extend(check_draft(draft).err());
    lacks.extend(version.check().err().filter(|fault| !lacks.contains(fault)));
    lacks
}

/// Whether what stands in a draft and in no version is as it should be.
pub(super) fn check_draft(draft: &Draft) -> Result<(), Fault> {
    if !draft.address.trim().is_empty() && !is_id(draft.address.trim()) {
        return Err(Fault::Value("address"));
    }
    if draft.shows == Shows::Evidence {
        return Err(Fault::Value("shows"));
    }
    if draft.related.iter().all(|id| is_id(id.trim())) { Ok(()) } else { Err(Fault::Value("related")) }
}

fn cautions(composed: &Composed) -> Vec<Caution> {
    let Composed { version, subject, open, trace } = composed;
    let mut cautions = Vec::new();
    let Some(opened) = &subject.opened else { return vec![Caution::Unproved] };
    let texts = &opened.record.text.parts;
    let picture = subject.kept.iter().flat_map(|kept| &kept.record.pieces).any(|piece| piece.role == "picture");
    if picture && trace.as_ref().is_some_and(|trace| !trace.changes.is_empty()) {
        cautions.push(Caution::ReadOffPicture);
    }
    if open.is_empty() {
        cautions.push(Caution::Unproved);
    } else {
        if opened.record.index.is_none() {
            cautions.push(Caution::NotLogged);
        }
        let captured = version.post.as_ref().map_or(u64::MAX, |post| post.captured_at);
        if subject.kind != Kind::Notice && opened.record.sealed_ms / 1000 > captured {
            cautions.push(Caution::SealedAfter);
        }
    }
    if version.post.as_ref().is_some_and(|post| post.text.is_some()) {
        let other = other_wordings(opened, trace.as_ref());
        cautions.extend(
            open.iter().filter(|part| other.contains(part)).map(|part| Caution::PostShowsWording { part: *part }),
        );
    }
    let closed = (1..=texts.len()).filter(|part| open.binary_search(part).is_err());
    let shown_post = version.post.as_ref().and_then(|post| post.text.as_deref());
    let public: Vec<String> = open
        .iter()
        .filter_map(|part| texts.get(part - 1))
        .map(|part| part.text.as_str())
        .chain(shown_post)
        .map(canonical)
        .collect();
    let own = canonical(
        [&version.title, &version.text, version.note.as_deref().unwrap_or_default()].map(String::from).join("\n"),
    );
    let starts = part_starts(opened);
    for part in closed {
        if says(&own, &texts[part - 1].text, &public) {
            cautions.push(Caution::SaysClosed { part });
        }
        let range = starts[part - 1].clone();
        let seen = trace
            .iter()
            .flat_map(|trace| &trace.passages)
            .any(|p| p.sent.start < range.end && range.start < p.sent.end);
        if seen && shown_post.is_some() {
            cautions.push(Caution::PostShowsClosed { part });
        }
    }
    cautions
}

/// The parts of which a text shows another wording than the one that is opened. That one is read off the sealed text: no codebook is asked.
fn other_wordings(opened: &Opened, trace: Option<&Trace>) -> BTreeSet<usize> {
    let sealed: String = opened.record.text.parts.iter().map(|part| part.text.as_str()).collect();
    let own = opened.master.read_copy(&sealed, &|field| Some(format!("[{field}]")));
    let Some((trace, own)) = trace.zip(own) else { return BTreeSet::new() };
    let differs = |site: &usize| {
        let seen = trace.observations.unambiguous(*site);
        seen.is_some_and(|seen| own.get(*site).is_some_and(|own| usize::from(*own) != usize::from(seen)))
    };
    let parts = (1..).zip(opened.master.sites_by_part());
    parts.filter(|(_, sites)| sites.iter().any(differs)).map(|(part, _)| part).collect()
}

/// Where each part stands in the rendering that passages are counted in, the white space around it left out.
fn part_starts(opened: &Opened) -> Vec<std::ops::Range<usize>> {
    let zeros = crate::seal::first(&opened.master);
    let mut at = 0;
    let parts = opened.master.parts();
    let range = |part| {
        let text = opened.master.part_text(part, &zeros);
        let words = text.trim_matches(|c: char| !c.is_alphanumeric());
        let lead = text.find(words).unwrap_or_default();
        let start = at;
        at += text.len();
        start + lead..start + lead + words.len()
    };
    parts.iter().map(range).collect()
}

/// Whether words of the office repeat a run of a closed part that stands nowhere in what is public anyway.
fn says(own: &str, part: &str, public: &[String]) -> bool {
    let words: Vec<String> = countermark_text::words(part).map(|word| word.canon.into_owned()).collect();
    if words.len() < LEAST {
        return false;
    }
    words.windows(RUN.min(words.len())).any(|run| {
        let run = format!(" {} ", run.join(" "));
        own.contains(&run) && !public.iter().any(|text| text.contains(&run))
    })
}

/// A text as its canonical words, a space around each.
fn canonical(text: impl AsRef<str>) -> String {
    let mut out = String::from(" ");
    for word in countermark_text::words(text.as_ref()) {
        out.push_str(&word.canon);
        out.push(' ');
    }
    out
}

fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A text with line ends as they are published.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// A name from outside as a line: without what a line must not hold, and no longer than one.
fn line(text: &str) -> String {
    let fits = |c: &char| {
        !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(fits).take(countermark_statement::limits::LINE).collect()
}

/// An address that a page may link to.
fn is_address(url: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    url.len() <= countermark_statement::limits::ADDRESS
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(odd))
}

/// The host of an address, and of a channel's address its name: `t.me/gazette`.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    given(&line(host))
}
