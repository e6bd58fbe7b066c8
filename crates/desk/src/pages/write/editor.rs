//! The editor: a text area that is the truth, and beside it what the server makes of it.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use countermark_office::{Draft, DraftChange, Error};
use countermark_review::{Refused, Review, Saved, State as Decision, Step};
use maud::{Markup, html};
use serde::Deserialize;

use super::look::{Notice, Part, Wrong, part};
use super::sitting::{self, Key, Remembered, Wish};
use super::{Loaded, SCRIPT, aside, called, loaded, missing, packs, site};
use crate::form::Checked;
use crate::pages::fields::{self, Fields, hex};
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Signed};

/// The header with which the script asks for a part of the page: `review`, or `site` for the current site alone.
const PART: &str = "x-part";

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/write/{id}", get(page))
        .route("/write/{id}/text", post(save))
        .route("/write/{id}/decide", post(decide))
}

/// How the text is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// As it was typed.
    Letter,
    /// With every accepted site in braces.
    Master,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    view: String,
    /// A site by its key.
    #[serde(default)]
    site: String,
    /// Where in the letter the writer was.
    at: Option<usize>,
    /// What a decision did.
    changed: Option<usize>,
    left: Option<usize>,
    /// How many sites a new text lost.
    lost: Option<usize>,
}

impl Asked {
    fn view(&self) -> View {
        if self.view == "master" { View::Master } else { View::Letter }
    }
}

async fn page(
    State(desk): State<Desk>,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Markup, Refusal> {
    let loaded = loaded(&desk, &signed, &id).await?;
    let wanted = headers.get(PART).and_then(|value| value.to_str().ok()).map(str::to_owned);
    aside(move || {
        let taken = sitting::take_up(&loaded.draft, &packs(&desk), &loaded.remembered);
        let current = taken.as_ref().ok().and_then(|(review, _)| {
            let chosen = Key::parse(&asked.site).and_then(|key| key.find(review));
            chosen.or_else(|| from(review, asked.at))
        });
        let notice = Notice { changed: asked.changed, left: asked.left, lost: asked.lost, ..Notice::default() };
        let review = taken.as_ref().map(|(review, _)| review);
        let about = Part { signed: &signed, loaded: &loaded, view: asked.view(), current, notice };
        Ok(match (wanted.as_deref(), review) {
            (Some("site"), Ok(review)) => site::panel(&about, review),
            (Some(_), review) => part(&about, review),
            (None, review) => whole(&about, review),
        })
    })
    .await
}

/// Where the writer goes on: the site that begins at a place, or the next open one.
fn from(review: &Review, at: Option<usize>) -> Option<countermark_review::Id> {
    let Some(at) = at else { return sitting::next(review, None) };
    let here = |id: &countermark_review::Id| {
        review.entry(*id).is_some_and(|entry| entry.span.start == at) && !review.is_covered(*id)
    };
    let found = review.in_order().into_iter().filter(here);
    if let Some(id) = found.min_by_key(|id| review.entry(*id).map(|entry| entry.state != Decision::Open)) {
        return Some(id);
    }
    let before = review.in_order().into_iter().take_while(|id| review.entry(*id).is_some_and(|e| e.span.start < at));
    sitting::next(review, before.last())
}

fn whole(about: &Part<'_>, review: Result<&Review, &Refused>) -> Markup {
    let draft = &about.loaded.draft;
    let content = html! {
        p { a href="/write" { "All drafts" } }
        div.row {
            h1 { (called(&draft.title)) }
            a.button.end href={(about.here()) "/copies"} { "Sample copies" }
            a.button.main href={(about.here()) "/seal"} { "Hand over" }
        }
        (explained())
        div.writing {
            (text_form(about, review))
            (part(about, review))
        }
    };
    shell(about.signed, Place::Write, called(&draft.title), &[SCRIPT.href()], &content)
}

/// What the words on this page mean.
fn explained() -> Markup {
    html! {
        details.explained {
            summary { "What are sites, bits and the master?" }
            p { strong { "A site" } " is a place in the letter where two or more wordings are equally good: “ahead of” and “before”. Each recipient’s copy gets a mixture of its own, drawn at random when the message is sealed." }
            p { strong { "The master" } " is the letter with all its sites, written " code { "{ahead of|before}" } "; nobody but the office sees it." }
            p { strong { "Bits" } " count how far copies can be told apart: a site of two wordings is one bit, of four two, and ten bits tell a thousand mixtures apart. The meter says how many are there, and how many it takes before a leak names a copy. With fewer the letter can be sealed and proved all the same." }
        }
    }
}

fn text_form(about: &Part<'_>, review: Result<&Review, &Refused>) -> Markup {
    let draft = &about.loaded.draft;
    let here = format!("/write/{}", hex(&draft.id));
    let text = match (about.view, review) {
        (View::Master, Ok(review)) => review.master().source(),
        _ => draft.text.as_str(),
    };
    html! {
        form #text-form.fields method="post" action={(here) "/text"} {
            (token(about.signed))
            input type="hidden" name="revision" value=(draft.revision);
            input type="hidden" name="view" value=(if about.view == View::Master { "master" } else { "letter" });
            label for="title" { "Title, for the office only" }
            input #title name="title" value=(draft.title) maxlength="50" autocomplete="off";
            div.row {
                label for="text" { @if about.view == View::Master { "The text as a master" } @else { "The text" } }
                @if about.view == View::Master {
                    a href=(here) { "Without the braces" }
                } @else {
                    a href={(here) "?view=master"} { "Master syntax" }
                }
            }
            // The parser drops a line break that stands first in a text area.
            textarea #text name="text" rows="18" spellcheck="true" autocomplete="off" aria-describedby="text-hint" { "\n" (text) }
            @if about.view == View::Master {
                p.hint #text-hint { "A site is written " code { "{one wording|another}" } ", a field " code { "{=salutation}" } "; " code { "\\{" } " is a brace." }
            } @else {
                p.hint #text-hint { "A place that is filled by recipient is written " code { "{=salutation}" } "." }
            }
            div.row {
                button.main { "Save" }
                span #saved.quiet role="status" { "Saved " (countermark_web::when(draft.changed_ms / 1000)) }
            }
        }
    }
}

