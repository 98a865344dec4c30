//! The command line as the user writes it. What it means, with defaults filled in, is in
//! [`options`](super::options); the help lives here, beside the arguments it explains.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use globset::Glob;

use super::options::{Format, MapFormat, TableFormat, Values, When};
use super::size;
use crate::check::output::Format as CheckFormat;
use crate::model::{Budget, Category, Confidence, Language};
use crate::source::database::Share;
use crate::validate::date::Date;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "sparhund",
    version,
    max_term_width = 80,
    about = "Finds personal data in files and says exactly where it lies",
    long_about = "Finds personal data in files and says exactly where it lies: personal \
        identity numbers, e-mail addresses, phone numbers and dietary notes, Swedish first. \
        Nothing that is scanned is ever changed, values are shown masked unless asked for, and \
        what could not be read is listed instead of being passed over.",
    after_help = EXAMPLES,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(super) struct Cli {
    /// Colours on a terminal; NO_COLOR is heeded
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    #[arg(value_parser = one_of(WHEN), help_heading = "General")]
    pub color: When,
    /// Passwords for protected documents, one a line; each is tried
    ///
    /// The passwords are tried on PDF, ZIP and 7z files that are protected. They are never shown and
    /// never part of a result. What none of them opens is listed as encrypted.
    #[arg(long, global = true, value_name = "FILE", help_heading = "General")]
    pub password_file: Option<PathBuf>,
    /// The configuration [default: sparhund.toml of the working folder]
    ///
    /// The command line beats the environment, the environment beats the configuration. It is never
    /// taken from what is scanned.
    #[arg(long, global = true, value_name = "FILE", help_heading = "General")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Sub,
}

const EXAMPLES: &str = "\
Examples:
  sparhund scan /srv/share --format summary     What lies there, in numbers
  sparhund scan /srv/share -o inventory.json    Every finding with its place
  sparhund explain list.csv:17                  Why line 17 was (not) reported
  sparhund text letter.txt                      What the scanner reads
  sparhund check --staged                       Is there any in what I commit?

The command line beats the environment, the environment (SPARHUND_KEY_FILE)
beats the configuration (sparhund.toml; see `sparhund config`).

Exit status: 0 done; 1 findings (check), or a rule's own example fails
(rules test); 2 wrong usage or configuration, nothing was scanned; 3 done, but something could not be read; 4 the result
could not be written; 130 or 143 interrupted.";

#[derive(Debug, Subcommand)]
pub(super) enum Sub {
    Scan(Scan),
    Check(Check),
    Units(Units),
    Work(Work),
    Merge(Merge),
    Text(Text),
    Explain(Explain),
    Map(Map),
    Retention(Retention),
    Diff(Diff),
    Policy(Policy),
    Rules(Rules),
    Subject(super::subject_args::Subject),
    Erasure(super::subject_args::Erasure),
    Config(Config),
    Schema(Schema),
    Completions(Completions),
    Man(Man),
    Key(Key),
    /// Read documents for another process of this program
    #[command(name = crate::scan::READER_COMMAND, hide = true)]
    ReadDocuments,
}

/// Scan files and folders and write the inventory
///
/// Scans files and folders and writes the inventory: every finding with its place, everything
/// that could not be read, and an account of all that was met. Sources are only read, never
/// changed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sparhund scan /srv/share --format summary
  sparhund scan /srv/share --exclude '*.bak' --max-size 2G -o inventory.json
  sparhund scan a b --categories personnummer,dietary --format csv
  sparhund scan share --values token --key-file tokens.key --format ndjson
  pg_dump register | sparhund scan - --format summary

