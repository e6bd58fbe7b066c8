//! Serves a desk with a sample office on loopback, for looking at its pages: `look PORT [MESSAGES]`. It prints the cookie of somebody who
//! is signed in with every role, and ends with its standard input.
#![allow(clippy::unwrap_used)]

#[path = "../benches/common/mod.rs"]
mod common;

use std::io::Read;
use std::net::TcpListener;

use countermark_desk::{Desk, Outside, Role, Roles, router};
use countermark_office::Office;
use countermark_testkit::rng;
use countermark_web::{Options, serve};

struct Nothing;

impl Outside for Nothing {
    fn open(&self, _: &str, _: &str) -> Result<Office, String> {
        Err("this is a look at a desk that is open".to_owned())
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().unwrap_or_default().parse().expect("a port");
    let messages = arguments.next().map_or(3, |number| number.parse().expect("a number of messages"));
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let mut office = common::vault(dir.path(), messages);
    office.new_draft("To the harbour office", common::SAMPLE).unwrap();
    let desk = Desk::new(Box::new(Nothing), Box::new(rng(11)));
    desk.unlock(office);
    let roles = Roles::from([Role::Analyst, Role::Approver, Role::Press, Role::Writer]);
    println!("countermark={}", desk.admit("Ida Maren", roles).cookie);
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let until_closed = || {
        let _ = std::io::stdin().read(&mut [0]);
    };
    serve(listener, router(desk), &Options::default(), until_closed).unwrap();
}
