//! Until when a request must be answered.
//!
//! Article 12(3) of the GDPR gives one month from receipt, which may be extended by two. Periods of EU
//! law are counted by Regulation (EEC, Euratom) 1182/71, article 3: a period in months ends with the day
//! of the same number; where the last month has no such day, with its last; and where that is a
//! Saturday, a Sunday or a public holiday, with the next working day. Public holidays are those of the
//! Swedish act (1989:1253); the eves (Midsummer, Christmas, New Year) are none there, so that a
//! deadline on one of them is told as it stands.

use jiff::civil::{Date, Weekday, date};
use jiff::{Span, ToSpan as _};
use serde::{Deserialize, Serialize};

/// The deadlines of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The day the request was received, `YYYY-MM-DD`.
    pub received: String,
    /// The last day to answer, or to say that more time is needed and why.
    pub answer_by: String,
    /// The last day to answer when that was said in time.
    pub if_extended: String,
    /// How it was counted.
    pub counted: String,
}

/// What is said of the way of counting.
pub const COUNTED: &str = "one month from receipt, three if extended (GDPR art. 12(3)), by \
    Regulation 1182/71 art. 3; a last day on a Saturday, a Sunday or a Swedish public holiday \
    (1989:1253) moves to the next working day; Midsummer's, Christmas and New Year's Eve do not count \
    as public holidays here";

impl Deadline {
    /// The deadlines of a request received on a day, `YYYY-MM-DD`. None if that is no day.
    #[must_use]
    pub fn of(received: &str) -> Option<Deadline> {
        let day: Date = received.parse().ok()?;
        let after = |span: Span| Some(next_working_day(day.checked_add(span).ok()?)?.to_string());
        Some(Deadline {
            received: day.to_string(),
            answer_by: after(1.month())?,
            if_extended: after(3.months())?,
            counted: COUNTED.to_owned(),
        })
    }
}

/// The day, or the next that is a working day.
fn next_working_day(mut day: Date) -> Option<Date> {
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || is_public_holiday(day) {
        day = day.tomorrow().ok()?;
    }
    Some(day)
}

/// Is it a public holiday in Sweden (1989:1253)? Sundays are another matter.
fn is_public_holiday(day: Date) -> bool {
    let fixed = [(1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26)];
    if fixed.contains(&(day.month(), day.day())) {
        return true;
    }
    let from_easter = easter(day.year()).map(|easter| (day - easter).get_days());
    // Good Friday, Easter, Easter Monday, Ascension, Whitsun.
    if from_easter.is_some_and(|days| [-2, 0, 1, 39, 49].contains(&days)) {
        return true;
    }
    // Midsummer's Day is the Saturday from 20 to 26 June, All Saints' Day the one from 31 October to
    // 6 November.
    day.weekday() == Weekday::Saturday
        && match (day.month(), day.day()) {
            (6, d) => (20..=26).contains(&d),
            (10, 31) => true,
            (11, d) => d <= 6,
            _ => false,
        }
}

/// Easter Sunday in the Gregorian calendar (the anonymous algorithm, Nature 1876).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Some(date(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(received: &str, answer: &str, extended: &str) {
        let deadline = Deadline::of(received).unwrap();
        assert_eq!(
            (deadline.answer_by.as_str(), deadline.if_extended.as_str()),
            (answer, extended),
            "{received}"
        );
    }

    #[test]
    fn months_end_on_the_same_day_or_the_next_working_day() {
        check("2026-03-05", "2026-04-07", "2026-06-05");
        check("2026-01-31", "2026-03-02", "2026-04-30");
        check("2026-11-25", "2026-12-28", "2027-02-25");
        check("2026-05-19", "2026-06-19", "2026-08-19");
        check("2026-09-30", "2026-10-30", "2026-12-30");
        assert_eq!(Deadline::of("2026-02-30"), None);
    }

    #[test]
    fn easter_by_the_calendar() {
        for (year, month, day) in
            [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
        {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
        for day in ["2026-04-03", "2026-05-14", "2026-06-20", "2026-10-31", "2026-06-06"] {
            assert!(is_public_holiday(day.parse().unwrap()), "{day}");
        }
        assert!(!is_public_holiday(date(2026, 12, 24)));
    }
}
