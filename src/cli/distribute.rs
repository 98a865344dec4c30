//! `units`, `work` and `merge`: a scan in three steps, for engines that run the middle one on many
//! machines.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use super::exit::{ExitStatus, Failure};
use super::options::{MergeOptions, SourceSpec, UnitsOptions, When, WorkOptions};
use super::scan::{detection, outcome, report_format, roots, selection, showing};
use super::session::{self, Outcome};
use super::sources;
use super::terminal::{harmless, tell};
use crate::model::Confidence;
use crate::report::{self, Detail};
use crate::rules;
use crate::scan::merge::{Merge, MergeError};
use crate::scan::{self, WorkPlan};
use crate::validate::date::Date;

/// Paths of missing units that are told one by one.
const TOLD: usize = 20;

/// Lists the units of work.
pub(super) fn units(options: &UnitsOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    let roots = roots(&options.sources)?;
    let selection = selection(&options.selection)?;
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
        detection: detection(&options.detection, Confidence::Low, Detail::Full),
        showing: showing(&options.showing)?,
        rules: rules::digest(),
        detail: Detail::Full,
        jobs: options.running.jobs.get(),
        timeout: options.running.timeout,
        budget: crate::model::Budget::default(),
    };
    scan::quiet_faults();
    session::run(&options.output, options.running.progress, |session| {
        let report = Box::new(report::ndjson::Ndjson::new(Box::new(session.output.clone())));
        let units = Box::new(BufReader::new(io::stdin()));
        let stop = session.interrupt.flag();
        let worked = scan::work(plan, units, report, &session.progress, &stop)?;
        for (line, what) in &worked.wrong {
            tell(&format!("line {line} of the units cannot be worked on: {}", harmless(what)));
        }
        Ok(match outcome(&worked.summary) {
            Outcome::Complete if !worked.wrong.is_empty() => Outcome::Incomplete,
            outcome => outcome,
        })
    })
}

/// Folds streams of reports into one inventory.
pub(super) fn merge(options: &MergeOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.streams)?;
    let merge = read_streams(options).map_err(|error| Failure::usage(error.to_string()))?;
    tell_missing(merge.missing(), merge.reference());
    let is_missing = !merge.missing().is_empty();
    let format = report_format(options.format);
    session::run(&options.output, When::Never, |session| {
        let mut report = (format.make)(Box::new(session.output.clone()));
        let done = merge.write(options.min_confidence, report.as_mut()).map_err(as_io)?;
        let is_whole = done.is_complete() && !is_missing;
        Ok(if is_whole { Outcome::Complete } else { Outcome::Incomplete })
    })
}

fn read_streams(options: &MergeOptions) -> Result<Merge, MergeError> {
    let mut merge = Merge::new()?;
    for stream in &options.streams {
        merge.add(open(stream)?.as_mut())?;
    }
    if let Some(units) = &options.units {
        merge.expect(open(&SourceSpec::Path(units.clone()))?.as_mut())?;
    }
    merge.check()?;
    Ok(merge)
}

fn open(source: &SourceSpec) -> io::Result<Box<dyn BufRead>> {
    Ok(match source {
        SourceSpec::Stdin => Box::new(BufReader::new(io::stdin())),
        SourceSpec::Path(path) => Box::new(BufReader::with_capacity(64 * 1024, File::open(path)?)),
    })
}

/// Names what is missing; nothing personal in its path is told.
fn tell_missing(missing: &[String], reference: Option<Date>) {
    for path in missing.iter().take(TOLD) {
        let shown = match reference {
            Some(date) => scan::path_for_logs(path, date),
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
