//! What a server allows.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;

use crate::Tls;

/// One answered request, as a log may have it: no address, no path but its route's pattern, nothing of its content.
#[derive(Debug, Clone)]
pub struct Line {
    /// Which one it was: what the answer's `x-request-id` says too.
    pub id: String,
    /// The method.
    pub method: Method,
    /// The pattern of the route, `/cases/{id}`; none where there was no such page.
    pub route: Option<String>,
    /// The answer's status.
    pub status: u16,
    /// How long it took.
    pub took: Duration,
}

/// Where lines of a log go.
pub type Log = Arc<dyn Fn(&Line) + Send + Sync>;

/// Whether a server can do its work.
pub type Ready = Arc<dyn Fn() -> bool + Send + Sync>;

/// Limits of a server, its certificate, whom it believes.
#[derive(Clone)]
pub struct Options {
    /// The most connections at a time. For a further one that is given up which has been awaiting a request, or the rest of one, longest; where
    /// there is none, it waits.
    pub connections: usize,
    /// The most connections of one address (of one network of 64 bits, for IPv6); a further one is closed. This machine and proxies have none.
    pub per_peer: usize,
    /// How long a request's head may take, and how long a connection may idle.
    pub head: Duration,
    /// How many bytes a request's head may have.
    pub head_size: usize,
    /// How many headers.
    pub headers: usize,
    /// How many bytes a request's body may have; a route may allow less.
    pub body: usize,
    /// How long a request may take from its head to its answer, its body included.
    pub request: Duration,
    /// How long nobody may take in what is written to him.
    pub stall: Duration,
    /// How long a connection may last; what is under way is answered.
    pub life: Duration,
    /// How long requests under way may take once the end was called.
    pub drain: Duration,
    /// The certificate, where it speaks TLS itself.
    pub tls: Option<Arc<Tls>>,
    /// The names that a request may call it by, beside the loopback's and the address that it came to; none: any. A page somewhere on the
    /// web whose name is made to lead here (DNS rebinding) gets nothing.
    pub names: Option<Vec<String>>,
    /// Proxies before it, by address: only what comes from them may say for whom (`X-Forwarded-For`) and how (`X-Forwarded-Proto`). Without
    /// TLS, and where there is one, connections from elsewhere than them and this machine are closed.
    pub proxies: Vec<IpAddr>,
    /// Whether it can do its work, for `/readyz`.
    pub ready: Option<Ready>,
    /// Where a line for each request goes.
    pub log: Option<Log>,
}

impl Default for Options {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connections: 1024,
            per_peer: 64,
            head: seconds(10),
            head_size: 16 * 1024,
            headers: 64,
            body: 16 << 20,
            request: seconds(60),
            stall: seconds(20),
            life: seconds(600),
            drain: seconds(3),
            tls: None,
            names: None,
            proxies: Vec::new(),
            ready: None,
            log: None,
        }
    }
}

impl Options {
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|proxy| proxy.to_canonical() == address.to_canonical())
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("connections", &self.connections)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}
