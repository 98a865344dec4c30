//! Numbers in cells, written as people see them.
//!
//! A cell holds a binary fraction and a number format. The digits of `974.3099999999999` are noise of
//! the one, never shown to anybody; the zeros of `0107099805` are in the other.

/// Whole numbers above this are not exact (2^53).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The last day there is: 31 December 9999.
const LAST_DAY: f64 = 2_958_465.0;

/// How the number in a cell is shown (ECMA-376, part 1, 18.8.30 and 18.8.31).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) enum NumberFormat {
    /// As a number.
    #[default]
    Number,
    /// As a day, a time of day, or both.
    Time {
        /// With the day.
        day: bool,
        /// With the time.
        time: bool,
    },
    /// In fixed places: `000000-0000`.
    Places(Vec<Sign>),
}

/// A sign of a format of fixed places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A digit, if need be a zero.
    Zero,
    /// A digit, if there is one.
    Digit,
    /// Stands for itself.
    Literal(char),
}

impl NumberFormat {
    /// One of those that every program knows by number.
    pub(super) fn builtin(id: u32) -> NumberFormat {
        match id {
            14..=17 | 27..=31 | 34..=36 | 50..=58 => NumberFormat::Time { day: true, time: false },
            18..=21 | 32 | 33 | 45..=47 => NumberFormat::Time { day: false, time: true },
            22 => NumberFormat::Time { day: true, time: true },
            _ => NumberFormat::Number,
        }
    }

    /// The format that a code stands for. Of several parts the first counts, that of positive numbers.
    pub(super) fn of_code(code: &str) -> NumberFormat {
        let (mut signs, mut plain) = (Vec::new(), true);
        let (mut day, mut time) = (false, false);
        let mut rest = code.chars();
        while let Some(c) = rest.next() {
            match c {
                ';' => break,
                '"' => signs.extend(rest.by_ref().take_while(|&c| c != '"').map(Sign::Literal)),
                '\\' => signs.extend(rest.next().map(Sign::Literal)),
                // What is as wide as the next sign, or fills the cell with it.
                '_' | '*' => _ = rest.next(),
                '[' => {
                    let inside: String = rest.by_ref().take_while(|&c| c != ']').collect();
                    let elapsed = ["h", "hh", "m", "mm", "s", "ss"];
                    time |= elapsed.contains(&inside.to_ascii_lowercase().as_str());
                }
                '0' => signs.push(Sign::Zero),
                '#' | '?' => signs.push(Sign::Digit),
                'y' | 'Y' | 'd' | 'D' => day = true,
                'h' | 'H' | 's' | 'S' => time = true,
                'm' | 'M' => plain = false,
                '.' | ',' | 'E' | 'e' | '%' | '@' | 'G' => plain = false,
                c => signs.push(Sign::Literal(c)),
            }
        }
        let months = code.contains(['m', 'M']) && !plain && !code.contains(['0', '#', '@', 'G']);
        if day || time || months {
            return NumberFormat::Time { day: day || !time, time };
        }
        let zeros = signs.iter().filter(|sign| **sign == Sign::Zero).count();
        let literal = |sign: &Sign| matches!(sign, Sign::Literal(_));
        if plain && signs.len() < 64 && (zeros > 1 || zeros == 1 && signs.iter().any(literal)) {
            NumberFormat::Places(signs)
        } else {
            NumberFormat::Number
        }
    }

    /// Appends `value` as this shows it. `epoch_1904` is how old workbooks of the Mac count days.
    pub(super) fn write(&self, value: f64, epoch_1904: bool, out: &mut Vec<u8>) {
        match self {
            NumberFormat::Time { day, time } if (0.0..=LAST_DAY).contains(&value) => {
                write_time(value, (*day, *time), epoch_1904, out);
            }
            NumberFormat::Places(signs) if is_whole(value) && value >= 0.0 => {
                write_places(value as u64, signs, out);
            }
            _ => write_number(value, out),
        }
    }
}

fn is_whole(value: f64) -> bool {
    value.fract() == 0.0 && value.abs() < EXACT
}

