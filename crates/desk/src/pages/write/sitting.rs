//! A draft taken up: the letter, what is proposed, what was decided.

use std::collections::BTreeSet;

use countermark_marking::Class;
use countermark_marking::rules::{Options, Pack};
use countermark_office::Draft;
use countermark_review::{Command, Id, Keep, Refusal, Refused, Review, State, Who, line};

use super::super::fields::Fields;

/// What is remembered of refusals.
pub(super) type Remembered = BTreeSet<(Who, Refusal)>;

/// Takes a draft up. The second value is how many accepted sites could not be carried over to a text that was changed.
///
/// # Errors
/// When the text is no master.
pub(super) fn take_up(draft: &Draft, packs: &[&Pack], remembered: &Remembered) -> Result<(Review, usize), Refused> {
    let mut review = Review::open(&draft.text, packs, &Options::default())?;
    review.address(&draft.to);
    let mut lost = 0;
    if let Some(saved) = &draft.saved
        && review.resume(saved).is_err()
    {
        lost = review.carry_over(saved).lost;
    }
    review.recall(remembered);
    Ok((review, lost))
}

/// Which site a page means: its place in the order of the text, and where it begins, so that another text's site is not taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    index: usize,
    start: usize,
}

impl Key {
    /// The key of an entry.
    pub(super) fn of(review: &Review, id: Id) -> Option<Self> {
        let index = review.in_order().iter().position(|known| *known == id)?;
        Some(Self { index, start: review.entry(id)?.span.start })
    }

    /// All keys, in the order of the text: cheaper than one by one.
    pub(super) fn all(review: &Review) -> Vec<(Id, Self)> {
        let start = |id: Id| review.entry(id).map_or(0, |entry| entry.span.start);
        review.in_order().into_iter().enumerate().map(|(index, id)| (id, Self { index, start: start(id) })).collect()
    }

    /// The entry, if it is this text's.
    pub(super) fn find(self, review: &Review) -> Option<Id> {
        let id = *review.in_order().get(self.index)?;
        review.entry(id).filter(|entry| entry.span.start == self.start).map(|_| id)
    }

    /// As it stands in a page.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (index, start) = text.split_once('.')?;
        Some(Self { index: index.parse().ok()?, start: start.parse().ok()? })
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.index, self.start)
    }
}

/// What a button asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Undo,
    Redo,
    Do(Command),
}

/// Reads the button (`do`) and the fields that belong to it.
///
/// # Errors
/// A sentence for the writer.
pub(super) fn wish(fields: &Fields, review: &Review) -> Result<Wish, String> {
    let given = fields.get("do");
    let (verb, rest) = given.split_once('.').unwrap_or((given, ""));
    let site = || Key::parse(rest).and_then(|key| key.find(review)).ok_or_else(|| "There is no such site".to_owned());
    let class = || rest.parse::<Class>().map_err(|_| "There is no such class".to_owned());
    Ok(Wish::Do(match verb {
        "undo" => return Ok(Wish::Undo),
        "redo" => return Ok(Wish::Redo),
        "accept" => Command::Accept(site()?),
        "refuse" => Command::Refuse(site()?, Keep::Recipients),
        "house" => Command::Refuse(site()?, Keep::House),
        "reopen" => Command::Reopen(site()?),
        "rule" => Command::AcceptRule(site()?),
        "norule" => Command::RefuseRule(site()?, Keep::Recipients),
        "class" => Command::AcceptClass(class()?),
        "noclass" => Command::RefuseClass(class()?, Keep::Recipients),
        "words" => {
            let id = site()?;
            let typed = line::read(fields.get("words"), review.entry(id).map_or("", |entry| entry.first()));
            Command::Edit { id, others: typed.others, class: typed.class }
        }
        "toggle" => {
            let (key, number) = rest.rsplit_once('.').unwrap_or((rest, ""));
            let id = Key::parse(key).and_then(|key| key.find(review)).ok_or("There is no such site")?;
            toggle(review, id, number.parse().unwrap_or(0))?
        }
        "add" => add(fields, review)?,
        _ => return Err("This page does not know what to do".to_owned()),
    }))
}

/// The other wordings that could stand at an entry: what was offered and what the writer made of it.
pub(super) fn choices(review: &Review, id: Id) -> Vec<(String, bool)> {
    let Some(entry) = review.entry(id) else { return Vec::new() };
    let offered = entry.why().map_or(&[][..], |why| why.offered.get(1..).unwrap_or_default());
    let mut choices: Vec<(String, bool)> =
        offered.iter().map(|one| (one.clone(), entry.others().contains(one))).collect();
    for other in entry.others() {
        if !offered.contains(other) {
            choices.push((other.clone(), true));
        }
    }
    choices
}

/// Takes the n-th of the choices out of a site, or back into it.
fn toggle(review: &Review, id: Id, number: usize) -> Result<Command, String> {
    let mut choices = choices(review, id);
    let chosen = number.checked_sub(1).and_then(|at| choices.get_mut(at)).ok_or("There is no such wording")?;
    chosen.1 = !chosen.1;
    let others: Vec<String> = choices.into_iter().filter(|(_, stands)| *stands).map(|(words, _)| words).collect();
    Ok(if others.is_empty() {
        Command::Refuse(id, Keep::Recipients)
    } else {
        Command::Edit { id, others, class: None }
    })
}

/// A site of the writer's own: words of the letter, the n-th time that they stand there.
fn add(fields: &Fields, review: &Review) -> Result<Command, String> {
    let place = fields.get("place").trim();
    if place.is_empty() {
        return Err("Write the words of the letter at which the new site shall stand".to_owned());
    }
    let found = review.find(place);
    let nth = fields.get("nth").trim();
    let span = match (found.len(), nth.parse::<usize>().ok()) {
        (0, _) => return Err("These words do not stand in the letter".to_owned()),
        (1, None) => found.first(),
        (_, Some(nth)) => nth.checked_sub(1).and_then(|at| found.get(at)),
        (_, None) => None,
    };
    let Some(span) = span.cloned() else {
        return Err(format!("These words stand in the letter {} times: say which time is meant", found.len()));
    };
    let first = review.letter().text().get(span.clone()).unwrap_or_default();
    let typed = line::read(fields.get("words"), first);
    Ok(Command::Add { span, others: typed.others, class: typed.class })
}

/// The next site to decide after one, the first open one without it.
pub(super) fn next(review: &Review, after: Option<Id>) -> Option<Id> {
    review.next_open(after).or_else(|| review.next(after))
}

/// How many proposals are open, by class, in the classes' order.
pub(super) fn open_by_class(review: &Review) -> Vec<(Class, usize)> {
    let count = |class: Class| review.would_decide(&Command::AcceptClass(class)).len();
    let present: BTreeSet<&str> =
        review.entries().iter().filter(|entry| entry.state == State::Open).map(|entry| entry.class.name()).collect();
    let present = Class::ALL.into_iter().filter(|class| present.contains(class.name()));
    present.map(|class| (class, count(class))).filter(|(_, open)| *open > 0).collect()
}

/// What is wrong with a text or a decision, in a sentence, and what to do.
pub(super) fn words(refused: &Refused) -> (String, Option<&'static str>) {
    let what = match refused {
        Refused::Marking(error) => error.to_string(),
        other => other.to_string(),
    };
    let mut letters = what.chars();
    let what =
        letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str());
    (what, refused.hint())
}
