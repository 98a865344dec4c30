//! How a value is shown when it must not be read: every mask leaves 100,000 possible values at least.

use crate::model::{Category, Finding, Mask, NoteKind};

/// Digits of a phone number that stay hidden.
const HIDDEN: usize = 6;

/// Writes the mask of a finding. Nothing it writes needs escaping in JSON.
pub fn mask(out: &mut Vec<u8>, finding: &Finding<'_>) {
    match finding.category {
        Category::Personnummer | Category::Samordningsnummer => {
            personal_number(out, finding.normalized);
        }
        Category::Email => email(out, finding.normalized),
        Category::Phone => phone(out, finding.normalized),
        Category::Dietary => {
            out.extend_from_slice(finding.attributes.kind.map_or("***", NoteKind::id).as_bytes());
        }
        Category::PersonName | Category::PostalAddress => {
            first_letter(out, finding.normalized);
            out.extend_from_slice(b"***");
        }
        Category::IpAddress => ip_address(out, finding.normalized),
        Category::ReserveNumber
        | Category::Organisationsnummer
        | Category::Iban
        | Category::Bankgiro
        | Category::Plusgiro
        | Category::BankAccount
        | Category::PaymentCard
        | Category::PassportNumber
        | Category::VehicleRegistration => last_two_digits(out, finding.normalized),
        Category::Own(own) => by_rule(out, own.category().mask, finding.normalized),
    }
}

/// As a rule of the user's own says, where enough stays hidden. Letters of such a number may be the
/// same in all of them and a digit may be computed from the others, so that only digits count: of
/// eight, six stay hidden, five of them free.
fn by_rule(out: &mut Vec<u8>, mask: Mask, normalized: &str) {
    let digits: Vec<u8> = normalized.bytes().filter(u8::is_ascii_digit).collect();
    match mask {
        Mask::LastTwo if digits.len() >= 8 => {
            out.extend(std::iter::repeat_n(b'*', digits.len() - 2));
            out.extend_from_slice(&digits[digits.len() - 2..]);
        }
        Mask::FirstLetter if normalized.chars().filter(|c| c.is_alphabetic()).count() >= 6 => {
            first_letter(out, normalized);
            out.extend_from_slice(b"***");
        }
        _ => out.extend_from_slice(b"***"),
    }
}

/// The first half: two numbers of four, or the network's 32 bits.
fn ip_address(out: &mut Vec<u8>, normalized: &str) {
    let (mark, groups) = if normalized.contains(':') { (':', 2) } else { ('.', 2) };
    for group in normalized.split(mark).take(groups) {
        out.extend(group.bytes().filter(u8::is_ascii_hexdigit));
        out.push(mark as u8);
    }
    out.extend_from_slice(if mark == ':' { b"***" } else { b"*.*" });
}

/// Digits and letters hidden but for the last two, where enough stay hidden.
fn last_two_digits(out: &mut Vec<u8>, normalized: &str) {
    let known = normalized.bytes().filter(u8::is_ascii_alphanumeric).collect::<Vec<_>>();
    let shown = if known.len() >= 7 { 2 } else { 0 };
    let hidden = known.len() - shown;
    out.extend(std::iter::repeat_n(b'*', hidden.max(3)));
    out.extend_from_slice(&known[hidden..]);
}

/// The year at most.
fn personal_number(out: &mut Vec<u8>, normalized: &str) {
    let year =
        normalized.as_bytes().first_chunk::<4>().filter(|y| y.iter().all(u8::is_ascii_digit));
    match year {
        Some(year) if normalized.len() == 12 => out.extend_from_slice(year),
        _ => out.extend_from_slice(b"****"),
    }
    out.extend_from_slice(b"****-****");
}

/// First letters and the top-level domain.
fn email(out: &mut Vec<u8>, normalized: &str) {
    let (local, domain) = normalized.rsplit_once('@').unwrap_or((normalized, ""));
    let (host, top) = domain.rsplit_once('.').unwrap_or((domain, ""));
    first_letter(out, local);
    out.extend_from_slice(b"***@");
    first_letter(out, host);
    out.extend_from_slice(b"***");
    if !top.is_empty() {
        out.push(b'.');
        out.extend_from_slice(top.as_bytes());
    }
}

