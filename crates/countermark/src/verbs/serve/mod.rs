//! `serve`: the desk, the watcher and the pressroom, three processes that share nothing but folders. This one binds the sockets, starts the
//! three, starts again what died, and ends them; it opens no vault.

mod background;
mod child;
mod desk;
mod front;
mod keeper;
mod plan;
mod pressroom;
mod watch;
mod world;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use rustix::fs::Mode;
use rustix::process::umask;
use serde_json::json;

use crate::cli::{Global, Serve, ServeDesk, ServePressroom, ServeWatch};
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal;

use keeper::Keeper;
use plan::Plan;

/// Runs the verb.
pub fn run(global: &Global, args: &Serve) -> Outcome {
    let plan = Plan::of(global, args)?;
    if global.passphrase_file.is_some() || global.identity.is_some() {
        terminal::note("note: `serve` unlocks nothing: the vault opens when somebody signs in at the desk");
    }
    plan.warnings().iter().for_each(|warning| terminal::note(&format!("warning: {warning}")));
    // What stood open where this was started is not the children's.
    close_fds::set_fds_cloexec(3, &[]);
    // What the children make is for this user alone.
    umask(Mode::from_raw_mode(0o077));
    plan.prepare()?;
    let (desk, pressroom) = (bind(plan.desk.address)?, bind(plan.pressroom.address)?);
    let (at_desk, at_pressroom) = (url(&desk, plan.desk.is_tls())?, url(&pressroom, plan.pressroom.is_tls())?);
    let mut keeper = Keeper::new()?;
    keeper.add("desk", plan.desk_child(&here(&pressroom, plan.pressroom.is_tls())?), Some(desk));
    keeper.add("watch", plan.watch_child(), None);
    keeper.add("pressroom", plan.pressroom_child(), Some(pressroom));
    keeper.keep(|| {
        if global.json {
            return terminal::say_json(&json!({ "desk": at_desk, "pressroom": at_pressroom }));
        }
        terminal::say(&format!("desk       {at_desk}\npressroom  {at_pressroom}"))
    })?;
    Ok(Exit::Found)
}

/// Runs the desk alone.
pub fn desk(global: &Global, args: &ServeDesk) -> Outcome {
    desk::run(global, args)
}

/// Runs the watcher alone.
pub fn watch(global: &Global, args: &ServeWatch) -> Outcome {
    watch::run(global, args)
}

/// Runs the pressroom alone.
pub fn pressroom(args: &ServePressroom) -> Outcome {
    pressroom::run(args)
}

fn bind(address: SocketAddr) -> Outcome<TcpListener> {
    TcpListener::bind(address).map_err(|e| {
        Failure::new(format!("{address} can't be listened on: {e}"))
            .hint("choose another with --desk and --pressroom, or in the configuration; is it served already?")
    })
}

/// Where a browser on this machine finds it: at a socket of every address, the loopback's.
fn here(listener: &TcpListener, tls: bool) -> Outcome<String> {
    let mut address = listener.local_addr().map_err(|e| Failure::new(format!("a socket has no address: {e}")))?;
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    Ok(format!("{}://{address}/", scheme(tls)))
}

fn scheme(tls: bool) -> &'static str {
    if tls { "https" } else { "http" }
}

fn url(listener: &TcpListener, tls: bool) -> Outcome<String> {
    let address = listener.local_addr().map_err(|e| Failure::new(format!("a socket has no address: {e}")))?;
    Ok(format!("{}://{address}/", scheme(tls)))
}
