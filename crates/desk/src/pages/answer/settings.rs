//! The public page: whose it is, and what readers may do there.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use countermark_office::{Error, SiteSettings};
use countermark_statement::limits::{ADDRESS, NOTE_BYTES};
use countermark_statement::{Features, LANGUAGES};
use maud::{Markup, html};

use super::list::{Tab, tabs};
use super::{fields, reads, writes};
use crate::form::{Checked, Pairs};
use crate::shell::{Place, shell, token};
use crate::upload::Upload;
use crate::{Desk, Refusal, Role, Signed};

/// `/answer/settings`
pub(super) async fn page(State(desk): State<Desk>, signed: Signed) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let site = desk.office(&signed, |office| Ok(office.site()?)).await?;
    Ok(show(&signed, &site, None))
}

fn show(signed: &Signed, site: &SiteSettings, why: Option<&str>) -> Markup {
    let content = html! {
        h1 { "The public page" }
        (tabs(Tab::Settings, 0))
        @if let Some(why) = why { p.alert role="alert" { (why) "." } }
        @if writes(signed) { (form(signed, site)) (support(signed, site)) }
        @else { p { "Whoever has the role press sets up the public page." } dl { dt { "Name" } dd { bdi { (site.name) } } dt { "Address" } dd { bdi { (site.address.as_deref().unwrap_or("none yet")) } } } }
    };
    shell(signed, Place::Answer, "The public page", &[], &content)
}

fn form(signed: &Signed, site: &SiteSettings) -> Markup {
    let features = site.features;
    html! {
        form.fields method="post" action="/answer/settings" {
            (token(signed))
            (fields::line("name", "Name", &site.name, Some("At the head of every page: the office, or the person for whom it speaks.")))
            (area("about", "About", &site.about, "What it is, in a line. May stay empty."))
            div {
                label for="language" { "Language of the interface" }
                select #language name="language" aria-describedby="language-hint" {
                    @for code in LANGUAGES { option value=(code) selected[site.language == code] { (language(code)) } }
                }
                p.hint #language-hint { "Where a reader’s browser asks for none that there is. Readers can change it." }
            }
            (address("address", "Address", site.address.as_deref(), "Where the public reaches it, https://press.example; feeds, previews and reply links need it."))
            (area("contact", "Contact", site.contact.as_deref().unwrap_or_default(), "How the office is reached; shown as it stands. May stay empty."))
            (address("log_url", "Address of the log", site.log_url.as_deref(), "Where the log’s files are published, if they are."))
            fieldset {
                legend { "What readers may do" }
                p.hint { "Each is off until you turn it on, and then invisible." }
                (choice("comments", "Comments", "Readers may write under a statement. Nobody else sees it until you let it through.", features.comments))
                (choice("replies", "Right of reply", "Whoever a statement concerns may answer on it, by a personal link that you give him.", features.replies))
                (choice("most_read", "Most read", "How often a page was read, counted without identifying anybody.", features.most_read))
                (choice("support", "Support code", "A picture that supporters photograph to pay. It is uploaded below.", features.support))
            }
            button.main { "Save" }
        }
    }
}

fn choice(name: &str, label: &str, hint: &str, on: bool) -> Markup {
    html! {
        label { input type="checkbox" name=(name) value="1" checked[on]; span { strong { (label) } br; span.hint { (hint) } } }
    }
}

fn area(name: &str, label: &str, value: &str, hint: &str) -> Markup {
    let described = format!("{name}-hint");
    html! {
        div {
            label for=(name) { (label) }
            textarea #(name) name=(name) rows="2" maxlength=(NOTE_BYTES) dir="auto" aria-describedby=(described) { (value) }
            p.hint #(described) { (hint) }
        }
    }
}

fn address(name: &str, label: &str, value: Option<&str>, hint: &str) -> Markup {
    let described = format!("{name}-hint");
    html! {
        div {
            label for=(name) { (label) }
            input #(name) name=(name) type="url" inputmode="url" maxlength=(ADDRESS) value=(value.unwrap_or_default()) autocomplete="off" aria-describedby=(described);
            p.hint #(described) { (hint) }
        }
    }
}

fn language(code: &str) -> &str {
    match code {
        "de" => "German",
        "en" => "English",
        "fr" => "French",
        "ru" => "Russian",
        "zh" => "Chinese",
        other => other,
    }
}

