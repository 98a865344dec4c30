//! The file with passwords for protected documents.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::exit::Failure;
use super::terminal::{self, tell};
use crate::extract::passwords;

/// More than any list that is worth trying; keeps a wrong file from being read whole.
const LARGEST_FILE: u64 = 64 * 1024;

/// Reads the passwords, with a word to the user if others can read them too.
///
/// # Errors
///
/// A usage failure if the file cannot be read. None of its content is repeated.
pub(super) fn read(path: &Path) -> Result<(), Failure> {
    let name = terminal::path(path);
    let unreadable = |error: io::Error| {
        Failure::usage(format!("the password file {name} cannot be read: {error}"))
    };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let mut lines = Zeroizing::new(Vec::new());
    file.take(LARGEST_FILE).read_to_end(&mut lines).map_err(unreadable)?;
    passwords::add(&lines);
    if metadata.is_file() && metadata.mode() & 0o077 != 0 {
        tell(&format!("the password file {name} can be read by others: chmod 600 it"));
    }
    Ok(())
}
