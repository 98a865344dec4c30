//! Identities published for tests and fiction: they belong to nobody.
//!
//! Only what is on a list counts. No rule of thumb stands in for it ("serial numbers from 980 are
//! test numbers" is wrong, for example). The lists with their sources are in `rules/data`.

use super::luhn;
use super::tables::{FICTION, TEST_FIRST_YEAR, TEST_KEYS, TEST_MARKS, TEST_STARTS};

/// Day and serial number of a coordination number start here.
const COORDINATION: u16 = 1 << 15;

/// Whether Skatteverket publishes this personnummer or samordningsnummer, twelve ASCII digits, for
/// tests.
#[must_use]
pub fn is_test_number(digits: &[u8; 12]) -> bool {
    let value = |from: usize, to: usize| {
        digits[from..to].iter().fold(0, |value, digit| value * 10 + u16::from(digit & 0x0F))
    };
    luhn::is_valid(&digits[2..]) && is_listed(value(0, 4), value(4, 6), value(6, 8), value(8, 11))
}

/// The same, for parts whose check digit is known to be right: the month as written (0 to 12), the
/// day as written (60 and more in a samordningsnummer), the serial number (three digits).
pub(super) fn is_listed(year: u16, month: u16, day: u16, serial: u16) -> bool {
    let Some(years) = year.checked_sub(TEST_FIRST_YEAR) else { return false };
    // Beyond these, buckets and keys would stand for other dates.
    if month > 12 || !matches!(day, 1..=31 | 60..=91) || serial > 999 {
        return false;
    }
    let bucket = usize::from(years) * 13 + usize::from(month);
    let wanted = key(day, serial);
    let (word, mark) = mark_of(bucket, wanted);
    // Most numbers are on no list, and nearly all of those are told here.
    if TEST_MARKS[word] & mark != mark {
        return false;
    }
    let Some(&[start, end]) = TEST_STARTS.get(bucket..bucket + 2) else { return false };
    let keys = &TEST_KEYS[usize::from(start)..usize::from(end)];
    // A month has some sixty keys: comparing all of them, many at a time and without a branch, is
    // faster than a binary search.
    keys.iter().fold(false, |found, key| found | (*key == wanted))
}

