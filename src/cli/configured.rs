//! What the configuration adds to a command line: it fills in what neither the command line nor the
//! environment says, and knows the names of sources.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::args::{self, Cli, Sub};
use super::convert::Surroundings;
use super::exit::Failure;
use super::options::Values;
use super::terminal;
use crate::config::{Config, Location, NAME, Password};

/// The configuration that goes with a command line, if there is one.
///
/// # Errors
/// When it was named and is not there, or is wrong: then all that is wrong is told.
pub(super) fn read(cli: &Cli) -> Result<Option<Arc<Config>>, Failure> {
    if matches!(cli.command, Sub::Completions(_) | Sub::Man(_) | Sub::Schema(_) | Sub::Key(_)) {
        return Ok(None);
    }
    let file = cli.config.clone().unwrap_or_else(|| PathBuf::from(NAME));
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if cli.config.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => {
            let name = terminal::path(&file);
            return Err(Failure::usage(format!(
                "the configuration {name} cannot be read: {error}"
            )));
        }
    };
    Config::parse(&file, &text).map(|config| Some(Arc::new(config))).map_err(|all| {
        let name = terminal::path(&file);
        let lines: Vec<String> =
            all.iter().map(|one| terminal::harmless(&format!("{name}:{one}"))).collect();
        Failure::usage(format!(
            "the configuration is wrong (nothing was scanned)\n{}",
            lines.join("\n")
        ))
    })
}

/// Fills in what the configuration says.
///
/// # Errors
/// When the configuration cannot do what the command line asks for.
pub(super) fn apply(
    config: &Config,
    surroundings: &Surroundings,
    matches: &ArgMatches,
    cli: &mut Cli,
) -> Result<(), Failure> {
    let Some((_, matches)) = matches.subcommand() else { return Ok(()) };
    let given = Given(matches);
    match &mut cli.command {
        Sub::Scan(scan) => {
            passwords(config, &scan.sources.sources, &mut scan.databases);
            name_all(config, &mut scan.sources.sources);
            selection(config, &given, &mut scan.selection);
            detection(config, &mut scan.detection);
            grade(config, &given, &mut scan.grade);
            key(config, surroundings, &mut scan.showing.key_file);
            showing(config, &given, &mut scan.showing);
            output(config, &given, scan)?;
            running(config, &given, &mut scan.running);
        }
        Sub::Units(units) => {
            passwords(config, &units.sources.sources, &mut units.databases);
            name_all(config, &mut units.sources.sources);
            selection(config, &given, &mut units.selection);
        }
        Sub::Work(work) => {
            detection(config, &mut work.detection);
            key(config, surroundings, &mut work.showing.key_file);
            showing(config, &given, &mut work.showing);
            running(config, &given, &mut work.running);
        }
        Sub::Merge(merge) => grade(config, &given, &mut merge.grade),
        Sub::Text(text) => name_all(config, &mut text.files),
        Sub::Explain(explain) => rules(config, &mut explain.detection.own),
        Sub::Rules(asked) => rules(config, &mut asked.own),
        Sub::Config(asked) => rules(config, &mut asked.own),
        Sub::Check(check) => {
            rules(config, &mut check.detection.own);
            if check.detection.categories.is_empty() {
                check.detection.categories.clone_from(&config.check.categories);
            }
            key(config, surroundings, &mut check.known.key_file);
            let known = &mut check.known.baseline;
            *known = known.take().or_else(|| config.check.baseline.clone());
            check.what.exclude.extend(config.check.exclude.iter().cloned());
            check.jobs = check.jobs.or_else(|| jobs(config));
        }
        Sub::Subject(subject) => {
            passwords(config, &subject.sources, &mut subject.databases);
            name_all(config, &mut subject.sources);
            selection(config, &given, &mut subject.selection);
            detection(config, &mut subject.detection);
            key(config, surroundings, &mut subject.showing.key_file);
            running(config, &given, &mut subject.running);
            policy(config, &mut subject.request.policy);
        }
        Sub::Map(map) => policy(config, &mut map.policy),
        Sub::Diff(diff) => policy(config, &mut diff.policy),
        Sub::Retention(_) | Sub::Policy(_) | Sub::Erasure(_) | Sub::ReadDocuments => {}
        Sub::Completions(_) | Sub::Man(_) | Sub::Schema(_) | Sub::Key(_) => {}
    }
    Ok(())
}

/// What of the arguments was written on the command line.
struct Given<'m>(&'m ArgMatches);