Status 3 means that something could not be read; see `unread` in the result.
With -o FILE an interrupted scan leaves what it found in FILE.partial.")]
pub(super) struct Scan {
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub detection: Detection,
    #[command(flatten)]
    pub grade: Grade,
    #[command(flatten)]
    pub showing: Showing,
    #[command(flatten)]
    pub format: ResultFormat,
    #[command(flatten)]
    pub databases: Databases,
    #[command(flatten)]
    pub page: Page,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub budgets: Budgets,
    #[command(flatten)]
    pub running: Running,
    /// Remember in DIR what was found, and read only what has changed since
    ///
    /// Remembers in DIR what was found in which file, and reads only what has changed since, by size,
    /// times and file number. The inventory is that of a full scan. A scan that was cut off goes on
    /// where it stopped. Other rules, options or another key make all be read again.
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

/// Fail on personal data in what a commit would hold, for hooks and CI
///
/// Looks at what a commit would hold: the files of a repository that are tracked or would be added;
/// elsewhere what .gitignore leaves. Fails on findings of medium confidence and above that are not
/// published for tests, not allowed with a reason and not in the baseline.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sparhund check                             All of the working folder
  sparhund check --staged                    What is about to be committed
  sparhund check --since origin/main         What a branch has changed
  git ls-files -z docs | sparhund check --files-from - -0
  sparhund check --baseline sparhund.baseline --update-baseline
  sparhund check --format sarif -o findings.sarif

A finding that is to stand is allowed with a reason, in a comment on its line
or the line above, or with [[check.allow]] in sparhund.toml:
  sparhund:allow CATEGORY [owner=WHO] [until=YYYY-MM-DD] REASON

Exit status: 0 nothing found; 1 findings; 3 something could not be read.")]
pub(super) struct Check {
    /// Files and folders [default: the working folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub what: CheckWhat,
    #[command(flatten)]
    pub known: CheckKnown,
    #[command(flatten)]
    pub detection: Detection,
    #[command(flatten)]
    pub shown: CheckShown,
    #[command(flatten)]
    pub output: Output,
    /// Worker threads [default: number of processors]
    #[arg(long, value_name = "N", value_parser = jobs, allow_negative_numbers = true)]
    #[arg(help_heading = "How it runs")]
    pub jobs: Option<NonZeroUsize>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What is read")]
pub(super) struct CheckWhat {
    /// Only what is staged and has changed, as it is staged
    #[arg(long, conflicts_with_all = ["since", "files_from"])]
    pub staged: bool,
    /// Only what has changed since a revision, untracked files too
    #[arg(long, value_name = "REV", conflicts_with = "files_from")]
    pub since: Option<String>,
    /// Only the files that FILE lists, one a line; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "paths")]
    pub files_from: Option<PathBuf>,
    /// The list of files is parted by NUL instead of line ends
    #[arg(short = '0', long = "null", requires = "files_from")]
    pub null: bool,
    /// No paths that match GLOB, seen from the working folder; may be repeated
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    pub exclude: Vec<Glob>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What may stand")]
pub(super) struct CheckKnown {
    /// Findings that FILE knows may stand
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write all that is found now to the baseline, and end with status 0
    #[arg(long, conflicts_with_all = ["staged", "since", "files_from"])]
    pub update_baseline: bool,
    /// The key of the tokens that exceptions name [env: SPARHUND_KEY_FILE]
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "The result")]
pub(super) struct CheckShown {
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    #[arg(value_parser = one_of(CHECK_FORMATS))]
    pub format: CheckFormat,
    /// Show the lines that findings stand on, unmasked (--format text)
    #[arg(long)]
    pub show_line: bool,
}

/// Check or show the configuration
///
/// Checks or shows the configuration, sparhund.toml in the working folder or --config FILE. The
/// command line beats the environment, the environment beats the configuration.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Config {
    #[command(subcommand)]
    pub command: ConfigCommand,
    #[command(flatten)]
    pub own: OwnRules,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Tell all that is wrong with it, with lines; status 2 if anything is
    Check,
    /// Show what holds and where it comes from; secrets are never shown
    Show,
}

/// List the units of work of a scan, one JSON object a line
///
/// Lists the units of work of a scan, one JSON object a line: the first of the three steps that
/// `scan` is made of. A distributed engine hands the lines out to its machines, runs `work` there
/// and folds the reports with `merge`. Any step may be repeated without harm.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  sparhund units /srv/share -o units.ndjson
  split -n l/8 units.ndjson part.
  for p in part.*; do sparhund work < $p > $p.reports; done
  sparhund merge --units units.ndjson part.*.reports -o inventory.json

The machines that run `work` must see the sources under the same paths.")]
pub(super) struct Units {
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub databases: Databases,
    #[command(flatten)]
    pub output: Output,
}

/// Scan the units read from standard input
///
/// Scans the units read from standard input, as `units` lists them, and writes for each the lines
/// of its report. A unit whose `unit` line is missing was not done and can be given again.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  sparhund units /srv/share | sparhund work > reports.ndjson")]
pub(super) struct Work {
    #[command(flatten)]
    pub detection: Detection,
    #[command(flatten)]
    pub showing: Showing,
    #[command(flatten)]
    pub databases: Databases,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub budgets: Budgets,
    #[command(flatten)]
    pub running: Running,
}

/// Fold streams of reports into one inventory
///
/// Folds any number of streams that `work` has written into one inventory, the same that one
/// `scan` would have written. Order and repeats do not matter.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sparhund merge part.*.reports --format summary
  sparhund merge --units units.ndjson part.*.reports -o inventory.json")]
pub(super) struct Merge {
    /// Files that `work` has written; `-` for standard input
    #[arg(value_name = "STREAM", default_value = "-")]
    pub streams: Vec<PathBuf>,
    /// End with status 3 and name the units of FILE that are missing
    #[arg(long, value_name = "FILE")]
    pub units: Option<PathBuf>,
    #[command(flatten)]
    pub grade: Grade,
    #[command(flatten)]
    pub format: ResultFormat,
    #[command(flatten)]
    pub page: Page,
    #[command(flatten)]
    pub output: Output,
}

/// Show the text the scanner reads, unmasked
///
/// Shows the text the scanner reads, one JSON object a record with its place. Use it to see
/// whether a file is understood as you understand it. Nothing is masked here.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  sparhund text members.csv | head")]
pub(super) struct Text {
    /// Files or folders to read; `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub budgets: Budgets,
    #[command(flatten)]
    pub output: Output,
}

/// Show why something was, or was not, reported
///
/// Shows every candidate of a file, or of one of its lines: what speaks for and against it, and
/// the best other reading. Candidates that were rejected are shown with the reason.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sparhund explain list.csv
  sparhund explain list.csv:17
  sparhund explain list.csv:17 --values plain")]
pub(super) struct Explain {
    /// The file, and the line if only that is of interest
    #[arg(value_name = "FILE[:LINE]")]
    pub target: OsString,
    /// Show values masked, or as they stand
    #[arg(long, value_name = "HOW", default_value = "masked")]
    #[arg(value_parser = one_of(EXPLAIN_VALUES))]
    pub values: Values,
    /// The language of the explanation
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    #[arg(value_parser = one_of(LANGUAGES))]
    pub lang: Language,
    #[command(flatten)]
    pub detection: Detection,
    #[command(flatten)]
    pub budgets: Budgets,
}

/// List, show or test the detectors
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Rules {
    #[command(subcommand)]
    pub command: RulesCommand,
    #[command(flatten)]
    pub own: OwnRules,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// One line for each rule
    List,
    /// One rule in full: patterns, words, references, examples
    Show {
        /// A rule's name, as `rules list` shows it
        #[arg(value_name = "RULE")]
        rule: String,
    },
    /// Run the examples of all rules; status 1 if one fails
    Test,
}

/// Print the JSON Schema of the inventory
#[derive(Debug, Args)]
pub(super) struct Schema {
    #[command(flatten)]
    pub output: Output,
}

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sparhund completions bash > ~/.local/share/bash-completion/completions/sparhund
  sparhund completions fish > ~/.config/fish/completions/sparhund.fish
  sparhund completions zsh > \"${fpath[1]}/_sparhund\"")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// Print a manual page
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sparhund man > sparhund.1
  sparhund man check | man -l -")]
