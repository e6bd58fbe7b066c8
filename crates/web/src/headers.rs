//! Headers that every answer carries.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};

/// For whom the answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The office: nothing is kept anywhere.
    Private,
    /// Everybody.
    Public,
}

/// Puts them on every answer of a router. Scripts, styles and pictures come from the same place and never stand in the page.
pub fn strict<S: Clone + Send + Sync + 'static>(router: Router<S>, policy: Policy) -> Router<S> {
    router.layer(from_fn(move |request: Request, next: Next| async move {
        let mut answer = next.run(request).await;
        let headers = answer.headers_mut();
        let csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(csp));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        headers.insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
        if policy == Policy::Private {
            headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
            if !headers.contains_key(header::CACHE_CONTROL) {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
        }
        answer
    }))
}
