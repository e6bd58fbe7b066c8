//! Who gets past the door, on every request before any page: a stranger sees the sign-in page and nothing else, not even what there is.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, ALLOW, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use countermark_web::Stay;
use tokio::time::timeout;

use crate::cookie::Cookies;
use crate::form::bytes;
use crate::pages::table;
use crate::refusal::Told;
use crate::session::Stage;
use crate::{Desk, Refusal, Signed};

/// Where strangers may be; everything else is the office's. The stylesheet comes beside it.
pub(crate) const DOOR: &str = "/sign-in";

/// How many bytes the form of somebody who is not signed in may have.
const STRANGERS_FORM: usize = 16 << 10;

/// Marks an answer to somebody who is not signed in.
#[derive(Clone)]
struct ToStranger;

/// Takes out of an answer to a stranger what the router writes after the [`gate`]: by which methods an address can be asked.
pub(crate) async fn tell_nothing(mut answer: Response) -> Response {
    if answer.extensions_mut().remove::<ToStranger>().is_some() {
        answer.headers_mut().remove(ALLOW);
    }
    answer
}

/// Lets through whoever is signed in, with [`Signed`] among the request's extensions; answers strangers; says refusals in the form that was asked for.
pub(crate) async fn gate(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let known = signed(&desk, request.headers(), Cookies::of(request.extensions()));
    let is_in = known.as_ref().is_some_and(|known| known.stage == Stage::Whole);
    let mut answer = pass(&desk, known, request, next).await;
    if !is_in {
        answer.extensions_mut().insert(ToStranger);
    }
    answer
}

async fn pass(desk: &Desk, known: Option<Signed>, mut request: Request, next: Next) -> Response {
    let (path, method) = (request.uri().path(), request.method());
    let at_door =
        table::is_door(method, path) || (desk.is_style(path) && matches!(*method, Method::GET | Method::HEAD));
    let script = wants_json(request.headers());
    let page = matches!(*request.method(), Method::GET | Method::HEAD) && !script;
    let cookies = Cookies::of(request.extensions());
    let signed = known.clone().filter(|signed| signed.stage == Stage::Whole);
    if foreign(request.method(), request.headers()) {
        return said(desk, Refusal::Forged.into_response(), script, page, signed.as_ref());
    }
    if signed.is_none() && !at_door {
        let wanted = request.uri().path_and_query().map(|wanted| wanted.as_str().to_owned());
        let mut answer = said(desk, Refusal::Stranger.into_response(), script, page, None);
        if page
            && is_navigation(request.headers())
            && let Some(cookie) = wanted.and_then(|wanted| cookies.wanted(&wanted))
            && let Ok(cookie) = HeaderValue::from_str(&cookie)
        {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        return answer;
    }
    if let Some(refused) = table::refuses(&request, signed.as_ref()) {
        return said(desk, refused.into_response(), script, page, signed.as_ref());
    }
    if signed.is_some() {
        // What he uploads may take its time, however many others are half there.
        if let Some(stay) = request.extensions().get::<Stay>() {
            stay.stay();
        }
    } else {
        request = match whole(desk, request).await {
            Ok(request) => request,
            Err(refused) => return said(desk, refused.into_response(), script, page, None),
        };
    }
    if let Some(signed) = known {
        request.extensions_mut().insert(signed);
    }
    let answer = next.run(request).await;
    said(desk, answer, script, page, signed.as_ref())
}

/// A stranger's request with all of its body, which is small and comes at once.
async fn whole(desk: &Desk, request: Request) -> Result<Request, Refusal> {
    let (parts, rest) = request.into_parts();
    let body = timeout(desk.options().strangers_wait, bytes(Request::new(rest), STRANGERS_FORM)).await;
    let body = body.map_err(|_| Refusal::Slow)??;
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// Whether somebody goes there, and no page merely asks for it: a browser's search for an icon is nothing that is returned to.
fn is_navigation(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_none_or(|what| what == "document")
}

/// A refusal in its form; any other answer as it is.
fn said(desk: &Desk, answer: Response, script: bool, page: bool, signed: Option<&Signed>) -> Response {
    let Some(told) = answer.extensions().get::<Told>().cloned() else { return answer };
    let status = answer.status();
    // A session that ended while its request was under way leaves its person a stranger.
    let signed = signed.filter(|signed| desk.sessions().has(&signed.session));
    let mut form = if told.is_to_a_stranger() && page {
        (StatusCode::SEE_OTHER, [(LOCATION, DOOR)]).into_response()
    } else if script {
        told.json(status)
    } else {
        told.page(status, signed)
    };
    for (name, value) in answer.headers() {
        if !form.headers().contains_key(name) {
            form.headers_mut().insert(name, value.clone());
        }
    }
    form.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
    form
}

fn signed(desk: &Desk, headers: &HeaderMap, cookies: Cookies) -> Option<Signed> {
    let cookie = cookie(headers, cookies.session())?;
    desk.sessions().find(cookie, desk.instant())
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// Whether a browser says that another site's page sends this: the tokens would refuse it too, this refuses it sooner.
fn foreign(method: &Method, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    !matches!(*method, Method::GET | Method::HEAD) && matches!(site, Some(b"cross-site" | b"same-site"))
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("application/json"))
}