pub(super) struct Man {
    /// The command, or the whole program
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// Make the key of the tokens
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Key {
    #[command(subcommand)]
    pub command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key file with 32 random bytes, readable by you only
    ///
    /// Makes a key file with 32 random bytes, readable by you only. An existing file is never
    /// overwritten. With the key, tokens of different inventories can be compared; whoever has
    /// it can also try out all personal identity numbers against them. Keep it as you would keep
    /// the data itself.
    #[command(after_help = "\
Example:
  sparhund key new tokens.key
  sparhund scan share --values token --key-file tokens.key")]
    New {
        /// Where to write the key
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct Sources {
    /// Files, folders, database URLs, sources named in sparhund.toml; `-` for standard input
    ///
    /// Databases are named as postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE, without a
    /// password: that comes from the environment, ~/.pgpass, ~/.my.cnf, or is asked for.
    #[arg(value_name = "SOURCE", required = true)]
    pub sources: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What is read")]
pub(super) struct Selection {
    /// Only paths that match GLOB, seen from the source; may be repeated
    ///
    /// A GLOB without `/` is matched against names at any depth, one with `/` against the path seen
    /// from the source; `*` does not match `/`, `**` does. A folder is taken in with all that is in
    /// it. A file that is named as a SOURCE is read whatever the patterns say.
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    pub include: Vec<Glob>,
    /// No paths that match GLOB, seen from the source; may be repeated
    ///
    /// Wins over --include. A folder is left out with all that is in it. A file that is named as a
    /// SOURCE is read whatever the patterns say.
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    pub exclude: Vec<Glob>,
    /// Largest file read, such as 500k, 10M, 2G; larger ones are listed as unread
    #[arg(long, value_name = "SIZE", value_parser = size::parse, allow_negative_numbers = true)]
    pub max_size: Option<u64>,
    /// Stay on the file system of each source
    #[arg(long)]
    pub one_file_system: bool,
    /// Follow symbolic links; each folder is entered once
    #[arg(long)]
    pub follow_links: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Databases")]
pub(super) struct Databases {
    /// Read views and tables of other servers too
    ///
    /// What they show is usually found in a table as well, or in a system of its own.
    #[arg(long)]
    pub views: bool,
    /// Read only a part of each table: a number of rows, or a share such as 5%
    ///
    /// For a first look. What was not read is not clean: the inventory says how large the part was.
    #[arg(long, value_name = "N|P%", value_parser = share)]
    pub sample: Option<Share>,
    /// Connections to one database at a time
    #[arg(long, value_name = "N", value_parser = jobs, default_value = "2")]
    pub connections: NonZeroUsize,
    /// Bytes of rows read a second at most, such as 500k, 10M
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    pub max_rate: Option<u64>,
    /// Refuse a role that may write
    #[arg(long)]
    pub require_read_only: bool,
    /// The environment variable that holds the password
    #[arg(long, value_name = "NAME", conflicts_with = "database_password_file")]
    pub database_password_env: Option<String>,
    /// The file whose first line is the password
    #[arg(long, value_name = "FILE")]
    pub database_password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What is looked for")]
pub(super) struct Detection {
    /// Only these categories, separated by commas [default: all]; those of --rules too
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = CategoryParser)]
    #[arg(hide_possible_values = false)]
    pub categories: Vec<String>,
    #[command(flatten)]
    pub own: OwnRules,
    /// The day by which birth dates are judged, YYYY-MM-DD [default: 31 December]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub reference_date: Option<Date>,
}

#[derive(Debug, Args)]
pub(super) struct OwnRules {
    /// Rules of your own: a file, or a folder of *.toml files; may be repeated
    #[arg(long, value_name = "PATH", global = true)]
    pub rules: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What is looked for")]
pub(super) struct Grade {
    /// Leave out findings below this confidence
    #[arg(long, value_name = "GRADE", default_value = "medium")]
    #[arg(value_parser = one_of(GRADES))]
    pub min_confidence: Confidence,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "How values are shown")]
pub(super) struct Showing {
    /// How much of a value the result shows
    #[arg(long, value_name = "HOW", default_value = "masked")]
    #[arg(value_parser = one_of(VALUES))]
    pub values: Values,
    /// The key of the tokens, from `sparhund key new` [env: SPARHUND_KEY_FILE]
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Mask what is personal in paths too; such places cannot be found again
    #[arg(long)]
    pub mask_paths: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "The result")]
pub(super) struct ResultFormat {
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    #[arg(value_parser = one_of(FORMATS))]
    pub format: Format,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "The result")]
pub(super) struct Page {
    /// With --format html: mark what this earlier inventory did not have
    #[arg(long, value_name = "INVENTORY")]
    pub previous: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "The result")]
pub(super) struct Reading {
    /// The language of what people read
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    #[arg(value_parser = one_of(LANGUAGES))]
    pub lang: Language,
}

/// Draw the data map: which systems hold which personal data
///
/// Adds up inventories by system and category, holds them against what the organisation has declared
/// in a policy file, and shows both: found but not declared, declared but not found, what is old, what
/// was not read, and where persons stand whose data is restricted. With --register it drafts the
/// record of processing activities (GDPR art. 30) instead.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sparhund scan /srv/share --values token --key-file tokens.key -o share.json
  sparhund map share.json --policy policy.toml --format html -o map.html
  sparhund map share.json --policy policy.toml --register --lang sv --format html

Persons can be counted only where the inventory has tokens. An inventory that
was cut off is told as such, and the status is 3.")]
pub(super) struct Map {
    /// Inventories that `scan` or `merge` has written; `-` for standard input
    #[arg(value_name = "INVENTORY", required = true)]
    pub inventories: Vec<PathBuf>,
    /// What the organisation has declared
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Draft the record of processing activities (art. 30) instead
    #[arg(long)]
    pub register: bool,
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    #[arg(value_parser = one_of(MAP_FORMATS))]
    pub format: MapFormat,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub output: Output,
}

/// Show what lies past its time
///
/// Holds the dates of what was found against the periods of a policy file: what lies past its time, by
/// system, with the rule that says so; what must be kept all the same; and what cannot be dated,
/// because an inventory does not hold the dates of rows and mails.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  sparhund retention share.json --policy policy.toml --format csv -o past.csv")]
pub(super) struct Retention {
    /// Inventories that `scan` or `merge` has written; `-` for standard input
    #[arg(value_name = "INVENTORY", required = true)]
    pub inventories: Vec<PathBuf>,
    /// What the organisation has declared
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
    /// The day it is asked for, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub date: Option<Date>,
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    #[arg(value_parser = one_of(TABLE_FORMATS))]
    pub format: TableFormat,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub output: Output,
}

/// Show what is new, gone and grown between two inventories
///
/// Compares two inventories by the ids of their findings. What has only moved within its file is told
/// apart from what is new, what could not be read this time from what is gone.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  sparhund diff last-week.json today.json --exit-code || mail -s 'new data' it")]
pub(super) struct Diff {
    /// The older inventory
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The newer inventory
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// By the systems of a policy file, instead of folders
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    #[arg(value_parser = one_of(DIFF_FORMATS))]
    pub format: TableFormat,
    /// End with status 1 if anything is new, gone or not read any more
    #[arg(long)]
    pub exit_code: bool,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub output: Output,
}

/// Draft or check a policy file
///
/// A policy file says what the organisation has declared: its systems and where they lie, purpose,
/// legal basis, recipients, how long data is kept and what must be kept, whose data is restricted.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Policy {
    #[command(subcommand)]
    pub command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Draft one from what inventories say lies where; gaps are marked
    Init {
        /// Inventories that `scan` or `merge` has written; `-` for standard input
        #[arg(value_name = "INVENTORY", required = true)]
        inventories: Vec<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
    /// Tell all mistakes, each with its line, and what is not filled in
    Check {
        /// The policy file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(next_help_heading = "The result")]
pub(super) struct Output {
    /// Write to FILE, readable by you only, put in place when complete
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "How it runs")]
pub(super) struct Running {
    /// Worker threads [default: number of processors]
    #[arg(long, value_name = "N", value_parser = jobs, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Progress on standard error; auto: only on a terminal
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = one_of(WHEN))]
    pub progress: When,
    /// Seconds one file may take to answer before it is listed as unread
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    #[arg(value_parser = seconds, allow_negative_numbers = true)]
    pub timeout: u64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What reading may cost")]
pub(super) struct Budgets {
    /// Documents inside one another that are opened, such as archives in mails in archives
    #[arg(long, value_name = "N", default_value_t = Budget::default().depth)]
    pub max_depth: usize,
    /// Documents inside one file that are opened, at all depths together
    #[arg(long, value_name = "N", default_value_t = Budget::default().members)]
    pub max_members: u64,
    /// Bytes that a file may unpack to for each byte it takes up; 64 MiB are always allowed
    #[arg(long, value_name = "N", default_value_t = Budget::default().ratio)]
    pub max_ratio: u64,
    /// Memory for a document that must be held whole, for each worker, such as 256M
    #[arg(long, value_name = "SIZE", value_parser = size::parse, default_value = "256M")]
    pub max_memory: u64,
    /// Recognise text in pictures with Tesseract; auto: if that is installed
    ///
    /// Recognise text in pictures with Tesseract; auto: if that is installed. It takes about a
    /// second a picture. Without it pictures are listed as not read. Debian has it in
    /// tesseract-ocr, and Swedish in tesseract-ocr-swe.
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = one_of(OCR))]
    pub ocr: When,
}

