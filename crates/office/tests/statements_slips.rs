//! What readers send back: taken in once each, decided on by the desk, and shown only then. The site, and the right of reply.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use common::HOUR;
use common::desk::{Desk, hex, kept};
use countermark_office::{About, Error, SiteSettings, SlipState, SlipsTaken, StatementDraft};
use countermark_statement::{Features, Queue, Room, Shown, Slip};
use sha2::{Digest, Sha256};

const AT: u64 = common::NOW / 1000;

fn press(desk: &Desk) -> PathBuf {
    desk.dir.path().join("v.press")
}

fn shown(desk: &Desk) -> Shown {
    let shown = Shown::load(&press(desk).join("published")).unwrap();
    assert!(shown.misfits().is_empty(), "{:?}", shown.misfits());
    shown
}

fn settings() -> SiteSettings {
    SiteSettings {
        name: "The office of Ines Aldric".into(),
        language: "en".into(),
        address: Some("https://press.example/".into()),
        features: Features { comments: true, replies: true, ..Features::default() },
        ..SiteSettings::default()
    }
}

/// A desk with a published notice, and its address.
fn published() -> (Desk, String) {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    desk.office.set_site(&settings()).unwrap();
    let address = desk.notice("On the harbour");
    (desk, address)
}

fn send(desk: &Desk, slip: &Slip) {
    let queue = Queue::open(&press(desk).join("queue"), Room::default()).unwrap();
    queue.put(slip, shown(desk).site().desk.as_deref().unwrap()).unwrap();
}

fn comment(statement: &str, text: &str, at: u64) -> Slip {
    Slip::Comment { statement: statement.into(), name: " Jo ".into(), text: text.into(), at }
}

fn waits(desk: &Desk) -> usize {
    std::fs::read_dir(press(desk).join("queue")).map_or(0, Iterator::count)
}

#[test]
fn comments_are_read_before_anybody_else_reads_them() {
    let (mut desk, address) = published();
    for (text, at) in [("Second.", AT + 2), ("First.", AT + 1), ("Nonsense.", AT + 3)] {
        send(&desk, &comment(&address, text, at));
    }
    // The same words twice, and one on a statement that there is not.
    send(&desk, &comment(&address, "First.", AT + 1));
    send(&desk, &comment("nowhere", "Lost.", AT));
    let taken = desk.office.take_slips().unwrap();
    assert_eq!(taken, SlipsTaken { comments: 3, replies: 0, skipped: 1 });
    assert_eq!((waits(&desk), desk.office.take_slips().unwrap()), (0, SlipsTaken::default()));
    assert!(shown(&desk).statements()[0].state.comments.is_empty(), "nobody has read them");
    let waiting = desk.office.slips(Some(SlipState::Waiting)).unwrap();
    let texts: Vec<_> = waiting.iter().map(|slip| slip.text.as_str()).collect();
    assert_eq!(texts, ["First.", "Second.", "Nonsense."]);
    assert_eq!(desk.office.statements().unwrap()[0].waiting, 3);
    desk.office.let_through(&waiting[1].id).unwrap();
    desk.office.let_through(&waiting[0].id).unwrap();
    desk.office.refuse_slip(&waiting[2].id).unwrap();
    let public = |desk: &Desk| {
        let comments = shown(desk).statements()[0].state.comments.clone();
        comments.into_iter().map(|comment| (comment.name, comment.text)).collect::<Vec<_>>()
    };
    assert_eq!(public(&desk), [("Jo".to_owned(), "First.".to_owned()), ("Jo".to_owned(), "Second.".to_owned())]);
    // Taken off again; what was refused is not taken in a second time.
    desk.office.refuse_slip(&waiting[0].id).unwrap();
    assert_eq!(public(&desk).len(), 1);
    send(&desk, &comment(&address, "Nonsense.", AT + 20));
    assert_eq!(desk.office.take_slips().unwrap(), SlipsTaken::default());
    assert!(desk.office.let_through(&[9; 16]).is_err());
    assert!(desk.office.slips(Some(SlipState::Waiting)).unwrap().is_empty());
}

#[test]
fn a_slip_that_was_kept_is_not_kept_again() {
    let (mut desk, address) = published();
    send(&desk, &comment(&address, "Once.", AT));
    let queue = press(&desk).join("queue");
    let name = std::fs::read_dir(&queue).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&name).unwrap();
    assert_eq!(desk.office.take_slips().unwrap().comments, 1);
    // The desk died before the file was gone, or somebody put it back.
    std::fs::write(&name, bytes).unwrap();
    assert_eq!(desk.office.take_slips().unwrap(), SlipsTaken::default());
    assert_eq!((waits(&desk), desk.office.slips(None).unwrap().len()), (0, 1));
    std::fs::write(queue.join(format!("c-{}.slip", "0".repeat(32))), "garbage").unwrap();
    assert_eq!(desk.office.take_slips().unwrap().skipped, 1);
    // Where comments are off none is taken.
    desk.office.set_site(&SiteSettings { features: Features::default(), ..settings() }).unwrap();
    send(&desk, &comment(&address, "Late.", AT));
    assert_eq!(desk.office.take_slips().unwrap().skipped, 1);
}

