//! A desk that its first person has set up.

use std::time::Duration;

use axum::http::StatusCode;

use super::{Browser, Rig, SET_UP};

pub const INES: &str = "Ines Almada";
pub const OWN: &str = "candle river tin map";
pub const HERS: &str = "lantern oak seven mill";
pub const VAULT: &str = "a vault in a safe in a wall";

/// The set-up page's fields.
pub const FIRST: [(&str, &str); 6] =
    [("set_up", SET_UP), ("vault", VAULT), ("vault_again", VAULT), ("name", INES), ("passphrase", OWN), ("again", OWN)];

/// A desk with one person, who is signed in, and the secret of her codes.
pub async fn founded() -> (Rig, Browser, String) {
    let rig = Rig::locked(Duration::ZERO);
    let mut browser = rig.stranger();
    browser.get("/sign-in").await;
    browser.post("/sign-in/first", &FIRST).await;
    let secret = confirmed(&rig, &mut browser).await;
    browser.get("/").await;
    (rig, browser, secret)
}

/// Photographs the secret, and confirms it.
pub async fn confirmed(rig: &Rig, browser: &mut Browser) -> String {
    let page = browser.get("/sign-in/codes").await;
    let secret = page.inside("code").unwrap_or_else(|| panic!("{}", page.text)).to_owned();
    let page = browser.post("/sign-in/codes", &[("code", &rig.code(&secret))]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    rig.pass(Duration::from_secs(60));
    secret
}
