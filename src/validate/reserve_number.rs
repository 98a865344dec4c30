//! Numbers that stand in for a personnummer that is missing or not known: interim numbers of schools and
//! universities (Ladok), T and TF numbers (IVO), reserve numbers of regions (Inera, "Lokala
//! reservid") and the national reserve number.

use super::date::{Date, days_in_month};
use super::luhn;

/// Which kind of number it is, and so how much its form says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A letter in place of the first serial digit, with a right check digit (Ladok).
    Interim,
    /// `T` and three digits, or `TF` and two, without a check digit.
    Temporary,
    /// Region Västra Götaland, with a check digit.
    VastraGotaland,
    /// Region Värmland, without a check digit.
    Varmland,
    /// The national reserve number, with a check digit.
    National,
    /// Region Stockholm: twelve digits that begin with 99, with a check digit.
    Stockholm,
    /// Inera: twelve digits with a day that no month has, with a check digit.
    Inera,
    /// Any other four characters with a letter among them behind a date of birth, as in Skåne.
    Other,
}

impl Kind {
    /// Whether a check digit was right.
    #[must_use]
    pub const fn is_checked(self) -> bool {
        !matches!(self, Kind::Temporary | Kind::Varmland | Kind::Other)
    }
}

/// Reads a number of ten or twelve capital letters and digits, without spaces and hyphens.
#[must_use]
pub fn read(number: &[u8], reference: Date) -> Option<Kind> {
    if number.len() == 12 && number.iter().all(u8::is_ascii_digit) {
        return all_digits(number, reference);
    }
    let (date, tail) = number.split_at_checked(number.len().checked_sub(4)?)?;
    if date.iter().any(|b| !b.is_ascii_digit()) || !matches!(date.len(), 6 | 8) {
        return None;
    }
    if tail.iter().all(u8::is_ascii_digit) || !tail.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    if date.len() == 8 && is_national(date, tail) {
        return Some(Kind::National);
    }
    is_birth_date(date, reference).then(|| with_letters(date, tail))
}

/// The kinds with letters behind a date of birth.
fn with_letters(date: &[u8], tail: &[u8]) -> Kind {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let long = date.len() == 8;
    match tail {
        [b'K' | b'M' | b'X', rest @ ..] if long && digits(rest) && is_vgr(date, tail) => {
            Kind::VastraGotaland
        }
        [b'T', b'F', rest @ ..] if digits(rest) => Kind::Temporary,
        [letter, rest @ ..] if letter.is_ascii_uppercase() && digits(rest) => {
            if is_interim(date, tail) {
                Kind::Interim
            } else if *letter == b'T' {
                Kind::Temporary
            } else {
                Kind::Other
            }
        }
        [b'S', b'F' | b'U' | b'X' | b'P' | b'L', b'0'..=b'9', order] if long && *order != b'V' => {
            Kind::Varmland
        }
        _ => Kind::Other,
    }
}

/// The letter counts as 1.
fn is_interim(date: &[u8], tail: &[u8]) -> bool {
    checks(&date[date.len() - 6..], b'1', &tail[1..])
}

fn is_vgr(date: &[u8], tail: &[u8]) -> bool {
    let value = match tail[0] {
        b'K' => b'5',
        b'M' => b'7',
        _ => b'8',
    };
    (b"06".as_slice()..=b"89").contains(&&tail[1..3]) && checks(&date[2..], value, &tail[1..])
}

fn checks(date: &[u8], letter: u8, rest: &[u8]) -> bool {
    let mut digits = [0; 10];
    digits[..6].copy_from_slice(date);
    digits[6] = letter;
    digits[7..].copy_from_slice(rest);
    luhn::is_valid(&digits)
}

