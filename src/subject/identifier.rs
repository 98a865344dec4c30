//! What a person is asked for by.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fold;
use crate::model::{Category, Own};
use crate::validate::date::Date;
use crate::validate::{email, luhn, personnummer, phone};

/// A kind of identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A personnummer or samordningsnummer.
    Personnummer,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A name: given name and surname.
    Name,
    /// A customer number, or any other that the organisation gives.
    CustomerNumber,
    /// A value that stood with the person: looked for when an erasure is verified.
    Linked,
}

impl Kind {
    /// The word used in options, without its dashes, and in lists of identifiers.
    pub const ALL: [(&'static str, Kind); 5] = [
        ("personnummer", Kind::Personnummer),
        ("email", Kind::Email),
        ("phone", Kind::Phone),
        ("name", Kind::Name),
        ("customer-number", Kind::CustomerNumber),
    ];

    /// The word.
    #[must_use]
    pub fn id(self) -> &'static str {
        Kind::ALL.iter().find(|known| known.1 == self).map_or("linked", |known| known.0)
    }
}

/// How an identifier came to be looked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It was asked for.
    Asked,
    /// It stood in a record with another one.
    Followed {
        /// The value it stood with.
        with: String,
        /// Where: source, path and place, for reading.
        place: String,
    },
}

/// Something a person is known by. It cannot be printed by accident.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifier {
    /// Its kind.
    pub kind: Kind,
    /// Its match forms: one, or for ten digits one in each century.
    pub values: Vec<String>,
    /// The category it is, where its kind does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How it came to be looked for.
    pub origin: Origin,
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({})", self.kind.id())
    }
}

/// Why a value cannot be looked for. The text does not repeat the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The check digit is wrong; it can be looked for all the same.
    CheckDigit,
    /// It is no value of its kind.
    NoSuch(&'static str),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::CheckDigit => f.write_str(
                "its check digit is wrong: correct it, or search for it as it is with \
                 --accept-wrong-check-digit",
            ),
            Unusable::NoSuch(what) => f.write_str(what),
        }
    }
}

impl Identifier {
    /// Reads a value as it was given.
    ///
    /// # Errors
    /// When it is no value of its kind, or its check digit is wrong and that is not accepted.
    pub fn parse(kind: Kind, text: &str, wrong: CheckDigits) -> Result<Identifier, Unusable> {
        let values = match kind {
            Kind::Personnummer => personal_number(text, wrong)?,
            Kind::Email => vec![address(text)?],
            Kind::Phone => vec![phone_number(text)?],
            Kind::Name => vec![name(text)?],
            Kind::CustomerNumber | Kind::Linked => vec![literal(text)?],
        };
        Ok(Identifier { kind, values, category: None, origin: Origin::Asked })
    }

    /// The category its findings have, by its value.
    #[must_use]
    pub fn category(&self, value: &str) -> Category {
        if let Some(id) = &self.category {
            let own = || Own::named(id).map(Category::Own);
            return Category::from_id(id).or_else(own).unwrap_or(Category::PersonName);
        }
        match self.kind {
            Kind::Personnummer if is_coordination(value) => Category::Samordningsnummer,
            Kind::Personnummer => Category::Personnummer,
            Kind::Email => Category::Email,
            Kind::Phone => Category::Phone,
            Kind::Name | Kind::Linked => Category::PersonName,
            Kind::CustomerNumber => customer_number(),
        }
    }
}

/// The category of numbers that organisations give and no rule of the user's describes.
#[must_use]
pub fn customer_number() -> Category {
    // There is always room for it: the user's rules leave some.
    Own::named("customer_number").map_or(Category::PersonName, Category::Own)
}

/// What becomes of a personnummer with a wrong check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDigits {
    /// It is refused.
    MustBeRight,
    /// It is looked for as it is.
    MayBeWrong,
}

fn is_coordination(value: &str) -> bool {
    value.as_bytes().get(6).is_some_and(|digit| *digit >= b'6')
}

/// Late enough for everybody who lives.
const LATEST: Option<Date> = Date::new(2099, 12, 31);

