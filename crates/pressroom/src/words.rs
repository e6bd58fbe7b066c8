//! The interface's words, in the languages that there are.

use std::borrow::Cow;
use std::sync::LazyLock;

use countermark_statement::Site;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Language {
    English,
    French,
    German,
    Russian,
    Chinese,
}

impl Language {
    pub(crate) const ALL: [Self; 5] = [Self::English, Self::French, Self::German, Self::Russian, Self::Chinese];

    /// As addresses and `lang` have it.
    pub(crate) fn code(self) -> &'static str {
        ["en", "fr", "de", "ru", "zh"][self as usize]
    }

    /// As its speakers call it.
    pub(crate) fn name(self) -> &'static str {
        ["English", "Français", "Deutsch", "Русский", "中文"][self as usize]
    }

    pub(crate) fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The one of a text of this language (BCP 47), else the site's.
    pub(crate) fn of(tag: &str, site: &Site) -> Self {
        let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        Self::parse(&primary).or_else(|| Self::parse(&site.language)).unwrap_or(Self::English)
    }

    /// The one that a browser asks for (RFC 9110 section 12.5.4): the highest weight, among equals the first named.
    pub(crate) fn asked(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for item in header.split(',').take(32) {
            let mut pieces = item.split(';');
            let tag = pieces.next().unwrap_or_default().trim();
            let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
            let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=")).map_or(1000, weight);
            let Some(language) = Self::parse(&primary) else { continue };
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// Its messages.
    pub(crate) fn words(self) -> &'static Words {
        static ALL: LazyLock<[Words; 5]> = LazyLock::new(|| Language::ALL.map(Words::read));
        &ALL[self as usize]
    }

    fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../lang/en.ftl"),
            Self::French => include_str!("../lang/fr.ftl"),
            Self::German => include_str!("../lang/de.ftl"),
            Self::Russian => include_str!("../lang/ru.ftl"),
            Self::Chinese => include_str!("../lang/zh.ftl"),
        }
    }
}

/// `0.8` in thousandths; what is no weight is none.
fn weight(text: &str) -> u16 {
    let thousandths = text.trim().parse::<f32>().map_or(0.0, |q| q * 1000.0);
    if (0.0..=1000.0).contains(&thousandths) { thousandths as u16 } else { 0 }
}

/// The messages of one language.
pub(crate) struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    fn read(language: Language) -> Self {
        let identifier: LanguageIdentifier = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Marks of isolation are invisible characters; what comes from outside stands in elements of its own instead.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(read, _)| read);
        // A message twice is the only way to fail; a test looks.
        let _ = bundle.add_resource(resource);
        Self { language, bundle }
    }

    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// A message without variables.
    pub(crate) fn say(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// A message with variables.
    pub(crate) fn with<const N: usize>(&self, id: &str, values: [(&'static str, Value<'_>); N]) -> String {
        let arguments: FluentArgs<'_> = values.into_iter().map(|(name, value)| (name, value.0)).collect();
        self.format(id, Some(&arguments))
    }

    fn format(&self, id: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut faults = Vec::new();
        self.bundle.format_pattern(pattern, arguments, &mut faults).into_owned()
    }

    /// A day in words; `at` is in seconds since 1970 (UTC).
    pub(crate) fn date(&self, at: u64) -> String {
        let (year, month, day) = civil(at);
        self.with(
            "date",
            [("day", Value::number(day)), ("month", Value::number(month)), ("year", Value::from(year.to_string()))],
        )
    }

    /// A day and the time of it.
    pub(crate) fn moment(&self, at: u64) -> String {
        let time = format!("{:02}:{:02}", at % 86_400 / 3600, at % 3600 / 60);
        self.with("moment", [("date", Value::from(self.date(at))), ("time", Value::from(time))])
    }
}

/// A variable's value.
pub(crate) struct Value<'a>(FluentValue<'a>);

impl Value<'_> {
    /// A number, by which plurals are chosen.
    pub(crate) fn number(n: impl Into<u64>) -> Self {
        Self(FluentValue::from(n.into()))
    }
}

impl<'a, T: Into<Cow<'a, str>>> From<T> for Value<'a> {
    fn from(text: T) -> Self {
        Self(FluentValue::String(text.into()))
    }
}

/// The civil calendar (Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`): year, month, day.
pub(crate) fn civil(at: u64) -> (u64, u64, u64) {
    let z = (at / 86_400).min(3_000_000) + 719_468;
    let (era, doe) = (z / 146_097, z % 146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + u64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

#[cfg(test)]
mod tests;
