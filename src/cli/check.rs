//! `check`: from what is asked for to a plan, and from the verdict to the exit status.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobSet, GlobSetBuilder};

use super::convert::last_day_of_year;
use super::exit::{ExitStatus, Failure};
use super::key;
use super::options::{CheckOptions, CheckWhat, SourceSpec, Target, When};
use super::scan::detection;
use super::session::{self, Outcome};
use super::sources;
use super::terminal::{self, tell, wants_color};
use crate::check::baseline::Baseline;
use crate::check::exceptions::{Allow, Value};
use crate::check::output::Format;
use crate::check::{self, Plan, Verdict, What};
use crate::config::{self, Config};
use crate::model::Confidence;
use crate::report::{self, Detail};
use crate::rules::own::UserRules;
use crate::validate::date::Date;

/// Fails on personal data in what a commit would hold.
pub(super) fn check(options: &CheckOptions, color: When) -> Result<ExitStatus, Failure> {
    let plan = plan(options)?;
    crate::scan::quiet_faults();
    let color = color_of(options, color);
    let mut refused = None;
    let mut renewed = None;
    let status = session::run(&options.output, When::Never, |session| {
        let verdict = match check::run(&plan, &session.interrupt.flag()) {
            Ok(verdict) => verdict,
            Err(why) => {
                // Whatever lies where the result would go is left alone.
                refused = Some(why);
                return Err(io::Error::other("nothing was checked"));
            }
        };
        if options.update_baseline && !verdict.interrupted {
            let is_complete = verdict.is_complete();
            renewed = verdict.baseline;
            return Ok(if is_complete { Outcome::Complete } else { Outcome::Incomplete });
        }
        check::output::write(&mut session.output, &verdict, options.format, color)?;
        Ok(outcome(&verdict))
    });
    if let Some(check::Refused(why)) = refused {
        return Err(Failure::usage(terminal::harmless(&why)));
    }
    match (renewed, &options.baseline) {
        (Some(baseline), Some(file)) => write_baseline(&baseline, file).and(status),
        _ => status,
    }
}

fn outcome(verdict: &Verdict) -> Outcome {
    match verdict {
        _ if verdict.interrupted => Outcome::Interrupted,
        _ if !verdict.violations.is_empty() => Outcome::Failed,
        _ if !verdict.is_complete() => Outcome::Incomplete,
        _ => Outcome::Complete,
    }
}

fn color_of(options: &CheckOptions, color: When) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_terminal = options.output == Target::Stdout && io::stdout().is_terminal();
    wants_color(color, no_color, is_terminal)
}

fn plan(options: &CheckOptions) -> Result<Plan, Failure> {
    Ok(Plan {
        what: what(&options.what)?,
        exclude: set(&options.exclude)?,
        detection: detection(&options.detection, Confidence::Medium, Detail::Full),
        rules: Arc::clone(&options.detection.rules),
        allows: match &options.config {
            Some(config) => allows(config, &options.detection.rules)?,
            None => Vec::new(),
        },
        baseline: baseline(options)?,
        key: options.key_file.as_deref().map(read_key).transpose()?,
        jobs: options.jobs.get(),
        show_line: options.show_line && options.format == Format::Text,
        today: today(),
    })
}

fn what(asked: &CheckWhat) -> Result<What, Failure> {
    Ok(match asked {
        CheckWhat::Paths(paths) => {
            let named: Vec<_> = paths.iter().cloned().map(SourceSpec::Path).collect();
            sources::check(&named)?;
            What::Paths(paths.clone())
        }
        CheckWhat::List(list, by_nul) => What::Files(listed(list, *by_nul)?),
        CheckWhat::Staged(paths) => What::Staged(paths.clone()),
        CheckWhat::Since(revision, paths) => What::Since(revision.clone(), paths.clone()),
    })
}

fn listed(list: &SourceSpec, by_nul: bool) -> Result<Vec<PathBuf>, Failure> {
    let mut bytes = Vec::new();
    let read = match list {
        SourceSpec::Stdin => io::stdin().read_to_end(&mut bytes).map(drop),
        SourceSpec::Path(path) => fs::read(path).map(|read| bytes = read),
        SourceSpec::Database(..) => {
            return Err(Failure::usage("a database holds no list of files"));
        }
    };
    read.map_err(|error| Failure::usage(format!("the list of files cannot be read: {error}")))?;
    let end = if by_nul { 0 } else { b'\n' };
    let names = bytes.split(|&byte| byte == end);
    let names = names.map(|name| match by_nul {
        true => name,
        false => name.strip_suffix(b"\r").unwrap_or(name),
    });
    let names = names.filter(|name| !name.is_empty());
    Ok(names.map(|name| PathBuf::from(std::ffi::OsStr::from_bytes(name))).collect())
}

