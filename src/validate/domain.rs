//! Domain names: their shape (RFC 1035, RFC 5890) and the zone they are in (IANA's root zone,
//! special-use names).

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;

use super::punycode;
use super::tables::{TLD_TWO_LETTERS, TLDS_BY_LENGTH};

/// The longest domain and the longest label, in bytes (RFC 1035, section 2.3.4).
const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// Names set apart for documentation and tests (RFC 2606, RFC 6761): they belong to nobody.
const RESERVED_TLDS: [&str; 4] = ["example", "invalid", "localhost", "test"];
const RESERVED_DOMAINS: [&str; 3] = ["example.com", "example.net", "example.org"];

/// Names that the root zone does not have but that are in use inside networks: RFC 6762 with its
/// appendix G, RFC 7686, RFC 9476, and ICANN's `internal`.
const PRIVATE_TLDS: [&str; 9] =
    ["alt", "corp", "home", "internal", "intranet", "lan", "local", "onion", "private"];

/// The private one below a public one (RFC 8375).
const PRIVATE_DOMAIN: &str = "home.arpa";

/// Where a domain lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// Under a top-level domain of the root zone.
    Public,
    /// In use inside networks only.
    Private,
    /// Set apart for documentation and tests.
    Reserved,
}

/// Why something is no domain name of a mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoDomain {
    /// Not two or more labels of letters, digits and inner hyphens.
    Shape,
    /// The last label has digits only: a version or an address.
    Numeric,
    /// No such top-level domain.
    UnknownTld,
}

/// The zone of a domain name, in UTF-8 or in its ASCII form, in any case.
pub fn zone(domain: &[u8]) -> Result<Zone, NoDomain> {
    let tld = last_label(domain).ok_or(NoDomain::Shape)?;
    if tld.iter().all(u8::is_ascii_digit) {
        return Err(NoDomain::Numeric);
    }
    let lies_under = |names: &[&str]| names.iter().any(|name| is_under(domain, name));
    if is_known_tld(tld) {
        return Ok(match tld.len() {
            3 if lies_under(&RESERVED_DOMAINS) => Zone::Reserved,
            4 if is_under(domain, PRIVATE_DOMAIN) => Zone::Private,
            _ => Zone::Public,
        });
    }
    if lies_under(&RESERVED_TLDS) {
        Ok(Zone::Reserved)
    } else if lies_under(&PRIVATE_TLDS) {
        Ok(Zone::Private)
    } else {
        Err(NoDomain::UnknownTld)
    }
}

/// Whether a label, in UTF-8 or in its ASCII form and in any case, is in IANA's root zone.
#[must_use]
pub fn is_known_tld(label: &[u8]) -> bool {
    if let [first, second] = label {
        let letter = |byte: &u8| byte.to_ascii_lowercase().wrapping_sub(b'a');
        let (first, second) = (letter(first), letter(second));
        let row = TLD_TWO_LETTERS.get(usize::from(first));
        return second < 26 && row.is_some_and(|row| row >> second & 1 == 1);
    }
    let mut buffer = [0; LONGEST_LABEL + 1];
    lower_case(label, &mut buffer).is_some_and(|label| {
        let joined = TLDS_BY_LENGTH.get(label.len()).map_or("", |joined| joined).as_bytes();
        is_among(label, joined)
    })
}

/// Binary search in labels of one length that are written one behind the other.
fn is_among(label: &[u8], joined: &[u8]) -> bool {
    let (mut low, mut high) = (0, joined.len() / label.len().max(1));
    while low < high {
        let middle = (low + high) / 2;
        match joined[middle * label.len()..][..label.len()].cmp(label) {
            Ordering::Equal => return true,
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
        }
    }
    false
}

/// A label in lower case, written into `buffer`.
fn lower_case<'a>(label: &[u8], buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    if label.is_ascii() {
        let lower = buffer.get_mut(..label.len())?;
        lower.copy_from_slice(label);
        lower.make_ascii_lowercase();
        return Some(lower);
    }
    let mut len = 0;
    for c in std::str::from_utf8(label).ok()?.chars().flat_map(char::to_lowercase) {
        let end = len + c.len_utf8();
        c.encode_utf8(buffer.get_mut(len..end)?);
        len = end;
    }
    Some(&buffer[..len])
}

/// Whether a domain is `name` or ends in it, label by label.
fn is_under(domain: &[u8], name: &str) -> bool {
    let Some(start) = domain.len().checked_sub(name.len()) else { return false };
    domain[start..].eq_ignore_ascii_case(name.as_bytes())
        && (start == 0 || domain[start - 1] == b'.')
}

/// The last label of a well-formed domain of two labels or more.
fn last_label(domain: &[u8]) -> Option<&[u8]> {
    if domain.len() > LONGEST || !domain.split(|byte| *byte == b'.').all(is_label) {
        return None;
    }
    let dot = domain.iter().rposition(|byte| *byte == b'.')?;
    Some(&domain[dot + 1..])
}

