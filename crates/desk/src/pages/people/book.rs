//! The address book: to whom messages go.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use countermark_office::PersonRecord;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Again, show};
use crate::form::{Checked, Pairs};
use crate::pages::fields::segment;
use crate::refusal::sentence;
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed};

/// Empty rows for fields in a form.
const SPARE: usize = 2;

/// The field to which a copy is addressed in a mail program.
const EMAIL: &str = "email";

/// A person as a form gives him.
pub(super) struct Entry {
    pub(super) handle: String,
    pub(super) name: String,
    pub(super) fields: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

impl Entry {
    /// Fields come as pairs of one name and one value each, in order; a row without a value is none.
    fn of(form: &Pairs, handle: &str) -> Self {
        let text = |name: &str| form.one(name).unwrap_or_default().trim().replace("\r\n", "\n");
        let values = form.all("value").map(|value| value.trim().replace("\r\n", "\n"));
        let rows = form.all("field").map(|field| field.trim().to_owned()).zip(values);
        let mut fields: BTreeMap<_, _> =
            rows.filter(|(field, value)| !(field.is_empty() || value.is_empty())).collect();
        let email = text(EMAIL);
        if !email.is_empty() {
            fields.insert(EMAIL.to_owned(), email);
        }
        Self { handle: handle.to_owned(), name: text("name"), fields }
    }
}

pub(super) async fn add(State(desk): State<Desk>, Checked(signed, form): Checked<Pairs>) -> Result<Response, Refusal> {
    signed.must(Role::Writer)?;
    let entry = Entry::of(&form, form.one("handle").unwrap_or_default().trim());
    let (handle, name, fields) = (entry.handle.clone(), entry.name.clone(), entry.fields.clone());
    let added = desk.office(&signed, move |office| {
        if office.people()?.iter().any(|person| person.handle == handle) {
            return Err(Refusal::Input(format!("`{handle}` is in the address book already: change it there")));
        }
        Ok(office.set_person(&handle, &name, fields)?)
    });
    match added.await {
        Ok(()) => {
            signed.say(format!("{} is in the address book.", entry.name));
            Ok(Redirect::to("/people").into_response())
        }
        Err(Refusal::Input(told)) => show(&desk, &signed, Again::Book(&entry, &told)).await,
        Err(Refusal::Office(error)) => show(&desk, &signed, Again::Book(&entry, &error.to_string())).await,
        Err(other) => Err(other),
    }
}

pub(super) async fn person(
    State(desk): State<Desk>,
    Path(handle): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    signed.must(Role::Writer)?;
    let person = known(&desk, &signed, handle).await?;
    let entry = Entry { handle: person.handle, name: person.name, fields: person.fields };
    Ok(one(&signed, &entry, None))
}

pub(super) async fn change(
    State(desk): State<Desk>,
    Path(handle): Path<String>,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Response, Refusal> {
    signed.must(Role::Writer)?;
    let entry = Entry::of(&form, &known(&desk, &signed, handle).await?.handle);
    let (handle, name, fields) = (entry.handle.clone(), entry.name.clone(), entry.fields.clone());
    match desk.office(&signed, move |office| Ok(office.set_person(&handle, &name, fields)?)).await {
        Ok(()) => {
            signed.say(format!("{} is changed. Messages that are sealed keep what they hold.", entry.name));
            Ok(Redirect::to("/people").into_response())
        }
        Err(Refusal::Office(error)) => Ok(one(&signed, &entry, Some(&error.to_string()))),
        Err(other) => Err(other),
    }
}

pub(super) async fn remove(
    State(desk): State<Desk>,
    Path(handle): Path<String>,
    Checked(signed, Nothing {}): Checked<Nothing>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Writer)?;
    let person = known(&desk, &signed, handle).await?;
    desk.office(&signed, move |office| Ok(office.remove_person(&person.handle)?)).await?;
    signed.say(format!("{} is out of the address book. Messages that are sealed keep what they hold.", person.name));
    Ok(Redirect::to("/people"))
}

async fn known(desk: &Desk, signed: &Signed, handle: String) -> Result<PersonRecord, Refusal> {
    let people = desk.office(signed, |office| Ok(office.people()?)).await?;
    people.into_iter().find(|person| person.handle == handle).ok_or(Refusal::Missing)
}

pub(super) fn list(signed: &Signed, people: &[PersonRecord], entry: &Entry, told: Option<&str>) -> Markup {
    html! {
        section {
            h2 { "Address book" }
            @if people.is_empty() {
                div.empty { p { "Nobody is in the address book." } p { "Add those to whom you write: a message is sealed to them by their handles." } }
            } @else {
                div.wide { table.list {
                    thead { tr { th { "Name" } th { "Handle" } th { "Fields" } } }
                    tbody { @for person in people { tr {
                        th scope="row" { a href={ "/people/" (segment(&person.handle)) } { (person.name) } }
                        td data-label="Handle" { code { (person.handle) } }
                        td data-label="Fields" { @for (name, _) in &person.fields { code { (name) } " " } }
                    } } }
                } }
            }
            details open[told.is_some() || people.is_empty()] {
                summary { "Add somebody" }
                form.card.fields method="post" action="/people" {
                    (token(signed))
                    @if let Some(told) = told { p.error role="alert" { (sentence(told)) } }
                    label for="handle" { "Handle" }
                    input #handle name="handle" value=(entry.handle) maxlength="64" autocomplete="off" required aria-describedby="handle-hint";
                    p.hint #handle-hint { "Short, for this office alone: letters, digits, . - _ @. It can't be changed later." }
                    (fields(entry))
                    div.row { button.main { "Add" } }
                }
            }
        }
    }
}

fn one(signed: &Signed, entry: &Entry, told: Option<&str>) -> Response {
    let at = format!("/people/{}", segment(&entry.handle));
    let content = html! {
        h1 { (if entry.name.is_empty() { &entry.handle } else { &entry.name }) }
        p { a href="/people" { "All people" } }
        form.card.fields method="post" action=(at) {
            (token(signed))
            @if let Some(told) = told { p.error role="alert" { (sentence(told)) } }
            p { "Handle: " code { (entry.handle) } }
            (fields(entry))
            div.row { button.main { "Keep" } }
        }
        form.card method="post" action={ (at) "/remove" } {
            (token(signed))
            h2 { "Remove" }
            p { "Out of the address book; sealed messages keep their recipients, and a leak of theirs is still traced." }
            button.bad { "Remove " (entry.name) }
        }
    };
    let status = if told.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, shell(signed, Place::People, &entry.name, &[], &content)).into_response()
}

fn fields(entry: &Entry) -> Markup {
    let spare = std::iter::repeat_n(("", ""), SPARE);
    let rows = entry
        .fields
        .iter()
        .filter(|(name, _)| *name != EMAIL)
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain(spare);
    html! {
        label for="name" { "Name" }
        input #name name="name" value=(entry.name) required;
        label for="email" { "E-mail" }
        input #email name=(EMAIL) value=(entry.fields.get(EMAIL).map_or("", String::as_str)) inputmode="email" autocomplete="off" aria-describedby="email-hint";
        p.hint #email-hint { "To whom the mail program addresses a copy; may stay empty." }
        fieldset {
            legend { "Fields" }
            p.hint { "What must differ by recipient: " code { "{=salutation}" } " in a message becomes what stands here under salutation. Empty rows are left out." }
            @for (at, (name, value)) in rows.enumerate() {
                div.beside {
                    div {
                        label for={ "field-" (at) } { "Field" }
                        input id={ "field-" (at) } name="field" value=(name) pattern="[a-z][a-z0-9_]*" autocomplete="off";
                    }
                    div {
                        label for={ "value-" (at) } { "Text" }
                        textarea id={ "value-" (at) } name="value" rows="1" { (value) }
                    }
                }
            }
        }
    }
}
