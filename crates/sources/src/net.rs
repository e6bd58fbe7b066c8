//! The HTTP client: limits on size, time, redirects and addresses; what was sent and received is kept.
//!
//! Names are resolved here, and the address that was checked is the one that is connected to, so a name can't be answered
//! once for the check and once for the connection. Each hop of a redirect is checked alike. An [`Exchange`] holds what went
//! over the wire inside TLS, byte for byte: chunked framing and gzip as they came. Only secrets are struck out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

use crate::{Exchange, Fault};

mod address;
mod answer;
mod call;
pub(crate) mod date;
mod fetch;
mod request;
mod stream;
mod tape;
mod wire;

pub use answer::{Answer, Validators};
pub use fetch::Fetched;
pub use request::{Accept, Request};
pub use stream::{Event, Stream};
pub use wire::Wire;

/// Who asks. Nothing of whose watcher it is: a channel's server may be the other side's.
const USER_AGENT: &str = "Mozilla/5.0 (compatible; feed reader)";

/// Where a request may lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses only.
    #[default]
    Public,
    /// Its host may be this machine or lie in a private network. A redirect to another host may not.
    Private,
}

impl Reach {
    /// How far an address may lead that was found in something from `home`: into a private network only on the same host,
    /// since what is written there may be written by anybody.
    #[must_use]
    pub fn within(self, home: &str, url: &str) -> Reach {
        let host = |text: &str| Url::parse(text).ok()?.host_str().map(str::to_owned);
        match (host(home), host(url)) {
            (Some(home), Some(other)) if home == other => self,
            _ => Reach::Public,
        }
    }
}

/// How much and how long an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until there is a connection.
    pub connect: Duration,
    /// For all of it, from the name's look-up to the answer's last byte, redirects included.
    pub whole: Duration,
    /// Bytes of a body as it is received.
    pub body: usize,
    /// Bytes of a body with its encodings undone.
    pub decoded: usize,
    /// Redirects followed.
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(30),
            body: 16 << 20,
            decoded: 32 << 20,
            redirects: 5,
        }
    }
}

/// What a source may use of the network.
#[derive(Debug, Clone)]
pub struct Net {
    limits: Limits,
    patience: Duration,
    stop: Option<Arc<AtomicBool>>,
    agent: Arc<str>,
    tls: Arc<ClientConfig>,
}

impl Net {
    /// A client that trusts the roots of this machine (those of `SSL_CERT_FILE` where that is set).
    #[must_use]
    pub fn new(limits: Limits) -> Net {
        // Some of the files may be unreadable; what can be read is what there is.
        Net::with_roots(limits, rustls_native_certs::load_native_certs().certs)
    }

    /// A client that trusts these roots (PEM) and no others: for a house with an authority of its own. `None` when there is no
    /// certificate in it.
    #[must_use]
    pub fn trusting(limits: Limits, pem: &[u8]) -> Option<Net> {
        let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        roots.ok().filter(|roots| !roots.is_empty()).map(|roots| Net::with_roots(limits, roots))
    }

    fn with_roots(limits: Limits, certificates: Vec<CertificateDer<'static>>) -> Net {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has suites for both versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Net { limits, patience: Duration::from_secs(25), stop: None, agent: USER_AGENT.into(), tls: Arc::new(tls) }
    }

    /// With another patience.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Net {
        Net { patience, ..self }
    }

    /// With a flag that ends every request within a quarter of a second, once it is set.
    #[must_use]
    pub fn with_stop(self, stop: Arc<AtomicBool>) -> Net {
        Net { stop: Some(stop), ..self }
    }

    /// With another user agent.
    #[must_use]
    pub fn with_agent(self, agent: &str) -> Net {
        Net { agent: agent.into(), ..self }
    }

    /// How long a stream may wait for what is new.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// The limits that hold where a request has none of its own.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether the flag says to stop.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Asks, following redirects, and returns the last answer and how it went over the wire.
    ///
    /// # Errors
    /// Any [`Fault`] but [`Fault::Service`]. [`Fault::Refused`] stands for the statuses 401 and 403 where the request has a
    /// secret, [`Fault::Wait`] for 429, and for 503 with a `Retry-After`.
    pub fn ask(&self, request: &Request) -> Result<(Answer, Exchange), Fault> {
        call::ask(self, request)
    }

    /// Opens an answer that does not end, to be read line by line.
    ///
    /// # Errors
    /// As [`ask`](Self::ask), but no redirect is followed.
    pub fn stream(&self, request: &Request) -> Result<Stream, Fault> {
        stream::open(self, request)
    }

    /// Connects to the host of an `http`, `https`, `ws` or `wss` address, for another protocol than HTTP's. The deadline is
    /// the limit on the whole; whoever keeps the connection moves it.
    ///
    /// # Errors
    /// [`Fault::Unreachable`], [`Fault::Private`], [`Fault::Limit`], or [`Fault::Garbled`] for an address that is none.
    pub fn dial(&self, url: &str, reach: Reach) -> Result<Wire, Fault> {
        let url = Url::parse(url).map_err(|_| Fault::Garbled("address"))?;
        self.connect(&url, reach, self.limits.connect, Instant::now() + self.limits.whole, None)
    }

    /// Fetches one thing: a page, a file.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn fetch(&self, url: &str, reach: Reach) -> Result<Fetched, Fault> {
        fetch::fetch(self, &Request::get(url).reach(reach))
    }

    /// Fetches a picture: PNG, JPEG, WebP or GIF by its first bytes, whatever the server calls it.
    ///
    /// # Errors
    /// As [`ask`](Self::ask), and [`Fault::Garbled`] when it is no picture.
    pub fn fetch_picture(&self, url: &str, reach: Reach) -> Result<Fetched, Fault> {
        self.ask_picture(&Request::get(url).reach(reach))
    }

    /// As [`fetch_picture`](Self::fetch_picture), for a picture that takes more than an address.
    ///
    /// # Errors
    /// As [`fetch_picture`](Self::fetch_picture).
    pub fn ask_picture(&self, request: &Request) -> Result<Fetched, Fault> {
        fetch::picture(self, request)
    }

    fn connect(
        &self,
        url: &Url,
        reach: Reach,
        connect: Duration,
        until: Instant,
        stop: Option<&Arc<AtomicBool>>,
    ) -> Result<Wire, Fault> {
        let (tls, usual) = match url.scheme() {
            "http" | "ws" => (false, 80),
            "https" | "wss" => (true, 443),
            _ => return Err(Fault::Garbled("an address that is not http or https")),
        };
        let host = url.host().ok_or(Fault::Garbled("address"))?;
        let port = url.port().unwrap_or(usual);
        let addresses = address::resolve(&host, port, reach, until)?;
        let host: Host<String> = host.to_owned();
        let stops = self.stop.iter().chain(stop).cloned().collect();
        Wire::connect(&addresses, tls.then(|| (Arc::clone(&self.tls), &host)), connect, until, stops)
    }
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
