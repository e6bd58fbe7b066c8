//! A new statement: from a case, with what can be said at once, or from nothing.

use axum::extract::State;
use axum::response::Redirect;
use countermark_office::{About, Office, StatementDraft, StatementView};

use super::{StatementId, hex, words};
use crate::form::{Checked, Pairs};
use crate::{Desk, Refusal, Role};

/// `POST /answer/new`: the statement of a case; where there is none yet, or a withdrawn one alone, it is begun. Sent twice it leads to the same. Without a case, a notice.
pub(super) async fn begin(
    State(desk): State<Desk>,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Press)?;
    let case = form.one("case").filter(|case| !case.is_empty()).map(str::to_owned);
    let id = desk
        .office(&signed, move |office| match case {
            Some(case) => of_case(office, &case),
            None => {
                let view = office.new_statement(About::Notice)?;
                fill(office, view, words::empty())
            }
        })
        .await?;
    Ok(Redirect::to(&StatementId(id).href()))
}

fn of_case(office: &mut Office, case: &str) -> Result<String, Refusal> {
    let brief = office.brief(case)?;
    let id = hex(&brief.case.summary.id);
    // Words too few or too altered to be traced can still be answered by opening the message.
    let message = brief.case.summary.message.filter(|_| brief.finding.is_none() && brief.case.taken.is_none());
    let message = message.map(|message| hex(&message.0));
    let about = match &message {
        Some(message) => About::CaseWith { case: &id, message },
        None => About::Case(&id),
    };
    let view = office.new_statement(about)?;
    // What was begun before stays as it is.
    if view.summary.versions == 0 && view.draft.title.is_empty() && view.draft.text.is_empty() {
        return fill(office, view, words::first(&brief));
    }
    Ok(hex(&view.summary.id))
}

/// Writes the first words into a new draft.
fn fill(office: &mut Office, view: StatementView, first: words::First) -> Result<String, Refusal> {
    let id = hex(&view.summary.id);
    let byline = if view.draft.byline.trim().is_empty() { last_byline(office)? } else { view.draft.byline.clone() };
    // The first words are English.
    let language = if first.text.is_empty() { view.draft.language.clone() } else { "en".to_owned() };
    let draft = StatementDraft { title: first.title, text: first.text, byline, language, ..view.draft };
    office.save_draft(&id, &draft, Some(view.revision))?;
    Ok(id)
}

/// Who spoke last.
fn last_byline(office: &Office) -> Result<String, Refusal> {
    for statement in office.statements()?.into_iter().filter(|statement| statement.versions > 0) {
        if let Some(version) = office.version_of(&hex(&statement.id), statement.versions)? {
            return Ok(version.byline);
        }
    }
    Ok(String::new())
}
