//! Locks and keys of files with personal data, read from where the options say they are.

use std::fs;
use std::path::Path;

use super::exit::Failure;
use super::options::Lock;
use super::terminal;
use crate::subject::seal::{Keys, Seal};

/// How a file is to be locked.
pub(super) fn seal(lock: &Lock) -> Result<Seal, Failure> {
    if let Some(path) = &lock.passphrase_file {
        return Ok(Seal::Passphrase(passphrase(path)?.into()));
    }
    match lock.recipients.is_empty() {
        true => Ok(Seal::Open),
        false => Seal::for_recipients(&lock.recipients).map_err(|e| Failure::usage(e.to_string())),
    }
}

/// Reads a file that may be locked.
pub(super) fn read(path: &Path, lock: &Lock) -> Result<Vec<u8>, Failure> {
    let name = terminal::path(path);
    let bytes = fs::read(path)
        .map_err(|error| Failure::usage(format!("{name} cannot be read: {error}")))?;
    let mut keys = Keys::default();
    if let Some(path) = &lock.identity_file {
        keys.identities = Keys::identities_of(&text(path)?);
    }
    if let Some(path) = &lock.passphrase_file {
        keys.passphrase = Some(passphrase(path)?.into());
    }
    keys.unlock(bytes).map_err(|error| Failure::usage(format!("{name} cannot be opened: {error}")))
}

fn passphrase(path: &Path) -> Result<String, Failure> {
    let text = text(path)?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(line.to_owned()),
        None => Err(Failure::usage(format!("{} holds no passphrase", terminal::path(path)))),
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::usage(format!("{} cannot be read: {error}", terminal::path(path)))
    })
}
