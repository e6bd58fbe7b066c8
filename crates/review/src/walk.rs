//! Ways through the letter: from site to site, from part to part, to what is looked for.

use std::sync::Arc;

use countermark_marking::Master;

use crate::{Command, Entry, Id, Review, Span, State, apply};

/// A part of the letter, as the master cuts it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartView {
    /// Where, in bytes of the letter, with the white space that follows.
    pub span: Span,
    /// How many sites of the master it holds.
    pub sites: usize,
    /// Its words.
    pub words: usize,
}

/// What the entries and their master look like from outside.
#[derive(Clone, Default)]
pub(crate) struct View {
    order: Vec<Id>,
    covered: Vec<bool>,
    parts: Vec<PartView>,
}

impl View {
    pub(crate) fn of(entries: &[Arc<Entry>], master: &Master) -> View {
        let mut order: Vec<Id> = (0..entries.len()).map(Id).collect();
        order.sort_by_key(|id| (entries[id.0].span.start, entries[id.0].span.end, id.0));
        let sites: Vec<&Entry> =
            order.iter().map(|id| &*entries[id.0]).filter(|entry| entry.state == State::Accepted).collect();
        let covered = |entry: &Arc<Entry>| {
            // Sites lie apart, so only those that end last before the entry's end can reach into it.
            let end = sites.partition_point(|site| site.span.start <= entry.span.end);
            let near = sites[..end].iter().rev().take_while(|site| site.span.end >= entry.span.start);
            entry.state != State::Accepted && near.into_iter().any(|site| site.clashes(entry))
        };
        View { covered: entries.iter().map(covered).collect(), parts: parts(master), order }
    }
}

fn parts(master: &Master) -> Vec<PartView> {
    let mut at = 0;
    let view = |part: &countermark_marking::Part| {
        let text = master.part_text(part, &[]);
        let span = at..at + text.len();
        at = span.end;
        PartView { span, sites: part.sites.len(), words: countermark_text::word_count(&text) }
    };
    master.parts().iter().map(view).collect()
}

impl Review {
    /// The numbers of the entries in the order of the text; what begins at one place, shortest first.
    pub fn in_order(&self) -> Vec<Id> {
        self.view.order.clone()
    }

    /// Whether an accepted site stands on words that this entry wants: it can't be taken, and need not be shown.
    pub fn is_covered(&self, id: Id) -> bool {
        self.view.covered.get(id.0).copied().unwrap_or(false)
    }

    /// The next entry in the text after `from` (the first without it), round the end. Covered ones are passed over.
    pub fn next(&self, from: Option<Id>) -> Option<Id> {
        self.walk(from, Way::On, |_| true)
    }

    /// The entry before.
    pub fn previous(&self, from: Option<Id>) -> Option<Id> {
        self.walk(from, Way::Back, |_| true)
    }

    /// The next entry that is not decided, round the end; nothing when all are.
    pub fn next_open(&self, from: Option<Id>) -> Option<Id> {
        self.walk(from, Way::On, |entry| entry.state == State::Open)
    }

    fn walk(&self, from: Option<Id>, way: Way, wanted: impl Fn(&Entry) -> bool) -> Option<Id> {
        let mut ids = self.in_order();
        if way == Way::Back {
            ids.reverse();
        }
        if let Some(at) = from.and_then(|from| ids.iter().position(|&id| id == from)) {
            ids.rotate_left(at + 1);
        }
        ids.into_iter().find(|&id| {
            let entry = &self.now[id.0];
            // A tied site is met at its first place.
            let first = entry.tie.is_none() || self.first_of(id) == Some(id) || from == Some(id);
            first && wanted(entry) && !self.is_covered(id)
        })
    }

    /// The first place in the text of the site that this entry belongs to.
    pub fn first_of(&self, id: Id) -> Option<Id> {
        self.together(id).into_iter().min_by_key(|id| (self.now[id.0].span.start, id.0))
    }

    /// The entry that stands at a place of the letter: accepted before open before refused, the shorter first.
    pub fn at(&self, place: usize) -> Option<Id> {
        let here = |entry: &Entry| entry.span.start <= place && (place < entry.span.end || entry.span.start == place);
        let ids = (0..self.now.len()).filter(|&id| here(&self.now[id]) && !self.is_covered(Id(id)));
        ids.min_by_key(|&id| (self.now[id].state, self.now[id].span.len())).map(Id)
    }

    /// The sites that an accept-all or refuse-all would decide, each at its first place: for the eye, before it is done.
    /// Nothing for any other command.
    pub fn would_decide(&self, command: &Command) -> Vec<Id> {
        let rule = |id: &Id| self.entry(*id).and_then(Entry::why).map(|why| (why.pack.clone(), why.rule.clone()));
        let sites = match command {
            Command::AcceptClass(class) => apply::open_sites(self, &|entry| apply::in_class(entry, *class)),
            Command::RefuseClass(class, _) => apply::open_sites(self, &|entry| entry.class == *class),
            Command::AcceptRule(id) | Command::RefuseRule(id, _) => {
                let Some(wanted) = rule(id) else { return Vec::new() };
                apply::open_sites(self, &|entry| {
                    entry.why().is_some_and(|why| (&why.pack, &why.rule) == (&wanted.0, &wanted.1))
                })
            }
            _ => return Vec::new(),
        };
        sites.into_iter().filter_map(|ids| ids.into_iter().min_by_key(|id| self.now[id.0].span.start)).collect()
    }

    /// The letter's parts, in order, as the master is cut now.
    pub fn parts(&self) -> &[PartView] {
        &self.view.parts
    }

    /// The next part with words and without a site that begins after `place`, round the end.
    pub fn next_bare_part(&self, place: Option<usize>) -> Option<PartView> {
        let bare: Vec<&PartView> = self.parts().iter().filter(|part| part.sites == 0 && part.words > 0).collect();
        let after = bare.iter().position(|part| place.is_none_or(|place| part.span.start > place));
        after.or((!bare.is_empty()).then_some(0)).and_then(|at| bare.get(at).map(|&part| part.clone()))
    }

    /// Where a text stands in the letter, whatever its case and line breaks; ascending, not overlapping.
    pub fn find(&self, wanted: &str) -> Vec<Span> {
        let wanted: Vec<char> = folded(wanted.trim()).map(|(_, c)| c).collect();
        let text: Vec<(Span, char)> = folded(self.letter.text()).collect();
        let mut found: Vec<Span> = Vec::new();
        let mut at = 0;
        while !wanted.is_empty() && at + wanted.len() <= text.len() {
            let window = &text[at..at + wanted.len()];
            if window.iter().map(|(_, c)| c).eq(&wanted) {
                found.push(window[0].0.start..window[wanted.len() - 1].0.end);
                at += wanted.len();
            } else {
                at += 1;
            }
        }
        found
    }
}

/// Towards the end or the beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    On,
    Back,
}

/// The characters in small letters, every run of white space one space, each with its place.
fn folded(text: &str) -> impl Iterator<Item = (Span, char)> + '_ {
    let mut space = false;
    text.char_indices().flat_map(move |(at, c)| {
        let span = at..at + c.len_utf8();
        let again = c.is_whitespace() && space;
        space = c.is_whitespace();
        let small: Vec<char> = match c {
            _ if again => Vec::new(),
            c if c.is_whitespace() => vec![' '],
            c => c.to_lowercase().collect(),
        };
        small.into_iter().map(move |c| (span.clone(), c))
    })
}
