use countermark_statement::{Features, QueueReader, Site, Slip};

use super::common::{self, Place, TOKEN};
use super::*;

/// A place whose queue the test can read.
fn readable(features: Features) -> (Place, String) {
    use age::secrecy::ExposeSecret as _;
    let place = Place::new(features);
    let desk = age::x25519::Identity::generate();
    common::put_site(
        &place.published(),
        &Site { features, desk: Some(desk.to_public().to_string()), ..common::site(&place.sealed) },
    );
    (place, desk.to_string().expose_secret().to_owned())
}

fn taken(place: &Place, identity: &str) -> Vec<Slip> {
    let reader = QueueReader::open(&place.queue(), identity).unwrap();
    reader.next(None, 100).unwrap().into_iter().filter_map(|taken| taken.slip).collect()
}

const COMMENT: &str = "/en/statements/bridge-at-karsk/comment";

#[tokio::test]
async fn a_comment_waits_for_the_desk() {
    let (place, identity) = readable(common::everything());
    let visitor = Visitor::at(&place);
    let before = visitor.get("/en/statements/bridge-at-karsk").await;
    let answer = visitor.post(COMMENT, "name=+Ana+&text=Two%0D%0Alines+%3Cb%3E&website=").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/en/statements/bridge-at-karsk/thanks");
    assert!(visitor.get(answer.header("location")).await.text().contains("Thank you for your comment"));
    let slips = taken(&place, &identity);
    assert_eq!(
        slips,
        [Slip::Comment {
            statement: "bridge-at-karsk".into(),
            name: "Ana".into(),
            text: "Two\nlines <b>".into(),
            at: NOW
        }]
    );
    visitor.room.refresh();
    assert_eq!(visitor.get("/en/statements/bridge-at-karsk").await.text(), before.text(), "nothing appears by itself");
    // No address lies anywhere.
    for entry in std::fs::read_dir(place.queue()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(9).any(|window| window == b"192.0.2.1"));
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_and_what_was_typed_is_kept() {
    let (place, identity) = readable(common::everything());
    let visitor = Visitor::at(&place);
    for (form, said) in [
        ("name=&text=My+words", "Write a name of one line"),
        ("name=Ana&text=++", "Write something."),
        (&format!("name=Ana&text=My+words{}", "x".repeat(2_000)), "longer than 2000 characters"),
        (&format!("name={}&text=My+words", "n".repeat(81)), "Write a name of one line"),
        ("name=%E2%80%AEana&text=My+words", "Write a name of one line"),
        ("name=%E2%80%8D&text=My+words", "Write a name of one line"),
    ] {
        let answer = visitor.post(COMMENT, form).await;
        assert_eq!(answer.status, 422, "{said}");
        assert!(answer.text().contains(said), "{said}");
        assert!(answer.text().contains("My words") || form.contains("text=++"), "{said}");
        assert!(answer.text().contains("aria-invalid=\"true\""));
    }
    assert!(taken(&place, &identity).is_empty());
}

#[tokio::test]
async fn a_machine_gets_thanks_and_nothing_else() {
    let (place, identity) = readable(common::everything());
    let answer = Visitor::at(&place).post(COMMENT, "name=Bot&text=Buy&website=http%3A%2F%2Fx.example").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/en/statements/bridge-at-karsk/thanks"));
    assert!(taken(&place, &identity).is_empty());
}

#[tokio::test]
async fn one_network_can_send_so_much() {
    let (place, identity) = readable(common::everything());
    let mut visitor = Visitor::at(&place);
    let form = "name=Ana&text=My+words";
    for _ in 0..5 {
        assert_eq!(visitor.post(COMMENT, form).await.status, 303);
    }
    let answer = visitor.post(COMMENT, form).await;
    assert_eq!(answer.status, 429);
    assert!(answer.text().contains("Wait ten minutes") && answer.text().contains("My words"));
    visitor.from = "192.0.2.2".parse().unwrap();
    assert_eq!(visitor.post(COMMENT, form).await.status, 303);
    visitor.from = "192.0.2.1".parse().unwrap();
    visitor.clock.pass(600_000);
    assert_eq!(visitor.post(COMMENT, form).await.status, 303);
    assert_eq!(taken(&place, &identity).len(), 7);
}

/// Whoever sends forms only so that they are read does not get far.
#[tokio::test]
async fn forms_that_cost_more_than_they_say_are_not_read() {
    let (place, identity) = readable(common::everything());
    let mut visitor = Visitor::at(&place);
    let fields = |count: usize| format!("{}name=Ana&text=My+words", "a=b&".repeat(count));
    assert_eq!(visitor.post(COMMENT, &fields(40)).await.status, 400);
    assert_eq!(visitor.post(COMMENT, &format!("name=Ana&text={}", "x".repeat(70_000))).await.status, 400);
    // Too much for a comment, and yet what anybody may paste by mistake: he gets it back.
    let long = visitor.post(COMMENT, &format!("name=Ana&text={}", "%D1%8F".repeat(3_000))).await;
    assert!(long.status == 422 && long.text().contains(&"я".repeat(3_000)));
    for _ in 3..60 {
        assert_eq!(visitor.post(COMMENT, "name=&text=").await.status, 422);
    }
    let (reply, words) = (format!("/reply/{TOKEN}"), "name=Ana&text=My+words");
    for path in [COMMENT, &reply] {
        let busy = visitor.post(path, words).await;
        assert_eq!((busy.status.as_u16(), busy.header("connection")), (429, "close"), "{path}");
        assert!(busy.text().contains("this was not read") && !busy.text().contains("My words"), "{path}");
    }
    assert!(taken(&place, &identity).is_empty());
    visitor.from = "192.0.2.2".parse().unwrap();
    assert_eq!(visitor.post(&reply, words).await.status, 303);
    visitor.from = "192.0.2.1".parse().unwrap();
    visitor.clock.pass(600_000);
    assert_eq!(visitor.post(COMMENT, words).await.status, 303);
    assert_eq!(taken(&place, &identity).len(), 2);
}

#[tokio::test]
async fn an_answer_by_a_personal_link() {
    let (place, identity) = readable(common::everything());
    let visitor = Visitor::at(&place);
    let page = visitor.get(&format!("/reply/{TOKEN}")).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text().contains("open until 29 March 2030, 07:33 UTC"), "the page says until when");
    assert!(page.text().contains("noindex"));
    assert_eq!(visitor.get("/robots.txt").await.text(), "User-agent: *\nDisallow: /reply/\n");
    let answer = visitor.post(&format!("/en/reply/{TOKEN}"), "text=We+did+not+alter+it.").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/en/thanks"));
    assert_eq!(
        taken(&place, &identity),
        [Slip::Reply {
            statement: "bridge-at-karsk".into(),
            token: TOKEN.into(),
            text: "We did not alter it.".into(),
            at: NOW
        }]
    );
    assert_eq!(visitor.post(&format!("/reply/{TOKEN}"), "text=").await.status, 422);
}

