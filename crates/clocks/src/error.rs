//! Why there is no answer. Of an address, only the host is ever shown.

use countermark_tlog::WitnessError;

/// Why there is no answer that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address can't be asked.
    #[error("the address is not one that can be asked: {0}")]
    Address(AddressFault),
    /// No name, no connection, or it was cut.
    #[error("{host} can't be reached: {kind}")]
    Unreachable {
        /// The host.
        host: String,
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// Its certificate, or its TLS, is not to be trusted.
    #[error("{host} has no TLS that can be trusted: {source}")]
    Tls {
        /// The host.
        host: String,
        /// What TLS said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The time was up.
    #[error("{host} did not answer in time")]
    Slow {
        /// The host.
        host: String,
    },
    /// An answer that is longer than is read.
    #[error("{host} answered more than {limit} bytes")]
    TooLong {
        /// The host.
        host: String,
        /// The limit.
        limit: usize,
    },
    /// A redirection, which is not followed.
    #[error("{host} sends elsewhere (status {status}), which is not followed")]
    Redirected {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// Another status than expected.
    #[error("{host} answered with status {status}")]
    Status {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// In how many seconds it may be asked again, when it says so.
        retry_after: Option<u64>,
    },
    /// No answer of a time-stamper.
    #[error("{host} answered no application/timestamp-reply")]
    ContentType {
        /// The host.
        host: String,
    },
    /// Not HTTP, or half of it.
    #[error("what {host} answered is no whole HTTP answer")]
    Protocol {
        /// The host.
        host: String,
    },
    /// A witness's answer that can't be believed.
    #[error("{host}: {source}")]
    Witness {
        /// The host.
        host: String,
        /// What is wrong with it.
        source: WitnessError,
    },
    /// The roots given are no certificates.
    #[error("the certificates given are no PEM")]
    Roots,
}

impl Error {
    /// In how many seconds the host may be asked again: when it is busy or ailing (429, 5xx) and says so.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Error::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether another try, later, may help: the other side was out of reach, slow, busy or ailing.
    pub fn is_passing(&self) -> bool {
        match self {
            Error::Unreachable { .. } | Error::Slow { .. } | Error::Protocol { .. } => true,
            Error::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressFault {
    /// Not a URL with a host.
    #[error("it is no URL with a host")]
    Malformed,
    /// Neither `https` nor, where that is allowed, `http`.
    #[error("it must begin with https:// (http:// for a time-stamper, or on this machine)")]
    Scheme,
    /// A port that there is not.
    #[error("its port is not one of 1 to 65535")]
    Port,
    /// A name or a password stands before the host.
    #[error("it holds a user's name or password")]
    Credentials,
}
