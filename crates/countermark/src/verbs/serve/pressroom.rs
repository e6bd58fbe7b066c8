//! The pressroom's process. It reads what was published and appends to the queue; it knows no vault, and nothing in it leads to one.

use countermark_pressroom::{Room, router};

use super::child::{self, Ending};
use super::front;
use crate::cli::ServePressroom;
use crate::failure::{Exit, Failure, Outcome, chain};
use crate::home;

/// Serves until it is told to end.
pub(super) fn run(args: &ServePressroom) -> Outcome {
    let ending = Ending::begin(args.front.parent)?;
    let (listener, options) = (front::listener(&args.front)?, front::pressroom_options(&args.front)?);
    child::reload_at_hangup(options.tls.clone())?;
    let room = Room::open(&args.published, args.queue.as_deref(), home::random_bytes());
    let room = room.map_err(|error| {
        Failure::new(format!("{}: {}", args.published.display(), chain(&error)))
            .hint("may this user read the published folder, and write the queue's?")
    })?;
    child::ready();
    countermark_web::serve(listener, router(room), &options, move || ending.wait())
        .map_err(|e| Failure::new(format!("the pressroom can't be served: {e}")))?;
    Ok(Exit::Found)
}
