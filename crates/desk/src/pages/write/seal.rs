//! Sealing: to whom, under which bound, what is warned of, and then the step that can't be taken back.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use countermark_codebook::{CodebookError, Epsilon};
use countermark_marking::Master;
use countermark_office::{Draft, DraftChange, Error, Office, PersonRecord, Plan, SealRequest, SoFar, To};
use maud::{Markup, html};
use serde::Deserialize;

use super::sitting;
use super::{Loaded, aside, called, loaded, missing, packs};
use crate::form::Checked;
use crate::pages::fields::{Fields, hex};
use crate::refusal::sentence;
use crate::shell::{Place, shell, token};
use crate::{Desk, Habits, Refusal, Signed};

/// Of a long address book so many are shown at once.
const MOST_SHOWN: usize = 40;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/write/{id}/seal", get(page).post(seal)).route("/write/{id}/settings", post(settings))
}

#[derive(Deserialize)]
struct Asked {
    /// Whom to find in the address book.
    #[serde(default)]
    find: String,
}

/// What the page says before anything is sealed.
struct Before {
    /// The address book, those chosen left out.
    others: Vec<PersonRecord>,
    /// How often messages to each recipient were published.
    each: Vec<(String, SoFar)>,
    all: SoFar,
    plan: Option<Result<Plan, Error>>,
    has_clock: bool,
    /// Persons of the office whose signature counts towards naming a recipient.
    approvers: usize,
}

async fn page(
    State(desk): State<Desk>,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let loaded = loaded(&desk, &signed, &id).await?;
    let (loaded, master) = mastered(&desk, loaded).await?;
    let request = master.as_ref().ok().map(|master| request(&loaded.draft, master, desk.outside().habits()));
    let (draft, find) = (loaded.draft.clone(), asked.find.trim().to_lowercase());
    let before = desk.office(&signed, move |office| before(office, &draft, &find, request)).await?;
    let content = html! {
        p { a href={"/write/" (id)} { "Back to " (called(&loaded.draft.title)) } }
        h1 { "Hand over: " (called(&loaded.draft.title)) }
        div.beside {
            (settings_form(&signed, &loaded, &before, &asked.find, desk.outside().habits()))
            section.card.stack aria-labelledby="seal-name" {
                h2 #seal-name { "2. Seal" }
                @match &master {
                    Err(why) => p.alert { (why) "." },
                    Ok(_) => (seal_form(&signed, &loaded, &before)),
                }
            }
        }
    };
    Ok(shell(&signed, Place::Write, "Hand over", &[], &content))
}

/// The draft with the master that its decisions make, or why there is none.
async fn mastered(desk: &Desk, loaded: Loaded) -> Result<(Loaded, Result<Master, String>), Refusal> {
    let desk = desk.clone();
    aside(move || {
        let taken = sitting::take_up(&loaded.draft, &packs(&desk), &loaded.remembered);
        let master = taken.map(|(review, _)| review.master().clone()).map_err(|refused| sitting::words(&refused).0);
        Ok((loaded, master))
    })
    .await
}

fn request(draft: &Draft, master: &Master, habits: &Habits) -> SealRequest {
    let epsilon = if draft.epsilon.is_empty() { &habits.epsilon } else { &draft.epsilon };
    SealRequest {
        master: master.clone(),
        to: To::Handles(draft.to.clone()),
        epsilon: super::measure::epsilon(epsilon),
        marked_line: draft.marked_line,
        print_reference: draft.print_reference,
        as_sent: None,
        max_recipients: habits.max_recipients,
    }
}