/// Somebody saved a text.
async fn save(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Checked(signed, fields): Checked<Fields>,
) -> Result<Response, Refusal> {
    let mut loaded = loaded(&desk, &signed, &id).await?;
    if fields.number("revision") != loaded.draft.revision {
        return Ok(conflict(&signed, &loaded.draft, Some(&fields.text("text")), &fields));
    }
    let view = if fields.get("view") == "master" { View::Master } else { View::Letter };
    let (text, title) = (fields.text("text"), fields.get("title").trim().to_owned());
    let inner = desk.clone();
    let (changed, change, lost) = aside(move || {
        let draft = &mut loaded.draft;
        draft.title = title;
        let (change, lost) = match view {
            View::Letter => letter(draft, text, &packs(&inner), &loaded.remembered),
            View::Master => master(draft, text, &packs(&inner), &loaded.remembered)?,
        };
        Ok((loaded.draft, change, lost))
    })
    .await?;
    match kept(&desk, &signed, changed.clone(), change, None).await {
        Err(Refusal::Office(Error::DraftChanged { .. })) => {
            let now = self::loaded(&desk, &signed, &id).await?;
            return Ok(conflict(&signed, &now.draft, Some(&changed.text), &fields));
        }
        other => other?,
    }
    let at = fields.get("at").parse().ok();
    answer(&desk, signed, &id, &headers, Went { view, at, lost: (lost > 0).then_some(lost), ..Went::default() }).await
}

/// A text as it is typed; what was decided goes with it where the same words still stand.
fn letter(
    draft: &mut Draft,
    text: String,
    packs: &[&countermark_marking::rules::Pack],
    remembered: &Remembered,
) -> (DraftChange, usize) {
    if draft.text == text {
        return (DraftChange::Around, 0);
    }
    draft.text = text;
    // What is no master yet keeps the decisions about the last text that was one.
    let Ok((review, lost)) = sitting::take_up(draft, packs, remembered) else { return (DraftChange::Around, 0) };
    draft.saved = Some(review.save());
    (DraftChange::Text, lost)
}

/// A text in which the sites stand in braces: they become decisions about the letter without them.
fn master(
    draft: &mut Draft,
    text: String,
    packs: &[&countermark_marking::rules::Pack],
    remembered: &Remembered,
) -> Result<(DraftChange, usize), Refusal> {
    draft.text = text;
    // Every accepted site stands in the text itself, or was taken out of it; refusals go with it.
    if let Some(saved) = &mut draft.saved {
        saved.entries.retain(|entry| entry.state != Decision::Accepted);
    }
    let Ok((review, _)) = sitting::take_up(draft, packs, remembered) else { return Ok((DraftChange::Around, 0)) };
    let apart = review.apart().map_err(|refused| Refusal::Input(sitting::words(&refused).0))?;
    draft.text.clone_from(&apart.source);
    draft.saved = Some(apart);
    Ok((DraftChange::Text, 0))
}

