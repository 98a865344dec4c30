//! What of a text is a way of writing an identifier, seen from a place that every such way has.
//!
//! [`Needle::is_near`] is the quick look that decides whether a record is read at all; it may say yes
//! too often. [`Needle::read`] is exact, and finds what the detectors leave alone: numbers with odd
//! separators, without a label, names in other orders.

use std::ops::Range;

use super::anchor::{self, Pair};
use super::fold;
use super::identifier::{Identifier, Kind};
use crate::model::{Confidence, Ruler};

/// Bytes between two digits of a number at most.
const GAP: usize = 4;
/// Bytes around an anchor in which the rest of a name or of a split number is looked for.
const AROUND: usize = 64;
/// The same for a number whose birth date stands in another cell.
const ROW: usize = 600;

/// One way to notice a value.
pub(super) struct Needle {
    /// The number of its identifier.
    pub(super) identifier: usize,
    /// The number of the value among those of the identifier.
    pub(super) value: usize,
    pub(super) pair: Pair,
    form: Form,
}

enum Form {
    /// The last ten digits.
    Personnummer { ten: Vec<u8>, century: [u8; 2] },
    /// All digits, and how many of the last are the national number.
    Phone { digits: Vec<u8>, national: usize },
    /// A run of the local part, and the whole address.
    Email { run: Vec<u8>, at: usize, local: String, domain: String },
    /// A run of a word of the name, and its words, folded, given names first.
    Name { run: Vec<u8>, at: usize, words: Vec<String> },
    /// A run of the value, and all of it, folded.
    Literal { run: Vec<u8>, at: usize, words: Vec<String> },
}

/// A place where a value is written.
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    pub(super) confidence: Confidence,
}

/// The needles of an identifier.
pub(super) fn needles(number: usize, identifier: &Identifier) -> Vec<Needle> {
    let of = |(n, value): (usize, &String)| {
        let forms = match identifier.kind {
            Kind::Personnummer => personnummer(value).into_iter().collect(),
            Kind::Phone => phone(value).into_iter().collect(),
            Kind::Email => email(value).into_iter().collect(),
            Kind::Name => name(value).into_iter().collect(),
            Kind::CustomerNumber | Kind::Linked => literal(value).into_iter().collect(),
        };
        let forms: Vec<(Pair, Form)> = forms;
        forms.into_iter().map(move |(pair, form)| Needle {
            identifier: number,
            value: n,
            pair,
            form,
        })
    };
    identifier.values.iter().enumerate().flat_map(of).collect()
}

fn last_pair(digits: &[u8]) -> Option<Pair> {
    digits.last_chunk::<2>().map(|two| Pair::new(*two))
}

fn personnummer(value: &str) -> Option<(Pair, Form)> {
    let (century, ten) = value.as_bytes().split_first_chunk::<2>()?;
    Some((last_pair(ten)?, Form::Personnummer { ten: ten.to_vec(), century: *century }))
}

fn phone(value: &str) -> Option<(Pair, Form)> {
    let digits: Vec<u8> = value.bytes().filter(u8::is_ascii_digit).collect();
    // Of foreign numbers it is not known how long the country's code is.
    let national = match digits.as_slice() {
        [b'4', b'6', rest @ ..] => rest.len(),
        all => all.len().saturating_sub(3).max(6).min(all.len()),
    };
    Some((last_pair(&digits)?, Form::Phone { digits, national }))
}

fn email(value: &str) -> Option<(Pair, Form)> {
    let (local, domain) = value.rsplit_once('@')?;
    let (run, from_domain) = match longest_run(local) {
        Some(run) => (run, false),
        None => (longest_run(domain)?, true),
    };
    let (pair, at) = anchor::rarest(run.as_bytes())?;
    let local = if from_domain { String::new() } else { local.to_owned() };
    Some((pair, Form::Email { run: run.into(), at, local, domain: domain.to_owned() }))
}

fn name(value: &str) -> Option<(Pair, Form)> {
    let surname = value.split_whitespace().next_back()?;
    let run = longest_run(surname).or_else(|| longest_run(value))?;
    let (pair, at) = anchor::rarest(run.as_bytes())?;
    Some((pair, Form::Name { run: run.into(), at, words: fold::words(value) }))
}

