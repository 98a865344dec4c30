//! Numbers of passports and identity cards. Sweden prints eight digits, since 2022 two letters and
//! seven digits (Polisen); other countries up to nine letters and digits (ICAO Doc 9303). There is no
//! check digit in the number itself.

/// How much a number looks like a passport's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As Sweden prints them.
    Swedish,
    /// As some other country does.
    Foreign,
}

/// The form of capital letters and digits without spaces.
#[must_use]
pub fn form(number: &[u8]) -> Option<Form> {
    let letters = number.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let digits = number[letters..].iter().filter(|b| b.is_ascii_digit()).count();
    let same = number.iter().all(|b| b == &number[0]);
    match (letters, number.len()) {
        _ if same => None,
        (0, 8) | (2, 9) if letters + digits == number.len() => Some(Form::Swedish),
        (0..=3, 7..=9) if digits >= 5 && number.iter().all(u8::is_ascii_alphanumeric) => {
            Some(Form::Foreign)
        }
        _ => None,
    }
}

/// Whether eight digits read as a date of these times, `20240131`, which they more often are.
#[must_use]
pub fn is_date(digits: &[u8]) -> bool {
    let value = |from: usize, to: usize| {
        digits[from..to].iter().fold(0_u16, |n, d| n * 10 + u16::from(d & 0x0F))
    };
    digits.len() == 8
        && digits.iter().all(u8::is_ascii_digit)
        && matches!(value(0, 4), 1900..=2099)
        && super::date::Date::new(value(0, 4), value(4, 6) as u8, value(6, 8) as u8).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (number, want) in [
            ("12345678", Some(Form::Swedish)),
            ("AA1234567", Some(Form::Swedish)),
            ("123456789", Some(Form::Foreign)),
            ("C01X00T47", Some(Form::Foreign)),
            ("X1234567", Some(Form::Foreign)),
            ("ABCDEFGHI", None),
            ("1234", None),
            ("00000000", None),
            ("ABC1234", None),
            ("1234567890", None),
            ("", None),
        ] {
            let got = if number.is_empty() { None } else { form(number.as_bytes()) };
            assert_eq!(got, want, "{number}");
        }
    }

    #[test]
    fn dates() {
        assert!(is_date(b"20240131") && is_date(b"19850709"));
        assert!(!is_date(b"20241301") && !is_date(b"87654321") && !is_date(b"AA123456"));
    }
}
