//! Swedish organisation numbers (lag 1974:174): ten digits, the third of them 2 or more so that none
//! can be a personnummer, the last a check digit. A VAT number is `SE`, ten digits and `01`.

use super::luhn;

/// What stands before the ten digits where twelve are asked for.
const CENTURY: &[u8] = b"16";
/// What stands behind them in a VAT number.
const VAT_END: &[u8] = b"01";

/// How an organisation number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Ten digits.
    Plain,
    /// Twelve digits that begin with 16.
    Prefixed,
}

/// The ten digits of an organisation number given as ten ASCII digits, or as twelve that begin
/// with 16, if there can be such an organisation and the check digit is right.
#[must_use]
pub fn read(digits: &[u8]) -> Option<([u8; 10], Form)> {
    let (ten, form) = match digits.len() {
        10 => (digits, Form::Plain),
        12 => (digits.strip_prefix(CENTURY)?, Form::Prefixed),
        _ => return None,
    };
    let ten: [u8; 10] = ten.try_into().ok()?;
    is_valid(&ten).then_some((ten, form))
}

/// The ten digits of an organisation or a person in the twelve digits of a VAT number, unchecked.
#[must_use]
pub fn in_vat(digits: &[u8]) -> Option<[u8; 10]> {
    digits.strip_suffix(VAT_END)?.try_into().ok()
}

/// Whether ten ASCII digits are an organisation number.
#[must_use]
pub fn is_valid(digits: &[u8; 10]) -> bool {
    // The first digit tells the kind of organisation; there is no kind 0 or 4.
    !matches!(digits[0], b'0' | b'4') && digits[2] >= b'2' && luhn::is_valid(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        // organisationsnummer/meta and personnummer/meta (MIT).
        let check = |text: &str, want: Option<Form>| {
            assert_eq!(read(text.as_bytes()).map(|r| r.1), want, "{text}");
        };
        for ten in ["5560160680", "5561034249", "5592440001", "8572090606", "8020051952"] {
            check(ten, Some(Form::Plain));
            check(&format!("16{ten}"), Some(Form::Prefixed));
            check(&format!("19{ten}"), None);
            let vat = format!("{ten}01");
            assert_eq!(in_vat(vat.as_bytes()).unwrap(), ten.as_bytes(), "{vat}");
        }
        check("5560160681", None);
        check("8508202390", None);
        check("0560160685", None);
        check("556016068", None);
        assert_eq!(in_vat(b"556016068002"), None);
    }
}