fn literal(value: &str) -> Option<(Pair, Form)> {
    let run = longest_run(value)?;
    let (pair, at) = anchor::rarest(run.as_bytes())?;
    Some((pair, Form::Literal { run: run.into(), at, words: fold::words(value) }))
}

/// The longest run of ASCII letters and digits, two at least: it is stored alike in all encodings
/// that texts are read in, and stays when marks are left out.
fn longest_run(text: &str) -> Option<&str> {
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric());
    runs.max_by_key(|run| run.len()).filter(|run| run.len() >= 2)
}

impl Needle {
    /// May the value be written at the pair found at `at`?
    pub(super) fn is_near(&self, text: &[u8], at: usize) -> bool {
        match &self.form {
            Form::Personnummer { ten, .. } => {
                let back = Backwards::read(text, at + 2);
                back.ends_with(ten)
                    || back.ends_with(&ten[6..])
                        && back.len <= 9
                        && (back.is(short(ten)) || born_near(text, at, ten))
            }
            Form::Phone { digits, national } => {
                Backwards::read(text, at + 2).ends_with(&digits[digits.len() - national..])
            }
            Form::Email { run, at: offset, .. } => run_at(text, at, run, *offset)
                .is_some_and(|found| is_address_near(&text[found.end..])),
            Form::Name { run, at: offset, words } => run_at(text, at, run, *offset)
                .is_some_and(|found| words.len() < 2 || is_given_near(text, &found, words)),
            Form::Literal { run, at: offset, .. } => run_at(text, at, run, *offset).is_some(),
        }
    }

    /// Where exactly the value is written there, if it is.
    pub(super) fn read(&self, text: &[u8], at: usize, ruler: Ruler) -> Option<Hit> {
        let hit = |range, confidence| Hit { range, confidence };
        match &self.form {
            Form::Personnummer { ten, century } => {
                read_number(text, at + 2, ten, *century).map(|r| hit(r, Confidence::Low))
            }
            Form::Phone { digits, national } => {
                read_phone(text, at + 2, digits, *national).map(|r| hit(r, Confidence::Low))
            }
            Form::Email { run, at: offset, local, domain } => {
                let found = run_at(text, at, run, *offset)?;
                read_address(text, &found, (local, domain), ruler)
                    .map(|r| hit(r, Confidence::Medium))
            }
            Form::Name { run, at: offset, words } => {
                let found = run_at(text, at, run, *offset)?;
                read_name(text, &found, words, ruler)
            }
            Form::Literal { run, at: offset, words } => {
                let found = run_at(text, at, run, *offset)?;
                read_literal(text, &found, words, ruler).map(|r| hit(r, Confidence::Medium))
            }
        }
    }
}

/// A number without the zeros it begins with, as spreadsheets leave it.
fn short(ten: &[u8]) -> &[u8] {
    let zeros = ten.iter().take_while(|digit| **digit == b'0').count();
    &ten[zeros..]
}

/// Digits before a place, with what separates them.
struct Backwards {
    /// The digits, the last first.
    digits: [u8; 16],
    /// Where each stands.
    places: [usize; 16],
    len: usize,
}

impl Backwards {
    fn read(text: &[u8], end: usize) -> Backwards {
        let mut back = Backwards { digits: [0; 16], places: [0; 16], len: 0 };
        let (mut at, mut gap) = (end, 0);
        while at > 0 && back.len < 16 && gap <= GAP {
            at -= 1;
            let byte = text[at];
            if byte.is_ascii_digit() {
                back.digits[back.len] = byte;
                back.places[back.len] = at;
                back.len += 1;
                gap = 0;
            } else if byte.is_ascii_alphabetic() || matches!(byte, b'\t' | b';' | b'|') {
                break;
            } else {
                gap += 1;
            }
        }
        back
    }

    fn ends_with(&self, digits: &[u8]) -> bool {
        digits.len() <= self.len && digits.iter().rev().eq(&self.digits[..digits.len()])
    }

    fn is(&self, digits: &[u8]) -> bool {
        digits.len() == self.len && self.ends_with(digits)
    }
}

/// Does the birth date of a number stand near its last four?
fn born_near(text: &[u8], at: usize, ten: &[u8]) -> bool {
    let window = &text[at.saturating_sub(ROW)..text.len().min(at + ROW)];
    let digits: Vec<u8> = window.iter().copied().filter(u8::is_ascii_digit).collect();
    memchr::memmem::find(&digits, &ten[..6]).is_some()
        || memchr::memmem::find(&digits, short(&ten[..6])).is_some()
}