fn before(office: &mut Office, draft: &Draft, find: &str, request: Option<SealRequest>) -> Result<Before, Refusal> {
    let mut others = office.people()?;
    others.retain(|person| {
        let named = person.handle.to_lowercase().contains(find) || person.name.to_lowercase().contains(find);
        named && !draft.to.contains(&person.handle)
    });
    let mut each = Vec::with_capacity(draft.to.len());
    for handle in &draft.to {
        each.push((handle.clone(), office.so_far(Some(handle))?));
    }
    let plan = request.filter(|_| !draft.to.is_empty()).map(|request| office.plan(&request));
    let approvers = office.members()?.iter().filter(|member| member.can_sign()).count();
    Ok(Before { others, each, all: office.so_far(None)?, plan, has_clock: office.has_clock()?, approvers })
}

fn settings_form(signed: &Signed, loaded: &Loaded, before: &Before, find: &str, habits: &Habits) -> Markup {
    let draft = &loaded.draft;
    let here = format!("/write/{}", hex(&draft.id));
    let name = |handle: &str| loaded.people.iter().find(|person| person.handle == handle).map(|person| &person.name);
    html! {
        section.stack aria-labelledby="to-name" {
            h2 #to-name { "1. To whom, and how" }
            form.row method="get" action={(here) "/seal"} role="search" {
                label for="find" { "Find in the address book" }
                input #find name="find" value=(find) autocomplete="off";
                button.quiet { "Find" }
            }
            form.fields method="post" action={(here) "/settings"} {
                (token(signed))
                input type="hidden" name="revision" value=(draft.revision);
                fieldset.people {
                    legend { "Recipients" }
                    @for handle in &draft.to {
                        label.choice {
                            input type="checkbox" name="to" value=(handle) checked; " " (name(handle).unwrap_or(handle)) " "
                            @match name(handle) { Some(_) => span.quiet { (handle) }, None => span.tag.bad { "no longer in the address book" } }
                        }
                    }
                    @for person in before.others.iter().take(MOST_SHOWN) {
                        label.choice { input type="checkbox" name="to" value=(person.handle); " " (person.name) " " span.quiet { (person.handle) } }
                    }
                    @if before.others.len() > MOST_SHOWN { p.hint { "Shown are " (MOST_SHOWN) " of " (before.others.len()) ": find the others by name." } }
                    @if before.others.is_empty() && draft.to.is_empty() { p.empty { "Nobody here. Add correspondents under " a href="/people" { "People" } "." } }
                }
                label.choice { input type="checkbox" name="marked" value="on" checked[draft.marked_line]; " Copies say “" (countermark_office::MARKED_LINE) "”" }
                p.hint { "On unless you turn it off. Whether it was on is sealed with the message, and a proof shows it." }
                label.choice { input type="checkbox" name="reference" value="on" checked[draft.print_reference]; " The reference stands on the copies" }
                p.hint { "A reader who sees the reference can check that only one text was sealed under it." }
                label for="epsilon" { "Chance of ever naming a copy that nobody used" }
                input #epsilon name="epsilon" value=(if draft.epsilon.is_empty() { &habits.epsilon } else { &draft.epsilon }) autocomplete="off" aria-describedby="epsilon-hint";
                p.hint #epsilon-hint { "From 1e-12 to 1e-2. Smaller is surer and needs more sites." }
                div.row { button { "Keep these" } }
            }
        }
    }
}

