//! Answers to scripts.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// An object for a script of this desk.
pub(crate) fn json(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
