//! The brief: half a page for somebody who has a telephone and two minutes. What is out, what differs, what may be said, what is not proved.

use axum::extract::State;
use countermark_office::{Brief, Section, Telling};
use maud::{Markup, html};

use super::lit::clean;
use super::{CaseId, missing, reads, sees_names, words};
use crate::refusal::{capital, sentence};
use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Signed};

/// `/cases/ID/brief`
pub(super) async fn page(State(desk): State<Desk>, signed: Signed, CaseId(id): CaseId) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let id = id.ok_or(Refusal::Missing)?;
    let wanted = id.clone();
    let brief = desk.office(&signed, move |office| office.brief(&wanted).map_err(missing)).await?;
    let mut sections = brief.sections(&telling(&signed));
    let lines = sections.iter_mut().flat_map(|section| &mut section.lines);
    lines.for_each(|line| *line = capital(line));
    let text = text(&id, &sections);
    let content = html! {
        p { a href={ "/cases/" (id) } { "Case " (id[..8]) } }
        div.row {
            h1 { "The brief" }
            div.row.end.scripted hidden { button type="button" data-copy="brief" { "Copy" } button type="button" data-share="brief" { "Share" } span role="status" data-said {} }
        }
        article.card.brief {
            @for Section { title, lines } in &sections { section { h2 { (title) } ul { @for line in lines { li { bdi { (line) } } } } } }
        }
        details { summary { "As plain text, to send" } label for="brief" { "The brief as text" } textarea #brief rows="16" readonly { (text) } }
    };
    Ok(shell(&signed, Place::Cases, "The brief", &super::script(), &content))
}

fn telling(signed: &Signed) -> Telling {
    Telling { time: words::utc, clean, names: sees_names(signed), commands: false }
}

fn text(id: &str, sections: &[Section]) -> String {
    let mut out = format!("Case {}\n", &id[..8]);
    for Section { title, lines } in sections {
        out.push_str(&format!("\n{}\n", title.to_uppercase()));
        lines.iter().for_each(|line| out.push_str(&format!("- {line}\n")));
    }
    out
}

/// The case in a sentence.
pub(super) fn headline(signed: &Signed, brief: &Brief) -> String {
    sentence(&brief.headline(&telling(signed)))
}
