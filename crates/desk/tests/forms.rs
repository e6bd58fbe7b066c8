//! What comes in: the token on every form, roles on every page, sizes, methods, other sites.
#![allow(clippy::unwrap_used)]

mod common;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use common::{Rig, multipart};
use countermark_desk::{Reach, Role, TABLE};

const ALL: [Role; 4] = [Role::Analyst, Role::Approver, Role::Press, Role::Writer];

fn filled(path: &str) -> String {
    let id = "0".repeat(32);
    let part = |part| match part {
        "{id}" => id.as_str(),
        hole if str::starts_with(hole, '{') => "1",
        other => other,
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_form_needs_its_token() {
    let rig = Rig::new();
    let mut chief = rig.chief();
    let other = rig.chief().csrf;
    for line in TABLE.iter().filter(|line| line.method == "POST" && line.reach != Reach::Stranger) {
        let path = filled(line.path);
        for form in ["", "csrf=", "csrf=0", &format!("csrf={other}"), "csrf=a&csrf=b"] {
            let page = chief.post_plain(&path, form).await;
            let refused = [StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY].contains(&page.status);
            assert!(refused, "{path} took {form:?}: {}", page.status);
        }
        for field in ["", &other] {
            let body = multipart(&[("csrf", field)], &[("file", "a.png", b"picture")]);
            let request = chief.request(Method::POST, &path);
            let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=X-BOUNDARY");
            let page = chief.send(request.body(Body::from(body)).unwrap()).await;
            let refused = [StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY].contains(&page.status);
            assert!(refused, "{path}: {}", page.status);
        }
    }
    assert_eq!(chief.get("/").await.status, StatusCode::OK, "nobody was signed out");
}

#[tokio::test]
async fn each_page_is_for_its_roles() {
    let rig = Rig::new();
    for line in
        TABLE.iter().filter(|line| line.reach != Reach::Stranger && !["/sign-out", "/lock"].contains(&line.path))
    {
        let path = filled(line.path);
        for role in ALL {
            let mut person = rig.person("Tomas Reyl", &[role]);
            let page = match line.method {
                "GET" => person.get(&path).await,
                _ => person.post(&path, &[]).await,
            };
            let may = match line.reach {
                Reach::Roles(roles) => roles.contains(&role),
                Reach::Stranger | Reach::Signed => true,
            };
            if may {
                assert_ne!(page.status, StatusCode::FORBIDDEN, "{} {path} as {role:?}", line.method);
            } else {
                // A form is looked at before its page: what is missing in it may be said first, and nothing was done.
                let refused = [StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY].contains(&page.status);
                assert!(refused, "{} {path} as {role:?}: {}", line.method, page.status);
                assert!(line.method == "POST" || page.status == StatusCode::FORBIDDEN, "{path} as {role:?}");
            }
        }
    }
}

#[tokio::test]
async fn another_site_s_form_is_refused_even_with_a_token() {
    let rig = Rig::new();
    let mut chief = rig.chief();
    for site in ["cross-site", "same-site"] {
        let request = chief.request(Method::POST, "/sign-out").header("sec-fetch-site", site);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let page = chief.send(request.body(Body::from(format!("csrf={}", chief.csrf))).unwrap()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{site}");
    }
    assert_eq!(chief.post("/sign-out", &[]).await.location(), "/sign-in");
    assert_eq!(chief.get("/").await.location(), "/sign-in");
}

#[tokio::test]
async fn large_and_odd_requests() {
    let rig = Rig::new();
    let mut chief = rig.chief();
    let large = format!("csrf={}&text={}", chief.csrf, "a".repeat(5 << 20));
    assert_eq!(chief.post_plain("/sign-out", &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
        let request = chief.request(Method::from_bytes(method.as_bytes()).unwrap(), "/").body(Body::empty()).unwrap();
        let page = chief.send(request).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    for path in [
        "/nothing",
        "/cases/..%2f..%2fetc%2fpasswd",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/x",
        "/sign-in/../x",
        "//evil.example",
    ] {
        let page = chief.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    let request = chief.request(Method::POST, "/sign-out").header(header::CONTENT_TYPE, "application/json");
    let page = chief.send(request.body(Body::from("{}")).unwrap()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}
