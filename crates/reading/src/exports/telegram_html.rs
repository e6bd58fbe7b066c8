//! A page of Telegram Desktop's HTML export, `messages.html` and those after it.

use super::time::{Moment, Zone, number, seconds};
use super::{Archive, Edited, Letter, Party, Place, Settings, Skipped, Why, lines};
use crate::markup::{Edge, Markup, Spot};

pub(super) fn read(page: &str, settings: &Settings) -> Archive {
    let page = Markup::parse(page);
    let is_title =
        |spot: &Spot<'_>| spot.has("text") && spot.has("bold") && spot.above().any(|up| up.has("page_header"));
    let thread = page.elements().find(is_title).map(plain).unwrap_or_default().trim().to_owned();
    let mut archive = Archive::default();
    let mut author = None;
    let messages = page.elements().filter(|spot| spot.name() == "div" && spot.has("message"));
    for (message, number) in messages.zip(1..) {
        let place = Place::Item(1, number);
        match one(message, &thread, &mut author, place, settings) {
            Ok(letter) => archive.letters.push(letter),
            Err(why) => archive.skipped.push(Skipped { place, why }),
        }
    }
    lines::address(&mut archive.letters);
    archive
}

/// The first `div` of a class that stands in an element directly.
fn child<'p>(of: Spot<'p>, class: &str) -> Option<Spot<'p>> {
    of.children().find(|spot| spot.name() == "div" && spot.has(class))
}

fn one(
    message: Spot<'_>,
    thread: &str,
    author: &mut Option<String>,
    place: Place,
    settings: &Settings,
) -> Result<Letter, Why> {
    if message.has("service") {
        return Err(Why::Service);
    }
    let body = child(message, "body").ok_or(Why::Damaged)?;
    // A message that is joined to the one above it has the same author, who is not named again.
    if let Some(from) = child(body, "from_name") {
        *author = Some(plain(from).trim().to_owned());
    }
    if child(body, "forwarded").is_some() {
        return Err(Why::Forwarded);
    }
    let media = child(body, "media_wrap").is_some();
    let text = child(body, "text").map(plain).unwrap_or_default();
    let text = text.trim();
    if text.is_empty() {
        return Err(if media { Why::Media } else { Why::Empty });
    }
    let name = author.clone().filter(|name| !name.is_empty()).ok_or(Why::NoAuthor)?;
    let date = child(body, "date").and_then(|date| date.attribute("title")).ok_or(Why::NoDate)?;
    let id = message.attribute("id").and_then(|id| id.strip_prefix("message")).unwrap_or_default();
    Ok(Letter {
        direction: None,
        author: Party::named(&name),
        recipients: Vec::new(),
        at: moment(date, settings.zone).ok_or(Why::NoDate)?,
        thread: thread.to_owned(),
        subject: None,
        text: text.to_owned(),
        quoted: String::new(),
        signature: String::new(),
        edited: Edited::No,
        attachments: usize::from(media),
        id: id.to_owned(),
        place,
        item: [0; 32],
    })
}

/// Reads `15.01.2024 10:30:00 UTC+03:00`; older pages have no zone.
fn moment(text: &str, zone: Option<Zone>) -> Option<Moment> {
    let mut words = text.split_whitespace();
    let (date, clock) = (words.next()?, words.next()?);
    let mut date = date.split('.').map(number);
    let mut clock = clock.split(':').map(number);
    let (day, month, year) = (date.next()??, date.next()??, date.next()??);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let zone = match words.next() {
        Some(own) => Some(own.strip_prefix("UTC").unwrap_or(own).parse().ok()?),
        None => zone,
    };
    Some(Moment::local(seconds(year, month, day, hour, minute, second)?, zone))
}

/// The text of an element, `br` as a line end. The page is written in one line; its own line ends are no text.
fn plain(element: Spot<'_>) -> String {
    let mut out = String::new();
    for edge in element.edges() {
        match edge {
            Edge::Text(text) => out.push_str(text.trim_matches('\n')),
            Edge::Open(spot) if spot.name() == "br" => out.push('\n'),
            _ => {}
        }
    }
    out
}
