//! The one place that reads the clock, and dates as people write them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::failure::{Failure, Outcome};

/// Milliseconds since 1970, UTC.
pub fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
}

/// Reads `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ssZ` into seconds since 1970, UTC.
pub fn parse(text: &str) -> Outcome<u64> {
    let wrong =
        || Failure::new(format!("`{text}` is not a date")).hint("write 2026-03-09 or 2026-03-09T17:30:00Z (UTC)");
    let full = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let at = humantime::parse_rfc3339(&full).map_err(|_| wrong())?;
    Ok(at.duration_since(UNIX_EPOCH).map_err(|_| wrong())?.as_secs())
}

/// `YYYY-MM-DD hh:mm:ss UTC`.
pub fn show(seconds: u64) -> String {
    // Past the year 9999 the formatter refuses; a bundle from outside may say such a time.
    const YEAR_9999: u64 = 253_402_300_799;
    if seconds > YEAR_9999 {
        return format!("{seconds} s after 1970");
    }
    let text = humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string();
    text.replace('T', " ").replace('Z', " UTC")
}
