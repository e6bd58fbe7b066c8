//! `read`: what a report quotes and whom it gives it to, its update notes, what contradicts itself. Needs no vault.

use std::fmt::Write as _;
use std::path::Path;

use countermark_reading::{
    Attributed, Contradiction, Document, How, Manner, Names, Note, Place, Quotation, Report, Strength, attributed_to,
    document, report_after, write_note,
};
use serde_json::{Value, json};

use crate::cli::{Global, Read};
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal;

/// Runs the verb: 0 when something was found, 1 when nothing was.
pub fn run(global: &Global, args: &Read) -> Outcome {
    let names = names(&args.names)?;
    let found = open(&args.file)?;
    let earlier = args.earlier.as_deref().map(open).transpose()?;
    let earlier = earlier.as_ref().map(|earlier| earlier.text.as_str());
    let read = ReadReport {
        report: report_after(&found.text, earlier, &names),
        note: earlier.map(|earlier| write_note(earlier, &found.text)),
        document: found,
        names,
    };
    let (report, attributed) = (&read.report, attributed_to(&read.report, &read.names));
    if global.json {
        terminal::say_json(&read.object(&attributed))?;
    } else {
        terminal::say(&read.shown(&attributed))?;
    }
    let nothing = report.quotations.is_empty() && report.notes.is_empty() && report.contradictions.is_empty();
    Ok(if nothing { Exit::NotFound } else { Exit::Found })
}

/// A document from a file; by its name where that says what it is.
fn open(path: &Path) -> Outcome<Document> {
    let bytes = terminal::read_bytes(path)?;
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    let content_type = match extension.as_deref() {
        Some("html" | "htm" | "xhtml") => Some("text/html"),
        Some("txt" | "md") => Some("text/plain"),
        _ => None,
    };
    Ok(document(&bytes, content_type, None))
}

fn names(given: &[String]) -> Outcome<Names> {
    let mut names = Names::new();
    for given in given {
        let mut spellings = given.split('=').map(str::trim);
        let name = spellings.next().unwrap_or_default();
        let rest: Vec<&str> = spellings.collect();
        if !name.contains(char::is_alphabetic) || rest.iter().any(|spelling| !spelling.contains(char::is_alphabetic)) {
            return Err(Failure::new("a name has no letter")
                .hint("--name \"First Last\", or --name \"First Last=Other Spelling\""));
        }
        names.add(name, rest);
    }
    Ok(names)
}

struct ReadReport {
    document: Document,
    report: Report,
    names: Names,
    /// What differs from the earlier version.
    note: Option<String>,
}

impl ReadReport {
    fn object(&self, attributed: &[Attributed]) -> Value {
        let text = &self.document.text;
        let span = |span: &std::ops::Range<usize>| json!([span.start, span.end]);
        let spans = |spans: &[std::ops::Range<usize>]| spans.iter().map(span).collect::<Vec<_>>();
        let quotation = |(number, quotation): (usize, &Quotation)| {
            let writer = attributed
                .iter()
                .find(|a| a.quotation == number)
                .map(|a| json!({"name": self.names.name(a.person), "strength": strength(a.strength)}));
            json!({"text": quotation.text(text), "at": span(&quotation.whole), "pieces": spans(&quotation.pieces),
                   "speaker": quotation.speaker.as_ref().map(|s| json!({"name": s.name, "at": span(&s.at), "how": how(s.how)})),
                   "manner": manner(quotation.manner), "to": quotation.to.as_ref().map(|to| json!({"name": to.name, "at": span(&to.at)})),
                   "writer": writer})
        };
        let note = |note: &Note| {
            let paragraphs: Vec<Value> = note
                .paragraphs
                .iter()
                .map(|place| match place {
                    Place::Number(number) => json!(number),
                    Place::Last => json!("last"),
                    Place::Penultimate => json!("penultimate"),
                })
                .collect();
            json!({"kind": note.kind, "what": note.what, "paragraphs": paragraphs, "number": note.number, "at": span(&note.at)})
        };
        let contradiction = |c: &Contradiction| json!({"kind": c.kind, "words": c.words, "places": spans(&c.places)});
        let article = self.document.article.as_ref();
        json!({"text": text, "language": self.report.language,
               "title": article.and_then(|a| a.title.as_ref()), "byline": article.and_then(|a| a.byline.as_ref()),
               "site": article.and_then(|a| a.site.as_ref()), "published": article.and_then(|a| a.published.as_ref()),
               "updated": article.and_then(|a| a.updated.as_ref()),
               "quotations": self.report.quotations.iter().enumerate().map(quotation).collect::<Vec<_>>(),
               "phrases": spans(&self.report.phrases),
               "notes": self.report.notes.iter().map(note).collect::<Vec<_>>(),
               "contradictions": self.report.contradictions.iter().map(contradiction).collect::<Vec<_>>(),
               "difference": self.note})
    }

