//! Does something else that belongs to a person stand beside a name in its line?

use std::ops::Range;

/// So far to either side it counts, in bytes.
const NEAR: usize = 100;

/// Does an e-mail address, a phone number or a personal number seem to stand near `name`? Its shape is
/// enough here: whether it is one, the detectors of those tell.
pub(super) fn beside(text: &[u8], name: &Range<usize>) -> bool {
    let before = &text[name.start.saturating_sub(NEAR)..name.start];
    let before = &before[memchr::memrchr(b'\n', before).map_or(0, |n| n + 1)..];
    let behind = &text[name.end..text.len().min(name.end + NEAR)];
    let behind = &behind[..memchr::memchr(b'\n', behind).unwrap_or(behind.len())];
    [before, behind].into_iter().any(|part| has_address(part) || has_number(part))
}

fn has_address(text: &[u8]) -> bool {
    memchr::memchr_iter(b'@', text).any(|at| {
        let local = at > 0 && text[at - 1].is_ascii_alphanumeric();
        let domain = text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
        local && domain
    })
}

/// `070-123 45 67`, `+46 70…`, `900101-1234`.
fn has_number(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_digit() && text[at] != b'+' {
            at += 1;
            continue;
        }
        let len = number_len(&text[at..]);
        let run = &text[at..at + len];
        let digits = run.iter().filter(|b| b.is_ascii_digit()).count();
        let phone = matches!(run[0], b'0' | b'+') && (8..=13).contains(&digits);
        let dash = run.len() >= 5 && matches!(run[run.len() - 5], b'-' | b'+');
        if phone || dash && matches!(digits, 10 | 12) {
            return true;
        }
        at += len;
    }
    false
}

/// Digits, and single separators between them.
fn number_len(text: &[u8]) -> usize {
    let mut len = 1;
    while let Some(byte) = text.get(len) {
        let joins = matches!(byte, b' ' | b'-' | b'+' | b'(' | b')')
            && text.get(len + 1).is_some_and(|b| b.is_ascii_digit() || *b == b'(');
        if !byte.is_ascii_digit() && !joins {
            break;
        }
        len += 1;
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_told_by_their_shape() {
        for (text, want) in [
            ("NAME, a@example.com", true),
            ("070-174 06 05 NAME", true),
            ("NAME 900101-2385", true),
            ("NAME (+46 70 174 06 05)", true),
            ("NAME 2024-01-15 kl 10", false),
            ("NAME\na@example.com", false),
            ("@NAME", false),
        ] {
            let at = text.find("NAME").unwrap();
            assert_eq!(beside(text.as_bytes(), &(at..at + 4)), want, "{text}");
        }
    }
}
