//! Periods of the calendar: so many years, months, weeks or days.

use crate::model::Language;
use crate::validate::date::{Date, days_in_month};

/// The unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Days.
    Days,
    /// Weeks.
    Weeks,
    /// Months of the calendar.
    Months,
    /// Years of the calendar.
    Years,
}

/// A stretch of the calendar, such as 36 months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many.
    pub count: u16,
    /// Of what.
    pub length: Length,
}

/// The words for each unit, English and Swedish, one and many.
const WORDS: [(Length, [&str; 4]); 4] = [
    (Length::Days, ["day", "days", "dag", "dagar"]),
    (Length::Weeks, ["week", "weeks", "vecka", "veckor"]),
    (Length::Months, ["month", "months", "månad", "månader"]),
    (Length::Years, ["year", "years", "år", "år"]),
];

impl Period {
    /// Reads `3 years`, `36 months`, `4 veckor`, `90 days`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Period> {
        let (count, word) = text.trim().split_once(char::is_whitespace)?;
        let count = count.parse().ok().filter(|count| (1..=1200).contains(count))?;
        let word = word.trim().to_lowercase();
        let unit = WORDS.into_iter().find(|(_, words)| words.contains(&word.as_str()))?;
        Some(Period { count, length: unit.0 })
    }

    /// In words.
    #[must_use]
    pub fn describe(self, language: Language) -> String {
        let words = WORDS.into_iter().find(|(length, _)| *length == self.length);
        let [one, many, en, flera] = words.map_or([""; 4], |(_, words)| words);
        let word = match self.count {
            1 => language.pick(one, en),
            _ => language.pick(many, flera),
        };
        format!("{} {word}", self.count)
    }

    /// The day so much later. Where the month is too short, its last one.
    #[must_use]
    pub fn after(self, start: Date) -> Date {
        let count = u32::from(self.count);
        match self.length {
            Length::Days => add_days(start, count),
            Length::Weeks => add_days(start, 7 * count),
            Length::Months => add_months(start, count),
            Length::Years => add_months(start, 12 * count),
        }
    }
}

fn add_months(start: Date, months: u32) -> Date {
    let month = u32::from(start.month()) - 1 + months;
    let year = u16::try_from(u32::from(start.year()) + month / 12).unwrap_or(u16::MAX);
    let month = (month % 12) as u8 + 1;
    let day = start.day().min(days_in_month(year, month));
    Date::new(year, month, day).unwrap_or(LAST)
}

fn add_days(start: Date, days: u32) -> Date {
    let mut day = start;
    let mut left = days;
    while left > 0 {
        let rest = u32::from(days_in_month(day.year(), day.month()) - day.day());
        if left <= rest {
            let in_month = day.day() + left as u8;
            return Date::new(day.year(), day.month(), in_month).unwrap_or(LAST);
        }
        left -= rest + 1;
        let first = Date::new(day.year(), day.month(), 1).unwrap_or(LAST);
        day = add_months(first, 1);
    }
    day
}

/// The end of the calendar we know.
const LAST: Date = match Date::new(9999, 12, 31) {
    Some(day) => day,
    None => panic!("the calendar has this day"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_end_on_days_of_the_calendar() {
        for (period, start, end) in [
            ("3 years", "2023-11-21", "2026-11-21"),
            ("1 year", "2024-02-29", "2025-02-28"),
            ("36 months", "2023-01-31", "2026-01-31"),
            ("1 månad", "2026-01-31", "2026-02-28"),
            ("31 days", "2026-01-31", "2026-03-03"),
            ("1 dag", "2025-12-31", "2026-01-01"),
            ("2 weeks", "2026-02-20", "2026-03-06"),
            ("365 days", "2023-03-01", "2024-02-29"),
        ] {
            let got = Period::parse(period).unwrap().after(start.parse().unwrap());
            assert_eq!(got.to_string(), end, "{period} from {start}");
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in ["3", "three years", "3 moons", "0 days", "-1 years", "years 3", "99999 days"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
        assert_eq!(Period::parse("1 year").unwrap().describe(Language::Swedish), "1 år");
        assert_eq!(Period::parse("24 månader").unwrap().describe(Language::English), "24 months");
    }
}
