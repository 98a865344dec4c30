//! `erasure`: what is to be erased, and whether it was.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::databases;
use super::exit::{ExitStatus, Failure};
use super::options::{
    Databases, ErasurePlanOptions, ErasureVerifyOptions, SourceSpec, Target, Values,
};
use super::policy_facts::PolicyFacts;
use super::session::{self, Outcome, Session};
use super::subject::{masked_path, put, who};
use super::terminal::{self, tell};
use super::{convert, locking, scan as scanning};
use crate::detect;
use crate::erasure::verify::{self, Made, Now, Status, Verified};
use crate::erasure::{plan, sql, worklist};
use crate::model::{Category, Confidence};
use crate::report::{Detail, Key, Showing, Summary, header};
use crate::scan::{self, WorkPlan};
use crate::source::Selection;
use crate::subject::case::{Case, CaseKey};
use crate::subject::gather::Gathering;
use crate::subject::{Person, identifier};

/// Makes a plan of a case, with what those need who carry it out.
pub(super) fn plan(options: &ErasurePlanOptions) -> Result<ExitStatus, Failure> {
    let seal = locking::seal(&options.lock)?;
    let name = terminal::path(&options.case);
    let text = locking::read(&options.case, &options.lock)?;
    let case = Case::parse(&text)
        .map_err(|error| Failure::usage(format!("{name} is no case: {error}")))?;
    check_key(&case.key, options.key_file.as_deref(), &name)?;
    let policy = PolicyFacts::load(options.policy.as_deref(), options.language)?;
    let plan = plan::plan(&case, &policy, header::now(), who());
    let text = seal.lock(&plan.to_text()).map_err(|e| Failure::not_written(e.to_string()))?;
    match &options.output {
        Target::Stdout => io::stdout().write_all(&text).map_err(|error| {
            Failure::not_written(format!("the plan cannot be written: {error}"))
        })?,
        Target::File(path) => {
            write_beside(path, &plan, options)?;
            put(path, &text)?;
        }
    }
    let waiting = plan.operations.iter().filter(|o| !o.against.is_empty()).count();
    tell(&format!(
        "{} operations, {waiting} of them with something that speaks against it",
        plan.operations.len()
    ));
    Ok(if plan.unread.is_empty() { ExitStatus::Done } else { ExitStatus::Incomplete })
}

/// The scripts and lists, beside the plan and named after it.
fn write_beside(
    path: &Path,
    plan: &plan::Plan,
    options: &ErasurePlanOptions,
) -> Result<(), Failure> {
    let mut made: Vec<(PathBuf, String)> = Vec::new();
    let beside = |ending: &str| path.with_extension(ending);
    for (n, source) in plan.sources.iter().enumerate() {
        let script =
            sql::Dialect::of(source).and_then(|dialect| sql::script(plan, source, dialect));
        made.extend(script.map(|script| (beside(&format!("{}.sql", n + 1)), script)));
    }
    made.push((beside("worklist.csv"), worklist::csv(plan, options.language)));
    made.push((beside("worklist.html"), worklist::html(plan, options.language)));
    for (path, text) in &made {
        put(path, text.as_bytes())?;
        tell(&format!("wrote {}", terminal::path(path)));
    }
    Ok(())
}

/// A key that is named must be the one the case was made with.
fn check_key(kept: &CaseKey, file: Option<&Path>, name: &str) -> Result<(), Failure> {
    // A case with a key of its own needs no other.
    let Some(path) = file.filter(|_| kept.secret.is_none()) else { return Ok(()) };
    match super::key::read(path)?.key.id() == kept.id {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "{name} was made with the key {}, and {} is another",
            kept.id,
            terminal::path(path)
        ))),
    }
}

/// The key that a plan's tokens were made with.
fn key_of(kept: &CaseKey, file: Option<&Path>, name: &str) -> Result<Key, Failure> {
    check_key(kept, file, name)?;
    if let Some(bytes) = kept.secret.as_deref().and_then(bytes) {
        return Ok(Key::new(&bytes));
    }
    let Some(path) = file else {
        return Err(Failure::usage(format!(
            "{name} was made with the key {}: name its file with --key-file",
            kept.id
        )));
    };
    Ok(Key::new(super::key::read(path)?.key.bytes()))
}