/// A run of letters or digits whose pair stands at `at`, `offset` bytes behind its beginning.
fn run_at(text: &[u8], at: usize, run: &[u8], offset: usize) -> Option<Range<usize>> {
    let start = at.checked_sub(offset)?;
    let found = text.get(start..start + run.len())?;
    found.eq_ignore_ascii_case(run).then_some(start..start + run.len())
}

/// Something that stands for an at sign comes soon.
fn is_address_near(rest: &[u8]) -> bool {
    let soon = &rest[..rest.len().min(AROUND)];
    let lower = soon.to_ascii_lowercase();
    let has = |sign: &[u8]| memchr::memmem::find(&lower, sign).is_some();
    has(b"@")
        || has(b"at")
        || has(b"(a")
        || has(b"[a")
        || has(b"snabel")
        || has(b"%40")
        || has(b"#64")
}

/// The given name, or its first letter, stands near a surname. Names with other letters than ASCII
/// are read exactly later.
fn is_given_near(text: &[u8], found: &Range<usize>, words: &[String]) -> bool {
    let window = &text[found.start.saturating_sub(AROUND)..text.len().min(found.end + AROUND)];
    let Some(first) = words.first().and_then(|word| word.bytes().next()) else { return true };
    // Folded, the letter may stand for another that is not ASCII.
    let begins = |at: usize| at == 0 || !window[at - 1].is_ascii_alphanumeric();
    let vowel = matches!(first, b'a' | b'o' | b'e' | b'u' | b'i');
    window.iter().enumerate().any(|(at, byte)| {
        begins(at) && (byte.eq_ignore_ascii_case(&first) || vowel && *byte >= 0x80)
    })
}

fn read_number(text: &[u8], end: usize, ten: &[u8], century: [u8; 2]) -> Option<Range<usize>> {
    if text.get(end).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let back = Backwards::read(text, end);
    if !back.ends_with(ten) {
        return None;
    }
    let start = back.places[9];
    let adjacent = back.len > 10 && back.places[10] + 1 == start;
    match back.digits.get(10..12) {
        Some([second, first]) if back.len >= 12 && [*first, *second] == century => {
            let further = back.len > 12 && back.places[12] + 1 == back.places[11];
            let start = back.places[11];
            (!further && back.places[11] + 3 >= back.places[9]).then_some(start..end)
        }
        _ if adjacent => None,
        _ => Some(start..end),
    }
}

fn read_phone(text: &[u8], end: usize, digits: &[u8], national: usize) -> Option<Range<usize>> {
    if text.get(end).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let back = Backwards::read(text, end);
    let own = &digits[digits.len() - national..];
    if !back.ends_with(own) {
        return None;
    }
    let before = &back.digits[national..back.len];
    let plus = |n: usize| text[..back.places[n - 1]].ends_with(b"+");
    let start_of = |n: usize| back.places[n - 1];
    let code: Vec<u8> = digits[..digits.len() - national].iter().rev().copied().collect();
    let with_code = |from: usize| before.get(from..from + code.len()) == Some(&code[..]);
    // 070…, +46 70…, +46 (0)70…, 0046 70…
    if before.first() == Some(&b'0') && with_code(1) && plus(national + 1 + code.len()) {
        return Some(start_of(national + 1 + code.len()) - 1..end);
    }
    if with_code(0) {
        let n = national + code.len();
        if before.get(code.len()..code.len() + 2) == Some(b"00") {
            return Some(start_of(n + 2)..end);
        }
        let start = start_of(n);
        return Some(start - usize::from(plus(n))..end);
    }
    if before.first() == Some(&b'0') {
        let start = start_of(national + 1);
        let further = back.len > national + 1 && back.places[national + 1] + 1 == start;
        return (!further).then_some(start..end);
    }
    // Without its zero, as spreadsheets leave it: only where nothing goes before.
    (before.is_empty() && national >= 8).then(|| start_of(national)..end)
}

