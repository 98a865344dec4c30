//! Code pages and character sets of Windows and DOS, by their numbers.

use std::borrow::Cow;

use encoding_rs::*;

use super::dos;

/// How text is stored.
#[derive(Clone, Copy, Debug)]
pub(super) enum CodePage {
    /// In a code page of Windows, or in UTF-8.
    Windows(&'static Encoding),
    /// In one of DOS for western Europe.
    Dos,
}

impl CodePage {
    /// The text that bytes stand for.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            CodePage::Windows(encoding) => encoding.decode_without_bom_handling(bytes).0,
            CodePage::Dos => bytes.iter().map(|&byte| dos::character(byte)).collect(),
        }
    }
}

/// The text that bytes in a code page stand for.
pub(super) fn decode(page: i32, bytes: &[u8]) -> Cow<'_, str> {
    of_page(page).decode(bytes)
}

/// The code page of a number.
pub(super) fn of_page(page: i32) -> CodePage {
    CodePage::Windows(match page {
        437 | 850 | 858 | 865 => return CodePage::Dos,
        866 => IBM866,
        874 => WINDOWS_874,
        932 => SHIFT_JIS,
        936 => GBK,
        949 => EUC_KR,
        950 => BIG5,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        1253 => WINDOWS_1253,
        1254 => WINDOWS_1254,
        1255 => WINDOWS_1255,
        1256 => WINDOWS_1256,
        1257 => WINDOWS_1257,
        1258 => WINDOWS_1258,
        10000 => MACINTOSH,
        20866 => KOI8_R,
        28592 => ISO_8859_2,
        28595 => ISO_8859_5,
        50220..=50222 => ISO_2022_JP,
        51932 => EUC_JP,
        65001 => UTF_8,
        _ => WINDOWS_1252,
    })
}

/// The code page of a font's character set.
pub(super) fn of_charset(charset: i32, default: CodePage) -> CodePage {
    let page = match charset {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        254 => 437,
        255 => 850,
        _ => return default,
    };
    of_page(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_dos_and_windows_are_told_apart() {
        for (page, bytes) in
            [(437, b"\x86\x84\x94"), (850, b"\x86\x84\x94"), (1252, b"\xE5\xE4\xF6")]
        {
            assert_eq!(decode(page, bytes), "åäö");
        }
        assert_eq!(decode(866, b"\x84\xA0"), "Да");
        assert_eq!(of_charset(255, of_page(1252)).decode(b"\x86"), "å");
        assert_eq!(of_charset(1, of_page(1251)).decode(b"\xE4"), "д");
    }
}
