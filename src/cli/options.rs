//! What a run was asked to do, as plain data: checked, with defaults filled in, and free of the
//! command line it came from.

pub use crate::report::Values;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use globset::Glob;

use crate::config::Config;
use crate::model::{Budget, Category, Confidence, Language};
use crate::rules::own::UserRules;
use crate::source::RootKind;
use crate::source::database::Share;
use crate::subject::Identifier;
use crate::validate::date::Date;

/// A whole command line.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// Colours on a terminal.
    pub color: When,
    /// The file with passwords for protected documents.
    pub password_file: Option<PathBuf>,
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
    /// Find everything about one person.
    Subject(Box<SubjectOptions>),
    /// Plan an erasure.
    ErasurePlan(ErasurePlanOptions),
    /// Look whether a plan was carried out.
    ErasureVerify(Box<ErasureVerifyOptions>),
    /// Draw the data map.
    Map(MapOptions),
    /// Show what lies past its time.
    Retention(RetentionOptions),
    /// Compare two inventories.
    Diff(DiffOptions),
    /// Draft a policy file.
    DraftPolicy(Vec<PathBuf>, Target),
    /// Check a policy file.
    CheckPolicy(PathBuf),
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
    /// Read documents for another process of this program.
    ReadDocuments,
}

/// `scan`.
#[derive(Clone, Debug, PartialEq)]
pub struct ScanOptions {
    /// What to scan, in the order given.
    pub sources: Vec<SourceSpec>,
    /// What of it is read.
    pub selection: Selection,
    /// How databases are read.
    pub databases: Databases,
    /// What is looked for.
    pub detection: Detection,
    /// Findings below are left out.
    pub min_confidence: Confidence,
    /// How values are shown.
    pub showing: Showing,
    /// Form of the result.
    pub format: Format,
    /// What a page of it shows.
    pub page: PageOptions,
    /// Where the result goes.
    pub output: Target,
    /// What reading one unit may cost.
    pub budget: Budget,
    /// How the work is done.
    pub running: Running,
    /// The folder of what earlier scans know.
    pub state: Option<PathBuf>,
}

/// `subject`.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectOptions {
    /// What the person is known by.
    pub identifiers: Vec<Identifier>,
    /// What to search, in the order given.
    pub sources: Vec<SourceSpec>,
    /// What of it is read.
    pub selection: Selection,
    /// What is looked for around the person's values.
    pub detection: Detection,
    /// How databases are read.
    pub databases: Databases,
    /// How values are shown.
    pub showing: Showing,
    /// Form of the result.
    pub format: SubjectFormat,
    /// Where the result goes.
    pub output: Target,
    /// How the work is done.
    pub running: Running,
    /// Search for what stands with the person too.
    pub follow: bool,
    /// The day the request was received.
    pub received: String,
    /// Where the case is kept.
    pub case: Option<PathBuf>,
    /// How the case is locked.
    pub lock: Lock,
    /// The folder of the access pack.
    pub pack: Option<PathBuf>,
    /// The policy file.
    pub policy: Option<PathBuf>,
    /// The language of the pack and of pages.
    pub language: Language,
}

/// `erasure plan`.
#[derive(Clone, Debug, PartialEq)]
pub struct ErasurePlanOptions {
    /// The case.
    pub case: PathBuf,
    /// Where the plan goes.
    pub output: Target,
    /// The key of the tokens.
    pub key_file: Option<PathBuf>,
    /// The policy file.
    pub policy: Option<PathBuf>,
    /// The language of work lists.
    pub language: Language,
    /// How case and plan are locked.
    pub lock: Lock,
}

/// `erasure verify`.
#[derive(Clone, Debug, PartialEq)]
pub struct ErasureVerifyOptions {
    /// The plan.
    pub plan: PathBuf,
    /// Where the receipt goes.
    pub output: Target,
    /// The key of the tokens.
    pub key_file: Option<PathBuf>,
    /// How the plan is locked.
    pub lock: Lock,
    /// What is looked for around the person's values.
    pub detection: Detection,
    /// How the work is done.
    pub running: Running,
}

