//! The frame of a page.

use maud::{DOCTYPE, Markup, html};

/// What differs from page to page around its content.
#[derive(Debug, Clone, Default)]
pub struct Frame<'a> {
    /// The language of the page (BCP 47).
    pub language: &'a str,
    /// The window's title.
    pub title: &'a str,
    /// The address of the application's stylesheet.
    pub style: &'a str,
    /// Further elements of the head.
    pub head: Option<&'a Markup>,
    /// The page's header: name and navigation.
    pub header: Option<&'a Markup>,
    /// The page's footer.
    pub footer: Option<&'a Markup>,
    /// Scripts, by address; loaded after the page.
    pub scripts: &'a [String],
    /// What the link says that leads past the navigation, in the page's language.
    pub skip: &'a str,
}

/// A whole page around its content.
#[must_use]
pub fn frame(frame: &Frame<'_>, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(frame.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (frame.title) }
                link rel="stylesheet" href=(frame.style);
                @if let Some(head) = frame.head { (head) }
                @for script in frame.scripts { script type="module" src=(script) {} }
            }
            body {
                a.skip href="#content" { (frame.skip) }
                @if let Some(header) = frame.header { (header) }
                main #content tabindex="-1" { (content) }
                @if let Some(footer) = frame.footer { (footer) }
            }
        }
    }
}

/// A time as people read it, `2030-03-17 09:00 UTC`, in an element that says it to programs too. `at` is in seconds since 1970.
#[must_use]
pub fn when(at: u64) -> Markup {
    let text = utc(at);
    let machine = format!("{}Z", text.replacen(' ', "T", 1));
    html! { time datetime=(machine) { (text) " UTC" } }
}

/// A time in UTC as text: `2030-03-17 09:00`, by the civil calendar (Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
#[must_use]
pub fn utc(at: u64) -> String {
    let days = i64::try_from(at / 86_400).unwrap_or(i64::MAX / 2).min(3_000_000);
    let (hour, minute) = (at % 86_400 / 3600, at % 3600 / 60);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (at, text) in
            [(0, "1970-01-01 00:00"), (951_782_400, "2000-02-29 00:00"), (1_900_000_000, "2030-03-17 17:46")]
        {
            assert_eq!(utc(at), text);
        }
    }
}
