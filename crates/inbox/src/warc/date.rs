//! `WARC-Date`: W3C date and time in UTC, with milliseconds (ISO 28500:2017, section 5.4).

/// Milliseconds since 1970 as a date; beyond the year 9999 that year's last moment.
pub(super) fn write(at_ms: u64) -> String {
    let at_ms = at_ms.min(253_402_300_799_999);
    let (days, rest) = (at_ms / 86_400_000, at_ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}Z", rest / 1000 % 60, rest % 1000)
}

/// Reads what [`write`] writes, and only that.
pub(super) fn read(text: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| -> Option<u64> {
        text.get(range).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let time = number(11..13)? * 3_600_000 + number(14..16)? * 60_000 + number(17..19)? * 1000 + number(20..23)?;
    let at_ms = days(year, month, day)? * 86_400_000 + time;
    (write(at_ms) == text).then_some(at_ms)
}

/// Days since 1970 as year, month and day: H. Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
fn civil(days: u64) -> (u64, u64, u64) {
    let z = days + 719_468;
    let (era, of_era) = (z / 146_097, z % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// The reverse (`days_from_civil` there); a day that does not exist gives another one, which [`read`] notices.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let year = year.checked_sub(u64::from(month <= 2))?;
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_there_and_back() {
        for (at_ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (1_900_000_000_250, "2030-03-17T17:46:40.250Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(write(at_ms), text);
            assert_eq!(read(text), Some(at_ms));
        }
        assert_eq!(write(u64::MAX), "9999-12-31T23:59:59.999Z");
        for bad in [
            "2030-02-30T00:00:00.000Z",
            "2030-13-01T00:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
            "2030-01-01",
            "x",
            "2030-01-01T24:00:00.000Z",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
