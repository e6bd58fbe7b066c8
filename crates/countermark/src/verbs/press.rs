//! `publish`: what is said of a case, with its proof, into the folder that the pressroom shows.

use std::path::{Path, PathBuf};

use countermark_office::{
    About, Caution, Error, Issued, Office, PressReport, Preview, Shows, StatementDraft, StatementView,
};
use serde_json::json;

use super::marked::hex;
use super::prove::{make_provable, numbers, parts};
use crate::cli::{Global, Publish};
use crate::config::Config;
use crate::failure::{Exit, Failure, Outcome};
use crate::home::Home;
use crate::{home, terminal, time};

/// Runs the verb.
pub fn run(global: &Global, args: &Publish) -> Outcome {
    match &args.withdraw {
        _ if args.list => list(global),
        Some(statement) => withdraw(global, statement, args.reason.as_deref().unwrap_or_default()),
        None => publish(global, args),
    }
}

fn list(global: &Global) -> Outcome {
    let office = home::open(global)?;
    let statements = office.statements()?;
    if global.json {
        let lines = statements.iter().map(|line| {
            json!({
                "statement": hex(&line.id), "address": line.address, "title": line.title, "state": line.state(),
                "versions": line.versions, "case": line.case.map(|case| hex(&case)), "changed": line.changed_ms / 1000,
                "waiting": line.waiting,
            })
        });
        terminal::say_json(&json!({ "statements": lines.collect::<Vec<_>>() }))?;
        return Ok(Exit::Found);
    }
    if statements.is_empty() {
        terminal::note("there is no statement: `publish CASE --title T --byline B --text FILE` publishes one");
    }
    for line in &statements {
        let name = line.address.clone().unwrap_or_else(|| hex(&line.id[..4]));
        let title = terminal::name(&line.title);
        let (changed, state) = (time::show(line.changed_ms / 1000), line.state());
        terminal::say(&format!("{name}  {state}, {} version(s)  {changed}  {title}", line.versions))?;
    }
    Ok(Exit::Found)
}

fn withdraw(global: &Global, statement: &str, reason: &str) -> Outcome {
    let mut office = home::open(global)?;
    join(&mut office, global)?;
    office.withdraw_statement(statement, reason)?;
    let address = office.statement(statement)?.summary.address;
    if global.json {
        terminal::say_json(&json!({ "address": address, "state": "withdrawn" }))?;
    } else {
        terminal::say(&format!("{}: withdrawn; its page says so and why", address.unwrap_or_default()))?;
    }
    Ok(Exit::Found)
}

fn publish(global: &Global, args: &Publish) -> Outcome {
    let text = args.text.as_deref().map(terminal::read_text).transpose()?;
    let open = args.open.as_deref().map(opened).transpose()?;
    let mut office = home::open_with_log(global)?;
    join(&mut office, global)?;
    let (view, begun) = wanted(&mut office, args)?;
    let id = hex(&view.summary.id);
    let draft = filled(&view, args, text, open);
    let done = if args.preview {
        office.preview_of(&id, &draft).map_err(Failure::from).and_then(|preview| show(global, &preview))
    } else {
        issue(&mut office, global, &id, &draft)
    };
    // What was begun here and did not go out is nobody's draft.
    if begun && (args.preview || done.is_err()) && office.statement(&id)?.summary.versions == 0 {
        office.discard_draft(&id)?;
    }
    done
}

fn issue(office: &mut Office, global: &Global, id: &str, draft: &StatementDraft) -> Outcome {
    let revision = office.save_draft(id, draft, None)?;
    office.check_statement(id)?;
    let preview = office.statement_preview(id)?;
    if preview.version.bundle.is_some() {
        let message = office.statement_message(id)?;
        make_provable(office, &hex(&message.0))?;
    }
    let issued = office.publish_statement(id, Some(revision))?;
    for caution in cautions(&preview) {
        terminal::note(&format!("note: {caution}"));
    }
    tell(global, &issued, &preview)
}

