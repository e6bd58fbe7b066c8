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

/// Whose work statements are; only the press writes and publishes them.
const STATEMENTS: Reach = CASES;
const PRESS: Reach = Reach::Roles(&[Role::Press]);

/// The table.
pub const TABLE: &[Line] = &[
    // door
    line("GET", "/sign-in", Reach::Stranger),
    line("POST", "/sign-out", Reach::Signed),
    // home
    line("GET", "/", Reach::Signed),
    // answer
    line("GET", "/answer", STATEMENTS),
    line("GET", "/answer/new", PRESS),
    line("POST", "/answer/new", PRESS),
    line("GET", "/answer/replies", STATEMENTS),
    line("POST", "/answer/replies", PRESS),
    line("GET", "/answer/settings", STATEMENTS),
    line("POST", "/answer/settings", PRESS),
    line("GET", "/answer/settings/picture", STATEMENTS),
    line("POST", "/answer/settings/picture", PRESS),
    line("GET", "/answer/{id}", STATEMENTS),
    line("POST", "/answer/{id}", PRESS),
    line("GET", "/answer/{id}/preview", PRESS),
    line("POST", "/answer/{id}/publish", PRESS),
    line("GET", "/answer/{id}/versions/{number}", STATEMENTS),
    line("POST", "/answer/{id}/withdraw", PRESS),
    line("GET", "/answer/{id}/invite", PRESS),
    line("POST", "/answer/{id}/invite", PRESS),
    // cases
    line("GET", "/cases", CASES),
    line("GET", "/cases/matches", CASES),
    line("GET", "/cases/{id}", CASES),
];
