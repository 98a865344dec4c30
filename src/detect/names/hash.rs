//! The hash of a word's key: the same for the build script, which fills the table, and for looking up.

/// The longest word looked up, in bytes of its key.
pub(crate) const CAPACITY: usize = 32;

/// FNV-1a over the key, folded so that its low bits hold all of it.
pub(crate) fn hash(key: &[u8]) -> u32 {
    let step = |h: u32, &b: &u8| (h ^ u32::from(b)).wrapping_mul(0x0100_0193);
    let hash = key.iter().fold(0x811C_9DC5, step);
    hash ^ hash >> 15
}
