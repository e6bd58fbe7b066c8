//! What is watched, and what of it answers.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use countermark_web::when;
use maud::{Markup, html};
use serde::Deserialize;

use super::fields::segment;
use crate::form::Checked;
use crate::refusal::sentence;
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed, SourceState};

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/sources", get(page).post(add))
        .route("/sources/names", post(names))
        .route("/sources/{name}/ask", post(ask))
        .route("/sources/{name}/remove", post(remove))
}

#[derive(Deserialize, Default)]
struct Given {
    spec: String,
    #[serde(default)]
    every: String,
    #[serde(default)]
    secret: String,
}

#[derive(Deserialize)]
struct Names {
    names: String,
}

#[derive(Deserialize)]
struct Nothing {}

async fn page(State(desk): State<Desk>, signed: Signed) -> Result<Response, Refusal> {
    signed.must(Role::Analyst)?;
    show(&desk, &signed, &Given::default(), None).await
}

async fn add(State(desk): State<Desk>, Checked(signed, given): Checked<Given>) -> Result<Response, Refusal> {
    signed.must(Role::Analyst)?;
    let asked = [&given.spec, &given.every, &given.secret].map(|text| text.trim().to_owned());
    let added = desk.world(move |outside| {
        let [spec, every, secret] = asked;
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        outside.add_source(&spec, some(&every).as_deref(), some(&secret).as_deref())
    });
    match added.await {
        Ok(name) => {
            noted(&desk, &signed, "watch add", &name).await?;
            signed.say(format!("{name} is watched."));
            Ok(Redirect::to("/sources").into_response())
        }
        Err(Refusal::Input(told)) => show(&desk, &signed, &given, Some(&told)).await,
        Err(other) => Err(other),
    }
}

async fn names(State(desk): State<Desk>, Checked(signed, given): Checked<Names>) -> Result<Redirect, Refusal> {
    signed.must(Role::Analyst)?;
    let names: Vec<String> = given.names.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    desk.world(move |outside| outside.set_watched_names(&names)).await?;
    noted(&desk, &signed, "watch names", "").await?;
    signed.say("The names are kept.");
    Ok(Redirect::to("/sources"))
}

async fn ask(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    Checked(signed, Nothing {}): Checked<Nothing>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Analyst)?;
    // What it says is shown, also where it gave nothing: that is what was asked.
    let said = match desk.world(move |outside| outside.ask_source(&name)).await {
        Ok(said) | Err(Refusal::Input(said)) => said,
        Err(other) => return Err(other),
    };
    signed.say(sentence(&said));
    Ok(Redirect::to("/sources"))
}

async fn remove(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    Checked(signed, Nothing {}): Checked<Nothing>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Analyst)?;
    let gone = name.clone();
    desk.world(move |outside| outside.remove_source(&gone)).await?;
    noted(&desk, &signed, "watch remove", &name).await?;
    signed.say(format!("{name} is watched no more."));
    Ok(Redirect::to("/sources"))
}

async fn noted(desk: &Desk, signed: &Signed, act: &'static str, subject: &str) -> Result<(), Refusal> {
    let subject = subject.to_owned();
    desk.office(signed, move |office| Ok(office.note(act, &subject)?)).await
}

async fn show(desk: &Desk, signed: &Signed, given: &Given, told: Option<&str>) -> Result<Response, Refusal> {
    let (sources, names) = desk.world(|outside| Ok((outside.sources()?, outside.watched_names()?))).await?;
    let content = html! {
        h1 { "Sources" }
        p.lead { "Public channels that the watcher asks. What shows words of yours becomes a case." }
        @if sources.is_empty() {
            div.empty { p { "Nothing is watched yet." } p { "Add a channel, a feed or a page below." } }
        } @else {
            (table(signed, &sources))
        }
        section.beside {
            (form(signed, given, told))
            form.card.fields method="post" action="/sources/names" {
                (token(signed))
                h2 { "Names that are watched" }
                label for="names" { "By which names does the public know the writer?" }
                textarea #names name="names" rows="5" aria-describedby="names-hint" { (names.join("\n")) }
                p.hint #names-hint { "One a line. Words that are put into the writer's mouth are found by them. The watcher sees these names, and no others." }
                div.row { button { "Keep the names" } }
            }
        }
    };
    let status = if told.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, shell(signed, Place::Sources, "Sources", &[], &content)).into_response())
}

fn form(signed: &Signed, given: &Given, told: Option<&str>) -> Markup {
    html! {
        form.card.fields method="post" action="/sources" {
            (token(signed))
            h2 { "Add a source" }
            label for="spec" { "What" }
            input #spec name="spec" value=(given.spec) required aria-invalid=[told.map(|_| "true")] aria-describedby="spec-hint";
            @if let Some(told) = told { p.error role="alert" { (sentence(told)) } }
            p.hint #spec-hint { "telegram:CHANNEL, feed:URL, page:URL, vk:WALL, mastodon:HOST, bluesky:ACCOUNT, folder:DIR" }
            label for="every" { "How often" }
            input #every name="every" value=(given.every) placeholder="60s" aria-describedby="every-hint";
            p.hint #every-hint { "Empty: its usual pace." }
            label for="secret" { "Token" }
            input #secret name="secret" type="password" autocomplete="off" aria-describedby="secret-hint";
            p.hint #secret-hint { "For services that want one. It goes to the watcher's folder, and is not shown again." }
            div.row { button.main { "Watch" } }
        }
    }
}

fn table(signed: &Signed, sources: &[SourceState]) -> Markup {
    html! {
        div.wide { table.list {
            thead { tr { th { "Source" } th { "State" } th { "Posts" } th { "Matches" } th { "Alarms" } th { "" } } }
            tbody { @for source in sources { tr {
                th scope="row" {
                    (source.name) br; span.hint { (source.spec) @if let Some(every) = &source.every { ", every " (every) } }
                }
                td data-label="State" { (state(source)) }
                td.number data-label="Posts" { (source.posts) }
                td.number data-label="Matches" { (source.matches) }
                td.number data-label="Alarms" { (source.alarms) }
                td { div.row {
                    form method="post" action={ "/sources/" (segment(&source.name)) "/ask" } {
                        (token(signed)) button.quiet aria-label={ "Ask " (source.name) " once" } { "Ask once" }
                    }
                    form method="post" action={ "/sources/" (segment(&source.name)) "/remove" } {
                        (token(signed)) button.quiet aria-label={ "Remove " (source.name) } { "Remove" }
                    }
                } }
            } } }
        } }
    }
}

fn state(source: &SourceState) -> Markup {
    let worked = source.answered.unwrap_or(0);
    html! {
        @match &source.failed {
            Some((at, what)) if *at >= worked => {
                span.tag.bad { "Fails" } br; span.hint { (sentence(what)) " " (when(*at)) "." }
            }
            _ if source.answered.is_some() => { span.tag.good { "Answers" } br; span.hint { (when(worked)) } }
            _ => { span.tag.wait { "Not asked yet" } }
        }
        @if let Some(until) = source.left_alone { br; span.hint { "Left alone until " (when(until)) "." } }
    }
}
