//! IP addresses: their text forms (RFC 791, RFC 4291 section 2.2) and whose they can be (IANA's
//! registries of special-purpose addresses, RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest text form: eight groups with an embedded IPv4 address.
const LONGEST: usize = 45;

/// Whose an address can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Anybody's on the internet.
    Public,
    /// Somebody's inside a network (RFC 1918, RFC 6598, RFC 4193).
    Private,
    /// Nobody's: loopback, link-local, documentation, multicast, masks, reserved or not given out.
    Nobody,
}

/// The four numbers at the start of a text, and the length they take; none where a number is above
/// 255 or has a leading zero, which some read as octal (RFC 6943, section 3.1.1).
#[must_use]
pub fn leading_v4(text: &[u8]) -> Option<([u8; 4], usize)> {
    let mut octets = [0; 4];
    let mut at = 0;
    for (n, octet) in octets.iter_mut().enumerate() {
        if n > 0 {
            (text.get(at) == Some(&b'.')).then_some(())?;
            at += 1;
        }
        let digits = text[at..].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
        let number = &text[at..at + digits];
        if digits == 0 || digits > 3 || digits > 1 && number[0] == b'0' {
            return None;
        }
        let value = number.iter().fold(0_u16, |all, b| all * 10 + u16::from(b - b'0'));
        *octet = u8::try_from(value).ok()?;
        at += digits;
    }
    Some((octets, at))
}

/// Reads an IPv6 address in any of its text forms, without brackets and zone.
#[must_use]
pub fn parse_v6(text: &[u8]) -> Option<Ipv6Addr> {
    if text.len() > LONGEST {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Whose an IPv4 address can be.
#[must_use]
pub const fn v4_scope(octets: [u8; 4]) -> Scope {
    match octets {
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Scope::Private,
        [0 | 127 | 224.., ..]
        | [169, 254, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
        | [_, 0, 0, 0] => Scope::Nobody,
        _ => Scope::Public,
    }
}

/// Whose an IPv6 address can be. Public is only what the registries give out of 2000::/3.
#[must_use]
pub fn v6_scope(address: Ipv6Addr) -> Scope {
    if let Some(v4) = address.to_ipv4_mapped() {
        return v4_scope(v4.octets());
    }
    match address.segments() {
        [0xFC00..=0xFDFF, ..] => Scope::Private,
        [0x2001, 0xDB8, ..] | [0x2001, 0..=0x1FF, ..] => Scope::Nobody,
        [0x2001..=0x2003, ..]
        | [0x2400..=0x24FF, ..]
        | [0x2600..=0x26FF, ..]
        | [0x2800..=0x28FF, ..]
        | [0x2A00..=0x2AFF, ..]
        | [0x2C00..=0x2CFF, ..] => Scope::Public,
        _ => Scope::Nobody,
    }
}

/// The canonical text form of an address (RFC 5952); the text itself if it is none.
#[must_use]
pub fn canonical(text: &str) -> String {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => Ipv4Addr::to_string(&v4),
        Ok(IpAddr::V6(v6)) => v6.to_string(),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_numbers_are_read() {
        assert_eq!(leading_v4(b"81.97.175.103:80"), Some(([81, 97, 175, 103], 13)));
        for text in ["81.97.175", "81.97.175.256", "81.97.175.01", "1.2..3", "1.2.3.4567", "a"] {
            assert_eq!(leading_v4(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn scopes() {
        let check = |text: &str, want: Scope| {
            let got = match text.parse::<IpAddr>().unwrap() {
                IpAddr::V4(v4) => v4_scope(v4.octets()),
                IpAddr::V6(v6) => v6_scope(v6),
            };
            assert_eq!(got, want, "{text}");
        };
        for text in ["81.97.175.103", "172.32.0.1", "2a02:e3a8:616d::8a98", "::ffff:81.2.3.4"] {
            check(text, Scope::Public);
        }
        for text in ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"] {
            check(text, Scope::Private);
        }
        for text in [
            "127.0.0.1",
            "0.0.0.0",
            "255.255.255.0",
            "169.254.1.1",
            "192.0.2.1",
            "224.0.0.1",
            "106.0.0.0",
            "203.0.113.9",
            "::1",
            "::",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "dead::beef",
            "::ffff:127.0.0.1",
        ] {
            check(text, Scope::Nobody);
        }
    }

    #[test]
    fn the_canonical_form_is_short() {
        assert_eq!(canonical("2A02:0:0:0:0:0:0:0001"), "2a02::1");
        assert_eq!(canonical("::FFFF:5102:304"), "::ffff:81.2.3.4");
        assert_eq!(canonical("81.2.3.4"), "81.2.3.4");
    }
}
