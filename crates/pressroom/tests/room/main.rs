//! The pressroom as readers, and those who would harm it, meet it.
#![allow(clippy::unwrap_used)] // a test may stop where it stands

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod export;
mod feeds;
mod forms;
mod fresh;
mod hostile;
mod off;
mod pages;

use std::net::IpAddr;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use common::{NOW, Place};
use countermark_pressroom::{Room, router};
use countermark_testkit::FakeClock;
use countermark_web::Peer;
use tower::ServiceExt as _;

/// A room under a clock that stands still, and whoever asks it.
struct Visitor {
    room: Room,
    clock: FakeClock,
    from: IpAddr,
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Visitor {
    fn at(place: &Place) -> Self {
        let clock = FakeClock::at(NOW * 1000);
        let shown = clock.clone();
        let queue = place.queue();
        let room = Room::with_clock(&place.published(), Some(&queue), [9; 32], move || shown.now() / 1000).unwrap();
        Self { room, clock, from: "192.0.2.1".parse().unwrap() }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let mut request = request;
        request.extensions_mut().insert(Peer((self.from, 40_000).into()));
        let answer = router(self.room.clone()).oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap().to_vec();
        Answer { status: head.status, headers: head.headers, bytes }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        self.post_with(path, form, &[]).await
    }

    async fn post_with(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }
}
