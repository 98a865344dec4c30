//! Are the named sources there? Asked before anything is read, so that a typing error costs nothing.

use std::io;

use super::exit::Failure;
use super::options::SourceSpec;
use super::terminal;

/// Checks that all sources are there. One that is there and cannot be read is not the command
/// line's fault: it will be listed as unread.
///
/// # Errors
///
/// A usage failure that names all that are missing.
pub fn check(sources: &[SourceSpec]) -> Result<(), Failure> {
    let missing: Vec<String> = sources.iter().filter_map(complaint).collect();
    if missing.is_empty() { Ok(()) } else { Err(Failure::usage(missing.join("; "))) }
}

fn complaint(source: &SourceSpec) -> Option<String> {
    let SourceSpec::Path(path) = source else { return None };
    let error = path.metadata().err()?;
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidInput => {
            let name = terminal::path(path);
            Some(format!("there is no {name}: check the path"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::ExitStatus;

    #[test]
    fn all_missing_sources_are_named() {
        let path = |path: &str| SourceSpec::Path(path.into());
        assert_eq!(check(&[path("/"), SourceSpec::Stdin]), Ok(()));
        let failure = check(&[path("/no/such/a"), path("/"), path("/no/such/b")]).unwrap_err();
        assert_eq!(failure.status, ExitStatus::Usage);
        assert!(failure.message.contains("/no/such/a") && failure.message.contains("/no/such/b"));
    }
}
