//! What is asked.

use std::fmt;
use std::time::Duration;

use url::Url;
use zeroize::Zeroizing;

use super::{Limits, Reach, Validators};
use crate::secret::PLACE;
use crate::{Fault, Secret};

/// The longest address that is asked.
const LONGEST: usize = 8192;

/// Which answers are answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// Those of status 200 to 299, and 304 where the request has validators; others are faults.
    Success,
    /// Those of any status but a redirect: the service says in the body what is wrong.
    Any,
}

/// A request. Where its address, a header or its body holds the text `[secret]`, the secret is put in at the last moment and
/// struck out of everything that is kept.
#[derive(Clone)]
pub struct Request {
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<(&'static str, Vec<u8>)>,
    pub(super) secret: Option<Secret>,
    pub(super) reach: Reach,
    pub(super) accept: Accept,
    pub(super) since: Validators,
    pub(super) limits: Option<Limits>,
}

impl Request {
    /// A GET of an `http` or `https` address.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Request {
        Request {
            url: url.into(),
            headers: Vec::new(),
            body: None,
            secret: None,
            reach: Reach::Public,
            accept: Accept::Success,
            since: Validators::default(),
            limits: None,
        }
    }

    /// A POST. It follows no redirect.
    #[must_use]
    pub fn post(url: impl Into<String>, content_type: &'static str, body: impl Into<Vec<u8>>) -> Request {
        Request { body: Some((content_type, body.into())), ..Request::get(url) }
    }

    /// With a header; its value may hold `[secret]`.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Request {
        self.headers.push((name, value.into()));
        self
    }

    /// With the secret that `[secret]` stands for. Such a request follows no redirect to another origin.
    #[must_use]
    pub fn secret(mut self, secret: &Secret) -> Request {
        self.secret = Some(secret.clone());
        self
    }

    /// With the secret as a bearer token (RFC 6750).
    #[must_use]
    pub fn bearer(self, secret: &Secret) -> Request {
        self.header("Authorization", format!("Bearer {PLACE}")).secret(secret)
    }

    /// Where it may lead.
    #[must_use]
    pub fn reach(mut self, reach: Reach) -> Request {
        self.reach = reach;
        self
    }

    /// Which answers are answers.
    #[must_use]
    pub fn accept(mut self, accept: Accept) -> Request {
        self.accept = accept;
        self
    }

    /// Only what has changed since an answer with these validators.
    #[must_use]
    pub fn since(mut self, validators: &Validators) -> Request {
        self.since = validators.clone();
        self
    }

    /// With limits of its own.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Request {
        self.limits = Some(limits);
        self
    }

    /// With a time of its own for the whole, above the client's limit: for a long poll.
    #[must_use]
    pub fn patient(mut self, whole: Duration, limits: Limits) -> Request {
        self.limits = Some(Limits { whole, ..limits });
        self
    }

    pub(super) fn address(&self) -> Result<Url, Fault> {
        address(&self.fill(&self.url, true))
    }

    /// The text with the secret in its place.
    pub(super) fn fill(&self, text: &str, encoded: bool) -> Zeroizing<String> {
        match &self.secret {
            Some(secret) if encoded => Zeroizing::new(text.replace(PLACE, &secret.encoded())),
            Some(secret) => Zeroizing::new(text.replace(PLACE, secret.expose())),
            None => Zeroizing::new(text.to_owned()),
        }
    }

    pub(super) fn strike(&self, bytes: Vec<u8>) -> Vec<u8> {
        match &self.secret {
            Some(secret) => secret.strike(bytes),
            None => bytes,
        }
    }

    pub(super) fn strike_text(&self, text: String) -> String {
        String::from_utf8(self.strike(text.into_bytes())).unwrap_or_default()
    }
}

/// The secret's place may stand in an address, but nothing of it is shown.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("url", &self.url).field("reach", &self.reach).finish_non_exhaustive()
    }
}

/// An address that can be asked: `http` or `https`, a host, no user and no password.
pub(super) fn address(text: &str) -> Result<Url, Fault> {
    if text.len() > LONGEST {
        return Err(Fault::Limit("length of an address"));
    }
    let mut url = Url::parse(text).map_err(|_| Fault::Garbled("address"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Fault::Garbled("an address that is not http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.host().is_none() {
        return Err(Fault::Garbled("address"));
    }
    url.set_fragment(None);
    Ok(url)
}