fn seal_form(signed: &Signed, loaded: &Loaded, before: &Before) -> Markup {
    let draft = &loaded.draft;
    html! {
        (record(loaded, before))
        @if draft.to.len() == 1 {
            p { "One recipient: if it is published, " strong { "the proof helps, and marks do not" } ". There is only one copy outside the office to name." }
        }
        @match &before.plan {
            None => p.empty { "First tick who gets it and press “Keep these”. What can be sealed then is shown here, before anything is sealed." },
            Some(Err(error)) => (unsealable(draft, error)),
            Some(Ok(plan)) => {
                (planned(draft, plan))
                @if !draft.marked_line && plan.sites > 0 { p { span.tag.wait { "note" } " The copies do not say that they are marked. This is sealed with the message." } }
                @if !draft.sealed.is_empty() { p { span.tag.wait { "note" } " This draft was sealed before: sealing it again makes another message with another reference." } }
                @if plan.copies > 1 && before.approvers < 2 { p.hint { "Fewer than two approvers can sign yet; who is invited counts once he has taken it up. Sealed now, this message can show which copy it was, and perhaps never in public whose. People makes approvers." } }
                @if !before.has_clock { p.hint { "No independent clock is configured: the time will be your word until one is added under Log." } }
                form.stack method="post" action={"/write/" (hex(&draft.id)) "/seal"} {
                    (token(signed))
                    input type="hidden" name="revision" value=(draft.revision);
                    label.choice { input type="checkbox" name="now" value="on"; " Publish its leaf in the log at once" }
                    p.hint { "Otherwise it goes out with the next batch, and the message is provable then. At once gives away that something was sealed about now, not what or for whom." }
                    p { "What is sealed can't be changed: the text, the wordings and who got which." }
                    div.row { button.main { "Seal for " (draft.to.len()) @if draft.to.len() == 1 { " recipient" } @else { " recipients" } } }
                }
            }
        }
    }
}

/// "Of 3 messages that went to Mara Ilves 1 was published, by whomever.": of nobody, whoever reads it.
fn so_far_told(so_far: &SoFar, which: &str) -> String {
    match (so_far.messages, so_far.published) {
        (0, _) => format!("No message {which} so far."),
        (1, 0) => format!("The one message {which} was not published, as far as is known here."),
        (messages, 0) => format!("Of {messages} messages {which} none was published, as far as is known here."),
        (1, _) => format!("The one message {which} was published, by whomever."),
        (messages, 1) => format!("Of {messages} messages {which} 1 was published, by whomever."),
        (messages, published) => format!("Of {messages} messages {which} {published} were published, by whomever."),
    }
}

/// How often messages were published so far.
fn record(loaded: &Loaded, before: &Before) -> Markup {
    let name = |handle: &str| loaded.name(handle).to_owned();
    html! {
        h3 { "What happened to earlier messages" }
        ul {
            @for (handle, so_far) in &before.each { li { (so_far_told(so_far, &format!("that went to {}", name(handle)))) } }
            li { (so_far_told(&before.all, "of this office")) }
        }
        p.hint { "Each had other readers too, the office among them: that a message was published does not say who let it out." }
    }
}

/// Why it can't be sealed, and what to do.
fn unsealable(draft: &Draft, error: &Error) -> Markup {
    let missing = match error {
        Error::Codebook(CodebookError::TooFewTexts { missing_sites, .. }) => Some(*missing_sites),
        _ => None,
    };
    html! {
        div.alert role="alert" {
            p { (sentence(&error.to_string())) }
            @if let Some(missing) = missing {
                p {
                    "Every copy must read differently, the office’s own included, and the accepted sites don’t go that far. Accept or add "
                    strong { (missing) @if missing == 1 { " more site" } @else { " more sites" } }
                    " of two wordings, or choose fewer recipients. To be able to name a copy it takes more: the meter beside the text says how many."
                }
            }
            p { a href={"/write/" (hex(&draft.id)) @if missing.is_some() { "#site" }} { @if missing.is_some() { "To the sites of the letter" } @else { "Back to the text" } } }
        }
    }
}

fn planned(draft: &Draft, plan: &Plan) -> Markup {
    html! {
        p {
            (plan.copies) @if plan.copies == 1 { " copy" } @else { " copies" }
            @if plan.sites > 0 { ", one of them the office's own" }
            "; " (plan.sites) @if plan.sites == 1 { " site" } @else { " sites" } (format!(", {:.1} bits.", plan.bits))
        }
        @if plan.never_names {
            p.alert.wait {
                "These sites can never name one of " (plan.copies) " copies: " (plan.sites_missing)
                @if plan.sites_missing == 1 { " more site" } @else { " more sites" } " of two wordings would. It can be sealed all the same. "
                a href={"/write/" (hex(&draft.id)) "#site"} { "To the sites of the letter" }
            }
        } @else if plan.sites == 0 && plan.copies > 1 {
            p.alert.wait { "The letter has no site: every copy is the same text, and nothing will tell them apart. The proof of the text is the same." }
        } @else if plan.sites > 0 {
            p { span.tag.good { "good" } " The whole text, unaltered, names a copy for certain." }
        }
    }
}

