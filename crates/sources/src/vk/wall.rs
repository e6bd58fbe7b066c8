//! Whose wall.

use std::fmt;

/// A wall, by its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wall {
    /// By number, below zero for a community.
    Owner(i64),
    /// By short name.
    Domain(String),
}

impl Wall {
    /// The wall of `12`, `id12`, `-34`, `club34`, `public34`, a short name, or an address of one of these at vk.com; `None` when it is none of
    /// these.
    #[must_use]
    pub fn parse(text: &str) -> Option<Wall> {
        let leads = ["https://", "http://", "m.", "www.", "vk.com/", "vk.ru/", "@"];
        let name = leads.iter().fold(text.trim(), |name, lead| name.strip_prefix(lead).unwrap_or(name));
        let name = name.trim_end_matches('/');
        let number =
            |text: &str| text.parse::<i64>().ok().filter(|id| *id != 0 && text.len() <= 18 && !text.starts_with('+'));
        let after = |prefix: &str| name.strip_prefix(prefix).and_then(number).filter(|id| *id > 0);
        if let Some(id) = number(name).or_else(|| after("id")) {
            return Some(Wall::Owner(id));
        }
        if let Some(id) = ["club", "public", "event"].into_iter().find_map(after) {
            return Some(Wall::Owner(-id));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        (name.len() <= 64 && !name.is_empty() && name.chars().all(plain)).then(|| Wall::Domain(name.to_owned()))
    }
}

impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wall::Owner(id) => id.fmt(f),
            Wall::Domain(name) => name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_wall() {
        for (text, expected) in [
            ("12", Wall::Owner(12)),
            ("-34", Wall::Owner(-34)),
            ("id12", Wall::Owner(12)),
            ("https://vk.com/club34", Wall::Owner(-34)),
            ("vk.com/public34/", Wall::Owner(-34)),
            ("https://m.vk.com/the_gazette", Wall::Domain("the_gazette".into())),
            ("@idle", Wall::Domain("idle".into())),
        ] {
            assert_eq!(Wall::parse(text).as_ref(), Some(&expected), "{text}");
            assert_eq!(Wall::parse(&expected.to_string()), Some(expected), "{text}");
        }
        for none in ["", "club-5x", "vk.com/", "a/b", "a b", "анна", "a?b=c", "+5"] {
            assert_eq!(Wall::parse(none), None, "{none}");
        }
    }
}
