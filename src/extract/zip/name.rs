//! Names of members: old archives have them in the code page of the machine that made them.

use encoding_rs::WINDOWS_1252;

use crate::model::FileName;

/// Code page 850 from 0x80 on, which has the letters of western Europe where code page 437 has them.
const DOS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤\
ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// The name as Unicode, where the bytes let one tell what they stand for: UTF-8, else the letters å, ä
/// and ö of Windows or of DOS. Other bytes stay as they are.
pub(super) fn decoded(raw: &[u8]) -> FileName {
    if std::str::from_utf8(raw).is_ok() {
        return FileName::new(raw);
    }
    let count = |letters: &[u8]| raw.iter().filter(|b| letters.contains(b)).count();
    let windows = count(b"\xE5\xE4\xF6\xC5\xC4\xD6\xE9");
    let dos = count(b"\x86\x84\x94\x8F\x8E\x99\x82");
    if windows.max(dos) == 0 {
        FileName::new(raw)
    } else if windows >= dos {
        FileName::new(WINDOWS_1252.decode_without_bom_handling(raw).0.as_bytes())
    } else {
        let letter = |&b: &u8| match b.checked_sub(0x80) {
            None => char::from(b),
            Some(n) => DOS.chars().nth(usize::from(n)).unwrap_or('\u{FFFD}'),
        };
        FileName::new(raw.iter().map(letter).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_old_machines_are_read() {
        let check = |raw: &[u8], want: &str| assert_eq!(decoded(raw).as_bytes(), want.as_bytes());
        assert_eq!(DOS.chars().count(), 128);
        check("åäö.txt".as_bytes(), "åäö.txt");
        check(b"\x86\x84\x94\x8F\x8E\x99.txt", "åäöÅÄÖ.txt");
        check(b"r\xE4ksm\xF6rg\xE5s", "räksmörgås");
        assert_eq!(decoded(b"\xFF\xFE").as_bytes(), b"\xFF\xFE");
    }
}
