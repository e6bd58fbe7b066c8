//! What the server makes of a draft: the meter, the letter with its sites, the list of them.

use std::collections::{BTreeMap, BTreeSet};

use countermark_review::{Entry, Id, Refused, Review, State};
use maud::{Markup, html};

use super::editor::View;
use super::sitting::{self, Key};
use super::{Loaded, measure, site};
use crate::Signed;
use crate::pages::fields::{Fields, hex};
use crate::shell::token;

/// So many sites are listed at once; a letter that has more is gone through by its marks.
const MOST_LISTED: usize = 150;

/// What the page is made for.
pub(super) struct Part<'a> {
    pub(super) signed: &'a Signed,
    pub(super) loaded: &'a Loaded,
    pub(super) view: View,
    pub(super) current: Option<Id>,
    pub(super) notice: Notice,
}

impl Part<'_> {
    /// The draft's address.
    pub(super) fn here(&self) -> String {
        format!("/write/{}", hex(&self.loaded.draft.id))
    }

    /// What every form about sites carries.
    pub(super) fn hidden(&self) -> Markup {
        html! {
            (token(self.signed))
            input type="hidden" name="revision" value=(self.loaded.draft.revision);
            @if self.view == View::Master { input type="hidden" name="view" value="master"; }
        }
    }
}

/// What was just done.
#[derive(Default)]
pub(super) struct Notice {
    pub(super) changed: Option<usize>,
    pub(super) left: Option<usize>,
    pub(super) lost: Option<usize>,
    pub(super) refused: Option<Wrong>,
}

/// What can't be carried out, and of which form.
pub(super) struct Wrong {
    pub(super) why: String,
    /// `add` or `words` where it is about what was typed there.
    pub(super) form: &'static str,
    pub(super) site: Option<Key>,
    /// What was typed: wordings, place, which time.
    pub(super) typed: [String; 3],
}

impl Wrong {
    pub(super) fn at(fields: &Fields, why: String) -> Self {
        let given = fields.get("do");
        let (verb, rest) = given.split_once('.').unwrap_or((given, ""));
        let form = ["add", "words"].into_iter().find(|form| *form == verb).unwrap_or_default();
        Self {
            why,
            form,
            site: Key::parse(rest),
            typed: ["words", "place", "nth"].map(|name| fields.get(name).to_owned()),
        }
    }
}

impl Notice {
    /// What is wrong with one of the forms.
    pub(super) fn of(&self, form: &str) -> Option<&Wrong> {
        self.refused.as_ref().filter(|wrong| wrong.form == form)
    }

    fn is_empty(&self) -> bool {
        let none = |count: Option<usize>| count.is_none_or(|count| count == 0);
        none(self.changed) && none(self.left) && none(self.lost) && self.refused.is_none()
    }
}

/// Everything that changes with the text or a decision.
pub(super) fn part(about: &Part<'_>, review: Result<&Review, &Refused>) -> Markup {
    html! {
        div #review data-revision=(about.loaded.draft.revision) {
            @match review {
                Err(refused) => (trouble(refused, &about.loaded.draft.text)),
                Ok(review) => {
                    (measure::figure(about.loaded, review))
                    section.letter-side aria-label="The letter with its sites" {
                        (said(&about.notice))
                        (letter(about, review))
                        (fields(about, review))
                    }
                    (site::panel(about, review))
                    (list(about, review))
                }
            }
        }
    }
}

/// Why the text is no master: line and column in words, and what to do.
fn trouble(refused: &Refused, text: &str) -> Markup {
    let (what, hint) = sitting::words(refused);
    let shown = match refused {
        Refused::Marking(error) => error.render(text).lines().skip(1).take(3).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    };
    html! {
        div.alert role="alert" {
            p { strong { (what) "." } }
            @if !shown.is_empty() { pre { (shown) } }
            @if let Some(hint) = hint { p { "What to do: " (hint) "." } }
            p { "The text is kept as it is. Sites and meter come back when this is put right; what was decided is not lost." }
        }
    }
}

