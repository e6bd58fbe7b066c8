//! The calls: a request out, an answer in, within a time and a size.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use countermark_tlog::note::VerifierKey;
use countermark_tlog::timestamp::MAX_TOKEN;
use countermark_tlog::witness::{self, AddCheckpoint, Answer, MAX_ANSWER};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::http::{HeaderMap, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Proxy};

use crate::address::{Address, Peer};
use crate::error::Error;

/// The most bytes of a time-stamper's answer: a token, and the status around it.
pub const MAX_STAMP: usize = MAX_TOKEN + 1024;

/// The longest wait that a host may ask for and be heard, in seconds: a day.
const LONGEST_RETRY: u64 = 86_400;

/// How long a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until there is a connection.
    pub connect: Duration,
    /// For all of it, from the name's look-up to the answer's last byte.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { connect: Duration::from_secs(10), whole: Duration::from_secs(30) }
    }
}

/// Asks time-stampers and witnesses.
#[derive(Clone, Debug)]
pub struct Client {
    direct: Agent,
    proxied: Agent,
}

/// An answer as it came.
struct Got {
    status: u16,
    kind: Option<String>,
    retry_after: Option<u64>,
    body: Vec<u8>,
}

impl Client {
    /// A client that trusts the roots of this machine (those of `SSL_CERT_FILE` where that is set).
    ///
    /// # Errors
    /// None today; roots that can't be read show when an `https` address is asked.
    pub fn new(limits: Limits) -> Result<Client, Error> {
        Ok(Client::with_roots(limits, machine_roots()))
    }

    /// A client that trusts these roots (PEM) and no others: for a house with an authority of its own.
    ///
    /// # Errors
    /// [`Error::Roots`] when there is no certificate in it.
    pub fn trusting(limits: Limits, pem: &[u8]) -> Result<Client, Error> {
        let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let roots = roots.ok().filter(|roots| !roots.is_empty()).ok_or(Error::Roots)?;
        Ok(Client::with_roots(limits, roots))
    }

    fn with_roots(limits: Limits, roots: Vec<CertificateDer<'static>>) -> Client {
        let roots: Vec<Certificate<'static>> =
            roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
        let agent = |proxy: Option<Proxy>| -> Agent {
            let tls = TlsConfig::builder()
                .provider(TlsProvider::Rustls)
                .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
                .root_certs(RootCerts::new_with_certs(&roots))
                .build();
            Agent::config_builder()
                .tls_config(tls)
                .proxy(proxy)
                .max_redirects(0)
                .http_status_as_error(false)
                .timeout_connect(Some(limits.connect))
                .timeout_global(Some(limits.whole))
                .max_idle_connections(0)
                .user_agent("countermark")
                .accept_encoding("") // plain bytes: nothing here unpacks
                .accept("*/*")
                .build()
                .into()
        };
        Client { direct: agent(None), proxied: agent(Proxy::try_from_env()) }
    }

    /// Sends a `TimeStampReq` and returns the `TimeStampResp` as it came: not verified, nothing parsed.
    ///
    /// # Errors
    /// [`Error`] says why there is none.
    pub fn timestamp(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Error> {
        let address = Address::parse(url, Peer::TimeStamper)?;
        let got = self.post(&address, "application/timestamp-query", request, MAX_STAMP)?;
        if got.status != 200 {
            return Err(refused(&address, &got));
        }
        if !got.kind.as_deref().is_some_and(is_reply) {
            return Err(Error::ContentType { host: address.host });
        }
        Ok(got.body)
    }

    /// Asks a witness, by its submission prefix and its keys, to cosign. What comes back as cosigned has verified under
    /// one of the keys. After [`Answer::Conflict`] the log asks again with a proof from that size.
    ///
    /// # Errors
    /// [`Error`] says why there is no cosignature.
    pub fn add_checkpoint(&self, prefix: &str, keys: &[VerifierKey], request: &AddCheckpoint) -> Result<Answer, Error> {
        let address = Address::below(prefix, witness::PATH)?;
        let got = self.post(&address, "text/plain; charset=utf-8", request.to_text().as_bytes(), MAX_ANSWER)?;
        if got.status != 200 && got.status != 409 {
            return Err(refused(&address, &got));
        }
        witness::read_answer(got.status, got.kind.as_deref(), &got.body, request, keys)
            .map_err(|source| Error::Witness { host: address.host, source })
    }

    fn post(&self, address: &Address, kind: &str, body: &[u8], limit: usize) -> Result<Got, Error> {
        // A proxy of the environment may lead out of the house, never to this machine itself.
        let agent = if address.loopback { &self.direct } else { &self.proxied };
        let post = agent.post(address.uri.clone()).content_type(kind).header("Connection", "close");
        let failed = |error| failed(error, address, limit);
        let mut response = post.send(body).map_err(failed)?;
        let status = response.status().as_u16();
        let kind = text(response.headers(), &header::CONTENT_TYPE);
        let retry_after = text(response.headers(), &header::RETRY_AFTER).and_then(|seconds| seconds.parse().ok());
        let retry_after = retry_after.filter(|seconds| *seconds <= LONGEST_RETRY);
        // What is refused has nothing to read.
        let body = match status {
            200 | 409 => response.body_mut().with_config().limit(limit as u64).read_to_vec().map_err(failed)?,
            _ => Vec::new(),
        };
        Ok(Got { status, kind, retry_after, body })
    }
}

fn machine_roots() -> Vec<CertificateDer<'static>> {
    // Some of the files may be unreadable; what can be read is what there is.
    rustls_native_certs::load_native_certs().certs
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn is_reply(kind: &str) -> bool {
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/timestamp-reply"))
}

fn refused(address: &Address, got: &Got) -> Error {
    let (host, status) = (address.host.clone(), got.status);
    if (300..400).contains(&status) {
        return Error::Redirected { host, status };
    }
    Error::Status { host, status, retry_after: got.retry_after }
}

fn failed(error: ureq::Error, address: &Address, limit: usize) -> Error {
    let host = address.host.clone();
    match error {
        ureq::Error::Timeout(_) => Error::Slow { host },
        ureq::Error::BodyExceedsLimit(_) => Error::TooLong { host, limit },
        ureq::Error::Rustls(source) => Error::Tls { host, source: source.into() },
        ureq::Error::Tls(source) => Error::Tls { host, source: source.into() },
        ureq::Error::HostNotFound => Error::Unreachable { host, kind: ErrorKind::NotFound },
        ureq::Error::ConnectionFailed => Error::Unreachable { host, kind: ErrorKind::ConnectionRefused },
        ureq::Error::Io(error) => of_io(error, host),
        _ => Error::Protocol { host },
    }
}

fn of_io(error: std::io::Error, host: String) -> Error {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Error::Slow { host },
        ErrorKind::UnexpectedEof => Error::Protocol { host },
        kind => match error.into_inner().map(|inner| inner.downcast::<rustls::Error>()) {
            Some(Ok(source)) => Error::Tls { host, source },
            _ => Error::Unreachable { host, kind },
        },
    }
}
