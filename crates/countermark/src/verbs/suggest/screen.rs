//! The state of the screen: where the writer is, what he is doing. No terminal in it; keys come in by `keys`, lines go out by `show`.

use countermark_review::{Command, Id, Keep, Meter, Readers, Refused, Review, Span, State, Step};

use super::ask::Asked;
use super::input::Input;
use super::keep::Draft;
use super::page::{Page, columns};

/// What the screen shows and what keys mean.
pub struct Screen {
    /// The letter and its sites.
    pub review: Review,
    /// For whom it is measured.
    pub readers: Option<Readers>,
    /// The strength of what is accepted.
    pub meter: Meter,
    /// What keys mean.
    pub mode: Mode,
    /// Where the writer is.
    pub at: At,
    /// The last word of the program.
    pub status: Status,
    /// The letter in lines.
    pub page: Page,
    /// The first line shown.
    pub top: usize,
    /// Lines shown.
    pub height: usize,
    /// What was looked for last.
    pub wanted: String,
    /// The names of FILE and of the master.
    pub names: (String, String),
    /// For whom refusals are remembered, or why not.
    pub memory: String,
    /// Why the last step is not saved.
    pub unsaved: Option<String>,
    /// Whether a model can be asked, and is being asked.
    pub model: Asked,
    /// Whether the writer wanted to end with something unsaved.
    warned: bool,
}

/// What keys mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Mode {
    /// From site to site.
    Walk,
    /// Choosing words.
    Words,
    /// Typing wordings.
    Typing(Target, Input),
    /// Typing what is looked for.
    Search(Input),
    /// Asked whether all of these shall be decided.
    Confirm(Confirm),
    /// Reading the keys.
    Help(usize),
}

/// What the wordings that are typed are for.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A site that there is.
    Site(Id),
    /// Words of the letter.
    Words(Span),
}

/// A question before several sites are decided at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    /// What would be done.
    pub command: Command,
    /// The question.
    pub question: String,
    /// What it would be done to, one pair a row; long ones are wrapped.
    pub rows: Vec<String>,
    /// The first row shown.
    pub top: usize,
    /// Whether the last row was shown.
    pub seen: bool,
}

/// Where the writer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// At a site.
    Site(Id),
    /// At words: numbers of the first that was marked and of the one under the cursor.
    Words {
        /// The first.
        from: usize,
        /// The one under the cursor.
        to: usize,
        /// Whether moving marks more words.
        marking: bool,
    },
}

/// A line for the writer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// The words.
    pub text: String,
    /// Whether something could not be done.
    pub wrong: bool,
}

/// What is to be done after a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// A step was made: save it.
    Saved,
    /// Something was typed: keep it.
    Typed,
    /// Ask the model for the sentence at hand.
    Ask,
    /// Wait for the model no longer.
    Forget,
    /// End.
    Quit,
}

impl Screen {
    /// A review at its first undecided site.
    pub fn new(review: Review, readers: Option<Readers>, names: (String, String), memory: String) -> Screen {
        let meter = Meter::of(&review, readers);
        let at = review.next_open(None).or_else(|| review.next(None)).map(At::Site);
        let (mode, at) = match at {
            Some(at) => (Mode::Walk, at),
            None => (Mode::Words, At::Words { from: 0, to: 0, marking: false }),
        };
        Screen {
            page: Page::new(review.letter().text(), 80),
            review,
            readers,
            meter,
            mode,
            at,
            status: Status::default(),
            top: 0,
            height: 1,
            wanted: String::new(),
            names,
            memory,
            unsaved: None,
            model: Asked::Nobody,
            warned: false,
        }
    }

    /// Fits the letter into a pane, with the place in view.
    pub fn fit(&mut self, width: usize, height: usize) {
        let (width, height) = (width.max(4), height.max(1));
        if self.page.width() == width && self.height == height {
            return;
        }
        if self.page.width() != width {
            self.page = Page::new(self.review.letter().text(), width);
            if let Mode::Confirm(confirm) = &mut self.mode {
                confirm.seen = false;
            }
        }
        self.height = height;
        // From the top, as far down as is needed.
        self.top = 0;
        self.follow();
    }

