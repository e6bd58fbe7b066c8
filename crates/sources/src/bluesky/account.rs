//! Accounts of the network: their identifiers and names.

use std::fmt;

/// An account, by what it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// By its identifier, which stays.
    Did(String),
    /// By its name of the day.
    Handle(String),
}

impl Account {
    /// An account by handle (also with `@`), DID, or its address at bsky.app; `None` when it is none of these.
    #[must_use]
    pub fn parse(text: &str) -> Option<Account> {
        let text = text.trim();
        let text = ["https://bsky.app/profile/", "@"].iter().find_map(|lead| text.strip_prefix(lead)).unwrap_or(text);
        let text = text.trim_end_matches('/');
        if is_did(text) {
            return Some(Account::Did(text.to_owned()));
        }
        is_handle(text).then(|| Account::Handle(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Did(name) | Account::Handle(name) => f.write_str(name),
        }
    }
}

/// Whether it can be a DID (atproto's syntax; no longer than the DID specification's users write them).
pub(super) fn is_did(did: &str) -> bool {
    let mut parts = did.splitn(3, ':');
    let method = (parts.next(), parts.next());
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:%-".contains(c);
    matches!(method, (Some("did"), Some(method)) if !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_lowercase()))
        && parts.next().is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
        && did.len() <= 256
}

/// Whether it can be a handle: a domain name with a dot.
pub(super) fn is_handle(handle: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    handle.len() <= 253 && handle.contains('.') && handle.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_by_handle_did_or_address() {
        assert_eq!(Account::parse("@Anna.Social.example"), Some(Account::Handle("anna.social.example".into())));
        let did = Account::Did("did:plc:abc".into());
        assert_eq!(Account::parse("https://bsky.app/profile/did:plc:abc/"), Some(did.clone()));
        assert_eq!(Account::parse(&did.to_string()), Some(did));
        for none in ["", "anna", "did:plc:", "a b.example", "x.example?y"] {
            assert_eq!(Account::parse(none), None, "{none}");
        }
    }

    #[test]
    fn dids_and_handles() {
        for did in ["did:plc:abc", "did:web:social.example", "did:web:localhost%3A80"] {
            assert!(is_did(did));
        }
        for none in ["", "did:", "did:plc:", "did:PLC:a", "did:plc:a/b", "did:plc:a b", "plc:a"] {
            assert!(!is_did(none), "{none}");
        }
        assert!(is_handle("anna.social.example") && is_handle("a-b.example"));
        for none in ["", "anna", ".example", "anna..example", "-a.example", "a.example/", "ä.example"] {
            assert!(!is_handle(none), "{none}");
        }
    }
}
