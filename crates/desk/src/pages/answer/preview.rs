//! The last look: what becomes public for ever, what is not proved, and the page exactly as readers get it. From here it is published.

use axum::extract::State;
use axum::response::Redirect;
use countermark_office::{Caution, Error, OFF_PICTURE, Office, PartState, Preview, Shows, StatementView};
use countermark_statement::Fault;
use maud::{Markup, html};

use super::article::Public;
use super::{StatementId, count, hex, listed, version, words};
use crate::form::{Checked, Pairs};
use crate::shell::token;
use crate::{Desk, Refusal, Role, Signed};

/// What the page is made of.
struct Look {
    preview: Preview,
    revision: u64,
    public: Public,
    /// What is still to fill in.
    blank: Option<String>,
    /// Whether the bundle shows which copy it was.
    copy: bool,
    /// Why it can't be, where it is asked for.
    unshowable: Option<String>,
}

/// `/answer/ID/preview`
pub(super) async fn page(State(desk): State<Desk>, signed: Signed, id: StatementId) -> Result<Markup, Refusal> {
    signed.must(Role::Press)?;
    let wanted = id.0.clone();
    let look = desk.office(&signed, move |office| look(office, &wanted)).await?;
    look.public.page(&above(&signed, &id, &look))
}

fn look(office: &mut Office, id: &str) -> Result<Look, Refusal> {
    let view = office.statement(id)?;
    let mut preview = office.statement_preview(id)?;
    if let Some(case) = &view.summary.case {
        let states = office.brief(&hex(case))?.parts;
        let state = |part: &usize| states.get(part.checked_sub(1)?);
        let left_out = |part: &usize| matches!(state(part), Some(PartState::LeftOut | PartState::Around));
        preview.cautions.retain(|caution| !matches!(caution, Caution::PostShowsClosed { part } if left_out(part)));
    }
    let public = Public::of(office, &view, preview.version.number, Some(&preview.version))?;
    let draft = &view.draft;
    let blank = [&draft.title, &draft.text, &draft.note].into_iter().find_map(|text| words::blank(text));
    let blank = blank.map(str::to_owned);
    let copy = draft.shows != Shows::Text;
    let unshowable = if copy { super::copy::lacks(office, id, draft) } else { None };
    Ok(Look { preview, revision: view.revision, public, blank, copy, unshowable })
}

/// What the desk says above the page.
fn above(signed: &Signed, id: &StatementId, look: &Look) -> Markup {
    let (preview, number) = (&look.preview, look.preview.version.number);
    let ready = preview.lacks.is_empty() && look.blank.is_none() && look.unshowable.is_none();
    html! {
        aside.card aria-labelledby="look" {
            div.row {
                h1 #look { @if number == 1 { "Preview: what becomes public" } @else { "Preview: what becomes public with version " (number) } }
                a.end href=(id.href()) { "Back to the text" }
            }
            @if let Some(said) = signed.take_said() { p.alert role="alert" { (said) } }
            (becomes(preview))
            @if look.copy { p.alert.wait { strong { "It shows which copy it was, by its number. " } (super::copy::FOR_EVER) } }
            @for line in warnings(preview) { p.alert.wait { (line) } }
            h2 { "What it does not prove" }
            ul { @for line in unproved(preview) { li { (line) } } }
            @if ready {
                form.row method="post" action={ (id.href()) "/publish" } {
                    (token(signed))
                    input type="hidden" name="revision" value=(look.revision);
                    input type="hidden" name="number" value=(number);
                    button.main { "Publish" }
                    span.quiet { "Below stands the page as the public will see it" @if preview.version.bundle.is_some() { "; a reader’s browser checks the proof once it is published" } "." }
                }
            } @else {
                div.alert role="alert" {
                    p { "It can’t be published yet:" }
                    ul {
                        @if let Some(blank) = &look.blank { li { "a blank is still to fill: " strong dir="auto" { (blank) } } }
                        @if let Some(why) = &look.unshowable { li { (why) } }
                        @for fault in &preview.lacks { li { (lack(fault)) } }
                    }
                    p { a href=(id.href()) { "Back to the text" } }
                }
            }
        }
    }
}

/// What is missing, by the names of the page's fields.
fn lack(fault: &Fault) -> String {
    let name = |field: &str| match field {
        "byline" => "who speaks".to_owned(),
        "note" => "what is new".to_owned(),
        "text" => "the statement".to_owned(),
        "address" => "the name in the address".to_owned(),
        other => format!("the {other}"),
    };
    match fault {
        Fault::Empty(field) => format!("{} is empty", name(field)),
        other => other.to_string(),
    }
}

