//! `trace`: is it ours, what was changed, which copy is it.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use countermark_office::{CodebookState, Finding, MessageFinding, Search, TakenFinding};
use countermark_tracing::view::{self, Holes};
use countermark_tracing::{Change, Verdict};
use serde_json::{Value, json};

use crate::cli::{Global, Trace};
use crate::failure::{Exit, Failure, Outcome};
use crate::verbs::picture::{self, Picture};
use crate::{home, terminal, time};

/// Runs the verb.
pub fn run(global: &Global, args: &Trace) -> Outcome {
    let none = args.files.is_empty() && args.images.is_empty();
    let files = if none { vec![PathBuf::from("-")] } else { args.files.clone() };
    let mut run = Run { json: global.json || args.jsonl, named: args.named, hit: false };
    if args.jsonl {
        let mut office = home::open(global)?;
        let reason = reason(global, args, false)?;
        let mut search = office.search_for(reason.as_deref())?;
        for file in &files {
            run.lines(&mut search, file, reason.as_deref())?;
        }
    } else {
        // Read first: a wrong path costs no passphrase.
        let mut inputs = files.iter().map(|file| Input::text(file)).collect::<Outcome<Vec<_>>>()?;
        inputs.extend(picture::read_all(&args.images, &args.languages)?.into_iter().map(Input::Picture));
        let mut office = home::open(global)?;
        let reason = reason(global, args, true)?;
        let mut search = office.search_for(reason.as_deref())?;
        for (number, input) in inputs.iter().enumerate() {
            let file = files.iter().chain(&args.images).nth(number);
            if let Some(file) = file.filter(|_| !run.json && inputs.len() > 1) {
                terminal::say(&format!("== {}", terminal::name_of(file)))?;
            }
            run.input(&mut search, input, reason.as_deref())?;
        }
    }
    Ok(if run.hit { Exit::Found } else { Exit::NotFound })
}

/// What is traced.
enum Input {
    Text(String),
    Picture(Picture),
}

impl Input {
    fn text(file: &Path) -> Outcome<Self> {
        terminal::read_published(file).map(Self::Text)
    }
}

struct Run {
    json: bool,
    named: bool,
    hit: bool,
}

impl Run {
    fn input(&mut self, search: &mut Search<'_>, input: &Input, reason: Option<&str>) -> Outcome<()> {
        match input {
            Input::Text(text) => self.one(search, text, reason),
            Input::Picture(picture) => {
                if !self.json {
                    terminal::say(&picture.shown())?;
                }
                let finding = search.trace_leak(&picture.leak(), reason)?;
                self.tell(&finding, Some(picture))
            }
        }
    }

    fn one(&mut self, search: &mut Search<'_>, text: &str, reason: Option<&str>) -> Outcome<()> {
        let finding = search.trace(text, reason)?;
        self.tell(&finding, None)
    }

    fn tell(&mut self, finding: &Finding, picture: Option<&Picture>) -> Outcome<()> {
        // Named ones come first: the verdict on the whole is theirs when there is any.
        self.hit |= match finding.verdict() {
            Verdict::Unknown => false,
            Verdict::Named(_) => true,
            _ => !self.named,
        };
        if self.json {
            let mut object = object(finding);
            if let Some(picture) = picture {
                object["image"] = picture.json();
            }
            terminal::say_json(&object)?;
            if finding.messages.iter().any(|m| m.journal_missing) {
                terminal::note(JOURNAL);
            }
            if let Some(m) = finding.messages.iter().find(|m| unreadable(m)) {
                terminal::note(&without_codebook(m.codebook));
            }
            if !finding.asked && !finding.messages.is_empty() {
                terminal::note(UNASKED);
            }
            return Ok(());
        }
        terminal::say(&words(finding))?;
        if !finding.asked && !finding.messages.is_empty() {
            terminal::note(UNASKED);
        }
        Ok(())
    }

    fn lines(&mut self, search: &mut Search<'_>, file: &Path, reason: Option<&str>) -> Outcome<()> {
        let mut input = terminal::lines(file)?;
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = std::io::Read::take(&mut input, terminal::LONGEST_INPUT).read_until(b'\n', &mut line);
            read.map_err(|e| Failure::new(format!("{} can't be read: {e}", terminal::name_of(file))))?;
            if line.is_empty() {
                break;
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let text: String = serde_json::from_slice(&line).map_err(|e| {
                Failure::new(format!("line {number} of {} is not a JSON string: {e}", terminal::name_of(file)))
                    .hint("with --jsonl every line is one text, quoted as JSON")
            })?;
            self.one(search, &text, reason)?;
        }
        Ok(())
    }
}

