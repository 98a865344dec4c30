//! Personnummer and samordningsnummer: 18 § folkbokföringslagen (1991:481) and lag (2022:1697)
//! om samordningsnummer; the layout is SKV 704's.
//!
//! [`check`] says whether digits can be such a number and what is known of them from themselves
//! alone. What stands around them, and how sure one may be, is for others to judge.

use std::fmt;

use super::date::{self, Date};
use super::{luhn, test_identities};

/// Nobody is taken to be older than this, in full years.
const OLDEST: u16 = 120;

/// Before this year hardly anything wrote time stamps of digits only.
const FIRST_STAMP_YEAR: u16 = 1990;

/// The first day number of a samordningsnummer: the day is unknown.
const UNKNOWN_DAY: u8 = 60;

/// Twelve ASCII digits, the normalized form: century, year, month, day, serial number, check digit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits12([u8; 12]);

impl Digits12 {
    /// The twelve ASCII digits.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 12] {
        &self.0
    }

    /// The twelve digits as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made of ASCII digits only")
    }
}

/// Shows the year only, so that a number does not slip into a log.
impl fmt::Debug for Digits12 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}****-****", &self.as_str()[..4])
    }
}

/// Which of the two a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Given to who is registered as living in Sweden.
    Personnummer,
    /// Given to others; its day is written with 60 added.
    Samordningsnummer,
}

/// A number that can be one, and what its digits alone tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The normalized form.
    pub digits: Digits12,
    /// Personnummer or samordningsnummer.
    pub kind: Kind,
    /// Whether the last digit is the Luhn check digit of the nine before it.
    pub check_digit_ok: bool,
    /// Whether twelve digits pass Luhn as a whole. No right number does so (19 and 20 add 1 and 4
    /// to the sum), but payment references, card and account numbers do. Never set for 18….
    pub luhn_over_all: bool,
    /// Month 00 or day 60, which only a samordningsnummer can have.
    pub unknown_date: bool,
    /// On Skatteverket's list of test numbers.
    pub test_identity: bool,
    /// Twelve digits were given; for ten the century was reckoned.
    pub century_given: bool,
    /// A date since 1990 whose last four digits are a time of day, as in a time stamp.
    pub clock_like: bool,
}

/// Why digits are no personnummer and no samordningsnummer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Not ten or twelve digits.
    Shape,
    /// Twelve digits that do not begin with 18, 19 or 20.
    Century,
    /// The third digit of ten is 2 or more, as in every organisationsnummer and in no date.
    Organisation,
    /// No such day.
    Date,
    /// Serial number 000, which is given to nobody.
    Serial,
    /// Born after the reference date.
    Future,
    /// More than 120 years old at the reference date.
    TooOld,
    /// All is well but the check digit: nothing, or a number mistyped, if a label says so.
    CheckDigit(Accepted),
}

impl Rejected {
    /// A short name for the reason.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Rejected::Shape => "shape",
            Rejected::Century => "century",
            Rejected::Organisation => "organisation",
            Rejected::Date => "date",
            Rejected::Serial => "serial",
            Rejected::Future => "future",
            Rejected::TooOld => "too_old",
            Rejected::CheckDigit(_) => "check_digit",
        }
    }
}

/// Judges ten or twelve digits, ASCII or plain values, without separators.
///
/// `plus` says that a `+` stood before the last four: the person turns 100 in the reference date's
/// year at the latest. It matters for ten digits only. Ten digits without it mean the latest
/// century that gives a day up to `reference`. Numbers on the official list of test numbers may
/// be of any age and, as some are published so, have a day that is not in the calendar.
pub fn check(digits: &[u8], plus: bool, reference: Date) -> Result<Accepted, Rejected> {
    let mut bytes = [0; 16];
    bytes.get_mut(..digits.len()).ok_or(Rejected::Shape)?.copy_from_slice(digits);
    let digits = Digits { word: u128::from_le_bytes(bytes), len: digits.len() as u8 };
    digits.check(plus, reference)
}

/// Digits in one word, to be judged without being stored: the first is the lowest byte, ASCII or plain
/// values; what is beyond the last is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    /// The digits.
    pub word: u128,
    /// How many there are.
    pub len: u8,
}

impl Digits {
    /// The same as [`check()`].
    ///
    /// # Errors
    /// Those of [`check()`].
    #[inline]
    pub fn check(self, plus: bool, reference: Date) -> Result<Accepted, Rejected> {
        let (head, tail) = self.last_ten();
        let century_given = match self.len {
            10 => false,
            12 => true,
            _ => return Err(Rejected::Shape),
        };
        let written = Written::read(head, tail)?;
        let year = if century_given {
            let [c1, c2, ..] = self.word.to_le_bytes();
            century_of([c1, c2])? + written.year_of_century()
        } else {
            written.reckoned_year(plus, reference)
        };
        written.judge(year, century_given, reference)
    }

