//! A small resolver for TXT records (RFC 1035): what `take --dns` asks for the keys of mail signatures.
//!
//! It asks the servers of `/etc/resolv.conf` by UDP, and by TCP where an answer does not fit, and believes an answer only with its own
//! number and question in it, from the address that was asked. It follows aliases (CNAME) and checks no DNSSEC: whoever answers for the
//! network can answer anything. What comes of it says so.

mod answer;

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use answer::{Answer, Refusal};

/// How many aliases are followed.
const MOST_ALIASES: usize = 8;

/// How many servers are asked; more are not read (`resolv.conf(5)`).
const MOST_SERVERS: usize = 3;

/// How often all of them are asked.
const ROUNDS: usize = 2;

/// The largest answer by UDP without an agreement on more.
const MOST_UDP: usize = 4096;

/// Why a question has no answer. That there is no such record is an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DnsError {
    /// Aliases that lead on and on.
    #[error("the name leads through more than {MOST_ALIASES} aliases")]
    Aliases,
    /// No server answered in time.
    #[error("no name server answered")]
    Silent,
    /// The servers could not answer.
    #[error("the name server failed (code {code})")]
    Server {
        /// The code of RFC 1035, section 4.1.1.
        code: u8,
    },
    /// An answer that is none.
    #[error("the name server's answer is damaged")]
    Damaged,
    /// No name of the DNS.
    #[error("a name of the DNS has labels of 1 to 63 letters, digits, - and _, and 253 characters at most")]
    Name,
}

/// The resolver.
#[derive(Debug, Clone)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
    patience: Duration,
}

impl Resolver {
    /// One that asks these servers, and waits so long for each answer.
    #[must_use]
    pub fn new(servers: Vec<SocketAddr>, patience: Duration) -> Self {
        Self { servers, patience }
    }

    /// One that asks whom this machine asks.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
        Self::new(servers(&text), Duration::from_secs(3))
    }

    /// The texts of a name's TXT records, each put together from its strings; none where there is no such record.
    ///
    /// # Errors
    /// [`DnsError`].
    pub fn txt(&self, name: &str) -> Result<Vec<Vec<u8>>, DnsError> {
        let mut name = answer::wire_name(name).ok_or(DnsError::Name)?;
        for _ in 0..=MOST_ALIASES {
            match self.ask(&name)? {
                Answer::Texts(texts) => return Ok(texts),
                Answer::Alias(other) => name = other,
            }
        }
        Err(DnsError::Aliases)
    }

    fn ask(&self, name: &[u8]) -> Result<Answer, DnsError> {
        let mut outcome = DnsError::Silent;
        for _ in 0..ROUNDS {
            for server in &self.servers {
                match self.ask_one(*server, name) {
                    Ok(answer) => return Ok(answer),
                    Err(DnsError::Silent) => {}
                    Err(other) => outcome = other,
                }
            }
        }
        Err(outcome)
    }

    fn ask_one(&self, server: SocketAddr, name: &[u8]) -> Result<Answer, DnsError> {
        let mut id = [0; 2];
        getrandom::fill(&mut id).map_err(|_| DnsError::Silent)?;
        let question = answer::question(id, name);
        let short = self.by_udp(server, &question)?;
        let read = match answer::read(&short, &question) {
            Err(Refusal::Cut) => {
                answer::read(&self.by_tcp(server, &question).map_err(|_| DnsError::Silent)?, &question)
            }
            read => read,
        };
        read.map_err(|refusal| match refusal {
            Refusal::Server(code) => DnsError::Server { code },
            Refusal::Aliases => DnsError::Aliases,
            Refusal::Cut | Refusal::Damaged | Refusal::Foreign => DnsError::Damaged,
        })
    }

    /// Waits for an answer to this very question; what else comes in is somebody's guess.
    fn by_udp(&self, server: SocketAddr, question: &[u8]) -> Result<Vec<u8>, DnsError> {
        let silent = |_: io::Error| DnsError::Silent;
        let any = if server.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
        // The system chooses the port, at random: it is as much of the secret as the number is.
        let socket = UdpSocket::bind((any, 0)).map_err(silent)?;
        socket.connect(server).map_err(silent)?;
        socket.send(question).map_err(silent)?;
        let until = Instant::now() + self.patience;
        let mut bytes = [0; MOST_UDP];
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(DnsError::Silent);
            }
            socket.set_read_timeout(Some(left)).map_err(silent)?;
            let count = match socket.recv(&mut bytes) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(silent(error)),
            };
            if answer::is_to(&bytes[..count], question) {
                return Ok(bytes[..count].to_vec());
            }
        }
    }

    fn by_tcp(&self, server: SocketAddr, question: &[u8]) -> io::Result<Vec<u8>> {
        let until = Instant::now() + self.patience;
        let mut stream = TcpStream::connect_timeout(&server, self.patience)?;
        stream.set_write_timeout(Some(self.patience))?;
        let length = u16::try_from(question.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        stream.write_all(&[&length.to_be_bytes(), question].concat())?;
        let mut length = [0; 2];
        read_until(&mut stream, &mut length, until)?;
        let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
        read_until(&mut stream, &mut bytes, until)?;
        Ok(bytes)
    }
}

/// Fills the buffer before this moment: a server that sends a byte now and then does not hold anybody.
fn read_until(stream: &mut TcpStream, mut buffer: &mut [u8], until: Instant) -> io::Result<()> {
    while !buffer.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => buffer = &mut buffer[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The servers that a `resolv.conf` names; without any, the one on this machine, as `resolv.conf(5)` has it.
fn servers(text: &str) -> Vec<SocketAddr> {
    let server = |line: &str| {
        let mut words = line.split_whitespace();
        let address = (words.next()? == "nameserver").then(|| words.next()).flatten()?;
        // An address of one link only (`fe80::1%eth0`) is left out: there is no portable way to its number.
        Some(SocketAddr::new(address.parse().ok()?, 53))
    };
    let mut found: Vec<_> = text.lines().filter_map(server).take(MOST_SERVERS).collect();
    if found.is_empty() {
        found.push(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 53));
    }
    found
}

#[cfg(test)]
mod tests;
