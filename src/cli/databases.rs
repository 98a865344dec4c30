//! Databases among the sources: can they be reached, and with what rights? Asked before anything is
//! read, so that a typing error costs nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::Command;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::exit::Failure;
use super::options::Databases;
use super::terminal::{self, harmless, tell};
use crate::model::Reason;
use crate::source::Root;
use crate::source::database::{self, Passwords, Settings};

/// Settings by which the databases among `roots` were reached.
///
/// # Errors
/// When one cannot be reached, or its role may do what it was asked not to be able to do.
pub(super) fn prepare(roots: &[Root], options: &Databases) -> Result<Settings, Failure> {
    let mut settings = settings(options)?;
    let mut asked = BTreeMap::new();
    for root in roots.iter().filter(|root| root.kind.is_database()) {
        let mut connected = database::connect(root, &settings);
        let refused = matches!(&connected, Err(f) if f.reason == Reason::PermissionDenied);
        if refused
            && options.password_file.is_none()
            && options.password_env.is_none()
            && let Some(password) = prompt(root)
        {
            asked.insert(root.id.clone(), password);
            settings.passwords = Passwords::new(asked.clone(), None);
            connected = database::connect(root, &settings);
        }
        let mut connected = connected.map_err(|failure| unusable(root, &failure.detail))?;
        let standing = connected.standing().map_err(|failure| unusable(root, &failure.detail))?;
        if let Some(warning) = standing.warning() {
            if settings.require_read_only {
                let detail = format!("{warning}; --require-read-only was asked for");
                return Err(unusable(root, &detail));
            }
            tell(&format!("{}: {warning}", harmless(&root.id)));
        }
    }
    Ok(settings)
}

/// What the options say, for databases that are met later.
///
/// # Errors
/// When the password cannot be had from where it is said to be.
pub(super) fn settings(options: &Databases) -> Result<Settings, Failure> {
    let Databases { views, connections, max_rate, require_read_only, sample, .. } = *options;
    Ok(Settings {
        views,
        connections: connections.get(),
        max_rate,
        require_read_only,
        sample,
        passwords: Passwords::new(BTreeMap::new(), password(options)?),
    })
}

fn unusable(root: &Root, detail: &str) -> Failure {
    Failure::usage(format!("cannot scan {}: {detail}", harmless(&root.id)))
}

/// The password that the options name.
fn password(options: &Databases) -> Result<Option<SecretString>, Failure> {
    if let Some(name) = &options.password_env {
        let missing =
            |_| Failure::usage(format!("the variable {name} is not set (--database-password-env)"));
        return std::env::var(name).map(|password| Some(password.into())).map_err(missing);
    }
    options.password_file.as_deref().map(password_in).transpose()
}

/// The first line of a file.
fn password_in(file: &Path) -> Result<SecretString, Failure> {
    let unread = |error| {
        Failure::usage(format!(
            "the password file {} cannot be read: {error}",
            terminal::path(file)
        ))
    };
    let text = Zeroizing::new(std::fs::read_to_string(file).map_err(unread)?);
    Ok(text.lines().next().unwrap_or_default().into())
}

/// Asks for a password, if there is somebody to ask.
fn prompt(root: &Root) -> Option<SecretString> {
    let mut terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
    if !terminal.is_terminal() {
        return None;
    }
    write!(terminal, "Password for {}: ", harmless(&root.id)).ok()?;
    let echo = |how: &str| {
        let at = File::open("/dev/tty").ok()?;
        Command::new("stty").arg(how).stdin(at).status().ok().filter(|done| done.success())
    };
    echo("-echo")?;
    let mut line = Zeroizing::new(String::new());
    let read = BufReader::new(&terminal).read_line(&mut line);
    let _ = echo("echo");
    let _ = writeln!(terminal);
    read.ok()?;
    Some(line.trim_end_matches(['\r', '\n']).into())
}