/// A choice: the word, what it means, and the value it stands for.
pub(super) type Choice<T> = (&'static str, &'static str, T);

const OCR: &[Choice<When>] =
    &[("auto", "", When::Auto), ("off", "", When::Never), ("on", "", When::Always)];

const WHEN: &[Choice<When>] =
    &[("auto", "", When::Auto), ("never", "", When::Never), ("always", "", When::Always)];

const GRADES: &[Choice<Confidence>] = &[
    ("low", "candidates to look at as well", Confidence::Low),
    ("medium", "right by form alone, or weaker form with surroundings", Confidence::Medium),
    ("high", "right by form and by surroundings", Confidence::High),
];

const VALUES: &[Choice<Values>] = &[
    ("masked", "1985****-****", Values::Masked),
    ("token", "masked, with a keyed hash that can be compared (needs a key)", Values::Token),
    ("plain", "as it stands: the result is then as sensitive as the data", Values::Plain),
];

const EXPLAIN_VALUES: &[Choice<Values>] =
    &[("masked", "", Values::Masked), ("plain", "", Values::Plain)];

pub(super) const LANGUAGES: &[Choice<Language>] =
    &[("en", "English", Language::English), ("sv", "Swedish", Language::Swedish)];

const FORMATS: &[Choice<Format>] = &[
    ("json", "one document", Format::Json),
    ("ndjson", "one object a line, written while scanning", Format::Ndjson),
    ("csv", "one finding a row, for spreadsheets", Format::Csv),
    ("html", "one page to look at, filter and print", Format::Html),
    ("sarif", "SARIF 2.1.0, the 5,000 surest findings", Format::Sarif),
    ("summary", "counts only, for reading", Format::Summary),
];

