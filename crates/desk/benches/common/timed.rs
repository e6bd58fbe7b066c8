//! Somebody signed in at a desk in memory, and how long his pages take.

use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use countermark_desk::{Desk, Outside, Role, Roles, router};
use countermark_office::Office;
use countermark_testkit::rng;
use tower::ServiceExt;

struct Nothing;

impl Outside for Nothing {
    fn open(&self, _: &str, _: &str) -> Result<Office, String> {
        Err("not here".to_owned())
    }
}

pub struct Bench {
    router: Router,
    cookie: String,
    csrf: String,
}

impl Bench {
    /// At a desk over the vault in a folder.
    pub fn of<const N: usize>(dir: &Path, roles: [Role; N]) -> Self {
        let desk = Desk::new(Box::new(Nothing), Box::new(rng(11)));
        desk.unlock(super::open(dir));
        let admission = desk.admit("Ida Maren", Roles::from(roles));
        Self { router: router(desk), cookie: admission.cookie, csrf: admission.csrf }
    }

    pub async fn get(&self, path: &str) -> (Duration, usize) {
        self.send(Request::get(path), Body::empty(), StatusCode::OK).await
    }

    /// A form with these fields, as they stand in its body, and the session's token.
    pub async fn post(&self, path: &str, fields: &str) -> (Duration, usize) {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, Body::from(format!("csrf={}&{fields}", self.csrf)), StatusCode::SEE_OTHER).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body, wanted: StatusCode) -> (Duration, usize) {
        let request = request.header("cookie", format!("countermark={}", self.cookie)).body(body).unwrap();
        let began = Instant::now();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert_eq!(status, wanted);
        (began.elapsed(), bytes.len())
    }
}

pub fn report(name: &str, mut times: Vec<(Duration, usize)>) {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].0;
    let bytes = times.iter().map(|(_, bytes)| *bytes).max().unwrap_or(0);
    println!("{name:<28} p50 {:>8.1?}  p95 {:>8.1?}  max {:>8.1?}  {bytes:>7} bytes", at(50), at(95), at(100));
}