/// What goes out, in plain words.
fn becomes(preview: &Preview) -> Markup {
    let version = &preview.version;
    html! {
        ul {
            @match preview.opens.len() {
                0 if version.opened.is_some() => { li { "No further part of the message." } }
                0 => { li { "The statement’s own words; no part of a message." } }
                n => {
                    li {
                        strong { (count(n, "part", "parts")) " of the message, for ever: " (if n == 1 { "part" } else { "parts" }) " " (listed(&preview.opens)) "." }
                        " What was opened can’t be closed again, in this statement or any other."
                    }
                }
            }
            @if !preview.already.is_empty() { li { "Public already: " (if preview.already.len() == 1 { "part" } else { "parts" }) " " (listed(&preview.already)) "." } }
            @if !preview.closed.is_empty() {
                li { (count(preview.closed.len(), "part stays", "parts stay")) " closed, to be seen as numbered gaps with their length: " (listed(&preview.closed)) "." }
            }
            @if let Some(opened) = &version.opened {
                li { "The bundle that proves it, for every browser to check" @if let Some(reference) = &opened.reference { ", and the message’s reference " code { (reference) } } ". Its SHA-256 is shown once it is made." }
            }
            @if let Some(post) = &version.post {
                li { "Where and when the post stood" @if post.text.is_some() { ", and its text" } @else { "; its text and the capture’s hash are kept back" } "." @if let Some(sha256) = &post.sha256 { " The capture’s SHA-256: " code { (sha256) } } }
            }
            @if let Some(note) = &version.note { li { "What is new: " bdi { (note) } } }
        }
    }
}

/// What no reader can take from it.
fn unproved(preview: &Preview) -> Vec<&'static str> {
    let mut lines = Vec::new();
    if preview.version.opened.is_some() {
        lines.push("Who let the message out.");
        lines.push("That it was sent, received or read.");
        lines.push("What stands in the parts that stay closed; that they are closed, everybody sees.");
    }
    if preview.cautions.contains(&Caution::Unproved) || preview.version.opened.is_none() {
        lines.push("What you say in your own words: it is your word, and the page says so.");
    }
    if preview.cautions.contains(&Caution::SealedAfter) {
        lines
            .push("That it was written before the post: it was sealed after, and the proof says so in its first line.");
    }
    lines
}

/// What to think of before.
fn warnings(preview: &Preview) -> Vec<String> {
    let of = |pick: fn(&Caution) -> Option<usize>| preview.cautions.iter().filter_map(pick).collect::<Vec<_>>();
    let parts =
        |numbers: &[usize]| format!("{} {}", if numbers.len() == 1 { "part" } else { "parts" }, listed(numbers));
    let stay = |numbers: &[usize]| if numbers.len() == 1 { "stays" } else { "stay" };
    let said = of(|caution| match caution {
        Caution::SaysClosed { part } => Some(*part),
        _ => None,
    });
    let shown = of(|caution| match caution {
        Caution::PostShowsClosed { part } => Some(*part),
        _ => None,
    });
    let other = of(|caution| match caution {
        Caution::PostShowsWording { part } => Some(*part),
        _ => None,
    });
    let mut lines = Vec::new();
    if !said.is_empty() {
        lines.push(format!(
            "Your text repeats words of {}, which {} closed: whoever reads it knows them.",
            parts(&said),
            stay(&said)
        ));
    }
    if !shown.is_empty() {
        lines.push(format!(
            "The post’s text shows words of {}, which {} closed. Open what is meant to be compared, or keep the post’s text back.",
            parts(&shown),
            stay(&shown)
        ));
    }
    if !other.is_empty() {
        lines.push(format!(
            "The post’s text shows other wordings of {} than the page opens: whoever reads both sees that copies of the message differ there, and how the published one reads. Keep the post’s text back, or leave {} closed, if that shall stay unknown.",
            parts(&other),
            if other.len() == 1 { "it" } else { "them" }
        ));
    }
    if preview.cautions.contains(&Caution::ReadOffPicture) {
        lines.push(OFF_PICTURE.to_owned());
    }
    if preview.cautions.contains(&Caution::NotLogged) {
        lines.push("The message’s leaf is not in the log yet. Publishing puts a batch in at once, out of its rhythm: whoever watches the log sees that something was wanted there just now. And no independent clock can then say that it was sealed before the post.".to_owned());
    }
    lines
}

