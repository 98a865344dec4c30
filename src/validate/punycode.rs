//! Reads internationalised domain labels back from their ASCII form (RFC 3492, section 6.2).

// The parameters of section 5.
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// The Unicode form of what stands behind `xn--`; nothing if it is no Punycode, or would be all
/// ASCII, which no domain label is encoded for.
pub(super) fn decode(label: &str) -> Option<String> {
    let (plain, extended) = label.rsplit_once('-').unwrap_or(("", label));
    if !plain.is_ascii() || extended.is_empty() {
        return None;
    }
    let mut output: Vec<char> = plain.chars().collect();
    let mut digits = extended.bytes();
    let (mut n, mut i, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    while digits.len() > 0 {
        let delta = integer(&mut digits, bias)?;
        let position = i.checked_add(delta)?;
        let length = u32::try_from(output.len()).ok()? + 1;
        bias = adapt(delta, length, i == 0 && output.len() == plain.len());
        n = n.checked_add(position / length)?;
        i = position % length;
        output.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i += 1;
    }
    Some(output.into_iter().collect())
}

/// One generalised variable-length integer (section 3.3).
fn integer(digits: &mut impl Iterator<Item = u8>, bias: u32) -> Option<u32> {
    let (mut value, mut weight, mut k) = (0_u32, 1_u32, BASE);
    loop {
        let digit = digit_value(digits.next()?)?;
        value = value.checked_add(digit.checked_mul(weight)?)?;
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if digit < threshold {
            return Some(value);
        }
        weight = weight.checked_mul(BASE - threshold)?;
        k += BASE;
    }
}

fn digit_value(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(36).map(|value| {
        // RFC 3492 puts the letters first, then the digits; Rust the other way round.
        if value < 10 { value + 26 } else { value - 10 }
    })
}

/// Bias adaptation (section 6.1).
fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decodes() {
        for (label, expected) in [
            // RFC 3492, section 7.1: Arabic, simplified Chinese, Czech, Spanish, mixed.
            ("egbpdaj6bu4bxfgehfvwxn", Some("ليهمابتكلموشعربي؟")),
            ("ihqwcrb4cv8a8dqg056pqjye", Some("他们为什么不说中文")),
            ("Proprostnemluvesky-uyb24dma41a", Some("Pročprostěnemluvíčesky")),
            (
                "PorqunopuedensimplementehablarenEspaol-fmd56a",
                Some("PorquénopuedensimplementehablarenEspañol"),
            ),
            ("3B-ww4c5e180e575a65lsy2b", Some("3年B組金八先生")),
            ("rksmrgs-5wao1o", Some("räksmörgås")),
            ("malm-8qa", Some("malmö")),
            ("p1ai", Some("рф")),
            ("", None),
            ("abc-", None),
            ("99999999", None),
            ("å-1", None),
            ("rksmrgs-5wao1!", None),
        ] {
            assert_eq!(decode(label).as_deref(), expected, "{label}");
        }
    }

    /// Both forms of the root zone's internationalised names, encoded by other software.
    #[test]
    fn decodes_the_root_zone() {
        let list = include_str!("../../rules/data/tlds.txt");
        let pairs: Vec<_> =
            list.lines().filter_map(|line| line.strip_prefix("xn--")?.split_once(' ')).collect();
        assert!(pairs.len() > 100);
        for (label, expected) in pairs {
            assert_eq!(decode(label).as_deref(), Some(expected), "{label}");
        }
    }

    proptest! {
        #[test]
        fn any_label_is_judged(label in "[a-z0-9-]{0,62}") {
            let _ = decode(&label);
        }
    }
}
