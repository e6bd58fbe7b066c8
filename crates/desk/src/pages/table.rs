//! Every address of the desk, and for whom it is. The tests walk this table: strangers get nothing anywhere, each form needs its token, each page
//! its role. A test reads the sources of the pages and fails while a route is missing here.

use crate::Role;

/// An address and a method.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path as the router has it.
    pub path: &'static str,
    /// For whom it is.
    pub reach: Reach,
}

/// For whom a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Whoever comes: the sign-in page and what belongs to it.
    Stranger,
    /// Whoever is signed in.
    Signed,
    /// Whoever has one of these roles.
    Roles(&'static [Role]),
}

const fn line(method: &'static str, path: &'static str, reach: Reach) -> Line {
    Line { method, path, reach }
}

/// Whose work cases are.
const CASES: Reach = Reach::Roles(&[Role::Analyst, Role::Approver, Role::Press]);

/// Whose work messages are.
const WRITER: Reach = Reach::Roles(&[Role::Writer]);

/// The table.
pub const TABLE: &[Line] = &[
    // door
    line("GET", "/sign-in", Reach::Stranger),
    line("POST", "/sign-out", Reach::Signed),
    // home
    line("GET", "/", Reach::Signed),
    // cases
    line("GET", "/cases", CASES),
    line("GET", "/cases/matches", CASES),
    line("GET", "/cases/{id}", CASES),
    // write
    line("GET", "/write", WRITER),
    line("POST", "/write", WRITER),
    line("GET", "/write/{id}", WRITER),
    line("GET", "/write/{id}/copies", WRITER),
    line("POST", "/write/{id}/decide", WRITER),
    line("POST", "/write/{id}/delete", WRITER),
    line("GET", "/write/{id}/seal", WRITER),
    line("POST", "/write/{id}/seal", WRITER),
    line("POST", "/write/{id}/settings", WRITER),
    line("POST", "/write/{id}/text", WRITER),
    // messages
    line("GET", "/messages", WRITER),
    line("GET", "/messages/{id}", WRITER),
    line("GET", "/messages/{id}/copies/{number}", WRITER),
    line("POST", "/messages/{id}/copies/{number}/check", WRITER),
    line("POST", "/messages/{id}/copies/{number}/handed", WRITER),
    line("GET", "/messages/{id}/print", WRITER),
];