fn first_letter(out: &mut Vec<u8>, word: &str) {
    if let Some(c) = word.chars().next().filter(|c| c.is_alphanumeric()) {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// The country and two digits, as long as six stay hidden.
fn phone(out: &mut Vec<u8>, normalized: &str) {
    let digits = normalized.strip_prefix('+').unwrap_or(normalized);
    let country = country_code(digits.as_bytes());
    let (mut shown, mut space) = (0, false);
    if digits.len() >= country + HIDDEN {
        shown = country + (digits.len() - country - HIDDEN).min(2);
        space = true;
    }
    out.push(b'+');
    for (n, digit) in digits.bytes().enumerate() {
        if space && n == country {
            out.push(b' ');
        }
        out.push(if n < shown && digit.is_ascii_digit() { digit } else { b'*' });
    }
}

/// Digits of the country code (ITU-T E.164, list of assigned codes): those of one and two digits are
/// known, all others have three.
fn country_code(digits: &[u8]) -> usize {
    match digits {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attributes, Confidence, Evidence, MatchForm, Own, OwnCategory};

    fn check(category: Category, normalized: &str, kind: Option<NoteKind>, want: &str) {
        let finding = Finding {
            category,
            confidence: Confidence::High,
            score: 1.0,
            range: 0..1,
            normalized,
            evidence: Evidence::NONE,
            attributes: Attributes { kind, ..Attributes::default() },
            column: None,
        };
        let mut out = Vec::new();
        mask(&mut out, &finding);
        assert_eq!(String::from_utf8(out).unwrap(), want, "{normalized}");
    }

    #[test]
    fn masks_of_own_categories_hide_what_they_must() {
        let check = |mask, normalized: &str, want: &str| {
            let own = OwnCategory {
                id: format!("test_mask_{mask:?}"),
                origin: 0,
                mask,
                form: MatchForm::default(),
            };
            check(Category::Own(Own::of(&own).unwrap()), normalized, None, want);
        };
        check(Mask::LastTwo, "KD12345678", "******78");
        check(Mask::LastTwo, "KD1234567", "***");
        check(Mask::FirstLetter, "Åsa Björk", "Å***");
        check(Mask::FirstLetter, "Björk", "***");
        check(Mask::FirstLetter, "\"Björken", "***");
        check(Mask::Hidden, "Projekt Älg", "***");
    }

    #[test]
    fn masks_hide_what_they_must() {
        check(Category::Personnummer, "199001012385", None, "1990****-****");
        check(Category::Samordningsnummer, "199001612385", None, "1990****-****");
        check(Category::Personnummer, "9001012385", None, "********-****");
        check(Category::Email, "eva@hund.example.com", None, "e***@h***.com");
        check(Category::Email, "åsa@exempel.example", None, "å***@e***.example");
        check(Category::Email, "\"@example.com", None, "***@e***.com");
        check(Category::Phone, "+46701740605", None, "+46 70*******");
        check(Category::Phone, "+4684650041", None, "+46 84******");
        check(Category::Phone, "+468465004", None, "+46 8******");
        check(Category::Phone, "+112", None, "+***");
        check(Category::Phone, "+358401234567", None, "+358 40*******");
        check(Category::PersonName, "Åsa Ek", None, "Å***");
        check(Category::PostalAddress, "Björkvägen 3, 123 45 Byn", None, "B***");
        check(Category::IpAddress, "192.0.2.17", None, "192.0.*.*");
        check(Category::IpAddress, "2001:db8::17", None, "2001:db8:***");
        check(Category::IpAddress, "::1", None, "::***");
        check(Category::PaymentCard, "4111111111111111", None, "**************11");
        check(Category::Iban, "SE4550000000058398257466", None, "**********************66");
        check(Category::VehicleRegistration, "ABC12D", None, "******");
        check(Category::Plusgiro, "12", None, "***");
        check(Category::Dietary, "glutenfri", Some(NoteKind::Intolerance), "intolerance");
    }
}
