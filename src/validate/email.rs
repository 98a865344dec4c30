//! Mail addresses (RFC 5321, section 4.1.2; RFC 6531 for what is not ASCII): what stands on
//! either side of the `@`.
//!
//! What only surroundings tell (`git@host:path`, Message-IDs, `@` written as "(at)") is for the
//! search in text.

use unicode_normalization::UnicodeNormalization;

use super::domain::{self, NoDomain, Zone};
use super::tables::{FREEMAIL, ROLE_LENGTHS, ROLES};

/// The longest local part, in bytes (RFC 5321, section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// File name extensions of pictures and the like, some of them top-level domains too.
const ASSET_EXTENSIONS: [&str; 16] = [
    "ai", "avif", "bmp", "css", "eps", "gif", "ico", "jpeg", "jpg", "mov", "pdf", "png", "ps",
    "svg", "webp", "zip",
];

/// What the parts of an address tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// Where the domain lies.
    pub zone: Zone,
}

impl Address {
    /// Whether the domain is one of those for documentation and tests.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.zone == Zone::Reserved
    }
}

/// Why two parts are no mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rejected {
    /// The local part is neither a dot-atom nor a quoted string of at most 64 bytes.
    Local,
    /// A picture's file name for dense screens, `icon@2x.png`.
    AssetName,
    /// An IP address in brackets.
    AddressLiteral,
    /// What stands behind the `@` is no domain name.
    Domain(NoDomain),
}

impl Rejected {
    /// A short name for the reason.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Rejected::Local => "local_part",
            Rejected::AssetName => "asset_name",
            Rejected::AddressLiteral => "address_literal",
            Rejected::Domain(NoDomain::Shape) => "domain",
            Rejected::Domain(NoDomain::Numeric) => "numeric_domain",
            Rejected::Domain(NoDomain::UnknownTld) => "unknown_tld",
        }
    }
}

/// Judges the two parts of an address, in UTF-8.
pub fn address(local: &[u8], domain: &[u8]) -> Result<Address, Rejected> {
    if !is_local(local) {
        return Err(Rejected::Local);
    }
    if domain.first() == Some(&b'[') {
        return Err(Rejected::AddressLiteral);
    }
    if is_asset_name(domain) {
        return Err(Rejected::AssetName);
    }
    let zone = domain::zone(domain).map_err(Rejected::Domain)?;
    Ok(Address { zone })
}

/// Is it the address of a function (`info@`), not of a person? Freemail addresses are a person's.
#[must_use]
pub fn is_role_address(local: &[u8], domain: &[u8]) -> bool {
    is_role(local) && !is_freemail(domain)
}

/// The normalized form: lower case, composed (NFC), domain in Unicode form.
#[must_use]
pub fn normalized(local: &str, domain: &str) -> String {
    let mut address: String = local.to_lowercase().nfc().collect();
    address.push('@');
    address.push_str(&domain::to_unicode(domain));
    address
}

fn is_local(local: &[u8]) -> bool {
    if local.is_empty() || local.len() > LONGEST_LOCAL {
        return false;
    }
    match local {
        [b'"', quoted @ .., b'"'] => is_quoted(quoted),
        _ => local.split(|byte| *byte == b'.').all(is_atom),
    }
}

fn is_atom(atom: &[u8]) -> bool {
    let allowed =
        |byte: &u8| byte.is_ascii_alphanumeric() || is_atom_sign(*byte) || !byte.is_ascii();
    !atom.is_empty()
        && atom.iter().all(allowed)
        && (atom.is_ascii() || domain::is_international(atom))
}

/// The signs of `atext` (RFC 5322, section 3.2.3). An atom may be made of them alone.
const fn is_atom_sign(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#'
            | b'$'
            | b'%'
            | b'&'
            | b'\''
            | b'*'
            | b'+'
            | b'-'
            | b'/'
            | b'='
            | b'?'
            | b'^'
            | b'_'
            | b'`'
            | b'{'
            | b'|'
            | b'}'
            | b'~'
    )
}

/// The inside of a quoted string: anything printable; quotes and backslashes behind a backslash.
fn is_quoted(mut inside: &[u8]) -> bool {
    if inside.is_empty() || std::str::from_utf8(inside).is_err() {
        return false;
    }
    while let [byte, rest @ ..] = inside {
        inside = match (byte, rest) {
            (b'\\', [b' '..=b'~', rest @ ..]) => rest,
            (b'\\' | b'"' | 0..=0x1F | 0x7F, _) => return false,
            _ => rest,
        };
    }
    true
}

