//! Patterns of users' own rules: checked, made fit for bytes, and ready to be tried.
//!
//! A pattern is written for text and tried on bytes, which may be UTF-8 or Latin-1: a letter beyond
//! ASCII stands for both of its forms. `\d`, `\w`, `\s` and `\b` mean ASCII, `\w` also the letters of
//! Latin-1: the Unicode word boundary alone would make every text some hundred times slower to search.

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, Hir, HirKind, Look, Repetition,
};
use regex_syntax::utf8::Utf8Sequences;
use regex_syntax::{Error, ParserBuilder};

use super::first::{self, Beginning, ByteSet};

/// A match has no more bytes than this.
pub const LONGEST: usize = 256;
/// The least a match must have.
const SHORTEST: usize = 2;
/// Bytes that a compiled pattern may take.
const SIZE: usize = 1 << 20;
/// A class of more characters beyond Latin-1 stands for its part in Latin-1: `\d` is not meant for
/// the digits of all scripts.
const LISTED: u32 = 200;

/// A pattern that can be tried.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As it was written.
    pub source: String,
    /// The pattern, and behind it the byte that ends it, or the end, in its last group.
    pub regex: Regex,
    /// The number of the group named `value`, where there is one.
    pub value: Option<usize>,
    /// What it may begin with.
    pub beginning: Beginning,
}

/// What is wrong with a pattern.
pub(super) struct Wrong {
    /// At which of its bytes.
    pub(super) at: usize,
    pub(super) message: String,
}

impl Pattern {
    /// Checks and compiles a pattern.
    pub(super) fn parse(source: &str) -> Result<Pattern, Wrong> {
        let whole = |message: String| Wrong { at: 0, message };
        if let Some(at) = property(source) {
            let message = "\\p{…} is not known here: list the letters, as in [A-ZÅÄÖ]".to_owned();
            return Err(Wrong { at, message });
        }
        let parsed = ParserBuilder::new().utf8(false).nest_limit(40).build().parse(source);
        let hir = to_bytes(&parsed.map_err(|error| wrong(&error))?);
        let properties = hir.properties();
        if properties.minimum_len().is_none_or(|len| len < SHORTEST) {
            let message = format!("it matches less than {SHORTEST} characters: ask for more");
            return Err(whole(message));
        }
        if properties.minimum_len().is_some_and(|len| len > LONGEST) {
            return Err(whole(format!("it matches more than {LONGEST} bytes: ask for less")));
        }
        let groups = properties.explicit_captures_len();
        let value = group_named_value(&hir);
        let beginning = first::beginning(&hir);
        let end = Hir::capture(Capture {
            index: groups as u32 + 1,
            name: None,
            sub: Box::new(border_after(&hir)),
        });
        let config = Config::new()
            .utf8_empty(false)
            .nfa_size_limit(Some(SIZE))
            .onepass_size_limit(Some(SIZE / 4))
            .auto_prefilter(false)
            .hybrid(false)
            .dfa(false);
        let regex = Regex::builder()
            .configure(config)
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .build_from_hir(&Hir::concat(vec![hir, end]))
            .map_err(|_| whole("it is too large: repeat less, or split it".to_owned()))?;
        Ok(Pattern { source: source.to_owned(), regex, value, beginning })
    }

    /// The number of the group that holds what ends a match.
    #[must_use]
    pub fn end_group(&self) -> usize {
        self.regex.captures_len() - 1
    }
}

fn wrong(error: &Error) -> Wrong {
    let (at, message) = match error {
        Error::Parse(error) => (error.span().start.offset, error.kind().to_string()),
        Error::Translate(error) => (error.span().start.offset, error.kind().to_string()),
        other => (0, other.to_string()),
    };
    Wrong { at, message: format!("the pattern is wrong: {message}") }
}

/// Where a class of Unicode's properties stands.
fn property(source: &str) -> Option<usize> {
    let mut bytes = source.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if byte == b'\\' && matches!(bytes.next(), Some((_, b'p' | b'P'))) {
            return Some(at);
        }
    }
    None
}

/// A pattern for text as one for bytes.
fn to_bytes(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => text(&literal.0),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges: Vec<(char, char)> =
                class.ranges().iter().map(|range| (range.start(), range.end())).collect();
            characters(&ranges)
        }
        HirKind::Class(Class::Bytes(class)) => Hir::class(Class::Bytes(class.clone())),
        HirKind::Look(look) => Hir::look(in_ascii(*look)),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(to_bytes(&repetition.sub)),
            ..repetition.clone()
        }),
        HirKind::Capture(group) => {
            Hir::capture(Capture { sub: Box::new(to_bytes(&group.sub)), ..group.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(to_bytes).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(to_bytes).collect()),
    }
}

fn in_ascii(look: Look) -> Look {
    match look {
        Look::WordUnicode => Look::WordAscii,
        Look::WordUnicodeNegate => Look::WordAsciiNegate,
        Look::WordStartUnicode => Look::WordStartAscii,
        Look::WordEndUnicode => Look::WordEndAscii,
        Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
        other => other,
    }
}

/// A literal in both encodings.
fn text(bytes: &[u8]) -> Hir {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_ascii() => {
            Hir::concat(text.chars().map(|c| characters(&[(c, c)])).collect())
        }
        _ => Hir::literal(bytes),
    }
}

