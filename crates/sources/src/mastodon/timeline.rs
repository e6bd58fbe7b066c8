//! Which statuses of a server.

use std::fmt;

/// Which statuses of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timeline {
    /// All public ones that the server knows.
    Public,
    /// The public ones of its own people.
    Local,
    /// Those of the people whom the token's owner follows.
    Home,
    /// One account's, by `user` or `user@host`.
    Account(String),
    /// Those with a tag, without its `#`.
    Tag(String),
}

impl Timeline {
    /// A server's host and its timeline: `HOST`, `HOST/public`, `HOST/local`, `HOST/home`, `HOST/@USER`, `HOST/tags/TAG`, each also with
    /// `https://` before it, as a browser shows it; `None` when it is none of these.
    #[must_use]
    pub fn parse(text: &str) -> Option<(String, Timeline)> {
        let text = text.trim();
        let text = text.strip_prefix("https://").unwrap_or(text).trim_end_matches('/');
        let (host, path) = text.split_once('/').unwrap_or((text, "public"));
        let fits = !host.is_empty()
            && host.len() <= 253
            && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c));
        let timeline = match path {
            "public" | "public/remote" => Timeline::Public,
            "local" | "public/local" => Timeline::Local,
            "home" => Timeline::Home,
            _ => named(path)?,
        };
        fits.then(|| (host.to_ascii_lowercase(), timeline))
    }
}

fn named(path: &str) -> Option<Timeline> {
    let word = |text: &str| (1..=300).contains(&text.len()) && !text.contains(['/', '?', '#', ' ', '\n']);
    if let Some(tag) =
        path.strip_prefix("tags/").or_else(|| path.strip_prefix("tag/")).or_else(|| path.strip_prefix('#'))
    {
        return word(tag).then(|| Timeline::Tag(tag.to_owned()));
    }
    path.strip_prefix('@').filter(|acct| word(acct)).map(|acct| Timeline::Account(acct.to_owned()))
}

/// As it stands after the host.
impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timeline::Public => f.write_str("public"),
            Timeline::Local => f.write_str("local"),
            Timeline::Home => f.write_str("home"),
            Timeline::Account(acct) => write!(f, "@{acct}"),
            Timeline::Tag(tag) => write!(f, "tags/{tag}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_timeline_of_which_server() {
        let anna = || Timeline::Account("anna".into());
        for (text, host, timeline) in [
            ("social.example", "social.example", Timeline::Public),
            ("https://Social.example/public/local", "social.example", Timeline::Local),
            ("social.example:8443/home", "social.example:8443", Timeline::Home),
            ("https://social.example/@anna", "social.example", anna()),
            ("social.example/@anna@other.example", "social.example", Timeline::Account("anna@other.example".into())),
            ("https://social.example/tags/Treaty", "social.example", Timeline::Tag("Treaty".into())),
            ("social.example/tags/Договор/", "social.example", Timeline::Tag("Договор".into())),
        ] {
            assert_eq!(Timeline::parse(text), Some((host.into(), timeline.clone())), "{text}");
            assert_eq!(Timeline::parse(&format!("{host}/{timeline}")), Some((host.into(), timeline)), "{text}");
        }
        for none in [
            "",
            "/@anna",
            "social.example/anna",
            "social.example/@",
            "social.example/@anna/1",
            "http://x.example/",
            "a b/@c",
        ] {
            assert_eq!(Timeline::parse(none), None, "{none}");
        }
    }
}