/// The statement that is meant, and whether it was begun here.
fn wanted(office: &mut Office, args: &Publish) -> Outcome<(StatementView, bool)> {
    let Some(given) = &args.case else { return Ok((office.new_statement(About::Notice)?, true)) };
    match office.statement(given) {
        Err(Error::UnknownStatement { .. }) => {}
        found => return Ok((found?, false)),
    }
    let about = match (office.case(given), &args.message) {
        (Ok(_), Some(message)) => About::CaseWith { case: given, message },
        (Ok(_), None) => About::Case(given),
        (Err(Error::UnknownCase { .. }), _) => match office.message(given) {
            Err(Error::UnknownMessage { given }) => return Err(Error::UnknownEither { given }.into()),
            found => found.map(|_| About::Message(given))?,
        },
        (Err(other), _) => return Err(other.into()),
    };
    let view = office.new_statement(about)?;
    let begun = view.summary.versions == 0 && view.revision == 1;
    Ok((view, begun))
}

/// What is written so far, and what was given now.
fn filled(view: &StatementView, args: &Publish, text: Option<String>, open: Option<Opened>) -> StatementDraft {
    let draft = &view.draft;
    let or = |given: &Option<String>, held: &str| given.clone().unwrap_or_else(|| held.to_owned());
    StatementDraft {
        title: or(&args.title, &draft.title),
        category: or(&args.category, &draft.category),
        byline: or(&args.byline, &draft.byline),
        language: or(&args.language, &draft.language),
        text: text.unwrap_or_else(|| draft.text.clone()),
        note: or(&args.note, &draft.note),
        open: match open {
            Some(Opened::All) => view.parts.iter().map(|part| part.number).collect(),
            Some(Opened::These(parts)) => parts,
            None => draft.open.clone(),
        },
        hide_post: args.no_post_text || draft.hide_post,
        source: or(&args.source, &draft.source),
        shows: match (args.row, args.name) {
            (true, _) => Shows::Copy,
            (_, true) => Shows::Name,
            _ => draft.shows,
        },
        related: draft.related.clone(),
        address: or(&args.address, &draft.address),
    }
}

/// What `--open` names.
enum Opened {
    All,
    These(Vec<usize>),
}

fn opened(text: &str) -> Outcome<Opened> {
    if text.trim() == "none" {
        return Ok(Opened::These(Vec::new()));
    }
    Ok(parts(text)?.map_or(Opened::All, Opened::These))
}

/// The press's folder, as `serve` takes it: the configuration's, or the one beside the vault.
pub fn folder(home: &Home) -> Outcome<PathBuf> {
    Ok(Config::load(&home.config())?.pressroom.press.unwrap_or_else(|| home.press()))
}

/// Joins the press's folder, and says what was completed in it, or does not fit.
pub fn join(office: &mut Office, global: &Global) -> Outcome<()> {
    let press = folder(&Home::of(global)?)?;
    told(&office.join_press(&press)?, &press);
    Ok(())
}

/// Says what does not fit in a press's folder.
pub fn told(report: &PressReport, press: &Path) {
    for (statement, number) in &report.differing {
        terminal::note(&format!(
            "warning: version {number} of `{statement}` in {} has other words than the vault: it was left as it is",
            press.display()
        ));
    }
    if !report.unknown.is_empty() {
        let names = report.unknown.iter().map(|name| terminal::name(name)).collect::<Vec<_>>().join(", ");
        terminal::note(&format!(
            "warning: statements in {} that the vault does not know, as after a restore: {names}; they stay as they are",
            press.display()
        ));
    }
}