fn bytes(digits: &str) -> Option<[u8; 32]> {
    let pairs = digits.as_bytes().chunks_exact(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect::<Option<Vec<u8>>>()?.try_into().ok()
}

/// Looks whether a plan was carried out.
pub(super) fn verify(options: &ErasureVerifyOptions) -> Result<ExitStatus, Failure> {
    let name = terminal::path(&options.plan);
    let text = locking::read(&options.plan, &options.lock)?;
    let plan = plan::Plan::parse(&text)
        .map_err(|error| Failure::usage(format!("{name} is no plan: {error}")))?;
    let key = key_of(&plan.key, options.key_file.as_deref(), &name)?;
    let (sources, gone) = sources(&plan)?;
    for id in &gone {
        tell(&format!("the source {} is gone", masked_path(id)));
    }
    search_plan(&plan, &sources, &key, options)?;
    scan::quiet_faults();
    let mut ended = None;
    let status = session::run(&options.output, options.running.progress, |session| {
        let (gathering, summary) = search(&plan, &sources, &key, options, session)?;
        let gathered = gathering.get();
        let now = Now { gathered: &gathered, gone: gone.clone(), complete: summary.is_complete() };
        let verified = verify::verify(&plan, &now);
        let digest = blake3::keyed_hash(
            &blake3::derive_key("sparhund 2026 digest of a plan", key.id().as_bytes()),
            &text,
        );
        let made = Made {
            when: &summary.finished,
            by: &who(),
            digest: &digest.to_hex(),
            mask: &masked_path,
        };
        let receipt = verify::receipt(&plan, &verified, &now, &made);
        serde_json::to_writer_pretty(&mut session.output, &receipt)?;
        session.output.write_all(b"\n")?;
        let outcome = outcome(&verified, &summary);
        ended = Some(verified);
        Ok(outcome)
    })?;
    ended.iter().for_each(tell_verified);
    Ok(status)
}

fn outcome(verified: &Verified, summary: &Summary) -> Outcome {
    match () {
        () if summary.interrupted => Outcome::Interrupted,
        () if verified.is_left() => Outcome::Failed,
        () if !verified.complete => Outcome::Incomplete,
        () => Outcome::Complete,
    }
}

fn tell_verified(verified: &Verified) {
    tell(&format!(
        "done {}, still there {}, changed since {}, unreachable {}; elsewhere {}",
        verified.count(Status::Done),
        verified.count(Status::StillThere),
        verified.count(Status::ChangedSince),
        verified.count(Status::Unreachable),
        verified.elsewhere.len(),
    ));
}

/// The sources of a plan that are there, and the ids of those that are gone.
fn sources(plan: &plan::Plan) -> Result<(Vec<SourceSpec>, BTreeSet<String>), Failure> {
    let (mut there, mut gone) = (Vec::new(), BTreeSet::new());
    for source in &plan.sources {
        let id = source["id"].as_str().unwrap_or_default().to_owned();
        if id == "-" {
            gone.insert(id);
            continue;
        }
        let root = root_of(source);
        let spec = convert::sources(vec![root])?;
        match super::sources::check(&spec) {
            Ok(()) => there.extend(spec),
            Err(_) => {
                gone.insert(id);
            }
        }
    }
    Ok((there, gone))
}

/// A source as it was named.
fn root_of(source: &Value) -> PathBuf {
    use base64::Engine as _;
    use std::os::unix::ffi::OsStringExt as _;
    let exact = source["root_bytes"].as_str();
    let exact = exact.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    match exact {
        Some(bytes) => PathBuf::from(std::ffi::OsString::from_vec(bytes)),
        None => PathBuf::from(source["id"].as_str().unwrap_or_default()),
    }
}

fn search_plan(
    plan: &plan::Plan,
    sources: &[SourceSpec],
    key: &Key,
    options: &ErasureVerifyOptions,
) -> Result<scan::Plan, Failure> {
    let search = &plan.search;
    let mut selection = Selection::new(&search.include, &search.exclude)
        .map_err(|error| Failure::usage(error.to_string()))?;
    selection.max_size = search.max_size;
    selection.one_file_system = search.one_file_system;
    selection.follow_links = search.follow_links;
    let mut categories = options.detection.categories.clone();
    let own = plan.operations.iter().flat_map(|o| &o.expected).filter_map(|e| {
        crate::model::Category::from_id(&e.category)
            .is_none()
            .then(|| crate::model::Own::named(&e.category))
            .flatten()
    });
    categories.extend(own.map(Category::Own));
    categories.push(identifier::customer_number());
    categories.dedup();
    let sources = scanning::roots(sources)?;
    let databases = databases::prepare(&sources, &Databases::default())?;
    selection.databases = databases.clone();
    Ok(scan::Plan {
        sources,
        selection,
        work: WorkPlan {
            detection: detect::Options {
                categories,
                min_confidence: Confidence::Low,
                reference: search
                    .reference_date
                    .parse()
                    .unwrap_or(options.detection.reference_date),
                detail: detect::Detail::Full,
            },
            showing: Showing { values: Values::Plain, key: Some(key.clone()), mask_paths: false },
            rules: Arc::clone(&options.detection.rules),
            detail: Detail::Full,
            jobs: options.running.jobs.get(),
            timeout: options.running.timeout,
            budget: crate::model::Budget::default(),
            state: None,
            databases,
            search: Some(Arc::new(Person::new(plan.wanted()))),
        },
    })
}

fn search(
    plan: &plan::Plan,
    sources: &[SourceSpec],
    key: &Key,
    options: &ErasureVerifyOptions,
    session: &Session,
) -> io::Result<(Gathering, Summary)> {
    let plan = search_plan(plan, sources, key, options).map_err(|f| io::Error::other(f.message))?;
    let gathering = Gathering::new()?;
    let report = Box::new(gathering.clone());
    let summary = scan::run(plan, report, &session.progress, &session.interrupt.flag())?;
    Ok((gathering, summary))
}