/// The picture of the support code, and where to upload it.
fn support(signed: &Signed, site: &SiteSettings) -> Markup {
    html! {
        section {
            h2 { "Support code" }
            @if site.picture {
                figure.figure {
                    img.support src="/answer/settings/picture" alt="The support code as readers see it" width="240" height="240";
                    figcaption { @if site.features.support { "Readers see it at the foot of every page." } @else { "Readers do not see it: the support code is off." } }
                }
            } @else {
                p { "There is no picture yet. Upload the code here; it is shown once “Support code” is on above." }
            }
            form.fields method="post" action="/answer/settings/picture" enctype="multipart/form-data" {
                (token(signed))
                div {
                    label for="picture" { @if site.picture { "Another picture" } @else { "Picture" } }
                    input #picture name="picture" type="file" accept="image/png,image/jpeg,image/webp" aria-describedby="picture-hint";
                    p.hint #picture-hint { "PNG, JPEG or WebP, at most 8 MB and 2,048 pixels each way. It is written anew as PNG, without what cameras put into files." }
                }
                div.row {
                    button name="do" value="upload" { "Upload" }
                    @if site.picture { button.quiet name="do" value="remove" { "Remove the picture" } }
                }
            }
        }
    }
}

/// `POST /answer/settings`
pub(super) async fn save(State(desk): State<Desk>, Checked(signed, form): Checked<Pairs>) -> Result<Response, Refusal> {
    signed.must(Role::Press)?;
    let typed = typed(&form);
    let kept = typed.clone();
    let saved = desk
        .office(&signed, move |office| {
            let picture = office.site()?.picture;
            match office.set_site(&SiteSettings { picture, ..kept.clone() }) {
                Ok(_) => Ok(None),
                Err(error @ (Error::Unfit(_) | Error::FieldValue { .. })) => Ok(Some((error.to_string(), picture))),
                Err(error) => Err(error.into()),
            }
        })
        .await?;
    Ok(match saved {
        None => {
            signed.say("Saved. The public page shows it at once.");
            Redirect::to("/answer/settings").into_response()
        }
        Some((why, picture)) => {
            let page = show(&signed, &SiteSettings { picture, ..typed }, Some(&format!("This is not saved: {why}")));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
    })
}

fn typed(form: &Pairs) -> SiteSettings {
    let text = |name: &str| form.one(name).unwrap_or_default().replace("\r\n", "\n").trim().to_owned();
    let optional = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    let address = |name: &str| optional(name).map(|url| url.trim_end_matches('/').to_owned());
    let on = |name: &str| form.one(name).is_some();
    SiteSettings {
        name: text("name").split_whitespace().collect::<Vec<_>>().join(" "),
        about: text("about"),
        language: text("language"),
        address: address("address"),
        log_url: address("log_url"),
        contact: optional("contact"),
        features: Features {
            comments: on("comments"),
            replies: on("replies"),
            most_read: on("most_read"),
            support: on("support"),
        },
        picture: false,
    }
}

/// `/answer/settings/picture`: the picture as the public gets it.
pub(super) async fn picture(State(desk): State<Desk>, signed: Signed) -> Result<Response, Refusal> {
    reads(&signed)?;
    let bytes = desk.office(&signed, |office| Ok(office.support_picture()?)).await?.ok_or(Refusal::Missing)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], bytes).into_response())
}

/// `POST /answer/settings/picture`
pub(super) async fn upload(State(desk): State<Desk>, upload: Upload) -> Result<Redirect, Refusal> {
    let signed = upload.signed.clone();
    signed.must(Role::Press)?;
    let said = if upload.text("do") == Some("remove") {
        desk.office(&signed, |office| Ok(office.set_support_picture(None)?)).await?;
        "The picture is removed."
    } else {
        let file = upload
            .file("picture")
            .ok_or_else(|| Refusal::Input("no picture was chosen: go back and choose one".to_owned()))?;
        let bytes = file.bytes.clone();
        desk.office(&signed, move |office| match office.set_support_picture(Some(&bytes)) {
            Err(error @ Error::Picture) => Err(Refusal::Input(format!("{error}: choose another, or make it smaller"))),
            other => Ok(other?),
        })
        .await?;
        "The picture is kept. Readers see it once “Support code” is on."
    };
    signed.say(said);
    Ok(Redirect::to("/answer/settings"))
}
