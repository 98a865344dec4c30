//! JSON text, written by hand: what is written most is written without a formatter's detours.

/// Bytes that JSON strings cannot hold as they are.
const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\' || byte == 0x7F
}

/// Writes `text` as the inside of a JSON string. DEL is escaped as well, for terminals' sake.
pub(super) fn escape(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if needs_escape(byte) {
            out.extend_from_slice(&bytes[from..at]);
            escape_byte(out, byte);
            from = at + 1;
        }
    }
    out.extend_from_slice(&bytes[from..]);
}

fn escape_byte(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        _ => {
            out.extend_from_slice(b"\\u00");
            hex(out, &[byte]);
        }
    }
}

/// Writes `text` as a JSON string.
pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escape(out, text);
    out.push(b'"');
}

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n] = [b'0' + n as u8 / 10, b'0' + n as u8 % 10];
        n += 1;
    }
    pairs
};

/// Numbers below this have eight digits at most.
const EIGHT: u64 = 100_000_000;

/// Writes a number in decimal.
pub(super) fn number(out: &mut Vec<u8>, n: u64) {
    if n >= EIGHT {
        number(out, n / EIGHT);
        out.extend_from_slice(&(eight_digits((n % EIGHT) as u32) | ZEROS).to_le_bytes());
        return;
    }
    let digits = eight_digits(n as u32);
    let leading = (digits.trailing_zeros() / 8).min(7);
    // A copy of a fixed size is an instruction, one of any size is a call.
    let end = out.len() + 8 - leading as usize;
    out.extend_from_slice(&((digits | ZEROS) >> (8 * leading)).to_le_bytes());
    out.truncate(end);
}

/// Eight times `0`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The eight decimal digits of `n`, the first in the lowest byte: four, two, one digit at a time in
/// lanes of one word.
const fn eight_digits(n: u32) -> u64 {
    let fours = (n / 10_000) as u64 | ((n % 10_000) as u64) << 32;
    let hundreds = (fours * 10_486) >> 20 & 0x7F_0000_007F;
    let twos = hundreds | (fours - 100 * hundreds) << 16;
    let tens = (twos * 103) >> 10 & 0x000F_000F_000F_000F;
    tens | (twos - 10 * tens) << 8
}

/// Writes two digits.
pub(super) fn pair(out: &mut Vec<u8>, n: u32) {
    out.extend_from_slice(&PAIRS[n as usize % 100]);
}

/// Writes bytes in lower-case hexadecimal.
pub(super) fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        let two = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        out.extend_from_slice(&two);
    }
}

/// Writes a share from 0 to 1 with two decimals.
pub(super) fn share(out: &mut Vec<u8>, share: f32) {
    let hundredths = (share.clamp(0.0, 1.0) * 100.0).round() as u32;
    out.push(b'0' + (hundredths / 100) as u8);
    out.push(b'.');
    pair(out, hundredths % 100);
}

/// Writes a time in UTC as RFC 3339, in as many decimals of a second as it has (none, 3, 6 or 9).
pub(super) fn time(out: &mut Vec<u8>, seconds: i64, nanos: u32) {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u32);
    let (year, month, day) = civil(days);
    if !(0..=9999).contains(&year) {
        out.extend_from_slice(b"9999-12-31T23:59:59Z");
        return;
    }
    pair(out, year as u32 / 100);
    pair(out, year as u32 % 100);
    for (mark, n) in [
        (b'-', month),
        (b'-', day),
        (b'T', second / 3600),
        (b':', second / 60 % 60),
        (b':', second % 60),
    ] {
        out.push(mark);
        pair(out, n);
    }
    decimals(out, nanos);
    out.push(b'Z');
}

fn decimals(out: &mut Vec<u8>, nanos: u32) {
    if nanos == 0 {
        return;
    }
    let mut digits = [b'0'; 9];
    let mut rest = nanos;
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    let len = match nanos {
        n if n % 1_000_000 == 0 => 3,
        n if n % 1000 == 0 => 6,
        _ => 9,
    };
    out.push(b'.');
    out.extend_from_slice(&digits[..len]);
}

/// Year, month and day of a day counted from 1970-01-01, after Howard Hinnant's `civil_from_days`
/// (<https://howardhinnant.github.io/date_algorithms.html>, public domain).
fn civil(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn strings_read_back(text: String) {
            let json = written(|out| string(out, &text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }

        #[test]
        fn numbers_are_as_the_formatter_writes_them(n: u64, small in 0_u64..2000) {
            prop_assert_eq!(written(|out| number(out, n)), n.to_string());
            prop_assert_eq!(written(|out| number(out, small)), small.to_string());
        }

        #[test]
        fn times_are_as_jiff_reads_them(seconds in -60_000_000_000_i64..250_000_000_000, nanos in 0..1_000_000_000_i32) {
            let time = written(|out| time(out, seconds, nanos as u32));
            let got: jiff::Timestamp = time.parse().unwrap();
            prop_assert_eq!(got, jiff::Timestamp::new(seconds, 0).unwrap() + jiff::SignedDuration::new(0, nanos));
        }
    }

    #[test]
    fn shares_have_two_decimals() {
        for (score, want) in [(0.0, "0.00"), (0.974, "0.97"), (1.0, "1.00"), (0.6, "0.60")] {
            assert_eq!(written(|out| share(out, score)), want);
        }
    }
}
