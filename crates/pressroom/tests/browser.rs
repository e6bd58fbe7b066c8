//! What a reader's own browser does on a statement's page, in headless Chromium: `tests/browser.mjs`. Skips where there is no `node` or no
//! `chromium`.
#![allow(clippy::unwrap_used)] // a test may stop where it stands

#[path = "common/mod.rs"]
mod common;

use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc;

use common::{NOW, Place, post, put, version};
use countermark_pressroom::{Room, export, router};
use countermark_statement::{BundleFile, Features, Site};
use countermark_web::{Options, serve};

fn is_there(command: &str) -> bool {
    Command::new(command).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Statements whose pages must not be believed, beside the honest ones.
fn forge(place: &Place) {
    let (dir, sealed) = (place.published(), &place.sealed);
    let put_bundle = |id: &str, bundle: &[u8], change: &dyn Fn(&mut countermark_statement::Version)| {
        let mut one = version(1, Some(sealed));
        one.bundle = Some(BundleFile { sha256: common::hex(bundle), bytes: bundle.len() as u64 });
        change(&mut one);
        put(&dir, id, &one, Some(bundle));
    };
    put_bundle("another-word", &sealed.bundle, &|one| {
        let part = &mut one.opened.as_mut().unwrap().parts[2];
        part.text = part.text.as_ref().map(|text| text.replace("will open", "will close"));
        one.changes.clear();
    });
    put_bundle("a-hole-less", &sealed.bundle, &|one| {
        one.opened.as_mut().unwrap().parts[3].text = Some("Nothing stood here. ".into());
    });
    put_bundle("shorter", &sealed.bundle, &|one| {
        one.opened.as_mut().unwrap().parts.truncate(6);
    });
    let forged = String::from_utf8(sealed.bundle.clone()).unwrap().replace("will open", "will shut").into_bytes();
    put_bundle("forged", &forged, &|_| {});
    let late = common::seal(&common::LETTER, &[3], NOW + 60);
    let mut after = version(1, Some(&late));
    after.post = Some(countermark_statement::Post { captured_at: NOW - 7_200, ..post() });
    after.changes.clear();
    put(&dir, "late", &after, Some(&late.bundle));
    // Words that are kept back: no bundle names their capture, and the page's own time of it is before the sealing.
    put_bundle("late-and-kept-back", &sealed.bundle, &|one| {
        one.post = Some(countermark_statement::Post { captured_at: NOW - 200_000, text: None, sha256: None, ..post() });
        one.changes.clear();
    });
    put_bundle("spoiled", &sealed.bundle, &|_| {});
    std::fs::write(dir.join("statements/spoiled/1.bundle.json"), "{}").unwrap();
}

#[test]
fn the_readers_own_browser_checks_the_page() {
    if !is_there("node") || !is_there("chromium") {
        println!("skipped: node or chromium is not installed");
        return;
    }
    let place = Place::new(Features::default());
    forge(&place);
    let out = place.folder.path().join("site");
    export(&place.published(), &out).unwrap();
    // The same statements under a key that is not theirs.
    let other = Place::new(Features::default());
    let stranger = countermark_tlog::note::Signer::new("stranger.example/log".parse().unwrap(), &[9; 32]);
    common::put_site(
        &other.published(),
        &Site { log_key: Some(stranger.verifier().to_string()), ..common::site(&other.sealed) },
    );
    let (end, ended) = mpsc::channel::<()>();
    let (end_other, ended_other) = mpsc::channel::<()>();
    let ours = start(&place, ended);
    let theirs = start(&other, ended_other);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser.mjs");
    let run = Command::new("node").args([script, &ours, &theirs, out.to_str().unwrap()]).output().unwrap();
    drop((end, end_other));
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    println!("{said}");
}

fn start(place: &Place, ended: mpsc::Receiver<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let room = Room::open(&place.published(), None, [0; 32]).unwrap();
    std::thread::spawn(move || {
        serve(listener, router(room), &Options::default(), move || {
            let _ = ended.recv();
        })
    });
    address
}
