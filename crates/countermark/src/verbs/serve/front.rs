//! How the two servers are reached: socket, certificate, names, limits.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countermark_web::{Line, Options, Tls};

use crate::cli::Front;
use crate::failure::{Failure, Outcome, chain};
use crate::terminal;

/// Refuses a desk whose visitors would send what opens the vault in the clear over a network.
pub(super) fn check_desk(address: SocketAddr, tls: bool, proxies: &[IpAddr]) -> Outcome<()> {
    if address.ip().is_loopback() || tls || !proxies.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("a desk on {address} would be reached in the clear")).hint(
        "give it tls_certificate and tls_key under [desk] in the configuration, or name the proxy that speaks TLS before it: behind_proxy = [\"ADDRESS\"]",
    ))
}

/// What is said of a desk that can be reached from elsewhere.
pub(super) fn desk_warning(address: SocketAddr) -> Option<String> {
    (!address.ip().is_loopback()).then(|| {
        format!("the desk listens on {address}, beyond this machine: it belongs behind the office's own sign-on, never on the internet")
    })
}

/// The certificate and its key.
pub(super) fn certificate(certificate: &Path, key: &Path) -> Outcome<Tls> {
    Tls::load(certificate, key).map_err(|error| {
        Failure::new(chain(&error)).hint("the chain with the server's own certificate first, and its key, both in PEM")
    })
}

/// The socket: the one that standard input is, or a new one. Standard input is then nothing, also for what this process starts.
pub(super) fn listener(front: &Front) -> Outcome<TcpListener> {
    let failed = |what: &str, error: io::Error| Failure::new(format!("{what}: {error}"));
    if let Some(address) = front.listen {
        return TcpListener::bind(address).map_err(|e| failed(&format!("{address} can't be listened on"), e));
    }
    let given = io::stdin().as_fd().try_clone_to_owned().map_err(|e| failed("standard input is closed", e))?;
    let listener = TcpListener::from(given);
    listener
        .local_addr()
        .map_err(|_| Failure::new("standard input is no socket").hint("say where to listen with --listen ADDR:PORT"))?;
    let nothing = std::fs::File::open("/dev/null").map_err(|e| failed("/dev/null can't be opened", e))?;
    rustix::stdio::dup2_stdin(&nothing).map_err(|e| failed("standard input can't be replaced", e.into()))?;
    Ok(listener)
}

/// The limits of a server. `who` stands before each line of its log.
pub(super) fn options(front: &Front, who: &'static str) -> Outcome<Options> {
    let tls = match (&front.tls_certificate, &front.tls_key) {
        (Some(chain), Some(key)) => Some(Arc::new(certificate(chain, key)?)),
        _ => None,
    };
    let all = front.log;
    let log = move |line: &Line| {
        // What failed is told in any case: it is a defect, and nobody else would say so.
        if all || line.status >= 500 {
            let Line { id, method, status, .. } = line;
            let route = line.route.as_deref().unwrap_or("-");
            terminal::note(&format!("{who}  {method} {route} {status}  {} ms  {id}", line.took.as_millis()));
        }
    };
    Ok(Options { tls, proxies: front.proxy.clone(), log: Some(Arc::new(log)), ..Options::default() })
}

/// The desk's: few people, who may upload a screenshot and wait for a sealing.
pub(super) fn desk_options(front: &Front) -> Outcome<Options> {
    let options = options(front, "desk")?;
    let names = Some(front.name.clone());
    Ok(Options { connections: 256, body: 24 << 20, request: Duration::from_secs(120), names, ..options })
}

/// The pressroom's: many, who read.
pub(super) fn pressroom_options(front: &Front) -> Outcome<Options> {
    let options = options(front, "pressroom")?;
    let names = (!front.name.is_empty()).then(|| front.name.clone());
    Ok(Options { connections: 2048, body: 1 << 20, request: Duration::from_secs(15), names, ..options })
}