    /// Is the last of ten or twelve ASCII digits the right check digit? [`Digits::check`] accepts none
    /// for which it is not.
    #[must_use]
    pub fn passes(self) -> bool {
        let (head, tail) = self.last_ten();
        luhn::rest_of_ten(head & LOW, (tail & 0x0F0F).to_le_bytes()) == 0
    }

    /// The digits in ASCII; the first [`Digits::len`] of the bytes are theirs.
    #[must_use]
    pub fn to_ascii(self) -> [u8; 16] {
        self.word.to_le_bytes().map(|digit| digit & 0x0F | b'0')
    }

    fn last_ten(self) -> (u64, u16) {
        let ten = if self.len == 12 { self.word >> 16 } else { self.word };
        (ten as u64, (ten >> 64) as u16)
    }
}

/// All that ten digits can mean, in every century, the latest first; only numbers with a right
/// check digit.
pub fn centuries(digits: &[u8; 10], reference: Date) -> impl Iterator<Item = Accepted> {
    [*b"20", *b"19", *b"18"].into_iter().filter_map(move |century| {
        let mut twelve = [0; 12];
        twelve[..2].copy_from_slice(&century);
        twelve[2..].copy_from_slice(digits);
        check(&twelve, false, reference).ok()
    })
}

fn century_of(two: [u8; 2]) -> Result<u16, Rejected> {
    match two.map(|digit| if digit.is_ascii_digit() { digit - b'0' } else { digit }) {
        [1, 8] => Ok(1800),
        [1, 9] => Ok(1900),
        [2, 0] => Ok(2000),
        // 16 is how registers fill an organisationsnummer up to twelve digits.
        [1, 6] => Err(Rejected::Organisation),
        [0..=9, 0..=9] => Err(Rejected::Century),
        _ => Err(Rejected::Shape),
    }
}

/// The high and the low halves of all bytes of a word.
const HIGH: u64 = 0xF0F0_F0F0_F0F0_F0F0;
const LOW: u64 = 0x0F0F_0F0F_0F0F_0F0F;

/// Eight zeros in ASCII.
const ASCII_ZEROS: u64 = 0x3030_3030_3030_3030;

/// ASCII digits or values as values, eight at a time.
fn values(word: u64) -> Result<u64, Rejected> {
    let (high, low) = (word & HIGH, word & LOW);
    // Adding 6 carries what is more than 9 into the high half.
    let all_digits = (low + 0x0606_0606_0606_0606) & HIGH == 0;
    let one_kind = high == 0 || high == ASCII_ZEROS;
    if all_digits && one_kind { Ok(low) } else { Err(Rejected::Shape) }
}

/// Ten digits that have the shape of a number, in a year yet to be told.
struct Written {
    /// The values of year, month, day and two digits of the serial number, the first lowest. In
    /// one word, since storing bytes only to load them again costs more than all the rest.
    head: u64,
    /// The values of the serial number's last digit and the check digit.
    tail: [u8; 2],
    kind: Kind,
    month: u8,
    /// As in the calendar, without the 60 of a samordningsnummer; 0 is unknown.
    day: u8,
}

impl Written {
    /// Takes eight digits and two, the first lowest.
    #[inline(always)]
    fn read(head: u64, tail: u16) -> Result<Written, Rejected> {
        // The two again and again, so that the same test does.
        let tail = u64::from(tail) * 0x0001_0001_0001_0001;
        if (head ^ tail) & HIGH != 0 {
            return Err(Rejected::Shape);
        }
        let head = values(head)?;
        let [.., s3, check] = values(tail)?.to_le_bytes();
        let [_, _, m1, m2, d1, d2, s1, s2] = head.to_le_bytes();
        if m1 >= 2 {
            return Err(Rejected::Organisation);
        }
        let (month, written_day) = (m1 * 10 + m2, d1 * 10 + d2);
        let (kind, day) = match written_day {
            1..=31 if month != 0 => (Kind::Personnummer, written_day),
            UNKNOWN_DAY..=91 => (Kind::Samordningsnummer, written_day - UNKNOWN_DAY),
            _ => return Err(Rejected::Date),
        };
        if month > 12 {
            return Err(Rejected::Date);
        }
        if s1 | s2 | s3 == 0 {
            return Err(Rejected::Serial);
        }
        Ok(Written { head, tail: [s3, check], kind, month, day })
    }

    fn year_of_century(&self) -> u16 {
        let [y1, y2, ..] = self.head.to_le_bytes();
        u16::from(y1 * 10 + y2)
    }

