//! E-mail addresses as they are written, plainly and in disguise.

use std::ops::Range;

use super::finder::{Finder, Signs};
use super::separators;

/// Longest local part (RFC 5321, section 4.5.3.1.1), in bytes.
const LOCAL: usize = 64;
/// Longest domain, in bytes.
const DOMAIN: usize = 255;

/// Where the two parts of an address stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) local: Range<usize>,
    pub(crate) domain: Range<usize>,
    /// The domain's dots are written in words: it has to be put together.
    pub(crate) spelt_dots: bool,
    /// Written with something else than `@`.
    pub(crate) disguised: bool,
    /// Its domain is of ASCII, and its local part of letters and digits with hyphens, underscores and
    /// single dots between them: there is nothing about it left to check.
    pub(crate) plain: bool,
}

impl Written {
    pub(crate) fn range(&self) -> Range<usize> {
        self.local.start..self.domain.end
    }

    /// The address without the last label of its domain, which may be the ending of a file's name or
    /// the next sentence: `bo@example.com.txt`.
    pub(crate) fn without_ending(&self, text: &[u8]) -> Option<Written> {
        let domain = &text[self.domain.clone()];
        let dot = memchr::memrchr(b'.', domain)?;
        let known = memchr::memchr(b'.', &domain[..dot]).is_some();
        let domain = self.domain.start..self.domain.start + dot;
        known.then(|| Written { domain, ..self.clone() })
    }

    /// The domain, its dots put in.
    pub(crate) fn domain_text(&self, text: &[u8]) -> Vec<u8> {
        let written = &text[self.domain.clone()];
        if self.spelt_dots { join_dots(written) } else { written.to_vec() }
    }
}

/// The address around the `@` at `at`.
pub(crate) fn read(text: &[u8], bounds: &Range<usize>, at: usize) -> Option<Written> {
    around(text, bounds, at, at + 1)
}

/// What [`read_with_ending`] says, told at a glance for most addresses; for others nothing is.
pub(crate) fn read_short(
    finder: &Finder,
    text: &[u8],
    bounds: &Range<usize>,
    at: usize,
) -> Option<Option<Written>> {
    let around = [text[..at].last_chunk()?, text.get(at + 1..)?.first_chunk()?];
    let [before, after] = finder.signs(around);
    let domain = short_domain(&text[..bounds.end], after, at + 1)?;
    let Some(domain) = domain else { return Some(None) };
    let local = short_local(&text[bounds.start..at], before)?;
    let local = at - local..at;
    if local.start > bounds.start && is_login(&text[bounds.start..local.start]) {
        return Some(None);
    }
    Some(Some(Written { local, domain, spelt_dots: false, disguised: false, plain: true }))
}

/// The length of a local part at the end of `before`, of which `signs` tells the last 32 bytes.
fn short_local(before: &[u8], signs: Signs) -> Option<usize> {
    let Signs { letters, hyphens, dots, underscores } = signs;
    let run = (letters | hyphens | dots | underscores).leading_ones() as usize;
    let len = run.min(before.len());
    let (first, odd) = match before.len() - len {
        0 => (before.first(), None),
        n => (before.get(n), before.get(n - 1)),
    };
    let goes_on = odd.is_some_and(|&b| !b.is_ascii() || BYTES[usize::from(b)] & IN_LOCAL != 0);
    let own = u32::MAX.checked_shl(u32::BITS - len as u32).unwrap_or(0);
    let bad = dots & ((dots << 1) | 1 << 31) & own;
    (run < 32 && !goes_on && bad == 0 && first?.is_ascii_alphanumeric()).then_some(len)
}

/// The domain at `start`, of whose bytes `signs` tells 32; `None` inside if it can have no ending.
fn short_domain(text: &[u8], signs: Signs, start: usize) -> Option<Option<Range<usize>>> {
    let Signs { letters, hyphens, dots, .. } = signs;
    let run = (letters | hyphens | dots).trailing_ones() as usize;
    let len = run.min(text.len() - start);
    if run == 32 || len == 0 {
        return None;
    }
    let own = (1 << len) - 1;
    let (letters, names, dots) = (letters & own, (letters | hyphens) & own, dots & own);
    let next = text.get(start + len);
    let goes_on = next.is_some_and(|&b| !b.is_ascii() || b == b':');
    // A dot that no letter follows ends the domain, and hyphens at its end are none of it.
    if goes_on || dots & !(letters >> 1) != 0 || letters >> (len - 1) == 0 {
        return None;
    }
    Some((dots & names >> 1 & names >> 2 != 0).then_some(start..start + len))
}

