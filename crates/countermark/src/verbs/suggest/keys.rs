//! What a key does, by mode.

use countermark_review::{Command, Entry, Keep, line};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::ask::Asked;
use super::input::Input;
use super::screen::{At, Confirm, Effect, Mode, Screen, Target, Turn};
use super::show;

impl Screen {
    /// A key was pressed.
    pub fn press(&mut self, key: KeyEvent) -> Effect {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if key.modifiers.contains(KeyModifiers::ALT) {
            return Effect::None;
        }
        match key.code {
            KeyCode::Char('c') if control => return Effect::Quit,
            KeyCode::F(1) if !matches!(self.mode, Mode::Typing(..) | Mode::Search(_) | Mode::Confirm(_)) => {
                self.mode = Mode::Help(0);
                return Effect::None;
            }
            KeyCode::F(2) if matches!(self.mode, Mode::Walk | Mode::Words) => return self.wish(),
            _ => {}
        }
        match std::mem::replace(&mut self.mode, Mode::Walk) {
            Mode::Walk => self.walk_key(key),
            Mode::Words => {
                self.mode = Mode::Words;
                self.words_key(key)
            }
            Mode::Typing(target, input) => self.typing_key(key, target, input),
            Mode::Search(input) => self.search_key(key, input),
            Mode::Confirm(confirm) => self.confirm_key(key, confirm),
            Mode::Help(top) => self.help_key(key, top),
        }
    }

    /// Text was pasted: taken where one types, and nowhere else; what is pasted is no command.
    pub fn paste(&mut self, text: &str) -> Effect {
        match &mut self.mode {
            Mode::Typing(_, input) => {
                input.insert(&text.replace("\r\n", "\n").replace('\n', "\\n"));
                Effect::Typed
            }
            Mode::Search(input) => {
                input.insert(text);
                Effect::None
            }
            _ => {
                self.refuse("pasted text is taken only where wordings are typed");
                Effect::None
            }
        }
    }

    fn walk_key(&mut self, key: KeyEvent) -> Effect {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let site = self.site();
        match key.code {
            KeyCode::Char('r' | 'y') if control => return self.turn(Turn::Redo),
            KeyCode::Char('z') if control => return self.turn(Turn::Undo),
            KeyCode::Char(_) if control => {}
            KeyCode::Tab | KeyCode::Right | KeyCode::Down => self.walk_to(self.review.next(site)),
            KeyCode::BackTab | KeyCode::Left | KeyCode::Up => self.walk_to(self.review.previous(site)),
            KeyCode::PageDown => self.top = (self.top + self.height).min(self.page.lines().len().saturating_sub(1)),
            KeyCode::PageUp => self.top = self.top.saturating_sub(self.height),
            KeyCode::Home => self.walk_to(self.review.next(None)),
            KeyCode::End => self.walk_to(self.review.previous(None)),
            KeyCode::Char('n') => match self.review.next_open(site) {
                Some(id) => self.walk_to(Some(id)),
                None => self.tell("every proposal is decided"),
            },
            KeyCode::Char('m') => return self.wish(),
            KeyCode::Esc if self.model == Asked::Waiting => return Effect::Forget,
            KeyCode::Char('w') => self.choose_at(self.place()),
            KeyCode::Char('s') => self.go_to_bare_part(),
            KeyCode::Char('/') => self.mode = Mode::Search(Input::default()),
            KeyCode::Char('f') => self.find_next(),
            KeyCode::Char('u') => return self.turn(Turn::Undo),
            KeyCode::Char('U') => return self.turn(Turn::Redo),
            KeyCode::Char('?') => self.mode = Mode::Help(0),
            KeyCode::Char('q') => return Effect::Quit,
            code => return self.site_key(code),
        }
        Effect::None
    }

    /// Keys that decide the site at which the writer is.
    fn site_key(&mut self, code: KeyCode) -> Effect {
        let known = matches!(code, KeyCode::Enter | KeyCode::Char('a' | 'x' | 'X' | 'o' | 'e' | 'A' | 'C' | 'R' | 'D'));
        let Some(id) = self.site() else {
            if known {
                self.refuse("there is no site here: Tab walks, w chooses words");
            }
            return Effect::None;
        };
        let class = self.review.entry(id).map(|entry| entry.class);
        match (code, class) {
            (KeyCode::Char('a'), _) => return self.take(id),
            (KeyCode::Char('x'), _) => return self.leave(id, Keep::Recipients),
            (KeyCode::Char('X'), _) => return self.leave(id, Keep::House),
            (KeyCode::Char('o'), _) => {
                if let Ok(step) = self.act(Command::Reopen(id)) {
                    self.tell("undecided again");
                    return if step.changed > 0 { Effect::Saved } else { Effect::None };
                }
            }
            (KeyCode::Char('e') | KeyCode::Enter, _) => {
                let others = self.review.entry(id).map(Entry::others).unwrap_or_default();
                self.mode = Mode::Typing(Target::Site(id), Input::new(line::show(others)));
                return Effect::Typed;
            }
            (KeyCode::Char('A'), _) => self.ask_all(Command::AcceptRule(id), "of this rule"),
            (KeyCode::Char('R'), _) => self.ask_all(Command::RefuseRule(id, Keep::Recipients), "of this rule"),
            (KeyCode::Char('C'), Some(class)) => {
                self.ask_all(Command::AcceptClass(class), &format!("of class {class}"));
            }
            (KeyCode::Char('D'), Some(class)) => {
                self.ask_all(Command::RefuseClass(class, Keep::Recipients), &format!("of class {class}"));
            }
            _ => {}
        }
        Effect::None
    }

