//! What an unlocked desk does without being asked: takes in what the watcher found, tells of it, publishes what is due in the log, asks the
//! clocks, lets codebooks expire. It holds the office for moments only, and gives it up as soon as a page wants it; the network is asked
//! without it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use countermark_desk::Desk;
use countermark_office::{Alarm, Office};

use crate::config::Config;
use crate::failure::{Failure, Outcome, chain};
use crate::home::Home;
use crate::terminal;
use crate::verbs::case::Standings;
use crate::verbs::clocks::{self, Access};
use crate::verbs::{expire, publish};

/// Between two looks at the inbox.
const INTAKE: Duration = Duration::from_millis(100);

/// Between two looks at what is due in the log, and at the configuration.
const RHYTHM: Duration = Duration::from_secs(10);

/// Between two looks at the codebooks' dates.
const EXPIRY: Duration = Duration::from_secs(3600);

/// Starts it; it ends when `stop` is set.
pub(super) fn start(desk: Desk, home: Home, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    thread::spawn(move || {
        let (telling, slow) = (Telling::start(desk.clone()), slow(desk.clone(), home.clone(), Arc::clone(&stop)));
        let (mut standings, mut broken) = (Fresh::default(), String::new());
        while !stop.load(Ordering::SeqCst) {
            if let Some(standings) = standings.get(&home)
                && let Err(failure) = take_in(&desk, &standings, &stop, &telling)
            {
                // The same fault every 100 ms is told once.
                let what = plain(&failure);
                if broken != what {
                    terminal::note(&format!("warning: the inbox: {what}"));
                    broken = what;
                }
            }
            thread::sleep(INTAKE);
        }
        telling.end();
        let _ = slow.join();
    })
}

/// One look at the inbox.
fn take_in(desk: &Desk, standings: &Arc<Standings>, stop: &AtomicBool, telling: &Telling) -> Outcome<()> {
    let began = std::cell::Cell::new(false);
    // One item in any case, so that it comes to an end; more as long as nobody waits.
    let go_on = || !began.replace(true) || !(desk.is_wanted() || stop.load(Ordering::SeqCst));
    let taken = desk.tend(|office| {
        let taken = standings.with(None, |standing| office.take_in_untold(standing, &go_on))?;
        Ok::<_, countermark_office::Error>((taken, office.untold()?))
    });
    // Locked: the inbox keeps it.
    let Some(taken) = taken else { return Ok(()) };
    let (taken, untold) = taken?;
    if taken.damaged > 0 {
        terminal::note(&format!(
            "warning: {} records of the inbox are damaged and were passed over; the audit trail says where",
            taken.damaged
        ));
    }
    if !untold.is_empty() {
        telling.tell(untold, standings);
    }
    Ok(())
}

/// Tells of cases on a thread of its own: a mail server takes its time.
struct Telling {
    thread: JoinHandle<()>,
    sender: Sender<(Vec<Alarm>, Arc<Standings>)>,
    busy: Arc<AtomicBool>,
}

impl Telling {
    fn start(desk: Desk) -> Self {
        let (sender, receiver) = channel::<(Vec<Alarm>, Arc<Standings>)>();
        let busy = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&busy);
        let thread = thread::spawn(move || {
            while let Ok((alarms, standings)) = receiver.recv() {
                for alarm in alarms {
                    standings.tell(&alarm);
                    // Where the desk was locked meanwhile, it is told once more: better than never.
                    if let Some(Err(error)) = desk.tend(|office| office.told(&alarm)) {
                        terminal::note(&format!(
                            "warning: that a case was told of can't be written down: {}",
                            chain(&error)
                        ));
                    }
                }
                done.store(false, Ordering::SeqCst);
            }
        });
        Self { thread, sender, busy }
    }

    /// Tells of these, unless some are being told of now: those that are still untold then come again.
    fn tell(&self, untold: Vec<Alarm>, standings: &Arc<Standings>) {
        if !self.busy.swap(true, Ordering::SeqCst) {
            let _ = self.sender.send((untold, Arc::clone(standings)));
        }
    }

    fn end(self) {
        drop(self.sender);
        let _ = self.thread.join();
    }
}

/// What is due by the hour: the log's batches, the clocks' word on them, codebooks whose time is up.
fn slow(desk: Desk, home: Home, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut expired: Option<Instant> = None;
        while !stop.load(Ordering::SeqCst) {
            match Config::load(&home.config()) {
                Ok(config) => {
                    publish_due(&desk, &config);
                    take_slips(&desk);
                    if expired.is_none_or(|at| at.elapsed() >= EXPIRY)
                        && desk.tend(|office| expire::unasked(office, &config)).is_some()
                    {
                        expired = Some(Instant::now());
                    }
                }
                Err(failure) => terminal::note(&format!("warning: {}", plain(&failure))),
            }
            pause(RHYTHM, &stop);
        }
    })
}

/// What readers sent.
fn take_slips(desk: &Desk) {
    match desk.tend(Office::take_slips) {
        Some(Ok(taken)) if taken.replies > 0 => {
            terminal::note(&format!("{} replies came: they wait at the desk to be read", taken.replies));
        }
        Some(Err(error)) => terminal::note(&format!("warning: what readers sent was not taken in: {}", chain(&error))),
        _ => {}
    }
}

fn publish_due(desk: &Desk, config: &Config) {
    let published = desk.tend(|office| {
        if let Ok(rate) = config.rate() {
            office.set_rate(rate);
        }
        publish::due(office)
    });
    if published == Some(true) {
        clocks::ask(&mut Shared(desk));
    }
}

/// An office that others use too: it is held for a moment at a time.
pub(super) struct Shared<'a>(pub(super) &'a Desk);

impl Access for Shared<'_> {
    fn with<T>(&mut self, work: impl FnOnce(&mut Office) -> Outcome<T>) -> Outcome<T> {
        self.0.tend(work).unwrap_or_else(|| Err(Failure::new("the desk was locked meanwhile")))
    }
}

/// The names and the standing reasons, read again now and then.
#[derive(Default)]
struct Fresh {
    value: Option<Arc<Standings>>,
    at: Option<Instant>,
}

impl Fresh {
    fn get(&mut self, home: &Home) -> Option<Arc<Standings>> {
        if self.at.is_none_or(|at| at.elapsed() >= RHYTHM) {
            self.at = Some(Instant::now());
            match Standings::of(home) {
                Ok(value) => self.value = Some(Arc::new(value)),
                Err(failure) => terminal::note(&format!("warning: {}", plain(&failure))),
            }
        }
        self.value.clone()
    }
}

fn pause(time: Duration, stop: &AtomicBool) {
    let until = Instant::now() + time;
    while Instant::now() < until && !stop.load(Ordering::SeqCst) {
        thread::sleep(INTAKE);
    }
}

fn plain(failure: &Failure) -> String {
    failure.to_string().trim_start_matches("error: ").to_owned()
}
