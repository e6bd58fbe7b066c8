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
    line("POST", "/cases/matches", Reach::Roles(&[Role::Analyst])),
    line("GET", "/cases/new", Reach::Roles(&[Role::Analyst])),
    line("POST", "/cases/new", Reach::Roles(&[Role::Analyst])),
    line("GET", "/cases/jobs/{number}", CASES),
    line("GET", "/cases/jobs/{number}/file", CASES),
    line("GET", "/cases/{id}", CASES),
    line("POST", "/cases/{id}/approve", Reach::Roles(&[Role::Approver])),
    line("GET", "/cases/{id}/brief", CASES),
    line("POST", "/cases/{id}/hear", Reach::Roles(&[Role::Analyst])),
    line("POST", "/cases/{id}/note", Reach::Roles(&[Role::Analyst])),
    line("GET", "/cases/{id}/picture/{n}", CASES),
    line("POST", "/cases/{id}/prove", CASES),
    line("POST", "/cases/{id}/reply", Reach::Roles(&[Role::Analyst])),
    line("GET", "/cases/{id}/text", CASES),
    line("POST", "/cases/{id}/trace", Reach::Roles(&[Role::Analyst])),
];
