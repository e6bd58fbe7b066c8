//! The fields of a statement.

use countermark_statement::limits::{LINE, NOTE_BYTES, TEXT_BYTES};
use maud::{Markup, html};

use super::edit::Page;
use super::words::blank;

/// Languages that the pressroom's pages speak, and by which the update note is written.
const LANGUAGES: [(&str, &str); 5] =
    [("en", "English"), ("fr", "French"), ("de", "German"), ("ru", "Russian"), ("zh", "Chinese")];

pub(super) fn fields(page: &Page) -> Markup {
    let draft = &page.sheet.draft;
    html! {
        div.fields.stack {
            (line("title", "Title", &draft.title, None))
            div {
                label for="text" { "Statement" }
                textarea #text name="text" rows="12" maxlength=(TEXT_BYTES) dir="auto" aria-describedby="text-hint" spellcheck="true" { (draft.text) }
                p.hint #text-hint {
                    "Plain text; an empty line begins a paragraph."
                    @if let Some(blank) = blank(&draft.text) { " Still to fill: " strong { (blank) } " — or take it out." }
                }
            }
            (line("byline", "Who speaks", &draft.byline, Some("The byline, as readers see it: an office or a person.")))
            @if page.last.is_some() { (note(page)) }
            (more(page))
        }
    }
}

fn note(page: &Page) -> Markup {
    html! {
        div {
            label for="note" { "What is new" }
            textarea #note name="note" rows="2" maxlength=(NOTE_BYTES) dir="auto" aria-describedby="note-hint" { (page.sheet.draft.note) }
            p.hint #note-hint {
                "The update note, written from the difference to version " (page.view.summary.versions) ". It follows what you change until you change it yourself; empty it to have it written anew."
            }
        }
    }
}

/// What is right as it is, most of the time.
fn more(page: &Page) -> Markup {
    let draft = &page.sheet.draft;
    html! {
        details {
            summary { "Post, language, category, related statements" }
            div.fields.stack {
                @if page.view.post.is_some() {
                    div {
                        input type="hidden" name="has_post" value="1";
                        label { input type="checkbox" name="post" value="1" checked[!draft.hide_post]; span { "Show the text of the post beside what was written" } }
                        p.hint { "Without it the page still says where and when it was published, and does not repeat it; the SHA-256 of the capture is kept back too." }
                    }
                    (line("source", "How to call the place of the post", &draft.source, Some("Left empty: by the host of its address, or the source’s name.")))
                }
                (language(&draft.language))
                (line("category", "Category", &draft.category, Some("May stay empty.")))
                @if page.view.summary.versions == 0 {
                    (line("address", "Name in the address", &draft.address, Some("Small letters, digits and hyphens. Left empty, it is made of the title. It is settled with the first version.")))
                }
                (related(page))
            }
        }
    }
}

fn language(chosen: &str) -> Markup {
    let known = LANGUAGES.iter().any(|(code, _)| *code == chosen);
    html! {
        div {
            label for="language" { "Language of the statement" }
            select #language name="language" {
                @if !known && !chosen.is_empty() { option value=(chosen) selected { (chosen) } }
                @for (code, name) in LANGUAGES { option value=(code) selected[code == chosen || (chosen.is_empty() && code == "en")] { (name) } }
            }
        }
    }
}

fn related(page: &Page) -> Markup {
    let chosen = &page.sheet.draft.related;
    html! {
        // Without any box ticked the form still says that none is.
        input type="hidden" name="related" value="";
        @if !page.others.is_empty() {
            fieldset {
                legend { "Related statements" }
                @for (address, title) in page.others.iter().take(40) {
                    label { input type="checkbox" name="related" value=(address) checked[chosen.contains(address)]; span dir="auto" { (title) } }
                }
            }
        }
    }
}

/// A field of one line.
pub(super) fn line(name: &str, label: &str, value: &str, hint: Option<&str>) -> Markup {
    let described = hint.map(|_| format!("{name}-hint"));
    html! {
        div {
            label for=(name) { (label) }
            input #(name) name=(name) value=(value) maxlength=(LINE) dir="auto" autocomplete="off" aria-describedby=[described.as_deref()];
            @if let Some(hint) = hint { p.hint id=[described.as_deref()] { (hint) } }
        }
    }
}
