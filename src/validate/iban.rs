//! International bank account numbers (ISO 13616): country, two check digits, and as many letters and
//! digits as the country's accounts have.

use super::tables::{IBAN_COUNTRIES, TEST_IBANS};

/// The longest IBAN, in characters.
pub const LONGEST: usize = 34;

/// How many characters the IBANs of a country have, given as two capital letters.
#[must_use]
pub fn length(country: [u8; 2]) -> Option<usize> {
    entry(country).map(|entry| usize::from(entry.1))
}

fn entry(country: [u8; 2]) -> Option<&'static (&'static str, u8, &'static str)> {
    let at = IBAN_COUNTRIES.binary_search_by(|e| e.0.as_bytes().cmp(&country)).ok()?;
    IBAN_COUNTRIES.get(at)
}

/// Whether capital letters and digits, without spaces, are an IBAN: length and parts as its country has
/// them, and the remainder of modulus 97 right.
#[must_use]
pub fn is_valid(iban: &[u8]) -> bool {
    let Some((&[first, second, tens, ones], account)) = iban.split_first_chunk() else {
        return false;
    };
    let Some(country) = entry([first, second]) else { return false };
    tens.is_ascii_digit()
        && ones.is_ascii_digit()
        && iban.len() == usize::from(country.1)
        && follows(account, country.2)
        && remainder(account.iter().chain(&iban[..4])) == 1
}

/// Whether it is printed as an example in a standard or guide.
#[must_use]
pub fn is_published(iban: &[u8]) -> bool {
    std::str::from_utf8(iban).is_ok_and(|iban| TEST_IBANS.binary_search(&iban).is_ok())
}

/// `4a14n`: four letters and fourteen digits.
fn follows(account: &[u8], pattern: &str) -> bool {
    let (mut at, mut count) = (0, 0);
    for part in pattern.bytes() {
        let fits: fn(&u8) -> bool = match part {
            b'n' => u8::is_ascii_digit,
            b'a' => u8::is_ascii_uppercase,
            b'c' => u8::is_ascii_alphanumeric,
            digit => {
                count = count * 10 + usize::from(digit & 0x0F);
                continue;
            }
        };
        if !account.get(at..at + count).is_some_and(|piece| piece.iter().all(fits)) {
            return false;
        }
        at += std::mem::take(&mut count);
    }
    at == account.len()
}

/// The number written in letters (A is 10) and digits, modulo 97.
fn remainder<'a>(text: impl Iterator<Item = &'a u8>) -> u32 {
    text.fold(0, |rest, &b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b.to_ascii_uppercase().saturating_sub(b'A')) + 10) % 97,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_published_examples_pass() {
        for iban in TEST_IBANS {
            assert!(is_valid(iban.as_bytes()) && is_published(iban.as_bytes()), "{iban}");
        }
    }

    #[test]
    fn others_do_not() {
        for text in [
            "SE3550000000054910000004",
            "SE355000000005491000000",
            "XX3550000000054910000003",
            "GB29123460161331926819",
            "SE",
            "",
            "SEAA50000000054910000003",
        ] {
            assert!(!is_valid(text.as_bytes()), "{text}");
        }
        assert_eq!(length(*b"SE"), Some(24));
        assert_eq!(length(*b"NO"), Some(15));
        assert_eq!(length(*b"US"), None);
    }

    proptest! {
        #[test]
        fn a_wrong_digit_is_seen(which in 0..TEST_IBANS.len(), at in 4_usize..30, add in 1_u8..10) {
            let mut iban = TEST_IBANS[which].as_bytes().to_vec();
            let at = at % iban.len();
            if iban[at].is_ascii_digit() {
                iban[at] = (iban[at] - b'0' + add) % 10 + b'0';
                prop_assert!(!is_valid(&iban));
            }
        }
    }
}