    /// Scrolls so that the place is in view.
    pub fn follow(&mut self) {
        let line = self.page.line_of(self.place());
        let margin = usize::from(self.height > 4);
        if line < self.top + margin {
            self.top = line.saturating_sub(margin);
        }
        if line + margin >= self.top + self.height {
            self.top = (line + margin + 1).saturating_sub(self.height);
        }
        self.top = self.top.min(self.page.lines().len().saturating_sub(1));
    }

    /// The byte of the letter at which the writer is.
    pub fn place(&self) -> usize {
        match self.at {
            At::Site(id) => self.review.entry(id).map_or(0, |entry| entry.span.start),
            At::Words { to, .. } => self.word(to).map_or(0, |word| word.start),
        }
    }

    /// The words that are chosen; nothing in a letter without words.
    pub fn chosen(&self) -> Option<Span> {
        let At::Words { from, to, .. } = self.at else { return None };
        let (first, last) = (self.word(from.min(to))?, self.word(from.max(to))?);
        Some(first.start..last.end)
    }

    /// Whether the writer ends although the last step is not saved: he is asked once.
    pub fn leaves_unsaved(&mut self) -> bool {
        std::mem::replace(&mut self.warned, true)
    }

    /// What is being typed, to be kept.
    pub fn draft(&self) -> Option<Draft> {
        let Mode::Typing(target, input) = &self.mode else { return None };
        let span = match target {
            Target::Site(id) => self.review.entry(*id)?.span.clone(),
            Target::Words(span) => span.clone(),
        };
        Some(Draft { span, text: input.text().to_owned() })
    }

    /// Goes on where an earlier sitting stopped.
    pub fn go_on(&mut self, at: usize, draft: Option<Draft>) {
        self.go_to(at);
        let Some(draft) = draft else { return };
        if self.review.letter().text().get(draft.span.clone()).is_none() {
            return;
        }
        let same = |id: &Id| self.review.entry(*id).is_some_and(|entry| entry.span == draft.span);
        let target = match self.review.at(draft.span.start).filter(same) {
            Some(id) => Target::Site(id),
            None => Target::Words(draft.span),
        };
        self.mode = Mode::Typing(target, Input::new(draft.text));
    }

