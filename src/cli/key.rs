//! The key of the tokens and the file it lies in.
//!
//! A key file holds 64 hexadecimal digits; lines that begin with `#` are comments.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::exit::Failure;
use super::terminal;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// More than any key file with comments; keeps a wrong file from being read whole.
const LARGEST_FILE: u64 = 16 * 1024;

const HEADER: &str =
    "# sparhund key. Whoever has it can try out values against the tokens made with it.";

/// A key of tokens. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; KEY_BYTES]);

impl Key {
    /// The bytes, for a keyed hash.
    #[must_use]
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Names the key without telling anything of it: 16 hexadecimal digits of a one-way function,
    /// by which inventories of one key know one another.
    #[must_use]
    pub fn id(&self) -> String {
        crate::report::Key::new(&self.0).id()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id())
    }
}

/// A key as read, and whether others than its owner may read the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedKey {
    /// The key.
    pub key: Key,
    /// Group or others may read the file.
    pub exposed: bool,
}

/// Reads a key file.
///
/// # Errors
///
/// A usage failure that says what is wrong with the file; none of its content is repeated.
pub fn read(path: &Path) -> Result<LoadedKey, Failure> {
    let name = terminal::path(path);
    let unreadable =
        |error: io::Error| Failure::usage(format!("the key file {name} cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let mut text = String::new();
    file.take(LARGEST_FILE).read_to_string(&mut text).map_err(unreadable)?;
    let key = parse(&text).ok_or_else(|| {
        Failure::usage(format!(
            "{name} is no key file (64 hexadecimal digits): make one with `sparhund key new FILE`"
        ))
    })?;
    Ok(LoadedKey { key, exposed: metadata.is_file() && metadata.mode() & 0o077 != 0 })
}

/// Makes a key file with random bytes of the system, readable by its owner only.
///
/// # Errors
///
/// A usage failure if there is such a file already; otherwise that it could not be written.
pub fn create(path: &Path) -> Result<Key, Failure> {
    let name = terminal::path(path);
    let failed =
        |error: io::Error| Failure::not_written(format!("{name} cannot be written: {error}"));
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::not_written(format!("the system gives no random bytes: {error}"))
    })?;
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Failure::usage(format!(
                "{name} is there already and is not overwritten: choose another name"
            )));
        }
        opened => opened.map_err(failed)?,
    };
    let written = write_key(&mut file, &bytes);
    if written.is_err() {
        // A key cut short must not lie about; the error that matters is the first one.
        let _ = std::fs::remove_file(path);
    }
    written.map_err(failed)?;
    Ok(Key(bytes))
}

fn write_key(file: &mut File, key: &[u8]) -> io::Result<()> {
    writeln!(file, "{HEADER}\n{}", hex(key))?;
    file.sync_all()
}

fn parse(text: &str) -> Option<Key> {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let digits = lines.next()?;
    if lines.next().is_some() || digits.len() != 2 * KEY_BYTES || !digits.is_ascii() {
        return None;
    }
    let mut key = [0; KEY_BYTES];
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *byte = u8::try_from(nibble(pair[0])? * 16 + nibble(pair[1])?).ok()?;
    }
    Some(Key(key))
}

fn nibble(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::cli::exit::ExitStatus;

    #[test]
    fn a_new_key_is_private_random_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.key");
        let made = create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap(), LoadedKey { key: made.clone(), exposed: false });
        assert_eq!(create(&path).unwrap_err().status, ExitStatus::Usage);
        assert_eq!(read(&path).unwrap().key, made);
        assert_ne!(create(&folder.path().join("other.key")).unwrap(), made);
    }

    #[test]
    fn a_key_others_can_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.key");
        create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read(&path).unwrap().exposed);
    }

    #[test]
    fn only_64_hexadecimal_digits_are_a_key() {
        let digits = "0123456789abcdef".repeat(4);
        let check = |text: &str, good: bool| assert_eq!(parse(text).is_some(), good, "{text}");
        check(&digits, true);
        check(&format!("# a comment\n\n  {}\r\n", digits.to_uppercase()), true);
        check("", false);
        check("# nothing else", false);
        check(&digits[1..], false);
        check(&format!("{digits}0"), false);
        check(&format!("{digits}\n{digits}"), false);
        check(&digits.replace('0', "g"), false);
        check(&digits.replace("01", "+1"), false);
        check(&"å".repeat(32), false);
    }

    #[test]
    fn nothing_is_missing_from_the_complaint_but_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wrong.key");
        assert_eq!(read(&path).unwrap_err().status, ExitStatus::Usage);
        fs::write(&path, "hemligt lösenord").unwrap();
        let message = read(&path).unwrap_err().message;
        assert!(message.contains("wrong.key") && !message.contains("hemligt"), "{message}");
    }

    #[test]
    fn debug_shows_no_key() {
        let key = Key([0xAB; KEY_BYTES]);
        assert!(!format!("{key:?}").contains("abab"));
        assert_eq!(key.id().len(), 16);
        assert_ne!(key.id(), Key([0xAC; KEY_BYTES]).id());
    }
}
