//! What a run was asked to do, as plain data: checked, with defaults filled in, and free of the
//! command line it came from.

pub use crate::report::Values;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use globset::Glob;

use crate::config::Config;
use crate::model::{Category, Confidence, Language};
use crate::rules::own::UserRules;
use crate::validate::date::Date;

/// A whole command line.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// Colours on a terminal.
    pub color: When,
    /// What to do.
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Scan sources and write the inventory.
    Scan(ScanOptions),
    /// List the units of work.
    Units(UnitsOptions),
    /// Scan units read from standard input.
    Work(WorkOptions),
    /// Fold streams of reports into one inventory.
    Merge(MergeOptions),
    /// Show what the scanner reads.
    Text(TextOptions),
    /// Show or test the detectors.
    Rules(RulesOptions),
    /// Show why something was, or was not, reported.
    Explain(ExplainOptions),
    /// Fail on personal data in what a commit would hold.
    Check(CheckOptions),
    /// Check or show the configuration.
    Config(ConfigOptions),
    /// Print the JSON Schema of the inventory.
    Schema(Target),
    /// Print the completions of a shell.
    Completions(clap_complete::Shell),
    /// Print the manual page of a command, or of the program.
    Man(Option<String>),
    /// Make a key file for tokens.
    NewKey(PathBuf),
}

/// `scan`.
#[derive(Clone, Debug, PartialEq)]
pub struct ScanOptions {
    /// What to scan, in the order given.
    pub sources: Vec<SourceSpec>,
    /// What of it is read.
    pub selection: Selection,
    /// What is looked for.
    pub detection: Detection,
    /// Findings below are left out.
    pub min_confidence: Confidence,
    /// How values are shown.
    pub showing: Showing,
    /// Form of the result.
    pub format: Format,
    /// Where the result goes.
    pub output: Target,
    /// How the work is done.
    pub running: Running,
}

/// `check`.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOptions {
    /// What is looked at.
    pub what: CheckWhat,
    /// Not these paths, seen from the working folder.
    pub exclude: Vec<Glob>,
    /// The file of what may stand.
    pub baseline: Option<PathBuf>,
    /// Write that file anew.
    pub update_baseline: bool,
    /// The file that holds the key of the tokens.
    pub key_file: Option<PathBuf>,
    /// What is looked for.
    pub detection: Detection,
    /// Form of the result.
    pub format: crate::check::output::Format,
    /// Show the lines that findings stand on.
    pub show_line: bool,
    /// Where the result goes.
    pub output: Target,
    /// Number of threads.
    pub jobs: NonZeroUsize,
    /// The configuration.
    pub config: Option<Arc<Config>>,
}

/// What `check` looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckWhat {
    /// Files and folders.
    Paths(Vec<PathBuf>),
    /// The files that a list names; true where NUL parts them.
    List(SourceSpec, bool),
    /// What is staged, below these paths.
    Staged(Vec<PathBuf>),
    /// What has changed since a revision, below these paths.
    Since(String, Vec<PathBuf>),
}

/// `config`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigOptions {
    /// Show it instead of only checking it.
    pub show: bool,
    /// The configuration, if there is one.
    pub config: Option<Arc<Config>>,
    /// `SPARHUND_KEY_FILE`.
    pub key_file: Option<PathBuf>,
    /// Rules of the user's own.
    pub rules: Arc<UserRules>,
}

/// `units`.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitsOptions {
    /// What to list, in the order given.
    pub sources: Vec<SourceSpec>,
    /// What of it is listed.
    pub selection: Selection,
    /// Where the list goes.
    pub output: Target,
}

/// `work`.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkOptions {
    /// What is looked for.
    pub detection: Detection,
    /// How values are shown.
    pub showing: Showing,
    /// Where the reports go.
    pub output: Target,
    /// How the work is done.
    pub running: Running,
}

/// `merge`.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeOptions {
    /// Streams of reports; order and repeats do not matter.
    pub streams: Vec<SourceSpec>,
    /// The list of units that must all be there.
    pub units: Option<PathBuf>,
    /// Findings below are left out.
    pub min_confidence: Confidence,
    /// Form of the result.
    pub format: Format,
    /// Where the result goes.
    pub output: Target,
}

/// `text`.
#[derive(Clone, Debug, PartialEq)]
pub struct TextOptions {
    /// What to read.
    pub sources: Vec<SourceSpec>,
    /// Where the text goes.
    pub output: Target,
}

/// `explain`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainOptions {
    /// The file.
    pub file: PathBuf,
    /// Only what begins on this line, from 1.
    pub line: Option<u64>,
    /// Show values as they stand instead of masked.
    pub values: Values,
    /// The language of the explanation.
    pub language: Language,
    /// What is looked for.
    pub detection: Detection,
}

/// `rules`.
#[derive(Clone, Debug, PartialEq)]
pub struct RulesOptions {
    /// What to do with them.
    pub command: RulesCommand,
    /// Rules of the user's own.
    pub rules: Arc<UserRules>,
}

/// What to do with the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulesCommand {
    /// One line a rule.
    List,
    /// One rule in full.
    Show(String),
    /// Run the examples of all rules, birth dates judged by this day.
    Test(Date),
}

/// What to scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceSpec {
    /// A file or a folder.
    Path(PathBuf),
    /// Standard input, written `-`.
    Stdin,
}

/// Where a result goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output, written `-`.
    Stdout,
    /// A file, put in place when it is complete.
    File(PathBuf),
}

/// What of a source is read.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Selection {
    /// Only paths that match one of these; all if there is none.
    pub include: Vec<Glob>,
    /// No paths that match one of these.
    pub exclude: Vec<Glob>,
    /// Largest file read, in bytes.
    pub max_size: Option<u64>,
    /// Stay on the file system of each source's root.
    pub one_file_system: bool,
    /// Follow symbolic links.
    pub follow_links: bool,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    /// The categories, each once, in the order of [`Category::ALL`], the user's own behind.
    pub categories: Vec<Category>,
    /// Rules of the user's own.
    pub rules: Arc<UserRules>,
    /// The day against which birth dates and ages are judged.
    pub reference_date: Date,
}

/// How values are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Showing {
    /// The grade.
    pub values: Values,
    /// The file that holds the key of the tokens.
    pub key_file: Option<PathBuf>,
    /// Mask what is personal in paths and keys too.
    pub mask_paths: bool,
}

/// How the work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// Number of worker threads.
    pub jobs: NonZeroUsize,
    /// Progress on standard error.
    pub progress: When,
    /// How long one unit may take to answer.
    pub timeout: Duration,
}

/// Form of an inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One document.
    Json,
    /// One object a line.
    Ndjson,
    /// One finding a row.
    Csv,
    /// SARIF 2.1.0.
    Sarif,
    /// Counts and the ledger only.
    Summary,
}

/// Something that can be left to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Where it makes sense.
    Auto,
    /// Never.
    Never,
    /// Always.
    Always,
}
