//! `subject`: one person's data, wherever it stands.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::convert::last_day_of_year;
use super::databases;
use super::exit::{ExitStatus, Failure};
use super::options::{SubjectFormat, SubjectOptions, Target, Values};
use super::output::OutputFile;
use super::policy_facts::PolicyFacts;
use super::session::{self, Session};
use super::terminal::{self, tell};
use super::{locking, scan as scanning, sources};
use crate::model::{Category, Confidence};
use crate::report::{self, Detail, Key, Showing, Summary};
use crate::scan::{self, Plan, WorkPlan};
use crate::subject::case::{Case, CaseKey, Made, NotFollowed, SearchOptions};
use crate::subject::deadline::Deadline;
use crate::subject::follow::{self, ROUNDS};
use crate::subject::gather::Gathering;
use crate::subject::{Identifier, Origin, Person, identifier, listing, pack};

/// Searches for a person.
pub(super) fn subject(options: &SubjectOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    let shown = scanning::showing(&options.showing)?;
    let key = SearchKey::of(options, &shown)?;
    let seal = locking::seal(&options.lock)?;
    let facts = PolicyFacts::load(options.policy.as_deref(), options.language)?;
    if let Some(folder) = &options.pack {
        check_folder(folder)?;
    }
    plan(options, &options.identifiers, &key.key)?;
    scan::quiet_faults();
    let mut failure = None;
    let status = session::run(&options.output, options.running.progress, |session| {
        let found = search(options, &key.key, session)?;
        write(options, &found, &shown, session)?;
        let outcome = scanning::outcome(&found.summary);
        if !found.summary.interrupted {
            failure = keep(options, &found, &key, &seal, &facts).err();
        }
        Ok(outcome)
    })?;
    failure.map_or(Ok(status), Err)
}

/// What a search brought.
struct Found {
    gathered: Gathering,
    summary: Summary,
    identifiers: Vec<Identifier>,
    not_followed: Vec<NotFollowed>,
}

/// The key of the tokens: the user's, or one for this case.
struct SearchKey {
    key: Key,
    kept: CaseKey,
}

impl SearchKey {
    fn of(options: &SubjectOptions, shown: &Showing) -> Result<SearchKey, Failure> {
        let own = match &shown.key {
            Some(key) => Some(key.clone()),
            None => {
                let asked =
                    super::options::Showing { values: Values::Token, ..options.showing.clone() };
                session::key(&asked)?.map(|key| Key::new(key.bytes()))
            }
        };
        match own {
            Some(key) => Ok(SearchKey { kept: CaseKey { id: key.id(), secret: None }, key }),
            None => SearchKey::made(),
        }
    }

    fn made() -> Result<SearchKey, Failure> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| {
            Failure::usage(format!("the system gives no random bytes: {error}"))
        })?;
        let key = Key::new(&bytes);
        let secret = Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        Ok(SearchKey { kept: CaseKey { id: key.id(), secret }, key })
    }
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
    let sources = scanning::roots(&options.sources)?;
    let databases = databases::prepare(&sources, &options.databases)?;
    let mut selection = scanning::selection(&options.selection)?;
    selection.databases = databases.clone();
    Ok(Plan {
        sources,
        selection,
        work: WorkPlan {
            detection,
            showing,
            rules: Arc::clone(&options.detection.rules),
            detail: Detail::Full,
            jobs: options.running.jobs.get(),
            timeout: options.running.timeout,
            budget: crate::model::Budget::default(),
            state: None,
            databases,
            search: Some(Arc::new(Person::new(identifiers.to_vec()))),
        },
    })
}

/// Searches, and again for what stood with the person, until nothing new comes.
fn search(options: &SubjectOptions, key: &Key, session: &Session) -> io::Result<Found> {
    let mut found = search_once(options, options.identifiers.clone(), Vec::new(), key, session)?;
    for _ in 0..ROUNDS {
        if !options.follow || found.summary.interrupted {
            return Ok(found);
        }
        let shared = follow::shared(&found.gathered.get(), &found.identifiers);
        let more = follow::further(
            &found.gathered.get(),
            &found.identifiers,
            &[found.not_followed.clone(), shared.clone()].concat(),
        );
        let mut refused = found.not_followed.clone();
        refused.extend(more.refused);
        if shared.is_empty() && more.identifiers.is_empty() {
            found.not_followed = refused;
            return Ok(found);
        }
        let dropped = |i: &Identifier| shared.iter().any(|s| i.values.contains(&s.value));
        let mut identifiers: Vec<Identifier> =
            found.identifiers.into_iter().filter(|i| !dropped(i)).collect();
        identifiers.extend(more.identifiers);
        refused.extend(shared);
        found = search_once(options, identifiers, refused, key, session)?;
    }
    // What the last round brought in may turn out to be shared as well.
    let shared = follow::shared(&found.gathered.get(), &found.identifiers);
    if !shared.is_empty() && !found.summary.interrupted {
        let dropped = |i: &Identifier| shared.iter().any(|s| i.values.contains(&s.value));
        let identifiers = found.identifiers.into_iter().filter(|i| !dropped(i)).collect();
        let refused = [found.not_followed, shared].concat();
        return search_once(options, identifiers, refused, key, session);
    }
    Ok(found)
}

