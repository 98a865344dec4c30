//! Checks that users' own rules ask for by name.

use super::date::Date;
use super::{luhn, personnummer};

/// A check on the digits, or the letters and digits, of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The last digit is right by ISO/IEC 7812-1 (modulus 10, weights 2 and 1).
    Luhn,
    /// The last digit is right by GS1 (modulus 10, weights 3 and 1): EAN, GTIN, SSCC.
    Gs1,
    /// The last digit, or X for ten, is right by modulus 11 with the weights 1, 2, 3 to 10 from the
    /// right: Bankgirot's accounts, ISBN-10.
    Mod11,
    /// The same with the weights 1, then 2 to 7 again and again from the right: Nordic customer and
    /// payment references.
    Mod11To7,
    /// The last two digits are right by ISO/IEC 7064 MOD 97-10 (the remainder is 1), letters counted
    /// from A = 10.
    Mod97,
    /// IBAN (ISO 13616): the same when the first four signs are put last.
    Iban,
    /// A personnummer or samordningsnummer of 10 or 12 digits.
    Personnummer,
    /// An organisationsnummer: ten digits, the third at least 2, Luhn.
    Organisationsnummer,
}

impl Check {
    /// The names, as rules have them.
    pub const NAMES: [(&'static str, Check); 8] = [
        ("luhn", Check::Luhn),
        ("gs1", Check::Gs1),
        ("mod11", Check::Mod11),
        ("mod11_2_7", Check::Mod11To7),
        ("mod97", Check::Mod97),
        ("iban", Check::Iban),
        ("personnummer", Check::Personnummer),
        ("organisationsnummer", Check::Organisationsnummer),
    ];

    /// The check of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Check> {
        Check::NAMES.iter().find(|known| known.0 == name).map(|known| known.1)
    }

    /// Does a value pass? What is neither a digit nor, where letters count, a letter is left out.
    #[must_use]
    pub fn passes(self, written: &[u8], reference: Date) -> bool {
        let signs: Vec<u8> = written
            .iter()
            .filter(|b| b.is_ascii_alphanumeric())
            .map(u8::to_ascii_uppercase)
            .collect();
        let digits: Vec<u8> = signs.iter().copied().filter(u8::is_ascii_digit).collect();
        match self {
            Check::Luhn => digits.len() > 1 && luhn::is_valid(&digits),
            Check::Gs1 => digits.len() > 1 && weighted(values(&digits), [1, 3]).is_multiple_of(10),
            Check::Mod11 => mod_11(&digits, &signs, [2, 3, 4, 5, 6, 7, 8, 9, 10, 1]),
            Check::Mod11To7 => mod_11(&digits, &signs, [2, 3, 4, 5, 6, 7]),
            Check::Mod97 => signs.len() > 2 && remainder_97(&signs) == 1,
            Check::Iban if signs.len() < 15 => false,
            Check::Iban => remainder_97(&[&signs[4..], &signs[..4]].concat()) == 1,
            Check::Personnummer => {
                matches!(digits.len(), 10 | 12)
                    && personnummer::check(&digits, false, reference).is_ok()
            }
            Check::Organisationsnummer => {
                digits.len() == 10 && digits[2] >= b'2' && luhn::is_valid(&digits)
            }
        }
    }
}

/// The values of digits, the last first.
fn values(digits: &[u8]) -> impl Iterator<Item = u32> {
    digits.iter().rev().map(|digit| u32::from(digit & 0x0F))
}

/// The sum of values times weights, which are taken again and again.
fn weighted<const N: usize>(values: impl Iterator<Item = u32>, weights: [u32; N]) -> u32 {
    values.zip(weights.into_iter().cycle()).map(|(value, weight)| value * weight).sum()
}

/// Modulus 11 of the digits before the check digit, and of that digit, which weighs 1.
fn mod_11<const N: usize>(digits: &[u8], signs: &[u8], weights: [u32; N]) -> bool {
    let (check, payload) = match (signs.last(), digits.split_last()) {
        (Some(b'X'), _) => (10, digits),
        (_, Some((last, payload))) => (u32::from(last & 0x0F), payload),
        _ => return false,
    };
    !payload.is_empty() && (check + weighted(values(payload), weights)).is_multiple_of(11)
}

/// The number that the signs write, A as 10 to Z as 35, modulo 97.
fn remainder_97(signs: &[u8]) -> u32 {
    signs.iter().fold(0, |rest, &sign| match sign {
        b'0'..=b'9' => (rest * 10 + u32::from(sign - b'0')) % 97,
        _ => (rest * 100 + u32::from(sign - b'A') + 10) % 97,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_pass_and_their_neighbours_do_not() {
        let check = |name: &str, right: &str, wrong: &str| {
            let check = Check::from_name(name).expect(name);
            let reference = Date::new(2026, 12, 31).unwrap();
            assert!(check.passes(right.as_bytes(), reference), "{name} {right}");
            assert!(!check.passes(wrong.as_bytes(), reference), "{name} {wrong}");
        };
        check("luhn", "7992 7398-713", "79927398710"); // ISO/IEC 7812-1, annex B.
        check("gs1", "4006381333931", "4006381333932");
        check("mod11", "0-306-40615-2", "0-306-40615-3"); // ISBN-10.
        check("mod11", "0-8044-2957-X", "0-8044-2958-X");
        check("mod11_2_7", "12345678911", "12345678912");
        check("iban", "SE45 5000 0000 0583 9825 7466", "SE46 5000 0000 0583 9825 7466");
        check("mod97", "12345 67-51", "12345 67-52");
        check("personnummer", "390920-8419", "390920-8418"); // Skatteverket's test numbers.
        check("organisationsnummer", "556016-0680", "556016-0681");
        check("organisationsnummer", "556016-0680", "390920-8419");
    }

    #[test]
    fn too_little_passes_nothing() {
        let reference = Date::new(2026, 12, 31).unwrap();
        for (name, check) in Check::NAMES {
            for written in ["", "0", "X", "-"] {
                assert!(!check.passes(written.as_bytes(), reference), "{name} {written:?}");
            }
        }
    }
}
