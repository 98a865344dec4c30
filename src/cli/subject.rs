//! `subject`: one person's data, wherever it stands.

use std::io;
use std::sync::Arc;

use super::exit::{ExitStatus, Failure};
use super::options::{SubjectFormat, SubjectOptions, Values};
use super::session::{self, Session};
use super::{scan as scanning, sources};
use crate::model::{Category, Confidence};
use crate::report::{self, Detail, Key, Showing, Summary};
use crate::scan::{self, Plan, WorkPlan};
use crate::subject::gather::Gathering;
use crate::subject::{Identifier, Person, identifier};

/// Searches for a person.
pub(super) fn subject(options: &SubjectOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    let shown = scanning::showing(&options.showing)?;
    let key = search_key(options, &shown)?;
    plan(options, &options.identifiers, &key)?;
    scan::quiet_faults();
    session::run(&options.output, options.running.progress, |session| {
        let found = search(options, &key, session)?;
        write(options, &found, &shown, session)?;
        Ok(scanning::outcome(&found.summary))
    })
}

/// What a search brought.
struct Found {
    gathered: Gathering,
    summary: Summary,
}

/// The key of the tokens: the user's, or one for this case.
fn search_key(options: &SubjectOptions, shown: &Showing) -> Result<Key, Failure> {
    if let Some(key) = &shown.key {
        return Ok(key.clone());
    }
    let asked = super::options::Showing { values: Values::Token, ..options.showing.clone() };
    if let Some(key) = session::key(&asked)? {
        return Ok(Key::new(key.bytes()));
    }
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::usage(format!("the system gives no random bytes: {error}")))?;
    Ok(Key::new(&bytes))
}

/// The scan that is the search.
fn plan(options: &SubjectOptions, identifiers: &[Identifier], key: &Key) -> Result<Plan, Failure> {
    let mut detection = scanning::detection(&options.detection, Confidence::Low, Detail::Full);
    if let Category::Own(own) = identifier::customer_number() {
        detection.categories.push(Category::Own(own));
    }
    let showing = Showing {
        values: Values::Plain,
        key: Some(key.clone()),
        mask_paths: options.showing.mask_paths,
    };
    Ok(Plan {
        sources: scanning::roots(&options.sources)?,
        selection: scanning::selection(&options.selection)?,
        work: WorkPlan {
            detection,
            showing,
            rules: Arc::clone(&options.detection.rules),
            detail: Detail::Full,
            jobs: options.running.jobs.get(),
            timeout: options.running.timeout,
            budget: crate::model::Budget::default(),
            search: Some(Arc::new(Person::new(identifiers.to_vec()))),
        },
    })
}

fn search(options: &SubjectOptions, key: &Key, session: &Session) -> io::Result<Found> {
    let plan = plan(options, &options.identifiers, key).map_err(|f| io::Error::other(f.message))?;
    let gathered = Gathering::new()?;
    let report = Box::new(gathered.clone());
    let summary = scan::run(plan, report, &session.progress, &session.interrupt.flag())?;
    Ok(Found { gathered, summary })
}

fn write(
    options: &SubjectOptions,
    found: &Found,
    shown: &Showing,
    session: &Session,
) -> io::Result<()> {
    let output: report::Output = Box::new(session.output.clone());
    match options.format {
        SubjectFormat::Inventory(format) => {
            let mut report = (scanning::report_format(format).make)(output);
            found.gathered.get().write(report.as_mut(), &found.summary, shown)
        }
        SubjectFormat::Html => Ok(()),
    }
}
