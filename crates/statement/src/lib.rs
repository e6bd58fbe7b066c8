//! What is published of a case, the directory in which it lies, and the queue of what readers send back.
//!
//! Two processes that never meet share this crate. The *desk* writes the published directory and reads the queue; the *pressroom* reads
//! the directory and appends to the queue, every slip sealed to the desk's key, so that it can't read back what it took. Neither the
//! vault nor an office is known here.
//!
//! What is outside: how a statement is made of a case (`office`), and how it looks (`pressroom`). The exact bytes stand in
//! `docs/formats/published.md`.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod site;
mod slip;
mod statement;

pub use site::{Features, Site};
pub use slip::Slip;
pub use statement::{
    BundleFile, Change, ChangeKind, Comment, Kind, Opened, Part, Post, Reply, State, Statement, Version,
};
