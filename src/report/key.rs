//! The key of tokens and digests.

use std::fmt;

/// Contexts of BLAKE3's key derivation; changing one changes every token.
const TOKEN: &str = "sparhund 2026 token of a value";
const KEY_ID: &str = "sparhund 2026 key id";
const DIGEST: &str = "sparhund 2026 digest of a unit";

/// A secret key, made from the bytes of a key file. Cannot be printed.
#[derive(Clone)]
pub struct Key {
    token: [u8; 32],
    digest: [u8; 32],
    id: [u8; 8],
}

impl Key {
    /// The key made of the bytes of a key file.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Key {
        let id = blake3::derive_key(KEY_ID, bytes);
        Key {
            token: blake3::derive_key(TOKEN, bytes),
            digest: blake3::derive_key(DIGEST, bytes),
            id: *id.first_chunk().expect("a key has 32 bytes"),
        }
    }

    /// The name inventories give it: 16 hexadecimal digits of a one-way function.
    #[must_use]
    pub fn id(&self) -> String {
        let mut out = Vec::new();
        super::text::hex(&mut out, &self.id);
        String::from_utf8(out).expect("hexadecimal digits are ASCII")
    }

    /// The token of a value: 128 bits of a keyed hash over category and match form.
    #[must_use]
    pub fn token(&self, category: &str, normalized: &str) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.token);
        hasher.update(category.as_bytes()).update(&[0]).update(normalized.as_bytes());
        half(hasher.finalize())
    }

    /// The keyed form of a digest.
    #[must_use]
    pub fn digest(&self, digest: u128) -> [u8; 16] {
        half(blake3::keyed_hash(&self.digest, &digest.to_be_bytes()))
    }
}

fn half(hash: blake3::Hash) -> [u8; 16] {
    *hash.as_bytes().first_chunk().expect("a hash has 32 bytes")
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_depend_on_key_category_and_value() {
        let (a, b) = (Key::new(&[1; 32]), Key::new(&[2; 32]));
        let token = a.token("email", "eva@example.com");
        assert_eq!(token, Key::new(&[1; 32]).token("email", "eva@example.com"));
        for other in [
            b.token("email", "eva@example.com"),
            a.token("phone", "eva@example.com"),
            a.token("email", "eve@example.com"),
        ] {
            assert_ne!(token, other);
        }
        assert_eq!(format!("{a:?}"), format!("Key({})", a.id()));
    }
}