const UNASKED: &str = "no copy was looked for: give --reason TEXT (it stands in the audit trail)";
const JOURNAL: &str = "no copy can be named: the journal of looks is missing or damaged; put it back beside the vault, or restore with --looks N";

/// Why a copy is looked for: given, or asked for where somebody is there to answer.
fn reason(global: &Global, args: &Trace, ask: bool) -> Outcome<Option<String>> {
    if let Some(reason) = args.reason.as_deref().map(str::trim) {
        if reason.is_empty() {
            return Err(
                Failure::new("the reason is empty").hint("say why a copy is looked for; it stands in the audit trail")
            );
        }
        return Ok(Some(reason.to_owned()));
    }
    if ask && terminal::can_ask(global.json) {
        return terminal::ask("Why do you look for a copy? (empty: don't)");
    }
    Ok(None)
}

/// The finding as JSON.
fn object(finding: &Finding) -> Value {
    let Some((first, others)) = finding.messages.split_first() else {
        // Without a sealed message a sent one that was taken in is the match.
        let best = finding.taken.first().filter(|taken| taken.verdict != Verdict::Unknown);
        return json!({
            "verdict": finding.verdict().name(), "asked": finding.asked, "message": best.map(|best| super::marked::hex(&best.taken.message.0)), "reference": null, "epsilon": null,
            "bits_observed": 0.0, "bits_missing": 0.0, "sites_observed": 0, "sites_total": 0,
            "words_matched": best.map_or(0, |best| best.trace.words_matched),
            "longest_run": best.map_or(0, |best| best.trace.longest_run),
            "changes": best.map_or(Vec::new(), |best| best.trace.changes.iter().map(change).collect()),
            "also": [], "taken": finding.taken.iter().map(taken).collect::<Vec<_>>(),
        });
    };
    let mut object = message(first, finding.asked);
    object["also"] = others.iter().map(|m| message(m, finding.asked)).collect();
    object["taken"] = finding.taken.iter().map(taken).collect();
    object
}

/// What a text shows of a taken message, as JSON.
fn taken(found: &TakenFinding) -> Value {
    let mut object = super::messages::taken_line(&found.taken);
    object["words_matched"] = json!(found.trace.words_matched);
    object["longest_run"] = json!(found.trace.longest_run);
    object["changes"] = found.trace.changes.iter().map(change).collect();
    object
}

fn message(m: &MessageFinding, asked: bool) -> Value {
    let mut object = json!({
        "verdict": m.verdict.name(), "asked": asked,
        "message": super::marked::hex(&m.message.0), "reference": m.reference,
        "epsilon": m.epsilon.map(|epsilon| epsilon.to_string()),
        "bits_observed": rounded(m.bits_observed), "bits_missing": if m.journal_missing || unreadable(m) { Value::Null } else { json!(m.bits_missing.map_or(0.0, rounded)) },
        "sites_observed": m.sites_observed, "sites_total": m.sites_total,
        "words_matched": m.trace.words_matched, "longest_run": m.trace.longest_run,
        "changes": m.trace.changes.iter().map(change).collect::<Vec<_>>(),
    });
    match m.named.as_slice() {
        [] => {}
        [Some(recipient)] => object["recipient"] = json!(recipient),
        [None] => {
            object["recipient"] = Value::Null;
            object["file_copy"] = json!(true);
        }
        several => object["recipients"] = json!(several),
    }
    if m.codebook != CodebookState::Kept {
        object["codebook"] = json!(super::messages::name(m.codebook));
    }
    if m.journal_missing {
        object["journal_missing"] = json!(true);
    }
    object
}

/// Whether there is a choice to be read and no codebook to read it by.
fn unreadable(m: &MessageFinding) -> bool {
    m.sites_total > 0 && m.codebook != CodebookState::Kept
}

/// Why no copy can be named of a message whose codebook can't be read.
fn without_codebook(state: CodebookState) -> String {
    match state {
        CodebookState::Destroyed { at_ms } => format!(
            "no copy can be named any more: the codebook was destroyed on {}; that it is ours, and what was changed, still holds",
            time::show(at_ms / 1000)
        ),
        _ => "no copy can be named: the codebook's key is not in the key file; put X.keys back beside the vault"
            .to_owned(),
    }
}

/// Bits to a thousandth: enough for a person, and the same digits everywhere. What is missing stays more than nothing.
fn rounded(bits: f64) -> f64 {
    if bits > 0.0 { ((bits * 1000.0).round() / 1000.0).max(0.001) } else { 0.0 }
}

