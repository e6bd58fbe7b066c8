//! The first page: what needs somebody.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use countermark_office::{CaseSummary, ClockDoubt, Door, DraftLine, MessageLine, Office, StatementSummary};
use countermark_web::when;
use maud::{Markup, html};

use super::cases::{begins, clean, short};
use super::fields::hex;
use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Role, Signed};

/// Lines of each list.
const LINES: usize = 5;

/// Characters of a place.
const PLACE: usize = 120;

/// Messages that are looked through for copies that have not left.
const RECENT: usize = 200;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/", get(page))
}

/// What there is to do.
#[derive(Default)]
struct Needs {
    cases: Vec<CaseSummary>,
    statements: Vec<StatementSummary>,
    drafts: Vec<DraftLine>,
    unsent: Vec<MessageLine>,
    doubts: Vec<Markup>,
}

async fn page(State(desk): State<Desk>, signed: Signed) -> Result<Markup, Refusal> {
    let person = signed.clone();
    let needs = desk.office(&signed, move |office| Needs::of(office, &person)).await?;
    let content = html! {
        h1 { "Desk" }
        @for doubt in &needs.doubts { div.alert.wait { (doubt) } }
        @if needs.is_empty() {
            div.empty {
                p { "Nothing needs you." }
                @if signed.roles.contains(&Role::Writer) { p { a.button.main href="/write" { "Write a message" } } }
            }
        }
        div.beside {
            (cases(&needs.cases))
            (statements(&needs.statements))
            (unsent(&needs.unsent))
            (drafts(&needs.drafts))
        }
    };
    Ok(shell(&signed, Place::Home, "Desk", &[], &content))
}

impl Needs {
    fn of(office: &mut Office, signed: &Signed) -> Result<Self, Refusal> {
        let may = |role| signed.roles.contains(&role);
        let mut needs = Self::default();
        if signed.must_any(&[Role::Analyst, Role::Approver, Role::Press]).is_ok() {
            needs.cases = office.cases()?.into_iter().filter(|case| matches!(case.state, "open" | "heard")).collect();
        }
        if may(Role::Press) {
            let wants = |s: &StatementSummary| !s.withdrawn && (s.versions == 0 || s.unpublished || s.waiting > 0);
            needs.statements = office.statements()?.into_iter().filter(wants).collect();
        }
        if may(Role::Writer) {
            needs.drafts = office.drafts()?.into_iter().filter(|draft| draft.sealed == 0).collect();
            let recent = office.message_list("", 0, RECENT)?.lines;
            needs.unsent = recent.into_iter().filter(|m| !m.as_sent && m.handed < m.to.len()).collect();
        }
        needs.doubts = doubts(office, signed)?;
        Ok(needs)
    }

    fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.statements.is_empty() && self.drafts.is_empty() && self.unsent.is_empty()
    }
}

/// What is wrong with clock, log, journal, or one's own way in.
fn doubts(office: &mut Office, signed: &Signed) -> Result<Vec<Markup>, Refusal> {
    let mut doubts = Vec::new();
    match office.clock_doubt() {
        Ok(None) => {}
        Ok(Some(ClockDoubt::Behind { newest_ms })) => doubts.push(html! {
            p { "This machine's clock stands before the newest entry of the audit trail, of " (when(newest_ms / 1000)) ". Set it before you seal: a wrong time is in the proof for good." }
        }),
        Ok(Some(ClockDoubt::LongAfter { published_ms })) => doubts.push(html! {
            p { "The log was last published at " (when(published_ms / 1000)) ", more than 31 days ago. Is this machine's clock right?" }
        }),
        Err(_) => doubts.push(html! {
            p { "The log can't be read. Nothing can be proved until it is back. " a href="/log" { "Look at the log" } }
        }),
    }
    if !office.has_journal() {
        doubts.push(html! {
            p { "The journal of looks is missing: messages are compared, and no copy is named. Put the file back, or run " code { "countermark vault restore --looks" } "." }
        });
    }
    if !office.has_clock()? {
        doubts.push(html! {
            p { "No independent clock: when you sealed is your own word. " a href="/log" { "Add a time-stamper or a witness" } }
        });
    }
    if let Some(member) = office.member(&signed.name)? {
        match member.door {
            Door::Passphrase => doubts.push(html! {
                p { "You sign in without one-time codes: your passphrase alone opens the desk. " a href="/settings" { "Turn codes on" } }
            }),
            Door::Codes { recovery } if recovery < 3 => doubts.push(html! {
                p { "You have " (recovery) @if recovery == 1 { " recovery code" } @else { " recovery codes" } " left. " a href="/settings" { "Make new ones" } }
            }),
            _ => {}
        }
    }
    Ok(doubts)
}

/// A list with what to call it, unless there is nothing in it.
fn list(title: &str, count: usize, more: &str, lines: &[Markup]) -> Markup {
    html! {
        @if count > 0 {
            section.card {
                div.row { h2 { (title) } span.tag.wait { (count) } }
                ul { @for line in lines { li { (line) } } }
                @if count > lines.len() { p { a href=(more) { "All " (count) } } }
            }
        }
    }
}

fn cases(cases: &[CaseSummary]) -> Markup {
    let line = |case: &CaseSummary| {
        let place = case.place.as_deref().unwrap_or("a text that was given");
        let place = html! { bdi { (clean(&short(place, PLACE))) } };
        html! {
            a href={ "/cases/" (hex(&case.id)) } { @match &case.begins { Some(words) => (begins(words)), None => (place) } } " " span.tag.bad { (case.kind) }
            br; span.hint { @if case.begins.is_some() { (place) ", " } (when(case.opened_ms / 1000)) }
        }
    };
    list("Cases", cases.len(), "/cases", &cases.iter().take(LINES).map(line).collect::<Vec<_>>())
}

fn statements(statements: &[StatementSummary]) -> Markup {
    let line = |statement: &StatementSummary| {
        let title = if statement.title.is_empty() { "Without a title" } else { &statement.title };
        html! {
            a href={ "/answer/" (hex(&statement.id)) } { (title) } " " span.tag.wait { (statement.state()) }
            @if statement.waiting > 0 { br; a href="/answer/replies" { @if statement.waiting == 1 { "1 reply or comment waits" } @else { (statement.waiting) " replies and comments wait" } } }
        }
    };
    list("Answers", statements.len(), "/answer", &statements.iter().take(LINES).map(line).collect::<Vec<_>>())
}

fn unsent(messages: &[MessageLine]) -> Markup {
    let line = |message: &MessageLine| {
        let title = message.title.as_deref().unwrap_or(&message.reference);
        html! {
            a href={ "/messages/" (hex(&message.message.0)) } { (title) }
            br; span.hint { (message.handed) " of " (message.to.len()) " copies handed over; sealed " (when(message.sealed_ms / 1000)) }
        }
    };
    list(
        "Sealed, not handed over",
        messages.len(),
        "/messages",
        &messages.iter().take(LINES).map(line).collect::<Vec<_>>(),
    )
}

fn drafts(drafts: &[DraftLine]) -> Markup {
    let line = |draft: &DraftLine| {
        let title = if draft.title.is_empty() { "Without a title" } else { &draft.title };
        html! { a href={ "/write/" (hex(&draft.id)) } { (title) } br; span.hint { (draft.words) @if draft.words == 1 { " word" } @else { " words" } "; changed " (when(draft.changed_ms / 1000)) } }
    };
    list("Drafts", drafts.len(), "/write", &drafts.iter().take(LINES).map(line).collect::<Vec<_>>())
}