/// Globs of paths seen from the working folder; one without `/` holds for names in every folder.
fn set(globs: &[globset::Glob]) -> Result<GlobSet, Failure> {
    let wrong = |error: globset::Error| Failure::usage(error.to_string());
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let text = glob.glob();
        let prefix = if text.contains('/') { "" } else { "**/" };
        for pattern in [format!("{prefix}{text}"), format!("{prefix}{text}/**")] {
            let glob = globset::GlobBuilder::new(&pattern).literal_separator(true).build();
            set.add(glob.map_err(wrong)?);
        }
    }
    set.build().map_err(wrong)
}

fn read_key(path: &Path) -> Result<report::Key, Failure> {
    let loaded = key::read(path)?;
    if loaded.exposed {
        let name = terminal::path(path);
        tell(&format!("the key file {name} can be read by others: chmod 600 it"));
    }
    Ok(report::Key::new(loaded.key.bytes()))
}

/// The exceptions of a configuration, held against the categories there are.
///
/// # Errors
/// When one names a category that there is not: all of them are told.
pub(super) fn allows(config: &Config, rules: &UserRules) -> Result<Vec<Allow>, Failure> {
    let file = terminal::path(&config.file);
    let known =
        |id: &str| crate::model::Category::from_id(id).is_some() || rules.category(id).is_some();
    let unknown: Vec<String> = config
        .check
        .allow
        .iter()
        .filter(|allow| !known(&allow.category))
        .map(|allow| {
            let category = terminal::harmless(&allow.category);
            format!("{file}:{}: there is no category {category}", allow.line)
        })
        .collect();
    if !unknown.is_empty() {
        let lines = unknown.join("\n");
        return Err(Failure::usage(format!(
            "the configuration is wrong (nothing was scanned)\n{lines}"
        )));
    }
    Ok(config.check.allow.iter().map(|allow| exception(allow, &file)).collect())
}

fn exception(allow: &config::Allow, file: &str) -> Allow {
    let pattern = allow.pattern.as_deref().map(|pattern| {
        regex_automata::meta::Regex::new(pattern).expect("the configuration was read with it")
    });
    let value = match (allow.token, pattern) {
        (Some(token), _) => Value::Token(token),
        (None, Some(pattern)) => Value::Pattern(pattern),
        (None, None) => Value::Any,
    };
    Allow {
        origin: format!("{file}:{}", allow.line),
        category: allow.category.clone(),
        path: allow.path.compile_matcher(),
        value,
        reason: allow.reason.clone(),
        owner: allow.owner.clone(),
        until: allow.until,
    }
}

fn baseline(options: &CheckOptions) -> Result<Option<Baseline>, Failure> {
    let Some(file) = &options.baseline else { return Ok(None) };
    match fs::read_to_string(file) {
        Ok(text) => read_baseline(file, &text).map(Some),
        Err(error) if options.update_baseline && error.kind() == io::ErrorKind::NotFound => {
            let salted = Baseline::salted();
            salted.map(Some).map_err(|error| Failure::usage(format!("no random numbers: {error}")))
        }
        Err(error) => {
            let name = terminal::path(file);
            Err(Failure::usage(format!(
                "the baseline {name} cannot be read: {error}; make it with check --update-baseline"
            )))
        }
    }
}

/// Reads a baseline.
///
/// # Errors
/// When it is none.
pub(super) fn read_baseline(file: &Path, text: &str) -> Result<Baseline, Failure> {
    Baseline::parse(text).map_err(|wrong| {
        let line = wrong.line.map(|line| format!(":{line}")).unwrap_or_default();
        let name = terminal::path(file);
        Failure::usage(format!("the baseline is wrong: {name}{line}: {}", wrong.message))
    })
}

/// Writes it for everybody to read: it lies among the sources.
fn write_baseline(baseline: &Baseline, file: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let name = terminal::path(file);
        Failure::not_written(format!("the baseline {name} cannot be written: {error}"))
    };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut new =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    io::Write::write_all(&mut new, baseline.to_string().as_bytes()).map_err(failed)?;
    let mode = fs::metadata(file).map_or(0o644, |found| {
        std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o777
    });
    let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
    new.as_file().set_permissions(mode).map_err(failed)?;
    new.persist(file).map_err(|error| failed(error.error))?;
    let n: u64 = baseline.entries().map(|(_, n)| n).sum();
    let name = terminal::path(file);
    tell(&format!(
        "{name} knows {n} findings now; with `{name} merge=union` in .gitattributes it merges without \
         conflicts"
    ));
    Ok(())
}

/// The day it is, in UTC.
fn today() -> Date {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let parts =
        (today.year().unsigned_abs(), today.month().unsigned_abs(), today.day().unsigned_abs());
    Date::new(parts.0, parts.1, parts.2).unwrap_or_else(last_day_of_year)
}