/// Whether the "domain" is a scale and a file name extension, as in `icon@2x.png`.
fn is_asset_name(domain: &[u8]) -> bool {
    let mut labels = domain.rsplit(|byte| *byte == b'.');
    let (Some(extension), Some(scale)) = (labels.next(), labels.next()) else { return false };
    let is_scale = matches!(scale, [digits @ .., b'x' | b'X']
        if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit));
    is_scale
        && ASSET_EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known.as_bytes()))
}

fn is_freemail(domain: &[u8]) -> bool {
    let lower = || domain.iter().map(u8::to_ascii_lowercase);
    FREEMAIL.binary_search_by(|known| known.bytes().cmp(lower())).is_ok()
}

/// Whether the local part, or what stands before its first `.`, `_` or `-`, names a function.
/// Tags (`info+web`), digits, case and diacritics do not count.
fn is_role(local: &[u8]) -> bool {
    let mut buffer = [0; LONGEST_LOCAL];
    let folded = fold(local, &mut buffer);
    let separator = folded.iter().position(|byte| matches!(byte, b'.' | b'_' | b'-'));
    is_listed_role(folded) || separator.is_some_and(|at| is_listed_role(&folded[..at]))
}

fn is_listed_role(part: &[u8]) -> bool {
    let &[first, second, ..] = part else { return false };
    part.len() < 32
        && ROLE_LENGTHS[beginning(first, second)] >> part.len() & 1 == 1
        && ROLES.binary_search_by(|role| role.as_bytes().cmp(part)).is_ok()
}

/// Two letters as one number, at most 1023.
fn beginning(first: u8, second: u8) -> usize {
    usize::from(first & 31) << 5 | usize::from(second & 31)
}

/// Lower case without tag, digits and diacritics, written into `buffer`.
fn fold<'a>(local: &[u8], buffer: &'a mut [u8; LONGEST_LOCAL]) -> &'a [u8] {
    let untagged = local.split(|byte| *byte == b'+').next().unwrap_or_default();
    let mut len = 0;
    let mut push = |byte: u8| {
        buffer[len] = byte;
        len += usize::from(!byte.is_ascii_digit());
    };
    if untagged.is_ascii() {
        untagged.iter().for_each(|byte| push(byte.to_ascii_lowercase()));
    } else {
        let text = std::str::from_utf8(untagged).unwrap_or_default();
        text.chars().filter(|c| !domain::is_mark(*c)).for_each(|c| push(base_letter(c)));
    }
    &buffer[..len]
}

