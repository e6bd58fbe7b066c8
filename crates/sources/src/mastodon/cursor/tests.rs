use std::sync::Arc;

use super::*;
use crate::{Exchange, Passage, Role};

const BASE: u64 = 1_700_000_000_000 << 16;

fn post(id: u64, text: &str) -> Post {
    Post {
        id: (BASE + (id << 16)).to_string(),
        url: None,
        author: None,
        at: None,
        kind: Kind::New,
        passages: vec![Passage { role: Role::Own, author: None, text: text.into() }],
        pictures: Vec::new(),
        exchange: Arc::new(Exchange { url: String::new(), at_ms: 0, request: Vec::new(), response: Vec::new() }),
    }
}

/// A timeline as a server answers from it.
struct Fake(Vec<(u64, String)>);

impl Fake {
    fn with(ids: impl IntoIterator<Item = u64>) -> Fake {
        Fake(ids.into_iter().map(|id| (id, format!("status {id}"))).collect())
    }

    fn write(&mut self, ids: impl IntoIterator<Item = u64>) {
        self.0.extend(ids.into_iter().map(|id| (id, format!("status {id}"))));
    }

    fn page(&self, ask: &Ask) -> Vec<Post> {
        let mut order = self.0.clone();
        order.sort();
        let mut page: Vec<Post> = match ask {
            Ask::Newest => order.iter().rev().take(PAGE).map(|(id, text)| post(*id, text)).collect(),
            Ask::After(from) => {
                let from: u64 = from.parse().expect("a number");
                order
                    .iter()
                    .filter(|(id, _)| BASE + (id << 16) > from)
                    .take(PAGE)
                    .map(|(id, text)| post(*id, text))
                    .collect()
            }
        };
        page.sort_by(|a, b| b.id.cmp(&a.id));
        page
    }
}

fn number(id: &str) -> u64 {
    (id.parse::<u64>().expect("a number") - BASE) >> 16
}

/// Polls until nothing more lies ready, the cursor through JSON each time; the ids that came, and those that are missing.
fn look(place: &mut Place, fake: &Fake) -> (Vec<(u64, Kind)>, Vec<u64>) {
    let (mut seen, mut missing) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        *place = serde_json::from_value(serde_json::to_value(&*place).expect("JSON")).expect("its own");
        let taken = place.take(fake.page(&place.ask()));
        seen.extend(taken.posts.iter().map(|post| (number(&post.id), post.kind)));
        missing.extend(taken.missing.iter().map(|id| number(id)));
        if !taken.more {
            seen.sort_by_key(|(id, _)| *id);
            return (seen, missing);
        }
    }
    panic!("without end");
}

fn ids(seen: &[(u64, Kind)]) -> Vec<u64> {
    seen.iter().map(|(id, _)| *id).collect()
}

#[test]
fn the_first_look_takes_one_page_and_the_next_what_is_new() {
    let (mut place, mut fake) = (Place::default(), Fake::with(1..=100));
    assert_eq!(ids(&look(&mut place, &fake).0), (61..=100).collect::<Vec<_>>());
    assert_eq!(look(&mut place, &fake), (vec![], vec![]));
    fake.write(101..=103);
    assert_eq!(ids(&look(&mut place, &fake).0), [101, 102, 103]);
}

#[test]
fn gaps_of_any_length_are_closed() {
    for missed in [1_u64, 39, 40, 41, 80, 81, 200, 1_000] {
        let (mut place, mut fake) = (Place::default(), Fake::with((1..=100).map(|id| id * 60_000)));
        look(&mut place, &fake);
        fake.write((101..=100 + missed).map(|id| id * 60_000));
        let mut seen = ids(&look(&mut place, &fake).0);
        seen.dedup();
        assert_eq!(seen, (101..=100 + missed).map(|id| id * 60_000).collect::<Vec<_>>(), "{missed}");
        assert_eq!(look(&mut place, &fake), (vec![], vec![]));
    }
}

#[test]
fn a_gap_ends_where_the_server_does_not_do_as_it_is_asked() {
    let (mut place, fake) = (Place::default(), Fake::with(1..=40));
    look(&mut place, &fake);
    let far = Fake::with(1_000_000..1_000_100);
    assert!(place.take(far.page(&Ask::Newest)).more);
    // `min_id` is ignored: always the newest page; or nothing; or what is older.
    let start = place.clone();
    for page in [far.page(&Ask::Newest), Vec::new(), vec![Post { id: "5".into(), ..post(1, "x") }]] {
        place = start.clone();
        assert!(matches!(place.ask(), Ask::After(_)));
        assert!(!place.take(page).more);
        assert_eq!(place.ask(), Ask::Newest);
    }
}

#[test]
fn what_comes_late_is_found_too() {
    let (mut place, mut fake) = (Place::default(), Fake::with((1..=50).map(|id| id * 1_000)));
    look(&mut place, &fake);
    // Within the newest page: sorted in below what is known.
    fake.write([45_500]);
    assert_eq!(ids(&look(&mut place, &fake).0), [45_500]);
    // And before a gap.
    fake.write([48_300]);
    fake.write((100..=300).map(|id| id * 1_000));
    let seen = ids(&look(&mut place, &fake).0);
    assert!(seen.contains(&48_300) && (100..=300).all(|id| seen.contains(&(id * 1_000))));
}

#[test]
fn edits_and_what_is_missing() {
    let (mut place, mut fake) = (Place::default(), Fake::with(1..=60));
    look(&mut place, &fake);
    fake.0[49].1 = "another".into();
    fake.0.retain(|(id, _)| ![60, 40, 3].contains(id));
    let (seen, missing) = look(&mut place, &fake);
    assert_eq!(seen, [(19, Kind::New), (20, Kind::New), (50, Kind::Edited)]);
    assert_eq!(missing, [40, 60]);
    // Asked again until somebody has looked.
    assert_eq!(look(&mut place, &fake).1, [40, 60]);
    for id in [40_u64, 60] {
        place.forget(&(BASE + (id << 16)).to_string());
    }
    assert_eq!(look(&mut place, &fake), (vec![], vec![]));
}

#[test]
fn ids_of_other_kinds_of_servers() {
    let mut order = ["9toJCu5YZW7O7gfvH6", "9toJCu5YZW7O7gfvH7", "9toJCu5YZW7O7gfvHA", "9toJCu5YZW7O7gfvHa"]
        .map(|id| Id(id.into()));
    let sorted = order.clone();
    order.reverse();
    order.sort();
    assert_eq!(order, sorted);
    assert!(Id("99".into()) < Id("100".into()));
    assert_eq!(Id("22".into()).earlier(), Id("22".into()));
    assert!(Id(BASE.to_string()).earlier() < Id(BASE.to_string()));
}

#[test]
fn a_stream_and_a_poll_share_what_is_known() {
    let mut place = Place::default();
    assert!(place.fresh(post(5, "a")).is_some());
    assert!(place.fresh(post(5, "a")).is_none());
    assert_eq!(place.fresh(post(5, "b")).map(|post| post.kind), Some(Kind::Edited));
    let deleted = Post { kind: Kind::Deleted, passages: Vec::new(), ..post(5, "") };
    assert!(place.fresh(deleted).is_some());
    assert_eq!(place.fresh(post(5, "b")).map(|post| post.kind), Some(Kind::New));
    for id in 0..5_000 {
        place.fresh(post(id, "x"));
    }
    assert!(place.known.len() <= REMEMBERED);
}
