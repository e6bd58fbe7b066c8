//! The language model, if the office runs one: asked for the sentence at hand, in the background; what it proposes is offered, never taken.

use std::io;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use countermark_model::{Answer, Error, Model};
use countermark_review::{Command, Entry, Id, Origin, Span};
use countermark_text::sentences;

use super::screen::{At, Effect, Screen};

/// By whom its proposals are, for the eye and in `FILE.review`.
const BY: &str = "the model";

/// Whether a model can be asked, and is being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// No model is named in the configuration.
    Nobody,
    /// Nothing is asked now.
    Nothing,
    /// An answer is waited for.
    Waiting,
}

/// A model, and the answer that is waited for.
pub struct Asking {
    model: Model,
    waiting: Option<(Span, Receiver<Result<Answer, Error>>)>,
}

impl Asking {
    /// Nothing asked yet.
    pub fn new(model: Model) -> Asking {
        Asking { model, waiting: None }
    }

    /// Asks for the sentence at `span` of the letter; nothing else of the letter goes out.
    pub fn ask(&mut self, letter: &str, span: Span) -> io::Result<()> {
        let sentence = letter.get(span.clone()).unwrap_or_default().to_owned();
        let model = self.model.clone();
        let (sender, receiver) = channel();
        // When nobody listens any more, the answer is dropped.
        let asked = move || drop(sender.send(model.ask(&sentence)));
        std::thread::Builder::new().name("model".to_owned()).spawn(asked)?;
        self.waiting = Some((span, receiver));
        Ok(())
    }

    /// The answer, once, and the sentence it is for.
    pub fn answer(&mut self) -> Option<(Span, Result<Answer, Error>)> {
        let (span, receiver) = self.waiting.take()?;
        match receiver.try_recv() {
            Ok(answer) => Some((span, answer)),
            Err(TryRecvError::Empty) => {
                self.waiting = Some((span, receiver));
                None
            }
            // The thread is gone without a word.
            Err(TryRecvError::Disconnected) => Some((span, Err(Error::NotCompletion))),
        }
    }

    /// Waits no longer; an answer that still comes is dropped.
    pub fn forget(&mut self) {
        self.waiting = None;
    }
}

impl Screen {
    /// The writer wants the model asked.
    pub fn wish(&mut self) -> Effect {
        match (self.model, self.sentence()) {
            (Asked::Nobody, _) => {
                self.refuse("no model is named: [model] with endpoint and name in the vault's X.toml")
            }
            (Asked::Waiting, _) => self.refuse("one answer at a time; Esc between sites waits no longer"),
            (Asked::Nothing, None) => self.refuse("there is no sentence here"),
            (Asked::Nothing, Some(_)) => return Effect::Ask,
        }
        Effect::None
    }

    /// The sentence at hand, in bytes of the letter.
    pub fn sentence(&self) -> Option<Span> {
        let place = self.place();
        let all = sentences(self.review.letter().text());
        let near = all.partition_point(|sentence| sentence.end <= place);
        all.get(near).or(all.last()).cloned()
    }

