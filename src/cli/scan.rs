//! The commands that read: what is asked before anything is opened, and where the scan is called.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use super::exit::{ExitStatus, Failure};
use super::options::{self, Format, ScanOptions, SourceSpec};
use super::session::{self, Outcome, Session};
use super::sources;
use super::terminal::{self, harmless, tell};
use crate::detect;
use crate::model::Confidence;
use crate::report::sarif::Sarif;
use crate::report::{self, Detail, Report, Showing, Summary};
use crate::rules::own::UserRules;
use crate::scan::{self, Plan, WorkPlan};
use crate::source::{Root, Selection};
use crate::validate::date::Date;

/// Scans sources and writes the inventory.
pub(super) fn scan(options: &ScanOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    let format = report_format(options.format);
    let plan = Plan {
        sources: roots(&options.sources)?,
        selection: selection(&options.selection)?,
        work: WorkPlan {
            detection: detection(&options.detection, options.min_confidence, format.detail),
            showing: showing(&options.showing)?,
            rules: Arc::clone(&options.detection.rules),
            detail: format.detail,
            jobs: options.running.jobs.get(),
            timeout: options.running.timeout,
            budget: crate::model::Budget::default(),
        },
    };
    scan::quiet_faults();
    let (reference, rules) =
        (options.detection.reference_date, Arc::clone(&options.detection.rules));
    let mut summary = None;
    let status = session::run(&options.output, options.running.progress, |session| {
        let report = report_of(options.format, session, reference, &rules);
        let done = scan::run(plan, report, &session.progress, &session.interrupt.flag())?;
        let outcome = outcome(&done);
        summary = Some(done);
        Ok(outcome)
    })?;
    if let Some(summary) =
        summary.filter(|_| options.format != Format::Summary && io::stderr().is_terminal())
    {
        tell(&report::summary::overview(&summary));
    }
    Ok(status)
}

pub(super) fn outcome(summary: &Summary) -> Outcome {
    match summary {
        _ if summary.interrupted => Outcome::Interrupted,
        _ if summary.is_complete() => Outcome::Complete,
        _ => Outcome::Incomplete,
    }
}

pub(super) fn report_format(format: Format) -> report::Format {
    let id = match format {
        Format::Json => "json",
        Format::Ndjson => "ndjson",
        // Made by `report_of`; it needs what all others need.
        Format::Csv | Format::Sarif => "csv",
        Format::Summary => "summary",
    };
    report::format(id).expect("every form of the command line is in the table of forms")
}

/// What makes a form of an inventory. SARIF is read as logs are, so that paths are masked in it.
pub(super) fn report_of(
    format: Format,
    session: &Session,
    reference: Date,
    rules: &Arc<UserRules>,
) -> Box<dyn Report> {
    let out = Box::new(session.output.clone());
    if format != Format::Sarif {
        return (report_format(format).make)(out);
    }
    let mut paths = scan::LogPaths::new(reference, rules);
    Box::new(Sarif::new(out, Box::new(move |path| harmless(&paths.shown(path.as_bytes())))))
}

pub(super) fn roots(sources: &[SourceSpec]) -> Result<Vec<Root>, Failure> {
    let root = |source: &SourceSpec| match source {
        SourceSpec::Stdin => Ok(Root::stdin()),
        SourceSpec::Path(path) => Root::at(path).map_err(|error| {
            Failure::usage(format!("cannot scan {}: {error}", terminal::path(path)))
        }),
    };
    sources.iter().map(root).collect()
}

pub(super) fn selection(options: &options::Selection) -> Result<Selection, Failure> {
    let patterns =
        |globs: &[globset::Glob]| globs.iter().map(|g| g.glob().to_owned()).collect::<Vec<_>>();
    let mut selection = Selection::new(&patterns(&options.include), &patterns(&options.exclude))
        .map_err(|error| Failure::usage(error.to_string()))?;
    selection.max_size = options.max_size;
    selection.one_file_system = options.one_file_system;
    selection.follow_links = options.follow_links;
    Ok(selection)
}

pub(super) fn detection(
    options: &options::Detection,
    min_confidence: Confidence,
    detail: Detail,
) -> detect::Options {
    detect::Options {
        categories: options.categories.clone(),
        min_confidence,
        reference: options.reference_date,
        detail: match detail {
            Detail::Counts => detect::Detail::Counts,
            Detail::Full => detect::Detail::Full,
        },
    }
}

pub(super) fn showing(options: &options::Showing) -> Result<Showing, Failure> {
    let key = session::key(options)?.map(|key| report::Key::new(key.bytes()));
    Ok(Showing { values: options.values, key, mask_paths: options.mask_paths })
}