impl Given<'_> {
    fn has(&self, argument: &str) -> bool {
        self.0.value_source(argument) == Some(ValueSource::CommandLine)
    }
}

/// Puts what they stand for in the place of names of sources.
fn name_all(config: &Config, sources: &mut [PathBuf]) {
    for source in sources {
        let named = source.to_str().and_then(|name| config.sources.get(name));
        match named {
            Some(Location::Path(path)) => source.clone_from(path),
            Some(Location::Database { url, .. }) => *source = PathBuf::from(url),
            None => {}
        }
    }
}

/// The password of the first database that is named and has one, if none was given.
fn passwords(config: &Config, sources: &[PathBuf], databases: &mut args::Databases) {
    if databases.database_password_env.is_some() || databases.database_password_file.is_some() {
        return;
    }
    let named = sources.iter().filter_map(|source| config.sources.get(source.to_str()?));
    let mut password = named.filter_map(|location| match location {
        Location::Database { password, .. } => password.as_ref(),
        Location::Path(_) => None,
    });
    match password.next() {
        Some(Password::Env(name)) => databases.database_password_env = Some(name.clone()),
        Some(Password::File(path)) => databases.database_password_file = Some(path.clone()),
        None => {}
    }
}

fn policy(config: &Config, policy: &mut Option<PathBuf>) {
    if policy.is_none() {
        policy.clone_from(&config.policy);
    }
}

fn selection(config: &Config, given: &Given<'_>, selection: &mut args::Selection) {
    let scan = &config.scan;
    if !given.has("include") {
        selection.include.clone_from(&scan.include);
    }
    if !given.has("exclude") {
        selection.exclude.clone_from(&scan.exclude);
    }
    selection.max_size = selection.max_size.or(scan.max_size);
    selection.one_file_system |= scan.one_file_system == Some(true);
    selection.follow_links |= scan.follow_links == Some(true);
}

fn detection(config: &Config, detection: &mut args::Detection) {
    rules(config, &mut detection.own);
    if detection.categories.is_empty() {
        detection.categories.clone_from(&config.scan.categories);
    }
}

fn rules(config: &Config, own: &mut args::OwnRules) {
    if own.rules.is_empty() {
        own.rules.clone_from(&config.rules);
    }
}

fn grade(config: &Config, given: &Given<'_>, grade: &mut args::Grade) {
    if let Some(asked) = config.scan.min_confidence.filter(|_| !given.has("min_confidence")) {
        grade.min_confidence = asked;
    }
}

fn key(config: &Config, surroundings: &Surroundings, key_file: &mut Option<PathBuf>) {
    // The environment is asked later and would lose.
    if surroundings.key_file.is_none() && key_file.is_none() {
        key_file.clone_from(&config.key_file);
    }
}

fn showing(config: &Config, given: &Given<'_>, showing: &mut args::Showing) {
    if config.output.values.as_deref() == Some("token") && !given.has("values") {
        showing.values = Values::Token;
    }
    showing.mask_paths |= config.output.mask_paths == Some(true);
}

fn output(config: &Config, given: &Given<'_>, scan: &mut args::Scan) -> Result<(), Failure> {
    if let Some(word) = config.output.format.as_deref().filter(|_| !given.has("format")) {
        scan.format.format = args::format(word).expect("the configuration takes known words only");
    }
    let Some(file) = config.output.file.as_ref().filter(|_| !given.has("output")) else {
        return Ok(());
    };
    // Nobody has asked for a configuration that happens to lie in the working folder.
    if !given.has("config") && !is_below_working_folder(file) {
        let name = terminal::path(file);
        return Err(Failure::usage(format!(
            "{NAME} would write to {name}, outside the working folder: name the configuration \
             (--config {NAME}) or the file (-o)"
        )));
    }
    scan.output.output.clone_from(file);
    Ok(())
}

fn is_below_working_folder(file: &Path) -> bool {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    let here = Path::new(".").canonicalize();
    folder.ok().zip(here.ok()).is_some_and(|(folder, here)| folder.starts_with(here))
}

fn running(config: &Config, given: &Given<'_>, running: &mut args::Running) {
    running.jobs = running.jobs.or_else(|| jobs(config));
    if let Some(timeout) = config.scan.timeout.filter(|_| !given.has("timeout")) {
        running.timeout = timeout;
    }
}

fn jobs(config: &Config) -> Option<NonZeroUsize> {
    let jobs = config.scan.jobs.and_then(|jobs| usize::try_from(jobs).ok());
    jobs.and_then(NonZeroUsize::new)
}
