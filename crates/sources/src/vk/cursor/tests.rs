use std::sync::Arc;

use super::super::parse::{Failure, parse};
use super::*;
use crate::Exchange;

/// A wall as the service would answer from it: newest first, the pinned post before all.
#[derive(Default)]
struct Fake {
    posts: Vec<(i64, u64, String)>,
    pinned: Option<i64>,
}

impl Fake {
    fn with(count: i64) -> Fake {
        let mut fake = Fake::default();
        (1..=count).for_each(|id| fake.write(id));
        fake
    }

    fn write(&mut self, id: i64) {
        self.posts.push((id, 1_700_000_000 + id as u64 / 2, format!("post {id}")));
    }

    fn delete(&mut self, id: i64) {
        self.posts.retain(|(known, _, _)| *known != id);
    }

    fn page(&self, offset: u64) -> Result<Page, Failure> {
        let mut order: Vec<_> = self.posts.iter().collect();
        order.sort_by_key(|(id, date, _)| std::cmp::Reverse((self.pinned == Some(*id), *date, *id)));
        let items: Vec<_> = order
            .into_iter()
            .skip(usize::try_from(offset).expect("small"))
            .take(PAGE as usize)
            .map(|(id, date, text)| serde_json::json!({"id": id, "owner_id": -1, "date": date, "text": text, "is_pinned": u8::from(self.pinned == Some(*id))}))
            .collect();
        let answer = serde_json::json!({"response": {"count": self.posts.len(), "items": items}});
        let exchange = Arc::new(Exchange { url: String::new(), at_ms: 0, request: Vec::new(), response: Vec::new() });
        parse(answer.to_string().as_bytes(), &exchange)
    }
}

/// Polls until nothing more lies ready; the cursor goes through JSON each time.
fn look(wall: &mut Place, fake: &Fake) -> Vec<(i64, Kind)> {
    let mut seen = Vec::new();
    for _ in 0..100 {
        *wall = serde_json::from_value(serde_json::to_value(&*wall).expect("JSON")).expect("its own");
        let (posts, more) = wall.take(fake.page(wall.offset()).expect("an answer"));
        seen.extend(
            posts
                .iter()
                .map(|post| (post.id.rsplit_once('_').expect("two numbers").1.parse().expect("a number"), post.kind)),
        );
        if !more {
            return seen;
        }
    }
    panic!("without end");
}

#[test]
fn the_first_look_takes_one_answer_and_the_next_only_what_is_new() {
    let (mut wall, mut fake) = (Place::default(), Fake::with(500));
    assert_eq!(look(&mut wall, &fake).len(), PAGE as usize);
    assert_eq!(look(&mut wall, &fake), []);
    fake.write(501);
    fake.write(502);
    assert_eq!(look(&mut wall, &fake), [(502, Kind::New), (501, Kind::New)]);
    assert_eq!(look(&mut wall, &fake), []);
}

#[test]
fn a_gap_is_followed_until_what_is_known() {
    for missed in [1, 49, 50, 51, 99, 100, 333, 1_500] {
        let (mut wall, mut fake) = (Place::default(), Fake::with(200));
        look(&mut wall, &fake);
        (201..=200 + missed).for_each(|id| fake.write(id));
        let mut ids: Vec<i64> = look(&mut wall, &fake).into_iter().map(|(id, _)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        let missing = (201..=200 + missed).filter(|id| ids.binary_search(id).is_err()).count();
        assert_eq!(missing, 0, "{missed}");
        assert_eq!(look(&mut wall, &fake), []);
    }
}

#[test]
fn a_gap_has_an_end_even_where_nothing_is_known_any_more() {
    let (mut wall, mut fake) = (Place::default(), Fake::with(10));
    look(&mut wall, &fake);
    fake.posts.clear();
    (1_000..9_000).for_each(|id| fake.write(id));
    let mut seen: Vec<i64> = look(&mut wall, &fake).into_iter().map(|(id, _)| id).collect();
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() >= FARTHEST as usize - 200 && seen.len() <= FARTHEST as usize + 60, "{}", seen.len());
}

#[test]
fn a_post_deleted_between_two_pages_hides_none() {
    let (mut wall, mut fake) = (Place::default(), Fake::with(60));
    look(&mut wall, &fake);
    (61..=200).for_each(|id| fake.write(id));
    let (first, more) = wall.take(fake.page(wall.offset()).expect("an answer"));
    assert!(more);
    for id in [200, 198, 190] {
        fake.delete(id);
    }
    fake.write(201);
    let mut ids: Vec<i64> =
        first.iter().map(|post| post.id.rsplit_once('_').expect("two").1.parse().expect("a number")).collect();
    ids.extend(look(&mut wall, &fake).into_iter().map(|(id, _)| id));
    ids.extend(look(&mut wall, &fake).into_iter().map(|(id, _)| id));
    assert!((61..=201).all(|id| ids.contains(&id)));
}

#[test]
fn edits_deletions_and_what_comes_back() {
    let (mut wall, mut fake) = (Place::default(), Fake::with(100));
    look(&mut wall, &fake);
    fake.posts[89].2 = "another text".into();
    fake.delete(80);
    // Beyond what one answer holds, nobody can tell.
    fake.delete(10);
    // One from below moves up into the answer.
    assert_eq!(look(&mut wall, &fake), [(80, Kind::Deleted), (90, Kind::Edited), (50, Kind::New)]);
    assert_eq!(look(&mut wall, &fake), []);
    fake.write(80);
    assert_eq!(look(&mut wall, &fake), [(80, Kind::New)]);
    fake.posts.clear();
    assert_eq!(look(&mut wall, &fake), []);
}

#[test]
fn a_pinned_post_is_new_once_and_hides_nothing() {
    let (mut wall, mut fake) = (Place::default(), Fake::with(400));
    fake.pinned = Some(3);
    assert!(look(&mut wall, &fake).contains(&(3, Kind::New)));
    assert_eq!(look(&mut wall, &fake), []);
    (401..=700).for_each(|id| fake.write(id));
    let mut ids: Vec<i64> = look(&mut wall, &fake).into_iter().map(|(id, _)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    // Of the old ones some may come again: the watcher drops what it has.
    assert!((401..=700).all(|id| ids.binary_search(&id).is_ok()) && ids[0] > 300);
    assert_eq!(look(&mut wall, &fake), []);
    // Pinned another: it moves, and nothing else happens.
    fake.pinned = Some(690);
    assert_eq!(look(&mut wall, &fake), []);
}

#[test]
fn what_is_remembered_does_not_grow() {
    let (mut wall, mut fake) = (Place::default(), Fake::default());
    for id in 1..3_000 {
        // All of the same second.
        fake.posts.push((id, 5, "x".into()));
        if id % 20 == 0 {
            look(&mut wall, &fake);
        }
    }
    assert!(serde_json::to_string(&wall).expect("JSON").len() < 10_000);
}
