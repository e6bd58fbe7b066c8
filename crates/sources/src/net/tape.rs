//! ureq's connection, made by us: to the checked addresses only, with every byte that went over it kept.

use std::fmt;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport};

use super::wire::{Wire, carry};
use crate::Fault;

/// More than a head may take: a buffer that is full looks to ureq like the end.
const INPUT: usize = 128 * 1024;
const OUTPUT: usize = 64 * 1024;

/// What went over a connection.
#[derive(Default)]
pub(super) struct Tape {
    pub sent: Vec<u8>,
    pub received: Vec<u8>,
    /// How much may be received before the connection is given up.
    pub most: usize,
    /// For a stream, after its head: nothing more is kept.
    pub stopped: bool,
    /// For a stream: every read moves the deadline by so much.
    pub silence: Option<Duration>,
}

/// A tape that the connection writes and the caller reads afterwards.
#[derive(Clone, Default)]
pub(super) struct Recorder(Arc<Mutex<Tape>>);

/// Hands ureq the one connection that was made for this request.
pub(super) struct Given {
    wire: Mutex<Option<Wire>>,
    recorder: Recorder,
}

/// Resolves nothing: the connection stands already.
#[derive(Debug)]
pub(super) struct Resolved;

/// The connection as ureq sees it.
pub(super) struct Line {
    wire: Wire,
    recorder: Recorder,
    buffers: LazyBuffers,
    open: bool,
}

impl Tape {
    /// How long a server may be silent, once the head of an endless answer is there.
    fn streams(&self) -> Option<Duration> {
        self.silence.filter(|_| self.stopped)
    }
}

impl Recorder {
    pub fn new(most: usize) -> Recorder {
        Recorder(Arc::new(Mutex::new(Tape { most, ..Tape::default() })))
    }

    pub fn tape(&self) -> MutexGuard<'_, Tape> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Given {
    pub fn new(wire: Wire, recorder: Recorder) -> Given {
        Given { wire: Mutex::new(Some(wire)), recorder }
    }
}

impl Connector for Given {
    type Out = Line;

    fn connect(&self, _: &ConnectionDetails, _: Option<()>) -> Result<Option<Line>, ureq::Error> {
        let wire = self.wire.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let wire = wire.ok_or(ureq::Error::ConnectionFailed)?;
        let buffers = LazyBuffers::new(INPUT, OUTPUT);
        Ok(Some(Line { wire, recorder: self.recorder.clone(), buffers, open: true }))
    }
}

impl Resolver for Resolved {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        // ureq wants an address to hand to its connector, which looks at none.
        let mut addresses = self.empty();
        addresses.push(SocketAddr::from(([0, 0, 0, 0], 0)));
        Ok(addresses)
    }
}

impl Transport for Line {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        let bytes = &self.buffers.output()[..amount];
        self.recorder.tape().sent.extend_from_slice(bytes);
        self.wire.write_all(bytes)?;
        Ok(self.wire.flush()?)
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        let buffer = self.buffers.input_append_buf();
        if buffer.is_empty() {
            return Ok(false);
        }
        if let Some(silence) = self.recorder.tape().streams() {
            self.wire.set_deadline(Instant::now() + silence);
        }
        let count = self.wire.read(buffer)?;
        let mut tape = self.recorder.tape();
        if !tape.stopped {
            if tape.received.len() + count > tape.most {
                return Err(ureq::Error::Io(carry(Fault::Limit("size"))));
            }
            tape.received.extend_from_slice(&buffer[..count]);
        }
        drop(tape);
        self.buffers.input_appended(count);
        self.open = count > 0;
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        self.open
    }

    // Without it ureq gives up every `https` address.
    fn is_tls(&self) -> bool {
        self.wire.is_tls()
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").finish_non_exhaustive()
    }
}
