//! Phone numbers by their numbering plans: the Swedish one to the area code (PTS), the others to
//! country calling code, length and first digit (ITU-T E.164 and national plans).
//!
//! Takes digits only. Which separators may stand between them, and whether surroundings speak for
//! a phone number, is for the search in text. Short numbers (112, 1177) belong to nobody and are
//! not known here.

use std::fmt;

use super::tables::{COUNTRIES, COUNTRY_BY_PREFIX, PLAN, PLAN_BY_PREFIX};
use super::test_identities;

/// Sweden's country calling code.
pub const SWEDEN: u16 = 46;

/// The digits that E.164 allows at most, country calling code included.
const MOST_DIGITS: usize = 15;

/// What a Swedish number is for, by its number series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// With an area code.
    Geographic,
    /// 070, 072, 073, 076, 079.
    Mobile,
    /// 020.
    Freephone,
    /// 0770 to 0777.
    SharedCost,
    /// 0900, 0939, 0944, 099.
    Premium,
    /// 010: organisations' numbers without a place.
    Uan,
    /// 075: numbers that follow a person.
    Personal,
    /// 074.
    Pager,
    /// Twelve digits that lead to a mobile number's voicemail.
    Voicemail,
    /// 071: machines.
    M2m,
}

impl Class {
    /// In the order of the table that the build script makes.
    const ALL: [Class; 10] = [
        Class::Geographic,
        Class::Mobile,
        Class::Freephone,
        Class::SharedCost,
        Class::Premium,
        Class::Uan,
        Class::Personal,
        Class::Pager,
        Class::Voicemail,
        Class::M2m,
    ];
}

/// Whose number it is likely to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// A person's.
    Personal,
    /// An organisation's.
    Business,
    /// The digits do not tell.
    Unknown,
}

/// A number in international form, `+` and at most fifteen digits: the normalized form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct E164 {
    text: [u8; MOST_DIGITS + 1],
    len: u8,
}

impl E164 {
    /// Country calling code and national number, ASCII digits, at most fifteen together.
    fn new(country_code: &[u8], national: &[u8]) -> Option<E164> {
        let len = 1 + country_code.len() + national.len();
        if len > MOST_DIGITS + 1 {
            return None;
        }
        // In one word: short copies of unknown length cost more than all the rest.
        let digits = word_of(country_code) | word_of(national) << (8 * country_code.len());
        let text = (digits << 8 | u128::from(b'+')).to_le_bytes();
        let others = other_than_digits(digits) & ((1 << (8 * (len - 1))) - 1);
        (others == 0).then_some(E164 { text, len: len as u8 })
    }

    /// The number with its `+`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("ASCII only")
    }

    /// The number with its `+`, as ASCII bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.len)]
    }

    /// The number with its `+`, NUL behind it, and how many bytes it has.
    #[must_use]
    pub const fn padded(&self) -> ([u8; MOST_DIGITS + 1], u8) {
        (self.text, self.len)
    }

    /// Whether the number is kept free for fiction and so belongs to nobody.
    #[must_use]
    pub fn is_fictional(&self) -> bool {
        test_identities::is_fictional_phone(self.value())
    }

    /// The digits read as one number, all at a time.
    fn value(&self) -> u64 {
        let digits = u128::from_le_bytes(self.text) & !0xFF;
        // The last digit goes to the last byte.
        let aligned = digits << (8 * (self.text.len() - usize::from(self.len)));
        value_of_eight(aligned as u64) * 100_000_000 + value_of_eight((aligned >> 64) as u64)
    }
}

/// Up to fifteen bytes in one word, the first lowest.
fn word_of(bytes: &[u8]) -> u128 {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        // Where the two halves overlap they say the same.
        (Some(head), Some(tail)) => {
            let tail = u128::from(u64::from_le_bytes(*tail)) << (8 * (bytes.len() - 8));
            u128::from(u64::from_le_bytes(*head)) | tail
        }
        _ => bytes.iter().rev().fold(0, |word, &byte| word << 8 | u128::from(byte)),
    }
}

/// The top bit of each byte of `word` that is no ASCII digit.
fn other_than_digits(word: u128) -> u128 {
    const ONES: u128 = u128::from_le_bytes([1; 16]);
    const TOP: u128 = 0x80 * ONES;
    let word = word ^ (0x30 * ONES);
    // Digits are 0 to 9 now: adding 118 leaves their top bit clear and sets all others'.
    (((word & !TOP) + 118 * ONES) | word) & TOP
}