    fn words_key(&mut self, key: KeyEvent) -> Effect {
        let At::Words { from, to, marking } = self.at else {
            self.choose_at(self.place());
            return Effect::None;
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        let last = self.review.letter().words().len().saturating_sub(1);
        let to = match key.code {
            KeyCode::Right => (to + 1).min(last),
            KeyCode::Left => to.saturating_sub(1),
            KeyCode::Down => self.word_by_lines(to, 1),
            KeyCode::Up => self.word_by_lines(to, -1),
            KeyCode::PageDown => self.word_by_lines(to, isize::try_from(self.height).unwrap_or(1)),
            KeyCode::PageUp => self.word_by_lines(to, -isize::try_from(self.height).unwrap_or(1)),
            KeyCode::Home => 0,
            KeyCode::End => last,
            KeyCode::Char('z') if control => return self.turn(Turn::Undo),
            KeyCode::Char('r' | 'y') if control => return self.turn(Turn::Redo),
            KeyCode::Char(_) if control => return Effect::None,
            code => return self.words_other(code),
        };
        let from = if marking || shift { from } else { to };
        self.at = At::Words { from, to, marking: marking || shift };
        self.follow();
        Effect::None
    }

    fn words_other(&mut self, code: KeyCode) -> Effect {
        match code {
            KeyCode::Char(' ') => {
                if let At::Words { from, to, marking } = self.at {
                    self.at = At::Words { from: if marking { to } else { from }, to, marking: !marking };
                    self.tell(if marking { "one word" } else { "the arrows choose more words" });
                }
            }
            KeyCode::Tab => self.go_to_bare_part(),
            KeyCode::Esc => {
                let next = self.review.in_order().into_iter().find(|id| {
                    let entry = self.review.entry(*id);
                    !self.review.is_covered(*id) && entry.is_some_and(|entry| entry.span.start >= self.place())
                });
                match next.or_else(|| self.review.next(None)) {
                    Some(id) => self.walk_to(Some(id)),
                    None => self.mode = Mode::Walk,
                }
            }
            KeyCode::Char('?') => self.mode = Mode::Help(0),
            KeyCode::Char('/') => self.mode = Mode::Search(Input::default()),
            KeyCode::Enter => return self.type_for_words(Input::default()),
            KeyCode::Char(c) => return self.type_for_words(Input::new(c)),
            _ => {}
        }
        Effect::None
    }

    fn type_for_words(&mut self, input: Input) -> Effect {
        let Some(span) = self.chosen() else {
            self.refuse("there is no word in this letter");
            return Effect::None;
        };
        self.tell("");
        let same = |id: &countermark_review::Id| self.review.entry(*id).is_some_and(|entry| entry.span == span);
        let target = match self.review.at(span.start).filter(same) {
            Some(id) => Target::Site(id),
            None => Target::Words(span),
        };
        self.mode = Mode::Typing(target, input);
        Effect::Typed
    }

    fn typing_key(&mut self, key: KeyEvent, target: Target, mut input: Input) -> Effect {
        match key.code {
            KeyCode::Enter => return self.typed(target, input),
            KeyCode::Esc => {
                self.tell("nothing was changed");
                match target {
                    Target::Site(id) if self.site().is_some() => self.walk_to(Some(id)),
                    Target::Site(_) => self.mode = Mode::Words,
                    Target::Words(span) => {
                        if self.chosen().is_none() {
                            self.choose_at(span.start);
                        }
                        self.mode = Mode::Words;
                    }
                }
                return Effect::Typed;
            }
            _ => edit(&mut input, key),
        }
        self.mode = Mode::Typing(target, input);
        Effect::Typed
    }

    /// The wordings are complete: they become a site, or stay where they are with the reason why not.
    fn typed(&mut self, target: Target, input: Input) -> Effect {
        let first = match &target {
            Target::Site(id) => self.review.entry(*id).map(Entry::first),
            Target::Words(span) => self.review.letter().text().get(span.clone()),
        };
        let typed = line::read(input.text(), first.unwrap_or_default());
        let (others, class) = (typed.others, typed.class);
        let command = match &target {
            Target::Site(id) => Command::Edit { id: *id, others, class },
            Target::Words(span) => Command::Add { span: span.clone(), others, class },
        };
        let walking = self.site().is_some();
        match self.act(command) {
            Err(_) => {
                self.mode = Mode::Typing(target, input);
                Effect::Typed
            }
            Ok(_) => {
                let gain = std::mem::take(&mut self.status.text);
                let more = self.meter.goal.as_ref().map_or(String::new(), |goal| format!("; {}", show::missing(goal)));
                match target {
                    Target::Site(id) if walking => match self.review.next_open(Some(id)) {
                        Some(next) => self.walk_to(Some(next)),
                        None => self.walk_to(Some(id)),
                    },
                    Target::Site(_) => self.mode = Mode::Words,
                    Target::Words(span) => self.choose_at(span.end),
                }
                self.tell(format!("a site: {gain}{more}"));
                Effect::Saved
            }
        }
    }

    fn search_key(&mut self, key: KeyEvent, mut input: Input) -> Effect {
        match key.code {
            KeyCode::Enter => {
                if !input.text().trim().is_empty() {
                    self.wanted = input.text().to_owned();
                }
                self.find_next();
            }
            KeyCode::Esc => self.mode = if self.site().is_some() { Mode::Walk } else { Mode::Words },
            _ => {
                edit(&mut input, key);
                self.mode = Mode::Search(input);
            }
        }
        Effect::None
    }

    /// To the next place of what is looked for, round the end.
    fn find_next(&mut self) {
        self.mode = if self.site().is_some() { Mode::Walk } else { Mode::Words };
        if self.wanted.is_empty() {
            return self.refuse("nothing was looked for yet: / does");
        }
        let found = self.review.find(&self.wanted);
        let place = self.place();
        let next = found.iter().position(|span| span.start > place).unwrap_or(0);
        let Some(span) = found.get(next) else {
            let wanted = super::page::flat(&self.wanted);
            return self.refuse(format!("`{wanted}` does not stand in the letter"));
        };
        let start = span.start;
        self.go_to(start);
        self.tell(format!("{} of {}; f finds the next", next + 1, found.len()));
    }

    fn confirm_key(&mut self, key: KeyEvent, mut confirm: Confirm) -> Effect {
        match key.code {
            KeyCode::Char('y' | 'Y') if confirm.seen => {
                let what = match confirm.command {
                    Command::RefuseClass(..) | Command::RefuseRule(..) => "refused",
                    _ => "taken",
                };
                return self.decide(confirm.command, what);
            }
            KeyCode::Char('y' | 'Y') => self.refuse("there is more: read on with ↓ or PgDn first"),
            KeyCode::Char('n' | 'N' | 'q') | KeyCode::Esc => {
                self.tell("nothing was changed");
                return Effect::None;
            }
            KeyCode::Down => confirm.top += 1,
            KeyCode::Up => confirm.top = confirm.top.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => confirm.top += self.height.saturating_sub(2).max(1),
            KeyCode::PageUp => confirm.top = confirm.top.saturating_sub(self.height.saturating_sub(2).max(1)),
            _ => {}
        }
        self.mode = Mode::Confirm(confirm);
        Effect::None
    }

    fn help_key(&mut self, key: KeyEvent, top: usize) -> Effect {
        let top = match key.code {
            KeyCode::Down => top + 1,
            KeyCode::Up => top.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => top + self.height,
            KeyCode::PageUp => top.saturating_sub(self.height),
            _ => {
                self.mode = if self.site().is_some() { Mode::Walk } else { Mode::Words };
                return Effect::None;
            }
        };
        self.mode = Mode::Help(top.min(show::HELP.lines().count().saturating_sub(1)));
        Effect::None
    }

    /// To the next part without a site, its first word chosen.
    fn go_to_bare_part(&mut self) {
        match self.review.next_bare_part(Some(self.place())) {
            Some(part) => {
                self.choose_at(part.span.start);
                self.tell("no site here yet: choose words with the arrows and type another wording");
            }
            None => self.tell("every part has a site"),
        }
    }

    /// The word so many lines further, as near below as there is.
    fn word_by_lines(&self, word: usize, lines: isize) -> usize {
        let words = self.review.letter().words();
        let Some(here) = words.get(word) else { return 0 };
        let line = self.page.line_of(here.start);
        let column = here.start - self.page.lines().get(line).map_or(0, |line| line.start);
        let wanted = line.saturating_add_signed(lines).min(self.page.lines().len().saturating_sub(1));
        let place = self.page.lines().get(wanted).map_or(0, |line| (line.start + column).min(line.end));
        let near = words.partition_point(|word| word.end <= place).min(words.len().saturating_sub(1));
        // An empty line between paragraphs must not hold the cursor back.
        match lines {
            1.. => near.max(word + 1).min(words.len().saturating_sub(1)),
            _ => near.min(word.saturating_sub(1)),
        }
    }
}

/// Keys of a line that is typed.
fn edit(input: &mut Input, key: KeyEvent) {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('u') if control => input.clear(),
        KeyCode::Char('w') if control => input.delete_word(),
        KeyCode::Char('a') if control => input.home(),
        KeyCode::Char('e') if control => input.end(),
        KeyCode::Char(c) if !control => input.insert(c.encode_utf8(&mut [0; 4])),
        KeyCode::Backspace => input.backspace(),
        KeyCode::Delete => input.delete(),
        KeyCode::Left => input.left(),
        KeyCode::Right => input.right(),
        KeyCode::Home => input.home(),
        KeyCode::End => input.end(),
        _ => {}
    }
}