/// Whole numbers with all their digits, others with as many as fit into eleven signs.
pub(super) fn write_number(value: f64, out: &mut Vec<u8>) {
    if !value.is_finite() {
        return;
    }
    if is_whole(value) {
        out.extend_from_slice((value as i64).to_string().as_bytes());
        return;
    }
    let size = value.abs();
    let text = if (1e-4..1e10).contains(&size) {
        let whole = if size < 1.0 { 1 } else { size.log10().floor() as usize + 1 };
        let text = format!("{value:.*}", 10_usize.saturating_sub(whole));
        match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    } else {
        format!("{value:.5E}")
    };
    out.extend_from_slice(text.as_bytes());
}

/// The digits in their places, from the right; more digits than places come first.
fn write_places(value: u64, signs: &[Sign], out: &mut Vec<u8>) {
    let digits = value.to_string();
    let mut digits = digits.chars().rev().peekable();
    let places = signs.iter().filter(|sign| !matches!(sign, Sign::Literal(_))).count();
    let (mut written, mut met) = (Vec::new(), 0);
    for sign in signs.iter().rev() {
        match sign {
            Sign::Literal(c) => written.push(*c),
            Sign::Zero => written.push(digits.next().unwrap_or('0')),
            Sign::Digit => written.extend(digits.next()),
        }
        met += usize::from(!matches!(sign, Sign::Literal(_)));
        if met == places && digits.peek().is_some() {
            written.extend(digits.by_ref());
        }
    }
    let text: String = written.iter().rev().collect();
    out.extend_from_slice(text.trim().as_bytes());
}

/// Day and time of a number of days: `2024-03-01`, `2024-03-01 12:30`, `12:30`.
fn write_time(value: f64, (day, time): (bool, bool), epoch_1904: bool, out: &mut Vec<u8>) {
    let minutes = ((value.fract() * 1440.0) + 1e-6) as u32;
    let time = time && (!day || minutes > 0);
    if day {
        let serial = value.trunc() as i64;
        let since_1970 = match (epoch_1904, serial) {
            (true, _) => serial - 24_107,
            // That 1900 was a leap year is an error that is kept.
            (false, ..60) => serial - 25_568,
            (false, _) => serial - 25_569,
        };
        let (year, month, day) = civil(since_1970);
        out.extend_from_slice(format!("{year:04}-{month:02}-{day:02}").as_bytes());
    }
    if time {
        let gap = if day { " " } else { "" };
        let clock = format!("{gap}{:02}:{:02}", minutes / 60 % 24, minutes % 60);
        out.extend_from_slice(clock.as_bytes());
    }
}

/// Year, month and day of a number of days since 1970, by the calendar of today
/// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: f64, code: &str) -> String {
        let mut out = Vec::new();
        NumberFormat::of_code(code).write(value, false, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_shown_as_people_see_them() {
        for (value, code, want) in [
            (198_507_099_805.0, "General", "198507099805"),
            (8_507_099_805.0, "0", "8507099805"),
            (107_099_805.0, "0000000000", "0107099805"),
            (107_099_805.0, "000000-0000", "010709-9805"),
            (107_099_805.0, "000000\\-0000;@", "010709-9805"),
            (198_507_099_805.0, "000000-0000", "19850709-9805"),
            (701_740_605.0, "000\\ 000\\ 00\\ 00", "070 174 06 05"),
            (12.0, "#,##0.00", "12"),
            (974.309_999_999_999_8, "General", "974.31"),
            (0.1 + 0.2, "0.00%", "0.3"),
            (-3.25, "General", "-3.25"),
            (1e20, "General", "1.00000E20"),
            (1.0 / 3.0, "General", "0.333333333"),
            (31_237.0, "yyyy\\-mm\\-dd", "1985-07-09"),
            (31_237.5, "yyyy-mm-dd hh:mm", "1985-07-09 12:00"),
            (0.75, "h:mm", "18:00"),
            (1.0, "d/m/yy", "1900-01-01"),
            (61.0, "[$-41D]d mmmm yyyy", "1900-03-01"),
            (31_237.0, "mmm", "1985-07-09"),
            (5.0, "0 \"kr\"", "5 kr"),
        ] {
            assert_eq!(shown(value, code), want, "{value} as {code}");
        }
        let mut out = Vec::new();
        NumberFormat::builtin(14).write(0.0, true, &mut out);
        assert_eq!(out, b"1904-01-01");
    }
}
