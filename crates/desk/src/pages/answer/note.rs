//! The update note of the next version, proposed from what it changes.

use countermark_office::{PartChoice, Public, StatementDraft};
use countermark_reading::{Edition, update_note};
use countermark_statement::Version;

/// What a draft changes against the newest version.
pub(super) fn proposed(last: &Version, draft: &StatementDraft, parts: &[PartChoice], language: &str) -> String {
    let before_open: Vec<u32> = last
        .opened
        .iter()
        .flat_map(|opened| &opened.parts)
        .filter(|part| part.text.is_some())
        .map(|part| part.number)
        .collect();
    let open = parts.iter().filter(|part| part.public == Public::Here || draft.open.contains(&part.number));
    let mut open: Vec<u32> = open.filter_map(|part| u32::try_from(part.number).ok()).collect();
    open.sort_unstable();
    let had_post = last.post.as_ref().is_some_and(|post| post.text.is_some());
    let before = Edition {
        title: &last.title,
        byline: &last.byline,
        category: last.category.as_deref().unwrap_or_default(),
        text: last.text.trim(),
        parts: parts.len(),
        open: &before_open,
        post: had_post,
    };
    let after = Edition {
        title: draft.title.trim(),
        byline: draft.byline.trim(),
        category: draft.category.trim(),
        text: draft.text.trim(),
        parts: parts.len(),
        open: &open,
        post: last.post.is_some() && !draft.hide_post,
    };
    update_note(&before, &after, language)
}
