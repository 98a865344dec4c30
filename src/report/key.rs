//! The key of tokens and digests.

use std::fmt;

/// Contexts of BLAKE3's key derivation; changing one changes every token.
const TOKEN: &str = "sparhund 2024 token of a value";
const KEY_ID: &str = "sparhund 2024 name of a key";
const DIGEST: &str = "sparhund 2024 digest of a unit";

/// A secret key, made from the bytes of a key file. Cannot be printed.
#[derive(Clone)]
pub struct Key {
    token: [u8; 32],
    digest: [u8; 32],
    id: [u8; 4],
}

impl Key {
    /// The key that a file's content stands for. White space around it does not count.
    #[must_use]
    pub fn new(content: &[u8]) -> Key {
        let content = content.trim_ascii();
        let id = blake3::derive_key(KEY_ID, content);
        Key {
            token: blake3::derive_key(TOKEN, content),
            digest: blake3::derive_key(DIGEST, content),
            id: [id[0], id[1], id[2], id[3]],
        }
    }

    /// The name inventories give it: 8 hexadecimal digits from which nothing about the key follows.
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
        let (a, b) = (Key::new(b"first key\n"), Key::new(b"second key"));
        let token = a.token("email", "eva@example.com");
        assert_eq!(token, Key::new(b"first key").token("email", "eva@example.com"));
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
