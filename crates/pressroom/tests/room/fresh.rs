//! What was published this moment is there for the first who asks, and strangers who ask for what is nowhere cause few looks.

use std::time::{Duration, Instant};

use countermark_statement::{Invited, State};

use super::common::{self, Place, hex, put, put_state, version};
use super::*;

/// How often strangers cause a look, at most.
const ASKED: Duration = Duration::from_millis(200);
/// Longer than that.
const LATER: Duration = Duration::from_millis(250);

/// A room in which nobody looks for changes but by requests.
fn place() -> (Place, Visitor) {
    let place = Place::new(common::everything());
    let visitor = Visitor::at(&place);
    (place, visitor)
}

fn invite(place: &Place, token: &str) {
    let invited = vec![Invited { sha256: hex(token), until: NOW + 1_000 }];
    put_state(&place.published(), "poryadok", &State { invited, ..State::default() });
}

#[tokio::test]
async fn a_statement_is_there_at_once() {
    let (place, visitor) = place();
    put(&place.published(), "new", &version(1, Some(&place.sealed)), Some(&place.sealed.bundle));
    assert_eq!(visitor.get("/en/statements/new").await.status, 200);
    tokio::time::sleep(LATER).await;
    put(&place.published(), "new", &version(2, Some(&place.sealed)), Some(&place.sealed.bundle));
    for path in ["/statements/new/2.bundle.json", "/statements/new/2.png", "/fr/statements/new/2"] {
        assert_eq!(visitor.get(path).await.status, 200, "{path}");
    }
    assert_eq!(visitor.get("/en/statements/new/3").await.status, 404);
    assert_eq!(visitor.get("/en/statements/nowhere").await.status, 404);
}

#[tokio::test]
async fn a_personal_link_is_open_at_once() {
    let (place, visitor) = place();
    invite(&place, "Fresh1");
    assert_eq!(visitor.get("/reply/Fresh1").await.status, 200);
    tokio::time::sleep(LATER).await;
    invite(&place, "Fresh2");
    assert_eq!(visitor.post("/reply/Fresh2", "text=It+is+not+so.").await.status, 303);
    // Whoever has guessed too often learns nothing by guessing right.
    for n in 0..20 {
        assert_eq!(visitor.get(&format!("/reply/guess{n}")).await.status, 404);
    }
    tokio::time::sleep(LATER).await;
    invite(&place, "Fresh3");
    assert_eq!(visitor.get("/reply/Fresh3").await.status, 404);
    assert!(visitor.room.refresh(), "nor was it looked for him");
}

#[tokio::test]
async fn strangers_together_cause_one_look_in_a_while() {
    let (place, visitor) = place();
    let begun = Instant::now();
    assert_eq!(visitor.get("/en/statements/new").await.status, 404);
    put(&place.published(), "new", &version(1, None), None);
    let soon = visitor.get("/en/statements/new").await.status;
    // A machine that stood still meanwhile has shown nothing.
    assert!(soon == 404 || begun.elapsed() >= ASKED, "looked twice in {:?}", begun.elapsed());
    tokio::time::sleep(LATER).await;
    let asked = (0..50).map(|_| visitor.get("/en/statements/new"));
    let mut answers = Vec::new();
    for asked in asked {
        answers.push(asked.await.status);
    }
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
}

#[tokio::test]
async fn what_is_of_no_statements_form_causes_no_look() {
    let (place, visitor) = place();
    put(&place.published(), "new", &version(1, None), None);
    for path in
        ["/en/statements/New", "/nowhere", "/page/9", "/statements/%6eew", "/reply/no-token", "/reply/", "/assets/x"]
    {
        assert_eq!(visitor.get(path).await.status, 404, "{path}");
    }
    assert!(visitor.room.refresh(), "nobody has looked");
}
