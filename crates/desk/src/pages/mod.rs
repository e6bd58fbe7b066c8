//! The pages, one module each: its routes, its handlers, what it shows, its tests. Each route has its line in [`table`].

mod answer;
mod cases;
mod door;
mod fields;
mod home;
mod log;
mod messages;
mod people;
mod settings;
mod sources;
pub(crate) mod table;
mod trail;
mod write;

pub(crate) use cases::utc;

use axum::Router;
use countermark_web::Asset;

use crate::{Desk, Refusal};

/// The routes of all pages.
pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .merge(answer::routes())
        .merge(cases::routes())
        .merge(door::routes())
        .merge(home::routes())
        .merge(log::routes())
        .merge(messages::routes())
        .merge(people::routes())
        .merge(settings::routes())
        .merge(sources::routes())
        .merge(trail::routes())
        .merge(write::routes())
        .fallback(async || Refusal::Missing)
        .method_not_allowed_fallback(async || Refusal::Method)
}

/// What pages add to the base stylesheet, as in `include_str!("../../assets/write.css")`.
pub(crate) const STYLES: &[&str] = &[
    answer::STYLE,
    include_str!("../../assets/cases.css"),
    include_str!("../../assets/messages.css"),
    include_str!("../../assets/write.css"),
];

/// The scripts of all pages.
pub(crate) fn scripts() -> Vec<Asset> {
    [Vec::from(answer::files()), vec![cases::SCRIPT.clone()], log::scripts(), messages::scripts(), write::scripts()]
        .concat()
}
