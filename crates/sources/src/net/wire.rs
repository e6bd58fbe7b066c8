//! A connection: TCP or TLS over it, to an address that was checked, with one deadline for all of it.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use url::Host;

use crate::Fault;

/// How often a waiting connection looks whether it is to stop.
const SLICE: Duration = Duration::from_millis(200);

/// A connection that can be read and written until its deadline. Past it, or once it is told to stop, every call fails; the
/// error's kind is `TimedOut` for the deadline and `Other` for the stop.
pub struct Wire(Inner);

enum Inner {
    Plain(Tcp),
    Tls(Box<StreamOwned<ClientConnection, Tcp>>),
}

/// The socket. Every read and write gets what is left of the time, so that drops of one byte can't stretch it.
struct Tcp {
    stream: TcpStream,
    until: Instant,
    stops: Vec<Arc<AtomicBool>>,
}

/// A [`Fault`] on its way through an I/O error.
#[derive(Debug)]
struct Carried(Fault);

impl Wire {
    /// Connects to the first of the addresses that answers, and shakes hands where TLS is asked for.
    pub(crate) fn connect(
        addresses: &[SocketAddr],
        tls: Option<(Arc<ClientConfig>, &Host<String>)>,
        connect: Duration,
        until: Instant,
        stops: Vec<Arc<AtomicBool>>,
    ) -> Result<Wire, Fault> {
        let stream = first(addresses, connect, until)?;
        let _ = stream.set_nodelay(true);
        let mut tcp = Tcp { stream, until, stops };
        let Some((config, host)) = tls else { return Ok(Wire(Inner::Plain(tcp))) };
        let name = match host {
            Host::Domain(name) => {
                ServerName::try_from(name.clone()).map_err(|_| Fault::Unreachable("name not found"))?
            }
            Host::Ipv4(ip) => ServerName::from(std::net::IpAddr::V4(*ip)),
            Host::Ipv6(ip) => ServerName::from(std::net::IpAddr::V6(*ip)),
        };
        let mut session = ClientConnection::new(config, name).map_err(|_| Fault::Unreachable("TLS"))?;
        while session.is_handshaking() {
            session.complete_io(&mut tcp).map_err(|error| fault(error, "TLS"))?;
        }
        Ok(Wire(Inner::Tls(Box::new(StreamOwned::new(session, tcp)))))
    }

    /// Moves the deadline.
    pub fn set_deadline(&mut self, until: Instant) {
        self.tcp().until = until;
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.0, Inner::Tls(_))
    }

    fn tcp(&mut self) -> &mut Tcp {
        match &mut self.0 {
            Inner::Plain(tcp) => tcp,
            Inner::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Inner::Plain(tcp) => tcp.read(buffer),
            Inner::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Inner::Plain(tcp) => tcp.write(bytes),
            Inner::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Inner::Plain(tcp) => tcp.flush(),
            Inner::Tls(stream) => stream.flush(),
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

impl Tcp {
    /// The time that one call may take, or why none is left.
    fn slice(&self) -> io::Result<Duration> {
        if self.stops.iter().any(|stop| stop.load(Ordering::Relaxed)) {
            return Err(carry(Fault::Unreachable("told to stop")));
        }
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        // A socket's time limit of nothing would be none at all.
        Ok(left.max(Duration::from_millis(1)).min(if self.stops.is_empty() { left } else { SLICE }))
    }

    fn patiently(&mut self, mut step: impl FnMut(&mut TcpStream, Duration) -> io::Result<usize>) -> io::Result<usize> {
        loop {
            let slice = self.slice()?.max(Duration::from_millis(1));
            match step(&mut self.stream, slice) {
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                }
                done => return done,
            }
        }
    }
}

impl Read for Tcp {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.patiently(|stream, slice| {
            stream.set_read_timeout(Some(slice))?;
            stream.read(buffer)
        })
    }
}

impl Write for Tcp {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.patiently(|stream, slice| {
            stream.set_write_timeout(Some(slice))?;
            stream.write(bytes)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Carried {}

/// Wraps a fault, so that it passes through code that knows only I/O errors.
pub(crate) fn carry(fault: Fault) -> io::Error {
    io::Error::other(Carried(fault))
}

/// What an I/O error says; `what` is said of one that says nothing itself.
pub(crate) fn fault(error: io::Error, what: &'static str) -> Fault {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Fault::Limit("time"),
        ErrorKind::ConnectionRefused => Fault::Unreachable("connection refused"),
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => Fault::Unreachable("the connection broke"),
        _ => match error.into_inner().map(|inner| inner.downcast::<Carried>()) {
            Some(Ok(carried)) => carried.0,
            _ => Fault::Unreachable(what),
        },
    }
}

/// Each address but the last gets half of what is left of the time for connecting, so that a dead one can't use it all.
fn first(addresses: &[SocketAddr], connect: Duration, until: Instant) -> Result<TcpStream, Fault> {
    let until = until.min(Instant::now() + connect);
    let mut last = Fault::Unreachable("no address");
    for (at, address) in addresses.iter().enumerate() {
        let left = until.saturating_duration_since(Instant::now());
        let share = if at + 1 < addresses.len() { left / 2 } else { left };
        if share.is_zero() {
            return Err(Fault::Limit("time"));
        }
        match TcpStream::connect_timeout(address, share) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = fault(error, "no connection"),
        }
    }
    Err(last)
}
