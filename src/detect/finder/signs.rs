//! What plain addresses are made of, told for 32 bytes at a time.

/// Which of 32 bytes are what: a bit a byte, the first byte's lowest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs {
    /// Letters and digits of ASCII.
    pub letters: u32,
    /// `-`.
    pub hyphens: u32,
    /// `.`.
    pub dots: u32,
    /// `_`.
    pub underscores: u32,
}

/// What `bytes` are, one by one.
pub(super) fn plainly(bytes: &[u8; 32]) -> Signs {
    let all = |test: fn(u8) -> bool| {
        bytes.iter().rev().fold(0, |bits, byte| bits << 1 | u32::from(test(*byte)))
    };
    Signs {
        letters: all(|b| b.is_ascii_alphanumeric()),
        hyphens: all(|b| b == b'-'),
        dots: all(|b| b == b'.'),
        underscores: all(|b| b == b'_'),
    }
}
