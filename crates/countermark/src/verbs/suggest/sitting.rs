//! One sitting: the review opened or gone on with, the terminal, keys in and screens out, every step saved.

use std::io::{self, Stdout, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countermark_model::Model;
use countermark_review::{Readers, Refused, Review, SavedError};
use crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyEventKind};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::ask::{Asked, Asking};
use super::draw::{Ink, draw};
use super::keep::{Files, Kept, set_aside};
use super::memory::Memory;
use super::screen::{Effect, Mode, Screen};
use crate::cli::{Global, Suggest};
use crate::config::Config;
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal;
use crate::verbs::{marked, seal};

/// How often a signal is looked for while no key comes.
const PAUSE: Duration = Duration::from_millis(200);

/// Goes through a text on the terminal.
pub fn run(global: &Global, args: &Suggest, config: &Config, source: &str, packs: &marked::Packs) -> Outcome {
    let file = &args.addressed.file;
    let readers = readers(args, config)?;
    let model = config.model()?;
    let review = Review::open(source, &packs.all(), &super::options(args)?).map_err(|e| unreadable(file, source, e))?;
    let files = Files::of(file, args.out.as_deref())?;
    // The passphrase is asked for before the screen is taken.
    let memory = Memory::open(global, &args.addressed.to)?;
    let mut sitting = Sitting::begin(args, files, memory, review, readers)?;
    sitting.may_ask(model);
    sitting.save();
    if let Some(why) = &sitting.screen.unsaved {
        return Err(Failure::new(format!("nothing can be saved: {why}"))
            .hint("copy the text to a folder that you may write to"));
    }
    let ended = sitting.sit();
    sitting.save();
    sitting.report(file);
    ended.map(|()| Exit::Found)
}

/// For how many it is measured; nothing when nobody was named.
fn readers(args: &Suggest, config: &Config) -> Outcome<Option<Readers>> {
    let epsilon = seal::epsilon(&args.addressed, config)?;
    let named = u32::try_from(args.addressed.to.len()).ok().filter(|count| *count > 0);
    Ok(args.addressed.copies.or(named).map(|recipients| Readers { recipients, epsilon }))
}

fn unreadable(file: &Path, source: &str, refused: Refused) -> Failure {
    match refused {
        Refused::Marking(error) => marked::syntax(file, source, &error),
        other => Failure::new(format!("{}: {other}", terminal::name_of(file))),
    }
}

struct Sitting {
    files: Files,
    memory: Memory,
    screen: Screen,
    asking: Option<Asking>,
}

impl Sitting {
    /// Names the model that may be asked.
    fn may_ask(&mut self, model: Option<Model>) {
        self.asking = model.map(Asking::new);
        if self.asking.is_some() {
            self.screen.model = Asked::Nothing;
        }
    }

    fn begin(
        args: &Suggest,
        files: Files,
        mut memory: Memory,
        mut review: Review,
        readers: Option<Readers>,
    ) -> Outcome<Sitting> {
        let file = &args.addressed.file;
        let mut notes = Vec::new();
        let kept = files.load()?;
        let mut at = None;
        match &kept {
            None => drop(files.make_room(None, None)?),
            Some(kept) => at = go_on(&files, kept, &mut review, &mut notes)?,
        }
        if memory.is_there() {
            review.address(&args.addressed.to);
            review.recall(memory.known());
        }
        memory.begin(&review)?;
        let names = (terminal::name_of(file), terminal::name_of(&files.master));
        let mut screen = Screen::new(review, readers, names, memory.told());
        if let Some((at, draft)) = at {
            screen.go_on(at, draft);
        }
        notes.push(screen.memory.clone());
        screen.tell(notes.join("; "));
        Ok(Sitting { files, memory, screen, asking: None })
    }

