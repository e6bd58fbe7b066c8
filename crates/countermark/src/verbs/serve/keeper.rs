//! Keeps the three children: starts them, starts again what died, ends them all. It stays on the thread that started them: a child is told
//! of its parent's death when that thread dies.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::pipe;

use super::plan::Call;
use crate::failure::{Failure, Outcome};
use crate::terminal;

/// The wait before what died is started again: the first, and the longest.
const WAIT: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));

/// What lived so long is not said to die again and again.
const LIVED: Duration = Duration::from_secs(60);

/// How long the children have to end.
const END: Duration = Duration::from_millis(4600);

/// What happens.
enum Event {
    /// A child says that it is ready.
    Ready(usize),
    /// A signal came: a flag says which, or a child's state does.
    Signal,
}

/// One of the children.
struct Kept {
    name: &'static str,
    call: Call,
    socket: Option<TcpListener>,
    child: Option<Child>,
    ready: bool,
    /// When it was started, or is to be.
    at: Instant,
    wait: Duration,
}

/// All of them.
pub(super) struct Keeper {
    all: Vec<Kept>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    stop: Arc<AtomicBool>,
    hangup: Arc<AtomicBool>,
}

impl Keeper {
    pub(super) fn new() -> Outcome<Self> {
        let failed = |error: std::io::Error| Failure::new(format!("signals can't be watched: {error}"));
        let (stop, hangup) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        for (signal, told) in [(SIGINT, &stop), (SIGTERM, &stop), (SIGHUP, &hangup)] {
            flag::register(signal, Arc::clone(told)).map_err(failed)?;
        }
        let (mut heard, told) = UnixStream::pair().map_err(failed)?;
        // After the flags: whoever is woken finds them set.
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGCHLD] {
            pipe::register(signal, told.try_clone().map_err(failed)?).map_err(failed)?;
        }
        let (sender, events) = channel();
        let into = sender.clone();
        std::thread::spawn(move || {
            while heard.read(&mut [0; 64]).is_ok_and(|read| read > 0) && into.send(Event::Signal).is_ok() {}
        });
        Ok(Self { all: Vec::new(), events, sender, stop, hangup })
    }

    pub(super) fn add(&mut self, name: &'static str, call: Call, socket: Option<TcpListener>) {
        self.all.push(Kept { name, call, socket, child: None, ready: false, at: Instant::now(), wait: WAIT.0 });
    }

    /// Keeps them until a signal ends all. `up` is called once, when all of them are ready.
    pub(super) fn keep(mut self, up: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
        let (mut up, mut said) = (Some(up), Ok(()));
        while !self.stop.load(Ordering::SeqCst) && said.is_ok() {
            self.look();
            if self.all.iter().all(|kept| kept.ready)
                && let Some(up) = up.take()
            {
                said = up();
            }
            self.rest();
            if self.hangup.swap(false, Ordering::SeqCst) {
                self.tell(Signal::HUP);
            }
        }
        self.end();
        said
    }

    /// Starts what is due, and finds what died.
    fn look(&mut self) {
        for index in 0..self.all.len() {
            let kept = &mut self.all[index];
            if let Some(child) = &mut kept.child {
                let Ok(Some(status)) = child.try_wait() else { continue };
                if kept.at.elapsed() > LIVED {
                    kept.wait = WAIT.0;
                }
                terminal::note(&format!(
                    "warning: the {} ended ({status}); it is started again in {} ms",
                    kept.name,
                    kept.wait.as_millis()
                ));
                (kept.child, kept.at) = (None, Instant::now() + kept.wait);
                kept.wait = (2 * kept.wait).min(WAIT.1);
            }
            if kept.child.is_none() && kept.at <= Instant::now() {
                self.start(index);
            }
        }
    }

    fn start(&mut self, index: usize) {
        let kept = &mut self.all[index];
        kept.at = Instant::now();
        match spawn(kept) {
            Ok(mut child) => {
                if let Some(out) = child.stdout.take() {
                    let sender = self.sender.clone();
                    std::thread::spawn(move || {
                        let mut line = String::new();
                        if BufReader::new(out.take(64)).read_line(&mut line).is_ok() && line == "ready\n" {
                            let _ = sender.send(Event::Ready(index));
                        }
                    });
                }
                kept.child = Some(child);
            }
            Err(error) => {
                terminal::note(&format!("warning: the {} can't be started: {error}", kept.name));
                kept.at = Instant::now() + kept.wait;
                kept.wait = (2 * kept.wait).min(WAIT.1);
            }
        }
    }

    /// Waits for something to happen, or for the time to start something.
    fn rest(&mut self) {
        let due = self.all.iter().filter(|kept| kept.child.is_none()).map(|kept| kept.at).min();
        let until = due.map_or(Duration::from_secs(3600), |due| due.saturating_duration_since(Instant::now()));
        if let Ok(Event::Ready(index)) = self.events.recv_timeout(until) {
            self.all[index].ready = true;
        }
    }

    fn tell(&self, signal: Signal) {
        for child in self.all.iter().filter_map(|kept| kept.child.as_ref()) {
            if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, signal);
            }
        }
    }

    /// Ends all: what is under way has a few seconds.
    fn end(&mut self) {
        self.tell(Signal::TERM);
        let until = Instant::now() + END;
        loop {
            for kept in &mut self.all {
                if kept.child.as_mut().is_some_and(|child| !matches!(child.try_wait(), Ok(None))) {
                    kept.child = None;
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            if self.all.iter().all(|kept| kept.child.is_none()) {
                return;
            }
            if left.is_zero() {
                break;
            }
            let _ = self.events.recv_timeout(left);
        }
        for kept in &mut self.all {
            if let Some(child) = &mut kept.child {
                terminal::note(&format!("warning: the {} did not end in time, and was killed", kept.name));
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

/// Starts a child: the same program, in `/`, with the environment of its plan and no descriptor of ours but its socket, which is its
/// standard input.
fn spawn(kept: &Kept) -> std::io::Result<Child> {
    let input = match &kept.socket {
        Some(socket) => Stdio::from(OwnedFd::from(socket.try_clone()?)),
        None => Stdio::null(),
    };
    Command::new(program()?)
        .arg0("countermark")
        .args(&kept.call.args)
        .arg("--parent")
        .arg(std::process::id().to_string())
        .env_clear()
        .envs(kept.call.environment.iter().map(|(name, value)| (name, value)))
        .current_dir("/")
        .stdin(input)
        .stdout(Stdio::piped())
        .spawn()
}

/// This program, also after its file was replaced by a newer one: all of a run are of one version.
fn program() -> std::io::Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() { Ok(running.to_owned()) } else { std::env::current_exe() }
}
