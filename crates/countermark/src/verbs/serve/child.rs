//! What the three children share: they end with their parent and when told to, and say when they are ready.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countermark_web::Tls;
use rustix::process::{Pid, Resource, Rlimit, Signal, getppid, getrlimit, set_parent_process_death_signal, setrlimit};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

use crate::failure::{Failure, Outcome, chain};
use crate::terminal;

/// How long a child may take to end, whatever is under way.
const END: Duration = Duration::from_millis(4500);

/// Descriptors that a server wants; a usual limit of 1,024 would come before that of its connections.
const FILES: u64 = 8192;

/// The end of a child: asked for by a signal, or by the death of its parent.
pub(super) struct Ending {
    heard: UnixStream,
    /// Set once it was asked for.
    pub(super) asked: Arc<AtomicBool>,
}

impl Ending {
    /// Begins a child's life. `parent` is the process that started it, where one did.
    pub(super) fn begin(parent: Option<i32>) -> Outcome<Self> {
        let failed = |error: std::io::Error| Failure::new(format!("signals can't be watched: {error}"));
        let (heard, told) = UnixStream::pair().map_err(failed)?;
        for signal in [SIGINT, SIGTERM] {
            pipe::register(signal, told.try_clone().map_err(failed)?).map_err(failed)?;
        }
        if let Some(parent) = parent {
            set_parent_process_death_signal(Some(Signal::TERM)).map_err(|e| failed(e.into()))?;
            // It may have died before that was arranged.
            if getppid() != Pid::from_raw(parent) {
                return Err(Failure::new("the process that started this one is gone"));
            }
        }
        let limit = getrlimit(Resource::Nofile);
        let current = limit.maximum.map_or(FILES, |most| most.min(FILES));
        if limit.current.is_some_and(|now| now < current) {
            // Fewer connections at a time, otherwise.
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(current), ..limit });
        }
        Ok(Self { heard, asked: Arc::default() })
    }

    /// Returns when the end is asked for. From then on the process has [`END`] left.
    pub(super) fn wait(mut self) {
        let _ = self.heard.read(&mut [0]);
        self.asked.store(true, Ordering::SeqCst);
        std::thread::spawn(|| {
            std::thread::sleep(END);
            std::process::exit(1);
        });
    }
}

/// Says that it is ready, to whoever started it and listens.
pub(super) fn ready() {
    let _ = std::io::stdout().write_all(b"ready\n");
    let _ = std::io::stdout().flush();
}

/// Reads the certificate again at every hang-up.
pub(super) fn reload_at_hangup(tls: Option<Arc<Tls>>) -> Outcome<()> {
    let failed = |error: std::io::Error| Failure::new(format!("signals can't be watched: {error}"));
    let (mut heard, told) = UnixStream::pair().map_err(failed)?;
    pipe::register(SIGHUP, told).map_err(failed)?;
    std::thread::spawn(move || {
        while heard.read(&mut [0; 64]).is_ok_and(|read| read > 0) {
            match tls.as_ref().map(|tls| tls.reload()) {
                Some(Ok(())) => terminal::note("the certificate was read again"),
                Some(Err(error)) => {
                    terminal::note(&format!("warning: {}: the certificate read before stays in use", chain(&error)));
                }
                None => {}
            }
        }
    });
    Ok(())
}