fn search_once(
    options: &SubjectOptions,
    identifiers: Vec<Identifier>,
    not_followed: Vec<NotFollowed>,
    key: &Key,
    session: &Session,
) -> io::Result<Found> {
    let plan = plan(options, &identifiers, key).map_err(|f| io::Error::other(f.message))?;
    let gathered = Gathering::new()?;
    let report = Box::new(gathered.clone());
    let summary = scan::run(plan, report, &session.progress, &session.interrupt.flag())?;
    Ok(Found { gathered, summary, identifiers, not_followed })
}

fn write(
    options: &SubjectOptions,
    found: &Found,
    shown: &Showing,
    session: &Session,
) -> io::Result<()> {
    let mut output: report::Output = Box::new(session.output.clone());
    match options.format {
        SubjectFormat::Inventory(format) => {
            let mut report = (scanning::report_format(format).make)(output);
            found.gathered.get().write(report.as_mut(), &found.summary, shown)
        }
        SubjectFormat::Html => {
            let page = listing::page(
                &found.gathered.get(),
                &found.summary,
                options.language,
                shown.values == Values::Plain,
            );
            output.write_all(page.as_bytes())?;
            output.flush()
        }
    }
}

/// Writes the case and the pack, and says what was followed.
fn keep(
    options: &SubjectOptions,
    found: &Found,
    key: &SearchKey,
    seal: &crate::subject::seal::Seal,
    facts: &PolicyFacts,
) -> Result<(), Failure> {
    tell_followed(found);
    let case = case(options, found, key)?;
    if let Some(path) = &options.case {
        let text = seal.lock(&case.to_text()).map_err(|e| Failure::not_written(e.to_string()))?;
        put(path, &text)?;
        tell(&format!(
            "the answer is due on {} ({} if extended)",
            case.deadline.answer_by, case.deadline.if_extended
        ));
    }
    if let Some(folder) = &options.pack {
        write_pack(folder, &pack::files(&case, facts, options.language))?;
        let shared = case.records.iter().filter(|record| record.shared).count();
        tell(&format!(
            "look through the pack before you hand it out: {shared} records hold others' data as \
             well, which was taken out; free text may name others in ways that no program sees"
        ));
    }
    Ok(())
}

/// How the search went beyond what was asked for. Values are not told: messages end in logs.
fn tell_followed(found: &Found) {
    for identifier in &found.identifiers {
        if let Origin::Followed { place, .. } = &identifier.origin {
            let place = terminal::path(Path::new(place));
            tell(&format!(
                "searched for one more {}, which stands in {place}",
                identifier.kind.id()
            ));
        }
    }
    let refused = found.not_followed.len();
    if refused > 0 {
        tell(&format!(
            "{refused} values that stand with the person were not searched for; the case says why"
        ));
    }
}

fn case(options: &SubjectOptions, found: &Found, key: &SearchKey) -> Result<Case, Failure> {
    let deadline = Deadline::of(&options.received)
        .ok_or_else(|| Failure::usage("--received is no day: write it as YYYY-MM-DD"))?;
    let globs = |globs: &[globset::Glob]| globs.iter().map(|g| g.glob().to_owned()).collect();
    let selection = &options.selection;
    Ok(Case::new(Made {
        gathered: &found.gathered.get(),
        summary: &found.summary,
        identifiers: found.identifiers.clone(),
        not_followed: found.not_followed.clone(),
        search: SearchOptions {
            include: globs(&selection.include),
            exclude: globs(&selection.exclude),
            max_size: selection.max_size,
            one_file_system: selection.one_file_system,
            follow_links: selection.follow_links,
            reference_date: options.detection.reference_date.to_string(),
        },
        key: key.kept.clone(),
        deadline,
        by: who(),
    }))
}

/// The user and the machine.
pub(super) fn who() -> String {
    let name = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}@{}", name.unwrap_or_else(|| "unknown".to_owned()), machine.trim())
}

/// Writes a file that only its owner can read, whole or not at all.
pub(super) fn put(path: &Path, text: &[u8]) -> Result<(), Failure> {
    use io::Write as _;
    let failed = |error: io::Error| {
        Failure::not_written(format!("{} cannot be written: {error}", terminal::path(path)))
    };
    let mut file = OutputFile::open(&Target::File(path.to_owned())).map_err(failed)?;
    if let Err(error) = file.write_all(text) {
        file.discard();
        return Err(failed(error));
    }
    file.commit().map_err(|_| failed(io::Error::other("it could not be put in place")))
}

/// A pack goes into a folder of its own.
fn check_folder(folder: &Path) -> Result<(), Failure> {
    let name = terminal::path(folder);
    match std::fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(false) => {
            Err(Failure::usage(format!("{name} is not empty: name a new folder for the pack")))
        }
        Err(error) => Err(Failure::usage(format!("the pack cannot be put in {name}: {error}"))),
    }
}

/// Writes the files beside the folder's place and puts them in place together.
fn write_pack(folder: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        Failure::not_written(format!(
            "the pack cannot be put in {}: {error}",
            terminal::path(folder)
        ))
    };
    let parent = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Such a folder is its owner's only.
    let made =
        tempfile::Builder::new().prefix(".sparhund-pack-").tempdir_in(parent).map_err(failed)?;
    for (name, text) in files {
        put(&made.path().join(name), text)?;
    }
    if folder.is_dir() {
        std::fs::remove_dir(folder).map_err(failed)?;
    }
    let made = made.keep();
    std::fs::rename(&made, folder).map_err(|error| {
        let _ = std::fs::remove_dir_all(&made);
        failed(error)
    })
}

/// Masks what is personal in a path.
pub(super) fn masked_path(path: &str) -> String {
    scan::path_for_logs(Path::new(path), last_day_of_year())
}
