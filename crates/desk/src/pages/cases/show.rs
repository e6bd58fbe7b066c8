//! One case.

use axum::extract::State;
use maud::{Markup, html};

use super::{CaseId, reads, words};
use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Signed};

/// `/cases/ID`
pub(super) async fn page(State(desk): State<Desk>, signed: Signed, CaseId(id): CaseId) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let wanted = id.clone();
    let brief = desk.office(&signed, move |office| Ok(office.brief(&wanted)?)).await?;
    let case = &brief.case;
    let (word, meaning) = words::kind(case.summary.kind);
    let content = html! {
        div.row {
            h1 { "Case " (id[..8]) }
            (words::kind_tag(case.summary.kind)) (words::state_tag(case.summary.state))
            a.button.main.end href={ "/answer/new?case=" (id) } { "Answer" }
        }
        p.lead { (word) ": " (meaning) }
        section { h2 { "What was published" } div.letter { bdi { (words::short(&case.published, 2_000)) } } }
    };
    Ok(shell(&signed, Place::Cases, &format!("Case {}", &id[..8]), &[], &content))
}