fn said(notice: &Notice) -> Markup {
    let many = |count: usize, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    html! {
        div #notice role="status" {
            @if !notice.is_empty() {
                @if let Some(wrong) = notice.of("") { p.alert { (wrong.why) "." } }
                @if let Some(changed) = notice.changed.filter(|changed| *changed > 1) { p { (many(changed, "site")) " decided." } }
                @if let Some(left) = notice.left.filter(|left| *left > 0) {
                    p { (many(left, "site")) " left open: with the others the letter could be read in two ways." }
                }
                @if let Some(lost) = notice.lost.filter(|lost| *lost > 0) {
                    p.alert { (many(lost, "accepted site")) " lost with the words that were changed. They are proposed anew where they still fit." }
                }
            }
        }
    }
}

/// Where a mark stands in the letter, and for which site.
struct Mark {
    end: usize,
    key: Key,
    state: State,
    current: bool,
}

fn letter(about: &Part<'_>, review: &Review) -> Markup {
    let text = review.letter().text();
    let marks = marks(about, review);
    let mut at = 0;
    html! {
        h2 { "The letter with its sites" }
        p.hint {
            mark.site.accepted { "accepted" } " a copy's wording is drawn here · "
            mark.site.open { "proposed" } " nothing decided · "
            mark.site.refused { "refused" } " stays as written"
        }
        div.letter {
            @for (start, mark) in marks {
                (plain(review, at..start))
                (drawn(text.get(start..mark.end).unwrap_or_default(), &mark))
                ({ at = mark.end; "" })
            }
            (plain(review, at..text.len()))
        }
    }
}

fn drawn(words: &str, mark: &Mark) -> Markup {
    let state = match mark.state {
        State::Accepted => "site accepted",
        State::Open => "site open",
        State::Refused => "site refused",
    };
    html! {
        mark class=(state) {
            a href={"?site=" (mark.key) "#site"} data-site=(mark.key) aria-current=[mark.current.then_some("true")] {
                @if words.is_empty() { span aria-label="something may stand here" { "‸" } } @else { (words) }
            }
        }
    }
}

/// The text between marks, its fields as such.
fn plain(review: &Review, span: std::ops::Range<usize>) -> Markup {
    let letter = review.letter();
    let within = |field: &&(countermark_review::Span, String)| span.start <= field.0.start && field.0.end <= span.end;
    let mut at = span.start;
    html! {
        @for (place, name) in letter.fields().iter().filter(within) {
            (letter.text().get(at..place.start).unwrap_or_default())
            span.field { "[" (name) "]" }
            ({ at = place.end; "" })
        }
        (letter.text().get(at..span.end).unwrap_or_default())
    }
}

/// The marks by place: accepted sites, and of the others those that stand on no mark already.
fn marks(about: &Part<'_>, review: &Review) -> BTreeMap<usize, Mark> {
    let keys: BTreeMap<Id, Key> = Key::all(review).into_iter().collect();
    let here: BTreeSet<Id> = about.current.map(|id| review.together(id)).unwrap_or_default().into_iter().collect();
    let mut wanted: Vec<(State, bool, Id, &Entry)> = Vec::new();
    for &id in keys.keys() {
        if let Some(entry) = review.entry(id).filter(|_| !review.is_covered(id)) {
            wanted.push((entry.state, !here.contains(&id), id, entry));
        }
    }
    wanted.sort_by_key(|(state, elsewhere, id, entry)| (*state, *elsewhere, entry.span.start, *id));
    let mut marks: BTreeMap<usize, Mark> = BTreeMap::new();
    for (state, elsewhere, id, entry) in wanted {
        let before = marks.range(..=entry.span.start).next_back().map(|(start, mark)| (*start, mark.end));
        let after = marks.range(entry.span.start..).next().map(|(start, _)| *start);
        let free = before.is_none_or(|(start, end)| end <= entry.span.start && start != entry.span.start)
            && after.is_none_or(|start| entry.span.end <= start);
        // A tied site is met at its first place.
        let key = review.first_of(id).and_then(|first| keys.get(&first));
        if let Some(key) = key.filter(|_| free) {
            marks.insert(entry.span.start, Mark { end: entry.span.end, key: *key, state, current: !elsewhere });
        }
    }
    marks
}

