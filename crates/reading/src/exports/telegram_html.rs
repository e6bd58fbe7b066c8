//! A page of Telegram Desktop's HTML export, `messages.html` and those after it.

use scraper::{ElementRef, Html, Selector};

use super::time::{Moment, Zone, number, seconds};
use super::{Archive, Edited, Letter, Party, Place, Settings, Skipped, Why, lines};

pub(super) fn read(page: &str, settings: &Settings) -> Archive {
    let page = Html::parse_document(page);
    let select = Selectors::new();
    let thread = page.select(&select.title).next().map(plain).unwrap_or_default().trim().to_owned();
    let mut archive = Archive::default();
    let mut author = None;
    for (message, number) in page.select(&select.message).zip(1..) {
        let place = Place::Item(1, number);
        match one(message, &select, &thread, &mut author, place, settings) {
            Ok(letter) => archive.letters.push(letter),
            Err(why) => archive.skipped.push(Skipped { place, why }),
        }
    }
    lines::address(&mut archive.letters);
    archive
}

struct Selectors {
    title: Selector,
    message: Selector,
    body: Selector,
    from: Selector,
    date: Selector,
    text: Selector,
    forwarded: Selector,
    media: Selector,
}

impl Selectors {
    fn new() -> Self {
        let selector = |text| Selector::parse(text).expect("a selector that stands in this file is one");
        Self {
            title: selector(".page_header .text.bold"),
            message: selector("div.message"),
            body: selector(":scope > div.body"),
            from: selector(":scope > div.from_name"),
            date: selector(":scope > div.date"),
            text: selector(":scope > div.text"),
            forwarded: selector(":scope > div.forwarded"),
            media: selector(":scope > div.media_wrap"),
        }
    }
}

fn one(
    message: ElementRef<'_>,
    select: &Selectors,
    thread: &str,
    author: &mut Option<String>,
    place: Place,
    settings: &Settings,
) -> Result<Letter, Why> {
    if message.value().classes().any(|class| class == "service") {
        return Err(Why::Service);
    }
    let body = message.select(&select.body).next().ok_or(Why::Damaged)?;
    // A message that is joined to the one above it has the same author, who is not named again.
    if let Some(from) = body.select(&select.from).next() {
        *author = Some(plain(from).trim().to_owned());
    }
    if body.select(&select.forwarded).next().is_some() {
        return Err(Why::Forwarded);
    }
    let media = body.select(&select.media).next().is_some();
    let text = body.select(&select.text).next().map(plain).unwrap_or_default();
    let text = text.trim();
    if text.is_empty() {
        return Err(if media { Why::Media } else { Why::Empty });
    }
    let name = author.clone().filter(|name| !name.is_empty()).ok_or(Why::NoAuthor)?;
    let date = body.select(&select.date).next().and_then(|date| date.value().attr("title")).ok_or(Why::NoDate)?;
    let id = message.value().id().and_then(|id| id.strip_prefix("message")).unwrap_or_default();
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
fn plain(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for node in element.descendants() {
        if let Some(text) = node.value().as_text() {
            out.push_str(text.trim_matches('\n'));
        } else if node.value().as_element().is_some_and(|element| element.name() == "br") {
            out.push('\n');
        }
    }
    out
}