/// How a file with personal data is locked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// `age` recipients.
    pub recipients: Vec<String>,
    /// A file that holds a passphrase.
    pub passphrase_file: Option<PathBuf>,
    /// A file that holds an `age` identity.
    pub identity_file: Option<PathBuf>,
}

/// Form of what `subject` finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectFormat {
    /// One of an inventory's.
    Inventory(Format),
    /// A page.
    Html,
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
    /// How databases are read.
    pub databases: Databases,
    /// Where the list goes.
    pub output: Target,
}

/// `work`.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkOptions {
    /// How databases are read.
    pub databases: Databases,
    /// What is looked for.
    pub detection: Detection,
    /// How values are shown.
    pub showing: Showing,
    /// Where the reports go.
    pub output: Target,
    /// What reading one unit may cost.
    pub budget: Budget,
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
    /// What a page of it shows.
    pub page: PageOptions,
    /// Where the result goes.
    pub output: Target,
}

/// What a page shows besides the inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOptions {
    /// An earlier inventory: what it did not have is marked as new.
    pub previous: Option<PathBuf>,
    /// The language it opens in.
    pub language: Language,
}

/// `map`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapOptions {
    /// The inventories.
    pub inventories: Vec<PathBuf>,
    /// What is declared.
    pub policy: Option<PathBuf>,
    /// The record of processing activities instead of the map.
    pub register: bool,
    /// Form of the result.
    pub format: MapFormat,
    /// Its language.
    pub language: Language,
    /// Where the result goes.
    pub output: Target,
}

/// Form of a data map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapFormat {
    /// One document.
    Json,
    /// For spreadsheets.
    Csv,
    /// A page.
    Html,
}

/// `retention`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionOptions {
    /// The inventories.
    pub inventories: Vec<PathBuf>,
    /// What is declared.
    pub policy: PathBuf,
    /// The day it is asked for; today if there is none.
    pub date: Option<Date>,
    /// Form of the result.
    pub format: TableFormat,
    /// Its language.
    pub language: Language,
    /// Where the result goes.
    pub output: Target,
}

/// Form of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// For reading.
    Text,
    /// One document.
    Json,
    /// For spreadsheets.
    Csv,
}

/// `diff`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffOptions {
    /// The older inventory.
    pub old: PathBuf,
    /// The newer one.
    pub new: PathBuf,
    /// Whose systems to sort by.
    pub policy: Option<PathBuf>,
    /// JSON instead of text.
    pub format: TableFormat,
    /// Differences end with status 1.
    pub exit_code: bool,
    /// The language of the text.
    pub language: Language,
    /// Where the result goes.
    pub output: Target,
}

/// `text`.
#[derive(Clone, Debug, PartialEq)]
pub struct TextOptions {
    /// What to read.
    pub sources: Vec<SourceSpec>,
    /// What reading one unit may cost.
    pub budget: Budget,
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
    /// What reading the file may cost.
    pub budget: Budget,
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
    /// A database, by its URL without a password.
    Database(RootKind, String),
}

/// How databases are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Databases {
    /// Views and tables of other servers are read as well.
    pub views: bool,
    /// Only so much of each table is read.
    pub sample: Option<Share>,
    /// Connections to one source at a time.
    pub connections: NonZeroUsize,
    /// Most bytes of rows a second.
    pub max_rate: Option<u64>,
    /// A role that may write is refused.
    pub require_read_only: bool,
    /// The environment variable that holds the password.
    pub password_env: Option<String>,
    /// The file whose first line is the password.
    pub password_file: Option<PathBuf>,
}

impl Default for Databases {
    fn default() -> Databases {
        Databases {
            views: false,
            sample: None,
            connections: NonZeroUsize::MIN.saturating_add(1),
            max_rate: None,
            require_read_only: false,
            password_env: None,
            password_file: None,
        }
    }
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
    /// A page.
    Html,
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
