//! Passwords that protected documents may open with: the user's, tried one after another. They are
//! never shown.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use zeroize::Zeroizing;

/// No more are kept: each one costs time with each protected document.
const MOST: usize = 1_000;

static KNOWN: RwLock<Vec<Password>> = RwLock::new(Vec::new());

/// A password. Not shown by `Debug`.
#[derive(Clone)]
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// Its bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Its text, for formats that know nothing else.
    #[must_use]
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// Takes note of passwords, one a line, for the whole process. An empty line is none.
pub fn add(lines: &[u8]) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let room = MOST.saturating_sub(known.len());
    let lines = lines.split(|&b| b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let passwords = lines.filter(|line| !line.is_empty()).take(room);
    known.extend(passwords.map(|line| Password(Zeroizing::new(line.to_vec()))));
}

/// Those that are known, in the order in which they are to be tried.
#[must_use]
pub fn known() -> Vec<Password> {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_password() {
        add(b"hemligt ord\r\n\n  med blanktecken\nsista");
        let known = known();
        let texts: Vec<&str> = known.iter().map(Password::text).collect();
        assert_eq!(texts, ["hemligt ord", "  med blanktecken", "sista"]);
        assert!(!format!("{known:?}").contains("sista"));
    }
}
