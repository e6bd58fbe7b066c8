//! A websocket that is only read: bounded in size and time, and known to be dead when it is.

use std::fmt;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use tungstenite::client::client_with_config;
use tungstenite::http::StatusCode;
use tungstenite::http::header::RETRY_AFTER;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, HandshakeError, Message, WebSocket};

use crate::{Fault, Net, Reach, Wire};

/// What a write may take.
const WRITE: Duration = Duration::from_secs(5);

/// The longest wait that a server may ask for and be heard.
const LONGEST_WAIT: u64 = 3_600;

/// A connection.
pub(super) struct Socket {
    url: String,
    socket: WebSocket<Wire>,
    heard: Instant,
    asked: bool,
    /// A server that has been silent for so long is gone; after a third of it, it is asked for a sign of life.
    dead: Duration,
}

/// What a wait brought.
pub(super) enum Came {
    /// A message.
    Message(Vec<u8>),
    /// Nothing in this time.
    Nothing,
}

impl Socket {
    /// Connects. It takes no message larger than this, and gives a server up that has been silent for so long.
    pub(super) fn open(net: &Net, url: &str, reach: Reach, largest: usize, dead: Duration) -> Result<Socket, Fault> {
        let wire = net.dial(url, reach)?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(largest))
            .max_frame_size(Some(largest))
            .max_write_buffer_size(4 << 20);
        let (socket, _) = client_with_config(url, wire, Some(config)).map_err(|error| match error {
            HandshakeError::Failure(error) => fault(error),
            // The wire never says that it would block.
            HandshakeError::Interrupted(_) => Fault::Limit("time"),
        })?;
        Ok(Socket { url: url.to_owned(), socket, heard: Instant::now(), asked: false, dead })
    }

    /// The address.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Sends a text.
    pub(super) fn say(&mut self, text: String) -> Result<(), Fault> {
        self.socket.get_mut().set_deadline(Instant::now() + WRITE);
        self.socket.send(Message::text(text)).map_err(fault)
    }

    /// Waits for a message until this moment; one that has begun to come is kept for the next call.
    pub(super) fn next(&mut self, until: Instant) -> Result<Came, Fault> {
        loop {
            let now = Instant::now();
            let silent = now.saturating_duration_since(self.heard);
            if silent >= self.dead {
                return Err(Fault::Unreachable("silent for too long"));
            }
            if silent >= self.dead / 3 && !self.asked {
                self.asked = true;
                self.write(Message::Ping(Vec::new().into()))?;
            }
            let mark = self.heard + if self.asked { self.dead } else { self.dead / 3 };
            // At least one read, so that what lies ready is taken even when the time is up.
            let wait = until.min(mark).max(now + Duration::from_millis(1));
            self.socket.get_mut().set_deadline(wait);
            match self.socket.read() {
                Ok(message) => {
                    self.heard = Instant::now();
                    self.asked = false;
                    match message {
                        Message::Text(text) => return Ok(Came::Message(text.as_bytes().to_vec())),
                        Message::Binary(_) => return Err(Fault::Garbled("a message that is no text")),
                        // The answer is queued: it must leave though nothing else is written.
                        Message::Ping(_) => self.flush()?,
                        Message::Pong(_) | Message::Frame(_) => {}
                        Message::Close(_) => return Err(Fault::Unreachable("the connection was closed")),
                    }
                }
                Err(Error::Io(error)) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {}
                Err(error) => return Err(fault(error)),
            }
            if Instant::now() >= until {
                return Ok(Came::Nothing);
            }
        }
    }

    fn write(&mut self, message: Message) -> Result<(), Fault> {
        self.socket.get_mut().set_deadline(Instant::now() + WRITE);
        self.socket.send(message).map_err(fault)
    }

    fn flush(&mut self) -> Result<(), Fault> {
        self.socket.get_mut().set_deadline(Instant::now() + WRITE);
        self.socket.flush().map_err(fault)
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").finish_non_exhaustive()
    }
}

/// What tungstenite says, without its words: they may hold what came from outside.
fn fault(error: Error) -> Fault {
    match error {
        Error::Capacity(_) => Fault::Limit("size of a message"),
        Error::Io(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => Fault::Limit("time"),
        Error::Io(_) | Error::ConnectionClosed | Error::AlreadyClosed => Fault::Unreachable("the connection broke"),
        Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => {
            Fault::Unreachable("the connection broke")
        }
        Error::Http(response) => {
            let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            let wait = |seconds: u64| Fault::Wait(Duration::from_secs(seconds.clamp(1, LONGEST_WAIT)));
            match (response.status(), asked) {
                (StatusCode::TOO_MANY_REQUESTS, asked) => wait(asked.unwrap_or(60)),
                (StatusCode::SERVICE_UNAVAILABLE, Some(asked)) => wait(asked),
                (status, _) => Fault::Status(status.as_u16()),
            }
        }
        _ => Fault::Garbled("websocket"),
    }
}
