//! Forms that came from a page of this desk.

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use crate::{Desk, Refusal, Signed};

/// The field that every form carries ([`token`](crate::shell::token)), or the header of a script's request.
pub(crate) const FIELD: &str = "csrf";

/// The same as a header.
pub(crate) const HEADER: &str = "x-csrf";

/// A form (`application/x-www-form-urlencoded`) with the token of the session, and who sent it.
#[derive(Debug)]
pub(crate) struct Checked<T>(pub(crate) Signed, pub(crate) T);

#[derive(Deserialize)]
struct WithToken<T> {
    csrf: Option<String>,
    #[serde(flatten)]
    form: T,
}

/// Compares in constant time.
pub(crate) fn is_token(signed: &Signed, given: &str) -> bool {
    signed.csrf.as_bytes().ct_eq(given.as_bytes()).into()
}

impl<T: DeserializeOwned> FromRequest<Desk> for Checked<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let signed = Signed::from_request_parts(&mut parts, desk).await?;
        let header = parts.headers.get(HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let request = Request::from_parts(parts, body);
        let Form(form) = Form::<WithToken<T>>::from_request(request, desk)
            .await
            .map_err(|_| Refusal::Input("the form can't be read".to_owned()))?;
        let given = header.or(form.csrf).ok_or(Refusal::Forged)?;
        if is_token(&signed, &given) { Ok(Self(signed, form.form)) } else { Err(Refusal::Forged) }
    }
}
