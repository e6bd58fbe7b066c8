//! The pages, one module each: its routes, its handlers, what it shows, its tests.

mod door;
mod fields;
mod home;
mod messages;
mod write;

use axum::Router;
use countermark_web::Asset;

use crate::Desk;

/// The routes of all pages.
pub(crate) fn routes() -> Router<Desk> {
    Router::new().merge(door::routes()).merge(home::routes()).merge(messages::routes()).merge(write::routes())
}

/// The scripts of all pages.
pub(crate) fn scripts() -> Vec<Asset> {
    [messages::scripts(), write::scripts()].concat()
}