#[test]
fn a_refused_comment_is_deleted_after_thirty_days() {
    let (mut desk, address) = published();
    let token = desk.office.invite(&address, "The Lisk Gazette", 7, false).unwrap().token;
    send(&desk, &Slip::Reply { statement: address.clone(), token, text: "We deny it.".into(), at: AT });
    for (text, at) in [("Kept.", AT + 1), ("Refused.", AT + 2), ("Refused after it stood there.", AT + 3)] {
        send(&desk, &comment(&address, text, at));
    }
    desk.office.take_slips().unwrap();
    let slips = desk.office.slips(None).unwrap();
    let [reply, kept, refused, taken_off] = &slips[..] else { panic!("{slips:?}") };
    desk.office.refuse_slip(&reply.id).unwrap();
    desk.office.let_through(&kept.id).unwrap();
    desk.office.refuse_slip(&refused.id).unwrap();
    desk.office.let_through(&taken_off.id).unwrap();
    desk.clock.fetch_add(24 * HOUR, Ordering::Relaxed);
    desk.office.refuse_slip(&taken_off.id).unwrap();

    let texts = |desk: &mut Desk, hours: u64| {
        desk.clock.fetch_add(hours * HOUR, Ordering::Relaxed);
        desk.office.take_slips().unwrap();
        desk.office.slips(None).unwrap().into_iter().map(|slip| slip.text).collect::<Vec<_>>()
    };
    assert_eq!(texts(&mut desk, 29 * 24 - 1).len(), 4, "an hour before");
    let left = ["We deny it.", "Kept.", "Refused after it stood there."];
    assert_eq!(texts(&mut desk, 1), left);
    // Let through and refused again, its term begins anew.
    desk.office.let_through(&taken_off.id).unwrap();
    desk.office.refuse_slip(&taken_off.id).unwrap();
    assert_eq!(texts(&mut desk, 24), left);
    assert_eq!(texts(&mut desk, 29 * 24), left[..2]);
    assert_eq!(texts(&mut desk, 400 * 24), left[..2], "a reply is kept, and what is public");
    let trail = desk.office.trail().unwrap();
    let acts = |name: &str| trail.entries.iter().filter(|entry| entry.act.act == name).count();
    assert_eq!((acts("statement refuse"), acts("statement forget")), (4, 2));
    let reasons = trail.entries.iter().filter(|entry| entry.act.act == "statement forget");
    assert!(reasons.into_iter().all(|entry| entry.act.reason.as_deref() == Some("1 refused comments")));
    // Whoever sends the same words again is read again.
    send(&desk, &comment(&address, "Refused.", AT + 20));
    assert_eq!(desk.office.take_slips().unwrap().comments, 1);
}

#[test]
fn who_is_invited_may_reply() {
    let (mut desk, address) = published();
    let until = |desk: &Desk| shown(desk).statements()[0].state.invited.clone();
    let invitation = desk.office.invite(&address, "The Lisk Gazette", 7, false).unwrap();
    assert_eq!(invitation.until_ms, common::NOW + 7 * 24 * HOUR);
    let public = until(&desk);
    assert_eq!(public.len(), 1);
    assert_eq!(public[0].sha256, hex(&Sha256::digest(invitation.token.as_bytes())));
    let state =
        std::fs::read_to_string(press(&desk).join(format!("published/statements/{address}/state.json"))).unwrap();
    assert!(!state.contains("Gazette") && !state.contains(&invitation.token), "whom it was given to is not said");

    let reply = |token: &str| Slip::Reply {
        statement: address.clone(),
        token: token.into(),
        text: "We stand by what we wrote.".into(),
        at: AT + 60,
    };
    for token in ["00", &invitation.token[..62]] {
        send(&desk, &reply(token));
    }
    assert_eq!(desk.office.take_slips().unwrap().skipped, 2);
    send(&desk, &reply(&invitation.token));
    assert_eq!(desk.office.take_slips().unwrap().replies, 1);
    assert!(until(&desk).is_empty(), "its link is used up");
    send(&desk, &reply(&invitation.token));
    assert_eq!(desk.office.take_slips().unwrap().skipped, 1);
    let slip = &desk.office.slips(None).unwrap()[0];
    assert_eq!((slip.reply, slip.name.as_str(), slip.late), (true, "The Lisk Gazette", false));
    assert!(shown(&desk).statements()[0].state.replies.is_empty());
    desk.office.let_through(&slip.id).unwrap();
    let replies = shown(&desk).statements()[0].state.replies.clone();
    assert_eq!((replies[0].name.as_str(), replies[0].at), ("The Lisk Gazette", AT + 60));

    // One that ends before it is used, one whose term is over.
    let ended = desk.office.invite(&address, "Somebody", 1, false).unwrap();
    desk.office.end_invitation(&address, &ended.token).unwrap();
    assert!(until(&desk).is_empty());
    let over = desk.office.invite(&address, "Somebody else", 1, false).unwrap();
    assert_eq!(until(&desk).len(), 1);
    desk.clock.fetch_add(25 * HOUR, Ordering::Relaxed);
    desk.office.recover_press().unwrap();
    assert!(until(&desk).is_empty());
    let late =
        Slip::Reply { statement: address.clone(), token: over.token, text: "Too late?".into(), at: AT + 25 * 3600 };
    send(&desk, &late);
    assert_eq!(desk.office.take_slips().unwrap().replies, 1);
    assert!(desk.office.slips(Some(SlipState::Waiting)).unwrap()[0].late);
    for (name, days) in [("", 1), ("a\nb", 1), ("A", 0), ("A", 366)] {
        assert!(desk.office.invite(&address, name, days, false).is_err(), "{name:?} {days}");
    }
}