/// The value of eight ASCII digits, the first lowest; NUL counts as 0. Pairs are put together, then
/// fours, then all.
const fn value_of_eight(digits: u64) -> u64 {
    let pairs = (digits & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul(10 << 8 | 1) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(100 << 16 | 1) >> 16;
    (fours & 0x0000_FFFF_0000_FFFF).wrapping_mul(10_000 << 32 | 1) >> 32
}

/// Shows the country and operator digits only, so that a number does not slip into a log.
impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", &self.as_str()[..usize::from(self.len.min(5))])
    }
}

/// A number of the Swedish plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwedishNumber {
    /// How many digits the area code or series has, its leading 0 included: 2 for 08.
    pub area_len: u8,
    /// What the series is for.
    pub class: Class,
    /// How many digits the number has without the leading 0.
    pub nsn_len: u8,
    /// The normalized form.
    pub e164: E164,
}

impl SwedishNumber {
    /// Whose number it is likely to be: series for organisations and switchboards (a number with
    /// an area code that ends in 00) against mobile and personal ones.
    #[must_use]
    pub fn likely_use(&self) -> Use {
        match self.class {
            Class::Uan | Class::Freephone | Class::SharedCost | Class::Premium => Use::Business,
            Class::Geographic if self.e164.as_bytes().ends_with(b"00") => Use::Business,
            Class::Mobile | Class::Personal => Use::Personal,
            Class::Geographic | Class::Pager | Class::Voicemail | Class::M2m => Use::Unknown,
        }
    }
}

/// A number in international form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct International {
    /// The country calling code.
    pub country_code: u16,
    /// The ISO 3166 code of the main country with this code; empty for services of no country.
    pub region: &'static str,
    /// How many digits follow the country calling code.
    pub nsn_len: u8,
    /// What the Swedish plan says, for a Swedish number.
    pub swedish: Option<SwedishNumber>,
    /// The normalized form.
    pub e164: E164,
}

/// Reads the ASCII digits of a Swedish number with its leading 0, as in `0701740605`.
#[must_use]
pub fn national(digits: &[u8]) -> Option<SwedishNumber> {
    let [b'0', nsn @ ..] = digits else { return None };
    swedish(nsn)
}

/// Reads the ASCII digits behind `+` or `00`. A trunk prefix, as in +46 (0)70, is dropped where
/// the country has one.
#[must_use]
pub fn international(digits: &[u8]) -> Option<International> {
    if let [b'4', b'6', nsn @ ..] = digits {
        let swedish = swedish(without_trunk(nsn))?;
        let SwedishNumber { nsn_len, e164, .. } = swedish;
        let swedish = Some(swedish);
        return Some(International { country_code: SWEDEN, region: "SE", nsn_len, swedish, e164 });
    }
    foreign(digits)
}

fn foreign(digits: &[u8]) -> Option<International> {
    let entry = COUNTRY_BY_PREFIX[first_three(digits)?];
    let &(country_code, lengths, firsts, trunk, region) = COUNTRIES.get(usize::from(entry))?;
    let code_len = if country_code < 10 {
        1
    } else if country_code < 100 {
        2
    } else {
        3
    };
    let (code, nsn) = digits.split_at(code_len);
    let nsn = if trunk { without_trunk(nsn) } else { nsn };
    let first = nsn.first()?.wrapping_sub(b'0');
    let plausible = has(lengths, nsn.len()) && has(firsts, usize::from(first));
    if !plausible || (country_code == 1 && !is_north_american(nsn)) {
        return None;
    }
    let nsn_len = u8::try_from(nsn.len()).expect("at most fifteen");
    let e164 = E164::new(code, nsn)?;
    Some(International { country_code, region, nsn_len, swedish: None, e164 })
}

/// In North America the exchange, behind the three digits of the area, begins with 2 to 9.
fn is_north_american(nsn: &[u8]) -> bool {
    nsn.get(3).is_some_and(|digit| *digit >= b'2')
}

fn without_trunk(nsn: &[u8]) -> &[u8] {
    nsn.strip_prefix(b"0").unwrap_or(nsn)
}

/// Looks a number without its leading 0 up in the plan.
fn swedish(nsn: &[u8]) -> Option<SwedishNumber> {
    let entry = PLAN_BY_PREFIX[first_three(nsn)?];
    let &(area_len, lengths, class) = PLAN.get(usize::from(entry))?;
    if !has(lengths, nsn.len()) {
        return None;
    }
    let nsn_len = u8::try_from(nsn.len()).expect("at most fifteen");
    let e164 = E164::new(b"46", nsn)?;
    Some(SwedishNumber { area_len, class: Class::ALL[usize::from(class)], nsn_len, e164 })
}

