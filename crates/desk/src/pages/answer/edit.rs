//! The page of a statement: what is opened, what is said, and beside it what the public will see.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use countermark_office::{Error, Office, PartChoice, PartState, Public, Shows, StatementDraft, StatementView};
use countermark_statement::Version;
use maud::{Markup, html};
use serde_json::json;

use super::copy::{self, Copies};
use super::parts::{self, Pick};
use super::sheet::Sheet;
use super::{StatementId, fields, hex, list, note, reads, version, words, writes};
use crate::form::{Checked, Pairs};
use crate::json::json;
use crate::refusal::sentence;
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed};

/// Everything that the page is made of.
pub(super) struct Page {
    pub(super) view: StatementView,
    /// What is shown in the fields: the draft, or what was typed and could not be saved.
    pub(super) sheet: Sheet,
    /// What became of each part in the post.
    pub(super) states: Vec<PartState>,
    /// Whether a program read the post off a picture.
    pub(super) picture: bool,
    /// What the case has to show of copies.
    pub(super) copies: Copies,
    /// Why the draft can't show which copy it was; nothing where it can, and where there is none to show.
    pub(super) unshowable: Option<String>,
    /// The newest version.
    pub(super) last: Option<Version>,
    /// Published statements that may be related: name in addresses, title.
    pub(super) others: Vec<(String, String)>,
    /// Where the public reads it.
    pub(super) public: Option<String>,
}

/// `/answer/ID`
pub(super) async fn page(State(desk): State<Desk>, signed: Signed, id: StatementId) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let wanted = id.0.clone();
    let who = signed.clone();
    let page = desk.office(&signed, move |office| load(office, &who, &wanted)).await?;
    Ok(show(&signed, &id, &page, desk.outside().pressroom(), None))
}

/// Reads a statement, its note proposed where it is the page's to propose.
fn load(office: &mut Office, signed: &Signed, id: &str) -> Result<Page, Refusal> {
    let view = office.statement(id)?;
    let (states, copies, picture) = match &view.summary.case {
        Some(case) if !view.parts.is_empty() => {
            let brief = office.brief(&hex(case))?;
            (brief.parts, Copies::of(&brief.case), brief.case.off_picture())
        }
        _ => (Vec::new(), Copies::None, false),
    };
    let last = match view.summary.versions {
        0 => None,
        newest => office.version_of(id, newest)?,
    };
    let own = view.summary.address.clone();
    let others = office.statements()?.into_iter().filter(|other| other.address != own);
    let others = others.filter_map(|other| Some((other.address?, other.title))).collect();
    let site = office.site()?;
    let public = own.as_ref().map(|address| version::public(&site, address));
    let mut sheet = Sheet { revision: view.revision, proposed: String::new(), draft: view.draft.clone() };
    if let Some(last) = &last {
        let language = if sheet.draft.language.is_empty() { &site.language } else { &sheet.draft.language };
        sheet.proposed = note::proposed(last, &sheet.draft, &view.parts, language);
        if sheet.draft.note.trim().is_empty() {
            sheet.draft.note.clone_from(&sheet.proposed);
        }
    }
    let unshowable = unshowable(office, signed, id, copies, &view.draft);
    Ok(Page { view, sheet, states, picture, copies, unshowable, last, others, public })
}

/// Why a draft can't show which copy it was, for whoever may know that there is one.
fn unshowable(office: &Office, signed: &Signed, id: &str, copies: Copies, draft: &StatementDraft) -> Option<String> {
    let asked = draft.shows != Shows::Text || (copies == Copies::One && copy::may(signed));
    if asked { copy::lacks(office, id, draft) } else { None }
}

/// What became of a form.
enum Saved {
    Done {
        revision: u64,
        note: String,
        proposed: String,
        unshowable: Option<String>,
    },
    /// It was not saved, and why; what was typed is kept.
    Not {
        page: Box<Page>,
        status: StatusCode,
        why: String,
    },
}