/// Recipients and options, kept.
async fn settings(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    Checked(signed, fields): Checked<Fields>,
) -> Result<Response, Refusal> {
    let mut draft = loaded(&desk, &signed, &id).await?.draft;
    let epsilon = fields.get("epsilon").trim().to_owned();
    if !epsilon.is_empty() && epsilon.parse::<Epsilon>().is_err() {
        return Err(Refusal::Input(format!("`{epsilon}` is no chance from 1e-12 to 1e-2; go back and write one")));
    }
    draft.revision = fields.number("revision");
    draft.epsilon = epsilon;
    draft.marked_line = fields.is_on("marked");
    draft.print_reference = fields.is_on("reference");
    let mut to: Vec<String> = Vec::new();
    for handle in fields.all("to") {
        if !to.iter().any(|known| known == handle) {
            to.push(handle.to_owned());
        }
    }
    desk.office(&signed, move |office| {
        for handle in &to {
            // Nobody is kept who is not in the address book; one who was removed since goes out by being left ticked off.
            if !draft.to.contains(handle) {
                office.person(handle)?;
            }
        }
        draft.to = to;
        Ok(office.keep_draft(&draft, DraftChange::Around)?)
    })
    .await
    .map_err(missing)?;
    Ok(Redirect::to(&format!("/write/{id}/seal")).into_response())
}

/// The step that can't be taken back.
async fn seal(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    Checked(signed, fields): Checked<Fields>,
) -> Result<Response, Refusal> {
    let loaded = loaded(&desk, &signed, &id).await?;
    if fields.number("revision") != loaded.draft.revision {
        return Ok(stale(&signed, &id));
    }
    let (loaded, master) = mastered(&desk, loaded).await?;
    let request = request(&loaded.draft, &master.map_err(Refusal::Input)?, desk.outside().habits());
    if loaded.draft.to.is_empty() {
        return Err(Refusal::Input("nobody is chosen to get it".to_owned()));
    }
    let (now, draft) = (fields.is_on("now"), loaded.draft);
    let sealed = desk.office(&signed, move |office| {
        // The lock on the office is held from here on: the draft is sealed as it was shown, or not at all.
        if office.draft(&draft.id)?.0.revision != draft.revision {
            return Ok(None);
        }
        // What is due goes out first, as with every sealing; a log that is away keeps nobody from his message.
        let _ = office.publish_due();
        let sealed = if now { office.seal_now(&request) } else { office.seal(&request) };
        let message = match sealed {
            Ok(sealed) => sealed.message,
            Err(Error::Unlogged { message, source }) => match crate::pages::fields::id(&message) {
                Some(id) => countermark_proof::MessageId(id),
                None => return Err(Error::Unlogged { message, source }.into()),
            },
            Err(other) => return Err(other.into()),
        };
        office.sealed_from(&draft.id, &message)?;
        Ok(Some(message))
    });
    match sealed.await.map_err(missing)? {
        None => Ok(stale(&signed, &id)),
        Some(message) => Ok(Redirect::to(&format!("/messages/{}", hex(&message.0))).into_response()),
    }
}

fn stale(signed: &Signed, id: &str) -> Response {
    let page = html! {
        h1 { "Not sealed" }
        p.alert role="alert" { "The draft was changed since this page was loaded, or was sealed already. Nothing was sealed now." }
        p { a href={"/write/" (id) "/seal"} { "Look at it as it is now" } }
        p { a href="/messages" { "The sealed messages" } }
    };
    (StatusCode::CONFLICT, shell(signed, Place::Write, "Not sealed", &[], &page)).into_response()
}
