//! The first 100 bytes of a database (file format, 1.3 "The Database Header").

use super::Fault;

/// What every database begins with.
pub const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Bytes of the header.
pub(super) const SIZE: usize = 100;

/// How text is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
}

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes a page.
    pub page_size: u32,
    /// Bytes of it that may be used.
    pub usable: u32,
    /// Pages there should be, where the header can be trusted on it.
    pub pages: Option<u32>,
    /// The first page of the list of free ones; none if zero.
    pub free: u32,
    /// How text is stored.
    pub encoding: Encoding,
    /// Changes are written to a log beside the file first.
    pub logged: bool,
}

impl Header {
    /// Reads the header.
    ///
    /// # Errors
    /// When it is none, or says what cannot be.
    pub fn read(bytes: &[u8]) -> Result<Header, Fault> {
        let bytes: &[u8; SIZE] =
            bytes.first_chunk().ok_or(Fault::Corrupt("its header is cut short"))?;
        if !bytes.starts_with(MAGIC) {
            return Err(Fault::Corrupt("it has no header"));
        }
        let page_size = match u16::from_be_bytes([bytes[16], bytes[17]]) {
            1 => 65_536,
            size => u32::from(size),
        };
        let usable = page_size.saturating_sub(u32::from(bytes[20]));
        if !page_size.is_power_of_two() || page_size < 512 || usable < 480 {
            return Err(Fault::Corrupt("its header gives pages a size that cannot be"));
        }
        let pages = word(bytes, 28);
        let trusted = pages > 0 && word(bytes, 24) == word(bytes, 92);
        let encoding = match word(bytes, 56) {
            2 => Encoding::Utf16Le,
            3 => Encoding::Utf16Be,
            _ => Encoding::Utf8,
        };
        Ok(Header {
            page_size,
            usable,
            pages: trusted.then_some(pages),
            free: word(bytes, 32),
            encoding,
            logged: bytes[19] == 2,
        })
    }
}

/// Four bytes, the highest first; zero where there are none.
pub(super) fn word(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    word.map_or(0, |word| u32::from_be_bytes(*word))
}