/// `POST /answer/ID`: keeps what was typed; then the preview, where that is asked for.
pub(super) async fn save(
    State(desk): State<Desk>,
    id: StatementId,
    headers: HeaderMap,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Response, Refusal> {
    signed.must(Role::Press)?;
    let script = headers.get(header::ACCEPT).is_some_and(|kinds| kinds.as_bytes().starts_with(b"application/json"));
    let preview = form.one("then") == Some("preview");
    let wanted = id.0.clone();
    let who = signed.clone();
    let saved = desk.office(&signed, move |office| keep(office, &who, &wanted, &form)).await?;
    Ok(match saved {
        Saved::Done { revision, note, proposed, unshowable } if script => {
            let copy = unshowable.as_deref().map(sentence);
            json(&json!({ "revision": revision, "note": note, "proposed": proposed, "copy": copy }))
        }
        Saved::Done { .. } if preview => Redirect::to(&format!("{}/preview", id.href())).into_response(),
        Saved::Done { .. } => {
            signed.say("Saved. Nothing more is public by that.");
            Redirect::to(&id.href()).into_response()
        }
        Saved::Not { status, why, .. } if script => (status, json(&json!({ "error": why }))).into_response(),
        Saved::Not { page, status, why } => {
            (status, show(&signed, &id, &page, desk.outside().pressroom(), Some(&why))).into_response()
        }
    })
}

fn keep(office: &mut Office, signed: &Signed, id: &str, form: &Pairs) -> Result<Saved, Refusal> {
    let mut page = load(office, signed, id)?;
    let mut sheet = Sheet::read(form, &page.view.draft);
    sheet.draft.shows = copy::read(signed, form, page.copies, page.view.draft.shows)?;
    // A number that is no part's is none that somebody saw.
    sheet.draft.open.retain(|number| page.view.parts.iter().any(|part| part.number == *number));
    if let Some(pick) = form.one("pick").and_then(Pick::of) {
        sheet.draft.open = pick.open(&page.view.parts, &page.states);
    }
    if let Some(last) = &page.last {
        let language = if sheet.draft.language.is_empty() { "en" } else { &sheet.draft.language };
        let proposed = note::proposed(last, &sheet.draft, &page.view.parts, language);
        if sheet.proposes() {
            sheet.draft.note.clone_from(&proposed);
        }
        sheet.proposed = proposed;
    }
    match office.save_draft(id, &sheet.draft, Some(sheet.revision)) {
        Ok(revision) => Ok(Saved::Done {
            revision,
            unshowable: unshowable(office, signed, id, page.copies, &sheet.draft),
            note: sheet.draft.note,
            proposed: sheet.proposed,
        }),
        Err(error) => {
            let (status, why) = match &error {
                Error::StaleDraft => (
                    StatusCode::CONFLICT,
                    "Somebody else has changed this statement since you opened it. What you typed stands below and is not saved: open the statement once more beside this page to see theirs, then save again, and yours replaces theirs".to_owned(),
                ),
                error if is_input(error) => (StatusCode::UNPROCESSABLE_ENTITY, format!("This is not saved: {error}")),
                _ => return Err(error.into()),
            };
            // The next time it is sent, it is known what it replaces.
            sheet.revision = page.view.revision;
            reopen(&mut page.view.parts, &sheet.draft.open);
            page.sheet = sheet;
            Ok(Saved::Not { page: Box::new(page), status, why })
        }
    }
}

/// Whether what was typed is at fault, and not the vault.
fn is_input(error: &Error) -> bool {
    matches!(error, Error::Statement { .. } | Error::Unfit(_) | Error::FieldValue { .. })
}

/// The boxes as they were ticked.
fn reopen(parts: &mut [PartChoice], open: &[usize]) {
    for part in parts {
        part.open = part.public == Public::Here || open.contains(&part.number);
    }
}

/// `here` is where the pressroom can be read on this machine.
fn show(signed: &Signed, id: &StatementId, page: &Page, here: Option<&str>, why: Option<&str>) -> Markup {
    let view = &page.view;
    let title = if view.draft.title.is_empty() { "A statement" } else { &view.draft.title };
    let content = html! {
        div.row {
            h1 { "Answer" }
            (list::state(&view.summary))
            span.quiet { (list::kind(view.summary.kind)) }
            @if let Some(case) = &view.summary.case {
                a.end href={ "/cases/" (hex(case)) } { "The case" }
            }
        }
        @if let Some(why) = why { p.alert role="alert" { (why) "." } }
        @if let Some(public) = &page.public { (published(page, public, here)) }
        @if let Some(reason) = &view.withdrawn { p.alert.wait { "Withdrawn: " bdi { (reason) } } }
        @if writes(signed) && view.withdrawn.is_none() { (form(signed, id, page)) } @else { (look(page)) }
        (version::versions(id, view))
        @if writes(signed) && view.summary.versions > 0 { (version::after(signed, id, view)) }
        @if writes(signed) && view.summary.unpublished { (version::discard_form(signed, id, view)) }
    };
    shell(signed, Place::Answer, title, &[super::SCRIPT.href()], &content)
}

/// Where readers find it, and what proves it.
fn published(page: &Page, public: &str, here: Option<&str>) -> Markup {
    html! {
        div.card {
            p {
                "Published: "
                @if public.starts_with('/') {
                    @if let Some(here) = here { a href={ (here.trim_end_matches('/')) (public) } rel="noreferrer" { (public) } ", on this machine" } @else { code { (public) } }
                    " — the public page’s address is not written down yet: " a href="/answer/settings" { "The public page" }
                }
                @else { a href=(public) rel="noreferrer" { (public) } }
            }
            @if let Some(bundle) = page.last.as_ref().and_then(|last| last.bundle.as_ref()) {
                p.hint { "The bundle that proves version " (page.view.summary.versions) ": " (bundle.bytes) " bytes, SHA-256 " code { (bundle.sha256) } }
            }
            @if page.view.summary.waiting > 0 { p { a href="/answer/replies" { (super::count(page.view.summary.waiting, "reply or comment waits", "replies and comments wait")) } } }
        }
    }
}

fn form(signed: &Signed, id: &StatementId, page: &Page) -> Markup {
    let (view, sheet) = (&page.view, &page.sheet);
    html! {
        form.answer #answer method="post" action=(id.href()) data-blank=[words::blank(&sheet.draft.text)] {
            (token(signed))
            input type="hidden" name="revision" value=(sheet.revision);
            input type="hidden" name="proposed" value=(sheet.proposed);
            // The first button is what the enter key presses.
            button.unseen tabindex="-1" aria-hidden="true" { "Save" }
            div.beside {
                div.stack {
                    @if !view.parts.is_empty() { section { h2 { "What to open" } (parts::choose(&view.parts, &page.states, page.picture)) } }
                    section { h2 { "What to say" } (fields::fields(page)) }
                    (copy::choose(signed, page.copies, &sheet.draft, page.unshowable.as_deref()))
                }
                @if !view.parts.is_empty() {
                    section.aside {
                        h2 { "As the public will see it" }
                        p.hint { "The message, " span #open-count { (parts::summary(&view.parts)) } ". Under it stands the proof that any browser checks." }
                        (parts::seen(&view.parts))
                    }
                }
            }
            div.row.bar {
                button.main name="then" value="preview" { "Preview and publish" }
                button name="then" value="save" { "Save" }
                span.quiet #saved role="status" { @if view.summary.unpublished { "Saved in the vault. Nothing more is public by that." } }
            }
        }
    }
}

/// The same for whoever only reads.
fn look(page: &Page) -> Markup {
    let (view, draft) = (&page.view, &page.view.draft);
    html! {
        section {
            h2 dir="auto" { (draft.title) }
            p.quiet dir="auto" { (draft.byline) }
            div.letter dir="auto" { (draft.text) }
        }
        @if !view.parts.is_empty() { section { h2 { "The message as the public will see it" } (parts::holes(&view.parts)) } }
        p.hint { "Whoever has the role press writes and publishes statements." }
    }
}
