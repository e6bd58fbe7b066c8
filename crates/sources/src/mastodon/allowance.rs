//! How often a server of Mastodon's kind may be asked: what it says in `X-RateLimit-Remaining` and `X-RateLimit-Reset`.

use std::time::Duration;

use crate::Answer;
use crate::net::date;
use crate::when::rfc3339;

/// The longest wait that is heard; Mastodon's windows are five minutes, some thirty.
const LONGEST: u64 = 3_600;

/// The wait for one that says it is too much and not for how long.
const USUAL: u64 = 60;

/// How long to wait after an answer that says nothing is left; nothing when more may be asked.
pub(super) fn spent(answer: &Answer) -> Option<Duration> {
    let left: u64 = answer.header("x-ratelimit-remaining")?.trim().parse().ok()?;
    (left == 0).then(|| wait(&|name| answer.header(name)))
}

/// How long to wait after status 429.
pub(super) fn refused(answer: &Answer) -> Duration {
    wait(&|name| answer.header(name))
}

/// The reset's time is the server's, and is held against the server's own clock: ours need not agree.
fn wait<'a>(header: &dyn Fn(&str) -> Option<&'a str>) -> Duration {
    let asked = header("retry-after").and_then(|seconds| seconds.trim().parse().ok());
    let reset = || {
        let reset = header("x-ratelimit-reset")?.trim();
        // Some write seconds since 1970.
        let reset = rfc3339(reset).or_else(|| reset.parse().ok())?;
        Some(reset.saturating_sub(header("date").and_then(date::parse)?))
    };
    Duration::from_secs(asked.or_else(reset).unwrap_or(USUAL).clamp(1, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(rows: &[(&str, &'static str)]) -> u64 {
        wait(&|name| rows.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)).as_secs()
    }

    #[test]
    fn waits_by_the_servers_own_clock() {
        let date = ("date", "Tue, 14 Nov 2023 22:13:20 GMT");
        assert_eq!(seconds(&[]), USUAL);
        assert_eq!(seconds(&[("x-ratelimit-reset", "2023-11-14T22:15:00.000000Z"), date]), 100);
        assert_eq!(seconds(&[("x-ratelimit-reset", "1700000010"), date]), 10);
        assert_eq!(seconds(&[("x-ratelimit-reset", "2023-11-14T22:00:00Z"), date]), 1);
        assert_eq!(seconds(&[("x-ratelimit-reset", "2099-11-14T22:00:00Z"), date]), LONGEST);
        assert_eq!(seconds(&[("x-ratelimit-reset", "2023-11-14T22:15:00Z")]), USUAL);
        assert_eq!(seconds(&[("x-ratelimit-reset", "soon"), date]), USUAL);
        assert_eq!(seconds(&[("retry-after", "7"), ("x-ratelimit-reset", "2023-11-14T22:15:00Z"), date]), 7);
    }
}