/// The word of [`TEST_MARKS`], a Bloom filter, and its bits that are set if a bucket has a key.
fn mark_of(bucket: usize, key: u16) -> (usize, u64) {
    let mixed = ((bucket as u64) << 16 | u64::from(key)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let bit = |shift: u32| 1 << (mixed >> shift & 63);
    ((mixed >> 51) as usize, bit(45) | bit(39) | bit(33))
}

/// Five bits of day and ten of serial number, below a bit that tells the two kinds apart.
fn key(day: u16, serial: u16) -> u16 {
    if day >= 60 { COORDINATION | (day - 60) << 10 | serial } else { day << 10 | serial }
}

/// Whether an E.164 number, its digits read as one number, is kept free for fiction: by PTS for
/// Sweden, by Ofcom for the United Kingdom, and 555-0100 to 555-0199 in North America.
#[must_use]
pub fn is_fictional_phone(e164: u64) -> bool {
    if (12_000_000_000..20_000_000_000).contains(&e164) {
        return (5_550_100..=5_550_199).contains(&(e164 % 10_000_000));
    }
    let after = FICTION.partition_point(|range| range.0 <= e164);
    after > 0 && e164 <= FICTION[after - 1].1
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;
    use xxhash_rust::xxh3::xxh3_64;

    const PERSONNUMMER: &str = include_str!("../../rules/data/test-personnummer.txt");
    const SAMORDNINGSNUMMER: &str = include_str!("../../rules/data/test-samordningsnummer.txt");

    /// The numbers of a list, written out and in order.
    fn expand(list: &str) -> Vec<String> {
        let mut numbers = Vec::new();
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let mut parts = line.split(' ');
            let month = parts.next().unwrap().replace('-', "");
            for (day, serials) in parts.map(|part| part.split_once(':').unwrap()) {
                for serial in serials.split(',') {
                    let number = format!("{month}{day}{serial}");
                    let check = luhn::check_digit(&number.as_bytes()[2..]);
                    numbers.push(format!("{number}{check}"));
                }
            }
        }
        numbers
    }

    /// All personnummer that are published for tests.
    pub(in crate::validate) fn personnummer() -> Vec<String> {
        expand(PERSONNUMMER)
    }

    /// All samordningsnummer that are published for tests.
    pub(in crate::validate) fn samordningsnummer() -> Vec<String> {
        expand(SAMORDNINGSNUMMER)
    }

    fn is_test(number: &str) -> bool {
        is_test_number(number.as_bytes().try_into().unwrap())
    }

    #[test]
    fn the_lists_are_whole() {
        // The digests are those of the published lists: sorted, one number a line.
        for (numbers, count, digest) in [
            (personnummer(), 41_127, PUBLISHED_PERSONNUMMER),
            (samordningsnummer(), 2_264, PUBLISHED_SAMORDNINGSNUMMER),
        ] {
            assert_eq!(numbers.len(), count);
            assert_eq!(xxh3_64((numbers.join("\n") + "\n").as_bytes()), digest);
            assert!(numbers.iter().all(|number| is_test(number)));
        }
    }

    const PUBLISHED_PERSONNUMMER: u64 = 0x2f5e_4ad6_f6df_94d8;
    const PUBLISHED_SAMORDNINGSNUMMER: u64 = 0x7a61_9379_2969_057d;

    #[test]
    fn a_wrong_check_digit_is_on_no_list() {
        for number in personnummer().iter().step_by(97) {
            let wrong = (number.as_bytes()[11] - b'0' + 1) % 10;
            assert!(!is_test(&format!("{}{wrong}", &number[..11])), "{number}");
        }
    }

    #[test]
    fn nothing_else_is_on_the_list() {
        let listed: HashSet<String> =
            personnummer().into_iter().chain(samordningsnummer()).collect();
        for year in [1889, 1890, 1911, 1976, 2000, 2020, 2023, 2024, 9999] {
            for (month, day) in [(0, 60), (1, 1), (2, 29), (4, 91), (12, 31), (13, 1), (99, 99)] {
                for serial in 0..1000 {
                    let number = format!("{year}{month:02}{day:02}{serial:03}");
                    let check = luhn::check_digit(&number.as_bytes()[2..]);
                    let number = format!("{number}{check}");
                    assert_eq!(is_test(&number), listed.contains(&number), "{number}");
                }
            }
        }
    }

    #[test]
    fn a_month_thirteen_is_not_the_next_year() {
        let unknown_months: Vec<String> =
            samordningsnummer().into_iter().filter(|number| &number[4..6] == "00").collect();
        assert!(!unknown_months.is_empty());
        for number in unknown_months {
            let year = number[..4].parse::<u16>().unwrap() - 1;
            let other = format!("{year}13{}", &number[6..11]);
            let check = luhn::check_digit(&other.as_bytes()[2..]);
            assert!(!is_test(&format!("{other}{check}")), "{number}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn agrees_with_a_plain_set(year in 1880_u16..2040, month in 0_u16..100, day in 0_u16..100, serial in 0_u16..1000) {
            thread_local! {
                static LISTED: HashSet<String> =
                    personnummer().into_iter().chain(samordningsnummer()).collect();
            }
            let number = format!("{year}{month:02}{day:02}{serial:03}");
            let number = format!("{number}{}", luhn::check_digit(&number.as_bytes()[2..]));
            prop_assert_eq!(is_test(&number), LISTED.with(|listed| listed.contains(&number)));
        }
    }

    #[test]
    fn phones_of_fiction() {
        for (e164, expected) in [
            (46_701_740_604, false),
            (46_701_740_605, true),
            (46_701_740_699, true),
            (46_701_740_700, false),
            (46_313_900_600, true),
            (46_406_280_499, true),
            (46_846_500_400, true),
            (46_980_319_299, true),
            (46_980_319_300, false),
            (12_025_550_100, true),
            (12_025_550_199, true),
            (12_025_550_200, false),
            (442_079_460_000, true),
            (447_700_900_999, true),
            (447_700_901_000, false),
            (0, false),
            (u64::MAX, false),
        ] {
            assert_eq!(is_fictional_phone(e164), expected, "{e164}");
        }
    }
}