    fn shown(&self, attributed: &[Attributed]) -> String {
        let report = &self.report;
        let mut out = String::new();
        if let Some(article) = &self.document.article {
            let lines = [
                ("title", &article.title),
                ("by", &article.byline),
                ("site", &article.site),
                ("published", &article.published),
            ];
            for (label, value) in lines {
                if let Some(value) = value {
                    out.push_str(&terminal::barred(&format!("{label:<10}"), value));
                }
            }
            out.push('\n');
        }
        let _ = writeln!(out, "{}", count(report.quotations.len(), "quotation", "quotations"));
        for (number, quotation) in report.quotations.iter().enumerate() {
            let writer = attributed.iter().find(|a| a.quotation == number);
            let _ = writeln!(out, "\n{:>4}  {}", number + 1, self.attribution(quotation, writer));
            out.push_str(&terminal::barred("      ", &quotation.text(&self.document.text)));
        }
        for note in &report.notes {
            let _ = writeln!(out, "\nupdate note: {}{}", words_of(note), places(&note.paragraphs));
            let stands = self.document.text.get(note.at.clone()).unwrap_or_default();
            out.push_str(&terminal::barred("      ", stands));
        }
        if let Some(note) = &self.note {
            let what = if note.is_empty() { "no paragraph has other words" } else { note };
            let _ = writeln!(out, "\nagainst the earlier version: {what}");
        }
        for contradiction in &report.contradictions {
            let _ = writeln!(out, "\nCONTRADICTION: {}", terminal::name(&contradiction.words));
        }
        out
    }

    fn attribution(&self, quotation: &Quotation, writer: Option<&Attributed>) -> String {
        let verb = match quotation.manner {
            Manner::Said => "said by",
            Manner::Unknown => "given to",
            Manner::Written => "written by",
        };
        let mut line = match &quotation.speaker {
            Some(speaker) => format!("{verb} {}{}", terminal::name(&speaker.name), rests_on(speaker.how)),
            None => "by nobody named, or it can't be told by whom".to_owned(),
        };
        if let Some(to) = &quotation.to {
            let _ = write!(line, ", to {}", terminal::name(&to.name));
        }
        if let Some(writer) = writer {
            let name = terminal::name(self.names.name(writer.person).unwrap_or_default());
            let _ = match writer.strength {
                Strength::Certain => write!(line, "  [{name}]"),
                Strength::Uncertain => write!(line, "  [{name}, uncertain]"),
            };
        }
        line
    }
}

fn count(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

fn words_of(note: &Note) -> String {
    use countermark_reading::NoteKind::{
        Adds, Clarifies, Corrects, Editors, Recasts, Refiles, Removes, Updates, Withdraws,
    };
    let kind = match note.kind {
        Adds => "adds",
        Clarifies => "clarifies",
        Corrects => "corrects",
        Editors => "to editors",
        Recasts => "recasts",
        Refiles => "refiles",
        Removes => "removes",
        Updates => "updates",
        Withdraws => "withdraws",
    };
    note.number.map_or_else(|| kind.to_owned(), |number| format!("{kind}, number {number}"))
}

fn places(places: &[Place]) -> String {
    let shown: Vec<String> = places
        .iter()
        .map(|place| match place {
            Place::Number(number) => number.to_string(),
            Place::Last => "last".to_owned(),
            Place::Penultimate => "last but one".to_owned(),
        })
        .collect();
    if shown.is_empty() { String::new() } else { format!(", paragraphs: {}", shown.join(", ")) }
}

fn rests_on(how: How) -> &'static str {
    match how {
        How::Named | How::Role => "",
        How::Pronoun => " (by a pronoun)",
        How::Carried => " (as the words before)",
        How::Letter => " (as the letter's writer)",
        How::Near => " (the only one named before a colon)",
    }
}

fn how(how: How) -> &'static str {
    match how {
        How::Named => "named",
        How::Pronoun => "pronoun",
        How::Carried => "carried",
        How::Letter => "letter",
        How::Near => "near",
        How::Role => "role",
    }
}

fn manner(manner: Manner) -> Option<&'static str> {
    match manner {
        Manner::Said => Some("said"),
        Manner::Unknown => None,
        Manner::Written => Some("written"),
    }
}

fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Certain => "certain",
        Strength::Uncertain => "uncertain",
    }
}
