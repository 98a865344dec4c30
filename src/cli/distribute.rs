//! `units`, `work` and `merge`: a scan in three steps, for engines that run the middle one on many
//! machines.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use super::convert::last_day_of_year;
use super::databases;
use super::exit::{ExitStatus, Failure};
use super::options::{MergeOptions, SourceSpec, UnitsOptions, When, WorkOptions};
use super::scan::{detection, outcome, page, report_of, roots, selection, showing};
use super::session::{self, Outcome};
use super::sources;
use super::terminal::{self, harmless, tell};
use crate::model::Confidence;
use crate::report::{self, Detail};
use crate::scan::merge::{Merge, MergeError};
use crate::scan::{self, WorkPlan};
use crate::source::stdin::Stdin;
use crate::validate::date::Date;

/// Paths of missing units that are told one by one.
const TOLD: usize = 20;

/// Lists the units of work.
pub(super) fn units(options: &UnitsOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    let roots = roots(&options.sources)?;
    let mut selection = selection(&options.selection)?;
    selection.databases = databases::prepare(&roots, &options.databases)?;
    session::run(&options.output, When::Never, |session| {
        let stop = session.interrupt.flag();
        let timeout = scan::LISTING_TIMEOUT;
        let all = scan::list_units(roots, selection, timeout, &mut session.output, &stop)?;
        Ok(if all { Outcome::Complete } else { Outcome::Interrupted })
    })
}

/// Scans units read from standard input. Findings of all grades are kept: `merge` leaves out what is
/// not asked for.
pub(super) fn work(options: &WorkOptions) -> Result<ExitStatus, Failure> {
    let plan = WorkPlan {
        state: None,
        detection: detection(&options.detection, Confidence::Low, Detail::Full),
        showing: showing(&options.showing)?,
        rules: Arc::clone(&options.detection.rules),
        detail: Detail::Full,
        jobs: options.running.jobs.get(),
        timeout: options.running.timeout,
        budget: options.budget,
        databases: databases::settings(&options.databases)?,
        search: None,
    };
    scan::quiet_faults();
    session::run(&options.output, options.running.progress, |session| {
        let report = Box::new(report::ndjson::Ndjson::new(Box::new(session.output.clone())));
        let stop = session.interrupt.flag();
        let units = Box::new(BufReader::new(Stdin::new(Arc::clone(&stop))));
        let summary = scan::work(plan, units, report, &session.progress, &stop)?;
        summary.reasons.iter().for_each(|reason| tell(&harmless(reason)));
        Ok(outcome(&summary))
    })
}

/// Folds streams of reports into one inventory.
pub(super) fn merge(options: &MergeOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.streams)?;
    let merge = read_streams(options)?;
    tell_missing(merge.missing(), merge.reference());
    let is_missing = !merge.missing().is_empty();
    let page = page(options.format, &options.page)?;
    let reference = merge.reference().unwrap_or_else(last_day_of_year);
    session::run(&options.output, When::Never, |session| {
        let mut report = report_of(options.format, page, session, (reference, &Arc::default()));
        let done = merge.write(options.min_confidence, report.as_mut()).map_err(as_io)?;
        let is_whole = done.is_complete() && !is_missing;
        Ok(if is_whole { Outcome::Complete } else { Outcome::Incomplete })
    })
}

fn read_streams(options: &MergeOptions) -> Result<Merge, Failure> {
    let mut merge = Merge::new().map_err(|error| unmerged(error.into()))?;
    for stream in &options.streams {
        merge.add(open(stream)?.as_mut()).map_err(|error| not_merged(stream, &error))?;
    }
    if let Some(units) = &options.units {
        let units = SourceSpec::Path(units.clone());
        merge.expect(open(&units)?.as_mut()).map_err(|error| not_merged(&units, &error))?;
    }
    merge.check().map_err(unmerged)?;
    Ok(merge)
}

fn open(source: &SourceSpec) -> Result<Box<dyn BufRead>, Failure> {
    Ok(match source {
        SourceSpec::Stdin => Box::new(BufReader::new(io::stdin())),
        SourceSpec::Database(..) => {
            return Err(Failure::usage("a database is no stream of reports: name files"));
        }
        SourceSpec::Path(path) => {
            let file = File::open(path).map_err(|error| not_merged(source, &error.into()))?;
            Box::new(BufReader::with_capacity(64 * 1024, file))
        }
    })
}

fn unmerged(error: MergeError) -> Failure {
    Failure::usage(error.to_string())
}

fn not_merged(source: &SourceSpec, error: &MergeError) -> Failure {
    let name = match source {
        SourceSpec::Stdin => "standard input".to_owned(),
        SourceSpec::Database(_, url) => harmless(url),
        SourceSpec::Path(path) => terminal::path(path),
    };
    Failure::usage(format!("{name}: {error}"))
}

/// Names what is missing; nothing personal in its path is told.
fn tell_missing(missing: &[String], reference: Option<Date>) {
    for path in missing.iter().take(TOLD) {
        let shown = match reference {
            Some(date) => scan::path_for_logs(Path::new(path), date),
            None => continue,
        };
        tell(&format!("no report of {:?}", harmless(&shown)));
    }
    if missing.len() > TOLD {
        tell(&format!("no reports of {} more units", missing.len() - TOLD));
    }
}

/// What can still go wrong once the streams are read is reading them back, or writing.
fn as_io(error: MergeError) -> io::Error {
    match error {
        MergeError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}