#[tokio::test]
async fn whatever_is_wrong_with_a_link_the_answer_is_one() {
    let (place, identity) = readable(common::everything());
    let mut visitor = Visitor::at(&place);
    let guess = visitor.get("/en/reply/k3Pw9sYt2QmZx7Rb4NvC8dLi").await;
    assert_eq!(guess.status, 404);
    let long = "a".repeat(4_000);
    for token in ["", "x", "..", "%2e%2e", &long, &common::hex(TOKEN), &TOKEN.to_lowercase()] {
        let answer = visitor.get(&format!("/en/reply/{token}")).await;
        assert_eq!((answer.status, answer.text()), (guess.status, guess.text()), "{token}");
        let answer = visitor.post(&format!("/en/reply/{token}"), "text=Hello").await;
        assert_eq!((answer.status, answer.text()), (guess.status, guess.text()), "{token}");
    }
    // Too many guesses, and from this network the right one is wrong, too.
    for n in 0..20 {
        visitor.get(&format!("/en/reply/guess{n}")).await;
    }
    let right = format!("/en/reply/{TOKEN}");
    let answer = visitor.get(&right).await;
    assert_eq!((answer.status, answer.text()), (guess.status, guess.text()));
    visitor.from = "192.0.2.7".parse().unwrap();
    assert_eq!(visitor.get(&right).await.status, 200);
    // After its term it is closed.
    visitor.clock.pass(1_000_000_000);
    let answer = visitor.get(&right).await;
    assert_eq!((answer.status, answer.text()), (guess.status, guess.text()));
    assert_eq!(visitor.post(&right, "text=Late").await.status, 404);
    assert!(taken(&place, &identity).is_empty());
}

#[tokio::test]
async fn a_full_queue_is_said_and_what_was_typed_is_kept() {
    let (place, _) = readable(common::everything());
    let visitor = Visitor::at(&place);
    std::fs::remove_dir_all(place.queue()).unwrap();
    let answer = visitor.post(COMMENT, "name=Ana&text=My+words").await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("could not be taken") && answer.text().contains("My words"));
}
