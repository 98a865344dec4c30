//! Names of members: old archives have them in the code page of the machine that made them.

use encoding_rs::WINDOWS_1252;

use crate::extract::dos;
use crate::model::FileName;

/// The name as Unicode, where the bytes let one tell what they stand for: UTF-8, else the letters å, ä
/// and ö of Windows or of DOS. Other bytes stay as they are.
pub(super) fn decoded(raw: &[u8]) -> FileName {
    if std::str::from_utf8(raw).is_ok() {
        return FileName::new(raw);
    }
    let (windows, dos) = dos::nordic(raw);
    if windows.max(dos) == 0 {
        FileName::new(raw)
    } else if windows >= dos {
        FileName::new(WINDOWS_1252.decode_without_bom_handling(raw).0.as_bytes())
    } else {
        FileName::new(raw.iter().map(|&b| dos::character(b)).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_old_machines_are_read() {
        let check = |raw: &[u8], want: &str| assert_eq!(decoded(raw).as_bytes(), want.as_bytes());
        check("åäö.txt".as_bytes(), "åäö.txt");
        check(b"\x86\x84\x94\x8F\x8E\x99.txt", "åäöÅÄÖ.txt");
        check(b"r\xE4ksm\xF6rg\xE5s", "räksmörgås");
        assert_eq!(decoded(b"\xFF\xFE").as_bytes(), b"\xFF\xFE");
    }
}
