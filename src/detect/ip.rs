//! IP addresses (RFC 791, RFC 4291) in running text, logs and cells, and what looks like them:
//! versions, section numbers, object identifiers, times, scoped names.

mod version;

use std::ops::Range;

use super::Reader;
use super::candidate::Normalized;
use super::judge;
use super::surroundings::Field;
use crate::model::{Attributes, Category, Clue, Confidence, Evidence};
use crate::validate::ip::{self, Scope};
use version::Before;

/// So far to either side an account in the same line makes the address somebody's, in bytes.
const NEAR: usize = 160;
/// Longest IPv6 address as written.
const LONGEST: usize = 45;
/// Colons of a chain that an address may begin at.
const CHAIN: usize = 4;

/// An address as written.
struct Written {
    range: Range<usize>,
    scope: Scope,
    /// Its numbers are as small as those of versions.
    small: bool,
    /// Its numbers are those that people take for examples, or public name servers.
    example: bool,
}

impl Reader<'_> {
    /// The address around the full stop or colon at `at`.
    pub(super) fn ip_address(&mut self, at: usize) {
        let read = if self.text[at] == b'.' { read_v4 } else { read_v6 };
        let Some(written) = read(self.text, at) else { return };
        let hidden = self.standard.least > Confidence::Low;
        if written.scope == Scope::Nobody || hidden && written.scope == Scope::Private {
            return;
        }
        // Behind a time of day the chain goes on in the next field; a table's fields are only asked
        // about in order.
        let place = if self.surroundings.has_rows() { at } else { written.range.start };
        let field = self.surroundings.field(place);
        let inside =
            field.bounds.start <= written.range.start && written.range.end <= field.bounds.end;
        let Some(evidence) = weigh(self.text, &field, &written).filter(|_| inside) else { return };
        let candidate = judge::weigh(
            Category::IpAddress,
            written.range,
            evidence,
            Attributes::default(),
            Normalized::FromText,
        );
        self.candidates.push(candidate);
    }
}

/// What speaks for and against an address; none if it is a version.
fn weigh(text: &[u8], field: &Field, written: &Written) -> Option<Evidence> {
    let before = version::before(&text[field.bounds.start..written.range.start]);
    let topics = field.meaning.topics;
    if written.small && version::names_identifiers(&text[field.bounds.start..written.range.start]) {
        return None;
    }
    let labelled = field.is_cell && topics.speaks_for(Category::IpAddress);
    if before == Before::Version || topics.speaks_against(Category::IpAddress) && !labelled {
        return None;
    }
    if written.scope == Scope::Private {
        return Some(Evidence::NONE.with(Clue::PrivateAddress));
    }
    let mut evidence = Evidence::NONE.with(Clue::PublicAddress);
    if labelled {
        evidence.add(Clue::Label);
    } else {
        if before != Before::Nothing {
            evidence.add(Clue::ContextWord);
        }
        if written.example || written.small && before != Before::Named {
            evidence.add(Clue::VersionLike);
        }
    }
    if has_account(text, field, &written.range) {
        evidence.add(Clue::PersonRecord);
    }
    Some(evidence)
}

/// Does the line hold an `@`?
fn has_account(text: &[u8], field: &Field, range: &Range<usize>) -> bool {
    let before = &text[field.bounds.start.max(range.start.saturating_sub(NEAR))..range.start];
    let after = &text[range.end..field.bounds.end.min(range.end + NEAR)];
    memchr::memchr2(b'@', b'\n', after).is_some_and(|n| after[n] == b'@')
        || memchr::memrchr2(b'@', b'\n', before).is_some_and(|n| before[n] == b'@')
}

/// The IPv4 address whose first full stop stands at `at`.
fn read_v4(text: &[u8], at: usize) -> Option<Written> {
    let digits = text[..at].iter().rev().take(4).take_while(|b| b.is_ascii_digit()).count();
    let start = at - digits;
    let (octets, len) = ip::leading_v4(&text[start..])?;
    let range = start..start + len;
    let (before, after) = (&text[..range.start], &text[range.end..]);
    if !left_is_free(before, after) || !right_is_free(after) {
        return None;
    }
    let scope = if is_network(octets, after) { Scope::Nobody } else { ip::v4_scope(octets) };
    let example = is_example(octets);
    Some(Written { range, scope, example, small: is_small(octets) && !is_port(after) })
}