    /// Until the writer, a signal or the terminal ends it.
    fn sit(&mut self) -> Outcome<()> {
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            let registered = signal_hook::flag::register(signal, Arc::clone(&stop));
            registered.map_err(|e| Failure::new(format!("signals can't be watched: {e}")))?;
        }
        let ink = if terminal::colour() { Ink::Colour } else { Ink::Plain };
        let lost = |e: io::Error| Failure::new(format!("the terminal is gone: {e}")).hint("everything is saved");
        let mut tty = Tty::open().map_err(lost)?;
        loop {
            tty.terminal.draw(|frame| draw(frame, &mut self.screen, ink)).map_err(lost)?;
            while !event::poll(PAUSE).map_err(lost)? {
                if stop.load(Ordering::Relaxed) {
                    return Ok(());
                }
                if self.hear() {
                    tty.terminal.draw(|frame| draw(frame, &mut self.screen, ink)).map_err(lost)?;
                }
            }
            let effect = match event::read().map_err(lost)? {
                Event::Key(key) if key.kind != KeyEventKind::Release => self.screen.press(key),
                Event::Paste(text) => self.screen.paste(&text),
                _ => Effect::None,
            };
            match effect {
                Effect::None => {}
                Effect::Saved => self.save(),
                Effect::Typed => self.save_draft(),
                Effect::Ask => self.ask(),
                Effect::Forget => {
                    self.asking.iter_mut().for_each(Asking::forget);
                    self.screen.model = Asked::Nothing;
                    self.screen.tell("the model is waited for no longer");
                }
                Effect::Quit => {
                    self.save();
                    if self.screen.unsaved.is_none() || self.screen.leaves_unsaved() {
                        return Ok(());
                    }
                }
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
    }

    /// Asks the model for the sentence at hand.
    fn ask(&mut self) {
        let (Some(asking), Some(span)) = (&mut self.asking, self.screen.sentence()) else { return };
        match asking.ask(self.screen.review.letter().text(), span) {
            Ok(()) => {
                self.screen.model = Asked::Waiting;
                self.screen.tell("");
            }
            Err(e) => self.screen.refuse(format!("the model can't be asked: {e}")),
        }
    }

    /// Takes the model's answer in, when it is there; says whether it was.
    fn hear(&mut self) -> bool {
        // Nothing changes under a question or a line that is being typed.
        let asking = self.asking.as_mut().filter(|_| matches!(self.screen.mode, Mode::Walk | Mode::Words));
        let Some((span, answer)) = asking.and_then(Asking::answer) else { return false };
        if self.screen.answered(&span, answer) == Effect::Saved {
            self.save();
        }
        true
    }

    /// Saves a step: the decisions, the master, the vault's memory of refusals.
    fn save(&mut self) {
        let saved = self.files.save(&self.screen.review, self.screen.place(), self.screen.draft());
        self.screen.unsaved = saved.err();
        if let Err(failure) = self.memory.follow(&self.screen.review) {
            let text = failure.to_string();
            self.screen.refuse(text.lines().next().unwrap_or_default());
        }
    }

    fn save_draft(&mut self) {
        let saved = self.files.save_draft(&self.screen.review, self.screen.place(), self.screen.draft());
        self.screen.unsaved = saved.err();
    }

    fn report(&self, file: &Path) {
        let meter = &self.screen.meter;
        let open = self.screen.review.next_open(None).is_some();
        if let Some(why) = &self.screen.unsaved {
            terminal::note(&format!("warning: the last step is not saved: {why}"));
        }
        terminal::note(&format!("{}: {} sites, {:.1} bits", self.files.master.display(), meter.sites, meter.bits));
        let left = if open { "not everything is decided yet: " } else { "" };
        terminal::note(&format!(
            "{left}`countermark suggest {}` goes on from here ({})",
            terminal::name_of(file),
            self.files.review.display()
        ));
    }
}

/// Where an earlier sitting stopped.
type Place = (usize, Option<super::keep::Draft>);

/// Takes over what an earlier sitting decided.
fn go_on(files: &Files, kept: &Kept, review: &mut Review, notes: &mut Vec<String>) -> Outcome<Option<Place>> {
    match review.resume(&kept.review) {
        Ok(()) => {
            notes.push("going on where you stopped".to_owned());
            notes.extend(files.make_room(Some(kept), Some(review.master().source()))?);
            Ok(Some((kept.at, kept.typing.clone())))
        }
        Err(SavedError::OtherText) => {
            notes.extend(files.make_room(Some(kept), None)?);
            let aside = set_aside(&files.review)?;
            let carried = review.carry_over(&kept.review);
            notes.insert(
                0,
                format!(
                    "the text was changed: {} decisions hold, {} sites do not; the earlier review is {}",
                    carried.kept,
                    carried.lost,
                    aside.display()
                ),
            );
            Ok(None)
        }
        Err(error) => Err(Failure::new(format!("{} can't be taken up: {error}", files.review.display()))
            .hint("move it away to begin anew")),
    }
}

/// The terminal, taken; given back however this ends.
struct Tty {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Tty {
    fn open() -> io::Result<Tty> {
        enable_raw_mode()?;
        let taken = execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste);
        let terminal = taken.and_then(|()| Terminal::new(CrosstermBackend::new(io::stdout())));
        match terminal {
            Ok(terminal) => Ok(Tty { terminal }),
            Err(e) => {
                give_back();
                Err(e)
            }
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        give_back();
    }
}

/// A terminal that is gone needs nothing.
fn give_back() {
    let _ = execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    let _ = disable_raw_mode();
    let _ = io::stdout().flush();
}