#[test]
fn the_person_concerned_is_heard_by_his_reply() {
    let mut desk = Desk::new(0);
    desk.office.join_press(&press(&desk)).unwrap();
    desk.office.set_site(&settings()).unwrap();
    let (_, text) = desk.letter(4);
    let case = desk.case(&text);
    let id = hex(&desk.office.new_statement(About::Case(&case)).unwrap().summary.id);
    let draft = StatementDraft {
        title: "T".into(),
        byline: "B".into(),
        text: "W".into(),
        open: vec![1],
        ..StatementDraft::default()
    };
    desk.office.save_draft(&id, &draft, None).unwrap();
    let address = desk.office.publish_statement(&id, None).unwrap().address;
    assert!(matches!(desk.office.invite(&id, "The fourth", 9, true), Err(Error::Unheard { .. })));
    let evidence = desk.office.hear(&case, 2, kept).unwrap();
    let invitation = desk.office.invite(&id, "The fourth", 9, true).unwrap();
    assert_eq!(invitation.until_ms, evidence.until_ms, "his term is that of the hearing");
    send(&desk, &Slip::Reply { statement: address, token: invitation.token, text: "Not from me.".into(), at: AT });
    assert_eq!(desk.office.take_slips().unwrap().replies, 1);
    let reply = desk.office.case(&case).unwrap().hearing.unwrap().reply.unwrap();
    assert_eq!((reply.text.as_str(), reply.slot), ("Not from me.", true));
}

#[test]
fn the_site_is_what_the_settings_say() {
    let (mut desk, _) = published();
    let site = shown(&desk).site().clone();
    assert_eq!(
        (site.name.as_str(), site.address.as_deref()),
        ("The office of Ines Aldric", Some("https://press.example"))
    );
    assert!(site.features.comments && site.desk.is_some());
    assert_eq!(site.log_key, Some(desk.office.log_verifier()));
    let held = desk.office.site().unwrap();
    assert_eq!(held.address.as_deref(), Some("https://press.example"));
    for bad in [
        SiteSettings { language: "xx".into(), ..settings() },
        SiteSettings { name: "a\nb".into(), ..settings() },
        SiteSettings { address: Some("javascript:alert(1)".into()), ..settings() },
    ] {
        assert!(matches!(desk.office.set_site(&bad), Err(Error::Unfit(_))), "{bad:?}");
    }
    assert_eq!(desk.office.site().unwrap(), held);
    // The key of the queue stays: what was sealed to it must open.
    desk.office.set_site(&SiteSettings { name: "Other".into(), ..settings() }).unwrap();
    assert_eq!(shown(&desk).site().desk, site.desk);
}

#[test]
fn a_support_picture_is_drawn_anew() {
    let (mut desk, _) = published();
    let png = |width: u32, height: u32| {
        let mut bytes = Vec::new();
        let picture = image::DynamicImage::new_luma8(width, height);
        picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
        bytes
    };
    let mut with_note = png(40, 40);
    with_note.extend_from_slice(b"who drew this, and where");
    desk.office.set_support_picture(Some(&with_note)).unwrap();
    let held = desk.office.support_picture().unwrap().unwrap();
    assert!(!held.windows(8).any(|eight| eight == b"who drew") && desk.office.site().unwrap().picture);
    assert_eq!(shown(&desk).support().as_deref(), Some(held.as_slice()));
    for bad in [&b"GIF89a"[..], b"", &png(40, 40)[..30], &png(3_000, 8), b"\x89PNG\r\n\x1a\n"] {
        assert!(matches!(desk.office.set_support_picture(Some(bad)), Err(Error::Picture)), "{} bytes", bad.len());
    }
    assert_eq!(desk.office.support_picture().unwrap(), Some(held));
    desk.office.set_support_picture(None).unwrap();
    assert_eq!((shown(&desk).support(), desk.office.site().unwrap().picture), (None, false));
}
