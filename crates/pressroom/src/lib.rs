//! Public pages of what was published: statements with their proof, feeds, replies, a static export. It knows no vault and no office.
//!
//! [`Room::open`] reads the published directory and renders every page once, in every language of the interface; [`router`] hands the
//! bytes out. A thread of the room's own looks once a second whether the directory changed, and renders anew what did, while the old pages
//! are served.
//!
//! What is outside: how a statement is made (`office`), the directory's bytes and the sealing of what readers send
//! (`countermark-statement`), connections and their limits (`countermark-web`).

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod assets;
mod edition;
mod export;
mod feed;
mod limit;
mod page;
mod pages;
mod picture;
mod preview;
mod proof;
mod published;
mod reads;
mod room;
mod route;
mod scene;
mod serve;
mod well_known;
mod words;

pub use export::{ExportError, Exported, export};
pub use preview::{preview, style};
pub use room::{Room, RoomError};
pub use serve::router;
