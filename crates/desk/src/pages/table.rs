//! Every address of the desk, and for whom it is. The tests walk this table: strangers get nothing anywhere, each form needs its token, each page
//! its role. A test reads the sources of the pages and fails while a route is missing here.

use axum::extract::{MatchedPath, Request};
use axum::http::Method;

use crate::{Refusal, Role, Signed};

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

const WRITER: Reach = Reach::Roles(&[Role::Writer]);
const ANALYST: Reach = Reach::Roles(&[Role::Analyst]);
const APPROVER: Reach = Reach::Roles(&[Role::Approver]);

/// The address book is the writer's, the office's persons the approver's.
const PEOPLE: Reach = Reach::Roles(&[Role::Approver, Role::Writer]);

/// Who keeps an eye on what was done.
const TRAIL: Reach = Reach::Roles(&[Role::Analyst, Role::Approver]);

/// Whose work cases are.
const CASES: Reach = Reach::Roles(&[Role::Analyst, Role::Approver, Role::Press]);

/// Whose work statements are; only the press writes and publishes them.
const STATEMENTS: Reach = CASES;
const PRESS: Reach = Reach::Roles(&[Role::Press]);

/// The table.
pub const TABLE: &[Line] = &[
    // door
    line("GET", "/sign-in", Reach::Stranger),
    line("POST", "/sign-in", Reach::Stranger),
    line("POST", "/sign-in/first", Reach::Stranger),
    line("GET", "/sign-in/invited", Reach::Stranger),
    line("POST", "/sign-in/invited", Reach::Stranger),
    // These two are for whoever has shown his passphrase and has no codes yet.
    line("GET", "/sign-in/codes", Reach::Stranger),
    line("POST", "/sign-in/codes", Reach::Stranger),
    line("POST", "/sign-out", Reach::Signed),
    line("POST", "/lock", Reach::Signed),
    // home
    line("GET", "/", Reach::Signed),
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
    // answer
    line("GET", "/answer", STATEMENTS),
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
    line("POST", "/answer/{id}/discard", PRESS),
    line("GET", "/answer/{id}/versions/{number}", STATEMENTS),
    line("POST", "/answer/{id}/withdraw", PRESS),
    line("GET", "/answer/{id}/invite", PRESS),
    line("POST", "/answer/{id}/invite", PRESS),
    // cases
    line("GET", "/cases", CASES),
    line("GET", "/cases/matches", CASES),
    line("POST", "/cases/matches", Reach::Roles(&[Role::Analyst])),
    line("GET", "/cases/new", Reach::Roles(&[Role::Analyst])),
    line("POST", "/cases/new", Reach::Roles(&[Role::Analyst])),
    line("GET", "/cases/jobs/{number}", CASES),
    line("GET", "/cases/jobs/{number}/file", CASES),
    line("GET", "/cases/{id}", CASES),
    line("POST", "/cases/{id}/again", Reach::Roles(&[Role::Analyst])),
    line("POST", "/cases/{id}/approve", Reach::Roles(&[Role::Approver])),
    line("GET", "/cases/{id}/brief", CASES),
    line("POST", "/cases/{id}/hear", Reach::Roles(&[Role::Analyst])),
    line("POST", "/cases/{id}/note", Reach::Roles(&[Role::Analyst])),
    line("GET", "/cases/{id}/picture/{n}", CASES),
    line("POST", "/cases/{id}/prove", CASES),
    line("POST", "/cases/{id}/reply", Reach::Roles(&[Role::Analyst])),
    line("GET", "/cases/{id}/text", CASES),
    line("POST", "/cases/{id}/trace", Reach::Roles(&[Role::Analyst])),
    // sources
    line("GET", "/sources", ANALYST),
    line("POST", "/sources", ANALYST),
    line("POST", "/sources/names", ANALYST),
    line("POST", "/sources/{name}/ask", ANALYST),
    line("POST", "/sources/{name}/remove", ANALYST),
    // people
    line("GET", "/people", PEOPLE),
    line("POST", "/people", WRITER),
    line("GET", "/people/{handle}", WRITER),
    line("POST", "/people/{handle}", WRITER),
    line("POST", "/people/{handle}/remove", WRITER),
    line("POST", "/office", APPROVER),
    line("GET", "/office/{name}", APPROVER),
    line("POST", "/office/{name}", APPROVER),
    line("POST", "/office/{name}/remove", APPROVER),
    // log
    line("GET", "/log", Reach::Signed),
    line("POST", "/log/audit", Reach::Signed),
    line("POST", "/log/witnesses", APPROVER),
    line("POST", "/log/witnesses/remove", APPROVER),
    line("POST", "/log/timestampers", APPROVER),
    line("POST", "/log/timestampers/remove", APPROVER),
    // trail
    line("GET", "/trail", TRAIL),
    // settings
    line("GET", "/settings", Reach::Signed),
    line("POST", "/settings/passphrase", Reach::Signed),
    line("POST", "/settings/codes", Reach::Signed),
];

/// Whether somebody who is not signed in may ask for this: the sign-in page and what belongs to it, each by its own methods.
pub(crate) fn is_door(method: &Method, path: &str) -> bool {
    let method = of(method);
    TABLE.iter().any(|line| line.reach == Reach::Stranger && line.path == path && line.method == method)
}

/// Whether a path is that of a page which can be gone to.
pub(crate) fn is_page(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    TABLE.iter().any(|line| line.method == "GET" && fits(line.path, path))
}

/// Whether a path fits a pattern of the router's, part by part.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut found) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found => {}
            (Some(hole), Some(found)) if hole.starts_with('{') && !found.is_empty() => {}
            _ => return false,
        }
    }
}

fn of(method: &Method) -> &str {
    if *method == Method::HEAD { "GET" } else { method.as_str() }
}

/// Holds a request against the table, before its page is asked; a page may refuse more.
pub(crate) fn refuses(request: &Request, signed: Option<&Signed>) -> Option<Refusal> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let method = of(request.method());
    let line = TABLE.iter().find(|line| line.path == path && line.method == method)?;
    match (line.reach, signed) {
        (Reach::Stranger, _) | (Reach::Signed, Some(_)) => None,
        (Reach::Roles(roles), Some(signed)) => signed.must_any(roles).err(),
        (Reach::Signed | Reach::Roles(_), None) => Some(Refusal::Stranger),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_from_what_is_none() {
        for path in ["/", "/write", "/cases/7f3k", "/cases/new?text=a", "/messages/1/copies/2", "/sign-in"] {
            assert!(is_page(path), "{path}");
        }
        for path in ["/lock", "/sign-out", "/answer/new/x", "/cases/", "/cases/a/b/c", "/nothing", "", "/office"] {
            assert!(!is_page(path), "{path}");
        }
        assert!(is_door(&Method::HEAD, "/sign-in") && is_door(&Method::POST, "/sign-in/first"));
        for (method, path) in
            [(Method::GET, "/sign-in/first"), (Method::PUT, "/sign-in"), (Method::GET, "/sign-in/nothing")]
        {
            assert!(!is_door(&method, path), "{path}");
        }
    }
}
