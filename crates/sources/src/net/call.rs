//! A request out, an answer in.

use std::time::Instant;

use ureq::http::{self, HeaderMap, Method, header};
use ureq::{Agent, Body};
use url::Url;

use super::answer::{retry_after, usual_wait};
use super::request::address;
use super::tape::{Given, Recorder, Resolved};
use super::{Accept, Answer, Limits, Net, Reach, Request, Validators, now_ms, wire};
use crate::{Exchange, Fault};

/// What a status line and header fields may take.
const HEAD: usize = 64 * 1024;

/// The most bytes that are sent.
const SENT_MOST: usize = 1 << 20;

const ENCODING: &str = "content encoding";

pub(super) fn ask(net: &Net, request: &Request) -> Result<(Answer, Exchange), Fault> {
    let limits = request.limits.unwrap_or(net.limits);
    let until = Instant::now() + limits.whole;
    let mut url = request.address()?;
    let mut seen = vec![url.clone()];
    loop {
        let reach = if url.host() == seen[0].host() { request.reach } else { Reach::Public };
        let (recorder, response) = send(net, request, &url, reach, limits, until)?;
        let status = response.status().as_u16();
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            let next = follow(request, &url, response.headers())?;
            if seen.contains(&next) {
                return Err(Fault::Limit("a redirect that goes round"));
            }
            if seen.len() > limits.redirects {
                return Err(Fault::Limit("redirects"));
            }
            seen.push(next.clone());
            url = next;
            continue;
        }
        judge(request, status, response.headers())?;
        let (parts, body) = response.into_parts();
        let body = read(body, &parts.headers, limits)?;
        let at_ms = now_ms();
        let answer = Answer {
            status,
            url: request.strike_text(url.to_string()),
            content_type: text(&parts.headers, &header::CONTENT_TYPE).map(|kind| request.strike_text(kind)),
            body: request.strike(body),
            validators: Validators::of(&parts.headers),
            headers: parts.headers,
        };
        let mut tape = recorder.tape();
        let exchange = Exchange {
            url: answer.url.clone(),
            at_ms,
            request: request.strike(std::mem::take(&mut tape.sent)),
            response: request.strike(std::mem::take(&mut tape.received)),
        };
        return Ok((answer, exchange));
    }
}

/// Sends the request to one address; what comes back has its body unread.
fn send(
    net: &Net,
    request: &Request,
    url: &Url,
    reach: Reach,
    limits: Limits,
    until: Instant,
) -> Result<(Recorder, http::Response<Body>), Fault> {
    let wire = net.connect(url, reach, limits.connect, until, None)?;
    let recorder = Recorder::new(HEAD.saturating_add(limits.body));
    let response = over(net, request, url, wire, &recorder)?;
    Ok((recorder, response))
}

/// Sends the request over a connection that stands.
pub(super) fn over(
    net: &Net,
    request: &Request,
    url: &Url,
    wire: wire::Wire,
    recorder: &Recorder,
) -> Result<http::Response<Body>, Fault> {
    let config = Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .max_idle_connections(0)
        .max_response_header_size(HEAD)
        .user_agent(&*net.agent)
        .accept("*/*")
        .build();
    let agent = Agent::with_parts(config, Given::new(wire, recorder.clone()), Resolved);
    let mut built = http::Request::builder()
        .method(if request.body.is_some() { Method::POST } else { Method::GET })
        .uri(url.as_str())
        .header(header::CONNECTION, "close");
    if let Some(etag) = &request.since.etag {
        built = built.header(header::IF_NONE_MATCH, etag);
    }
    if let Some(modified) = &request.since.modified {
        built = built.header(header::IF_MODIFIED_SINCE, modified);
    }
    for (name, value) in &request.headers {
        let mut value = header::HeaderValue::from_str(&request.fill(value, false))
            .map_err(|_| Fault::Garbled("a header to send"))?;
        value.set_sensitive(request.secret.is_some());
        built = built.header(*name, value);
    }
    let sent = match &request.body {
        Some((kind, body)) => {
            let body = fill_body(request, body)?;
            let built = built.header(header::CONTENT_TYPE, *kind).body(&*body);
            agent.run(built.map_err(|_| Fault::Garbled("a request to send"))?)
        }
        None => agent.run(built.body(()).map_err(|_| Fault::Garbled("a request to send"))?),
    };
    sent.map_err(failed)
}

