//! The pages, one module each: its routes, its handlers, what it shows, its tests. Each route has its line in [`table`].

mod cases;
mod door;
mod fields;
mod home;
mod messages;
pub(crate) mod table;
mod write;

use axum::Router;
use countermark_web::Asset;

use crate::{Desk, Refusal};

/// The routes of all pages.
pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .merge(cases::routes())
        .merge(door::routes())
        .merge(home::routes())
        .merge(messages::routes())
        .merge(write::routes())
        .fallback(async || Refusal::Missing)
        .method_not_allowed_fallback(async || Refusal::Method)
}

/// What pages add to the base stylesheet, as in `include_str!("../../assets/write.css")`.
pub(crate) const STYLES: &[&str] = &[include_str!("../../assets/messages.css"), include_str!("../../assets/write.css")];

/// The scripts of all pages.
pub(crate) fn scripts() -> Vec<Asset> {
    [messages::scripts(), write::scripts()].concat()
}