/// The plain letter, or a sign that is in no role, for one that has no plain letter.
fn base_letter(c: char) -> u8 {
    match c {
        'å' | 'ä' | 'á' | 'à' | 'â' | 'ã' | 'æ' | 'Å' | 'Ä' | 'Á' | 'À' | 'Â' | 'Ã' | 'Æ' => {
            b'a'
        }
        'ö' | 'ø' | 'ó' | 'ò' | 'ô' | 'õ' | 'Ö' | 'Ø' | 'Ó' | 'Ò' | 'Ô' | 'Õ' => b'o',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => b'e',
        'ü' | 'ú' | 'ù' | 'û' | 'Ü' | 'Ú' | 'Ù' | 'Û' => b'u',
        _ => u8::try_from(c).map_or(b'?', |byte| byte.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn judge(text: &str) -> Result<Address, Rejected> {
        let (local, domain) = text.rsplit_once('@').unwrap();
        address(local.as_bytes(), domain.as_bytes())
    }

    #[test]
    fn local_parts() {
        for (local, expected) in [
            ("anna", true),
            ("anna.test", true),
            ("anna+lista", true),
            ("o'brien", true),
            ("a!#$%&'*+-/=?^_`{|}~b", true),
            ("åsa.öberg", true),
            ("a\u{30a}sa", true),
            ("\"anna test\"", true),
            ("\"a\\\"b\"", true),
            ("", false),
            (".anna", false),
            ("anna.", false),
            ("anna..test", false),
            ("anna test", false),
            ("anna,test", false),
            ("anna\u{a0}", false),
            ("”anna", false),
            ("\"", false),
            ("\"\"", false),
            ("\"a\"b\"", false),
            ("\"a\\\"", false),
        ] {
            assert_eq!(address(local.as_bytes(), b"kommun.se").is_ok(), expected, "{local}");
        }
        assert!(address(&[b'a'; 64], b"kommun.se").is_ok());
        assert!(address(&[b'a'; 65], b"kommun.se").is_err());
        assert!(address(b"\xE5sa", b"kommun.se").is_err());
    }

    #[test]
    fn what_is_no_address() {
        for (text, reason) in [
            ("icon@2x.png", "asset_name"),
            ("logo@3x.zip", "asset_name"),
            ("logo@1.5x.jpg", "asset_name"),
            ("lodash@4.17.21", "numeric_domain"),
            ("user@localhost", "domain"),
            ("a@b", "domain"),
            ("anna@[192.0.2.1]", "address_literal"),
            ("anna@firma.zzz", "unknown_tld"),
            ("anna@-firma.se", "domain"),
            ("anna@@firma.se", "local_part"),
        ] {
            assert_eq!(judge(text).map_err(Rejected::id), Err(reason), "{text}");
        }
        assert!(judge("anna@2x.se").is_ok());
    }

    #[test]
    fn roles() {
        for (text, expected) in [
            ("info@firma.se", true),
            ("INFO@firma.se", true),
            ("info2@firma.se", true),
            ("info+web@firma.se", true),
            ("info.stockholm@firma.se", true),
            ("support-se@firma.se", true),
            ("kundtjänst@firma.se", true),
            ("KUNDTJÄNST@firma.se", true),
            ("kundtja\u{308}nst@firma.se", true),
            ("do-not-reply@firma.se", true),
            ("fornamn.efternamn@firma.se", true),
            ("dpo@example.com", true),
            ("anna.info@firma.se", false),
            ("information@firma.se", false),
            ("anna@firma.se", false),
            ("anna.test@example.com", false),
            ("info@gmail.com", false),
            ("info@GMAIL.com", false),
            ("инфо@firma.se", false),
            ("123@firma.se", false),
        ] {
            let (local, domain) = text.split_once('@').unwrap();
            assert_eq!(is_role_address(local.as_bytes(), domain.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn all_of_the_list_is_known() {
        let list = include_str!("../../rules/data/email-roles.txt");
        for role in list.lines().filter(|line| !line.starts_with('#')) {
            assert!(is_role(role.as_bytes()), "{role}");
        }
    }

    #[test]
    fn test_domains() {
        for (text, expected) in [
            ("anna@example.com", true),
            ("anna@mail.example.org", true),
            ("anna@exempel.test", true),
            ("anna@exempel.se", false),
            ("anna@firma.local", false),
        ] {
            assert_eq!(judge(text).map(|address| address.is_test()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn normalized_form() {
        for (local, domain, expected) in [
            ("ANNA.TEST", "EXAMPLE.COM", "anna.test@example.com"),
            ("Anna", "xn--rksmrgs-5wao1o.test", "anna@räksmörgås.test"),
            ("ÅSA", "Exempel.test", "åsa@exempel.test"),
            ("a\u{30a}sa", "exempel.test", "åsa@exempel.test"),
        ] {
            assert_eq!(normalized(local, domain), expected);
        }
    }

    /// The addresses that the vectors expect, and those of the others that have one `@`.
    #[test]
    fn vectors() {
        let file: Value =
            serde_json::from_str(include_str!("../../tests/it/vectors/email.json")).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let text = case["text"].as_str().unwrap();
            let expected = case["expect"].as_str().unwrap_or_default();
            for found in expected.split('|').filter(|found| !found.is_empty()) {
                assert!(judge(found).unwrap().is_test(), "{found}");
            }
            // Refused for their surroundings, which are not looked at here.
            let surroundings = text.contains("git@") || text.contains("Message-ID");
            if expected.is_empty() && text.contains('@') && !surroundings {
                assert!(judge(text).is_err(), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(local in proptest::collection::vec(any::<u8>(), 0..70), domain in proptest::collection::vec(any::<u8>(), 0..70)) {
            let _ = address(&local, &domain);
        }

        #[test]
        fn normalizing_again_changes_nothing(local in "[a-zåäöA-ZÅÄÖ0-9.]{1,20}", domain in "[a-zåäöA-ZÅÄÖ0-9]{1,20}\\.(se|SE|рф)") {
            let once = normalized(&local, &domain);
            let (local, domain) = once.split_once('@').unwrap();
            prop_assert_eq!(normalized(local, domain), once.clone());
        }
    }
}