const MAP_FORMATS: &[Choice<MapFormat>] = &[
    ("json", "one document", MapFormat::Json),
    ("csv", "for spreadsheets", MapFormat::Csv),
    ("html", "one page to look at, filter and print", MapFormat::Html),
];

const TABLE_FORMATS: &[Choice<TableFormat>] = &[
    ("text", "for reading", TableFormat::Text),
    ("json", "one document", TableFormat::Json),
    ("csv", "for spreadsheets", TableFormat::Csv),
];

const DIFF_FORMATS: &[Choice<TableFormat>] =
    &[("text", "for reading", TableFormat::Text), ("json", "one document", TableFormat::Json)];

const CHECK_FORMATS: &[Choice<CheckFormat>] = &[
    ("text", "for people", CheckFormat::Text),
    ("json", "one document", CheckFormat::Json),
    ("sarif", "SARIF 2.1.0, for code scanning", CheckFormat::Sarif),
    ("junit", "test results in XML", CheckFormat::Junit),
    ("github", "annotations of a GitHub workflow", CheckFormat::Github),
    ("gitlab", "GitLab's code quality report", CheckFormat::Gitlab),
];

/// The form of an inventory that a word stands for.
pub(super) fn format(word: &str) -> Option<Format> {
    FORMATS.iter().find(|known| known.0 == word).map(|known| known.2)
}

