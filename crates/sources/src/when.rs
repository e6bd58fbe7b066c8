//! Times as services write them, to seconds since 1970.

use crate::net::date::days;

/// A time of RFC 3339 (`2026-03-01T10:20:30Z`, with an offset, with fractions); `None` for anything else, and before 1970.
pub(crate) fn rfc3339(text: &str) -> Option<u64> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if !text.is_ascii() || bytes.len() < 20 || !matches!(bytes[10], b'T' | b't' | b' ') {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u64> {
        let part = &text[from..to];
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let fits = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !fits || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    let zone = text[19..].trim_start_matches(['.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    match zone.as_bytes() {
        [b'Z' | b'z'] => Some(seconds),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] if [h1, h2, m1, m2].iter().all(|digit| digit.is_ascii_digit()) => {
            let digit = |byte: &u8| u64::from(byte - b'0');
            let offset = (digit(h1) * 10 + digit(h2)) * 3600 + (digit(m1) * 10 + digit(m2)) * 60;
            if *sign == b'+' { seconds.checked_sub(offset) } else { seconds.checked_add(offset) }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_same_in_every_zone() {
        for text in [
            "2023-02-27T07:20:50Z",
            "2023-02-27T07:20:50+00:00",
            "2023-02-27t10:20:50.123+03:00",
            "2023-02-27 01:50:50-05:30",
        ] {
            assert_eq!(rfc3339(text), Some(1_677_482_450), "{text}");
        }
        for text in [
            "",
            "2023-02-27",
            "2023-13-27T07:20:50Z",
            "2023-02-27T07:20:50",
            "20é3-02-27T07:20:50Z",
            "1970-01-01T00:00:00+01:00",
        ] {
            assert_eq!(rfc3339(text), None, "{text}");
        }
    }
}
