//! What is published of a case, the directory in which it lies, and the queue of what readers send back.
//!
//! Two processes that never meet share this crate. The *desk* writes the published directory ([`Press`]) and reads the queue
//! ([`QueueReader`]); the *pressroom* reads the directory ([`Shown`]) and appends to the queue ([`Queue`]), every slip sealed to the desk's
//! key, so that it can't read back what it took. Neither the vault nor an office is known here.
//!
//! What is outside: how a statement is made of a case (`office`), and how it looks (`pressroom`). The exact bytes stand in
//! `docs/formats/published.md`.
//!
//! ```
//! use countermark_statement::{Kind, Press, Shown, Site, State, Version};
//!
//! # let folder = tempfile::tempdir()?;
//! # let dir = folder.path().join("published");
//! let mut press = Press::create(&dir)?;
//! press.put_site(&Site { name: "The office of Ines Aldric".into(), ..Site::default() })?;
//! let version = Version {
//!     number: 1, published_at: 1_900_000_000, language: "en".into(), title: "A letter that was never written".into(), category: None,
//!     byline: "The press office".into(), text: "No such letter was sent.".into(), note: None, kind: Kind::Notice, post: None,
//!     opened: None, changes: vec![], bundle: None,
//! };
//! press.put_version("no-such-letter", &version.to_bytes()?, None)?;
//!
//! let shown = Shown::load(&dir)?;
//! assert_eq!(shown.site().name, "The office of Ines Aldric");
//! assert_eq!(shown.statement("no-such-letter").expect("it is published").versions, [version]);
//! assert!(shown.misfits().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod check;
mod error;
mod form;
pub mod limits;
mod picture;
mod press;
mod queue;
mod queue_reader;
mod root;
mod seen;
mod shown;
mod site;
mod slip;
mod statement;

pub use check::{clean, is_id};
pub use error::{Error, Fault};
pub use picture::check_png;
pub use press::{Held, Press};
pub use queue::{Queue, Room};
pub use queue_reader::{QueueReader, Taken};
pub use shown::{Misfit, Shown};
pub use site::{Features, LANGUAGES, Site};
pub use slip::Slip;
pub use statement::{
    BundleFile, Change, ChangeKind, Comment, Invited, Kind, Opened, Part, Post, Reply, State, Statement, Version,
    WORDS, Withdrawn,
};
