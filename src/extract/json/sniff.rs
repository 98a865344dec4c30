//! Tells JSON from what only begins like it: INI sections, log lines, footnotes, markup.

/// So many bytes are looked at.
const ENOUGH: usize = 4096;

/// Does the text begin as JSON may?
pub(super) fn opens(head: &[u8]) -> bool {
    matches!(head.trim_ascii_start().first(), Some(b'{' | b'[' | b'"' | b'/' | b'#'))
}

/// Does the text begin with an object or array and hold nothing that JSON has not?
pub(super) fn is_json(head: &[u8]) -> bool {
    let text = &head[..head.len().min(ENOUGH)];
    let start = skip_comments(text);
    match start.first() {
        Some(b'{') => has_member(&start[1..]) && is_plausible(start),
        Some(b'[') => is_plausible(start),
        _ => false,
    }
}

/// Is each line an object or array, and is there more than one?
pub(super) fn is_lines(head: &[u8]) -> bool {
    let mut lines = head.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
    let Some(first) = lines.next() else { return false };
    let Some(&open) = first.first() else { return false };
    let close = if open == b'{' { b'}' } else { b']' };
    is_json(first) && first.last() == Some(&close) && lines.next().is_some_and(|l| l[0] == open)
}

/// What comes after comments and white space.
fn skip_comments(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        let end = match text.get(..2) {
            Some(b"//") => memchr::memchr(b'\n', text),
            Some(b"/*") => memchr::memmem::find(text, b"*/").map(|n| n + 1),
            _ => return text,
        };
        let Some(end) = end else { return &[] };
        text = &text[end + 1..];
    }
}

/// Is there a string and a colon, or the end of an object?
fn has_member(text: &[u8]) -> bool {
    let text = skip_comments(text);
    match text.first() {
        Some(b'}') => true,
        Some(b'"') => match string_end(text) {
            Some(n) => text[n..].trim_ascii_start().first().is_none_or(|&b| b == b':'),
            None => true,
        },
        _ => false,
    }
}

/// Are there only strings, numbers, literals, comments and punctuation?
fn is_plausible(text: &[u8]) -> bool {
    let mut rest = skip_comments(text);
    while let Some(&b) = rest.first() {
        let n = match b {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => Some(1),
            b'"' => match string_end(rest) {
                Some(n) => Some(n),
                None => return true,
            },
            _ => bare_len(rest),
        };
        let Some(n) = n else { return false };
        rest = skip_comments(&rest[n..]);
    }
    true
}

/// The length of a string in double quotes.
fn string_end(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The length of a number or a literal; one that the end cuts off counts as well.
fn bare_len(text: &[u8]) -> Option<usize> {
    let is_bare = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let n = text.iter().position(|&b| !is_bare(b)).unwrap_or(text.len());
    let word = &text[..n];
    let number = |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    let is_literal = [&b"true"[..], b"false", b"null"]
        .iter()
        .any(|l| *l == word || n == text.len() && l.starts_with(word));
    (n > 0 && (is_literal || word.iter().all(number) && word != b"-")).then_some(n)
}
