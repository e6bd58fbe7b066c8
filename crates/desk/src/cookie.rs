//! The desk's cookies: who is signed in, which form of the sign-in page was given to this browser, where he wanted to go.

use axum::http::Extensions;
use countermark_web::Secure;

/// How long the page that was wanted is remembered, in seconds.
const WANTED: u32 = 600;

/// The longest address that is remembered.
const LONGEST: usize = 1_024;

/// Names and attributes. Over TLS, whether the desk or a proxy before it speaks it, cookies are `Secure` and named `__Host-`. On plain HTTP
/// they are neither: the loopback is the only place for that, and not every browser keeps a `Secure` cookie that came from there (Safari does not).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cookies {
    secure: bool,
}

impl Cookies {
    /// Those of a request: by how it came.
    pub(crate) fn of(request: &Extensions) -> Self {
        Self { secure: request.get::<Secure>().is_some_and(|secure| secure.0) }
    }

    /// The session's cookie.
    pub(crate) fn session(self) -> &'static str {
        if self.secure { "__Host-countermark" } else { "countermark" }
    }

    /// That of a browser at the sign-in page.
    pub(crate) fn door(self) -> &'static str {
        if self.secure { "__Host-countermark-door" } else { "countermark-door" }
    }

    /// That with the page first wanted.
    pub(crate) fn wanted_name(self) -> &'static str {
        if self.secure { "__Host-countermark-wanted" } else { "countermark-wanted" }
    }

    /// Sets a cookie until the browser is closed.
    pub(crate) fn set(self, name: &str, value: &str) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{name}={value}; HttpOnly; SameSite=Strict; Path=/{secure}")
    }

    /// Forgets a cookie.
    pub(crate) fn forget(self, name: &str) -> String {
        format!("{}; Max-Age=0", self.set(name, ""))
    }

    /// Remembers a page of this desk; none for what is none, or can't stand in a cookie.
    pub(crate) fn wanted(self, path: &str) -> Option<String> {
        let worth = is_local(path) && path != "/" && !path.starts_with("/sign-in") && !path.starts_with("/assets/");
        worth.then(|| format!("{}; Max-Age={WANTED}", self.set(self.wanted_name(), path)))
    }
}

/// Whether an address is one within this desk and nowhere else, whatever a browser makes of it; and whole in a cookie.
pub(crate) fn is_local(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b';' | b',' | b'"');
    path.len() <= LONGEST && path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags() {
        let plain = Cookies::of(&Extensions::new());
        assert_eq!(plain.set(plain.session(), "a"), "countermark=a; HttpOnly; SameSite=Strict; Path=/");
        let mut request = Extensions::new();
        request.insert(Secure(true));
        let secure = Cookies::of(&request);
        assert_eq!(
            secure.set(secure.session(), "a"),
            "__Host-countermark=a; HttpOnly; SameSite=Strict; Path=/; Secure"
        );
        assert_eq!(
            secure.forget(secure.door()),
            "__Host-countermark-door=; HttpOnly; SameSite=Strict; Path=/; Secure; Max-Age=0"
        );
    }

    #[test]
    fn only_pages_of_the_desk_are_remembered() {
        let cookies = Cookies::of(&Extensions::new());
        assert!(cookies.wanted("/cases/7F3K?page=2").is_some_and(|set| set.contains("=/cases/7F3K?page=2;")));
        let long = format!("/{}", "a".repeat(LONGEST));
        for path in [
            "/",
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "evil.example",
            "/a b",
            "/a;b",
            "/a\r\nb",
            "/a\"",
            "/ä",
            "/sign-in",
            "/sign-in/x",
            "/assets/desk.js",
            &long,
        ] {
            assert!(cookies.wanted(path).is_none(), "{path}");
        }
    }
}
