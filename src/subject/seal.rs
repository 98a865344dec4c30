//! Files with personal data, locked with `age` (<https://age-encryption.org/v1>).

use std::io::Read as _;

use age::secrecy::SecretString;

/// How a file is locked.
pub enum Seal {
    /// Not at all.
    Open,
    /// For whoever has the identities of these recipients.
    Recipients(Vec<age::x25519::Recipient>),
    /// With a passphrase.
    Passphrase(SecretString),
}

/// What unlocks a file.
#[derive(Default)]
pub struct Keys {
    /// Identities.
    pub identities: Vec<age::x25519::Identity>,
    /// A passphrase.
    pub passphrase: Option<SecretString>,
}

/// Why a file cannot be locked or unlocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealError {
    /// It is locked, and nothing was given that could unlock it.
    Locked,
    /// What was given does not fit.
    NoFit,
    /// It is cut off or was changed.
    Damaged,
    /// Not a recipient, by its place in the list.
    NoRecipient(usize),
}

impl std::fmt::Display for SealError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SealError::Locked => {
                f.write_str("it is encrypted: give --identity FILE or --passphrase-file FILE")
            }
            SealError::NoFit => f.write_str("it is encrypted for another identity or passphrase"),
            SealError::Damaged => f.write_str("it is encrypted, and cut off or damaged"),
            SealError::NoRecipient(n) => {
                write!(f, "recipient {} is none: it begins with age1", n + 1)
            }
        }
    }
}

impl Seal {
    /// For recipients as they are written.
    ///
    /// # Errors
    /// When one is none.
    pub fn for_recipients(written: &[String]) -> Result<Seal, SealError> {
        let read = |(n, text): (usize, &String)| {
            text.trim().parse().map_err(|_| SealError::NoRecipient(n))
        };
        written.iter().enumerate().map(read).collect::<Result<_, _>>().map(Seal::Recipients)
    }

    /// Locks a text.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn lock(&self, text: &[u8]) -> Result<Vec<u8>, SealError> {
        use std::io::Write as _;
        let encryptor = match self {
            Seal::Open => return Ok(text.to_vec()),
            Seal::Passphrase(passphrase) => {
                age::Encryptor::with_user_passphrase(passphrase.clone())
            }
            Seal::Recipients(recipients) => {
                let all = recipients.iter().map(|one| one as &dyn age::Recipient);
                age::Encryptor::with_recipients(all).map_err(|_| SealError::NoRecipient(0))?
            }
        };
        let mut out = Vec::new();
        let mut writer = encryptor.wrap_output(&mut out).map_err(|_| SealError::Damaged)?;
        writer.write_all(text).map_err(|_| SealError::Damaged)?;
        writer.finish().map_err(|_| SealError::Damaged)?;
        Ok(out)
    }
}

impl Keys {
    /// The identities of a file: lines that begin with `AGE-SECRET-KEY-1`.
    #[must_use]
    pub fn identities_of(text: &str) -> Vec<age::x25519::Identity> {
        text.lines().filter_map(|line| line.trim().parse().ok()).collect()
    }

    /// Unlocks a file; one that is not locked is given back as it is.
    ///
    /// # Errors
    /// When it is locked and cannot be unlocked.
    pub fn unlock(&self, bytes: Vec<u8>) -> Result<Vec<u8>, SealError> {
        if !bytes.starts_with(b"age-encryption.org/") {
            return Ok(bytes);
        }
        if self.identities.is_empty() && self.passphrase.is_none() {
            return Err(SealError::Locked);
        }
        let passphrase = self.passphrase.clone().map(age::scrypt::Identity::new);
        let own = self.identities.iter().map(|one| one as &dyn age::Identity);
        let all = own.chain(passphrase.iter().map(|one| one as &dyn age::Identity));
        let decryptor = age::Decryptor::new(&bytes[..]).map_err(|_| SealError::Damaged)?;
        let mut reader = decryptor.decrypt(all).map_err(|_| SealError::NoFit)?;
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(|_| SealError::Damaged)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_locked_for_one_is_not_read_by_another() {
        let (own, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
        let seal = Seal::for_recipients(&[own.to_public().to_string()]).unwrap();
        let locked = seal.lock(b"case").unwrap();
        let keys = |one: age::x25519::Identity| Keys { identities: vec![one], passphrase: None };
        assert_eq!(keys(own.clone()).unlock(locked.clone()), Ok(b"case".to_vec()));
        assert_eq!(keys(other).unlock(locked.clone()), Err(SealError::NoFit));
        assert_eq!(Keys::default().unlock(locked.clone()), Err(SealError::Locked));
        assert!(keys(own).unlock(locked[..locked.len() - 3].to_vec()).is_err());
        assert_eq!(Keys::default().unlock(b"open".to_vec()), Ok(b"open".to_vec()));
        assert!(matches!(
            Seal::for_recipients(&["nobody".to_owned()]),
            Err(SealError::NoRecipient(0))
        ));
    }
}
