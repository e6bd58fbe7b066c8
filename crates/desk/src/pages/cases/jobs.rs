//! What takes longer than somebody waits for a page: it goes on by itself, and a page tells how it stands. Results lie in memory, for the
//! session that asked, and for half an hour.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use maud::{Markup, html};
use tokio::sync::Semaphore;

use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Signed};

/// Whoever waits no longer than this sees no page in between.
const SHORT: Duration = Duration::from_millis(400);

/// How long a result is kept.
const KEPT: Duration = Duration::from_secs(30 * 60);

/// Jobs of one session that are under way at a time.
const EACH: usize = 3;

/// Jobs that are kept in all.
const ALL: usize = 100;

/// What came of a job.
#[derive(Clone)]
pub(super) enum Outcome {
    /// A page of the desk shows it.
    To(String),
    /// It is shown once, here: what the page says, and a file.
    Made(Arc<Made>),
}

/// Something that was made.
pub(super) struct Made {
    /// The page's heading.
    pub(super) title: &'static str,
    /// What it says.
    pub(super) content: Markup,
    /// The file's name, without anything that a browser could take for more.
    pub(super) name: String,
    /// The file.
    pub(super) bytes: Bytes,
}

enum Stand {
    Done(Outcome),
    Failed(String),
    Running,
}

struct Job {
    number: u64,
    session: [u8; 32],
    what: &'static str,
    back: &'static str,
    began: Instant,
    state: Stand,
}

/// All jobs.
#[derive(Clone)]
pub(super) struct Jobs {
    all: Arc<Mutex<(u64, Vec<Job>)>>,
    /// Pictures are read one at a time: each takes a whole processor.
    pub(super) pictures: Arc<Semaphore>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { all: Arc::default(), pictures: Arc::new(Semaphore::new(1)) }
    }
}

/// What is to be done, in words, and where somebody goes whose job failed.
pub(super) struct Task {
    pub(super) what: &'static str,
    pub(super) back: &'static str,
}

impl Jobs {
    /// Does something; answers with what came of it, or, where that takes long, with the way to the page that will tell.
    pub(super) async fn run(
        &self,
        signed: &Signed,
        task: Task,
        work: impl Future<Output = Result<Outcome, Refusal>> + Send + 'static,
    ) -> Result<Response, Refusal> {
        let number = self.begin(signed, &task)?;
        let jobs = self.clone();
        let mut running = tokio::spawn(async move {
            let outcome = work.await;
            let failed = outcome.as_ref().err().map(ToString::to_string);
            let state = match &outcome {
                Ok(outcome) => Stand::Done(outcome.clone()),
                Err(_) => Stand::Failed(failed.unwrap_or_default()),
            };
            jobs.end(number, state);
            outcome
        });
        match tokio::time::timeout(SHORT, &mut running).await {
            Ok(Ok(Ok(Outcome::To(page)))) => {
                self.forget(number);
                Ok(Redirect::to(&page).into_response())
            }
            Ok(Ok(Err(refusal))) => {
                self.forget(number);
                Err(refusal)
            }
            Ok(Err(_)) => {
                self.forget(number);
                Err(Refusal::Machine("the work was broken off; try again".to_owned()))
            }
            Ok(Ok(Ok(Outcome::Made(_)))) | Err(_) => Ok(Redirect::to(&format!("/cases/jobs/{number}")).into_response()),
        }
    }

    fn begin(&self, signed: &Signed, task: &Task) -> Result<u64, Refusal> {
        let mut all = self.lock();
        all.1.retain(|job| job.began.elapsed() < KEPT);
        let running = |job: &&Job| matches!(job.state, Stand::Running);
        if all.1.iter().filter(running).filter(|job| job.session == signed.session).count() >= EACH {
            return Err(Refusal::Input("three things of yours are under way: wait for one of them".to_owned()));
        }
        while all.1.len() >= ALL {
            let Some(oldest) = all.1.iter().position(|job| !matches!(job.state, Stand::Running)) else {
                return Err(Refusal::Input("the desk is busy: try again in a minute".to_owned()));
            };
            all.1.remove(oldest);
        }
        all.0 += 1;
        let number = all.0;
        let (what, back) = (task.what, task.back);
        all.1.push(Job { number, session: signed.session, what, back, began: Instant::now(), state: Stand::Running });
        Ok(number)
    }

