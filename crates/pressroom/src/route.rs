//! What an address means. An address has one form; any other is none of ours.

use crate::words::Language;

/// Something that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// A file under `/assets/`.
    Asset,
    /// A version's bundle.
    Bundle(String, u32),
    /// The feed as JSON.
    FeedJson,
    /// The feed as RSS.
    FeedRss,
    /// The front page and the sheets behind it, from 1.
    Front(usize),
    /// A version's preview picture.
    Picture(String, u32),
    /// For machines that read the whole web.
    Robots,
    /// A statement, or one of its versions.
    Statement(String, Option<u32>),
    /// The support picture.
    Support,
    /// After a comment on a statement.
    ThanksComment(String),
    /// After an answer.
    ThanksReply,
    /// The offline verifier.
    Verifier,
    /// Keys and lists for programs.
    WellKnown,
}

impl Route {
    /// Whether it differs from language to language.
    pub(crate) fn is_spoken(&self) -> bool {
        matches!(self, Self::Front(_) | Self::Statement(..) | Self::ThanksComment(_) | Self::ThanksReply)
    }

    /// Whether it belongs to a statement, which may have been published this moment.
    pub(crate) fn is_of_a_statement(&self) -> bool {
        matches!(self, Self::Bundle(..) | Self::Picture(..) | Self::Statement(..))
    }

    /// What a path without its language leads to.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        Some(match path {
            "/" => Self::Front(1),
            "/feed.json" => Self::FeedJson,
            "/feed.xml" => Self::FeedRss,
            "/robots.txt" => Self::Robots,
            "/support.png" => Self::Support,
            "/thanks" => Self::ThanksReply,
            "/verify.html" => Self::Verifier,
            "/.well-known/countermark" => Self::WellKnown,
            _ => return Self::inner(path),
        })
    }

    fn inner(path: &str) -> Option<Self> {
        if path.starts_with("/assets/") {
            return Some(Self::Asset);
        }
        if let Some(sheet) = path.strip_prefix("/page/") {
            return number(sheet).filter(|sheet| *sheet > 1).map(|sheet| Self::Front(sheet as usize));
        }
        let path = path.strip_prefix("/statements/")?;
        let path = path.strip_suffix('/').unwrap_or(path);
        let Some((id, rest)) = path.split_once('/') else { return Some(Self::Statement(id(path)?, None)) };
        let id = self::id(id)?;
        Some(match rest.split_once('.') {
            None if rest == "thanks" => Self::ThanksComment(id),
            None => Self::Statement(id, Some(number(rest)?)),
            Some((version, "bundle.json")) => Self::Bundle(id, number(version)?),
            Some((version, "png")) => Self::Picture(id, number(version)?),
            Some(_) => return None,
        })
    }
}

/// A path's language, if it begins with one, and what follows, with a slash before it.
pub(crate) fn language(path: &str) -> (Option<Language>, &str) {
    let Some(rest) = path.strip_prefix('/') else { return (None, path) };
    let (first, end) = rest.split_once('/').map_or((rest, ""), |(first, _)| (first, &path[first.len() + 1..]));
    match Language::parse(first) {
        Some(language) => (Some(language), if end.is_empty() { "/" } else { end }),
        None => (None, path),
    }
}

fn id(text: &str) -> Option<String> {
    countermark_statement::is_id(text).then(|| text.to_owned())
}

/// A number in its one form, from 1.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let statement = |id: &str, n| Some(Route::Statement(id.to_owned(), n));
        for (path, route) in [
            ("/", Some(Route::Front(1))),
            ("/page/2", Some(Route::Front(2))),
            ("/page/1", None),
            ("/statements/a-1", statement("a-1", None)),
            ("/statements/a-1/", statement("a-1", None)),
            ("/statements/a-1/2", statement("a-1", Some(2))),
            ("/statements/a-1/02", None),
            ("/statements/a-1/+2", None),
            ("/statements/a-1/0", None),
            ("/statements/a-1/2.bundle.json", Some(Route::Bundle("a-1".to_owned(), 2))),
            ("/statements/a-1/2.png", Some(Route::Picture("a-1".to_owned(), 2))),
            ("/statements/a-1/state.json", None),
            ("/statements/a-1/2.json", None),
            ("/statements/a-1/../../site.json", None),
            ("/statements/..", None),
            ("/statements/../site.json", None),
            ("/statements/%2e%2e/1", None),
            ("/statements/A", None),
            ("/statements//1", None),
            ("/statements/", None),
            ("/site.json", None),
            ("", None),
        ] {
            assert_eq!(Route::parse(path), route, "{path}");
        }
    }

    #[test]
    fn languages() {
        for (path, found) in [
            ("/fr/", (Some(Language::French), "/")),
            ("/fr", (Some(Language::French), "/")),
            ("/zh/statements/x", (Some(Language::Chinese), "/statements/x")),
            ("/fra/", (None, "/fra/")),
            ("/xx/statements/x", (None, "/xx/statements/x")),
            ("/", (None, "/")),
            ("", (None, "")),
            ("fr/", (None, "fr/")),
        ] {
            assert_eq!(language(path), found, "{path}");
        }
    }
}
