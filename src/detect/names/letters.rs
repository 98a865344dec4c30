//! Characters of stored text: UTF-8, or Windows-1252 where it is none.

/// The character at `at` and its length. `at` lies in the text.
pub(super) fn char_at(text: &[u8], at: usize) -> (char, usize) {
    let first = text[at];
    if first < 0x80 {
        return (char::from(first), 1);
    }
    // Letters of Latin-1 in UTF-8: nearly all that are no ASCII.
    if let (0xC3, Some(next @ 0x80..=0xBF)) = (first, text.get(at + 1)) {
        return (char::from(next | 0x40), 2);
    }
    let len = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    let bytes = text.get(at..at + len);
    let decoded = bytes.and_then(|b| std::str::from_utf8(b).ok()).and_then(|s| s.chars().next());
    decoded.map_or((char::from(first), 1), |c| (c, len))
}

/// Is it a letter? Those of Latin-1 are told without the tables of all scripts.
pub(super) fn is_alphabetic(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_alphabetic(),
        'À'..='ÿ' => !matches!(c, '×' | '÷'),
        _ => c.is_alphabetic(),
    }
}

/// Is it a capital letter?
pub(super) fn is_uppercase(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_uppercase(),
        'À'..='Þ' => c != '×',
        'ß'..='ÿ' => false,
        _ => c.is_uppercase(),
    }
}

/// In lower case, where that is one character.
pub(super) fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    if let 'à'..='ÿ' = c {
        return c;
    }
    let mut all = c.to_lowercase();
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        // İ has a dot of its own in lower case.
        (Some(first), Some(_)) => first,
        _ => c,
    }
}

/// Does a letter begin at `at`?
pub(super) fn is_letter(text: &[u8], at: usize) -> bool {
    match text.get(at) {
        None => false,
        Some(b) if *b < 0x80 => b.is_ascii_alphabetic(),
        // `×` and `÷` stand among the letters of Latin-1.
        Some(_) => is_alphabetic(char_at(text, at).0),
    }
}

/// Does a capital letter begin at `at`?
pub(super) fn is_capital(text: &[u8], at: usize) -> bool {
    match text.get(at) {
        None => false,
        Some(b) if *b < 0x80 => b.is_ascii_uppercase(),
        Some(_) => is_uppercase(char_at(text, at).0),
    }
}
