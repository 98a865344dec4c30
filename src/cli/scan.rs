//! The commands that read: what is asked before anything is opened, and where the scan is called.

use super::exit::{ExitStatus, Failure};
use super::options::SourceSpec;
use super::options::{
    ExplainOptions, MergeOptions, RulesOptions, ScanOptions, TextOptions, UnitsOptions, WorkOptions,
};
use super::{session, sources};

/// Scans sources and writes the inventory.
pub(super) fn scan(options: &ScanOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    session::key(&options.showing)?;
    Err(not_built("scan"))
}

/// Lists the units of work.
pub(super) fn units(options: &UnitsOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    Err(not_built("units"))
}

/// Scans units read from standard input.
pub(super) fn work(options: &WorkOptions) -> Result<ExitStatus, Failure> {
    session::key(&options.showing)?;
    Err(not_built("work"))
}

/// Folds streams of reports into one inventory.
pub(super) fn merge(options: &MergeOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.streams)?;
    let units = options.units.clone().map(SourceSpec::Path);
    sources::check(units.as_slice())?;
    Err(not_built("merge"))
}

/// Shows what the scanner reads.
pub(super) fn text(options: &TextOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    Err(not_built("text"))
}

/// Shows why something was, or was not, reported.
pub(super) fn explain(options: &ExplainOptions) -> Result<ExitStatus, Failure> {
    sources::check(&[SourceSpec::Path(options.file.clone())])?;
    Err(not_built("explain"))
}

/// Lists, shows or tests the rules.
pub(super) fn rules(_options: &RulesOptions) -> Result<ExitStatus, Failure> {
    Err(not_built("rules"))
}

fn not_built(command: &str) -> Failure {
    Failure::usage(format!("`{command}` is not part of this build"))
}
