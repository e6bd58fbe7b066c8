//! Times as archives write them.

/// A time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Seconds since 1970, UTC; where no zone is known, as if the time had been written in UTC.
    pub seconds: u64,
    /// Whether the zone is known: it stands in the file, or was said.
    pub zoned: bool,
    /// The time as it is written in the file, its zone left aside: what tells items apart, whatever zone is said.
    pub(crate) written: u64,
}

impl Moment {
    /// A time whose zone is known.
    #[must_use]
    pub fn exact(seconds: u64) -> Self {
        Self { seconds, zoned: true, written: seconds }
    }

    /// A time on the clock of a place: in this zone, where it is known.
    #[must_use]
    pub fn local(written: u64, zone: Option<Zone>) -> Self {
        let minutes = zone.map_or(0, |zone| i64::from(zone.0));
        let seconds = written.saturating_add_signed(-minutes * 60);
        Self { seconds, zoned: zone.is_some(), written }
    }
}

/// A zone: minutes before UTC, by which its clocks are ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(pub i16);

impl std::str::FromStr for Zone {
    type Err = ();

    /// Reads `+HH:MM`, `-HH:MM` or `Z`, up to 14 hours.
    fn from_str(text: &str) -> Result<Self, ()> {
        if matches!(text, "Z" | "z" | "UTC") {
            return Ok(Self(0));
        }
        let (sign, rest) = match text.split_at_checked(1).ok_or(())? {
            ("+", rest) => (1, rest),
            ("-" | "\u{2212}", rest) => (-1, rest),
            _ => return Err(()),
        };
        let (hours, minutes) = rest.split_once(':').ok_or(())?;
        let two = |text: &str| if text.len() == 2 { number(text).ok_or(()) } else { Err(()) };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        if minutes > 59 || hours * 60 + minutes > 14 * 60 {
            return Err(());
        }
        i16::try_from(hours * 60 + minutes).map(|all| Self(sign * all)).map_err(|_| ())
    }
}

/// Digits only.
pub(super) fn number(text: &str) -> Option<u64> {
    let fits = !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// Seconds since 1970 of a date and a time of day; none for what is no date. The days are counted as in Howard Hinnant's
/// `days_from_civil`.
pub(super) fn seconds(year: u64, month: u64, day: u64, hour: u64, minute: u64, second: u64) -> Option<u64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted / 400, shifted % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    let days = (era * 146_097 + of_era).checked_sub(719_468)?;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Reads `YYYY-MM-DDThh:mm:ss`, perhaps with a zone behind it.
pub(super) fn iso(text: &str, zone: Option<Zone>) -> Option<Moment> {
    let (clock, rest) = text.trim().split_at_checked(19)?;
    let part = |from: usize, to: usize| number(clock.get(from..to)?);
    let bytes = clock.as_bytes();
    let fits = bytes[4] == b'-' && bytes[7] == b'-' && matches!(bytes[10], b'T' | b' ') && bytes[13] == b':';
    if !fits || bytes[16] != b':' {
        return None;
    }
    let written = seconds(part(0, 4)?, part(5, 7)?, part(8, 10)?, part(11, 13)?, part(14, 16)?, part(17, 19)?)?;
    let zone = if rest.is_empty() { zone } else { Some(rest.trim().parse().ok()?) };
    Some(Moment::local(written, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (date, expected) in [
            ((1970, 1, 1), Some(0)),
            ((2000, 2, 29), Some(951_782_400)),
            ((2024, 1, 15), Some(1_705_276_800)),
            ((2100, 2, 29), None),
            ((2024, 13, 1), None),
            ((2024, 4, 31), None),
            ((2024, 4, 0), None),
            ((1969, 12, 31), None),
        ] {
            assert_eq!(seconds(date.0, date.1, date.2, 0, 0, 0), expected, "{date:?}");
        }
        assert_eq!(seconds(2024, 1, 15, 24, 0, 0), None);
    }

    #[test]
    fn zones() {
        for (text, minutes) in [("+01:00", 60), ("-03:30", -210), ("Z", 0), ("+14:00", 840), ("+00:00", 0)] {
            assert_eq!(text.parse(), Ok(Zone(minutes)), "{text}");
        }
        for text in ["", "1", "+1:00", "+14:01", "01:00", "+01:60", "+0100", "é1:00", "+0é:00"] {
            assert_eq!(text.parse::<Zone>(), Err(()), "{text}");
        }
        let moment = Moment::local(7200, Some(Zone(60)));
        assert_eq!((moment.seconds, moment.zoned), (3600, true));
        assert!(!Moment::local(7200, None).zoned);
    }

    #[test]
    fn iso_times() {
        assert_eq!(iso("1970-01-02T00:00:00", None), Some(Moment::local(86_400, None)));
        assert_eq!(iso("1970-01-02T00:00:00+01:00", None).map(|m| m.seconds), Some(82_800));
        for text in ["", "1970-01-02", "1970-01-02T00:00:00x", "1970/01/02T00:00:00", "1970-01-02T00:00:0é"] {
            assert_eq!(iso(text, None), None, "{text}");
        }
    }
}
