//! From the command line as written to what it asks for: defaults filled in, contradictions told.

use std::ffi::{OsStr, OsString};
use std::num::NonZeroUsize;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::args::{self, Cli, KeyCommand, Sub};
use super::exit::Failure;
use super::options::{
    CheckOptions, CheckWhat, Command, ConfigOptions, Databases, Detection, DiffOptions,
    ExplainOptions, Format, Invocation, MapOptions, MergeOptions, PageOptions, RetentionOptions,
    RulesCommand, RulesOptions, Running, ScanOptions, Selection, Showing, SourceSpec, Target,
    TextOptions, UnitsOptions, Values, When, WorkOptions,
};
use super::terminal;
use crate::config::Config;
use crate::extract::ocr;
use crate::model::{Budget, Category, Pictures};
use crate::rules::{self, own::UserRules};
use crate::source::database;
use crate::validate::date::Date;

/// What a command line's meaning depends on besides itself.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// `SPARHUND_KEY_FILE`.
    pub key_file: Option<PathBuf>,
    /// The last day of the current year.
    pub last_day_of_year: Date,
    /// Number of processors.
    pub processors: NonZeroUsize,
    /// The configuration.
    pub config: Option<Arc<Config>>,
}

impl Surroundings {
    /// Those of this process.
    pub(super) fn of_process() -> Surroundings {
        let key_file = std::env::var_os("SPARHUND_KEY_FILE").filter(|path| !path.is_empty());
        Surroundings {
            key_file: key_file.map(PathBuf::from),
            last_day_of_year: last_day_of_year(),
            processors: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            config: None,
        }
    }

    /// What a command line asks for.
    pub(super) fn understand(&self, cli: Cli) -> Result<Invocation, Failure> {
        let Cli { color, password_file, command, .. } = cli;
        Ok(Invocation { color, password_file, command: self.command(command)? })
    }

    fn command(&self, command: Sub) -> Result<Command, Failure> {
        Ok(match command {
            Sub::Scan(scan) => Command::Scan(self.scan(scan)?),
            Sub::Check(check) => Command::Check(self.check(check)?),
            Sub::Config(config) => Command::Config(ConfigOptions {
                show: matches!(config.command, args::ConfigCommand::Show),
                config: self.config.clone(),
                key_file: self.key_file.clone(),
                rules: own_rules(&config.own)?,
            }),
            Sub::Units(units) => Command::Units(UnitsOptions {
                sources: sources(units.sources.sources)?,
                selection: selection(units.selection),
                databases: databases(units.databases),
                output: target(units.output),
            }),
            Sub::Work(work) => Command::Work(self.work(work)?),
            Sub::Merge(merge) => Command::Merge(merge_options(merge)?),
            Sub::Text(text) => Command::Text(TextOptions {
                sources: sources(text.files)?,
                budget: budget(&text.budgets)?,
                output: target(text.output),
            }),
            Sub::Explain(explain) => Command::Explain(self.explain(explain)?),
            Sub::Map(map) => Command::Map(map_options(map)?),
            Sub::Retention(retention) => Command::Retention(retention_options(retention)?),
            Sub::Diff(diff) => Command::Diff(diff_options(diff)?),
            Sub::Policy(policy) => policy_command(policy.command)?,
            Sub::Rules(rules) => Command::Rules(self.rules(rules)?),
            Sub::Subject(subject) => Command::Subject(Box::new(self.subject(subject)?)),
            Sub::Erasure(erasure) => self.erasure(erasure)?,
            Sub::Schema(schema) => Command::Schema(target(schema.output)),
            Sub::Completions(completions) => Command::Completions(completions.shell),
            Sub::Man(man) => Command::Man(man.command),
            Sub::Key(key) => {
                let KeyCommand::New { file } = key.command;
                Command::NewKey(file)
            }
            Sub::ReadDocuments => Command::ReadDocuments,
        })
    }