/// `XXYYMMDD` with a century of birth to which threes were added, two letters, sex and check digit.
/// How the check digit is made is not published; it is left unchecked.
fn is_national(date: &[u8], tail: &[u8]) -> bool {
    let letter = |b: u8| b.is_ascii_uppercase() && !matches!(b, b'I' | b'O' | b'Q' | b'V' | b'W');
    let (century, year) = (value(&date[..2]), value(&date[2..4]));
    let (month, day) = (value(&date[4..6]), value(&date[6..]));
    let born = match century {
        0 => matches!(month, 20..=99) && matches!(day, 40..=59),
        22.. => {
            // Birth centuries 18 to 20, with a multiple of three added.
            let original = 18 + (century - 18) % 3;
            (1..=days_in_month(original * 100 + year, month as u8)).contains(&(day as u8))
        }
        _ => false,
    };
    let [first, second, sex, check] = *tail else { return false };
    let shape = letter(first) && letter(second) && check.is_ascii_digit();
    born && shape && sex.is_ascii_alphanumeric()
}

fn all_digits(number: &[u8], reference: Date) -> Option<Kind> {
    let year = value(&number[..4]);
    if number.starts_with(b"99") {
        let period = (1900..2300).contains(&value(&number[2..6]));
        return (period && luhn::is_valid(&number[4..])).then_some(Kind::Stockholm);
    }
    let born = (1900..=reference.year()).contains(&year);
    let date = matches!(value(&number[4..6]), 1..=12) && matches!(value(&number[6..8]), 32..=59);
    (born && date && luhn::is_valid(&number[2..])).then_some(Kind::Inera)
}

/// A day of the calendar (in any century if that is not given), not after the reference date and not
/// more than 120 years before it.
fn is_birth_date(date: &[u8], reference: Date) -> bool {
    let at = |from: usize| value(&date[from..from + 2]) as u8;
    if date.len() == 6 {
        let leap = 2000 + value(&date[..2]);
        return Date::new(leap, at(2), at(4)).is_some();
    }
    let born = Date::new(value(&date[..4]), at(4), at(6));
    born.is_some_and(|d| d <= reference && d.year() + 120 >= reference.year())
}

fn value(digits: &[u8]) -> u16 {
    digits.iter().fold(0, |n, d| n * 10 + u16::from(d & 0x0F))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<Kind>) {
        let reference = Date::new(2026, 12, 31).unwrap();
        assert_eq!(read(text.as_bytes(), reference), want, "{text}");
    }

    #[test]
    fn published_examples() {
        // Inera, "Lokala reservid".
        check("991981000010", Some(Kind::Stockholm));
        check("991945000023", Some(Kind::Stockholm));
        check("991993000032", Some(Kind::Stockholm));
        check("19810829M071", Some(Kind::VastraGotaland));
        check("19450829K088", Some(Kind::VastraGotaland));
        check("19930829X802", Some(Kind::VastraGotaland));
        check("19810829SU3A", Some(Kind::Varmland));
        check("19450829SF2B", Some(Kind::Varmland));
        check("19930829SX0C", Some(Kind::Varmland));
        check("198108320014", Some(Kind::Inera));
        // personnummer/meta (MIT).
        for letter in "RSUWXJKLMNT".chars() {
            check(&format!("000101{letter}220"), Some(Kind::Interim));
            check(&format!("20000101{letter}220"), Some(Kind::Interim));
        }
        check("20000101E221", Some(Kind::Other));
    }

    #[test]
    fn temporary_and_national_numbers() {
        check("19800101T123", Some(Kind::Temporary));
        check("19800101TF12", Some(Kind::Temporary));
        check("22800101AB12", Some(Kind::National));
        check("00172055KL37", Some(Kind::National));
        check("2012010112A4", Some(Kind::Other));
    }

    #[test]
    fn others_are_none() {
        check("19801301T123", None);
        check("20991231T123", None);
        check("18000101T123", None);
        check("198001011234", None);
        check("198108320015", None);
        check("991981000011", None);
        check("T123", None);
        check("", None);
        check("1980010-T123", None);
    }
}
