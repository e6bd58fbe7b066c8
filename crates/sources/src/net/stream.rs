//! An answer that does not end: lines, and the events that they make (Server-Sent Events, WHATWG HTML, section 9.2).

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::tape::Recorder;
use super::{Net, Request, call, now_ms};
use crate::{Exchange, Fault};

/// The longest line that is taken.
const LINE: usize = 1 << 20;

/// The longest event that is taken: its lines together.
const EVENT: usize = 2 << 20;

/// Lines that wait to be read; beyond them the server has to wait.
const QUEUE: usize = 256;

/// How long a server may be silent. Those that mean well send something every half minute.
const SILENCE: Duration = Duration::from_secs(120);

/// An answer that does not end. Dropping it closes the connection.
pub struct Stream {
    lines: Receiver<Result<Vec<u8>, Fault>>,
    stop: Arc<AtomicBool>,
    url: String,
    event: Event,
    size: usize,
}

/// One event.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// Its name; empty for one without.
    pub name: String,
    /// Its id.
    pub id: Option<String>,
    /// Its data, lines joined by `\n`.
    pub data: String,
    /// Its lines as they came.
    pub raw: Vec<u8>,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("bytes", &self.raw.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").finish_non_exhaustive()
    }
}

pub(super) fn open(net: &Net, request: &Request) -> Result<Stream, Fault> {
    let limits = request.limits.unwrap_or(net.limits);
    let url = request.address()?;
    let stop = Arc::new(AtomicBool::new(false));
    let wire = net.connect(&url, request.reach, limits.connect, Instant::now() + limits.whole, Some(&stop))?;
    let recorder = Recorder::new(limits.body);
    recorder.tape().silence = Some(SILENCE);
    let response = call::over(net, request, &url, wire, &recorder)?;
    call::judge(request, response.status().as_u16(), response.headers())?;
    recorder.tape().stopped = true;
    let (sender, lines) = sync_channel(QUEUE);
    let reader = BufReader::new(response.into_body().into_reader());
    let told = Arc::clone(&stop);
    thread::Builder::new()
        .name("stream".into())
        .spawn(move || pump(reader, &sender, &told))
        .map_err(|_| Fault::Unreachable("no thread to be had"))?;
    Ok(Stream { lines, stop, url: request.strike_text(url.to_string()), event: Event::default(), size: 0 })
}

impl Stream {
    /// The next line, without its end. `None` when none came in this time.
    ///
    /// # Errors
    /// A [`Fault`] when the stream has ended, or broke a limit; it gives no more then.
    pub fn line(&mut self, patience: Duration) -> Result<Option<Vec<u8>>, Fault> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => line.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Fault::Unreachable("the stream ended")),
        }
    }

    /// The next event with data. `None` when none was complete in this time; what has come of one is kept.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn event(&mut self, patience: Duration) -> Result<Option<Event>, Fault> {
        let until = Instant::now() + patience;
        loop {
            let Some(line) = self.line(until.saturating_duration_since(Instant::now()))? else { return Ok(None) };
            if let Some(event) = self.take(&line)? {
                return Ok(Some(event));
            }
        }
    }

    /// What an event is captured as: its lines, without a request.
    #[must_use]
    pub fn exchange(&self, raw: Vec<u8>) -> Exchange {
        Exchange { url: self.url.clone(), at_ms: now_ms(), request: Vec::new(), response: raw }
    }

    fn take(&mut self, line: &[u8]) -> Result<Option<Event>, Fault> {
        self.size += line.len() + 1;
        if self.size > EVENT {
            return Err(Fault::Limit("size of an event"));
        }
        if line.is_empty() {
            self.size = 0;
            let mut event = std::mem::take(&mut self.event);
            if event.data.is_empty() {
                return Ok(None);
            }
            event.data.truncate(event.data.len() - 1);
            event.raw.push(b'\n');
            return Ok(Some(event));
        }
        self.event.raw.extend_from_slice(line);
        self.event.raw.push(b'\n');
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "data" => {
                self.event.data.push_str(value);
                self.event.data.push('\n');
            }
            _ => {}
        }
        Ok(None)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Reads lines until the stream ends, breaks a limit, or nobody wants them.
fn pump(mut reader: impl BufRead, sender: &SyncSender<Result<Vec<u8>, Fault>>, stop: &AtomicBool) {
    loop {
        let line = next(&mut reader);
        let last = !matches!(line, Ok(Some(_)));
        let line = match line {
            Ok(Some(line)) => Ok(line),
            Ok(None) => Err(Fault::Unreachable("the stream ended")),
            Err(fault) => Err(fault),
        };
        if !put(sender, line, stop) || last {
            return;
        }
    }
}

/// Waits for room without blocking for ever: the receiver may be gone, or told to stop.
fn put(sender: &SyncSender<Result<Vec<u8>, Fault>>, mut line: Result<Vec<u8>, Fault>, stop: &AtomicBool) -> bool {
    loop {
        match sender.try_send(line) {
            Ok(()) => return true,
            Err(TrySendError::Disconnected(_)) => return false,
            Err(TrySendError::Full(back)) => line = back,
        }
        if stop.load(Ordering::Relaxed) {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// One line, its end (`\n`, `\r\n`) cut off; `None` at the end. What stands after the last line end is no line.
fn next(reader: &mut impl BufRead) -> Result<Option<Vec<u8>>, Fault> {
    let mut line = Vec::new();
    let read = reader.by_ref().take(LINE as u64 + 1).read_until(b'\n', &mut line);
    read.map_err(|error| call::failed(error.into())).map_err(|fault| match fault {
        Fault::Limit("time") => Fault::Unreachable("silent for too long"),
        other => other,
    })?;
    if line.len() > LINE {
        return Err(Fault::Limit("length of a line"));
    }
    if line.pop() != Some(b'\n') {
        return Ok(None);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}