fn read_address(
    text: &[u8],
    found: &Range<usize>,
    (local, domain): (&str, &str),
    ruler: Ruler,
) -> Option<Range<usize>> {
    let from = found.start.saturating_sub(local.len() * 3);
    let window = &text[from..text.len().min(found.end + local.len() * 2 + domain.len() * 2 + 40)];
    let wanted = format!("{local}@{domain}");
    // Every beginning before the run, the nearest first.
    (0..=found.start - from).rev().find_map(|start| {
        let border = start == 0 || !is_address_byte(window[start - 1]);
        let len = if border { spelt_length(&window[start..], &wanted, ruler) } else { None };
        len.map(|len| from + start..from + start + len)
    })
}

fn is_address_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-') || byte >= 0x80
}

/// Bytes in which `text` spells an address, the signs in it written in any of the usual ways.
fn spelt_length(text: &[u8], wanted: &str, ruler: Ruler) -> Option<usize> {
    const AT: [&str; 12] = [
        "@", "(at)", "[at]", "{at}", "<at>", "(a)", "[a]", "snabel-a", "snabela", "snabel a",
        "%40", "at",
    ];
    const DOT: [&str; 7] = [".", "(dot)", "[dot]", "(punkt)", "[punkt]", "punkt", "dot"];
    let text: String = ruler.decode(text).to_lowercase();
    let mut rest = text.as_str();
    for c in wanted.chars() {
        let signs: &[&str] = match c {
            '@' => &AT,
            '.' => &DOT,
            _ => &[],
        };
        let spaced = rest.trim_start_matches([' ', '\u{a0}']);
        let sign = signs.iter().find_map(|sign| spaced.strip_prefix(sign));
        rest = match sign {
            Some(after) => after.trim_start_matches([' ', '\u{a0}']),
            None => rest.strip_prefix(c)?,
        };
    }
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') {
        return None;
    }
    // Lower case of what is in question has as many bytes as it had.
    let read = &text[..text.len() - rest.len()];
    let spelt = read.trim_end();
    let stored = if ruler == Ruler::default() { spelt.len() } else { spelt.chars().count() };
    Some(stored)
}

/// A word of a text: its folded form and its bytes.
type Word = (String, Range<usize>);

/// The words of a text around a range, on its line.
fn words_around(text: &[u8], found: &Range<usize>, ruler: Ruler) -> Vec<Word> {
    let from = (found.start.saturating_sub(AROUND)..found.start)
        .rev()
        .find(|&at| text[at] == b'\n')
        .map_or(found.start.saturating_sub(AROUND), |at| at + 1);
    let to = text.len().min(found.end + AROUND);
    let to = memchr::memchr(b'\n', &text[found.end..to]).map_or(to, |at| found.end + at);
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
    let (mut words, mut at) = (Vec::new(), from);
    while at < to {
        if !is_word(&text[at]) {
            at += 1;
            continue;
        }
        let end = (at..to).find(|&n| !is_word(&text[n])).unwrap_or(to);
        words.push((fold::fold(&ruler.decode(&text[at..end])), at..end));
        at = end;
    }
    words
}

/// Given names and surname in either order, the given one as an initial as well.
fn read_name(text: &[u8], found: &Range<usize>, words: &[String], ruler: Ruler) -> Option<Hit> {
    let around = words_around(text, found, ruler);
    let own = around.iter().position(|(_, at)| at.contains(&found.start))?;
    let (given, surname) = (words.first()?, words.last()?);
    if !fold::is_same(&around[own].0, surname) {
        return None;
    }
    let near = own.saturating_sub(3)..around.len().min(own + 4);
    let full = near.clone().find(|&n| n != own && fold::is_same(&around[n].0, given));
    let initial = || {
        let is_initial = |n: usize| {
            let (word, at) = &around[n];
            n.abs_diff(own) == 1
                && word.len() == 1
                && given.starts_with(word.as_str())
                && !text[at.start].is_ascii_lowercase()
        };
        near.clone().find(|&n| is_initial(n))
    };
    let (other, confidence) = match full {
        Some(n) => (n, Confidence::Medium),
        None => (initial()?, Confidence::Low),
    };
    let (first, last) = (&around[own.min(other)].1, &around[own.max(other)].1);
    let between = &text[first.end..last.start];
    // A sentence or a cell ends between two persons, not inside one.
    if between.iter().any(|byte| matches!(byte, b';' | b'|' | b'\t' | b'@' | b':' | b'/')) {
        return None;
    }
    Some(Hit { range: first.start..last.end, confidence })
}

