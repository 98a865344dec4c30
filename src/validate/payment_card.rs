//! Numbers of payment cards (ISO/IEC 7812): the issuer's leading digits, a length that its cards have,
//! and a check digit.

use super::luhn;
use super::tables::{CARD_ISSUERS, TEST_CARDS};

/// How much the leading digits and the length say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// A range in use by a scheme all over the world.
    Usual,
    /// A range or length that few cards have: other numbers are more common there.
    Rare,
}

/// Who may have issued a card with these ASCII digits, if the check digit is right.
#[must_use]
pub fn check(digits: &[u8]) -> Option<Issuer> {
    if !matches!(digits.len(), 13..=19) {
        return None;
    }
    let entry = CARD_ISSUERS.iter().find(|&&(first, last, lengths, _)| {
        let lead = &digits[..first.len()];
        first.as_bytes() <= lead && lead <= last.as_bytes() && lengths & 1 << digits.len() != 0
    })?;
    // `0000 0000` is a blank to be filled in, not an account.
    let filled = digits[1..].iter().any(|d| *d != digits[0]);
    (filled && luhn::is_valid(digits)).then_some(if entry.3 { Issuer::Usual } else { Issuer::Rare })
}

/// Whether it is published for tests.
#[must_use]
pub fn is_published(digits: &[u8]) -> bool {
    std::str::from_utf8(digits).is_ok_and(|digits| TEST_CARDS.binary_search(&digits).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_cards_pass() {
        for card in TEST_CARDS {
            // 4444444444444448 is a card all the same.
            assert!(check(card.as_bytes()).is_some() && is_published(card.as_bytes()), "{card}");
        }
    }

    #[test]
    fn issuers_and_lengths() {
        let card = |body: &str| format!("{body}{}", luhn::check_digit(body.as_bytes()));
        for (body, want) in [
            ("457100000012345", Some(Issuer::Usual)),
            ("37144963539843", Some(Issuer::Usual)),
            ("457100000012", Some(Issuer::Rare)),
            ("35000000012345", None),
            ("173700000012345", None),
            ("900000000012345", None),
            ("4571000000123", None),
            ("222100000012345", Some(Issuer::Usual)),
            ("272100000012345", None),
        ] {
            let number = card(body);
            assert_eq!(check(number.as_bytes()), want, "{number}");
            let wrong = format!("{body}{}", (luhn::check_digit(body.as_bytes()) + 3) % 10);
            assert_eq!(check(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(check(b"0000000000000000"), None);
    }
}