    /// The latest year that the two digits can mean. A hyphen turns into a plus on 1 January of
    /// the year in which somebody turns 100, whatever the birthday.
    fn reckoned_year(&self, plus: bool, reference: Date) -> u16 {
        let hundred_years = if plus { 100 } else { 0 };
        let latest = reference.year().saturating_sub(hundred_years);
        let year = latest - latest % 100 + self.year_of_century();
        let later = if plus { year > latest } else { self.first_day(year) > sortable(reference) };
        if later { year.saturating_sub(100) } else { year }
    }

    /// The earliest day that is meant, in a form that sorts.
    fn first_day(&self, year: u16) -> u32 {
        sortable_parts(year, self.month.max(1), self.day.max(1))
    }

    /// The latest day that is meant, in a form that sorts.
    fn last_day(&self, year: u16) -> u32 {
        let month = if self.month == 0 { 12 } else { self.month };
        let day = if self.day == 0 { 31 } else { self.day };
        sortable_parts(year, month, day)
    }

    #[inline(always)]
    fn judge(&self, year: u16, century_given: bool, reference: Date) -> Result<Accepted, Rejected> {
        if !(1800..2100).contains(&year) {
            return Err(Rejected::Century);
        }
        let rest = luhn::rest_of_ten(self.head, self.tail);
        let check_digit_ok = rest == 0;
        let doubt = self.doubt(year, reference);
        let test_identity = check_digit_ok && self.is_listed(year);
        if let (Some(doubt), false) = (doubt, test_identity) {
            return Err(doubt);
        }
        let accepted = Accepted {
            digits: self.digits(year),
            kind: self.kind,
            check_digit_ok,
            luhn_over_all: century_given && passes_with_century(year, rest),
            unknown_date: self.month == 0 || self.day == 0,
            test_identity,
            century_given,
            clock_like: self.is_clock_like(year),
        };
        if check_digit_ok { Ok(accepted) } else { Err(Rejected::CheckDigit(accepted)) }
    }

    /// What speaks against the date, unless the number is a published one.
    #[inline(always)]
    fn doubt(&self, year: u16, reference: Date) -> Option<Rejected> {
        let days = if self.month == 0 { 31 } else { date::days_in_month(year, self.month) };
        if self.day > days {
            return Some(Rejected::Date);
        }
        if self.first_day(year) > sortable(reference) {
            return Some(Rejected::Future);
        }
        // Who is OLDEST now turns one year older the day after this one, OLDEST + 1 years on.
        let too_old = self.last_day(year + OLDEST + 1) <= sortable(reference);
        too_old.then_some(Rejected::TooOld)
    }

    fn is_listed(&self, year: u16) -> bool {
        let [_, _, _, _, d1, d2, s1, s2] = self.head.to_le_bytes().map(u16::from);
        let (day, serial) = (d1 * 10 + d2, s1 * 100 + s2 * 10 + u16::from(self.tail[0]));
        test_identities::is_listed(year, u16::from(self.month), day, serial)
    }

    fn digits(&self, year: u16) -> Digits12 {
        let [c1, c2] = match year / 100 {
            18 => *b"18",
            19 => *b"19",
            _ => *b"20",
        };
        let tail = u16::from_le_bytes(self.tail.map(|value| value | b'0'));
        let word = u128::from(u16::from_le_bytes([c1, c2]))
            | u128::from(self.head | ASCII_ZEROS) << 16
            | u128::from(tail) << 80;
        let [digits @ .., _, _, _, _] = word.to_le_bytes();
        Digits12(digits)
    }

    fn is_clock_like(&self, year: u16) -> bool {
        let [.., h1, h2] = self.head.to_le_bytes();
        let [m1, _] = self.tail;
        self.kind == Kind::Personnummer && year >= FIRST_STAMP_YEAR && h1 * 10 + h2 < 24 && m1 < 6
    }
}

/// Whether Luhn over all twelve digits passes, when over the last ten it leaves `rest`. 19 adds 1,
/// 20 adds 4 (the doubled 2); 18 adds 10, so that it says nothing.
fn passes_with_century(year: u16, rest: u64) -> bool {
    match year / 100 {
        19 => rest == 9,
        20 => rest == 6,
        _ => false,
    }
}

fn sortable(date: Date) -> u32 {
    sortable_parts(date.year(), date.month(), date.day())
}

/// Year, month and day in one number that sorts like them; the day need not be in the calendar.
fn sortable_parts(year: u16, month: u8, day: u8) -> u32 {
    u32::from(year) << 9 | u32::from(month) << 5 | u32::from(day)
}

#[cfg(test)]
mod tests;