/// The words of a literal in their order, whatever stands between them.
fn read_literal(
    text: &[u8],
    found: &Range<usize>,
    words: &[String],
    ruler: Ruler,
) -> Option<Range<usize>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
    let span: usize = words.iter().map(|word| word.len() + 6).sum::<usize>() * 2;
    let from = found.start.saturating_sub(span);
    let to = text.len().min(found.end + span);
    let (mut around, mut at) = (Vec::<Word>::new(), from);
    while at < to {
        if !is_word(text[at]) {
            at += 1;
            continue;
        }
        let end = (at..text.len()).find(|&n| !is_word(text[n])).unwrap_or(text.len());
        // A word cut by the window's edge is none.
        if at > from || from == 0 || !is_word(text[from - 1]) {
            around.push((fold::fold(&ruler.decode(&text[at..end])), at..end));
        }
        at = end;
    }
    let n = around.windows(words.len()).position(|some| {
        some.iter().map(|(word, _)| word).eq(words)
            && some[0].1.start <= found.start
            && found.end <= some[some.len() - 1].1.end
    })?;
    Some(around[n].1.start..around[n + words.len() - 1].1.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::identifier::CheckDigits;

    /// `[…]` marks what is to be found in `text`.
    fn check(kind: Kind, value: &str, text: &str) {
        let (want, plain) = match (text.find('«'), text.find('»')) {
            (Some(start), Some(end)) => {
                (Some(start..end - '«'.len_utf8()), text.replace(['«', '»'], ""))
            }
            _ => (None, text.to_owned()),
        };
        let identifier = Identifier::parse(kind, value, CheckDigits::MayBeWrong).unwrap();
        let mut got = None;
        for needle in needles(0, &identifier) {
            anchor::find(&[needle.pair], plain.as_bytes(), |_, at| {
                let hit = needle.read(plain.as_bytes(), at, Ruler::default());
                if let Some(hit) = hit {
                    assert!(needle.is_near(plain.as_bytes(), at), "{text}");
                    got = Some(hit.range);
                }
                false
            });
        }
        assert_eq!(got, want, "{value} in {text}");
    }

    #[test]
    fn numbers_in_their_forms() {
        let pnr = "199001012385";
        for text in [
            "«19900101-2385»",
            "nr «900101-2385».",
            "«900101 2385»",
            "«199001012385»",
            "«9001012385»",
            "«1990-01-01-2385»",
            "«900101+2385»",
            "«900101–2385»",
            "«19 900101 2385»",
            "18900101-2385",
            "9001012386",
            "19900101-23856",
            "59001012385",
        ] {
            check(Kind::Personnummer, pnr, text);
        }
        for text in [
            "«070-174 06 05»",
            "tel «+46 70 174 06 05»",
            "«+46 (0)70-174 06 05»",
            "«0701740605»",
            "«0046701740605»",
            "«070.174.06.05»",
            "«(070) 1740605»".replace("«(", "(«").as_str(),
            "1070-174 06 05",
            "070-174 06 051",
        ] {
            check(Kind::Phone, "0701740605", text);
        }
    }

    #[test]
    fn addresses_and_names_in_their_forms() {
        for text in [
            "«eva.lund@example.com»",
            "<«Eva.Lund@Example.COM»>",
            "«eva.lund (at) example.com»",
            "«eva.lund[at]example[dot]com»",
            "«eva punkt lund at example punkt com»",
            "«eva.lund%40example.com»",
            "xeva.lund@example.com",
            "eva.lund@example.community",
        ] {
            check(Kind::Email, "eva.lund@example.com", text);
        }
        for text in [
            "«Åsa Björklund»",
            "«Björklund, Åsa»",
            "«Asa Bjorklund»",
            "«Å. Björklund»".replace('Å', "A").as_str(),
            "«Åsa Björklunds» bil",
            "«ÅSA BJÖRKLUND»",
            "«Åsa Maria Björklund»",
            "Åsa; Björklund",
            "Eva Björklund",
        ] {
            check(Kind::Name, "Åsa Björklund", text);
        }
        for text in ["kund «K-10045»,", "«K 10045»", "K-100456", "XK-10045"] {
            check(Kind::CustomerNumber, "K-10045", text);
        }
    }
}