/// A parser for one of a few words.
pub(super) fn one_of<T: Copy + Send + Sync + 'static>(
    choices: &'static [Choice<T>],
) -> impl TypedValueParser<Value = T> {
    let words = choices.iter().map(|&(word, help, _)| match help {
        "" => PossibleValue::new(word),
        help => PossibleValue::new(word).help(help),
    });
    PossibleValuesParser::new(words).try_map(|word| {
        let chosen = choices.iter().find(|choice| choice.0 == word);
        chosen.map(|choice| choice.2).ok_or("not one of the words")
    })
}

/// Takes any category's identifier, and names the built-in ones: which others there are is known when
/// the user's rules are read.
#[derive(Clone)]
struct CategoryParser;

impl TypedValueParser for CategoryParser {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Category::ALL.into_iter().map(|category| PossibleValue::new(category.id()))))
    }
}

fn glob(text: &str) -> Result<Glob, String> {
    globset::GlobBuilder::new(text)
        .literal_separator(false)
        .build()
        .map_err(|error| format!("{}; quote it, and write [*] for a star itself", error.kind()))
}

/// More threads than that are a typing error.
const MOST_JOBS: usize = 1024;

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let jobs = text.parse().ok().filter(|jobs: &NonZeroUsize| jobs.get() <= MOST_JOBS);
    jobs.ok_or_else(|| format!("write a whole number from 1 to {MOST_JOBS}"))
}

/// `N` rows, or `P%` of all.
fn share(text: &str) -> Result<Share, String> {
    let wrong = || "write a number of rows from 1, or a share above 0% up to 100%".to_owned();
    let Some(percent) = text.strip_suffix('%') else {
        return text.parse().ok().filter(|rows| *rows > 0).map(Share::Rows).ok_or_else(wrong);
    };
    let percent: f64 = percent.trim().parse().map_err(|_| wrong())?;
    if !(percent > 0.0 && percent <= 100.0) {
        return Err(wrong());
    }
    // At most a million, and at least one.
    Ok(Share::Millionths(((percent * 10_000.0).round() as u32).max(1)))
}

/// A year, in seconds.
const LONGEST: u64 = 365 * 24 * 60 * 60;

fn seconds(text: &str) -> Result<u64, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=LONGEST).contains(seconds));
    seconds.ok_or_else(|| format!("write whole seconds, from 1 to {LONGEST} (a year)"))
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write an existing day as YYYY-MM-DD: 2026-12-31".to_owned())
}
