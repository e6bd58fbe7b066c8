//! Dates of HTTP (RFC 9110, section 5.6.7): the fixed form, and the two old ones that must be read.

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds since 1970 of a date, `None` when it is none or lies before 1970.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let words: Vec<&str> = text.split([' ', '-', ',']).filter(|word| !word.is_empty()).collect();
    match words[..] {
        // Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
        [_, day, month, year, time, "GMT" | "UTC"] => seconds(year, month, day, time),
        // Sun Nov  6 08:49:37 1994
        [_, month, day, time, year] => seconds(year, month, day, time),
        _ => None,
    }
}

fn seconds(year: &str, month: &str, day: &str, time: &str) -> Option<u64> {
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let (year, day) = (number(year, 4)?, number(day, 2)?);
    let year = match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        1970.. => year,
        _ => return None,
    };
    let mut parts = time.split(':').map(|part| number(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn number(text: &str, most: usize) -> Option<u64> {
    (text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Days since 1970 in the Gregorian calendar, by counting from 1 March (H. Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `days_from_civil`).
pub(crate) fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_are_one_moment() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(parse(text), Some(784_111_777), "{text}");
        }
        assert_eq!(parse("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(parse("Thu, 29 Feb 2024 23:59:60 GMT"), Some(1_709_251_200));
        for text in [
            "",
            "today",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nix 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("Sun, 99999 Nov 1994 08:49:37 GMT"), None);
    }
}