/// A button was pressed.
async fn decide(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Checked(signed, fields): Checked<Fields>,
) -> Result<Response, Refusal> {
    let loaded = loaded(&desk, &signed, &id).await?;
    if fields.number("revision") != loaded.draft.revision {
        return Ok(conflict(&signed, &loaded.draft, None, &fields));
    }
    let turned = match fields.get("do") {
        "undo" => Some(DraftChange::Undo),
        "redo" => Some(DraftChange::Redo),
        _ => None,
    };
    let draft_id = loaded.draft.id;
    let turned = match turned {
        None => None,
        Some(way) => {
            let saved = desk.office(&signed, move |office| Ok(office.turned_draft(&draft_id, way)?)).await?;
            let Some(saved) = saved else {
                return refuse(
                    &desk,
                    signed,
                    &id,
                    &headers,
                    Wrong::at(&fields, "There is nothing to take back".to_owned()),
                )
                .await;
            };
            Some((saved, way))
        }
    };
    let (inner, view) = (desk.clone(), fields.get("view").to_owned());
    let decided = aside(move || {
        let done = carry_out(loaded, turned, &fields, &packs(&inner));
        Ok(done.map_err(|why| Wrong::at(&fields, why)))
    });
    let decided = match decided.await? {
        Ok(decided) => decided,
        Err(wrong) => return refuse(&desk, signed, &id, &headers, wrong).await,
    };
    kept(&desk, &signed, decided.draft, decided.change, Some(decided.memory)).await?;
    let view = if view == "master" { View::Master } else { View::Letter };
    let went =
        Went { view, at: decided.at, changed: Some(decided.step.changed), left: Some(decided.step.left), lost: None };
    answer(&desk, signed, &id, &headers, went).await
}

/// What a decision came to.
struct Decided {
    draft: Draft,
    change: DraftChange,
    step: Step,
    /// Where the writer goes on.
    at: Option<usize>,
    /// What is to be remembered of refusals, and what forgotten.
    memory: (Remembered, Remembered),
}

fn carry_out(
    loaded: Loaded,
    turned: Option<(Saved, DraftChange)>,
    fields: &Fields,
    packs: &[&countermark_marking::rules::Pack],
) -> Result<Decided, String> {
    let Loaded { mut draft, remembered, .. } = loaded;
    let said = |refused: &Refused| {
        let (what, hint) = sitting::words(refused);
        hint.map_or_else(|| what.clone(), |hint| format!("{what}: {hint}"))
    };
    let (mut review, _) = sitting::take_up(&draft, packs, &remembered).map_err(|refused| said(&refused))?;
    let before = review.memory();
    let (step, change) = match turned {
        Some((saved, way)) => {
            draft.saved = Some(saved);
            review = sitting::take_up(&draft, packs, &Remembered::new()).map_err(|refused| said(&refused))?.0;
            (Step { changed: 1, left: 0, at: None }, way)
        }
        None => match sitting::wish(fields, &review)? {
            Wish::Do(command) => (review.apply(command).map_err(|refused| said(&refused))?, DraftChange::Decisions),
            Wish::Undo | Wish::Redo => return Err("There is nothing to take back".to_owned()),
        },
    };
    if change == DraftChange::Decisions {
        draft.saved = Some(review.save());
    }
    let after = review.memory();
    let keep = after.difference(&remembered).cloned().collect();
    let gone: Remembered = before.difference(&after).cloned().collect();
    let forget = gone.intersection(&remembered).cloned().collect();
    let stays = fields.get("do").starts_with("toggle") || change != DraftChange::Decisions;
    let here = step.at.filter(|_| stays);
    let next = here.or_else(|| step.at.and_then(|at| review.next_open(Some(at)))).or(step.at);
    let at = next.and_then(|id| review.entry(id)).map(|entry| entry.span.start);
    Ok(Decided { draft, change, step, at, memory: (keep, forget) })
}

