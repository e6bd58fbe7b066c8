//! The office's own persons: who they are, what they may do, how they get in.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use countermark_office::{Door, Member};
use countermark_web::when;
use maud::{Markup, html};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Again, show};
use crate::door::{Refused, check_name};
use crate::form::{Checked, Pairs};
use crate::pages::fields::segment;
use crate::refusal::sentence;
use crate::role::meaning;
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Roles, Signed};

#[derive(Deserialize)]
pub(super) struct Passphrase {
    passphrase: String,
}

fn vault_of(form: &Pairs) -> Zeroizing<String> {
    Zeroizing::new(form.one("vault").unwrap_or_default().to_owned())
}

fn roles_of(form: &Pairs) -> Roles {
    form.all("role").filter_map(Role::named).collect()
}

pub(super) async fn invite(
    State(desk): State<Desk>,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Response, Refusal> {
    signed.must(Role::Approver)?;
    let (given, roles) = (form.one("name").unwrap_or_default(), roles_of(&form));
    let done = match check_name(given) {
        Ok(_) if roles.is_empty() => Err(Refused::Input("say what the person may do: one role at least".to_owned())),
        Ok(name) => desk.invite(&signed, name.clone(), roles.clone(), vault_of(&form)).await.map(|code| (name, code)),
        Err(refused) => Err(refused),
    };
    match done {
        Ok((name, code)) => Ok(invited(&signed, &name, &code).into_response()),
        Err(Refused::Input(told)) => show(&desk, &signed, Again::Office(given, &roles, &told)).await,
        Err(refused) => Err(refused.into()),
    }
}

/// The code stands on this page alone, and nowhere afterwards.
fn invited(signed: &Signed, name: &str, code: &str) -> Markup {
    let content = html! {
        h1 { (name) " is invited" }
        p.lead { "Hand this code over yourself, or by a way that only " (name) " reads. It is shown once, holds seven days, and is good once." }
        div.card {
            p.code { (code) }
            p { "On this desk's sign-in page, under " strong { "Take up your invitation" } ", it asks for a new passphrase and sets up one-time codes." }
        }
        p { a.button href="/people" { "To the people" } }
    };
    shell(signed, Place::People, "Invited", &[], &content)
}

pub(super) async fn person(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    signed.must(Role::Approver)?;
    let member = known(&desk, &signed, name).await?;
    Ok(one(&signed, &member, None))
}

pub(super) async fn change(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Response, Refusal> {
    signed.must(Role::Approver)?;
    let (member, roles) = (known(&desk, &signed, name).await?, roles_of(&form));
    let changed = if roles.is_empty() {
        Err(Refusal::Input("one role at least; or remove the person".to_owned()))
    } else {
        desk.change_roles(&signed, &member, roles, vault_of(&form)).await
    };
    match changed {
        Ok(()) => {
            signed.say(format!(
                "What {} may do is changed; whoever was signed in under that name signs in again.",
                member.name
            ));
            Ok(Redirect::to("/people").into_response())
        }
        Err(Refusal::Input(told)) => Ok(one(&signed, &member, Some(&told))),
        Err(other) => Err(other),
    }
}

pub(super) async fn remove(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    Checked(signed, form): Checked<Passphrase>,
) -> Result<Response, Refusal> {
    signed.must(Role::Approver)?;
    let member = known(&desk, &signed, name).await?;
    let removed = async {
        if member.name == signed.name {
            return Err(Refusal::Input("nobody removes himself: another approver does".to_owned()));
        }
        desk.identity_of(&signed, &form.passphrase).await?;
        Ok(desk.remove_person(&signed, member.name.clone()).await?)
    };
    match removed.await {
        Ok(()) => {
            signed.say(format!("{} is no person of the office any more.", member.name));
            Ok(Redirect::to("/people").into_response())
        }
        Err(Refusal::Input(told)) => Ok(one(&signed, &member, Some(&told))),
        Err(other) => Err(other),
    }
}

async fn known(desk: &Desk, signed: &Signed, name: String) -> Result<Member, Refusal> {
    let found = desk.office(signed, move |office| Ok(office.member(&name)?)).await?;
    found.ok_or(Refusal::Missing)
}

pub(super) fn list(signed: &Signed, members: &[Member], name: &str, roles: &Roles, told: Option<&str>) -> Markup {
    html! {
        section {
            h2 { "The office" }
            p { "Whoever approves says who is of the office. To name a recipient in public two different approvers sign. Somebody is made an approver with the vault's passphrase: so nobody is both of them by himself." }
            (too_few(members))
            div.wide { table.list {
                thead { tr { th { "Name" } th { "May" } th { "Gets in" } } }
                tbody { @for member in members { tr {
                    th scope="row" { a href={ "/office/" (segment(&member.name)) } { (member.name) } }
                    td data-label="May" { @for role in &member.roles { span.tag { (role.name()) } " " } }
                    td data-label="Gets in" { (gets_in(member.door)) }
                } } }
            } }
            details open[told.is_some()] {
                summary { "Invite somebody" }
                form.card.fields method="post" action="/office" {
                    (token(signed))
                    @if let Some(told) = told { p.error role="alert" { (sentence(told)) } }
                    label for="member" { "Name" }
                    input #member name="name" value=(name) autocomplete="off" required aria-describedby="member-hint";
                    p.hint #member-hint { "As the audit trail names the person, and as it is typed at each sign-in." }
                    (boxes(roles))
                    (vault())
                    div.row { button.main { "Invite" } }
                }
            }
        }
    }
}

/// That nobody could be named, where fewer than two approvers can sign.
fn too_few(members: &[Member]) -> Markup {
    let signing = members.iter().filter(|member| member.can_sign()).count();
    let invited = members.iter().any(|member| member.roles.contains(&Role::Approver) && !member.can_sign());
    html! {
        @if signing < 2 && invited {
            p.hint { "Fewer than two approvers can sign yet; who is invited counts once he has taken it up. Of what is sealed now, perhaps nobody can ever be named in public." }
        } @else if signing == 1 {
            p.hint { "One person approves here: of what is sealed now, nobody can ever be named in public." }
        }
    }
}

fn boxes(roles: &Roles) -> Markup {
    html! {
        fieldset {
            legend { "May" }
            @for role in Role::ALL {
                label { input type="checkbox" name="role" value=(role.name()) checked[roles.contains(&role)];
                    span { strong { (role.name()) } ": " (meaning(role)) } }
            }
        }
    }
}

/// What making an approver takes besides.
fn vault() -> Markup {
    html! {
        label for="vault" { "The vault's passphrase" }
        input #vault name="vault" type="password" autocomplete="off" aria-describedby="vault-hint";
        p.hint #vault-hint { "Only where the person is to be an approver who is none yet. It lies in the safe." }
    }
}

fn gets_in(door: Door) -> Markup {
    match door {
        Door::Closed => html! { span.quiet { "by the command line alone" } },
        Door::Codes { .. } => html! { span.tag.good { "passphrase and code" } },
        Door::Invited(until) => html! { span.tag.wait { "invited" } " until " (when(until / 1000)) },
        Door::Passphrase => html! { span.tag.wait { "passphrase alone" } },
    }
}

fn one(signed: &Signed, member: &Member, told: Option<&str>) -> Response {
    let at = format!("/office/{}", segment(&member.name));
    let content = html! {
        h1 { (member.name) }
        p { a href="/people" { "All people" } }
        @if let Some(told) = told { p.alert role="alert" { (sentence(told)) } }
        form.card.fields method="post" action=(at) {
            (token(signed))
            h2 { "Roles" }
            p { "Gets in: " (gets_in(member.door)) }
            (boxes(&member.roles))
            @if !member.roles.contains(&Role::Approver) { (vault()) }
            p.hint { "A message that is sealed already knows the approvers of its day: only they can have its recipients named." }
            div.row { button.main { "Keep" } }
        }
        @if member.name != signed.name {
            form.card.fields method="post" action={ (at) "/remove" } {
                (token(signed))
                h2 { "Remove" }
                p { "The identity of " (member.name) " opens the vault no more, and every session ends at once. A copy of the vault that was made before still opens by it." }
                label for="passphrase" { "Your passphrase" }
                input #passphrase name="passphrase" type="password" autocomplete="current-password" required;
                div.row { button.bad { "Remove " (member.name) } }
            }
        }
    };
    let status = if told.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, shell(signed, Place::People, &member.name, &[], &content)).into_response()
}
