//! Headers that every answer carries.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};

/// For whom the answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The office: nothing is kept anywhere, and no other site may use it.
    Private,
    /// Everybody.
    Public,
}

/// Scripts, styles and pictures come from the same place and never stand in the page.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What everybody gets.
const ALL: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// The pattern of the route that answered, for a log.
#[derive(Debug, Clone)]
pub(crate) struct Route(pub(crate) String);

/// Puts them on every answer of a router. A page that needs another content security policy, or may be kept, says so itself.
pub fn strict<S: Clone + Send + Sync + 'static>(router: Router<S>, policy: Policy) -> Router<S> {
    router.layer(from_fn(move |request: Request, next: Next| async move {
        let route = request.extensions().get::<MatchedPath>().map(|path| Route(path.as_str().to_owned()));
        let mut answer = next.run(request).await;
        if let Some(route) = route {
            answer.extensions_mut().insert(route);
        }
        harden(answer.headers_mut(), policy);
        answer
    }))
}

pub(crate) fn harden(headers: &mut HeaderMap, policy: Policy) {
    for (name, value) in ALL {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if policy == Policy::Private {
        let own = HeaderName::from_static("cross-origin-resource-policy");
        headers.entry(own).or_insert(HeaderValue::from_static("same-origin"));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn headers(policy: Policy, path: &str) -> (StatusCode, HeaderMap) {
        let own =
            || async { ([("content-security-policy", "default-src 'none'"), ("cache-control", "max-age=60")], "") };
        let router = Router::new().route("/", get(|| async { "page" })).route("/own", get(own));
        let router = strict(router, policy);
        let answer = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        (answer.status(), answer.headers().clone())
    }

    macro_rules! header {
        ($test:ident, $name:literal, $value:expr) => {
            #[tokio::test]
            async fn $test() {
                for policy in [Policy::Private, Policy::Public] {
                    for (path, status) in [("/", 200), ("/nowhere", 404)] {
                        let (found, headers) = headers(policy, path).await;
                        assert_eq!(found, status);
                        assert_eq!(headers[$name], $value, "{path}");
                    }
                }
            }
        };
    }

    header!(content_type_is_not_guessed, "x-content-type-options", "nosniff");
    header!(nobody_frames_it, "x-frame-options", "DENY");
    header!(nobody_learns_where_one_was, "referrer-policy", "no-referrer");
    header!(its_windows_are_its_own, "cross-origin-opener-policy", "same-origin");
    header!(content_security_policy, "content-security-policy", CONTENT_SECURITY_POLICY);

    #[tokio::test]
    async fn devices_are_off() {
        let (_, headers) = headers(Policy::Public, "/").await;
        let value = headers["permissions-policy"].to_str().unwrap();
        for device in ["camera", "geolocation", "microphone", "payment", "usb"] {
            assert!(value.contains(&format!("{device}=()")), "{device}");
        }
    }

    #[tokio::test]
    async fn the_policy_allows_nothing_inline_and_nobody_else() {
        assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'"));
        for open in ["unsafe", "*", "http", "'nonce", "blob:"] {
            assert!(!CONTENT_SECURITY_POLICY.contains(open), "{open}");
        }
    }

    #[tokio::test]
    async fn what_is_private_is_kept_nowhere() {
        for path in ["/", "/nowhere"] {
            let (_, headers) = headers(Policy::Private, path).await;
            assert_eq!(headers["cache-control"], "no-store");
            assert_eq!(headers["cross-origin-resource-policy"], "same-origin");
        }
        let (_, headers) = headers(Policy::Public, "/").await;
        assert!(headers.get("cache-control").is_none() && headers.get("cross-origin-resource-policy").is_none());
    }

    #[tokio::test]
    async fn a_page_may_say_otherwise() {
        let (_, headers) = headers(Policy::Private, "/own").await;
        assert_eq!(headers["content-security-policy"], "default-src 'none'");
        assert_eq!(headers["cache-control"], "max-age=60");
        assert_eq!(headers["x-frame-options"], "DENY");
    }
}
