//! One request: what is refused before any page is asked, and what every answer gets.

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, STRICT_TRANSPORT_SECURITY};
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use axum::response::IntoResponse;
use http_body_util::Limited;
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;
use tower_service::Service;

use super::places::Place;
use super::watched::Watched;
use super::{Ends, Line, Options, hosts};
use crate::headers::{Policy, Route, harden};

/// Who is at the other end of a connection, or of the proxy's: an extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Whether the request came over TLS, ours or a proxy's: an extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secure(pub bool);

/// A hold on the request's connection: an extension of every request. While the rest of a request is awaited its connection may be given up
/// for somebody else's, where there are too many.
#[derive(Clone)]
pub struct Stay(Place);

impl Stay {
    /// The connection is kept until this request is answered, however long its body takes: for whoever is known.
    pub fn stay(&self) {
        self.0.works();
    }
}

impl std::fmt::Debug for Stay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stay(..)")
    }
}

/// What all connections share.
pub(crate) struct Answering {
    router: Router,
    options: Options,
    run: String,
    next: AtomicU64,
}

impl Answering {
    pub(crate) fn new(router: Router, options: Options) -> Self {
        // Which run of the server a request belongs to: no secret, only not the same as the last one's.
        let run = format!("{:08x}", RandomState::new().hash_one(0) & 0xffff_ffff);
        Self { router, options, run, next: AtomicU64::new(1) }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) async fn answer(
        self: Arc<Self>,
        ends: Ends,
        place: Place,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Infallible> {
        if !place.begins(request.body().is_end_stream()) {
            return Ok(closing(plain(StatusCode::SERVICE_UNAVAILABLE, "There are too many at once; try again.\n")));
        }
        let began = Instant::now();
        let id = format!("{}-{}", self.run, self.next.fetch_add(1, Ordering::Relaxed));
        let method = request.method().clone();
        let secure = self.is_secure(ends, request.headers());
        let probe = self.probe(request.uri().path());
        let quiet = probe.is_some();
        let mut answer = match probe.or_else(|| self.refusal(ends, &request)) {
            Some(answer) => answer,
            None => self.ask(ends, place.clone(), secure, request).await,
        };
        let headers = answer.headers_mut();
        if secure {
            let year = HeaderValue::from_static("max-age=31536000");
            headers.insert(STRICT_TRANSPORT_SECURITY, year);
        }
        if let Ok(id) = HeaderValue::try_from(&id) {
            headers.insert("x-request-id", id);
        }
        if let Some(log) = self.options.log.as_ref().filter(|_| !quiet) {
            let route = answer.extensions_mut().remove::<Route>().map(|Route(route)| route);
            log(&Line { id, method, route, status: answer.status().as_u16(), took: began.elapsed() });
        }
        place.writes();
        Ok(answer.map(|body| Body::new(Watched::new(body, move || place.awaits()))))
    }

    /// The two addresses that whoever keeps it running may ask. They say that it is up and nothing else.
    fn probe(&self, path: &str) -> Option<Response<Body>> {
        let fine = match path {
            "/healthz" => true,
            "/readyz" => self.options.ready.as_ref().is_none_or(|ready| ready()),
            _ => return None,
        };
        Some(if fine { plain(StatusCode::OK, "ok\n") } else { plain(StatusCode::SERVICE_UNAVAILABLE, "not ready\n") })
    }

    fn refusal(&self, ends: Ends, request: &Request<Incoming>) -> Option<Response<Body>> {
        let headers = request.headers();
        if let Some(names) = &self.options.names
            && !hosts::is_ours(request.uri(), headers, ends.local.ip(), names)
        {
            let why =
                "This server is not known by that name.\nWhoever runs it can add the name to its configuration.\n";
            return Some(plain(StatusCode::MISDIRECTED_REQUEST, why));
        }
        let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.options.body as u64) {
            return Some(closing(plain(StatusCode::PAYLOAD_TOO_LARGE, "That is too much at once.\n")));
        }
        None
    }

    /// Lets the pages answer, on a task of its own: what was begun is not broken off because the browser went away, and a fault of one
    /// page is one failed answer.
    async fn ask(&self, ends: Ends, place: Place, secure: bool, request: Request<Incoming>) -> Response<Body> {
        let peer = self.peer(ends, request.headers());
        let comes = place.clone();
        let mut request = request.map(|body| {
            let body = Watched::new(body, move || comes.works());
            Body::new(Limited::new(body, self.options.body))
        });
        request.extensions_mut().insert(Stay(place));
        request.extensions_mut().insert(Peer(peer));
        request.extensions_mut().insert(Secure(secure));
        let (mut router, limit) = (self.router.clone(), self.options.request);
        let asked = tokio::spawn(async move { timeout(limit, router.call(request)).await });
        match asked.await {
            Ok(Ok(Ok(answer))) => answer,
            Ok(Err(_)) => closing(plain(StatusCode::SERVICE_UNAVAILABLE, "That took too long; try again.\n")),
            Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here; try again.\n"),
        }
    }

    fn is_secure(&self, ends: Ends, headers: &HeaderMap) -> bool {
        let said =
            || headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"));
        self.options.tls.is_some() || (self.options.is_proxy(ends.peer.ip()) && said())
    }

    /// The other end; what a proxy says that we trust rules. Only the last address counts: the proxy wrote that one itself.
    fn peer(&self, ends: Ends, headers: &HeaderMap) -> SocketAddr {
        if !self.options.is_proxy(ends.peer.ip()) {
            return ends.peer;
        }
        let said = headers.get_all("x-forwarded-for").iter().next_back().and_then(|said| said.to_str().ok());
        let last = said.and_then(|said| said.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
        last.map_or(ends.peer, |ip| SocketAddr::new(ip, 0))
    }
}

/// An answer without a page.
fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut answer = (status, text).into_response();
    harden(answer.headers_mut(), Policy::Private);
    answer
}

/// The connection ends with this answer: what may still come in on it is not wanted.
fn closing(mut answer: Response<Body>) -> Response<Body> {
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}
