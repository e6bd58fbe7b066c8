//! Whether the day or the month comes first: told from the file, or refused.

use super::time::seconds;
use super::{Error, Remark};

/// What comes first in a date of three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// Day, month, year.
    DayMonthYear,
    /// Month, day, year.
    MonthDayYear,
    /// Year, month, day.
    YearMonthDay,
}

impl DateOrder {
    /// `DD/MM`, `MM/DD` or `YYYY/MM/DD`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::DayMonthYear => "DD/MM",
            Self::MonthDayYear => "MM/DD",
            Self::YearMonthDay => "YYYY/MM/DD",
        }
    }
}

/// A date of three numbers and a time of day, not yet put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The line that it stands in.
    pub(super) line: usize,
    /// The numbers as they stand.
    pub(super) date: [u64; 3],
    /// Whether the first has four digits, and so is the year.
    pub(super) year_first: bool,
    /// Whether dots stand between them: no locale writes the month first with dots.
    pub(super) dots: bool,
    /// Hour, minute, second.
    pub(super) clock: [u64; 3],
}

impl Stamp {
    /// The time in this order; none where that is no date.
    pub(super) fn seconds(&self, order: DateOrder) -> Option<u64> {
        let [a, b, c] = self.date;
        let (year, month, day) = match order {
            DateOrder::DayMonthYear => (c, b, a),
            DateOrder::MonthDayYear => (c, a, b),
            DateOrder::YearMonthDay => (a, b, c),
        };
        let year = if year < 100 { 2000 + year } else { year };
        seconds(year, month, day, self.clock[0], self.clock[1], self.clock[2])
    }
}

/// An export is written in the order of time. A message that came late stands some hours out of it; months out of it is another order.
const LATE: u64 = 3 * 86_400;

/// The order in which these dates are to be read, and how it was told.
pub(super) fn order(stamps: &[Stamp], given: Option<DateOrder>) -> Result<(DateOrder, Option<Remark>), Error> {
    use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
    let first = stamps.first().map_or(1, |stamp| stamp.line);
    let wrong = |order: DateOrder| stamps.iter().find(|stamp| stamp.seconds(order).is_none()).map(|stamp| stamp.line);
    let sure = match stamps.first() {
        Some(stamp) if stamp.year_first => Some(YearMonthDay),
        Some(stamp) if stamp.dots => given.or(Some(DayMonthYear)),
        _ => given,
    };
    if let Some(order) = sure {
        return wrong(order).map_or(Ok((order, None)), |line| Err(Error::NoOrder { line }));
    }
    match (wrong(DayMonthYear), wrong(MonthDayYear)) {
        (None, Some(line)) => Ok((DayMonthYear, Some(Remark::OrderByDate(DayMonthYear, line)))),
        (Some(line), None) => Ok((MonthDayYear, Some(Remark::OrderByDate(MonthDayYear, line)))),
        (Some(day), Some(month)) => match wrong(YearMonthDay) {
            None => Ok((YearMonthDay, Some(Remark::OrderByDate(YearMonthDay, day)))),
            Some(_) => Err(Error::NoOrder { line: day.max(month) }),
        },
        (None, None) => match (backwards(stamps, DayMonthYear), backwards(stamps, MonthDayYear)) {
            (None, Some(line)) => Ok((DayMonthYear, Some(Remark::OrderByTime(DayMonthYear, line)))),
            (Some(line), None) => Ok((MonthDayYear, Some(Remark::OrderByTime(MonthDayYear, line)))),
            _ => match stamps.iter().find(|stamp| stamp.seconds(DayMonthYear) != stamp.seconds(MonthDayYear)) {
                Some(stamp) => Err(Error::TwoOrders { line: stamp.line }),
                // The third of March is the third of March.
                None if !stamps.is_empty() => Ok((DayMonthYear, None)),
                None => Err(Error::NoOrder { line: first }),
            },
        },
    }
}

/// The first line at which time runs backwards in this order.
fn backwards(stamps: &[Stamp], order: DateOrder) -> Option<usize> {
    let mut latest = 0;
    for stamp in stamps {
        let at = stamp.seconds(order)?;
        if at + LATE < latest {
            return Some(stamp.line);
        }
        latest = latest.max(at);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(dates: &[[u64; 3]]) -> Vec<Stamp> {
        let stamp = |(line, date): (usize, &[u64; 3])| Stamp {
            line: line + 1,
            date: *date,
            year_first: date[0] > 31,
            dots: false,
            clock: [10, 0, 0],
        };
        dates.iter().enumerate().map(stamp).collect()
    }

    #[test]
    fn orders() {
        use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
        for (dates, expected) in [
            // One date that fits one order decides.
            (vec![[1, 2, 24], [13, 2, 24]], Ok((DayMonthYear, Some(Remark::OrderByDate(DayMonthYear, 2))))),
            (vec![[1, 2, 24], [2, 13, 24]], Ok((MonthDayYear, Some(Remark::OrderByDate(MonthDayYear, 2))))),
            // So does the order of time, where only one reading keeps it.
            (vec![[1, 2, 24], [2, 1, 25], [1, 6, 25]], Ok((DayMonthYear, Some(Remark::OrderByTime(DayMonthYear, 3))))),
            (vec![[9, 1, 24], [2, 2, 24]], Ok((DayMonthYear, Some(Remark::OrderByTime(DayMonthYear, 2))))),
            (vec![[1, 9, 24], [2, 2, 24]], Ok((MonthDayYear, Some(Remark::OrderByTime(MonthDayYear, 2))))),
            // A message that came a day late is no step back.
            (vec![[5, 1, 24], [4, 1, 24], [6, 1, 24]], Ok((DayMonthYear, Some(Remark::OrderByTime(DayMonthYear, 2))))),
            // Both readings step back.
            (vec![[9, 9, 24], [1, 2, 24]], Err(Error::TwoOrders { line: 2 })),
            // Nothing decides, and both fit.
            (vec![[1, 2, 24], [3, 4, 24]], Err(Error::TwoOrders { line: 1 })),
            (vec![[3, 3, 24]], Ok((DayMonthYear, None))),
            (vec![[2024, 2, 13]], Ok((YearMonthDay, None))),
            (vec![[13, 2, 24], [2, 13, 24]], Err(Error::NoOrder { line: 2 })),
            (vec![], Err(Error::NoOrder { line: 1 })),
        ] {
            assert_eq!(order(&stamps(&dates), None), expected, "{dates:?}");
        }
    }

    #[test]
    fn an_order_that_is_given_holds_or_is_refused() {
        let both = stamps(&[[1, 2, 24], [3, 4, 24]]);
        for given in [DateOrder::DayMonthYear, DateOrder::MonthDayYear] {
            assert_eq!(order(&both, Some(given)), Ok((given, None)));
        }
        let day = stamps(&[[1, 2, 24], [13, 4, 24]]);
        assert_eq!(order(&day, Some(DateOrder::MonthDayYear)), Err(Error::NoOrder { line: 2 }));
    }
}