    fn scan(&self, scan: args::Scan) -> Result<ScanOptions, Failure> {
        Ok(ScanOptions {
            sources: sources(scan.sources.sources)?,
            selection: selection(scan.selection),
            databases: databases(scan.databases),
            detection: self.detection(scan.detection)?,
            min_confidence: scan.grade.min_confidence,
            showing: self.showing(scan.showing)?,
            page: page(scan.page, scan.format.format)?,
            format: scan.format.format,
            output: target(scan.output),
            budget: budget(&scan.budgets)?,
            running: self.running(&scan.running),
            state: scan.state,
        })
    }

    fn check(&self, check: args::Check) -> Result<CheckOptions, Failure> {
        let args::Check { paths, what, known, shown, .. } = check;
        let exclude = what.exclude;
        let what = match (what.staged, what.since, what.files_from) {
            (true, ..) => CheckWhat::Staged(paths),
            (_, Some(revision), _) => CheckWhat::Since(revision, paths),
            (_, _, Some(list)) => CheckWhat::List(source(list)?, what.null),
            _ if paths.is_empty() => CheckWhat::Paths(vec![PathBuf::from(".")]),
            _ => CheckWhat::Paths(paths),
        };
        if known.update_baseline && known.baseline.is_none() {
            return Err(Failure::usage(
                "--update-baseline needs to know the file: name it with --baseline FILE, or with \
                 baseline = \"FILE\" under [check] in sparhund.toml",
            ));
        }
        Ok(CheckOptions {
            what,
            exclude,
            baseline: known.baseline,
            update_baseline: known.update_baseline,
            key_file: known.key_file.or_else(|| self.key_file.clone()),
            detection: self.detection(check.detection)?,
            format: shown.format,
            show_line: shown.show_line,
            output: target(check.output),
            jobs: check.jobs.unwrap_or(self.processors),
            config: self.config.clone(),
        })
    }

    fn work(&self, work: args::Work) -> Result<WorkOptions, Failure> {
        Ok(WorkOptions {
            databases: databases(work.databases),
            detection: self.detection(work.detection)?,
            showing: self.showing(work.showing)?,
            output: target(work.output),
            budget: budget(&work.budgets)?,
            running: self.running(&work.running),
        })
    }

    fn explain(&self, explain: args::Explain) -> Result<ExplainOptions, Failure> {
        let (file, line) = split_line(&explain.target, Path::exists);
        if file.as_os_str() == "-" {
            return Err(Failure::usage(
                "standard input cannot be explained: write it to a file and name that",
            ));
        }
        if line == Some(0) {
            let name = terminal::path(&file);
            return Err(Failure::usage(format!(
                "lines count from 1: name {name}:1 or a later one"
            )));
        }
        let detection = self.detection(explain.detection)?;
        let args::Explain { values, lang: language, .. } = explain;
        let budget = budget(&explain.budgets)?;
        Ok(ExplainOptions { file, line, values, language, detection, budget })
    }

    fn rules(&self, rules: args::Rules) -> Result<RulesOptions, Failure> {
        let command = match rules.command {
            args::RulesCommand::List => RulesCommand::List,
            args::RulesCommand::Show { rule } => RulesCommand::Show(rule),
            args::RulesCommand::Test => RulesCommand::Test(self.last_day_of_year),
        };
        Ok(RulesOptions { command, rules: own_rules(&rules.own)? })
    }

    pub(super) fn detection(&self, detection: args::Detection) -> Result<Detection, Failure> {
        let rules = own_rules(&detection.own)?;
        Ok(Detection {
            categories: categories(&detection.categories, &rules)?,
            rules,
            reference_date: detection.reference_date.unwrap_or(self.last_day_of_year),
        })
    }

    pub(super) fn showing(&self, showing: args::Showing) -> Result<Showing, Failure> {
        let key_file = showing.key_file.or_else(|| self.key_file.clone());
        if showing.values == Values::Token && key_file.is_none() {
            return Err(Failure::usage(
                "--values token needs a key: make one with `sparhund key new FILE` and name it \
                 with --key-file FILE",
            ));
        }
        Ok(Showing { values: showing.values, key_file, mask_paths: showing.mask_paths })
    }

    pub(super) fn running(&self, running: &args::Running) -> Running {
        Running {
            jobs: running.jobs.unwrap_or(self.processors),
            progress: running.progress,
            timeout: Duration::from_secs(running.timeout),
        }
    }
}

