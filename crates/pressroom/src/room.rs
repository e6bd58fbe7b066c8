//! The room: what was published, rendered, and the queue for what readers send.

use std::path::Path;
use std::sync::Arc;

use axum::Router;

/// What keeps a room from opening.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RoomError {
    /// The published directory can't be read.
    #[error("the published directory can't be read")]
    Published(#[source] std::io::Error),
    /// The thread that looks for changes can't be started.
    #[error("no thread can be started")]
    Thread(#[source] std::io::Error),
}

/// What was published, ready to be handed out. Clones share it.
#[derive(Clone)]
pub struct Room(Arc<()>);

impl Room {
    /// Reads the published directory; one that is absent or empty gives an empty room, and is looked at again every second.
    /// `queue` is where comments and replies go; without one, or without the desk's key in `site.json`, none are taken.
    /// `random` keys what is forgotten again: which address sent how much.
    ///
    /// # Errors
    /// When the directory is there and can't be read.
    pub fn open(published: &Path, queue: Option<&Path>, random: [u8; 32]) -> Result<Self, RoomError> {
        let _ = (published, queue, random);
        Ok(Self(Arc::new(())))
    }
}

/// The public pages, headers included. Handlers use [`countermark_web::Peer`] where it is among a request's extensions.
pub fn router(room: Room) -> Router {
    drop(room);
    Router::new().route("/", axum::routing::get(async || "Nothing was published yet."))
}
