//! People: the address book, and the office's own persons.

mod book;
mod office;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use countermark_office::{Member, PersonRecord};
use maud::html;

use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Role, Roles, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/people", get(page).post(book::add))
        .route("/people/{handle}", get(book::person).post(book::change))
        .route("/people/{handle}/remove", post(book::remove))
        .route("/office", post(office::invite))
        .route("/office/{name}", get(office::person).post(office::change))
        .route("/office/{name}/remove", post(office::remove))
}

/// A form that comes again with what was wrong.
enum Again<'a> {
    Book(&'a book::Entry, &'a str),
    Office(&'a str, &'a Roles, &'a str),
    Nothing,
}

async fn page(State(desk): State<Desk>, signed: Signed) -> Result<Response, Refusal> {
    signed.must_any(&[Role::Approver, Role::Writer])?;
    show(&desk, &signed, Again::Nothing).await
}

async fn show(desk: &Desk, signed: &Signed, again: Again<'_>) -> Result<Response, Refusal> {
    let (writer, approver) = (signed.roles.contains(&Role::Writer), signed.roles.contains(&Role::Approver));
    let (people, members) = desk
        .office(signed, move |office| {
            let people: Vec<PersonRecord> = if writer { office.people()? } else { Vec::new() };
            let members: Vec<Member> = if approver { office.members()? } else { Vec::new() };
            Ok((people, members))
        })
        .await?;
    let empty = book::Entry { handle: String::new(), name: String::new(), fields: BTreeMap::new() };
    let (entry, told) = match again {
        Again::Book(entry, told) => (entry, Some(told)),
        _ => (&empty, None),
    };
    let nobody = (String::new(), Roles::new());
    let (name, roles, refused) = match again {
        Again::Office(name, roles, told) => (name, roles, Some(told)),
        _ => (nobody.0.as_str(), &nobody.1, None),
    };
    let content = html! {
        h1 { "People" }
        @if writer { (book::list(signed, &people, entry, told)) }
        @if approver { (office::list(signed, &members, name, roles, refused)) }
    };
    let status = match again {
        Again::Nothing => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, shell(signed, Place::People, "People", &[], &content)).into_response())
}