/// The value of the first three of some ASCII digits.
fn first_three(digits: &[u8]) -> Option<usize> {
    let digits = digits.first_chunk::<3>()?.map(|digit| usize::from(digit.wrapping_sub(b'0')));
    let all_digits = digits.iter().all(|digit| *digit <= 9);
    all_digits.then(|| digits[0] * 100 + digits[1] * 10 + digits[2])
}

/// Whether a set of bits has this one.
fn has(set: u16, bit: usize) -> bool {
    bit <= MOST_DIGITS && set >> bit & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn swedish_series() {
        use Class::*;
        for (digits, expected) in [
            ("0701740605", Some((3, Mobile, Use::Personal))),
            ("0846500400", Some((2, Geographic, Use::Business))),
            ("0846500401", Some((2, Geographic, Use::Unknown))),
            ("08465004", Some((2, Geographic, Use::Unknown))),
            ("0313900642", Some((3, Geographic, Use::Unknown))),
            ("0980319247", Some((4, Geographic, Use::Unknown))),
            ("098031924", Some((4, Geographic, Use::Unknown))),
            ("0102345678", Some((3, Uan, Use::Business))),
            ("0200111222", Some((3, Freephone, Use::Business))),
            ("020111222", Some((3, Freephone, Use::Business))),
            ("0771234567", Some((3, SharedCost, Use::Business))),
            ("09001234567", Some((4, Premium, Use::Business))),
            ("0901234567", Some((3, Geographic, Use::Unknown))),
            ("0740123456", Some((3, Pager, Use::Unknown))),
            ("0751234567", Some((3, Personal, Use::Personal))),
            ("0254123456789", Some((4, Voicemail, Use::Unknown))),
            ("07101234567890", Some((3, M2m, Use::Unknown))),
            // Too short, too long, no such series.
            ("070174060", None),
            ("07017406055", None),
            ("08465", None),
            ("0846500", None),
            ("0846500400400", None),
            ("01012345", None),
            ("0109234567", None),
            ("0741234567", None),
            ("0759234567", None),
            ("0778234567", None),
            ("0781234567", None),
            ("0001234567", None),
            ("0610123456", None),
            ("112", None),
            ("", None),
            ("0", None),
            ("08", None),
            ("701740605", None),
            ("070-174060", None),
            ("07017O0605", None),
        ] {
            let number = national(digits.as_bytes());
            let found = number.map(|n| (n.area_len, n.class, n.likely_use()));
            assert_eq!(found, expected, "{digits}");
            if let Some(number) = number {
                assert_eq!(number.e164.as_str(), format!("+46{}", &digits[1..]));
            }
        }
    }

    #[test]
    fn mobile_series() {
        for digit in 0..10 {
            let class = national(format!("07{digit}1740605").as_bytes()).map(|number| number.class);
            let is_mobile = matches!(digit, 0 | 2 | 3 | 6 | 9);
            assert_eq!(class == Some(Class::Mobile), is_mobile, "07{digit}");
        }
    }

    /// Outside the blocks for fiction these are libphonenumber's example numbers.
    #[test]
    fn international_numbers() {
        for (digits, expected) in [
            ("46701740605", Some(("SE", "+46701740605"))),
            ("460701740605", Some(("SE", "+46701740605"))),
            ("4600701740605", None),
            ("46610740605", None),
            ("4532123456", Some(("DK", "+4532123456"))),
            ("45321234568", None),
            ("4740612345", Some(("NO", "+4740612345"))),
            ("4701234567", None),
            ("47406123", None),
            ("358412345678", Some(("FI", "+358412345678"))),
            ("3580412345678", Some(("FI", "+358412345678"))),
            ("442079460000", Some(("GB", "+442079460000"))),
            ("4402079460000", Some(("GB", "+442079460000"))),
            ("4420794600", None),
            ("4915123456789", Some(("DE", "+4915123456789"))),
            ("33612345678", Some(("FR", "+33612345678"))),
            ("330612345678", Some(("FR", "+33612345678"))),
            // Italy keeps its 0.
            ("390212345678", Some(("IT", "+390212345678"))),
            ("12025550100", Some(("US", "+12025550100"))),
            ("11025550100", None),
            ("12021550100", None),
            ("120255501", None),
            ("3532212345", Some(("IE", "+3532212345"))),
            ("80012345678", Some(("", "+80012345678"))),
            // Not assigned, or no number at all.
            ("2101234567", None),
            ("9991234567", None),
            ("0701740605", None),
            ("44", None),
            ("", None),
            ("442079460000442079460000", None),
            ("44207946OOOO", None),
        ] {
            let number = international(digits.as_bytes());
            let found = number.as_ref().map(|n| (n.region, n.e164.as_str()));
            assert_eq!(found, expected, "{digits}");
        }
    }

    #[test]
    fn fiction_is_told() {
        for (digits, expected) in [
            ("46701740605", true),
            ("46701740700", false),
            ("442079460999", true),
            ("12025550123", true),
        ] {
            let number = international(digits.as_bytes()).unwrap();
            assert_eq!(number.e164.is_fictional(), expected, "{digits}");
        }
    }

    proptest! {
        #[test]
        fn digits_are_one_number(number in 1_u64..1_000_000_000_000_000) {
            let digits = number.to_string();
            prop_assert_eq!(E164::new(b"", digits.as_bytes()).unwrap().value(), number);
        }
    }

    #[test]
    fn debug_hides_the_subscriber() {
        let number = national(b"0701740605").unwrap();
        assert_eq!(format!("{:?}", number.e164), "+4670…");
    }

    /// The plan as libphonenumber has it: one example for each class.
    #[test]
    fn vectors_of_libphonenumber() {
        let file = include_str!("../../tests/it/vectors/libphonenumber-se-examples.json");
        let file: Value = serde_json::from_str(file).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let digits = format!("0{}", case["national"].as_str().unwrap());
            let class = match case["type"].as_str().unwrap() {
                "FIXED_LINE" => Class::Geographic,
                "MOBILE" => Class::Mobile,
                "PAGER" => Class::Pager,
                "TOLL_FREE" => Class::Freephone,
                "PREMIUM_RATE" => Class::Premium,
                "SHARED_COST" => Class::SharedCost,
                "PERSONAL_NUMBER" => Class::Personal,
                "UAN" => Class::Uan,
                "VOICEMAIL" => Class::Voicemail,
                other => panic!("{other}"),
            };
            assert_eq!(national(digits.as_bytes()).map(|n| n.class), Some(class), "{digits}");
        }
    }

    #[test]
    fn vectors_of_written_forms() {
        let file = include_str!("../../tests/it/vectors/phone-se-forms.json");
        let file: Value = serde_json::from_str(file).unwrap();
        for case in file["positive"].as_array().unwrap() {
            let text = case["text"].as_str().unwrap();
            // The extension behind the number is for the search in text to cut off.
            let number = text.split([',', 'a', 'v']).next().unwrap();
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            let found = match digits.as_str() {
                digits if digits.starts_with("00") => {
                    international(&digits.as_bytes()[2..]).map(|n| n.e164)
                }
                digits if digits.starts_with("46") => {
                    international(digits.as_bytes()).map(|n| n.e164)
                }
                digits => national(digits.as_bytes()).map(|n| n.e164),
            };
            let found = found.unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.as_str(), case["e164"], "{text}");
            assert!(found.is_fictional(), "{text}");
        }
    }

    /// Valid numbers that only their surroundings or grouping can rule out, so not here.
    const VALID_ALL_THE_SAME: [&str; 6] = [
        "0800-1700",
        "08:00-17:00",
        "faktura 0701740605",
        "0612345678",
        "0123456789",
        "012-345 67 89",
    ];

    #[test]
    fn vectors_of_other_numbers() {
        let file = include_str!("../../tests/it/vectors/phone-se-forms.json");
        let file: Value = serde_json::from_str(file).unwrap();
        for case in file["negative_contexts"].as_array().unwrap() {
            let text = case["text"].as_str().unwrap();
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let valid = national(digits.as_bytes()).is_some();
            assert_eq!(valid, VALID_ALL_THE_SAME.contains(&text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn both_forms_say_the_same(nsn in "[1-9][0-9]{5,12}") {
            let national = national(format!("0{nsn}").as_bytes());
            let international_form = international(format!("46{nsn}").as_bytes());
            prop_assert_eq!(national, international_form.and_then(|number| number.swedish));
        }

        #[test]
        fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            let _ = national(&bytes);
            if let Some(number) = international(&bytes) {
                prop_assert!(number.e164.as_str().len() <= 16);
            }
        }
    }
}