/// One of some characters, in both encodings.
fn characters(ranges: &[(char, char)]) -> Hir {
    let within = |low: char, high: char| {
        let cut = move |&(from, to): &(char, char)| (from.max(low), to.min(high));
        ranges.iter().map(cut).filter(|(from, to)| from <= to).collect::<Vec<_>>()
    };
    let byte =
        |&(from, to): &(char, char)| ClassBytesRange::new(from as u32 as u8, to as u32 as u8);
    let (ascii, latin) = (within('\0', '\x7F'), within('\u{80}', '\u{FF}'));
    let beyond = within('\u{100}', char::MAX);
    let listed: u32 = beyond.iter().map(|&(from, to)| to as u32 - from as u32 + 1).sum();
    let everything = ranges.last().is_some_and(|range| range.1 == char::MAX);
    let mut ways = Vec::new();
    if !ascii.is_empty() {
        ways.push(Hir::class(Class::Bytes(ClassBytes::new(ascii.iter().map(byte)))));
    }
    let long = latin.iter().chain(beyond.iter().filter(|_| everything || listed <= LISTED));
    for sequence in long.flat_map(|&(from, to)| Utf8Sequences::new(from, to)) {
        let bytes = sequence.as_slice().iter().map(|range| {
            Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(
                range.start,
                range.end,
            )])))
        });
        ways.push(Hir::concat(bytes.collect()));
    }
    if !latin.is_empty() {
        ways.push(Hir::class(Class::Bytes(ClassBytes::new(latin.iter().map(byte)))));
    }
    Hir::alternation(ways)
}

/// What must follow a match: nothing of the word or number that it ends with.
fn border_after(hir: &Hir) -> Hir {
    if !first::may_end_in_word(hir) {
        return Hir::empty();
    }
    let free = |byte: &u8| !first::is_word(*byte);
    let ranges = (0..=u8::MAX).filter(free).map(|byte| ClassBytesRange::new(byte, byte));
    let border = Hir::class(Class::Bytes(ClassBytes::new(ranges)));
    Hir::alternation(vec![border, Hir::look(Look::End)])
}

/// The number of the group named `value`.
fn group_named_value(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Capture(group) if group.name.as_deref() == Some("value") => {
            Some(group.index as usize)
        }
        HirKind::Capture(group) => group_named_value(&group.sub),
        HirKind::Repetition(repetition) => group_named_value(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().find_map(group_named_value)
        }
        _ => None,
    }
}

/// The bytes of a class.
pub(super) fn bytes_of(class: &Class) -> ByteSet {
    let mut set = ByteSet::default();
    match class {
        Class::Bytes(class) => {
            class.ranges().iter().for_each(|range| set.add_range(range.start(), range.end()));
        }
        Class::Unicode(_) => set = ByteSet::ALL,
    }
    set
}

#[cfg(test)]
mod tests {
    use regex_automata::{Anchored, Input};

    use super::*;

    /// What stands at the start of a text, without what ends it.
    fn at_start(source: &str, text: &[u8]) -> Option<usize> {
        let pattern = Pattern::parse(source).unwrap_or_else(|wrong| panic!("{}", wrong.message));
        let mut found = pattern.regex.create_captures();
        pattern.regex.captures(Input::new(text).anchored(Anchored::Yes), &mut found);
        found.get_group(pattern.end_group()).map(|group| group.start)
    }

    fn check(source: &str, text: &str, want: Option<&str>) {
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let len = |latin: bool, want: &str| if latin { want.chars().count() } else { want.len() };
        assert_eq!(
            at_start(source, text.as_bytes()),
            want.map(|w| len(false, w)),
            "{source} {text}"
        );
        assert_eq!(
            at_start(source, &latin),
            want.map(|w| len(true, w)),
            "{source} {text} in Latin-1"
        );
    }

    #[test]
    fn matches_end_at_borders_in_both_encodings() {
        check(r"KD-\d{6}", "KD-123456 och", Some("KD-123456"));
        check(r"KD-\d{6}", "KD-1234567", None);
        check(r"KD-\d{6}", "KD-123456å", None);
        check(r"KD-\d{6}", "KD-123456_1", Some("KD-123456"));
        check(r"\d{5}|\d{8}", "12345678.", Some("12345678"));
        check(r"[A-ZÅÄÖ]{3}\d", "ÅÄÖ1", Some("ÅÄÖ1"));
        check(r"(?i)älg\d", "ÄLG7", Some("ÄLG7"));
        check(r"\w+-\d", "häst-4", Some("häst-4"));
        check(r"\(\d+\)", "(12)x", Some("(12)"));
        check(r"a[^;]c", "aåc", Some("aåc"));
        check(r"\d\d\b", "12", Some("12"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let check = |source: &str, at: usize, said: &str| {
            let wrong = Pattern::parse(source).expect_err(source);
            assert!(wrong.at == at && wrong.message.contains(said), "{source}: {}", wrong.message);
        };
        check(r"KD-(\d", 3, "unclosed");
        check(r"\p{Greek}12", 0, "ÅÄÖ");
        check(r"\d?", 0, "less than 2");
        check(r"\d{300}", 0, "more than 256");
        check(r"(\w{200}){200}x", 0, "256");
        check(r"ab(\w{1,200}){1,200}", 0, "too large");
    }

    #[test]
    fn the_value_may_be_a_part() {
        let pattern = Pattern::parse(r"(a|b)nr (?<value>\d{4})").ok().unwrap();
        assert_eq!((pattern.value, pattern.end_group()), (Some(2), 3));
    }
}
