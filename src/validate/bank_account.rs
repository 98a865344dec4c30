//! Swedish bank accounts: a clearing number of four digits (five at Swedbank) and an account number,
//! checked as the bank's type prescribes (Bankgirot, "Bankernas kontonummer").

use super::luhn;
use super::tables::CLEARING;

/// What the check digit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is right.
    Right,
    /// It is wrong, but the bank has old accounts without one.
    Unsure,
    /// It is wrong.
    Wrong,
}

/// A clearing number and an account number, as ASCII digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    /// Four digits, or five at Swedbank.
    pub clearing: &'a [u8],
    /// The rest, as written.
    pub number: &'a [u8],
    /// What the check digit says.
    pub check: Check,
}

impl Account<'_> {
    /// A Nordea account whose number is its owner's personnummer.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        matches!(self.clearing, b"3300" | b"3782") && self.number.len() == 10
    }
}

/// How a bank's account numbers are made; the names are those of the table in `rules/data`.
#[derive(Clone, Copy)]
enum Scheme {
    /// 1/1
    WithoutFirst,
    /// 1/2
    Whole,
    /// 2/1
    Ten,
    /// 2/2
    Nine,
    /// 2/3
    Loose,
}

/// Reads clearing and account number written without a border between them.
#[must_use]
pub fn split(digits: &[u8]) -> Option<Account<'_>> {
    let four = digits.split_at_checked(4).and_then(|(c, n)| check(c, n));
    let five = digits.split_at_checked(5).and_then(|(c, n)| check(c, n));
    match (four, five) {
        (Some(four), Some(five)) if four.check != Check::Right => Some(five),
        (Some(four), _) => Some(four),
        (None, five) => five,
    }
}

/// Checks an account; none if no bank has such a clearing number, or none of that length.
#[must_use]
pub fn check<'a>(clearing: &'a [u8], number: &'a [u8]) -> Option<Account<'a>> {
    let scheme = scheme(clearing)?;
    let fits = match scheme {
        Scheme::WithoutFirst | Scheme::Whole => number.len() == 7,
        Scheme::Nine => matches!(number.len(), 8 | 9),
        Scheme::Ten | Scheme::Loose => matches!(number.len(), 6..=10),
    };
    if !fits || number.iter().all(|d| *d == b'0') {
        return None;
    }
    let right = match scheme {
        Scheme::WithoutFirst => eleven(clearing[1..].iter().chain(number)),
        Scheme::Whole => eleven(clearing.iter().chain(number)),
        Scheme::Nine => eleven(number.iter()),
        Scheme::Ten | Scheme::Loose => luhn::is_valid(number),
    };
    let check = match scheme {
        _ if right => Check::Right,
        Scheme::Loose => Check::Unsure,
        _ => Check::Wrong,
    };
    Some(Account { clearing, number, check })
}

/// Whether a bank has this clearing number.
#[must_use]
pub fn is_clearing(clearing: &[u8]) -> bool {
    scheme(clearing).is_some()
}

fn scheme(clearing: &[u8]) -> Option<Scheme> {
    let fifth = clearing.len() == 5;
    if !matches!(clearing.len(), 4 | 5)
        || fifth && !(clearing[0] == b'8' && luhn::is_valid(clearing))
    {
        return None;
    }
    let number = clearing[..4].iter().fold(0, |n, d| n * 10 + u16::from(d & 0x0F));
    let at = CLEARING.partition_point(|range| range.1 < number);
    let &(first, _, scheme) = CLEARING.get(at)?;
    if number < first {
        return None;
    }
    Some(match scheme {
        11 => Scheme::WithoutFirst,
        12 => Scheme::Whole,
        21 => Scheme::Ten,
        22 => Scheme::Nine,
        _ => Scheme::Loose,
    })
}

/// Modulus 11 with the weights 1, 2, … 10, 1 from the last digit on.
fn eleven<'a>(digits: impl DoubleEndedIterator<Item = &'a u8>) -> bool {
    let weights = (1..=10).chain(1..);
    let sum: u32 = digits.rev().zip(weights).map(|(d, w)| u32::from(d & 0x0F) * w).sum();
    sum.is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        // github.com/swantzter/kontonummer (MIT).
        for (clearing, number) in [
            ("9071", "4172383"),
            ("6789", "123456789"),
            ("84244", "9831892246"),
            ("83519", "3922422245"),
            ("81299", "0433867116"),
            ("3300", "0006205124"),
            ("9789", "1111113"),
        ] {
            let account = check(clearing.as_bytes(), number.as_bytes()).unwrap();
            assert_eq!(account.check, Check::Right, "{clearing} {number}");
            let whole = format!("{clearing}{number}");
            assert_eq!(split(whole.as_bytes()), Some(account), "{whole}");
            let mut wrong = number.as_bytes().to_vec();
            let last = wrong.last_mut().unwrap();
            *last = if *last == b'9' { b'0' } else { *last + 1 };
            let checked = check(clearing.as_bytes(), &wrong).map(|a| a.check);
            assert_ne!(checked, Some(Check::Right), "{clearing} {number}");
        }
    }

    #[test]
    fn what_no_bank_has() {
        for (clearing, number) in [
            ("0123", "1234567"),
            ("1000", "1234567"),
            ("5123", "12345678"),
            ("84245", "9831892246"),
            ("51234", "123456"),
            ("8424", "12345"),
        ] {
            assert_eq!(check(clearing.as_bytes(), number.as_bytes()), None, "{clearing} {number}");
        }
        assert!(is_clearing(b"8424") && is_clearing(b"84244") && !is_clearing(b"0424"));
        assert_eq!(split(b"51"), None);
    }

    #[test]
    fn personal_accounts() {
        assert!(check(b"3300", b"0006205124").unwrap().is_personal());
        assert!(!check(b"84244", b"9831892246").unwrap().is_personal());
    }
}