/// What reading one unit may cost.
fn budget(budgets: &args::Budgets) -> Result<Budget, Failure> {
    let pictures = match budgets.ocr {
        When::Never => Pictures::Listed,
        _ if ocr::is_there() => Pictures::Recognised,
        When::Auto => Pictures::Listed,
        When::Always => {
            let missing = "--ocr on needs the program tesseract (Debian: tesseract-ocr, \
                and tesseract-ocr-swe for Swedish), which is not on the PATH";
            return Err(Failure::usage(missing.to_owned()));
        }
    };
    Ok(Budget {
        depth: budgets.max_depth,
        members: budgets.max_members,
        ratio: budgets.max_ratio,
        memory: budgets.max_memory,
        pictures,
    })
}

/// The rules of the user's own.
fn own_rules(own: &args::OwnRules) -> Result<Arc<UserRules>, Failure> {
    rules::own::load(&own.rules).map(Arc::new).map_err(|errors| {
        let lines: Vec<String> =
            errors.iter().map(|e| terminal::harmless(&e.to_string())).collect();
        Failure::usage(format!("the rules are wrong (nothing was scanned)\n{}", lines.join("\n")))
    })
}

/// Those of the built-in categories and of the user's own that are asked for; all if none is named.
fn categories(asked: &[String], rules: &UserRules) -> Result<Vec<Category>, Failure> {
    let all: Vec<Category> = Category::ALL.into_iter().chain(rules.categories()).collect();
    let is_known = |id: &&String| all.iter().any(|category| category.id() == id.as_str());
    if let Some(unknown) = asked.iter().find(|id| !is_known(id)) {
        let known: Vec<&str> = all.iter().map(|category| category.id()).collect();
        return Err(Failure::usage(format!(
            "there is no category {} (--categories): name some of {}; those of your own need --rules",
            terminal::harmless(unknown),
            known.join(", ")
        )));
    }
    let wanted =
        |category: &Category| asked.is_empty() || asked.iter().any(|id| id == category.id());
    Ok(all.into_iter().filter(wanted).collect())
}

/// 31 December of the current year, in UTC.
pub(super) fn last_day_of_year() -> Date {
    let year = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year();
    Date::new(year.unsigned_abs(), 12, 31).expect("the clock of the system shows year 1 to 9999")
}

fn merge_options(merge: args::Merge) -> Result<MergeOptions, Failure> {
    Ok(MergeOptions {
        streams: sources(merge.streams)?,
        units: merge.units,
        min_confidence: merge.grade.min_confidence,
        page: page(merge.page, merge.format.format)?,
        format: merge.format.format,
        output: target(merge.output),
    })
}

fn page(page: args::Page, format: Format) -> Result<PageOptions, Failure> {
    if page.previous.is_some() && format != Format::Html {
        return Err(Failure::usage(
            "--previous marks what is new on a page: add --format html, or use `sparhund diff`",
        ));
    }
    Ok(PageOptions { previous: page.previous, language: page.reading.lang })
}

/// Inventories, of which standard input can be one only once.
fn inventories(paths: Vec<PathBuf>) -> Result<Vec<PathBuf>, Failure> {
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::usage("standard input can be read once only: write `-` once"));
    }
    Ok(paths)
}

fn map_options(map: args::Map) -> Result<MapOptions, Failure> {
    Ok(MapOptions {
        inventories: inventories(map.inventories)?,
        policy: map.policy,
        register: map.register,
        format: map.format,
        language: map.reading.lang,
        output: target(map.output),
    })
}

fn retention_options(retention: args::Retention) -> Result<RetentionOptions, Failure> {
    Ok(RetentionOptions {
        inventories: inventories(retention.inventories)?,
        policy: retention.policy,
        date: retention.date,
        format: retention.format,
        language: retention.reading.lang,
        output: target(retention.output),
    })
}