/// The fields of the letter, and which recipients lack one.
fn fields(about: &Part<'_>, review: &Review) -> Markup {
    let names: BTreeSet<&str> = review.letter().fields().iter().map(|(_, name)| name.as_str()).collect();
    let people = &about.loaded.people;
    let lacking = |name: &str| -> Vec<&str> {
        let lacks = |person: &&countermark_office::PersonRecord| name != "name" && !person.fields.contains_key(name);
        people.iter().filter(lacks).map(|person| person.handle.as_str()).collect()
    };
    html! {
        @if !names.is_empty() {
            h3 { "Fields" }
            ul {
                @for name in names {
                    @let lacking = lacking(name);
                    li {
                        code { "{=" (name) "}" } " "
                        @if people.is_empty() { span.tag.quiet { "no recipients chosen yet" } }
                        @else if lacking.is_empty() { span.tag.good { "filled for every recipient" } }
                        @else { span.tag.bad { "missing" } " for " (lacking.join(", ")) ": fill it under " a href="/people" { "People" } }
                    }
                }
            }
        }
    }
}

/// All sites with their wordings, to be decided row by row.
fn list(about: &Part<'_>, review: &Review) -> Markup {
    let rows = rows(review);
    let open = rows.iter().filter(|(_, _, entry)| entry.state == State::Open).count();
    let accepted = rows.iter().filter(|(_, _, entry)| entry.state == State::Accepted).count();
    let first = about.current.and_then(|id| rows.iter().position(|(row, _, _)| *row == id)).unwrap_or(0);
    let from = first.saturating_sub(MOST_LISTED / 2).min(rows.len().saturating_sub(MOST_LISTED));
    let steps = about.loaded.steps;
    html! {
        section.sites aria-label="All sites" {
            h2 { "All sites" }
            p { (rows.len()) " places: " (accepted) " accepted, " (open) " to decide." }
            form method="post" action={(about.here()) "/decide"} {
                (about.hidden())
                div.row {
                    button.quiet name="do" value="undo" disabled[steps.done == 0] { "Undo" }
                    button.quiet name="do" value="redo" disabled[steps.undone == 0] { "Redo" }
                    @for (class, count) in sitting::open_by_class(review) {
                        button.quiet name="do" value={"class." (class)} { "Accept " (count) " " (class) }
                    }
                }
                @if rows.is_empty() { p.empty { "No site is proposed. Write, or add a site of your own." } }
                ol.rows start=(from + 1) {
                    @for (id, key, entry) in rows.iter().skip(from).take(MOST_LISTED) {
                        (row(review, *id, *key, entry, about.current))
                    }
                }
                @if rows.len() > MOST_LISTED {
                    p.hint { "Shown are " (MOST_LISTED) " of " (rows.len()) ", around the one that is looked at. The marks in the letter lead to the others." }
                }
            }
        }
    }
}

fn row(review: &Review, id: Id, key: Key, entry: &Entry, current: Option<Id>) -> Markup {
    let places = review.together(id).len();
    html! {
        li aria-current=[(current == Some(id)).then_some("true")] {
            a href={"?site=" (key) "#site"} data-site=(key) { (shown(entry.first())) }
            @for other in entry.others() { " | " (shown(other)) }
            @if places > 1 { " (" (places) " places)" }
            " " span.tag.quiet { (entry.class) } " "
            @match entry.state {
                State::Accepted => { span.tag.good { "accepted" } " " button.quiet name="do" value={"refuse." (key)} { "Refuse" } }
                State::Open => { button name="do" value={"accept." (key)} { "Accept" } " " button.quiet name="do" value={"refuse." (key)} { "Refuse" } }
                State::Refused => {
                    span.tag.wait { @if entry.recalled { "refused before" } @else { "refused" } } " "
                    button.quiet name="do" value={"accept." (key)} { "Accept" }
                }
            }
        }
    }
}

/// The sites, each at its first place, those left out that an accepted one covers.
pub(super) fn rows(review: &Review) -> Vec<(Id, Key, &Entry)> {
    let keys = Key::all(review);
    let wanted = keys.into_iter().filter(|(id, _)| !review.is_covered(*id));
    wanted
        .filter_map(|(id, key)| Some((id, key, review.entry(id)?)))
        .filter(|(id, _, entry)| entry.tie.is_none() || review.first_of(*id) == Some(*id))
        .collect()
}

/// A wording with what can't be seen made visible.
pub(super) fn shown(text: &str) -> Markup {
    let visible = text.replace('\n', "↵");
    html! {
        @if text.is_empty() { i { "nothing" } }
        @else if text.trim().is_empty() { span.blank { (visible.replace(' ', "␣")) } }
        @else { span.wording { (visible) } }
    }
}
