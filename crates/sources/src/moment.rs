//! Times as services write them.

use crate::net::date::days;

/// Seconds since 1970 of an RFC 3339 time; one without an offset is taken as UTC.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let at = |index: usize, of: &[u8]| text.as_bytes().get(index).is_some_and(|byte| of.contains(byte));
    if !(at(4, b"-") && at(7, b"-") && at(10, b"Tt ") && at(13, b":") && at(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if year < 1969 || !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60
    {
        return None;
    }
    let rest = text.get(19..)?;
    let rest =
        rest.strip_prefix('.').map_or(rest, |fraction| fraction.trim_start_matches(|c: char| c.is_ascii_digit()));
    let date = days(u64::try_from(year).ok()?, u64::try_from(month).ok()?, u64::try_from(day).ok()?);
    let time = i64::try_from(date).ok()? * 86_400 + hour * 3_600 + minute * 60 + second - offset(rest)?;
    u64::try_from(time).ok()
}

/// The offset from UTC in seconds.
fn offset(text: &str) -> Option<i64> {
    if text.is_empty() || text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    let all: i64 = (digits.len() == 4).then(|| digits.parse().ok())??;
    (all >= 0).then_some(sign * (all / 100 * 3_600 + all % 100 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_several_services() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2024-04-19T22:15:22.000Z", Some(1_713_564_922)),
            ("2024-02-22T19:58:13.903293+00:00", Some(1_708_631_893)),
            ("2023-07-21T01:33:51.481951", Some(1_689_903_231)),
            ("2024-02-29T23:00:00-01:30", Some(1_709_253_000)),
            ("2000-02-29t12:00:00+0530", Some(951_805_800)),
            ("1969-12-31T23:59:59Z", None),
            ("2024-13-01T00:00:00Z", None),
            ("2024-01-01", None),
            ("2024-01-01T00:00:00+1", None),
            ("2024-01-01T00:00:00é", None),
            ("+024-01-01T00:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