fn diff_options(diff: args::Diff) -> Result<DiffOptions, Failure> {
    inventories(vec![diff.old.clone(), diff.new.clone()])?;
    Ok(DiffOptions {
        old: diff.old,
        new: diff.new,
        policy: diff.policy,
        format: diff.format,
        exit_code: diff.exit_code,
        language: diff.reading.lang,
        output: target(diff.output),
    })
}

fn policy_command(command: args::PolicyCommand) -> Result<Command, Failure> {
    Ok(match command {
        args::PolicyCommand::Init { inventories: paths, output } => {
            Command::DraftPolicy(inventories(paths)?, target(output))
        }
        args::PolicyCommand::Check { file } => Command::CheckPolicy(file),
    })
}

pub(super) fn selection(selection: args::Selection) -> Selection {
    Selection {
        include: selection.include,
        exclude: selection.exclude,
        max_size: selection.max_size,
        one_file_system: selection.one_file_system,
        follow_links: selection.follow_links,
    }
}

pub(super) fn target(output: args::Output) -> Target {
    if output.output.as_os_str() == "-" { Target::Stdout } else { Target::File(output.output) }
}

pub(super) fn sources(paths: Vec<PathBuf>) -> Result<Vec<SourceSpec>, Failure> {
    let sources = paths.into_iter().map(source).collect::<Result<Vec<_>, _>>()?;
    if sources.iter().filter(|&source| *source == SourceSpec::Stdin).count() > 1 {
        return Err(Failure::usage("standard input can be read once only: write `-` once"));
    }
    Ok(sources)
}

fn source(path: PathBuf) -> Result<SourceSpec, Failure> {
    let bytes = path.as_os_str().as_bytes();
    if bytes == b"-" {
        return Ok(SourceSpec::Stdin);
    }
    if bytes.is_empty() {
        return Err(Failure::usage("a source has an empty name: name a file or a folder"));
    }
    if path.exists() {
        return Ok(SourceSpec::Path(path));
    }
    if let Some(kind) = database::is_database(bytes) {
        // The URL is not repeated: it may hold a password.
        let url = path.into_os_string().into_string().map_err(|_| {
            Failure::usage("a database URL holds bytes that are no text: write them as %XX")
        })?;
        database::check_url(&url).map_err(|error| Failure::usage(error.to_string()))?;
        return Ok(SourceSpec::Database(kind, url));
    }
    Ok(SourceSpec::Path(path))
}

pub(super) fn databases(databases: args::Databases) -> Databases {
    let args::Databases { views, sample, connections, max_rate, require_read_only, .. } = databases;
    let args::Databases { database_password_env, database_password_file, .. } = databases;
    Databases {
        views,
        sample,
        connections,
        max_rate,
        require_read_only,
        password_env: database_password_env,
        password_file: database_password_file,
    }
}

