//! The master that a letter and its accepted entries make.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use countermark_marking::{Class, Master};

use crate::{Entry, Letter, Origin, Refused, State, Tie};

/// The master, checked: it parses, and its first rendering is the letter.
pub(crate) fn master(letter: &Letter, entries: &[Arc<Entry>]) -> Result<Master, Refused> {
    let sites = accepted(letter, entries)?;
    if sites.is_empty() && letter.source().len() == letter.text().len() && letter.fields().is_empty() {
        // Nothing to escape, nothing to mark: the letter as it was given.
        return Ok(Master::parse(letter.source())?);
    }
    let master = Master::parse(&write(letter, &sites))?;
    if master.render_bracketed(&[]) == letter.text() { Ok(master) } else { Err(Refused::Unfaithful) }
}

/// The accepted entries in the order of the text, of which no two want the same words.
fn accepted<'e>(letter: &Letter, entries: &'e [Arc<Entry>]) -> Result<Vec<&'e Entry>, Refused> {
    let mut sites: Vec<&Entry> =
        entries.iter().filter(|entry| entry.state == State::Accepted).map(|entry| &**entry).collect();
    // Stable: sites that stood at one empty place keep their order.
    sites.sort_by_key(|entry| (entry.span.start, entry.span.end));
    for pair in sites.windows(2) {
        let [a, b] = pair else { continue };
        // Several sites of the file may stand at one empty place: the order they have there is theirs.
        let as_found = a.origin == Origin::Existing && b.origin == Origin::Existing && a.span == b.span;
        if a.clashes(b) && !(as_found && a.span.is_empty()) {
            return Err(Refused::Overlap);
        }
    }
    let mut fields = letter.fields().iter().map(|(span, _)| span).peekable();
    for site in &sites {
        while fields.next_if(|field| field.end <= site.span.start).is_some() {}
        if fields.peek().is_some_and(|field| field.start < site.span.end) {
            return Err(Refused::Field);
        }
        if letter.text().get(site.span.clone()) != Some(site.first()) {
            return Err(Refused::Place);
        }
    }
    Ok(sites)
}

fn write(letter: &Letter, sites: &[&Entry]) -> String {
    let text = letter.text();
    let ties = ties(sites);
    let mut out = String::with_capacity(letter.source().len() + 32 * sites.len());
    let mut fields = letter.fields().iter().peekable();
    let mut at = 0;
    for site in sites {
        while let Some((span, name)) = fields.next_if(|(span, _)| span.end <= site.span.start) {
            escape(&text[at..span.start], Where::Outside, &mut out);
            out.push_str(&format!("{{={name}}}"));
            at = span.end;
        }
        escape(&text[at..site.span.start], Where::Outside, &mut out);
        write_site(site, site.tie.as_ref().and_then(|tie| ties.get(tie).copied()), &mut out);
        at = site.span.end;
    }
    for (span, name) in fields {
        escape(&text[at..span.start], Where::Outside, &mut out);
        out.push_str(&format!("{{={name}}}"));
        at = span.end;
    }
    escape(&text[at..], Where::Outside, &mut out);
    out
}

/// The number of every tie: those of the file keep theirs, those of the rules take the free ones in the order of the text.
fn ties<'e>(sites: &[&'e Entry]) -> HashMap<&'e Tie, u32> {
    let used: BTreeSet<u32> = sites
        .iter()
        .filter_map(|site| match site.tie {
            Some(Tie::Number(number)) => Some(number),
            _ => None,
        })
        .collect();
    let mut free = (1..).filter(|number| !used.contains(number));
    let mut ties = HashMap::new();
    for tie in sites.iter().filter_map(|site| site.tie.as_ref()) {
        ties.entry(tie).or_insert_with(|| match tie {
            Tie::Number(number) => *number,
            Tie::Rule(_) => free.next().unwrap_or(u32::MAX),
        });
    }
    ties
}

fn write_site(site: &Entry, tie: Option<u32>, out: &mut String) {
    // Without a head, these would be read as one.
    let ambiguous = tie.is_none() && site.first().starts_with(['#', '@', '=']);
    let told = site.class.may_normalise_away() || (site.origin == Origin::Existing && site.class != Class::Authored);
    out.push('{');
    if let Some(tie) = tie {
        out.push_str(&format!("#{tie}"));
    }
    if told || ambiguous {
        out.push_str(&format!("@{}", site.class));
    }
    if tie.is_some() || told || ambiguous {
        out.push(':');
    }
    for (number, alternative) in site.alternatives.iter().enumerate() {
        if number > 0 {
            out.push('|');
        }
        escape(alternative, Where::Inside, out);
    }
    out.push('}');
}

/// On which side of a site's braces a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Inside,
    Outside,
}

/// Writes a text such that it reads as itself, whatever follows.
fn escape(text: &str, place: Where, out: &mut String) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = match c {
            '{' | '}' => true,
            '|' => place == Where::Inside,
            // At the end a brace may follow.
            '\\' => chars.peek().is_none_or(|next| matches!(next, '{' | '|' | '}' | '\\')),
            _ => false,
        };
        if escaped {
            out.push('\\');
        }
        out.push(c);
    }
}
