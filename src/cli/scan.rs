//! The commands that read: what is asked before anything is opened, and where the scan is called.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::databases;
use super::exit::{ExitStatus, Failure};
use super::options::{self, Format, PageOptions, ScanOptions, SourceSpec};
use super::session::{self, Outcome, Session};
use super::sources;
use super::terminal::{self, harmless, tell};
use crate::data_map::scan_page::{Before, ScanPage};
use crate::detect;
use crate::model::{Confidence, Language};
use crate::report::sarif::Sarif;
use crate::report::{self, Detail, Report, Showing, Summary};
use crate::rules::own::UserRules;
use crate::scan::{self, Plan, State, WorkPlan};
use crate::source::{Root, Selection};
use crate::validate::date::Date;

/// Scans sources and writes the inventory.
pub(super) fn scan(options: &ScanOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    let format = report_format(options.format);
    // What is remembered are whole reports, also where only their sums are asked for.
    let detail = if options.state.is_some() { Detail::Full } else { format.detail };
    let sources = roots(&options.sources)?;
    let databases = databases::prepare(&sources, &options.databases)?;
    let mut selection = selection(&options.selection)?;
    selection.databases = databases.clone();
    let mut plan = Plan {
        sources,
        selection,
        work: WorkPlan {
            detection: detection(&options.detection, options.min_confidence, detail),
            showing: showing(&options.showing)?,
            rules: Arc::clone(&options.detection.rules),
            detail,
            state: None,
            jobs: options.running.jobs.get(),
            timeout: options.running.timeout,
            budget: options.budget,
            databases,
            search: None,
        },
    };
    if let Some(dir) = &options.state {
        plan.work.state = Some(open_state(dir, options, &plan.work)?);
    }
    let state = plan.work.state.clone();
    let page = page(options.format, &options.page)?;
    scan::quiet_faults();
    let (reference, rules) =
        (options.detection.reference_date, Arc::clone(&options.detection.rules));
    let (mut summary, mut unchanged) = (None, 0);
    let status = session::run(&options.output, options.running.progress, |session| {
        let report = report_of(options.format, page, session, (reference, &rules));
        let done = scan::run(plan, report, &session.progress, &session.interrupt.flag())?;
        let outcome = outcome(&done);
        unchanged = session.progress.unchanged.load(Ordering::Relaxed);
        summary = Some(done);
        Ok(outcome)
    })?;
    if let Some(error) = state.and_then(|state| state.trouble()) {
        tell(&format!("the state cannot be kept, the next scan reads all again: {error}"));
    }
    if let Some(summary) =
        summary.filter(|_| options.format != Format::Summary && io::stderr().is_terminal())
    {
        tell(&report::summary::overview(&summary));
        if options.state.is_some() {
            tell(&format!("unchanged since the last scan and not read again: {unchanged}"));
        }
    }
    Ok(status)
}

/// What earlier scans know.
fn open_state(dir: &Path, options: &ScanOptions, plan: &WorkPlan) -> Result<Arc<State>, Failure> {
    if options.showing.values == options::Values::Plain {
        return Err(Failure::usage(
            "--state cannot be used with --values plain: a state holds no plain values",
        ));
    }
    if options.sources.iter().any(|source| holds(source, dir)) {
        return Err(Failure::usage(format!(
            "the state in {} would lie in what is scanned, where nothing is written: name another \
             folder",
            terminal::path(dir)
        )));
    }
    let (state, notice) = State::open(dir, plan).map_err(|error| {
        Failure::usage(format!("the state in {} cannot be used: {error}", terminal::path(dir)))
    })?;
    if let Some(notice) = notice {
        tell(&notice);
    }
    Ok(Arc::new(state))
}

/// Does a folder lie, or would it lie, in a source?
fn holds(source: &SourceSpec, folder: &Path) -> bool {
    let SourceSpec::Path(source) = source else { return false };
    let Ok(source) = std::fs::canonicalize(source) else { return false };
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let there = folder.ancestors().find_map(|folder| std::fs::canonicalize(folder).ok());
    there.is_some_and(|there| there.starts_with(source))
}

pub(super) fn outcome(summary: &Summary) -> Outcome {
    match summary {
        _ if summary.interrupted => Outcome::Interrupted,
        _ if summary.is_complete() => Outcome::Complete,
        _ => Outcome::Incomplete,
    }
}

/// What a page needs to be begun: its language and the inventory before, read before anything is
/// scanned.
pub(super) fn page(
    format: Format,
    options: &PageOptions,
) -> Result<Option<(Language, Option<Before>)>, Failure> {
    if format != Format::Html {
        return Ok(None);
    }
    let before = options.previous.as_deref().map(super::data_map::before).transpose()?;
    Ok(Some((options.language, before)))
}

/// The form of the result, to be written to `out`.
fn make_report(
    format: report::Format,
    page: Option<(Language, Option<Before>)>,
    out: report::Output,
) -> Box<dyn report::Report> {
    match page {
        Some((language, before)) => Box::new(ScanPage::new(out, language, before)),
        None => (format.make)(out),
    }
}

pub(super) fn report_format(format: Format) -> report::Format {
    let id = match format {
        // A page stands above the other forms: it reads what they write.
        Format::Html => {
            return report::Format {
                id: "html",
                detail: Detail::Full,
                make: |out| Box::new(ScanPage::new(out, Language::default(), None)),
            };
        }
        Format::Json => "json",
        Format::Ndjson => "ndjson",
        // Made by `report_of`; it needs what all others need.
        Format::Csv | Format::Sarif => "csv",
        Format::Summary => "summary",
    };
    report::format(id).expect("every form of the command line is in the table of forms")
}

/// What makes a form of an inventory. SARIF is read as logs are, so that paths are masked in it, by
/// the day and the rules that are given.
pub(super) fn report_of(
    format: Format,
    page: Option<(Language, Option<Before>)>,
    session: &Session,
    (reference, rules): (Date, &Arc<UserRules>),
) -> Box<dyn Report> {
    let out = Box::new(session.output.clone());
    if format != Format::Sarif {
        return make_report(report_format(format), page, out);
    }
    let mut paths = scan::LogPaths::new(reference, rules);
    Box::new(Sarif::new(out, Box::new(move |path| harmless(&paths.shown(path.as_bytes())))))
}

pub(super) fn roots(sources: &[SourceSpec]) -> Result<Vec<Root>, Failure> {
    let root = |source: &SourceSpec| match source {
        SourceSpec::Stdin => Ok(Root::stdin()),
        SourceSpec::Database(kind, url) => Ok(Root::new(*kind, url.as_ref())),
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
