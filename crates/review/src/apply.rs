//! Commands carried out on a copy of the entries; what does not hold never reaches the review.

use std::sync::Arc;

use countermark_marking::{Class, Master};
use countermark_text::normalise;

use crate::{Command, Entry, Id, Keep, Letter, Origin, Refused, Review, Span, State, Step, Who, write};

/// The entries after a command, and the master that they make.
pub(crate) struct Outcome {
    pub(crate) entries: Vec<Arc<Entry>>,
    pub(crate) master: Master,
    pub(crate) step: Step,
}

pub(crate) fn apply(review: &Review, command: Command) -> Result<Outcome, Refused> {
    match command {
        Command::Accept(id) => decide(review, id, accept),
        Command::Refuse(id, keep) => decide(review, id, refuse(review, keep)),
        Command::Reopen(id) => match review.entry(id).map(|entry| &entry.origin) {
            None => Err(Refused::Unknown),
            Some(Origin::Existing | Origin::Own) => Err(Refused::NotProposed),
            Some(_) => decide(review, id, reopen),
        },
        Command::AcceptClass(class) => accept_open(review, &|entry| in_class(entry, class)),
        Command::AcceptRule(id) => accept_open(review, &same_rule(review, id)?),
        Command::RefuseClass(class, keep) => refuse_open(review, keep, &|entry| entry.class == class),
        Command::RefuseRule(id, keep) => refuse_open(review, keep, &same_rule(review, id)?),
        Command::Edit { id, others, class } => edit(review, id, others, class),
        Command::Add { span, others, class } => {
            add(review, &span, others, class.unwrap_or(Class::Authored), Origin::Own, State::Accepted)
        }
        Command::Offer { span, others, by } => {
            add(review, &span, others, Class::Authored, Origin::Offered { by }, State::Open)
        }
    }
}

/// The entries that are one site with this one.
pub(crate) fn together(entries: &[Arc<Entry>], id: Id) -> Vec<Id> {
    let Some(entry) = entries.get(id.0) else { return Vec::new() };
    match &entry.tie {
        None => vec![id],
        tie => (0..entries.len()).filter(|&at| entries[at].tie == *tie).map(Id).collect(),
    }
}

fn accept(entry: &mut Entry) {
    entry.state = State::Accepted;
    entry.refused_for.clear();
    entry.recalled = false;
}

fn reopen(entry: &mut Entry) {
    entry.state = State::Open;
    entry.refused_for.clear();
    entry.recalled = false;
    if let Origin::Rule(why) = &entry.origin {
        entry.alternatives = why.offered.clone();
    }
}

fn refuse(review: &Review, keep: Keep) -> impl Fn(&mut Entry) {
    let whose: Vec<Who> = match keep {
        Keep::House => vec![Who::House],
        Keep::Recipients => review.recipients.iter().cloned().map(Who::Person).collect(),
    };
    move |entry: &mut Entry| {
        entry.state = State::Refused;
        // Refusing again for the house keeps what was refused for a person.
        if entry.why().is_some() {
            for who in &whose {
                if !entry.refused_for.contains(who) {
                    entry.refused_for.push(who.clone());
                }
            }
        }
        entry.recalled = false;
    }
}

/// Whether accepting a class accepts this: what came from elsewhere is accepted one by one only.
pub(crate) fn in_class(entry: &Entry, class: Class) -> bool {
    entry.class == class && !matches!(entry.origin, Origin::Offered { .. })
}

/// One site's decision, all its places together.
fn decide(review: &Review, id: Id, change: impl Fn(&mut Entry)) -> Result<Outcome, Refused> {
    let ids = review.together(id);
    if ids.is_empty() {
        return Err(Refused::Unknown);
    }
    let entries = changed(&review.now, &ids, &change);
    finish(review, entries, 0, Some(id))
}

fn changed(entries: &[Arc<Entry>], ids: &[Id], change: &impl Fn(&mut Entry)) -> Vec<Arc<Entry>> {
    let mut entries = entries.to_vec();
    for id in ids {
        if let Some(slot) = entries.get_mut(id.0) {
            let mut entry = Entry::clone(slot);
            change(&mut entry);
            if entry != **slot {
                *slot = Arc::new(entry);
            }
        }
    }
    entries
}

fn finish(review: &Review, entries: Vec<Arc<Entry>>, left: usize, at: Option<Id>) -> Result<Outcome, Refused> {
    let master = write::master(&review.letter, &entries)?;
    let changed = entries.iter().zip(&review.now).filter(|(a, b)| !Arc::ptr_eq(a, b)).count();
    let changed = changed + entries.len().abs_diff(review.now.len());
    Ok(Outcome { entries, master, step: Step { changed, left, at } })
}

fn same_rule(review: &Review, id: Id) -> Result<impl Fn(&Entry) -> bool + use<>, Refused> {
    let why = review.entry(id).ok_or(Refused::Unknown)?.why().ok_or(Refused::NotProposed)?;
    let (pack, rule) = (why.pack.clone(), why.rule.clone());
    Ok(move |entry: &Entry| entry.why().is_some_and(|why| why.pack == pack && why.rule == rule))
}