fn is_label(label: &[u8]) -> bool {
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || !byte.is_ascii();
    let ([first, ..], [.., last]) = (label, label) else { return false };
    label.len() <= LONGEST_LABEL
        && *first != b'-'
        && *last != b'-'
        && label.iter().all(inner)
        && (label.is_ascii() || is_international(label))
}

/// Whether all that is not ASCII are letters, digits and their marks.
pub(super) fn is_international(text: &[u8]) -> bool {
    let allowed = |c: char| c.is_ascii() || c.is_alphanumeric() || is_mark(c);
    std::str::from_utf8(text).is_ok_and(|text| text.chars().all(allowed))
}

/// A combining diacritic, as in a decomposed å.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// The domain in lower case and Unicode form (composed, NFC). A label that is no Punycode stays
/// as it is.
#[must_use]
pub fn to_unicode(domain: &str) -> String {
    let lower: String = domain.to_lowercase().nfc().collect();
    let labels = lower.split('.').map(|label| {
        let decoded = label.strip_prefix("xn--").and_then(punycode::decode);
        decoded.unwrap_or_else(|| label.to_owned())
    });
    labels.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn zones() {
        use NoDomain::*;
        use Zone::*;
        for (domain, expected) in [
            ("kommun.se", Ok(Public)),
            ("KOMMUN.SE", Ok(Public)),
            ("a.b.c.co.uk", Ok(Public)),
            ("foretag.nu", Ok(Public)),
            ("firma.museum", Ok(Public)),
            ("räksmörgås.se", Ok(Public)),
            ("ra\u{308}ksmo\u{308}rga\u{30a}s.se", Ok(Public)),
            ("xn--rksmrgs-5wao1o.se", Ok(Public)),
            ("почта.рф", Ok(Public)),
            ("ПОЧТА.РФ", Ok(Public)),
            ("xn--80a1acny.xn--p1ai", Ok(Public)),
            ("XN--80A1ACNY.XN--P1AI", Ok(Public)),
            ("example.com", Ok(Reserved)),
            ("mail.Example.ORG", Ok(Reserved)),
            ("exempel.test", Ok(Reserved)),
            ("räksmörgås.test", Ok(Reserved)),
            ("min.example", Ok(Reserved)),
            ("notexample.com", Ok(Public)),
            ("example.se", Ok(Public)),
            ("test.com", Ok(Public)),
            ("firma.local", Ok(Private)),
            ("router.home.arpa", Ok(Private)),
            ("ip6.arpa", Ok(Public)),
            ("2x.png", Err(UnknownTld)),
            ("a.zz", Err(UnknownTld)),
            ("a.b", Err(UnknownTld)),
            ("a.xn--zzzzzz", Err(UnknownTld)),
            ("4.17.21", Err(Numeric)),
            ("192.168.1.1", Err(Numeric)),
            ("localhost", Err(Shape)),
            ("", Err(Shape)),
            (".se", Err(Shape)),
            ("a..se", Err(Shape)),
            ("a.se.", Err(Shape)),
            ("-a.se", Err(Shape)),
            ("a-.se", Err(Shape)),
            ("a_b.se", Err(Shape)),
            ("a b.se", Err(Shape)),
            ("a\u{a0}b.se", Err(Shape)),
            ("“a”.se", Err(Shape)),
            ("[192.168.1.1]", Err(Shape)),
        ] {
            assert_eq!(zone(domain.as_bytes()), expected, "{domain}");
        }
        assert_eq!(zone(b"r\xE4ksm\xF6rg\xE5s.se"), Err(Shape));
        let label = "a".repeat(63);
        assert_eq!(zone(format!("{label}.se").as_bytes()), Ok(Public));
        assert_eq!(zone(format!("{label}a.se").as_bytes()), Err(Shape));
        let long = format!("{label}.").repeat(4);
        assert_eq!(zone(format!("{long}se").as_bytes()), Err(Shape));
    }

    #[test]
    fn all_of_the_root_zone_is_known() {
        let list = include_str!("../../rules/data/tlds.txt");
        let lines = list.lines().filter(|line| !line.starts_with('#'));
        let known: HashSet<&str> = lines.flat_map(|line| line.split(' ')).collect();
        assert_eq!(known.len(), 1437 + 151);
        for form in &known {
            assert!(is_known_tld(form.as_bytes()), "{form}");
            assert!(is_known_tld(form.to_uppercase().as_bytes()), "{form}");
            for other in [format!("{form}q"), format!("q{form}"), form.chars().skip(1).collect()] {
                assert_eq!(is_known_tld(other.as_bytes()), known.contains(&*other), "{other}");
            }
        }
    }

    #[test]
    fn unicode_form() {
        for (domain, expected) in [
            ("Example.COM", "example.com"),
            ("xn--rksmrgs-5wao1o.TEST", "räksmörgås.test"),
            ("XN--RKSMRGS-5WAO1O.test", "räksmörgås.test"),
            ("ra\u{308}ksmo\u{308}rga\u{30a}s.test", "räksmörgås.test"),
            ("RÄKSMÖRGÅS.test", "räksmörgås.test"),
            ("xn--99999999.test", "xn--99999999.test"),
        ] {
            assert_eq!(to_unicode(domain), expected, "{domain}");
        }
    }
}