    fn end(&self, number: u64, state: Stand) {
        if let Some(job) = self.lock().1.iter_mut().find(|job| job.number == number) {
            job.state = state;
        }
    }

    fn forget(&self, number: u64) {
        self.lock().1.retain(|job| job.number != number);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (u64, Vec<Job>)> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A job of this session.
    fn find<T>(&self, signed: &Signed, number: u64, tell: impl FnOnce(&Job) -> T) -> Result<T, Refusal> {
        let all = self.lock();
        let found = all.1.iter().find(|job| job.number == number && job.session == signed.session);
        found.map(tell).ok_or(Refusal::Missing)
    }
}

/// `/cases/jobs/N`
pub(super) async fn page(
    State(_): State<Desk>,
    Extension(jobs): Extension<Jobs>,
    signed: Signed,
    Path(number): Path<String>,
) -> Result<Response, Refusal> {
    super::reads(&signed)?;
    let number = number.parse().map_err(|_| Refusal::Missing)?;
    let (title, content, running) = jobs.find(&signed, number, |job| match &job.state {
        Stand::Running => (job.what, under_way(job), true),
        Stand::Failed(why) => ("Not done", failed(why, job.back), false),
        Stand::Done(Outcome::To(page)) => ("Done", html! { h1 { "Done" } p { a href=(page) { "Go on" } } }, false),
        Stand::Done(Outcome::Made(made)) => (made.title, shown(number, made), false),
    })?;
    let to = jobs.find(&signed, number, |job| match &job.state {
        Stand::Done(Outcome::To(page)) => Some(page.clone()),
        _ => None,
    })?;
    if let Some(page) = to {
        return Ok(Redirect::to(&page).into_response());
    }
    let mut answer = shell(&signed, Place::Cases, title, &[], &content).into_response();
    if running {
        answer.headers_mut().insert(header::REFRESH, HeaderValue::from_static("1"));
    }
    Ok(answer)
}

fn under_way(job: &Job) -> Markup {
    html! {
        h1 { (job.what) }
        div.card role="status" {
            p { "This takes some seconds; the page goes on by itself." }
            progress.progress aria-label=(job.what) {}
            p.hint { (job.began.elapsed().as_secs()) " s so far." }
        }
    }
}

fn failed(why: &str, back: &str) -> Markup {
    html! {
        h1 { "Not done" }
        p.alert role="alert" { (crate::refusal::sentence(why)) }
        p { a.button href=(back) { "Back" } }
    }
}

fn shown(number: u64, made: &Made) -> Markup {
    html! {
        h1 { (made.title) }
        (made.content)
        p { a.button.main href={ "/cases/jobs/" (number) "/file" } download=(made.name) { "Download " (made.name) } }
        p.hint { "The file lies here for half an hour, for you alone, and ends with this session. It can be made again." }
    }
}

/// `/cases/jobs/N/file`
pub(super) async fn file(
    State(_): State<Desk>,
    Extension(jobs): Extension<Jobs>,
    signed: Signed,
    Path(number): Path<String>,
) -> Result<Response, Refusal> {
    super::reads(&signed)?;
    let number = number.parse().map_err(|_| Refusal::Missing)?;
    let made = jobs.find(&signed, number, |job| match &job.state {
        Stand::Done(Outcome::Made(made)) => Some(Arc::clone(made)),
        _ => None,
    })?;
    let made = made.ok_or(Refusal::Missing)?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let name = format!("attachment; filename=\"{}\"", made.name);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(|_| Refusal::Missing)?);
    Ok((headers, made.bytes.clone()).into_response())
}