/// Splits `FILE:LINE`. A file that is named like that as a whole is taken as it is.
fn split_line(target: &OsStr, exists: impl Fn(&Path) -> bool) -> (PathBuf, Option<u64>) {
    let whole = || (PathBuf::from(target), None);
    let bytes = target.as_bytes();
    let Some(colon) = bytes.iter().rposition(|&b| b == b':') else { return whole() };
    let line = std::str::from_utf8(&bytes[colon + 1..]).ok().and_then(|n| n.parse().ok());
    match line {
        Some(line) if colon > 0 && !exists(Path::new(target)) => {
            let file = OsString::from(OsStr::from_bytes(&bytes[..colon]));
            (PathBuf::from(file), Some(line))
        }
        _ => whole(),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;
    use crate::cli::options::{MapFormat, TableFormat, When};
    use crate::model::{Confidence, Language};

    fn day(year: u16, month: u8, day: u8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    fn surroundings(key_file: Option<&str>) -> Surroundings {
        let processors = NonZeroUsize::new(4).unwrap();
        Surroundings {
            key_file: key_file.map(PathBuf::from),
            last_day_of_year: day(2026, 12, 31),
            processors,
            config: None,
        }
    }

    /// What a command line asks for, or everything that is said against it.
    fn understand(key_file: Option<&str>, line: &str) -> Result<Command, String> {
        let words = std::iter::once("sparhund").chain(line.split(' '));
        let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
        let asked = surroundings(key_file).understand(cli).map_err(|failure| failure.message)?;
        Ok(asked.command)
    }

    fn scan(line: &str) -> ScanOptions {
        match understand(None, line) {
            Ok(Command::Scan(options)) => options,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn check_refused(line: &str, said: &str) {
        let complaint = understand(None, line).expect_err(line);
        assert!(complaint.contains(said), "{line}: {complaint}");
    }

    #[test]
    fn the_command_line_does_not_contradict_itself() {
        Cli::command().debug_assert();
    }

    #[test]
    fn defaults() {
        let options = scan("scan share");
        assert_eq!(options.sources, [SourceSpec::Path("share".into())]);
        assert_eq!(options.selection, Selection::default());
        assert_eq!(options.detection.categories, Category::ALL);
        assert_eq!(options.detection.reference_date, day(2026, 12, 31));
        assert_eq!(options.min_confidence, Confidence::Medium);
        assert_eq!(
            options.showing,
            Showing { values: Values::Masked, key_file: None, mask_paths: false }
        );
        assert_eq!((options.format, options.output), (Format::Json, Target::Stdout));
        assert_eq!(options.running.jobs.get(), 4);
        assert_eq!(options.running.progress, When::Auto);
        assert_eq!(options.running.timeout, Duration::from_secs(60));
    }

    #[test]
    fn all_options_of_a_scan() {
        let options = scan(
            "scan a - --format ndjson -o out --values plain --key-file k --min-confidence low \
             --categories phone,personnummer,phone --include *.csv --include *.txt --exclude tmp/* \
             --max-size 10M --one-file-system --follow-links --jobs 2 --progress always \
             --reference-date 2024-02-29 --mask-paths --timeout 5",
        );
        assert_eq!(options.sources[1], SourceSpec::Stdin);
        assert_eq!((options.format, options.output), (Format::Ndjson, Target::File("out".into())));
        assert_eq!(options.showing.key_file, Some(PathBuf::from("k")));
        assert!(options.showing.mask_paths);
        assert_eq!(options.detection.categories, [Category::Personnummer, Category::Phone]);
        assert_eq!(options.detection.reference_date, day(2024, 2, 29));
        let globs: Vec<_> = options.selection.include.iter().map(|glob| glob.glob()).collect();
        assert_eq!(globs, ["*.csv", "*.txt"]);
        assert_eq!(options.selection.exclude.len(), 1);
        assert_eq!(options.selection.max_size, Some(10 << 20));
        assert!(options.selection.one_file_system && options.selection.follow_links);
        assert_eq!(options.running.jobs.get(), 2);
        assert_eq!(options.running.timeout, Duration::from_secs(5));
    }

    fn is_rules(command: &Command, wanted: &RulesCommand) -> bool {
        matches!(command, Command::Rules(options) if options.command == *wanted)
    }

    #[test]
    fn other_commands() {
        let check = |line: &str, right: fn(&Command) -> bool| {
            let command = understand(None, line).expect(line);
            assert!(right(&command), "{line}: {command:?}");
        };
        check("units a --exclude b", |c| matches!(c, Command::Units(_)));
        check("work --categories email", |c| matches!(c, Command::Work(_)));
        check(
            "merge --units u a b",
            |c| matches!(c, Command::Merge(m) if m.units.is_some() && m.streams.len() == 2),
        );
        check("text a.txt", |c| matches!(c, Command::Text(_)));
        check("rules list", |c| is_rules(c, &RulesCommand::List));
        check(
            "rules test",
            |c| matches!(c, Command::Rules(r) if matches!(r.command, RulesCommand::Test(_))),
        );
        check("rules show phone", |c| is_rules(c, &RulesCommand::Show("phone".into())));
        check("explain a.csv:17", |c| matches!(c, Command::Explain(e) if e.line == Some(17)));
        check(
            "explain a.csv --lang sv",
            |c| matches!(c, Command::Explain(e) if e.language == Language::Swedish),
        );
        check(
            "map a b --policy p --format html --lang sv",
            |c| matches!(c, Command::Map(m) if m.format == MapFormat::Html && !m.register),
        );
        check(
            "retention a --policy p --date 2026-11-22",
            |c| matches!(c, Command::Retention(r) if r.format == TableFormat::Text),
        );
        check("diff a b --exit-code", |c| matches!(c, Command::Diff(d) if d.exit_code));
        check("policy init a -o p", |c| matches!(c, Command::DraftPolicy(..)));
        check("policy check p", |c| *c == Command::CheckPolicy("p".into()));
        check("schema -o s.json", |c| *c == Command::Schema(Target::File("s.json".into())));
        check("completions bash", |c| matches!(c, Command::Completions(_)));
        check("man scan", |c| matches!(c, Command::Man(Some(_))));
        check("check --staged", |c| {
            matches!(c, Command::Check(CheckOptions { what: CheckWhat::Staged(_), .. }))
        });
        check("key new k", |c| *c == Command::NewKey("k".into()));
    }

    #[test]
    fn tokens_need_a_key_from_somewhere() {
        check_refused("scan a --values token", "sparhund key new");
        check_refused("work --values token", "--key-file");
        assert!(understand(Some("k"), "scan a --values token").is_ok());
        assert!(understand(None, "scan a --values plain").is_ok());
    }

    #[test]
    fn wrong_usage_is_told_with_what_to_do() {
        check_refused("scan", "<SOURCE>");
        check_refused("scan a --fromat csv", "--format");
        check_refused("scan a --format pdf", "summary");
        check_refused("scan a --categories shoe_size", "personnummer");
        check_refused("scan a --categories shoe_size", "--rules");
        check_refused("scan a --rules /no/such/folder", "/no/such/folder: there is no such");
        check_refused("scan a --max-size big", "10M");
        for jobs in ["0", "-1", "many", "1025"] {
            check_refused(&format!("scan a --jobs {jobs}"), "whole number from 1 to 1024");
        }
        for seconds in ["0", "-5", "1.5"] {
            check_refused(&format!("scan a --timeout {seconds}"), "whole seconds, from 1 to");
        }
        check_refused("scan a --max-size -1", "10M");
        check_refused("explain -", "write it to a file");
        check_refused("explain a.csv:0", "lines count from 1");
        check_refused("scan a --reference-date 2025-02-29", "YYYY-MM-DD");
        check_refused("scan a --include {a", "--include");
        check_refused("scan - -", "once");
        check_refused("scan postgres://u:secret@h/db", "PGPASSWORD");
        check_refused("scan a --previous b", "--format html");
        check_refused("diff - -", "once");
        check_refused("retention a", "--policy");
        check_refused("explain a --values token", "plain");
        let complaint = understand(None, "scan mysql://u:secret@h/db").unwrap_err();
        assert!(!complaint.contains("secret"));
    }

    #[test]
    fn a_line_is_split_off_only_where_there_is_one() {
        let check = |target: &str, file: &str, line: Option<u64>| {
            let exists = |path: &Path| path == Path::new("real:7");
            assert_eq!(split_line(OsStr::new(target), exists), (PathBuf::from(file), line));
        };
        check("a.csv", "a.csv", None);
        check("a.csv:17", "a.csv", Some(17));
        check("a:b:3", "a:b", Some(3));
        check("a.csv:", "a.csv:", None);
        check("a.csv:0", "a.csv", Some(0));
        check("a.csv:x", "a.csv:x", None);
        check(":3", ":3", None);
        check("real:7", "real:7", None);
    }

    #[test]
    fn help_fits_80_columns_and_leaves_nothing_out() {
        let mut commands = vec![Cli::command().term_width(80)];
        while let Some(mut command) = commands.pop() {
            let help = command.render_long_help().to_string();
            let name = command.get_name().to_owned();
            for line in help.lines() {
                assert!(line.chars().count() <= 80, "{name}: {line}");
            }
            assert!(command.get_about().is_some(), "{name}");
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{name}: {argument}");
            }
            let inner = command.get_subcommands().filter(|inner| inner.get_name() != "help");
            commands.extend(inner.cloned().map(|inner| inner.term_width(80)));
        }
    }
}
