//! Code pages of DOS: what Swedish programs wrote before Windows, and some accounting files still are.

/// Code page 850 from 0x80 on, which has the letters of western Europe where code page 437 has them.
const LETTERS: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å', 'É', 'æ', 'Æ',
    'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', 'ø', '£', 'Ø', '×', 'ƒ', 'á', 'í', 'ó', 'ú', 'ñ', 'Ñ',
    'ª', 'º', '¿', '®', '¬', '½', '¼', '¡', '«', '»', '░', '▒', '▓', '│', '┤', 'Á', 'Â', 'À', '©',
    '╣', '║', '╗', '╝', '¢', '¥', '┐', '└', '┴', '┬', '├', '─', '┼', 'ã', 'Ã', '╚', '╔', '╩', '╦',
    '╠', '═', '╬', '¤', 'ð', 'Ð', 'Ê', 'Ë', 'È', 'ı', 'Í', 'Î', 'Ï', '┘', '┌', '█', '▄', '¦', 'Ì',
    '▀', 'Ó', 'ß', 'Ô', 'Ò', 'õ', 'Õ', 'µ', 'þ', 'Þ', 'Ú', 'Û', 'Ù', 'ý', 'Ý', '¯', '´', '\u{ad}',
    '±', '‗', '¾', '¶', '§', '÷', '¸', '°', '¨', '·', '¹', '³', '²', '■', '\u{a0}',
];

/// The Nordic letters, and é.
const NORDIC: &[u8] = b"\x86\x84\x94\x8F\x8E\x99\x82\x91\x92\x9B\x9D\x90\x81\x9A";

/// The same letters, as Windows stores them.
const NORDIC_WINDOWS: &[u8] = b"\xE5\xE4\xF6\xC5\xC4\xD6\xE9\xE6\xC6\xF8\xD8\xC9\xFC\xDC";

/// The character that a byte stands for.
pub(super) fn character(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(n) => LETTERS[usize::from(n)],
    }
}

/// Counts the bytes that are Nordic letters on Windows, and those that are on DOS.
pub(super) fn nordic(text: &[u8]) -> (usize, usize) {
    let count = |letters: &[u8]| text.iter().filter(|b| letters.contains(b)).count();
    (count(NORDIC_WINDOWS), count(NORDIC))
}

/// Is a text stored so? Accounting files in the Swedish SIE format say it; others show it by the
/// Nordic letters, which are quotation marks on Windows and do not stand inside words there.
pub(super) fn is_text(head: &[u8]) -> bool {
    let start = &head[..head.len().min(4096)];
    if memchr::memmem::find(start, b"#FORMAT PC8").is_some() {
        return true;
    }
    let (windows, dos) = nordic(head);
    let inside = head
        .windows(3)
        .filter(|w| {
            NORDIC.contains(&w[1]) && w[0].is_ascii_alphabetic() && w[2].is_ascii_alphabetic()
        })
        .count();
    let other = head.iter().filter(|b| !b.is_ascii()).count() - dos;
    windows == 0 && inside * 2 > dos && dos > other * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_dos_are_told_from_those_of_windows() {
        let check = |text: &[u8], want| assert_eq!(is_text(text), want, "{text:?}");
        check(b"r\x84ksm\x94rg\x86s och sm\x94r", true);
        check(b"#FLAGGA 0\n#FORMAT PC8\n#FNAMN \"\x8Fkeri\"", true);
        check(b"r\xE4ksm\xF6rg\xE5s", false);
        check(b"\x94Hej\x94, sa hon, \x94hej\x94", false);
        check(b"r\xE4ksm\xF6rg\xE5s, \x94hej\x94", false);
        assert_eq!(character(0x86), 'å');
        assert_eq!(character(0xFF), '\u{a0}');
        assert_eq!(character(b'a'), 'a');
    }
}
