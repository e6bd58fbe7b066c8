//! Every class of the base stylesheet on one page, to be looked at: `cargo run -p countermark-web --example look -- 127.0.0.1:8479`,
//! until standard input ends.

use std::error::Error;
use std::io::Read;
use std::net::TcpListener;

use axum::Router;
use axum::routing::get;
use countermark_web::{Asset, Frame, Options, Policy, assets, frame, qr, serve, strict, when};
use maud::{Markup, html};

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8479".to_owned());
    let listener = TcpListener::bind(&address)?;
    let style = Asset::style("look.css", &[]);
    let href = style.href();
    let page = move || async move { page(&href) };
    let router = Router::new().route("/", get(page)).merge(assets([&style]));
    println!("http://{}", listener.local_addr()?);
    serve(listener, strict(router, Policy::Private), &Options::default(), || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
    })?;
    Ok(())
}

fn page(style: &str) -> Markup {
    let header = html! {
        header.top {
            a.name href="/" { "Countermark" }
            nav aria-label="Desk" {
                @for (n, name) in ["Write", "Hand over", "Cases", "Answer", "Sources", "People", "Log", "Audit trail", "Settings"].iter().enumerate() {
                    a href="/" aria-current=[(n == 2).then_some("page")] { (name) }
                }
            }
            form.out { button.quiet { "Sign out chancellery" } }
        }
    };
    let footer = html! { footer { p { "Ministry of Foreign Affairs of Arvenia. " a href="/" { "The log's key" } } } };
    let content = html! {
        h1 { "Case 7f3a91c2" }
        p.lead { "A letter to the Republic of Mirovia was published on a channel eleven minutes ago: in part, and with one word changed." }
        div.row {
            span.tag.bad { "Ours" } span.tag.wait { "One answer is due" } span.tag.good { "Proved" } span.tag.quiet { "Quiet" } span.tag { "New" }
            span.end { button { "Print" } }
        }
        (boxes()) (texts()) (lists()) (forms())
    };
    frame(
        &Frame {
            language: "en",
            title: "Look",
            style,
            header: Some(&header),
            footer: Some(&footer),
            skip: "To the content",
            ..Frame::default()
        },
        &content,
    )
}

fn boxes() -> Markup {
    html! {
        div.alert role="alert" { p { strong { "The vault is locked." } " Sign in again: nothing that you wrote is lost." } }
        div.alert.wait { p { "Two witnesses have not spoken yet. The proof says so until they have." } }
        div.alert.good { p { "Published. Anybody can check it at " a href="/" { "press.example/s/7f3a91c2" } "." } }
        h2 { "What to do next" }
        div.beside {
            section.card {
                h3 { "Open what proves it" }
                p { "Two parts are enough to show what was left out. The closed ones stay visible as holes." }
                div.row { button.main { "Choose the parts" } button { "See the brief" } button.quiet { "Later" } button.bad { "Close the case" } button disabled { "Not yet" } }
            }
            section.card {
                h3 { "What is known" }
                dl {
                    dt { "Taken in" } dd { (when(1_900_000_000)) }
                    dt { "Seen at" } dd { "t.example/channel/4411" }
                    dt { "Shared" } dd { "214 words of 260" }
                }
                p.hint { "Times are of this machine; the checkpoint's are of the witnesses." }
            }
        }
        div.empty { p { "No case yet. A post that shares words with a message of yours opens one by itself." } p { a.button href="/" { "Paste a text" } } }
        p.progress role="status" { "Reading the picture …" }
    }
}

fn texts() -> Markup {
    html! {
        h2 { "Sent, and published" }
        div.beside {
            div.stack {
                h3 { "Sent" }
                div.letter { "Dear Minister,\n\nThank you for the " mark.site { "frank" } " talk of Tuesday. We will support the draft " del { "if the second article stays" } ".\n\n" span.hole { "part 3 stays closed, 11 to 20 words" } " " span.hole { "part 4, 1 to 5 words" } "\n\nYours sincerely," }
            }
            div.stack {
                h3 { "Published" }
                div.letter { "Dear Minister,\n\nThank you for the " mark { "harsh" } " talk of Tuesday. We will " ins { "never" } " support the draft." }
            }
        }
        figure.figure {
            svg role="img" aria-label="A line" viewBox="0 0 300 40" width="300" height="40" { path d="M0 30 L100 10 L200 24 L300 4" fill="none" stroke="currentColor" stroke-width="2" {} }
            figcaption { "How many channels had it, by the minute." }
        }
        blockquote { p { "“We will never support the draft,” the channel quotes." } }
        p { "Checked with " code { "countermark verify 7f3a91c2.json" } ", or press " kbd { "?" } ". " ins { "Added." } " " del { "Removed." } }
        @if let Some(code) = qr("https://press.example/s/7f3a91c2") { (code) }
    }
}

fn lists() -> Markup {
    html! {
        h2 { "Cases" }
        table.list {
            thead { tr { th scope="col" { "Case" } th scope="col" { "State" } th scope="col" { "Message" } th.number scope="col" { "Words" } th scope="col" { "Age" } } }
            tbody {
                @for (case, tag, state, words) in [("7f3a91c2", "bad", "Open", "214"), ("11a0be77", "wait", "Waits for an approver", "31"), ("9921cc01", "good", "Answered", "1,204")] {
                    tr {
                        th scope="row" { a href="/" { (case) } }
                        td { span class={ "tag " (tag) } { (state) } }
                        td data-label="Message" { "Letter on the second article" }
                        td.number data-label="Words" { (words) }
                        td data-label="Age" { "11 min" }
                    }
                }
            }
        }
        h2 { "What happened" }
        ol.timeline {
            li { time { "2030-03-17 17:46 UTC" } p { "Sealed, to one recipient." } }
            li.bad { time { "2030-03-19 20:40 UTC" } p { "Published on a channel." } }
            li.wait { time { "2030-03-19 20:41 UTC" } p { "Waits for the second signature." } }
            li.good { time { "2030-03-19 20:51 UTC" } p { strong { "Answered." } " The statement is public." } }
        }
    }
}

fn forms() -> Markup {
    html! {
        h2 { "A person" }
        form.fields {
            div { label for="name" { "Name" } input #name type="text" value="Minister of Mirovia"; p.hint { "As it stands in the letter." } }
            div {
                label for="mail" { "E-mail" }
                input #mail type="email" value="minister@mirovia" aria-invalid="true" aria-describedby="mail-error";
                p.error #mail-error { "There is no point in it: write it as name@place.example." }
            }
            div { label for="way" { "Way" } select #way { option { "By messenger" } option { "By post" } } }
            div { label for="note" { "Note" } textarea #note { "He answers at night." } }
            fieldset { legend { "May" } label { input type="checkbox" checked; "Write and seal messages" } label { input type="radio" name="r"; "Sign that a recipient may be named" } }
            div { label for="file" { "Screenshot" } input #file type="file"; }
            details { summary { "More" } p { "Few need it." } }
            div.row { button.main { "Save" } a.button.quiet href="/" { "Cancel" } }
        }
    }
}
