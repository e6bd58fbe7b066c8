//! The watcher: sources, screening, inbox, the first alarm; never the vault.
//!
//! [`run`] asks every source when it is due, screens each post against the index of registered messages, leaves what shares words with one
//! in the inbox, and tells somebody when what is shared is rare. It holds the index (keyed hashes, no text), the sources' credentials, and
//! the desk's public key: whoever takes its disk learns which public posts it looked at and which of them matched, and nothing that was
//! ever written in confidence.
//!
//! - Pollers ([`POLLERS`](limits::POLLERS) threads) ask the sources; one that is slow or fails is left alone for longer and longer, and
//!   holds up no other.
//! - One thread screens and keeps, in an order that survives a kill between any two steps (`keeper`).
//! - Pictures are read apart, from a queue a source, so that text never waits for them.
//! - Each way of alarms has a thread of its own and a durable queue.
//!
//! Every limit stands in [`limits`]. What the pipeline asks of index, pictures and reading are the small traits [`Screen`],
//! [`ReadPicture`] and [`Attribute`]. What is outside: the services themselves (`sources`), what becomes of an item (`office`), and every
//! word that is printed but the log's.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod alarm;
mod board;
mod capture;
mod check;
mod config;
mod error;
mod files;
mod gallery;
mod ident;
mod index;
mod judge;
mod keeper;
pub mod limits;
mod metrics;
mod ready;
mod run;
mod schedule;
mod seams;
mod seen;
mod state;

pub use alarm::{Alarm, Message, SIGNATURE, Second, TIMESTAMP, WayFault, send_second, signature, test};
pub use board::{Event, SourceStatus, Status, WayStatus};
pub use check::{Checked, CheckedText, check};
pub use config::{AlarmConfig, Config, Credentials, Names, SourceConfig, Tls, Way, check_name};
pub use error::Error;
pub use files::WatchFolder;
pub use index::Index;
pub use metrics::render;
pub use ready::{Reading, pictures};
pub use run::{Feed, Mode, Setup, run};
pub use seams::{Attribute, Hit, IndexState, PictureText, ReadPicture, Screen, Unread};
pub use state::{Counts, forget_source};
