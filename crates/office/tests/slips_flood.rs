//! A flood of comments: it keeps no reply out, is read a page at a time, and is refused at once.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::HashSet;

use common::desk::Desk;
use countermark_office::{SiteSettings, SlipState, SlipsOf};
use countermark_statement::{Features, Queue, Room, Shown, Slip};

const AT: u64 = common::NOW / 1000;

/// More than the desk takes in before somebody has read.
const FLOOD: u64 = 2_050;
const TAKEN: usize = 2_000;

#[test]
fn it_keeps_no_reply_out_and_goes_at_once() {
    let mut desk = Desk::new(0);
    let press = desk.dir.path().join("v.press");
    desk.office.join_press(&press).unwrap();
    let features = Features { comments: true, replies: true, ..Features::default() };
    desk.office
        .set_site(&SiteSettings { name: "We".into(), language: "en".into(), features, ..SiteSettings::default() })
        .unwrap();
    let (flooded, quiet) = (desk.notice("On the harbour"), desk.notice("On the mill"));
    let token = desk.office.invite(&flooded, "The Lisk Gazette", 7, false).unwrap().token;

    let queue = Queue::open(&press.join("queue"), Room::default()).unwrap();
    let key = Shown::load(&press.join("published")).unwrap().site().desk.clone().unwrap();
    let comment = |statement: &str, text: &str, at| Slip::Comment {
        statement: statement.into(),
        name: "Jo".into(),
        text: text.into(),
        at,
    };
    for n in 0..FLOOD {
        queue.put(&comment(&flooded, &format!("Buy, buy, {n}."), AT + n), &key).unwrap();
    }
    let taken = desk.office.take_slips().unwrap();
    assert_eq!((taken.comments, taken.replies), (TAKEN, 0));
    // While all room is taken, who was invited gets through.
    queue
        .put(&Slip::Reply { statement: flooded.clone(), token, text: "We deny it.".into(), at: AT + 9 }, &key)
        .unwrap();
    let taken = desk.office.take_slips().unwrap();
    assert_eq!((taken.comments, taken.replies), (0, 1));
    let (replies, count) = desk.office.slip_list(SlipsOf::Replies, 0, 30).unwrap();
    assert_eq!((replies[0].text.as_str(), count), ("We deny it.", 1));

    // A page at a time, the newest first, each of them once.
    let mut seen = HashSet::new();
    let mut last = u64::MAX;
    for page in 0..TAKEN.div_ceil(300) {
        let (slips, count) = desk.office.slip_list(SlipsOf::Comments, page * 300, 300).unwrap();
        assert_eq!(count, TAKEN);
        for slip in slips {
            assert!(slip.at <= last && seen.insert(slip.id));
            last = slip.at;
        }
    }
    assert_eq!(seen.len(), TAKEN);
    assert!(desk.office.slip_list(SlipsOf::Comments, TAKEN, 30).unwrap().0.is_empty());

    // All that somebody could have seen goes; what came since, and the reply, stay.
    let flood = desk.office.waiting_comments().unwrap().remove(0);
    assert_eq!((flood.address.as_str(), flood.count), (flooded.as_str(), TAKEN));
    let until = flood.until - 5;
    let refused = desk.office.refuse_comments(&flood.statement, until).unwrap();
    let (left, _) = desk.office.slip_list(SlipsOf::Comments, 0, 300).unwrap();
    assert_eq!(refused + left.len(), TAKEN);
    assert!(!left.is_empty() && left.iter().all(|slip| slip.at > until));
    assert_eq!(desk.office.slip_list(SlipsOf::Replies, 0, 30).unwrap().1, 1);
    assert!(
        Shown::load(&press.join("published")).unwrap().statements().iter().all(|one| one.state.comments.is_empty())
    );
    // There is room again, for another statement's comments too.
    queue.put(&comment(&quiet, "A word.", AT), &key).unwrap();
    let taken = desk.office.take_slips().unwrap();
    assert_eq!(taken.comments as u64, FLOOD - TAKEN as u64 + 1);
    assert_eq!(desk.office.waiting_comments().unwrap().len(), 2);
    let now_refused = desk.office.slips(Some(SlipState::Refused)).unwrap();
    assert_eq!(now_refused.len(), refused);
    assert_eq!(desk.office.refuse_comments(&[7; 16], u64::MAX).unwrap(), 0);
    let trail = desk.office.trail().unwrap();
    let entry = trail.entries.iter().find(|entry| entry.act.act == "statement refuse").unwrap();
    assert_eq!(entry.act.reason, Some(format!("{refused} comments that waited")));
}