/// Keeps a changed draft, and what is remembered with it.
async fn kept(
    desk: &Desk,
    signed: &Signed,
    draft: Draft,
    change: DraftChange,
    memory: Option<(Remembered, Remembered)>,
) -> Result<(), Refusal> {
    desk.office(signed, move |office| {
        office.keep_draft(&draft, change)?;
        if let Some((keep, forget)) = memory.filter(|(keep, forget)| !keep.is_empty() || !forget.is_empty()) {
            office.remember(&keep, &forget)?;
        }
        Ok(())
    })
    .await
    .map_err(missing)
}

/// Where a change leads.
struct Went {
    view: View,
    at: Option<usize>,
    changed: Option<usize>,
    left: Option<usize>,
    lost: Option<usize>,
}

impl Default for Went {
    fn default() -> Self {
        Self { view: View::Letter, at: None, changed: None, left: None, lost: None }
    }
}

/// The new part for the script, the way to the page for everybody else.
async fn answer(desk: &Desk, signed: Signed, id: &str, headers: &HeaderMap, went: Went) -> Result<Response, Refusal> {
    if !headers.contains_key(PART) {
        let mut query = Vec::new();
        if went.view == View::Master {
            query.push("view=master".to_owned());
        }
        for (name, value) in [("at", went.at), ("changed", went.changed), ("left", went.left), ("lost", went.lost)] {
            query.extend(value.filter(|value| name == "at" || *value > 0).map(|value| format!("{name}={value}")));
        }
        let place = if went.changed.is_some() { "#site" } else { "" };
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        return Ok(Redirect::to(&format!("/write/{id}{query}{place}")).into_response());
    }
    let notice = Notice { changed: went.changed, left: went.left, lost: went.lost, ..Notice::default() };
    again(desk, signed, id, headers, went, notice).await
}

/// A decision that can't be: the reason beside the field that it is about, and what was typed still in it; the part for the script, the page
/// for everybody else.
async fn refuse(desk: &Desk, signed: Signed, id: &str, headers: &HeaderMap, wrong: Wrong) -> Result<Response, Refusal> {
    let notice = Notice { refused: Some(wrong), ..Notice::default() };
    let part = again(desk, signed, id, headers, Went::default(), notice).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, part).into_response())
}

async fn again(
    desk: &Desk,
    signed: Signed,
    id: &str,
    headers: &HeaderMap,
    went: Went,
    notice: Notice,
) -> Result<Response, Refusal> {
    let loaded = loaded(desk, &signed, id).await?;
    let (inner, script) = (desk.clone(), headers.contains_key(PART));
    let markup = aside(move || {
        let taken = sitting::take_up(&loaded.draft, &packs(&inner), &loaded.remembered);
        let review = taken.as_ref().map(|(review, _)| review);
        let current = review.ok().and_then(|review| {
            let meant = notice.refused.as_ref().and_then(|wrong| wrong.site?.find(review));
            meant.or_else(|| from(review, went.at))
        });
        let about = Part { signed: &signed, loaded: &loaded, view: went.view, current, notice };
        Ok(if script { part(&about, review) } else { whole(&about, review) })
    });
    Ok(markup.await?.into_response())
}

/// The draft stands at another revision: both texts, and the choice.
fn conflict(signed: &Signed, now: &Draft, yours: Option<&str>, fields: &Fields) -> Response {
    let here = format!("/write/{}", fields::hex(&now.id));
    let choice = |name: &str, text: &str, button: &str| {
        html! {
            form.card.fields method="post" action={(here) "/text"} {
                (token(signed))
                input type="hidden" name="revision" value=(now.revision);
                input type="hidden" name="title" value=(if name == "yours" { fields.get("title") } else { &now.title });
                label for=(name) { @if name == "yours" { "What you sent" } @else { "What is kept now" } }
                textarea id=(name) name="text" rows="16" { "\n" (text) }
                div.row { button { (button) } }
            }
        }
    };
    let page = html! {
        h1 { "Two versions" }
        div.alert role="alert" {
            p { "This draft was changed in another window, or by somebody else, since this page was loaded. Nothing was overwritten." }
        }
        @match yours {
            Some(yours) => {
                p { "Here are both. Copy between them what you need, then keep one." }
                div.beside {
                    (choice("yours", yours, "Keep what I sent"))
                    (choice("theirs", &now.text, "Keep what is there"))
                }
            }
            None => p { "Your decision was not carried out." },
        }
        p { a href=(here) { "Go on with what is kept now" } }
    };
    (StatusCode::CONFLICT, shell(signed, Place::Write, "Two versions", &[], &page)).into_response()
}
