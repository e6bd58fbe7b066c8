//! Whether a statement shows which copy it was: only where the case names one, and chosen only by whoever may know whose it is.

use countermark_office::{Case, Error, Office, Shows, StatementDraft};
use maud::{Markup, html};

use crate::form::Pairs;
use crate::refusal::sentence;
use crate::{Refusal, Role, Signed};

/// What comes of it.
pub(super) const FOR_EVER: &str = "Of every open part the page then shows the wordings of that copy, for ever. The number says no name; but whoever holds a copy can see whether it is his, and whoever knows who holds which knows whose it was. It speaks of the copy and of no person: its holder may have nothing to do with it. These wordings have left the desk then, and count for nothing in what is published later.";

/// What a case has to show of copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copies {
    /// No copy is named, or several: none can be shown.
    None,
    /// One is.
    One,
}

impl Copies {
    pub(super) fn of(case: &Case) -> Self {
        if case.named.len() == 1 { Self::One } else { Self::None }
    }
}

/// Why a draft can't show which copy it was, if it can't: as publishing says it.
pub(super) fn lacks(office: &Office, id: &str, draft: &StatementDraft) -> Option<String> {
    let error = office.check_copy(id, draft).err()?;
    let more = match error {
        Error::RowMissing { .. } => ". Open more of what stands in the post, or leave it unshown",
        _ => "",
    };
    Some(format!("which copy it was can’t be shown with the parts that are opened: {error}{more}"))
}

/// Whose copy it was is for analysts and approvers.
pub(super) fn may(signed: &Signed) -> bool {
    signed.must_any(&[Role::Analyst, Role::Approver]).is_ok()
}

/// The box; for whoever may not choose what was chosen.
pub(super) fn choose(signed: &Signed, copies: Copies, draft: &StatementDraft, lacks: Option<&str>) -> Markup {
    let shown = draft.shows != Shows::Text;
    html! {
        @if may(signed) && (copies == Copies::One || shown) {
            section {
                h2 { "Which copy it was" }
                input type="hidden" name="has_copy" value="1";
                label { input type="checkbox" name="copy" value="1" checked[shown] aria-describedby="copy-hint copy-lacks"; span { "Show in public which copy it was, by its number" } }
                p.hint #copy-hint { (FOR_EVER) " Without it the page proves that the words are yours, and nothing of copies." }
                p.alert.wait #copy-lacks role="status" hidden[lacks.is_none()] { (lacks.map(sentence).unwrap_or_default()) }
            }
        } @else if shown {
            p.alert.wait { "This statement will show which copy it was. An analyst or an approver who also has the role press can change that." }
            @if let Some(lacks) = lacks { p.alert.wait { (sentence(lacks)) } }
        }
    }
}

/// What the form says of it.
///
/// # Errors
/// For whoever may not choose it, and where there is no copy to show.
pub(super) fn read(signed: &Signed, form: &Pairs, copies: Copies, before: Shows) -> Result<Shows, Refusal> {
    match (form.one("has_copy"), form.one("copy")) {
        (None, None) => Ok(before),
        _ if !may(signed) => Err(Refusal::Role),
        (_, None) => Ok(Shows::Text),
        // A name under two signatures is asked for elsewhere; a box that shows the copy takes it not away.
        (_, Some(_)) if before == Shows::Name => Ok(before),
        (_, Some(_)) if copies == Copies::None => {
            Err(Refusal::Input("no copy is named in this case, so none can be shown".to_owned()))
        }
        (_, Some(_)) => Ok(Shows::Copy),
    }
}