/// The same as [`read`], if its domain may have a top-level domain: told before anything else, since text full of
/// at signs holds few domains.
pub(crate) fn read_with_ending(text: &[u8], bounds: &Range<usize>, at: usize) -> Option<Written> {
    let domain = domain_after(text, bounds.end, at + 1)?;
    if !has_ending(&text[domain.clone()]) {
        return None;
    }
    before(text, bounds, at..at + 1, domain)
}

/// Is a dot followed by the two bytes that the shortest top-level domain has? Other dots than that of
/// ASCII are for others to judge.
fn has_ending(domain: &[u8]) -> bool {
    !domain.is_ascii() || domain.split(|b| *b == b'.').skip(1).any(|label| label.len() >= 2)
}

/// The address whose at sign takes the bytes `sign..after`.
fn around(text: &[u8], bounds: &Range<usize>, sign: usize, after: usize) -> Option<Written> {
    let domain = domain_after(text, bounds.end, after)?;
    before(text, bounds, sign..after, domain)
}

/// The address of a domain and what stands before the at sign.
fn before(
    text: &[u8],
    bounds: &Range<usize>,
    sign: Range<usize>,
    domain: Range<usize>,
) -> Option<Written> {
    let local = local_before(text, bounds.start, sign.start)?;
    let is_place = is_remote_path(text, bounds.end, &local, &domain)
        || is_login(&text[bounds.start..local.start]);
    let disguised = sign.len() != 1;
    let written = Written { local, domain, spelt_dots: false, disguised, plain: false };
    (!is_place).then_some(written)
}

fn local_before(text: &[u8], from: usize, end: usize) -> Option<Range<usize>> {
    let floor = from.max(end.saturating_sub(LOCAL + 1));
    let window = &text[floor..end];
    let mut start = window.len();
    loop {
        let plain = |b: &&u8| BYTES[usize::from(**b)] & IN_LOCAL != 0;
        start -= window[..start].iter().rev().take_while(plain).count();
        if !is_local_letter(&window[..start]) {
            break;
        }
        start -= 1;
    }
    let mut start = floor + start;
    if end - start > LOCAL {
        return None;
    }
    // What is left over from a decoration: quotes, dots of an ellipsis, the rest of a character.
    while start < end && matches!(text[start], b'.' | b'\'' | b'-' | b'+' | 0x80..=0xBF) {
        start += 1;
    }
    (start < end).then_some(start..end)
}

/// Is the last byte of `before` part of a letter beyond ASCII that may stand in a local part?
fn is_local_letter(before: &[u8]) -> bool {
    before.last().is_some_and(|b| !b.is_ascii()) && is_letter_byte(before)
}

const IN_LOCAL: u8 = 1;
const IN_DOMAIN: u8 = 2;

/// In which parts of an address each byte of ASCII may stand; a dot of the domain is told by what
/// follows it. The signs that RFC 5322 allows in a local part beyond these stand for other things in
/// the texts people write (`epost=anna@example.com`).
const BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = IN_LOCAL | IN_DOMAIN;
        }
        byte += 1;
    }
    let signs = b"._%+'&";
    let mut n = 0;
    while n < signs.len() {
        table[signs[n] as usize] = IN_LOCAL;
        n += 1;
    }
    table[b'-' as usize] = IN_LOCAL | IN_DOMAIN;
    table
};

/// Letters beyond ASCII: not spaces, dashes, quotes or other punctuation of UTF-8 and Windows-1252.
fn is_letter_byte(before: &[u8]) -> bool {
    let in_punctuation = before.len() >= 3
        && (1..=3).any(|back| before[before.len() - back] == 0xE2 && before.len() >= back);
    separators::last(before).is_none() && !in_punctuation && !before.ends_with(b"\xC2\xAB")
}

fn domain_after(text: &[u8], to: usize, start: usize) -> Option<Range<usize>> {
    let ceiling = to.min(start + DOMAIN + 1);
    let window = &text[start..ceiling];
    let mut len = 0;
    loop {
        let plain = |b: &&u8| BYTES[usize::from(**b)] & IN_DOMAIN != 0;
        len += window[len..].iter().take_while(plain).count();
        if len == window.len() || !is_other_domain_byte(text, start + len, to) {
            break;
        }
        len += 1;
    }
    let mut end = start + len;
    if end - start > DOMAIN {
        return None;
    }
    while end > start && matches!(text[end - 1], b'.' | b'-') {
        end -= 1;
    }
    (end > start).then_some(start..end)
}

