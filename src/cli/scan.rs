//! The commands that read: what is asked before anything is opened, and where the scan is called.

use std::io::{self, IsTerminal as _};

use super::exit::{ExitStatus, Failure};
use super::options::{
    self, ExplainOptions, Format, MergeOptions, RulesOptions, ScanOptions, SourceSpec, TextOptions,
    UnitsOptions, WorkOptions,
};
use super::session::{self, Outcome};
use super::sources;
use super::terminal::tell;
use crate::detect;
use crate::model::Confidence;
use crate::report::{self, Showing, Summary, Values};
use crate::rules;
use crate::scan::{self, Plan};
use crate::source::{Root, Selection};

/// Scans sources and writes the inventory.
pub(super) fn scan(options: &ScanOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    let format = report_format(options.format);
    let counts_only = format.detail == report::Detail::Counts;
    let plan = Plan {
        sources: roots(&options.sources)?,
        selection: selection(&options.selection)?,
        detection: detection(&options.detection, options.min_confidence, counts_only),
        showing: showing(&options.showing)?,
        rules: rules::digest(),
        detail: format.detail,
        jobs: options.running.jobs.get(),
        timeout: options.running.timeout,
    };
    let mut summary = None;
    let status = session::run(&options.output, options.running.progress, |session| {
        let report = (format.make)(Box::new(session.output.clone()));
        let done = scan::run(plan, report, &session.progress, &session.interrupt.flag())?;
        let outcome = outcome(&done);
        summary = Some(done);
        Ok(outcome)
    })?;
    if let Some(summary) = summary.filter(|_| !counts_only && io::stderr().is_terminal()) {
        tell(&report::summary::overview(&summary));
    }
    Ok(status)
}

fn outcome(summary: &Summary) -> Outcome {
    match summary {
        _ if summary.interrupted => Outcome::Interrupted,
        _ if summary.is_complete() => Outcome::Complete,
        _ => Outcome::Incomplete,
    }
}

fn report_format(format: Format) -> report::Format {
    let id = match format {
        Format::Json => "json",
        Format::Ndjson => "ndjson",
        Format::Csv => "csv",
        Format::Summary => "summary",
    };
    report::format(id).expect("every form of the command line is in the table of forms")
}

fn roots(sources: &[SourceSpec]) -> Result<Vec<Root>, Failure> {
    let root = |source: &SourceSpec| match source {
        SourceSpec::Stdin => Ok(Root::stdin()),
        SourceSpec::Path(path) => Root::at(path).map_err(|error| Failure::usage(error.to_string())),
    };
    sources.iter().map(root).collect()
}

fn selection(options: &options::Selection) -> Result<Selection, Failure> {
    let patterns =
        |globs: &[globset::Glob]| globs.iter().map(|g| g.glob().to_owned()).collect::<Vec<_>>();
    let mut selection = Selection::new(&patterns(&options.include), &patterns(&options.exclude))
        .map_err(|error| Failure::usage(error.to_string()))?;
    selection.max_size = options.max_size;
    selection.one_file_system = options.one_file_system;
    selection.follow_links = options.follow_links;
    Ok(selection)
}

fn detection(
    options: &options::Detection,
    min_confidence: Confidence,
    counts_only: bool,
) -> detect::Options {
    detect::Options {
        categories: options.categories.clone(),
        min_confidence,
        reference: options.reference_date,
        detail: if counts_only { detect::Detail::Counts } else { detect::Detail::Full },
    }
}

fn showing(options: &options::Showing) -> Result<Showing, Failure> {
    let values = match options.values {
        options::Values::Masked => Values::Masked,
        options::Values::Token => Values::Token,
        options::Values::Plain => Values::Plain,
    };
    let key = session::key(options)?.map(|key| report::Key::new(key.bytes()));
    Ok(Showing { values, key, mask_paths: options.mask_paths })
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