/// `1.2.3.4`, `8.8.8.8`: written as examples, or name servers open to everybody.
fn is_example(octets: [u8; 4]) -> bool {
    let [a, b, c, d] = octets;
    octets == [1, 2, 3, 4] || octets == [8, 8, 4, 4] || a == b && b == c && c == d
}

/// Few addresses that somebody has, and nearly all versions, object identifiers and examples, have
/// numbers like these.
fn is_small(octets: [u8; 4]) -> bool {
    let ones = octets.iter().filter(|&&n| n < 10).count();
    match octets {
        [1, 2 | 3, ..] | [2, 5, 4 | 29, _] | [2, 23, ..] => true,
        [..=30, ..=9, ..] => true,
        [..=30, ..] => {
            let all_below = |most: u8| octets.iter().all(|&n| n < most);
            ones >= 1 && all_below(100) || all_below(21)
        }
        _ => false,
    }
}

/// `81.97.175.0/24`: a network, nobody's own address.
fn is_network(octets: [u8; 4], after: &[u8]) -> bool {
    let [b'/', rest @ ..] = after else { return false };
    let digits = rest.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let bits = rest[..digits].iter().fold(0_u32, |all, b| all * 10 + u32::from(b - b'0'));
    digits > 0 && bits < 32 && u32::from_be_bytes(octets).checked_shl(bits).unwrap_or(0) == 0
}

fn left_is_free(before: &[u8], after: &[u8]) -> bool {
    match *before {
        [.., b] if b.is_ascii_alphanumeric() => false,
        [.., b'_' | b'.' | b'+' | b'~' | b'^'] => false,
        [.., b'=' | b'>' | b'<' | b'!' | b'~', b'='] => false,
        [.., a, b'-'] => !a.is_ascii_alphabetic(),
        [.., a, b':'] if a.is_ascii_alphabetic() => !is_in_path(before),
        // `Chrome/1.2.3.4` is a version, `web/1.2.3.4:80` and `//1.2.3.4` are addresses.
        [.., a, b'/' | b'\\'] if a.is_ascii_alphanumeric() => is_port(after),
        [.., 0xC3, 0x80..=0xBF] => false,
        _ => true,
    }
}

/// `registry/app:1.2.3.4`: the word before holds a slash, and no host of a link.
fn is_in_path(before: &[u8]) -> bool {
    let word = &before[before.len().saturating_sub(64)..];
    let word = &word[memchr::memrchr3(b' ', b'\n', b'"', word).map_or(0, |n| n + 1)..];
    memchr::memchr(b'/', word).is_some()
}

fn is_port(after: &[u8]) -> bool {
    matches!(after, [b':', b'0'..=b'9', ..])
}

fn right_is_free(after: &[u8]) -> bool {
    match *after {
        [b, ..] if b.is_ascii_alphanumeric() => false,
        [b'_' | b'+', ..] | [0xC3, 0x80..=0xBF, ..] => false,
        [b'.', b, ..] => !b.is_ascii_alphanumeric() && b != b'*',
        [b'-', b, ..] if b.is_ascii_alphanumeric() => ip::leading_v4(&after[1..]).is_some(),
        _ => true,
    }
}

/// The IPv6 address in the chain of colons whose first stands at `at`. A time of day before it may be
/// part of the chain.
fn read_v6(text: &[u8], mut at: usize) -> Option<Written> {
    for _ in 0..CHAIN {
        if let Some(written) = read_v6_at(text, at) {
            return Some(written);
        }
        let next = &text[at + 1..text.len().min(at + 6)];
        at += 1 + memchr::memchr(b':', next)?;
    }
    None
}