/// The open sites of which a place is wanted, each as all its places, in the order of the text.
pub(crate) fn open_sites(review: &Review, wanted: &dyn Fn(&Entry) -> bool) -> Vec<Vec<Id>> {
    let mut sites: Vec<Vec<Id>> = Vec::new();
    let mut taken = std::collections::HashSet::new();
    for id in review.in_order() {
        let Some(entry) = review.entry(id) else { continue };
        if entry.state != State::Open || !wanted(entry) || taken.contains(&id) || review.is_covered(id) {
            continue;
        }
        let ids = review.together(id);
        taken.extend(ids.iter().copied());
        sites.push(ids);
    }
    sites
}

fn accept_open(review: &Review, wanted: &dyn Fn(&Entry) -> bool) -> Result<Outcome, Refused> {
    let sites = open_sites(review, wanted);
    let mut entries = review.now.clone();
    let kept = accept_all(&review.letter, &mut entries, &sites);
    let left: usize = sites.iter().filter(|ids| ids.iter().any(|id| entries[id.0].state == State::Open)).count();
    debug_assert!(kept + left >= sites.len());
    finish(review, entries, left, sites.first().and_then(|ids| ids.first()).copied())
}

/// Accepts as many as hold together: all at once, or halves of them. Returns how many.
fn accept_all(letter: &Letter, entries: &mut Vec<Arc<Entry>>, sites: &[Vec<Id>]) -> usize {
    let all: Vec<Id> = sites.iter().flatten().copied().collect();
    let next = changed(entries, &all, &accept);
    if write::master(letter, &next).is_ok() {
        *entries = next;
        return sites.len();
    }
    if sites.len() < 2 {
        return 0;
    }
    let (first, second) = sites.split_at(sites.len() / 2);
    accept_all(letter, entries, first) + accept_all(letter, entries, second)
}

fn refuse_open(review: &Review, keep: Keep, wanted: &dyn Fn(&Entry) -> bool) -> Result<Outcome, Refused> {
    let ids: Vec<Id> = open_sites(review, wanted).into_iter().flatten().collect();
    let entries = changed(&review.now, &ids, &refuse(review, keep));
    finish(review, entries, 0, ids.first().copied())
}

fn edit(review: &Review, id: Id, others: Vec<String>, class: Option<Class>) -> Result<Outcome, Refused> {
    let old = review.entry(id).ok_or(Refused::Unknown)?;
    if others.is_empty() {
        return Err(Refused::NoOther);
    }
    let alternatives: Vec<String> = std::iter::once(old.first().to_owned()).chain(others).collect();
    let class = class.unwrap_or_else(|| class_of(old, &alternatives));
    let mut entries = changed(&review.now, &review.together(id), &|entry: &mut Entry| {
        accept(entry);
        entry.class = class;
    });
    if let Some(slot) = entries.get_mut(id.0) {
        Arc::make_mut(slot).alternatives = alternatives;
    }
    finish(review, entries, 0, Some(id))
}

/// A comma that the writer turned into words is no punctuation any more; a tied site keeps its class.
fn class_of(old: &Entry, alternatives: &[String]) -> Class {
    let words = || {
        let mut forms: Vec<String> = alternatives.iter().map(|one| normalise(one)).collect();
        forms.sort();
        forms.windows(2).all(|pair| pair[0] != pair[1])
    };
    let reworded = old.class.may_normalise_away() && old.tie.is_none() && old.alternatives != alternatives;
    if reworded && words() { Class::Authored } else { old.class }
}

fn add(
    review: &Review,
    span: &Span,
    others: Vec<String>,
    class: Class,
    origin: Origin,
    state: State,
) -> Result<Outcome, Refused> {
    let first = review.letter.text().get(span.clone()).ok_or(Refused::Place)?;
    if others.is_empty() {
        return Err(Refused::NoOther);
    }
    let (span, alternatives) = with_room(review.letter.text(), span, first, others);
    let mut entry = Entry {
        span,
        alternatives,
        class,
        tie: None,
        origin,
        state: State::Accepted,
        refused_for: Vec::new(),
        recalled: false,
    };
    let mut entries = review.now.clone();
    let id = Id(entries.len());
    // An offer, too, must hold if it were taken: nobody is shown what he can't accept.
    entries.push(Arc::new(entry.clone()));
    let accepted = finish(review, entries, 0, Some(id))?;
    if state == State::Accepted {
        return Ok(accepted);
    }
    entry.state = state;
    let mut entries = review.now.clone();
    entries.push(Arc::new(entry));
    finish(review, entries, 0, Some(id))
}

/// Where words may be left out, a space beside them goes with them: no copy shall have two, or one before a full stop.
fn with_room(text: &str, span: &Span, first: &str, others: Vec<String>) -> (Span, Vec<String>) {
    let alternatives: Vec<String> = std::iter::once(first.to_owned()).chain(others).collect();
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let edged = first.is_empty() || first.starts_with(' ') || first.ends_with(' ');
    if edged || !alternatives.iter().any(String::is_empty) {
        return (span.clone(), alternatives);
    }
    let widen = |change: &dyn Fn(&str) -> String| {
        alternatives.iter().map(|one| if one.is_empty() { String::new() } else { change(one) }).collect()
    };
    if after.starts_with(' ') && (before.is_empty() || before.ends_with([' ', '\n'])) {
        return (span.start..span.end + 1, widen(&|one| format!("{one} ")));
    }
    if before.ends_with(' ') {
        return (span.start - 1..span.end, widen(&|one| format!(" {one}")));
    }
    (span.clone(), alternatives)
}
