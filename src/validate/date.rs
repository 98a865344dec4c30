//! Dates of the proleptic Gregorian calendar. What day it is today is never read here: whoever
//! asks passes the day against which ages are judged.

use std::fmt;
use std::str::FromStr;

/// A day of the calendar, in the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day, if the calendar has it.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        let exists = year >= 1 && year <= 9999 && day >= 1 && day <= days_in_month(year, month);
        if exists { Some(Date { year, month, day }) } else { None }
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }
}

/// How many days a month has; 0 where there is no such month.
#[must_use]
pub const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Whether the year has a 29 February.
#[must_use]
pub const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The text is not a day of the calendar in the form `2026-11-21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDate;

impl fmt::Display for NoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date in the form YYYY-MM-DD")
    }
}

impl std::error::Error for NoDate {}

impl FromStr for Date {
    type Err = NoDate;

    /// Reads the extended form of ISO 8601, `2026-11-21`, and no other.
    fn from_str(text: &str) -> Result<Date, NoDate> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(NoDate);
        };
        let digits = [y1, y2, y3, y4, m1, m2, d1, d2].map(|digit| digit.wrapping_sub(b'0'));
        if digits.iter().any(|digit| *digit > 9) {
            return Err(NoDate);
        }
        let two = |at: usize| digits[at] * 10 + digits[at + 1];
        Date::new(u16::from(two(0)) * 100 + u16::from(two(2)), two(4), two(6)).ok_or(NoDate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_only_days_of_the_calendar() {
        for (text, expected) in [
            ("2024-02-29", true),
            ("2000-02-29", true),
            ("1900-02-29", false),
            ("2023-02-29", false),
            ("2026-04-31", false),
            ("2026-00-10", false),
            ("2026-13-10", false),
            ("2026-12-00", false),
            ("0000-01-01", false),
            ("2026-1-1", false),
            ("20260101", false),
            ("2026-01-01Z", false),
            ("2026/01/01", false),
            ("２０２６", false),
        ] {
            assert_eq!(text.parse::<Date>().is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_cycle_of_the_calendar_has_146097_days() {
        let days = |year| (1..=12).map(|month| u32::from(days_in_month(year, month))).sum::<u32>();
        assert_eq!((1801..=2200).map(days).sum::<u32>(), 146_097);
    }

    proptest! {
        #[test]
        fn written_and_read_again(year in 1_u16..=9999, month in 1_u8..=12, day in 1_u8..=31) {
            if let Some(date) = Date::new(year, month, day) {
                prop_assert_eq!(date.to_string().parse(), Ok(date));
            }
        }

        #[test]
        fn ordered_as_written(a in (1_u16..=9999, 1_u8..=12, 1_u8..=28), b in (1_u16..=9999, 1_u8..=12, 1_u8..=28)) {
            let (a, b) = (Date::new(a.0, a.1, a.2).unwrap(), Date::new(b.0, b.1, b.2).unwrap());
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }
}