    /// Says something.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.status = Status { text: text.into(), wrong: false };
    }

    /// Says why something can't be done.
    pub fn refuse(&mut self, text: impl Into<String>) {
        self.status = Status { text: text.into(), wrong: true };
    }

    /// To a site, or to the words, at a place of the letter.
    pub fn go_to(&mut self, place: usize) {
        match self.review.at(place) {
            Some(id) => {
                self.at = At::Site(id);
                self.mode = Mode::Walk;
            }
            None => self.choose_at(place),
        }
        self.follow();
    }

    /// Chooses the word at a place, or the next one.
    pub fn choose_at(&mut self, place: usize) {
        let words = self.review.letter().words();
        let word = words.partition_point(|word| word.end <= place).min(words.len().saturating_sub(1));
        self.at = At::Words { from: word, to: word, marking: false };
        self.mode = Mode::Words;
        self.follow();
    }

    /// To a site.
    pub fn walk_to(&mut self, id: Option<Id>) {
        match id {
            Some(id) => {
                self.at = At::Site(id);
                self.mode = Mode::Walk;
                self.follow();
            }
            None => self.refuse("there is no other site"),
        }
    }

    /// The site at which the writer is.
    pub fn site(&self) -> Option<Id> {
        match self.at {
            At::Site(id) => Some(id),
            At::Words { .. } => None,
        }
    }

    /// Carries a command out, and says what came of it.
    pub fn act(&mut self, command: Command) -> Result<Step, Refused> {
        let before = self.meter.bits;
        let outcome = self.review.apply(command);
        match &outcome {
            Ok(_) => self.measure(before),
            Err(refused) => self.refuse(told(refused)),
        }
        outcome
    }

    /// Takes a step back, or does it again.
    pub fn turn(&mut self, back: Turn) -> Effect {
        let (before, place) = (self.meter.bits, self.place());
        let outcome = match back {
            Turn::Undo => self.review.undo(),
            Turn::Redo => self.review.redo(),
        };
        match outcome {
            Ok(step) => {
                self.measure(before);
                let (undo, redo) = self.review.steps();
                let what = if back == Turn::Undo { "undone" } else { "redone" };
                self.tell(format!("{what}; {undo} more to undo, {redo} to redo"));
                match step.at.or_else(|| self.site().filter(|id| self.review.entry(*id).is_some())) {
                    Some(id) => self.walk_to(Some(id)),
                    None => self.choose_at(place),
                }
                Effect::Saved
            }
            Err(refused) => {
                self.refuse(told(&refused));
                Effect::None
            }
        }
    }

    fn measure(&mut self, before: f64) {
        self.meter = Meter::of(&self.review, self.readers);
        let gain = self.meter.bits - before;
        if gain.abs() > 1e-9 {
            self.tell(format!("{gain:+.1} bits"));
        } else {
            self.tell(String::new());
        }
    }

    /// Takes a site, and walks on. One of several places, or with more wordings than the pane shows, is asked about first: nothing is taken
    /// that was not seen.
    pub fn take(&mut self, id: Id) -> Effect {
        let state = self.review.entry(id).map(|entry| entry.state);
        let places = self.review.together(id);
        if state != Some(State::Accepted) && (places.len() > 1 || !self.fits(id)) {
            let rows = places.iter().filter_map(|id| self.pair(*id)).collect();
            let question = match places.len() {
                1 => "Take this site?".to_owned(),
                n => format!("One choice for {n} places. Take this site?"),
            };
            self.ask(Command::Accept(id), question, rows);
            return Effect::None;
        }
        self.decide(Command::Accept(id), "taken")
    }

    /// Leaves the letter's words, and walks on.
    pub fn leave(&mut self, id: Id, keep: Keep) -> Effect {
        let what = if keep == Keep::House { "refused for the house" } else { "refused" };
        self.decide(Command::Refuse(id, keep), what)
    }

    /// Carries a decision out and walks on to the next undecided site.
    pub fn decide(&mut self, command: Command, what: &str) -> Effect {
        let from = self.site();
        let Ok(step) = self.act(command) else { return Effect::None };
        let gain = std::mem::take(&mut self.status.text);
        let gain = if gain.is_empty() { gain } else { format!(": {gain}") };
        let left = match step.left {
            0 => String::new(),
            n => format!("; {n} left open, for the master would not hold with them"),
        };
        let many = if step.changed == 1 { what.to_owned() } else { format!("{} {what}", step.changed) };
        match self.review.next_open(from) {
            Some(id) => self.walk_to(Some(id)),
            None => {
                self.follow();
                self.tell(format!("{many}{gain}{left}; every proposal is decided: s leads to parts without a site"));
                return Effect::Saved;
            }
        }
        self.tell(format!("{many}{gain}{left}"));
        if step.changed > 0 { Effect::Saved } else { Effect::None }
    }

    /// Asks before several sites are decided.
    pub fn ask_all(&mut self, command: Command, of: &str) {
        let sites = self.review.would_decide(&command);
        if sites.is_empty() {
            return self.refuse(format!("no open proposal {of}"));
        }
        let verb = match command {
            Command::AcceptClass(_) | Command::AcceptRule(_) => "Take",
            _ => "Refuse",
        };
        let question = match sites.len() {
            1 => format!("{verb} the only open proposal {of}?"),
            n => format!("{verb} all {n} open proposals {of}?"),
        };
        let places = sites.iter().flat_map(|id| self.review.together(*id));
        let rows = places.filter_map(|id| self.pair(id)).collect();
        self.ask(command, question, rows);
    }

    fn ask(&mut self, command: Command, question: String, rows: Vec<String>) {
        self.tell("");
        self.mode = Mode::Confirm(Confirm { command, question, rows, top: 0, seen: false });
    }

    /// `stands | other | other`, as it is shown.
    pub fn pair(&self, id: Id) -> Option<String> {
        let entry = self.review.entry(id)?;
        Some(entry.alternatives.iter().map(|one| super::show::wording(one)).collect::<Vec<_>>().join(" | "))
    }

    /// Whether all wordings of a site find room below the text.
    fn fits(&self, id: Id) -> bool {
        let others = self.pair(id).map_or(0, |pair| columns(&pair));
        others + 24 <= 2 * self.page.width()
    }

    fn word(&self, number: usize) -> Option<&Span> {
        self.review.letter().words().get(number)
    }
}

/// Back or forth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Back.
    Undo,
    /// Forth.
    Redo,
}

/// Why not, and what to do.
pub fn told(refused: &Refused) -> String {
    match refused.hint() {
        Some(hint) => format!("{refused}: {hint}"),
        None => refused.to_string(),
    }
}