/// A change as JSON.
pub fn change(change: &Change) -> Value {
    let text = |quote: &Option<countermark_tracing::Quote>| quote.as_ref().map(|quote| quote.text.clone());
    json!({
        "kind": change.kind.name(), "sent": text(&change.sent), "published": text(&change.published),
        "at": {
            "sent": [change.sent_at.start, change.sent_at.end],
            "published": [change.published_at.start, change.published_at.end],
            "part": change.parts.start(),
        },
    })
}

/// The finding in words.
fn words(finding: &Finding) -> String {
    let before = finding.taken.iter().map(of_before).collect::<Vec<_>>();
    let Some(first) = finding.messages.first() else {
        let Some(best) = finding.taken.first() else {
            return "UNKNOWN: nothing of ours was found in this text".to_owned();
        };
        let holes = if best.trace.share_of_message() >= 0.25 { Holes::Open } else { Holes::Closed };
        let view = view::render_trace(&best.tracer, &best.trace, terminal::marks(), holes, terminal::width());
        let more: String = before[1..].iter().map(|line| format!("\nalso: {line}")).collect();
        return format!("{}\n\n{view}{more}", before[0]);
    };
    let mut out = headline(first, finding.asked);
    out.push_str("\n\n");
    out.push_str(&view::render_trace(
        &first.tracer,
        &first.trace,
        terminal::marks(),
        holes(&first.trace),
        terminal::width(),
    ));
    for other in &finding.messages[1..] {
        out.push_str(&format!("\nalso: {}", headline(other, finding.asked)));
    }
    for line in before {
        out.push_str(&format!("\nalso: {line}"));
    }
    out
}

/// What a text shows of a taken message, in a line or two.
fn of_before(found: &TakenFinding) -> String {
    let (id, at) = (super::marked::hex(&found.taken.message.0[..4]), time::show(found.taken.at));
    let (trace, thread) = (&found.trace, terminal::name(&found.taken.thread));
    let share = format!("{} of its {} words, {} in a row", trace.words_matched, trace.message_words, trace.longest_run);
    match found.verdict {
        Verdict::Unknown => {
            format!("RECEIVED, NOT WRITTEN BY US: message {id} of {at} ({thread}), {share}")
        }
        _ => format!(
            "OURS: message {id}, sent on {at} ({thread}), {share}\nit was taken in without marks: there is nothing to name"
        ),
    }
}

/// What was left out is shown; of a message of which little was published, as holes.
pub fn holes(trace: &countermark_tracing::Trace) -> Holes {
    if trace.share_of_message() >= 0.25 { Holes::Open } else { Holes::Closed }
}

fn headline(m: &MessageFinding, asked: bool) -> String {
    let id = &super::marked::hex(&m.message.0)[..8];
    let share = format!(
        "message {id} (Ref. {}), {} of its {} words, {} in a row",
        m.reference, m.trace.words_matched, m.trace.message_words, m.trace.longest_run
    );
    let sites = format!("{} of {} sites seen, {:.1} bits", m.sites_observed, m.sites_total, m.bits_observed);
    let epsilon = m.epsilon.map(|epsilon| epsilon.to_string()).unwrap_or_default();
    match &m.verdict {
        Verdict::Named(_) => {
            let names: Vec<_> = m
                .named
                .iter()
                .map(|name| name.as_deref().map_or("the office's file copy".to_owned(), |n| format!("the copy of {n}")))
                .collect();
            format!(
                "NAMED: {}\n{share}; {sites}\nthe chance that a copy is ever named of which nothing was used is at most {epsilon}, fixed at sealing;\nit speaks of the copy, and not of who let it out",
                names.join(" and ")
            )
        }
        Verdict::Single => {
            format!("OURS: {share}\none recipient holds it and it has no sites: there is nothing to name")
        }
        Verdict::Unknown => share,
        _ if m.sites_total == 0 => format!("OURS, UNDECIDED: {share}\nseveral hold the same text"),
        _ if unreadable(m) => format!("OURS, UNDECIDED: {share}; {sites}\n{}", without_codebook(m.codebook)),
        _ if m.journal_missing => format!("OURS, UNDECIDED: {share}; {sites}\n{JOURNAL}"),
        _ => {
            let missing = match m.bits_missing {
                Some(missing) if missing > 0.0 => format!("{missing:.1} bits are missing before a copy could be named"),
                _ if asked => "the evidence names no copy under the bound".to_owned(),
                _ => "the evidence may be enough to name a copy".to_owned(),
            };
            format!("OURS, UNDECIDED: {share}; {sites}\n{missing} (bound {epsilon})")
        }
    }
}
