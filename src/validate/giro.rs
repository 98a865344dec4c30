//! Giro numbers: bankgiro (7 or 8 digits, Bankgirot) and plusgiro (2 to 8 digits, Nordea), both with
//! the check digit of ISO/IEC 7812-1.

use super::luhn;

/// Whether ASCII digits are a bankgiro number.
#[must_use]
pub fn is_bankgiro(digits: &[u8]) -> bool {
    matches!(digits.len(), 7 | 8) && digits[0] != b'0' && luhn::is_valid(digits)
}

/// Whether ASCII digits are a plusgiro number.
#[must_use]
pub fn is_plusgiro(digits: &[u8]) -> bool {
    matches!(digits.len(), 2..=8) && digits[0] != b'0' && luhn::is_valid(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_check_digits() {
        let digits = |body: &str| format!("{body}{}", luhn::check_digit(body.as_bytes()));
        let check = |body: &str, bankgiro: bool, plusgiro: bool| {
            let number = digits(body);
            let got = (is_bankgiro(number.as_bytes()), is_plusgiro(number.as_bytes()));
            assert_eq!(got, (bankgiro, plusgiro), "{number}");
            let wrong = format!("{body}{}", (luhn::check_digit(body.as_bytes()) + 1) % 10);
            assert!(!is_bankgiro(wrong.as_bytes()) && !is_plusgiro(wrong.as_bytes()), "{wrong}");
        };
        check("505010", true, true);
        check("5050105", true, true);
        check("90012", false, true);
        check("1", false, true);
        check("50501057", false, false);
        check("050501", false, false);
        assert!(!is_bankgiro(b"") && !is_plusgiro(b"0"));
    }
}
