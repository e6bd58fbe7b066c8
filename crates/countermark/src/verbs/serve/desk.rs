//! The desk's process: the pages, the vault while somebody is signed in, and what is done meanwhile without being asked.

use std::sync::Arc;

use countermark_desk::{Desk, Outside, router};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use super::child::{self, Ending};
use super::world::World;
use super::{background, front};
use crate::cli::{Global, ServeDesk};
use crate::failure::{Exit, Failure, Outcome};
use crate::home::{self, Home};
use crate::terminal;

/// Serves until it is told to end.
pub(super) fn run(global: &Global, args: &ServeDesk) -> Outcome {
    let front = &args.front;
    // Its memory opens the vault: no other process of this user may look into it, and no core is written of it.
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        terminal::note(&format!("warning: other processes of this user can look into the desk's: {error}"));
    }
    let ending = Ending::begin(front.parent)?;
    let listener = front::listener(front)?;
    let address = listener.local_addr().map_err(|e| Failure::new(format!("the socket has no address: {e}")))?;
    front::check_desk(address, front.tls_certificate.is_some(), &front.proxy)?;
    // `serve` has said it already.
    if let Some(warning) = front::desk_warning(address).filter(|_| front.parent.is_none()) {
        terminal::note(&format!("warning: {warning}"));
    }
    let options = front::desk_options(front)?;
    child::reload_at_hangup(options.tls.clone())?;
    let home = Home::of(global)?;
    let scheme = if front.tls_certificate.is_some() { "https" } else { "http" };
    let press = args.press.clone().unwrap_or_else(|| home.press());
    let world = World::new(home.clone(), press, args.pressroom_at.clone());
    if let Some(code) = world.set_up_code() {
        terminal::note(&format!(
            "nobody is known to this desk yet: set it up at {scheme}://{address}/sign-in, with this code: {code}"
        ));
    }
    let desk = Desk::new(Box::new(world), home::random());
    let background = background::start(desk.clone(), home, Arc::clone(&ending.asked));
    child::ready();
    countermark_web::serve(listener, router(desk), &options, move || ending.wait())
        .map_err(|e| Failure::new(format!("the desk can't be served: {e}")))?;
    // What it does is whole in the vault or not at all; the end of the process cuts it off where it takes too long.
    let _ = background.join();
    Ok(Exit::Found)
}
