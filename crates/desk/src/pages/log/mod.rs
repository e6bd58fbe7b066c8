//! The log: how long it is, who vouches for its time, whether it is whole.

mod clocks;

use std::sync::LazyLock;

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::{get, post};
use countermark_office::{ClockDoubt, Office, Published, Timestamper, Witness};
use countermark_proof::fingerprint;
use countermark_tlog::note::VerifierKey;
use countermark_web::{Asset, qr, when};
use maud::{Markup, html};
use serde::Deserialize;

use crate::audit::Audit;
use crate::form::Checked;
use crate::refusal::sentence;
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed};

/// Looks again while an audit runs.
static AGAIN: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("again.js", "text/javascript; charset=utf-8", include_bytes!("../../../assets/again.js"))
});

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/log", get(page))
        .route("/log/audit", post(audit))
        .route("/log/witnesses", post(clocks::add_witness))
        .route("/log/witnesses/remove", post(clocks::remove_witness))
        .route("/log/timestampers", post(clocks::add_timestamper))
        .route("/log/timestampers/remove", post(clocks::remove_timestamper))
}

pub(super) fn scripts() -> Vec<Asset> {
    vec![AGAIN.clone()]
}

#[derive(Deserialize)]
struct Nothing {}

/// What the office knows of its log.
struct View {
    size: Result<u64, String>,
    next: u64,
    every: u64,
    leaves: usize,
    key: String,
    newest: Option<Published>,
    published: usize,
    doubt: Option<ClockDoubt>,
    witnesses: Vec<Witness>,
    timestampers: Vec<Timestamper>,
}

impl View {
    fn of(office: &mut Office) -> Result<Self, Refusal> {
        let (published, newest) = office.newest_checkpoint()?;
        let rate = office.rate();
        Ok(Self {
            size: office.log_size().map_err(|error| error.to_string()),
            next: office.next_batch()?,
            every: rate.every(),
            leaves: rate.leaves(),
            key: office.log_verifier(),
            published,
            newest,
            doubt: office.clock_doubt().unwrap_or_default(),
            witnesses: office.witnesses()?,
            timestampers: office.timestampers()?,
        })
    }
}

async fn page(State(desk): State<Desk>, signed: Signed) -> Result<Markup, Refusal> {
    show(&desk, &signed, None).await
}

async fn audit(State(desk): State<Desk>, Checked(signed, Nothing {}): Checked<Nothing>) -> Redirect {
    desk.begin_audit(&signed);
    Redirect::to("/log")
}

/// The page; `told` says what was wrong with a clock that was given.
async fn show(desk: &Desk, signed: &Signed, told: Option<&str>) -> Result<Markup, Refusal> {
    let newest = desk.audits().newest();
    let view = desk.office(signed, View::of).await?;
    let approver = signed.roles.contains(&Role::Approver);
    let content = html! {
        h1 { "Log" }
        p.lead { "Every sealing has a leaf in this log. Readers check proofs under its key; nobody can tell from it what was sealed, or how much." }
        @if let Some(told) = told { p.alert role="alert" { (sentence(told)) } }
        div.beside {
            (state(&view))
            (audited(signed, newest.as_ref()))
        }
        (clocks::list(signed, approver, &view.witnesses, &view.timestampers))
        (key(&view.key))
    };
    // It says by itself when the audit has ended.
    let again = matches!(newest, Some(Audit::Runs(_))).then(|| AGAIN.href());
    Ok(shell(signed, Place::Log, "Log", again.as_slice(), &content))
}

