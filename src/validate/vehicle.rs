//! Registration numbers of Swedish vehicles (förordning 2019:383, Transportstyrelsen): three letters,
//! two digits, and a digit or since 2019 a letter.

use super::tables::BLOCKED_PLATES;

/// Whether six capital letters and digits, without a space, have the form of a registration number.
#[must_use]
pub fn is_plate(plate: &[u8]) -> bool {
    let Ok(&[a, b, c, tens, ones, last]) = <&[u8; 6]>::try_from(plate) else { return false };
    let letters = [a, b, c];
    letters.iter().all(|&l| is_letter(l))
        && tens.is_ascii_digit()
        && ones.is_ascii_digit()
        && (last.is_ascii_digit() && [tens, ones, last] != *b"000"
            || is_letter(last) && last != b'O')
}

/// Whether a plate begins with three letters that are not given out because they say something. Some
/// were given out before they were ruled out.
#[must_use]
pub fn is_blocked(plate: &[u8]) -> bool {
    let triple = plate.get(..3).and_then(|letters| std::str::from_utf8(letters).ok());
    triple.is_some_and(|triple| BLOCKED_PLATES.binary_search(&triple).is_ok())
}

/// Whether two to seven letters and digits may be a personal registration number: not all digits.
#[must_use]
pub fn is_personal_plate(plate: &[u8]) -> bool {
    matches!(plate.len(), 2..=7)
        && plate.iter().all(u8::is_ascii_alphanumeric)
        && plate.iter().any(u8::is_ascii_alphabetic)
}

/// Letters that cannot be mistaken for another or for a digit.
const fn is_letter(letter: u8) -> bool {
    letter.is_ascii_uppercase() && !matches!(letter, b'I' | b'Q' | b'V')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates() {
        for (plate, want) in [
            ("ABC123", true),
            ("ABC12D", true),
            ("MLB84A", true),
            ("WER84A", true),
            ("ABC12O", false),
            ("ABC12I", false),
            ("AIC123", false),
            ("ABC000", false),
            ("ABC001", true),
            ("AB1234", false),
            ("ABC12", false),
            ("ABC1234", false),
            ("abc123", false),
        ] {
            assert_eq!(is_plate(plate.as_bytes()), want, "{plate}");
        }
    }

    #[test]
    fn letters_that_say_something() {
        assert!(is_blocked(b"UFO123") && is_blocked(b"MLB84A"));
        assert!(!is_blocked(b"ABC123") && !is_blocked(b"UF"));
    }

    #[test]
    fn personal_plates() {
        for (plate, want) in
            [("SOMMAR7", true), ("A1", true), ("A", false), ("1234567", false), ("MARIANNE", false)]
        {
            assert_eq!(is_personal_plate(plate.as_bytes()), want, "{plate}");
        }
    }
}