/// Dots, and letters beyond ASCII.
#[inline]
fn is_other_domain_byte(text: &[u8], at: usize, to: usize) -> bool {
    match text[at] {
        b'.' => at + 1 < to && (text[at + 1].is_ascii_alphanumeric() || text[at + 1] >= 0x80),
        0xE2 | 0xC2 => false,
        0x80.. => separators::first(&text[at..to]).is_none(),
        _ => false,
    }
}

/// `git@host:path`, `user@host:/path`.
fn is_remote_path(text: &[u8], to: usize, local: &Range<usize>, domain: &Range<usize>) -> bool {
    let rest = &text[domain.end..to];
    match rest {
        [b':', b'/' | b'~', ..] => true,
        [b':', b, ..] if b.is_ascii_alphanumeric() => {
            let word = rest.iter().take(80).take_while(|b| b.is_ascii_graphic()).copied();
            &text[local.clone()] == b"git" || word.collect::<Vec<u8>>().contains(&b'/')
        }
        _ => false,
    }
}

/// `https://user:secret@host`: who logs in, not where mail goes.
fn is_login(before: &[u8]) -> bool {
    let tail = &before[before.len().saturating_sub(80)..];
    if memchr::memchr(b'/', tail).is_none() {
        return false;
    }
    let mut word = tail.iter().rev().take_while(|b| !b.is_ascii_whitespace());
    // Read backwards: two slashes, then the colon.
    let mut slashes = 0;
    word.any(|&b| {
        let found = b == b':' && slashes >= 2;
        slashes = if b == b'/' { slashes + 1 } else { 0 };
        found
    })
}

/// At signs in disguise: how they are written, in lower case.
const DISGUISES: [&[u8]; 14] = [
    b"(at)",
    b"[at]",
    b"{at}",
    b"<at>",
    b"(a)",
    b"[a]",
    b"snabel-a",
    b"snabela",
    b"(snabel-a)",
    b"[snabel-a]",
    b"(snabela)",
    b"[snabela]",
    b"%40",
    b"&#64;",
];

/// The address around a disguised at sign that holds byte `at`.
pub(crate) fn read_disguised(text: &[u8], bounds: &Range<usize>, at: usize) -> Option<Written> {
    let from = bounds.start.max(at.saturating_sub(10));
    let (sign, len) = DISGUISES
        .iter()
        .filter_map(|d| {
            let n = find_folded(&text[from..bounds.end.min(at + 12)], d)?;
            (from + n <= at + 1).then_some((from + n, d.len()))
        })
        .max_by_key(|&(_, len)| len)?;
    let glued = text[sign] == b'%';
    let before = if glued { sign } else { skip_spaces_back(text, bounds.start, sign) };
    let after = if glued { sign + len } else { skip_spaces(text, bounds.end, sign + len) };
    if text[sign] == b's' && (before == sign || after == sign + len) {
        return None;
    }
    let mut written = around(text, bounds, before, after)?;
    written.disguised = true;
    extend_spelt(text, bounds.end, &mut written);
    Some(written)
}

fn find_folded(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|w| w.eq_ignore_ascii_case(needle))
}

fn skip_spaces(text: &[u8], to: usize, at: usize) -> usize {
    at + text[at..to].iter().take(2).take_while(|b| **b == b' ').count()
}

fn skip_spaces_back(text: &[u8], from: usize, at: usize) -> usize {
    at - text[from..at].iter().rev().take(2).take_while(|b| **b == b' ').count()
}

/// Dots in words.
const DOTS: [&[u8]; 9] =
    [b"(dot)", b"[dot]", b"{dot}", b"(punkt)", b"[punkt]", b"dot", b"punkt", b"(.)", b"[.]"];

/// `example [dot] com`, `example punkt se`.
fn extend_spelt(text: &[u8], to: usize, written: &mut Written) {
    loop {
        let end = written.domain.end;
        let at = skip_spaces(text, to, end);
        let Some(dot) = DOTS
            .iter()
            .find(|d| text[at..to].get(..d.len()).is_some_and(|t| t.eq_ignore_ascii_case(d)))
        else {
            return;
        };
        let bare = dot[0].is_ascii_alphabetic();
        let next = skip_spaces(text, to, at + dot.len());
        if bare && (at == end || next == at + dot.len()) {
            return;
        }
        let Some(more) = domain_after(text, to, next) else { return };
        written.domain.end = more.end;
        written.spelt_dots = true;
    }
}

