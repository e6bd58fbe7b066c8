//! What is published already: the versions, how to take a statement back, who is invited to reply.

use axum::extract::{Path, State};
use axum::response::Redirect;
use countermark_office::{Invitation, SiteSettings, StatementView};
use countermark_statement::limits::NOTE_BYTES;
use countermark_web::when;
use maud::{Markup, html};

use super::article::Public;
use super::{StatementId, listed, reads};
use crate::form::{Checked, Pairs};
use crate::shell::token;
use crate::{Desk, Refusal, Role, Signed};

/// Where the public reads a statement; without the site's address, the path alone.
pub(super) fn public(site: &SiteSettings, address: &str) -> String {
    format!("{}/statements/{address}", site.address.as_deref().unwrap_or_default().trim_end_matches('/'))
}

/// The versions, the newest first.
pub(super) fn versions(id: &StatementId, view: &StatementView) -> Markup {
    html! {
        @if !view.versions.is_empty() {
            section {
                h2 { "Published versions" }
                ol.timeline {
                    @for version in view.versions.iter().rev() {
                        li.good {
                            (when(version.at))
                            p { a href={ (id.href()) "/versions/" (version.number) } { "Version " (version.number) } ": " bdi { (version.title) } }
                            @if let Some(note) = &version.note { p dir="auto" { (note) } }
                            @if !version.open.is_empty() { p.hint { "Open: " (if version.open.len() == 1 { "part" } else { "parts" }) " " (listed(&version.open)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What can be done with a published statement besides a new version.
pub(super) fn after(signed: &Signed, id: &StatementId, view: &StatementView) -> Markup {
    html! {
        section {
            h2 { "Right of reply" }
            @if view.invitations.is_empty() { p { "Nobody was invited to reply on this page." } }
            @else { ul.plain { @for (at, invitation) in view.invitations.iter().enumerate() { li { (invited(signed, id, at, invitation)) } } } }
            p { a.button href={ (id.href()) "/invite" } { "Invite somebody to reply" } }
        }
        @if view.withdrawn.is_none() {
            section {
                details {
                    summary { "Withdraw the statement" }
                    form.fields method="post" action={ (id.href()) "/withdraw" } {
                        (token(signed))
                        p { "The page then says that it was withdrawn, and why. Its versions stay readable: what was published can’t be unpublished." }
                        p { "Publish a correcting version instead where something was wrong: a withdrawal can’t be taken back." }
                        div {
                            label for="reason" { "Reason, for readers" }
                            textarea #reason name="reason" rows="2" maxlength=(NOTE_BYTES) required dir="auto" {}
                        }
                        button.bad { "Withdraw" }
                    }
                }
            }
        }
    }
}

fn invited(signed: &Signed, id: &StatementId, at: usize, invitation: &Invitation) -> Markup {
    html! {
        form.row method="post" action={ (id.href()) "/invite" } {
            span { bdi { (invitation.name) } ", until " (when(invitation.until_ms / 1000)) }
            @if invitation.ended { span.tag.quiet { "taken back" } }
            @else if invitation.replied { span.tag.good { "replied" } }
            @else {
                span.tag.wait { "no reply yet" }
                (token(signed))
                button.quiet name="end" value=(at) { "Take back" span.unseen { " the invitation of " (invitation.name) } }
            }
        }
    }
}

/// How what was written since the newest version is given up.
pub(super) fn discard_form(signed: &Signed, id: &StatementId, view: &StatementView) -> Markup {
    let published = view.summary.versions > 0;
    html! {
        section {
            details {
                summary { @if published { "Give up what was written since version " (view.summary.versions) } @else { "Give up this draft" } }
                form method="post" action={ (id.href()) "/discard" } {
                    (token(signed))
                    p { @if published { "The fields go back to what is published." } @else { "The draft is gone, and can’t be had back." } }
                    button.bad { "Give it up" }
                }
            }
        }
    }
}

/// `POST /answer/ID/discard`
pub(super) async fn discard(
    State(desk): State<Desk>,
    id: StatementId,
    Checked(signed, _): Checked<Pairs>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Press)?;
    let wanted = id.0.clone();
    let gone = desk
        .office(&signed, move |office| {
            let gone = office.statement(&wanted)?.summary.versions == 0;
            office.discard_draft(&wanted)?;
            Ok(gone)
        })
        .await?;
    signed.say("Given up.");
    Ok(Redirect::to(&if gone { "/answer".to_owned() } else { id.href() }))
}

/// `/answer/ID/versions/N`
pub(super) async fn page(
    State(desk): State<Desk>,
    signed: Signed,
    id: StatementId,
    Path(path): Path<Vec<(String, String)>>,
) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let number = path.iter().find(|(name, _)| name == "number").and_then(|(_, number)| number.parse::<u32>().ok());
    let number = number.ok_or(Refusal::Missing)?;
    let wanted = id.0.clone();
    let (public, newest) = desk
        .office(&signed, move |office| {
            let view = office.statement(&wanted)?;
            if !(1..=view.summary.versions).contains(&number) {
                return Err(Refusal::Missing);
            }
            Ok((Public::of(office, &view, number, None)?, view.summary.versions))
        })
        .await?;
    public.page(&html! {
        aside.card.row aria-label="The desk" {
            h1 { "Version " (number) " of " (newest) }
            a.end href=(id.href()) { "Back to the statement" }
        }
    })
}

/// `POST /answer/ID/withdraw`
pub(super) async fn withdraw(
    State(desk): State<Desk>,
    id: StatementId,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Press)?;
    let reason = form.one("reason").unwrap_or_default().trim().replace("\r\n", "\n");
    if reason.is_empty() {
        return Err(Refusal::Input(
            "a withdrawal needs its reason, which readers see: go back and write it".to_owned(),
        ));
    }
    let wanted = id.0.clone();
    desk.office(&signed, move |office| Ok(office.withdraw_statement(&wanted, &reason)?)).await?;
    signed.say("Withdrawn. The page says so, with your reason.");
    Ok(Redirect::to(&id.href()))
}