fn personal_number(text: &str, wrong: CheckDigits) -> Result<Vec<String>, Unusable> {
    let not = Unusable::NoSuch("it is no personnummer: write ten or twelve digits");
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let others = |c: char| !c.is_ascii_digit() && !c.is_whitespace() && !"-+–‑".contains(c);
    if text.contains(others) {
        return Err(not);
    }
    let latest = LATEST.ok_or(not.clone())?;
    let centuries: Vec<Vec<u8>> = match digits.len() {
        12 => vec![digits],
        10 => [b"20", b"19", b"18"].iter().map(|c| [&c[..], &digits].concat()).collect(),
        _ => return Err(not),
    };
    let (mut right, mut mistyped) = (Vec::new(), Vec::new());
    for twelve in centuries {
        let text = String::from_utf8_lossy(&twelve).into_owned();
        match personnummer::check(&twelve, false, latest) {
            Ok(_) => right.push(text),
            Err(personnummer::Rejected::CheckDigit(_)) => mistyped.push(text),
            // An age that is beyond all doubt is no reason not to look.
            Err(personnummer::Rejected::TooOld | personnummer::Rejected::Future) => {
                match luhn::is_valid(&twelve[2..]) {
                    true => right.push(text),
                    false => mistyped.push(text),
                }
            }
            Err(_) => {}
        }
    }
    match (right.is_empty(), mistyped.is_empty(), wrong) {
        (false, ..) => Ok(right),
        (true, false, CheckDigits::MayBeWrong) => Ok(mistyped),
        (true, false, CheckDigits::MustBeRight) => Err(Unusable::CheckDigit),
        (true, true, _) => Err(Unusable::NoSuch("it is no personnummer: there is no such day")),
    }
}

fn address(text: &str) -> Result<String, Unusable> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    if local.is_empty() || !domain.contains('.') || text.contains(char::is_whitespace) {
        return Err(Unusable::NoSuch("it is no e-mail address"));
    }
    Ok(email::normalized(local, domain))
}

fn phone_number(text: &str) -> Result<String, Unusable> {
    let not = Unusable::NoSuch("it is no phone number: write it as 070… or +46…");
    if text.contains(|c: char| c.is_alphabetic()) {
        return Err(not);
    }
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let outside = text.trim().starts_with('+');
    let foreign = match digits.as_slice() {
        all if outside => Some(all),
        [b'0', b'0', rest @ ..] => Some(rest),
        _ => None,
    };
    let number = match foreign {
        Some(digits) => phone::international(digits).map(|number| number.e164),
        None => phone::national(&digits).map(|number| number.e164),
    };
    number.map(|e164| e164.as_str().to_owned()).ok_or(not)
}

fn name(text: &str) -> Result<String, Unusable> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // `Lund, Anna` is how registers sort.
    let text = match text.split_once(',') {
        Some((surname, given)) => format!("{} {}", given.trim(), surname.trim()),
        None => text,
    };
    match fold::words(&text).len() {
        2.. => Ok(text),
        _ => Err(Unusable::NoSuch("a name needs given name and surname")),
    }
}

fn literal(text: &str) -> Result<String, Unusable> {
    let text = text.trim();
    match text.chars().filter(|c| c.is_alphanumeric()).count() {
        3.. => Ok(text.to_owned()),
        _ => Err(Unusable::NoSuch("it is too short: it would be found everywhere")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, text: &str, want: Option<&[&str]>) {
        let got = Identifier::parse(kind, text, CheckDigits::MustBeRight).ok().map(|i| i.values);
        let want = want.map(|w| w.iter().map(|&v| v.to_owned()).collect::<Vec<_>>());
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn values_are_read_in_all_their_forms() {
        check(Kind::Phone, "070-174 06 05", Some(&["+46701740605"]));
        check(Kind::Phone, "+46 (0)70 174 06 05", Some(&["+46701740605"]));
        check(Kind::Phone, "0046701740605", Some(&["+46701740605"]));
        check(Kind::Phone, "call me", None);
        check(Kind::Email, " Eva@Example.COM ", Some(&["eva@example.com"]));
        check(Kind::Email, "eva@localhost", None);
        check(Kind::Name, "Lund,  Anna", Some(&["Anna Lund"]));
        check(Kind::Name, "Anna", None);
        check(Kind::CustomerNumber, "K-10045", Some(&["K-10045"]));
        check(Kind::CustomerNumber, "7", None);
        check(Kind::Personnummer, "1990", None);
        check(Kind::Personnummer, "19901301-2385", None);
    }

    #[test]
    fn ten_digits_are_read_in_every_century_and_check_digits_judged() {
        let ten = "120101";
        let serial = "123";
        let payload: Vec<u8> = format!("{ten}{serial}").into_bytes();
        let right = crate::validate::luhn::check_digit(
            &payload.iter().map(|d| d - b'0').collect::<Vec<_>>(),
        );
        let right = char::from(if right < 10 { right + b'0' } else { right });
        let number = format!("{ten}-{serial}{right}");
        let found =
            Identifier::parse(Kind::Personnummer, &number, CheckDigits::MustBeRight).unwrap();
        assert_eq!(found.values.len(), 3, "1812, 1912 and 2012");
        let wrong = if right == '9' { '0' } else { char::from(right as u8 + 1) };
        let number = format!("{ten}-{serial}{wrong}");
        let parse = |wrong| Identifier::parse(Kind::Personnummer, &number, wrong);
        assert_eq!(parse(CheckDigits::MustBeRight).unwrap_err(), Unusable::CheckDigit);
        assert!(parse(CheckDigits::MayBeWrong).is_ok());
    }
}
