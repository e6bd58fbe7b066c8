//! The site that the writer looks at: its wordings, why it is proposed, what can be done with it.

use countermark_review::{Command, Entry, Id, Review, State, line};
use maud::{Markup, html};

use super::look::{Part, Wrong, rows, shown};
use super::sitting::{self, Key};

/// The current site, or how to add one where there is none.
pub(super) fn panel(about: &Part<'_>, review: &Review) -> Markup {
    let current = about.current.and_then(|id| Some((id, Key::of(review, id)?, review.entry(id)?)));
    html! {
        section #site.card.stack aria-labelledby="site-name" tabindex="-1" {
            @match current {
                Some((id, key, entry)) => {
                    (heading(review, id, entry))
                    (wordings(about, review, (id, key, entry)))
                    (own_wordings(about, key, entry))
                    (alike(about, review, (id, key, entry)))
                    (neighbours(review, id))
                }
                None => { h2 #site-name { "Sites" } p.empty { "No site is proposed here. Write, or add one of your own below." } }
            }
            (add(about))
            p.hint #keys hidden { "Keys: arrows or j and k walk, a accepts, r refuses, 1 to 9 take a wording out and back, u undoes, ? shows this." }
        }
    }
}

fn heading(review: &Review, id: Id, entry: &Entry) -> Markup {
    let rows = rows(review);
    let number = rows.iter().position(|(row, _, _)| *row == id).map_or(0, |at| at + 1);
    html! {
        div.row {
            h2 #site-name { "Site " (number) " of " (rows.len()) }
            span.tag.quiet { (entry.class) }
            @match entry.state {
                State::Accepted => span.tag.good { "accepted" },
                State::Open => span.tag.wait { "to decide" },
                State::Refused => span.tag.quiet { @if entry.recalled { "refused in an earlier letter" } @else { "refused" } },
            }
        }
    }
}

fn wordings(about: &Part<'_>, review: &Review, (id, key, entry): (Id, Key, &Entry)) -> Markup {
    let choices = sitting::choices(review, id);
    html! {
        form.stack method="post" action={(about.here()) "/decide"} {
            (about.hidden())
            p { "As written: " strong { (shown(entry.first())) } }
            ol.wordings {
                @for (number, (words, stands)) in choices.iter().enumerate() {
                    li {
                        @if *stands { (shown(words)) } @else { del { (shown(words)) } }
                        " "
                        button.quiet name="do" value={"toggle." (key) "." (number + 1)} {
                            @if *stands { "Leave out" } @else { "Take back in" }
                        }
                    }
                }
            }
            @let differing = review.differing(id).iter().map(|sense| sense.name()).collect::<Vec<_>>().join(", ");
            @if !differing.is_empty() { p { span.tag.wait { "note" } " The wordings differ in: " (differing) ". Whoever compares two copies reads two messages." } }
            @if review.together(id).len() > 1 { p.hint { "One choice for " (review.together(id).len()) " places of the letter." } }
            div.row {
                @if entry.state != State::Accepted { button.main name="do" value={"accept." (key)} { "Accept" } }
                @if entry.state != State::Refused { button name="do" value={"refuse." (key)} { "Refuse" } }
                @if entry.why().is_some() && entry.state != State::Refused {
                    button.quiet name="do" value={"house." (key)} { "Refuse for the house" }
                }
                @if entry.why().is_some() && entry.state != State::Open {
                    button.quiet name="do" value={"reopen." (key)} { "Undecide" }
                }
            }
        }
    }
}

/// A field's reason of refusal.
fn error(id: &str, wrong: Option<&Wrong>) -> Markup {
    html! { @if let Some(wrong) = wrong { p.error id=(id) role="alert" { (wrong.why) "." } } }
}

fn own_wordings(about: &Part<'_>, key: Key, entry: &Entry) -> Markup {
    let wrong = about.notice.of("words").filter(|wrong| wrong.site == Some(key));
    let shown = wrong.map_or_else(|| line::show(entry.others()), |wrong| wrong.typed[0].clone());
    html! {
        form.fields method="post" action={(about.here()) "/decide"} {
            (about.hidden())
            label for="words" { "Your own wordings" }
            input #words name="words" value=(shown) autocomplete="off" aria-invalid=[wrong.map(|_| "true")] aria-describedby={ @if wrong.is_some() { "words-error " } "words-hint" };
            (error("words-error", wrong))
            p.hint #words-hint { "Several with | between them; a lone | means that the words may be left out." }
            div.row { button name="do" value={"words." (key)} { "Take these" } }
        }
    }
}

/// Where it comes from, and the others like it.
fn alike(about: &Part<'_>, review: &Review, (id, key, entry): (Id, Key, &Entry)) -> Markup {
    let rule = review.would_decide(&Command::AcceptRule(id)).len();
    let class = review.would_decide(&Command::AcceptClass(entry.class)).len();
    html! {
        @if let Some(why) = entry.why() {
            p.hint {
                "Rule " code { (why.rule) } " of " (why.pack) ", " (why.style) "."
                @if !why.example.is_empty() { " For example: " (why.example) }
            }
        }
        @if rule > 1 || class > 1 {
            form.row method="post" action={(about.here()) "/decide"} {
                (about.hidden())
                @if rule > 1 {
                    button.quiet name="do" value={"rule." (key)} { "Accept all " (rule) " of this rule" }
                    button.quiet name="do" value={"norule." (key)} { "Refuse all " (rule) " of this rule" }
                }
                @if class > 1 {
                    button.quiet name="do" value={"class." (entry.class)} { "Accept all " (class) " " (entry.class) }
                    button.quiet name="do" value={"noclass." (entry.class)} { "Refuse all " (class) " " (entry.class) }
                }
            }
        }
    }
}

fn neighbours(review: &Review, id: Id) -> Markup {
    let key = |id: Option<Id>| id.and_then(|id| Key::of(review, id));
    html! {
        div.row {
            @if let Some(key) = key(review.previous(Some(id))) { a href={"?site=" (key) "#site"} data-site=(key) rel="prev" { "Site before" } }
            @if let Some(key) = key(review.next(Some(id))) { a href={"?site=" (key) "#site"} data-site=(key) rel="next" { "Next site" } }
            @if let Some(key) = key(review.next_open(Some(id))) { a href={"?site=" (key) "#site"} data-site=(key) { "Next to decide" } }
        }
    }
}

fn add(about: &Part<'_>) -> Markup {
    let wrong = about.notice.of("add");
    let [other, place, nth] = wrong.map(|wrong| wrong.typed.clone()).unwrap_or_default();
    html! {
        details #add open[wrong.is_some()] {
            summary { "Add a site of your own" }
            form.fields method="post" action={(about.here()) "/decide"} {
                (about.hidden())
                (error("add-error", wrong))
                label for="place" { "Words of the letter" }
                input #place name="place" value=(place) autocomplete="off" aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| "add-error")];
                label for="nth" { "Which time they stand there, if several" }
                input #nth name="nth" value=(nth) inputmode="numeric" size="4" autocomplete="off";
                label for="other" { "Other wordings, equally good" }
                input #other name="words" value=(other) autocomplete="off" aria-invalid=[wrong.map(|_| "true")] aria-describedby={ @if wrong.is_some() { "add-error " } "other-hint" };
                p.hint #other-hint { "Several with | between them." }
                div.row { button name="do" value="add" { "Add" } }
            }
        }
    }
}