fn join_dots(written: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(written.len());
    let mut at = 0;
    while at < written.len() {
        let dot = DOTS.iter().find(|d| {
            let here = written[at..].get(..d.len()).is_some_and(|t| t.eq_ignore_ascii_case(d));
            let parted = at > 0 && written[at - 1] == b' ';
            here && (!d[0].is_ascii_alphabetic() || parted)
        });
        match dot {
            Some(dot) => {
                out.push(b'.');
                at += dot.len();
            }
            None => {
                if written[at] != b' ' {
                    out.push(written[at]);
                }
                at += 1;
            }
        }
    }
    out
}

/// The address in Cloudflare's `data-cfemail`: hexadecimal, the first byte is the key of all others.
pub(crate) fn uncover(hex: &[u8]) -> Option<String> {
    let nibble = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let bytes: Option<Vec<u8>> =
        hex.chunks(2).map(|c| Some(nibble(c[0])? << 4 | nibble(*c.get(1)?)?)).collect();
    let bytes = bytes.filter(|b| (6..=320).contains(&b.len()))?;
    let (key, rest) = bytes.split_first()?;
    let plain: Vec<u8> = rest.iter().map(|b| b ^ key).collect();
    String::from_utf8(plain).ok().filter(|p| p.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(&str, &str)>) {
        let bytes = text.as_bytes();
        let at = text.find('@').unwrap();
        let got = read_with_ending(bytes, &(0..bytes.len()), at)
            .map(|w| (text[w.local].to_owned(), text[w.domain].to_owned()));
        assert_eq!(got, want.map(|(l, d)| (l.to_owned(), d.to_owned())), "{text}");
    }

    #[test]
    fn plain_addresses() {
        check("a.b@example.com", Some(("a.b", "example.com")));
        check("Skriv till a.b@example.com.", Some(("a.b", "example.com")));
        check("<a-b+c@mail.example.org>", Some(("a-b+c", "mail.example.org")));
        check("mailto:a@example.com?subject=x", Some(("a", "example.com")));
        check("epost=a@example.com&x=1", Some(("a", "example.com")));
        check("”a@example.com”", Some(("a", "example.com")));
        check("åsa@räksmörgås.example", Some(("åsa", "räksmörgås.example")));
        check("'a@example.com'", Some(("a", "example.com")));
        check("a.b@c.a.b", None);
        check("a.b@example.com.x", Some(("a.b", "example.com.x")));
        check("git@github.com:rust/rust.git", None);
        check("bo@server:/home/bo", None);
        check("https://bo:secret@example.com/", None);
        check(&format!("{}@example.com", "a".repeat(65)), None);
    }

    fn check_disguised(text: &str, mark: &str, want: Option<(&str, &str)>) {
        let bytes = text.as_bytes();
        let at = text.find(mark).unwrap();
        let got = read_disguised(bytes, &(0..bytes.len()), at).map(|w| {
            let domain = String::from_utf8(w.domain_text(bytes)).unwrap();
            (text[w.local].to_owned(), domain)
        });
        assert_eq!(got, want.map(|(l, d)| (l.to_owned(), d.to_owned())), "{text}");
    }

    #[test]
    fn disguised_addresses() {
        let want = Some(("bo.ek", "example.com"));
        for (text, mark) in [
            ("bo.ek(at)example.com", "(at)"),
            ("till bo.ek (at) example.com, tack", "(at)"),
            ("bo.ek [at] example [dot] com", "[at]"),
            ("bo.ek (a) example.com", "(a)"),
            ("bo.ek snabel-a example.com", "snabel"),
            ("bo.ek (snabel-a) example punkt com", "snabel"),
            ("bo.ek%40example.com", "%40"),
        ] {
            check_disguised(text, mark, want);
        }
        check_disguised("en snabel-a", "snabel", None);
        check_disguised("punkt 3 (a) ovan", "(a)", Some(("3", "ovan")));
    }

    #[test]
    fn hidden_addresses_are_uncovered() {
        let key = 0x5a_u8;
        let hidden: String = std::iter::once(key)
            .chain(b"bo@example.com".iter().map(|b| b ^ key))
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(uncover(hidden.as_bytes()).as_deref(), Some("bo@example.com"));
        assert_eq!(uncover(b"0102"), None);
        assert_eq!(uncover(b"zz"), None);
    }
}
