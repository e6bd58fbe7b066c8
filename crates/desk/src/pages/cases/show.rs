//! One case, whole: what is out and what of it is ours, at the top; what was decided, below.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::extract::State;
use countermark_office::{Brief, Case, Later, OFF_PICTURE, StatementSummary, Weight};
use countermark_web::when;
use maud::{Markup, html};

use super::{CaseId, brief, evidence, hearing, lit, missing, open, prove, reads, sees_names, timeline, words};
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed};

/// Later states of a post that a page shows.
const STATES: usize = 10;

/// Who has seen whose copy a case names, in this session: it is noted once each.
#[derive(Clone, Default)]
pub(super) struct Looked(Arc<Mutex<HashSet<Look>>>);

/// A session, and a case's id.
type Look = ([u8; 32], String);

impl Looked {
    /// Whether it is the first time.
    fn first(&self, signed: &Signed, id: &str) -> bool {
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.len() > 10_000 {
            looked.clear();
        }
        looked.insert((signed.session, id.to_owned()))
    }
}

/// All that the page is made of.
pub(super) struct View {
    pub(super) id: String,
    pub(super) brief: Brief,
    pub(super) weight: Option<Weight>,
    /// Whether whose copy it was is shown.
    pub(super) names: bool,
    /// Versions of its statements that are published: when, seconds since 1970, and their headings.
    pub(super) versions: Vec<(u64, String)>,
    /// When which of them were withdrawn, seconds since 1970, and why.
    pub(super) withdrawn: Vec<(u64, String)>,
    /// What correspondents are called, by handle; empty for whoever may not know whose copy it was.
    pub(super) people: BTreeMap<String, String>,
    /// Whether the office gave names by which words that are put into its mouth are found.
    pub(super) has_names: bool,
    /// Whether a recipient of its message can ever be named in public: two approvers hold shares of its names.
    pub(super) nameable: bool,
    pub(super) now_ms: u64,
}

impl View {
    pub(super) fn case(&self) -> &Case {
        &self.brief.case
    }
}

/// `/cases/ID`
pub(super) async fn page(
    State(desk): State<Desk>,
    Extension(looked): Extension<Looked>,
    signed: Signed,
    CaseId(id): CaseId,
) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let id = id.ok_or(Refusal::Missing)?;
    let (names, who) = (sees_names(&signed), signed.clone());
    // Where the sources can't be read, the page does not say that there are no names.
    let has_names = desk.outside().watched_names().map_or(true, |names| !names.is_empty());
    let view = desk
        .office(&signed, move |office| {
            let brief = office.brief(&id).map_err(missing)?;
            let weight = office.case_weight(&id)?;
            let (mut versions, mut withdrawn) = (Vec::new(), Vec::new());
            // After a withdrawal another one may have been begun.
            let own = |statement: &StatementSummary| statement.case == Some(brief.case.summary.id);
            for statement in office.statements()?.into_iter().filter(own).filter(|statement| statement.versions > 0) {
                let view = office.statement(&super::hex(&statement.id))?;
                versions.extend(view.versions.into_iter().map(|version| (version.at, version.title)));
                withdrawn.extend(view.withdrawn_ms.map(|at| at / 1000).zip(view.withdrawn));
            }
            // It stands in the trail before anybody sees it.
            if names && !brief.case.named.is_empty() && looked.first(&who, &id) {
                office.note("case look", &id)?;
            }
            let nameable = match &brief.case.summary.message {
                Some(message) => office.approvals_possible(&super::hex(&message.0))? > 1,
                None => false,
            };
            let people = match names && !brief.case.named.is_empty() {
                true => office.people()?.into_iter().map(|person| (person.handle, person.name)).collect(),
                false => BTreeMap::new(),
            };
            let now_ms = office.now_ms();
            Ok(View { id, brief, weight, names, versions, withdrawn, people, has_names, nameable, now_ms })
        })
        .await?;
    let title = format!("Case {}", &view.id[..8]);
    Ok(shell(&signed, Place::Cases, &title, &super::script(), &content(&signed, &view)))
}

