//! What the children of `serve` inherit, whom they believe, and what the desk is told of the pressroom.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "common/served.rs"]
mod served;

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;

use common::Desk;
use rustix::io::{FdFlags, fcntl_setfd};
use served::{Served, ask, cmdline, header, status};

/// Whether a process holds a file.
fn holds(pid: u32, file: &File) -> bool {
    let wanted = file.metadata().unwrap();
    let open = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
    open.filter_map(|entry| fs::metadata(entry.path()).ok())
        .any(|meta| (meta.dev(), meta.ino()) == (wanted.dev(), wanted.ino()))
}

#[test]
fn what_stood_open_where_it_was_started_is_not_the_children_s() {
    let dir = Desk::new();
    let secret = dir.path("left-open");
    fs::write(&secret, "of somebody else").unwrap();
    let file = File::open(&secret).unwrap();
    // As a shell or a service manager leaves it: whoever is started from here inherits it.
    fcntl_setfd(&file, FdFlags::empty()).unwrap();
    let served = Served::start(&dir, &[]);
    assert!(holds(served.pid(), &file), "`serve` itself was given it");
    for verb in ["serve-desk", "serve-watch", "serve-pressroom"] {
        // The desk's is closed to all but root.
        if verb != "serve-desk" || rustix::process::geteuid().is_root() {
            assert!(!holds(served.child(verb), &file), "{verb}");
        }
    }
}

#[test]
fn nobody_is_believed_to_be_a_proxy_who_was_not_named() {
    let asks = |served: &Served| {
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n\r\n";
        [served.desk, served.pressroom].map(|address| ask(address, head))
    };
    let dir = Desk::new();
    for answer in asks(&Served::start(&dir, &[])) {
        assert!([200, 303].contains(&status(&answer)), "{answer}");
        assert!(header(&answer, "strict-transport-security").is_none(), "{answer}");
    }
    let named = "behind_proxy = [\"127.0.0.1\"]";
    dir.write("v.toml", format!("[desk]\n{named}\n[pressroom]\n{named}\n"));
    for answer in asks(&Served::start(&dir, &[])) {
        assert!(header(&answer, "strict-transport-security").is_some(), "{answer}");
    }
}

#[test]
fn the_desk_knows_where_the_pressroom_is_on_this_machine() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    let args = cmdline(served.child("serve-desk"));
    let at = args.iter().position(|arg| arg == "--pressroom-at").expect("it is told");
    assert_eq!(args[at + 1], format!("http://{}/", served.pressroom));
}