/// A form that holds the secret holds it encoded; other bodies hold it as it is.
fn fill_body(request: &Request, body: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, Fault> {
    if body.len() > SENT_MOST {
        return Err(Fault::Limit("size of a request"));
    }
    let form = request.body.as_ref().is_some_and(|(kind, _)| kind.starts_with("application/x-www-form-urlencoded"));
    let filled = match std::str::from_utf8(body) {
        Ok(text) if request.secret.is_some() => request.fill(text, form).as_bytes().to_vec(),
        _ => body.to_vec(),
    };
    Ok(zeroize::Zeroizing::new(filled))
}

/// Where a redirect leads, if it may be followed.
fn follow(request: &Request, from: &Url, headers: &HeaderMap) -> Result<Url, Fault> {
    if request.body.is_some() {
        return Err(Fault::Garbled("a redirect of what was sent"));
    }
    let location = text(headers, &header::LOCATION).ok_or(Fault::Garbled("a redirect to nowhere"))?;
    let next = from.join(&location).map_err(|_| Fault::Garbled("a redirect to nowhere"))?;
    let next = address(next.as_str())?;
    // A secret stands in the address or the header: it goes to nobody else.
    if request.secret.is_some() && next.origin() != from.origin() {
        return Err(Fault::Limit("a redirect away from where the credentials belong"));
    }
    Ok(next)
}

/// Whether an answer with this status is one.
pub(super) fn judge(request: &Request, status: u16, headers: &HeaderMap) -> Result<(), Fault> {
    let unchanged = status == 304 && !request.since.is_empty();
    if (200..300).contains(&status) || unchanged {
        return Ok(());
    }
    if request.accept == Accept::Any && status >= 400 {
        return Ok(());
    }
    let wait = || retry_after(headers, now_ms() / 1000);
    match status {
        429 => Err(Fault::Wait(wait().unwrap_or_else(usual_wait))),
        503 => Err(wait().map_or(Fault::Status(503), Fault::Wait)),
        401 | 403 if request.secret.is_some() => Err(Fault::Refused),
        _ => Err(Fault::Status(status)),
    }
}

fn read(mut body: Body, headers: &HeaderMap, limits: Limits) -> Result<Vec<u8>, Fault> {
    // One that says it is too long is not read at all.
    if body.content_length().is_some_and(|length| length > limits.body as u64) {
        return Err(Fault::Limit("size"));
    }
    // ureq takes the header away where it undoes what it says.
    let encoding = text(headers, &header::CONTENT_ENCODING).unwrap_or_default();
    if !matches!(encoding.trim(), "" | "identity") {
        return Err(Fault::Garbled(ENCODING));
    }
    body.with_config().limit(limits.decoded as u64).read_to_vec().map_err(failed)
}

pub(super) fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What ureq says, without its words: they may hold what came from outside.
pub(super) fn failed(error: ureq::Error) -> Fault {
    match error {
        ureq::Error::Io(error) => wire::fault(error, "the connection broke"),
        ureq::Error::Timeout(_) => Fault::Limit("time"),
        ureq::Error::BodyExceedsLimit(_) => Fault::Limit("size"),
        ureq::Error::LargeResponseHeader(..) => Fault::Limit("size of a header"),
        // An I/O error inside the decoder may be the connection's own.
        ureq::Error::Decompress(_, error) => match wire::fault(error, ENCODING) {
            Fault::Unreachable(what) if what == ENCODING => Fault::Garbled(ENCODING),
            other => other,
        },
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Fault::Unreachable("no connection"),
        _ => Fault::Garbled("HTTP"),
    }
}