fn content(signed: &Signed, view: &View) -> Markup {
    let case = view.case();
    html! {
        (head(signed, view))
        div.beside {
            (out(view))
            section.card aria-labelledby="way" { h2 #way { "The way so far" } (timeline::picture(view)) }
        }
        (text(view))
        (pictures(view))
        (quotations(case))
        (later(&case.later))
        (evidence::section(signed, view))
        (hearing::section(signed, view))
        (prove::section(signed, view))
        (notes(signed, view))
    }
}

fn head(signed: &Signed, view: &View) -> Markup {
    let (id, case) = (&view.id, view.case());
    html! {
        p { a href="/cases" { "Cases" } }
        div.row {
            h1 { "Case " (id[..8]) }
            (words::kind_tag(case.summary.kind))
            (words::state_tag(case.summary.state))
            @if case.summary.heard && case.summary.state != "heard" { span.tag.quiet { "heard" } }
        }
        p.lead { (brief::headline(signed, &view.brief)) }
        (known(case))
        (unread(signed, view))
        div.row {
            @if signed.roles.contains(&Role::Press) {
                form method="post" action="/answer/new" { (token(signed)) input type="hidden" name="case" value=(id); button.main { "Answer" } }
            }
            a.button href={ "/cases/" (id) "/brief" } { "The brief" }
            @if view.brief.finding.is_some() { a.button href="#bundle" { "Make a bundle" } }
            a.button href="#notes" { "Write a note" }
        }
    }
}

/// That what was found in it had been published by the office itself. Whether the text says more than that, only a reader can tell.
fn known(case: &Case) -> Markup {
    html! {
        @if let Some(known) = &case.known {
            p.alert.wait {
                "The words of yours that were found in it stand in version " (known.version) " of «"
                a href={ "/answer/" (super::hex(&known.statement)) } { bdi { (known.title) } } "», public since " (when(known.at))
                ". Read it all the same: a few words more of the message, or words that turn its sense, may stand beside them."
            }
        }
    }
}

/// What keeps words from being found, where nothing was found; and how the text is read again.
fn unread(signed: &Signed, view: &View) -> Markup {
    let case = view.case();
    if view.brief.finding.is_some() || case.taken.is_some() {
        return html! {};
    }
    let analyst = signed.roles.contains(&Role::Analyst);
    html! {
        div.card.stack {
            @if !view.has_names {
                p {
                    "No names of the office are set: words that a text puts into the writer’s mouth can’t be recognised. "
                    @if analyst { a href="/sources#names" { "Give the names under Sources" } ", then look again." } @else { "An analyst gives them under Sources." }
                }
            } @else if case.quotations.is_empty() {
                p.hint { "It was read with the names and the messages that were there when it was opened." }
            }
            @if analyst {
                form method="post" action={ "/cases/" (view.id) "/again" } {
                    (token(signed))
                    button { "Look again" }
                    p.hint { "Reads the text with the names and the messages as they are now. It is no look for a copy, and costs nothing." }
                }
            }
        }
    }
}

/// What is out, and where.
fn out(view: &View) -> Markup {
    let case = view.case();
    html! {
        section.card aria-labelledby="out" {
            h2 #out { "What is out" }
            dl {
                dt { "Where" } dd { (place(case)) }
                @if let Some(origin) = &case.origin {
                    @if let Some(author) = &origin.author { dt { "Published by" } dd { bdi { (lit::clean(author)) } } }
                    @if let Some(at) = origin.published_at { dt { "Published" } dd { (when(at)) span.quiet { " by the service's word" } } }
                }
                dt { "Captured" } dd { (when(case.captured_at)) " " (capture_tag(case.logged)) }
                @if let Some(finding) = &view.brief.finding {
                    dt { "Message" } dd { a href={ "/messages/" (super::hex(&finding.message.0)) } { "Ref. " (finding.reference) } }
                } @else if let (Some(message), Some(reference)) = (case.summary.message, &case.reference) {
                    dt { "Message" } dd { a href={ "/messages/" (super::hex(&message.0)) } { "Ref. " (reference) } }
                }
                @if let Some(taken) = &case.taken { dt { "Taken message" } dd { (words::taken(taken)) } }
                dt { "SHA-256" } dd { code { (case.sha256) } }
            }
        }
    }
}

fn capture_tag(logged: bool) -> Markup {
    html! { @if logged { span.tag.good { "in the log" } } @else { span.tag.wait { "not in the log yet" } } }
}

/// Where the post is: a link only where a browser may follow it, and always with its address to be read.
fn place(case: &Case) -> Markup {
    let Some(origin) = &case.origin else { return html! { "Given by hand." } };
    html! {
        @if !origin.source.is_empty() { bdi { (lit::clean(&origin.source)) } " " }
        @match &origin.url {
            Some(url) if open::is_address(url) => a href=(url) rel="noreferrer noopener nofollow external" { bdi { (words::short(url, 300)) } },
            Some(url) => span { bdi { (lit::clean(&words::short(url, 300))) } },
            None => span { bdi { (lit::clean(&words::short(&origin.post, 300))) } },
        }
    }
}

/// The text, beside what was sent where there is something to compare it with.
fn text(view: &View) -> Markup {
    let case = view.case();
    let whole = format!("/cases/{}/text", view.id);
    let sealed = view.brief.finding.as_ref().map(|finding| (&finding.tracer, &finding.trace));
    let compared = sealed.or(view.brief.taken.as_ref().map(|found| (&found.tracer, &found.trace)));
    html! {
        section aria-labelledby="compared" {
            @match compared {
                Some((tracer, trace)) => {
                    h2 #compared { "What was sent, and what was published" }
                    @if !trace.changes.is_empty() && case.off_picture() { p.alert.wait { (OFF_PICTURE) } }
                    (lit::beside(tracer, trace, &case.published, &whole))
                },
                None => {
                    h2 #compared { "What was published" }
                    @if let Some(touched) = &case.touched { p { (words::touched(touched)) } }
                    (lit::alone(&case.published, &whole))
                },
            }
            @if case.pieces.len() > 1 {
                p.hint { "It is made of " @for (at, piece) in case.pieces.iter().take(12).enumerate() { @if at > 0 { ", " } (words::role(&piece.role)) } "." }
            }
        }
    }
}

fn pictures(view: &View) -> Markup {
    let count = view.case().pieces.iter().filter(|piece| piece.role == "picture").count().min(16);
    html! {
        @if count > 0 {
            section aria-labelledby="picture" {
                h2 #picture { @if count == 1 { "The picture" } @else { "The pictures" } }
                @for number in 1..=count {
                    figure.figure.capture {
                        img src={ "/cases/" (view.id) "/picture/" (number) } loading="lazy" decoding="async" alt="The picture as it was captured. What was read of it stands above.";
                        figcaption { "As it was captured, drawn anew: nothing else of the file reaches this page. The capture holds it as it came." }
                    }
                }
            }
        }
    }
}

/// What is attributed to the writer, and what of it is his.
fn quotations(case: &Case) -> Markup {
    html! {
        @if !case.quotations.is_empty() {
            section aria-labelledby="quotations" {
                h2 #quotations { "Words attributed to the writer" }
                ul.plain.stack {
                    @for quotation in case.quotations.iter().take(40) {
                        @let (class, whose) = words::whose(quotation);
                        li.card {
                            blockquote { bdi { (lit::clean(&words::short(&quotation.text, 1_500))) } }
                            p { span.tag.(class) { (whose) } @if !quotation.certain { " " span.quiet { "perhaps his words: the text is not clear about it" } } }
                        }
                    }
                }
                @if let Some(searched) = &case.searched {
                    h3 { "What was searched" }
                    p { (words::searched(searched)) }
                    @if let Some(near) = &searched.nearest {
                        p { "The true passage that comes nearest holds " (near.words) " of the quotation's " (near.of) " words. It is part " (near.part) " of "
                            a href={ "/messages/" (super::hex(&near.message.0)) } { "a message" } ":" }
                        blockquote { bdi { (near.text) } }
                    }
                }
            }
        }
    }
}

fn later(states: &[Later]) -> Markup {
    html! {
        @if !states.is_empty() {
            section aria-labelledby="later" {
                h2 #later { "What became of the post" }
                p { "The case stands on what was captured first; each later state is kept beside it." }
                @for state in states.iter().rev().take(STATES) {
                    @match &state.published {
                        Some(text) => details { summary { "Edited, seen " (when(state.at)) } div.letter { bdi { (lit::clean(&words::short(text, 1_500))) } } },
                        None => p { span.tag.wait { "deleted" } " seen " (when(state.at)) },
                    }
                }
                @if states.len() > STATES { p.hint { "And " (states.len() - STATES) " earlier ones." } }
            }
        }
    }
}

/// Notes are the analysts' own: a name may stand in them.
fn notes(signed: &Signed, view: &View) -> Markup {
    let case = view.case();
    html! {
        section aria-labelledby="notes" {
            h2 #notes { "Notes" }
            @if !view.names {
                p.quiet { "Notes are for analysts and approvers: a name may stand in them." }
            } @else {
                @if case.notes.is_empty() { p.quiet { "None yet." } }
                ul.plain.stack {
                    @for note in case.notes.iter().rev().take(50) {
                        li.card { p.hint { (when(note.at_ms / 1000)) } p.kept { bdi { (lit::clean(&words::short_lines(&note.text, 4_000))) } } }
                    }
                }
                @if signed.roles.contains(&Role::Analyst) {
                    form.fields.stack method="post" action={ "/cases/" (view.id) "/note" } {
                        (token(signed))
                        div { label for="note" { "A note" } textarea #note name="text" rows="3" required maxlength="20000" {} }
                        button { "Keep the note" }
                    }
                }
            }
        }
    }
}
