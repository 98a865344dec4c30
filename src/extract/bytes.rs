//! Numbers in binary formats, little-endian, where the bytes may be fewer than they should.

use std::ops::Range;

/// The number of 16 bits at `at`.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|n| u16::from_le_bytes(*n))
}

/// The number of 32 bits at `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|n| u32::from_le_bytes(*n))
}

/// As many bytes as there are of `len` from `start` on.
pub(super) fn slice(bytes: &[u8], start: usize, len: usize) -> &[u8] {
    let start = start.min(bytes.len());
    &bytes[start..start.saturating_add(len).min(bytes.len())]
}

/// The bytes of a range, if all of them are there.
pub(super) fn range(bytes: &[u8], range: Range<usize>) -> Option<&[u8]> {
    bytes.get(range)
}

/// Text in UTF-16, little-endian, up to its first zero.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let units: Vec<u16> = units.take_while(|&unit| unit != 0).collect();
    String::from_utf16_lossy(&units)
}
