//! What people write between groups of digits, in UTF-8 and in Windows-1252.

/// A character between digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Space, no-break space, thin spaces.
    Space,
    /// Hyphen-minus and all dashes.
    Dash,
    /// Line feed, carriage return.
    Break,
    /// `+`.
    Plus,
    /// `/`, `.`, `(` or `)`.
    Sign(u8),
}

/// The mark that begins at the start of `text`, and its length.
pub(crate) fn first(text: &[u8]) -> Option<(Mark, usize)> {
    match *text {
        [b' ', ..] => Some((Mark::Space, 1)),
        [b'-', ..] => Some((Mark::Dash, 1)),
        [b'+', ..] => Some((Mark::Plus, 1)),
        [b @ (b'/' | b'.' | b'(' | b')'), ..] => Some((Mark::Sign(b), 1)),
        [b'\n' | b'\r', ..] => Some((Mark::Break, 1)),
        [0xC2, 0xA0, ..] => Some((Mark::Space, 2)),
        [0xC2, 0xAD, ..] => Some((Mark::Dash, 2)),
        [0xE2, 0x80, 0x80..=0x8B | 0xAF, ..] => Some((Mark::Space, 3)),
        [0xE2, 0x80, 0x90..=0x95, ..] | [0xE2, 0x88, 0x92, ..] => Some((Mark::Dash, 3)),
        [0xA0, ..] => Some((Mark::Space, 1)),
        [0x96 | 0x97 | 0xAD, ..] => Some((Mark::Dash, 1)),
        _ => None,
    }
}

/// The mark that ends at the end of `text`, and its length.
pub(crate) fn last(text: &[u8]) -> Option<(Mark, usize)> {
    match text.last() {
        Some(0x80..) => last_beyond_ascii(text),
        _ => first(&text[text.len().saturating_sub(1)..]),
    }
}

fn last_beyond_ascii(text: &[u8]) -> Option<(Mark, usize)> {
    let exact = |len: usize| {
        let tail = &text[text.len().checked_sub(len)?..];
        first(tail).filter(|&(_, found)| found == len)
    };
    exact(3).or_else(|| exact(2)).or_else(|| exact(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_from_both_sides() {
        for (text, mark) in [
            ("-", Mark::Dash),
            ("–", Mark::Dash),
            ("\u{2011}", Mark::Dash),
            ("−", Mark::Dash),
            ("\u{a0}", Mark::Space),
            ("\u{202f}", Mark::Space),
            ("+", Mark::Plus),
        ] {
            let want = Some((mark, text.len()));
            assert_eq!(first(format!("{text}1").as_bytes()), want, "{text}");
            assert_eq!(last(format!("1{text}").as_bytes()), want, "{text}");
        }
        assert_eq!(last(b"1\x96"), Some((Mark::Dash, 1)));
        assert_eq!(last(b"1\xA0"), Some((Mark::Space, 1)));
        assert_eq!(last(b"1:"), None);
    }
}