fn state(view: &View) -> Markup {
    html! {
        section.card {
            h2 { "State" }
            @match &view.size {
                Ok(size) => dl {
                    dt { "Leaves" } dd { (size) }
                    dt { "Checkpoints kept" } dd { (view.published) }
                    @if let Some(newest) = &view.newest {
                        dt { "The newest" } dd { (newest.size()) @if newest.size() == 1 { " leaf" } @else { " leaves" } @if newest.at_ms > 0 { ", " (when(newest.at_ms / 1000)) } }
                        dt { "Vouched for" } dd { (vouched(view, newest)) }
                    }
                    dt { "Next batch" } dd { (when(view.next)) }
                    dt { "Rate" } dd { (view.leaves) " leaves every " (duration(view.every)) ", whatever is sealed" }
                },
                Err(error) => p.alert role="alert" { (sentence(error)) " Nothing can be proved until the log's folder is back." }
            }
            @match view.doubt {
                Some(ClockDoubt::Behind { newest_ms }) => p.alert.wait { "This machine's clock stands before the audit trail's newest entry, of " (when(newest_ms / 1000)) "." },
                Some(ClockDoubt::LongAfter { published_ms }) => p.alert.wait { "The last publication was at " (when(published_ms / 1000)) ", more than 31 days ago. Is this machine's clock right?" },
                None => {}
            }
        }
    }
}

/// Who has put a time on a checkpoint.
fn vouched(view: &View, newest: &Published) -> Markup {
    let keys: Vec<VerifierKey> = view.witnesses.iter().map(|witness| witness.key.clone()).collect();
    html! {
        @match (newest.cosigned(&keys), newest.tokens.iter().map(|(_, time)| *time).min()) {
            (None, None) => { span.tag.wait { "nobody yet" } }
            (witness, stamp) => {
                @if let Some(at) = stamp { span.tag.good { "time-stamped" } " " (when(at)) " " }
                @if let Some(at) = witness { span.tag.good { "cosigned" } " " (when(at)) }
            }
        }
    }
}

fn audited(signed: &Signed, newest: Option<&Audit>) -> Markup {
    html! {
        section.card {
            h2 { "Audit" }
            p { "Recomputes the whole log: every entry, every checkpoint that was ever signed, and what the vault knows of its leaves." }
            @match newest {
                Some(Audit::Ended(at, Ok(audit))) if audit.problems.is_empty() => p {
                    span.tag.good { "Whole" } " " (when(at / 1000)) ": " (audit.size) " leaves, " (audit.checkpoints) " checkpoints, "
                    (audit.cosignatures) " cosignatures, " (audit.tokens) " time stamps fit together."
                    @if audit.waiting > 0 { " " (audit.waiting) " sealings wait for their batch." }
                },
                Some(Audit::Ended(at, Ok(audit))) => div.alert role="alert" {
                    p { (when(at / 1000)) ": " (audit.problems.len()) " problems." }
                    ul { @for problem in audit.problems.iter().take(20) { li { (problem) } } }
                },
                Some(Audit::Ended(at, Err(why))) => p.alert role="alert" { (when(at / 1000)) ": " (sentence(why)) },
                Some(Audit::Runs(since)) => div role="status" {
                    p.progress { "The log is audited, since " (when(since / 1000)) "." }
                    p { a href="/log" { "Look again" } }
                },
                None => p.quiet { "None since the desk was opened." },
            }
            @if !matches!(newest, Some(Audit::Runs(_))) {
                form method="post" action="/log/audit" { (token(signed)) button { "Audit the log" } }
            }
        }
    }
}

fn key(key: &str) -> Markup {
    let public = key.parse::<VerifierKey>().ok().and_then(|key| <[u8; 32]>::try_from(key.public()).ok());
    html! {
        section.card {
            h2 { "The log's key" }
            p { "Publish it where your readers know you: it is what they check your proofs under." }
            div.row {
                @if let Some(picture) = qr(key) { (picture) }
                div.stack {
                    @if let Some(public) = public { p { "Its fingerprint: " span.code { (fingerprint(&public)) } } }
                    details { summary { "The whole key" } p.code { (key) } }
                }
            }
        }
    }
}

fn duration(seconds: u64) -> String {
    match seconds {
        s if s % 86_400 == 0 => plural(s / 86_400, "day"),
        s if s % 3_600 == 0 => plural(s / 3_600, "hour"),
        s if s % 60 == 0 => plural(s / 60, "minute"),
        s => plural(s, "second"),
    }
}

fn plural(count: u64, unit: &str) -> String {
    if count == 1 { unit.to_owned() } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_often() {
        for (seconds, words) in
            [(3_600, "hour"), (7_200, "2 hours"), (60, "minute"), (90, "90 seconds"), (86_400, "day")]
        {
            assert_eq!(duration(seconds), words);
        }
    }
}