/// `POST /answer/ID/publish`: the version that was looked at, and no other. Sent twice it is published once.
pub(super) async fn publish(
    State(desk): State<Desk>,
    id: StatementId,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Press)?;
    let number: u32 = form.one("number").and_then(|number| number.parse().ok()).ok_or_else(unread)?;
    let revision: u64 = form.one("revision").and_then(|revision| revision.parse().ok()).ok_or_else(unread)?;
    let (wanted, who) = (id.0.clone(), signed.clone());
    // On a task of its own: whoever leaves the page meanwhile has published all the same.
    let work = async move {
        let (statement, first) = (wanted.clone(), move |office: &mut Office| make_ready(office, &wanted, number));
        match desk.office(&who, first).await? {
            Ready::Not(done) => return Ok(done),
            Ready::Yes { logged: true } => drop(desk.ask_clocks().await),
            Ready::Yes { logged: false } => {}
        }
        desk.office(&who, move |office| issue(office, &statement, number, revision)).await
    };
    let broken = |_| Refusal::Machine("the work was broken off; look at the statement before you try again".to_owned());
    let done = tokio::spawn(work).await.map_err(broken)??;
    let (said, to) = match done {
        Done::Published(said) => (said, id.href()),
        Done::Look(said) => (said, format!("{}/preview", id.href())),
    };
    signed.say(said);
    Ok(Redirect::to(&to))
}

/// What came of it, in words.
enum Done {
    /// Nothing was published; the preview says what now.
    Look(String),
    Published(String),
}

/// Whether it can be published now.
enum Ready {
    /// It can't, or was: what is said of it.
    Not(Done),
    Yes {
        /// Whether a checkpoint was published for it, which outside clocks can speak of.
        logged: bool,
    },
}

/// What was published already, or can't be, must not put anything into the log; else the message's leaf is put there.
fn make_ready(office: &mut Office, id: &str, number: u32) -> Result<Ready, Refusal> {
    let view = office.statement(id)?;
    if view.summary.versions >= number {
        return Ok(Ready::Not(already(number)));
    }
    let texts = [&view.draft.title, &view.draft.text, &view.draft.note];
    if let Some(blank) = texts.into_iter().find_map(|text| words::blank(text)) {
        return Err(Refusal::Input(format!("a blank is still to fill: {blank}")));
    }
    match put_in_log(office, &view) {
        Ok(logged) => Ok(Ready::Yes { logged }),
        Err(error) => unpublished(error).map(Ready::Not),
    }
}

fn already(number: u32) -> Done {
    Done::Published(format!("Version {number} was published already."))
}

/// What is said where a version can't be published as it is.
fn unpublished(error: Error) -> Result<Done, Refusal> {
    match error {
        Error::StaleDraft => {
            Ok(Done::Look("Not published: the text was changed since you looked. Look again.".to_owned()))
        }
        Error::Unfit(_)
        | Error::Statement { .. }
        | Error::Case { .. }
        | Error::Disclosed { .. }
        | Error::LongForRow { .. }
        | Error::RowMissing { .. } => Ok(Done::Look(format!("Not published: {error}."))),
        error => Err(error.into()),
    }
}

/// The message's leaf is in the log before the proof is made. Says whether a checkpoint was published for it.
fn put_in_log(office: &mut Office, view: &StatementView) -> Result<bool, Error> {
    let id = hex(&view.summary.id);
    office.check_statement(&id)?;
    let waits = office.statement_preview(&id)?.cautions.contains(&Caution::NotLogged);
    let message = match &view.summary.case {
        Some(case) if waits => office.case(&hex(case))?.summary.message,
        _ => None,
    };
    let mut published = office.publish_due()?.is_some();
    if let Some(message) = message {
        published |= office.publish_now(Some(&message))?.is_some();
    }
    Ok(published)
}

/// Publishes what was looked at.
fn issue(office: &mut Office, id: &str, number: u32, seen: u64) -> Result<Done, Refusal> {
    // Meanwhile somebody else may have.
    if office.statement(id)?.summary.versions >= number {
        return Ok(already(number));
    }
    let issued = match office.publish_statement(id, Some(seen)) {
        Ok(issued) => issued,
        Err(error) => return unpublished(error),
    };
    let site = office.site()?;
    let public = version::public(&site, &issued.address);
    let clock = match issued.stamped {
        Some(false) => " No independent clock’s word is in its proof: the time is your word.",
        _ => "",
    };
    let placed = if issued.placed {
        ""
    } else {
        " The published folder could not be written; it is completed at the next start."
    };
    let opened = match issued.opened.len() {
        0 => String::new(),
        n => format!(" {} opened.", count(n, "part is", "parts are")),
    };
    Ok(Done::Published(format!("Published as version {}: {public}.{opened}{clock}{placed}", issued.version.number)))
}

fn unread() -> Refusal {
    Refusal::Input("the form can't be read: go back to the preview and publish from there".to_owned())
}