    /// What stands before the program's word while an answer is waited for.
    pub fn waiting(&self) -> &'static str {
        if self.model == Asked::Waiting { "waiting for the model (go on meanwhile); " } else { "" }
    }

    /// The answer came: its proposals become open ones, each by itself. What does not hold in the master is left out.
    pub fn answered(&mut self, sentence: &Span, answer: Result<Answer, Error>) -> Effect {
        self.model = Asked::Nothing;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.refuse(format!("{error}; nothing was changed"));
                return Effect::None;
            }
        };
        let (mut offered, mut refused) = (Vec::new(), answer.refused);
        for proposal in answer.proposals {
            let span = sentence.start + proposal.span.start..sentence.start + proposal.span.end;
            if self.is_known(&span, &proposal.others) {
                continue;
            }
            match self.review.apply(Command::Offer { span, others: proposal.others, by: BY.to_owned() }) {
                Ok(step) => offered.extend(step.at),
                Err(_) => refused += 1,
            }
        }
        self.tell_of(offered.len(), refused);
        let Some(first) = offered.into_iter().min_by_key(|id| self.review.entry(*id).map(|entry| entry.span.start))
        else {
            return Effect::None;
        };
        self.meet(first, sentence);
        Effect::Saved
    }

    /// Whether the model proposed this before.
    fn is_known(&self, span: &Span, others: &[String]) -> bool {
        let same = |entry: &Entry| entry.span == *span && entry.others() == others;
        let entries = self.review.entries().iter();
        entries.filter(|entry| matches!(entry.origin, Origin::Offered { .. })).any(|entry| same(entry))
    }

    fn tell_of(&mut self, offered: usize, refused: usize) {
        let left = match refused {
            0 => String::new(),
            n => format!("; {n} that can't be used left out"),
        };
        match offered {
            0 => self.tell(format!("the model proposes nothing new{left}")),
            1 => self.tell(format!("1 proposal of the model{left}")),
            n => self.tell(format!("{n} proposals of the model{left}")),
        }
    }

    /// Leads to the first proposal, when the writer is still at that sentence and is not choosing words.
    fn meet(&mut self, first: Id, sentence: &Span) {
        let choosing = matches!(self.at, At::Words { from, to, marking } if marking || from != to);
        if !choosing && self.sentence().as_ref() == Some(sentence) {
            self.walk_to(Some(first));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use countermark_marking::Class;
    use countermark_model::read;
    use countermark_review::{Review, State};

    use super::*;

    const LETTER: &str = "We sail. The {ships|vessels} of {=name} lie idle. We wait.";

    fn screen() -> Screen {
        let mut screen = Screen::new(Review::plain(LETTER).unwrap(), None, Default::default(), String::new());
        screen.model = Asked::Nothing;
        screen
    }

    fn answer(screen: &Screen, content: &serde_json::Value) -> Result<Answer, Error> {
        let body = serde_json::json!({"choices": [{"message": {"content": content.to_string()}}]}).to_string();
        read(body.as_bytes(), &screen.review.letter().text()[screen.sentence().unwrap()])
    }

    #[test]
    fn the_sentence_at_hand_has_first_wordings_and_names_of_fields() {
        let mut screen = screen();
        let letter = screen.review.letter().text().to_owned();
        assert_eq!(&letter[screen.sentence().unwrap()], "The ships of [name] lie idle.");
        for (at, sentence) in [(0, "We sail."), (9, "The ships of [name] lie idle."), (letter.len(), "We wait.")] {
            screen.choose_at(at);
            assert_eq!(&letter[screen.sentence().unwrap()], sentence);
            assert_eq!(screen.wish(), Effect::Ask);
        }
        screen.model = Asked::Nobody;
        assert_eq!(screen.wish(), Effect::None);
        assert!(screen.status.wrong && screen.status.text.contains("[model]"));
        let empty = Screen::new(Review::plain("").unwrap(), None, Default::default(), String::new());
        assert_eq!(empty.sentence(), None);
    }

    #[test]
    fn what_it_proposes_is_open_until_it_is_taken_by_hand() {
        let mut screen = screen();
        let sentence = screen.sentence().unwrap();
        let content = serde_json::json!([
            {"words": "lie idle", "others": ["are idle", "rest"]},
            {"words": "The ships", "others": ["The boats"]}, // a site stands there
            {"words": "lie", "others": ["Lie"]},             // the same after normalisation
            {"words": "sail", "others": ["depart"]},         // of another sentence
        ]);
        let answered = answer(&screen, &content);
        assert_eq!(screen.answered(&sentence, answered.clone()), Effect::Saved);
        assert_eq!(screen.status.text, "1 proposal of the model; 3 that can't be used left out");
        let id = screen.site().unwrap();
        let entry = screen.review.entry(id).unwrap();
        assert_eq!((entry.first(), entry.state, entry.class), ("lie idle", State::Open, Class::Authored));
        assert_eq!(screen.review.master().source(), LETTER);
        // Not with its class, not with a rule; by itself.
        for command in [Command::AcceptClass(Class::Authored), Command::AcceptRule(id)] {
            screen.ask_all(command.clone(), "");
            assert!(screen.status.text.starts_with("no open proposal"), "{}", screen.status.text);
            let _ = screen.review.apply(command);
            assert_eq!(screen.review.master().source(), LETTER);
        }
        // The same again is nothing new.
        assert_eq!(screen.answered(&sentence, answered), Effect::None);
        assert!(screen.status.text.starts_with("the model proposes nothing new"));
        assert_eq!(screen.take(id), Effect::Saved);
        assert!(screen.review.master().source().ends_with("{lie idle|are idle|rest}. We wait."));
    }

    #[test]
    fn a_failure_changes_nothing() {
        let mut screen = screen();
        let (sentence, at) = (screen.sentence().unwrap(), screen.at);
        screen.model = Asked::Waiting;
        assert_eq!(screen.wish(), Effect::None);
        assert_eq!(screen.answered(&sentence, Err(Error::Slow)), Effect::None);
        assert_eq!((screen.model, screen.at), (Asked::Nothing, at));
        assert!(screen.status.wrong);
        assert_eq!(screen.review.entries().len(), 1);
    }

    #[test]
    fn whoever_went_on_stays_where_he_is() {
        let mut screen = screen();
        let sentence = screen.sentence().unwrap();
        let answered = answer(&screen, &serde_json::json!([{"words": "lie idle", "others": ["rest"]}]));
        screen.choose_at(0);
        let at = screen.at;
        assert_eq!(screen.answered(&sentence, answered), Effect::Saved);
        assert_eq!(screen.at, at);
    }
}
