//! Passwords: from the environment, from the databases' own files, or asked for. They are held in
//! memory that is wiped and are never shown.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

/// Passwords that were asked for, by the id of their source.
#[derive(Clone, Default)]
pub struct Passwords {
    known: Arc<BTreeMap<String, SecretString>>,
    /// For sources of which nothing else is known.
    other: Option<SecretString>,
}

impl Passwords {
    /// Keeps passwords: those of sources by their ids, and that of all others.
    #[must_use]
    pub fn new(known: BTreeMap<String, SecretString>, other: Option<SecretString>) -> Passwords {
        Passwords { known: Arc::new(known), other }
    }

    /// That of a source.
    pub(super) fn of(&self, id: &str) -> Option<&str> {
        self.known.get(id).or(self.other.as_ref()).map(ExposeSecret::expose_secret)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passwords", self.known.len() + usize::from(self.other.is_some()))
    }
}

/// The password of `MYSQL_PWD`, or of the `[client]` section of an option file that only its owner
/// may read.
pub(super) fn of_mysql() -> Option<SecretString> {
    if let Ok(password) = std::env::var("MYSQL_PWD") {
        return Some(password.into());
    }
    let home = std::env::var_os("HOME").map(PathBuf::from)?;
    let file = home.join(".my.cnf");
    if is_exposed(&file) {
        return None;
    }
    let text = zeroize::Zeroizing::new(std::fs::read_to_string(file).ok()?);
    client_password(&text).map(SecretString::from)
}

/// May others read it?
fn is_exposed(file: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

/// `password` of the section `[client]`.
fn client_password(text: &str) -> Option<String> {
    let mut inside = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            inside = matches!(section.trim(), "client" | "client-mariadb" | "mysql" | "mariadb");
        } else if inside
            && let Some((name, value)) = line.split_once('=')
            && name.trim() == "password"
        {
            let value = value.trim();
            let quoted = |q: char| value.strip_prefix(q).and_then(|v| v.strip_suffix(q));
            found = Some(quoted('"').or_else(|| quoted('\'')).unwrap_or(value).to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn option_files_are_read() {
        let check = |text: &str, want: Option<&str>| {
            assert_eq!(client_password(text).as_deref(), want, "{text}");
        };
        check("[client]\nuser = x\npassword = hemligt\n", Some("hemligt"));
        check("[mysqld]\npassword=a\n[client]\npassword=\"b c\"\n", Some("b c"));
        check("[mysqld]\npassword=a\n", None);
        check("", None);
    }

    #[test]
    fn passwords_are_not_printed() {
        let one = BTreeMap::from([("a".to_owned(), SecretString::from("hemligt"))]);
        assert_eq!(format!("{:?}", Passwords::new(one, None)), "1 passwords");
    }
}
