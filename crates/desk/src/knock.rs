//! Whoever stands at the sign-in page, and the forms that he sends there: with a token of their own, since he has no session yet.

use std::net::IpAddr;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use countermark_web::Peer;
use maud::{Markup, html};
use serde::de::DeserializeOwned;

use crate::cookie::{Cookies, is_local};
use crate::form::{FIELD, body, fields};
use crate::gate::cookie;
use crate::pages::table::is_page;
use crate::session::{Stage, hex};
use crate::{Admission, Desk, Refusal};

/// A browser at the sign-in page.
pub(crate) struct Visitor {
    /// Where it comes from.
    pub(crate) peer: Option<IpAddr>,
    cookies: Cookies,
    door: String,
    fresh: bool,
    token: String,
    wanted: Option<String>,
}

/// A form that was sent from the sign-in page.
pub(crate) struct Knock<T>(pub(crate) Visitor, pub(crate) T);

impl Visitor {
    /// What a form of the sign-in page carries.
    pub(crate) fn token(&self) -> Markup {
        html! { input type="hidden" name=(FIELD) value=(self.token); }
    }

    /// The page that he first wanted.
    pub(crate) fn wanted(&self) -> Option<&str> {
        self.wanted.as_deref()
    }

    /// A page for him.
    pub(crate) fn page(&self, status: StatusCode, page: Markup) -> Response {
        let mut answer = (status, page).into_response();
        if self.fresh {
            add(&mut answer, &self.cookies.set(self.cookies.door(), &self.door));
        }
        answer
    }

    /// Lets him in: to the page that he wanted, or to where he sets up his one-time codes first.
    pub(crate) fn admit(&self, admission: &Admission, stage: Stage) -> Response {
        let to = match stage {
            Stage::Codes => "/sign-in/codes",
            // Only now is it told whether there is such a page.
            Stage::Whole => self.wanted().filter(|path| is_page(path)).unwrap_or("/"),
        };
        let mut answer = Redirect::to(to).into_response();
        add(&mut answer, &self.cookies.set(self.cookies.session(), &admission.cookie));
        if stage == Stage::Whole {
            add(&mut answer, &self.cookies.forget(self.cookies.door()));
            add(&mut answer, &self.cookies.forget(self.cookies.wanted_name()));
        }
        answer
    }
}

fn add(answer: &mut Response, line: &str) {
    if let Ok(line) = HeaderValue::from_str(line) {
        answer.headers_mut().append(SET_COOKIE, line);
    }
}

impl FromRequestParts<Desk> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Refusal> {
        let cookies = Cookies::of(&parts.extensions);
        let known = cookie(&parts.headers, cookies.door()).filter(|value| is_secret(value));
        let door = known.map_or_else(|| hex(&desk.secret()), str::to_owned);
        let wanted = cookie(&parts.headers, cookies.wanted_name()).filter(|path| is_local(path));
        Ok(Self {
            peer: parts.extensions.get::<Peer>().map(|peer| peer.0.ip()),
            cookies,
            token: desk.door().token(&door),
            fresh: known.is_none(),
            door,
            wanted: wanted.map(str::to_owned),
        })
    }
}

impl<T: DeserializeOwned> FromRequest<Desk> for Knock<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Refusal> {
        let (mut parts, rest) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, desk).await?;
        let (body, token) = body(Request::from_parts(parts, rest)).await?;
        let token = token.ok_or(Refusal::Forged)?;
        // A browser without the cookie was given a new one just now, of which it can't know the token.
        if desk.door().is_token(&visitor.door, &token) {
            Ok(Self(visitor, fields(&body)?))
        } else {
            Err(Refusal::Forged)
        }
    }
}

/// Whether a cookie's value is one that a desk gives out.
fn is_secret(value: &str) -> bool {
    value.len() == 64 && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