/// The IPv6 address whose first colon stands at `at`.
fn read_v6_at(text: &[u8], at: usize) -> Option<Written> {
    let group = text[..at].iter().rev().take(5).take_while(|b| b.is_ascii_hexdigit()).count();
    let start = at - group;
    if !may_begin(&text[start..]) {
        return None;
    }
    let in_address = |b: &&u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
    let len = text[start..].iter().take(LONGEST + 1).take_while(in_address).count();
    let mut range = start..start + len;
    // A full stop or colon behind it belongs to the sentence.
    while matches!(&text[range.clone()], [.., b'.'] | [.., b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F', b':'])
    {
        range.end -= 1;
    }
    let address = ip::parse_v6(&text[range.clone()])?;
    let free = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
    let before = &text[..range.start];
    let named = matches!(before, [.., b':']) && ends_with_name(&before[..before.len() - 1]);
    let borders = named || free(before.last()) && !matches!(before, [.., b':' | b'.' | b'-']);
    (borders && free(text.get(range.end))).then(|| Written {
        range,
        scope: ip::v6_scope(address),
        small: false,
        example: false,
    })
}

/// `IPv6:`, `client:`: letters before a colon that are no digits of an address.
fn ends_with_name(before: &[u8]) -> bool {
    let word = before.iter().rev().take(12).take_while(|b| b.is_ascii_alphanumeric());
    word.clone().any(|b| b.is_ascii_alphabetic() && !b.is_ascii_hexdigit())
}

/// Begins like the address of somebody: four digits of a block given out, or an embedded IPv4 address.
fn may_begin(text: &[u8]) -> bool {
    match text {
        [b'2', a, b, c, b':', ..] => [a, b, c].into_iter().all(u8::is_ascii_hexdigit),
        [b'f' | b'F', b'c' | b'd' | b'C' | b'D', a, b, b':', ..] => {
            a.is_ascii_hexdigit() && b.is_ascii_hexdigit()
        }
        [b':', b':', rest @ ..] => rest.len() > 5 && rest[..5].eq_ignore_ascii_case(b"ffff:"),
        [b'0', b':', b'0', b':', ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(&str, Scope)>) {
        let bytes = text.as_bytes();
        let at = bytes.iter().position(|b| matches!(b, b'.' | b':')).unwrap();
        let read = if bytes[at] == b'.' { read_v4 } else { read_v6 };
        let got = read(bytes, at).map(|w| (&text[w.range], w.scope));
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn addresses_stand_between_borders() {
        let v4 = Some(("81.97.175.103", Scope::Public));
        for text in [
            "81.97.175.103",
            "[81.97.175.103]",
            "\\\\81.97.175.103\\utdelning",
            "81.97.175.103/32",
            "81.97.175.103-81.97.175.110",
            "(81.97.175.103).",
            "web01/81.97.175.103:80",
            "anna@81.97.175.103",
            "SRC=81.97.175.103 DST",
        ] {
            check(text, v4);
        }
        check("81.97.175.0/24", Some(("81.97.175.0", Scope::Nobody)));
        for text in [
            "v81.97.175.103",
            "81.97.175.103.4",
            "81.97.175.103-beta",
            "81.97.175.103-1",
            "pip==81.97.175.103",
            "pkg-81.97.175.103",
            "Chrome/81.97.175.103",
            "81.97.175.103.jpg",
            "81.97.175.1030",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn colons_are_read_as_addresses_of_blocks_given_out() {
        let v6 = Some(("2a02:e3a8:616d::8a98", Scope::Public));
        check("2a02:e3a8:616d::8a98", v6);
        check("[2a02:e3a8:616d::8a98]:443", v6);
        check("2a02:e3a8:616d::8a98/64", v6);
        check("2a02:e3a8:616d::8a98.", v6);
        check("2a02:e3a8:616d::8a98: timeout", v6);
        check("[IPv6:2a02:e3a8:616d::8a98]", v6);
        let mapped = Some(("::ffff:81.97.175.103", Scope::Public));
        check("10:11:13Z\t::ffff:81.97.175.103", mapped);
        check("::ffff:81.97.175.103", Some(("::ffff:81.97.175.103", Scope::Public)));
        check("fd12:3456::1", Some(("fd12:3456::1", Scope::Private)));
        for text in [
            "12:34:56:78",
            "de:ad:be:ef:00:11",
            "2024:01:05 10:00",
            "std::abs",
            "::before",
            "a::b",
            "2a02:e3a8:616d",
            "2a02::e3a8::1",
            "de:2a02:e3a8:616d::8a98",
            "x2a02:e3a8:616d::8a98",
        ] {
            check(text, None);
        }
    }
}
