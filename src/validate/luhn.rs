//! The check digit of ISO/IEC 7812-1, annex B: every second digit from the right but one is
//! doubled, the digits of the products are added, and the sum must end in 0.

/// What a doubled digit adds to the sum.
const DOUBLED: [u8; 16] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9, 0, 0, 0, 0, 0, 0];

/// Whether the last digit is the check digit of those before it.
///
/// The digits are ASCII or plain values; anything else gives an answer without a meaning. An
/// empty slice does not pass.
#[must_use]
pub fn is_valid(digits: &[u8]) -> bool {
    !digits.is_empty() && sum(digits, false).is_multiple_of(10)
}

/// The digit (0 to 9) that makes `payload` pass when it is put behind it.
#[must_use]
pub fn check_digit(payload: &[u8]) -> u8 {
    let rest = sum(payload, true) % 10;
    u8::try_from((10 - rest) % 10).expect("a remainder of ten")
}

fn sum(digits: &[u8], mut doubled: bool) -> u32 {
    let mut sum = 0;
    for digit in digits.iter().rev().map(|digit| digit & 0x0F) {
        sum += u32::from(if doubled { DOUBLED[usize::from(digit)] } else { digit });
        doubled = !doubled;
    }
    sum
}

/// The last digit of the sum of ten plain values, the length of nearly all candidates; 0 if they
/// pass. The first eight come as a little-endian word and are summed at a time.
pub(super) fn rest_of_ten(head: u64, tail: [u8; 2]) -> u64 {
    const FIRST_OF_TWO: u64 = 0x00FF_00FF_00FF_00FF;
    const ONES: u64 = 0x0001_0001_0001_0001;
    let twice = (head & FIRST_OF_TWO) << 1;
    // Adding 118 carries 10 and more into the top bit; such a product is worth nine less.
    let carries = ((twice + 118 * ONES) >> 7) & ONES;
    let products = (head & !FIRST_OF_TWO) + twice - carries * 9;
    // The multiplication adds up all eight bytes in the highest one; the sum is at most 72.
    let sum = products.wrapping_mul(0x0101_0101_0101_0101) >> 56;
    let tail = DOUBLED[usize::from(tail[0] & 0x0F)] + tail[1];
    (sum + u64::from(tail)) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_examples() {
        for (digits, expected) in [
            ("79927398713", true),
            ("79927398710", false),
            ("4111111111111111", true),
            ("4111111111111112", false),
            ("5560160680", true),
            ("0", true),
            ("1", false),
            ("", false),
        ] {
            assert_eq!(is_valid(digits.as_bytes()), expected, "{digits}");
        }
    }

    proptest! {
        #[test]
        fn one_digit_in_ten_checks(payload in proptest::collection::vec(0_u8..10, 0..20)) {
            let mut digits = payload.clone();
            digits.push(0);
            let passing: Vec<u8> = (0..10)
                .filter(|digit| {
                    *digits.last_mut().unwrap() = *digit;
                    is_valid(&digits)
                })
                .collect();
            prop_assert_eq!(passing, vec![check_digit(&payload)]);
        }

        #[test]
        fn one_wrong_digit_is_seen(
            mut payload in proptest::collection::vec(0_u8..10, 1..20),
            at in any::<proptest::sample::Index>(),
            change in 1_u8..10,
        ) {
            payload.push(check_digit(&payload));
            let at = at.index(payload.len());
            payload[at] = (payload[at] + change) % 10;
            prop_assert!(!is_valid(&payload));
        }

        #[test]
        fn ten_at_once_agrees(digits in proptest::array::uniform10(0_u8..10)) {
            let (head, tail) = digits.split_first_chunk().unwrap();
            let rest = rest_of_ten(u64::from_le_bytes(*head), tail.try_into().unwrap());
            prop_assert_eq!(rest, u64::from(sum(&digits, false) % 10));
        }
    }
}
