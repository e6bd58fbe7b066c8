//! Who checks the time-stamp of a bundle.

use countermark_tlog::error::TimestampError;
use countermark_tlog::timestamp::{Anchors, Token};

/// What a time-stamp token turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Not a token on this imprint, or broken: the bundle is refused.
    Refused,
    /// Valid and by a trusted time-stamper, who knew the imprint at this time: seconds since 1970 (UTC).
    Trusted(u64),
    /// By nobody whom the reader trusts, or in a way that can't be checked here: says nothing.
    Untrusted,
}

/// Who checks RFC 3161 tokens, with the reader's trust anchors. A closure does, too.
pub trait TimestampVerifier {
    /// What `token` (DER) says about `imprint`, a SHA-256 hash. Must not panic on any bytes.
    fn check(&self, token: &[u8], imprint: &[u8; 32]) -> Stamp;
}

impl<F: Fn(&[u8], &[u8; 32]) -> Stamp> TimestampVerifier for F {
    fn check(&self, token: &[u8], imprint: &[u8; 32]) -> Stamp {
        self(token, imprint)
    }
}

/// Time-stampers whose certificates lead to one of these trust anchors.
#[derive(Debug, Clone, Copy)]
pub struct Stampers<'a>(pub &'a Anchors);

impl TimestampVerifier for Stampers<'_> {
    fn check(&self, token: &[u8], imprint: &[u8; 32]) -> Stamp {
        // A bundle holds the token itself, not the response that it came in.
        let parsed = Token::parse(token);
        if parsed.as_ref().is_ok_and(|parsed| parsed.der() != token) {
            return Stamp::Refused;
        }
        match parsed.and_then(|token| token.verify(imprint, None, self.0)) {
            // The stamp's time and what the time-stamper may be off by: so late it existed for certain.
            Ok(stamp) => Stamp::Trusted(stamp.latest()),
            Err(TimestampError::Chain { .. } | TimestampError::Algorithm) => Stamp::Untrusted,
            Err(_) => Stamp::Refused,
        }
    }
}
