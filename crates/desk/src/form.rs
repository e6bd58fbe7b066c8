//! Forms that came from a page of this desk.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use crate::{Desk, Refusal, Signed};

/// The field that every form carries ([`token`](crate::shell::token)), or the header of a script's request.
pub(crate) const FIELD: &str = "csrf";

/// The same as a header.
pub(crate) const HEADER: &str = "x-csrf";

/// The most bytes of a form without files.
pub(crate) const MOST_FORM: usize = 4 << 20;

/// A form (`application/x-www-form-urlencoded`) with the token of the session, and who sent it. `T` is a struct of the form's fields (numbers
/// are fine), or [`Pairs`] where a field may come several times.
#[derive(Debug)]
pub(crate) struct Checked<T>(pub(crate) Signed, pub(crate) T);

/// All fields of a form in their order, the token left out.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<(String, String)>")]
pub(crate) struct Pairs(Vec<(String, String)>);

impl From<Vec<(String, String)>> for Pairs {
    fn from(mut pairs: Vec<(String, String)>) -> Self {
        pairs.retain(|(name, _)| name != FIELD);
        Self(pairs)
    }
}

impl Pairs {
    /// The first value of a field.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// The first value of a field; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.one(name).unwrap_or_default()
    }

    /// Whether a box was ticked.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// A text as it was typed: a browser sends line ends as CR LF, and none of them is meant.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).replace("\r\n", "\n")
    }

    /// A number; 0 when it is none.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.get(name).parse().unwrap_or(0)
    }

    /// Every value of a field: boxes that were ticked.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[derive(Deserialize)]
struct Token {
    csrf: Option<String>,
}

/// Compares in constant time.
pub(crate) fn is_token(signed: &Signed, given: &str) -> bool {
    signed.csrf.as_bytes().ct_eq(given.as_bytes()).into()
}

/// The token in a request's headers, where a script sent it.
pub(crate) fn token_of(headers: &HeaderMap) -> Option<String> {
    headers.get(HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The form's body and, apart, its token.
pub(crate) async fn body(request: Request) -> Result<(Bytes, Option<String>), Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::Input("this is no form of this desk".to_owned()));
    }
    let body = bytes(request, MOST_FORM).await?;
    let token = fields::<Token>(&body)?.csrf;
    Ok((body, token))
}

/// A request's body, of so many bytes at most.
pub(crate) async fn bytes(mut request: Request, most: usize) -> Result<Bytes, Refusal> {
    DefaultBodyLimit::max(most).apply(&mut request);
    Bytes::from_request(request, &()).await.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        _ => Refusal::Input("the form broke off on its way; send it again".to_owned()),
    })
}

/// The fields of a form.
pub(crate) fn fields<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_urlencoded::from_bytes(body)
        .map_err(|_| Refusal::Input("a field of the form is missing, or holds what it can't hold".to_owned()))
}

impl<T: DeserializeOwned> FromRequest<Desk> for Checked<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Refusal> {
        let (mut parts, rest) = request.into_parts();
        let signed = Signed::from_request_parts(&mut parts, desk).await?;
        let header = token_of(&parts.headers);
        let (body, field) = body(Request::from_parts(parts, rest)).await?;
        let given = header.or(field).ok_or(Refusal::Forged)?;
        if is_token(&signed, &given) { Ok(Self(signed, fields(&body)?)) } else { Err(Refusal::Forged) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, PartialEq, Debug)]
    struct Form {
        text: String,
        days: u32,
        note: Option<String>,
    }

    #[test]
    fn numbers_and_missing_fields() {
        let form: Form = fields(b"csrf=1&text=a%26b&days=30").unwrap();
        assert_eq!(form, Form { text: "a&b".to_owned(), days: 30, note: None });
        for bad in [&b"text=a"[..], b"text=a&days=-1", b"text=a&days=1&days=2", b"\xff=\xff"] {
            assert!(matches!(fields::<Form>(bad), Err(Refusal::Input(_))), "{bad:?}");
        }
    }

    #[test]
    fn fields_that_repeat() {
        let pairs: Pairs = fields(b"csrf=secret&to=ines&open=1&open=3&open=2").unwrap();
        assert_eq!(pairs.all("open").collect::<Vec<_>>(), ["1", "3", "2"]);
        assert_eq!((pairs.one("to"), pairs.one(FIELD), pairs.iter().count()), (Some("ines"), None, 4));
    }
}