fn show(global: &Global, preview: &Preview) -> Outcome {
    let lacks: Vec<String> = preview.lacks.iter().map(ToString::to_string).collect();
    let cautions: Vec<String> = preview.cautions.iter().map(|caution| words(*caution)).collect();
    if global.json {
        let version = serde_json::to_value(&preview.version)
            .map_err(|error| Failure::new(format!("the preview can't be written: {error}")))?;
        let object = json!({
            "version": version, "opens": preview.opens, "already": preview.already, "closed": preview.closed,
            "lacks": lacks, "cautions": cautions,
        });
        terminal::say_json(&object)?;
        return Ok(Exit::of(preview.lacks.is_empty()));
    }
    for lack in &lacks {
        terminal::note(&format!("it can't be published yet: {lack}"));
    }
    for caution in &cautions {
        terminal::note(&format!("note: {caution}"));
    }
    let opened = preview.version.opened.iter().flat_map(|opened| &opened.parts);
    let mut page = format!("{}\n{}\n\n{}\n", preview.version.title, preview.version.byline, preview.version.text);
    for part in opened {
        page.push_str(&match &part.text {
            Some(text) => format!("\n{}. {}", part.number, text.trim_end()),
            None => format!("\n{}. [closed, {} words]", part.number, part.words),
        });
    }
    terminal::say(&terminal::tame(&page))?;
    terminal::note(&format!(
        "would become public: parts {}; public already: {}; closed: {}",
        numbers(&preview.opens),
        numbers(&preview.already),
        numbers(&preview.closed)
    ));
    Ok(Exit::of(preview.lacks.is_empty()))
}

fn tell(global: &Global, issued: &Issued, preview: &Preview) -> Outcome {
    let folder = folder(&Home::of(global)?)?.join("published/statements").join(&issued.address);
    let file = folder.join(format!("{}.json", issued.version.number));
    if !issued.placed {
        terminal::note(&format!(
            "warning: {} could not be written; the vault has it, and the next `publish` (or `publish CASE --preview`) completes it",
            file.display()
        ));
    }
    if issued.stamped == Some(false) {
        terminal::note(
            "no independent clock: the time is your word; `log timestamper add` or `log witness add` gives you one",
        );
    }
    if global.json {
        let object = json!({
            "address": issued.address, "version": issued.version.number, "file": file, "opened": issued.opened,
            "already": preview.already, "closed": issued.closed, "bundle": issued.version.bundle.is_some(),
            "placed": issued.placed, "cautions": cautions(preview),
        });
        terminal::say_json(&object)?;
        return Ok(Exit::Found);
    }
    terminal::say(&format!(
        "{}: version {} is published; parts that became public: {}; public before: {}; closed, visible as holes: {}",
        file.display(),
        issued.version.number,
        numbers(&issued.opened),
        numbers(&preview.already),
        numbers(&issued.closed)
    ))?;
    Ok(Exit::Found)
}

/// What is said of a version that is out: that its leaf waits for the log holds no more.
fn cautions(preview: &Preview) -> Vec<String> {
    let stays = preview.cautions.iter().filter(|caution| !matches!(caution, Caution::NotLogged));
    stays.map(|caution| words(*caution)).collect()
}

fn words(caution: Caution) -> String {
    match caution {
        Caution::SaysClosed { part } => {
            format!("the statement's own words repeat words of part {part}, which stays closed")
        }
        Caution::PostShowsClosed { part } => {
            format!(
                "the post's text, which is shown, has words of part {part}, which stays closed; --no-post-text keeps it off the page"
            )
        }
        Caution::NotLogged => "the message's leaf waits for the log: publishing puts it there at once".to_owned(),
        Caution::SealedAfter => {
            "the message was sealed after the post was captured: the proof says so in its first line".to_owned()
        }
        Caution::PostShowsWording { part } => {
            format!(
                "the post's text shows another wording of part {part} than the page opens: whoever reads both sees that copies differ there; --no-post-text keeps it off the page"
            )
        }
        Caution::ReadOffPicture => {
            "the text was read off a picture by a program: compare each difference with the picture before you say that something was altered".to_owned()
        }
        Caution::Unproved => "no part is opened: the page says that nothing proves what it says".to_owned(),
        _ => "see the statement's preview".to_owned(),
    }
}
