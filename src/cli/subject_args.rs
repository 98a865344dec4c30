//! The command lines of `subject` and `erasure`, as written and as meant.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::args::{self, Choice, LANGUAGES, one_of};
use super::convert::{self, Surroundings};
use super::exit::Failure;
use super::options::{
    Command, ErasurePlanOptions, ErasureVerifyOptions, Format, Lock, SubjectFormat, SubjectOptions,
};
use super::terminal;
use crate::model::Language;
use crate::subject::{CheckDigits, Identifier, Kind, deadline::Deadline};

/// Find everything about one person
///
/// Finds every place where one of a person's identifiers stands, in any way of writing it, and what
/// stands in the same row, form, contact card or paragraph. Keeps it as a case, and makes the
/// folder that the person gets (registerutdrag, GDPR art. 15).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sparhund subject --email eva@example.com /srv/share
  sparhund subject --identifiers eva.txt --follow --case eva.case.json /srv/share
  sparhund subject --identifiers - --pack eva --lang sv /srv/share < eva.txt

A file of identifiers has one a line: `personnummer 19900101-2385`,
`email eva@example.com`, `phone 070-174 06 05`, `name Eva Lund`,
`customer-number 10045`. So they do not stand in the list of processes.
Status 3 means that something could not be read: the answer may lack it.")]
pub(super) struct Subject {
    #[command(flatten)]
    pub person: PersonArgs,
    /// Files or folders; `-` for standard input; databases by their URL
    #[arg(value_name = "SOURCE", required = true)]
    pub sources: Vec<PathBuf>,
    #[command(flatten)]
    pub selection: args::Selection,
    #[command(flatten)]
    pub detection: args::Detection,
    #[command(flatten)]
    pub databases: args::Databases,
    #[command(flatten)]
    pub showing: args::Showing,
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "json", help_heading = "The result")]
    #[arg(value_parser = one_of(FORMATS))]
    pub format: SubjectFormat,
    #[command(flatten)]
    pub output: args::Output,
    #[command(flatten)]
    pub request: Request,
    #[command(flatten)]
    pub lock: LockArgs,
    #[command(flatten)]
    pub running: args::Running,
}

const FORMATS: &[Choice<SubjectFormat>] = &[
    ("json", "one document", SubjectFormat::Inventory(Format::Json)),
    ("ndjson", "one object a line", SubjectFormat::Inventory(Format::Ndjson)),
    ("csv", "one finding a row", SubjectFormat::Inventory(Format::Csv)),
    ("html", "a page to read and print", SubjectFormat::Html),
];

#[derive(Debug, Args)]
#[command(next_help_heading = "Who is searched for")]
pub(super) struct PersonArgs {
    /// A personnummer or samordningsnummer; ten digits in every century
    #[arg(long, value_name = "NUMBER")]
    pub personnummer: Vec<String>,
    /// An e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub email: Vec<String>,
    /// A phone number
    #[arg(long, value_name = "NUMBER")]
    pub phone: Vec<String>,
    /// Given name and surname; others may have the same
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// A customer number, or any other number of your own
    #[arg(long, value_name = "NUMBER")]
    pub customer_number: Vec<String>,
    /// Read them from FILE, one `kind value` a line; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub identifiers: Option<PathBuf>,
    /// Search for a personnummer whose check digit is wrong as it is
    #[arg(long)]
    pub accept_wrong_check_digit: bool,
    /// Search for addresses and numbers that stand with the person as well
    #[arg(long)]
    pub follow: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "The request")]
pub(super) struct Request {
    /// Keep the case in FILE: what was found, for the answer and for an erasure
    #[arg(long, value_name = "FILE")]
    pub case: Option<PathBuf>,
    /// The day the request came, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE")]
    pub received: Option<String>,
    /// Make the access pack for the person in FOLDER
    #[arg(long, value_name = "FOLDER")]
    pub pack: Option<PathBuf>,
    /// The policy file: purposes, recipients, periods
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The language of pack and pages
    #[arg(long, value_name = "LANGUAGE", default_value = "sv")]
    #[arg(value_parser = one_of(LANGUAGES))]
    pub lang: Language,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Locking files with personal data")]
pub(super) struct LockArgs {
    /// Encrypt for an age recipient (age1…); may be repeated
    #[arg(long, value_name = "RECIPIENT")]
    pub recipient: Vec<String>,
    /// Encrypt and decrypt with the passphrase on the first line of FILE
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    pub passphrase_file: Option<PathBuf>,
    /// Decrypt with the age identity in FILE
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}

impl From<LockArgs> for Lock {
    fn from(args: LockArgs) -> Lock {
        let LockArgs { recipient, passphrase_file, identity } = args;
        Lock { recipients: recipient, passphrase_file, identity_file: identity }
    }
}

/// Plan an erasure, and prove later that it was done
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Erasure {
    #[command(subcommand)]
    pub command: ErasureCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ErasureCommand {
    /// Make a plan of a case: what to delete, where, and how safely
    ///
    /// Makes a plan of a case: what to delete, where, and how safely. Beside the plan it writes an
    /// SQL script for each database, to be read through and run by its owner, and a work list for
    /// files (CSV and HTML). Nothing is changed.
    #[command(after_help = "\
Example:
  sparhund erasure plan eva.case.json -o eva.plan.json")]
    Plan(PlanArgs),
    /// Look whether a plan was carried out, and write a receipt
    ///
    /// Goes to the places of a plan and searches its sources again for the person. The receipt
    /// holds no personal data and can be made again, after a backup was restored for instance.
    /// Status 1: something is still there; 3: not everything could be read.
    #[command(after_help = "\
Example:
  sparhund erasure verify eva.plan.json -o eva.receipt.json")]
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// The case, from `sparhund subject --case`
    #[arg(value_name = "CASE")]
    pub case: PathBuf,
    #[command(flatten)]
    pub output: args::Output,
    /// The key of the case's tokens [env: SPARHUND_KEY_FILE]
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// The policy file: holds, duties to keep, suppression lists
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The language of the work lists
    #[arg(long, value_name = "LANGUAGE", default_value = "sv")]
    #[arg(value_parser = one_of(LANGUAGES))]
    pub lang: Language,
    #[command(flatten)]
    pub lock: LockArgs,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The plan, from `sparhund erasure plan`
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    #[command(flatten)]
    pub output: args::Output,
    /// The key of the plan's tokens [env: SPARHUND_KEY_FILE]
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    #[command(flatten)]
    pub lock: LockArgs,
    #[command(flatten)]
    pub detection: args::Detection,
    #[command(flatten)]
    pub running: args::Running,
}

impl Surroundings {
    /// What a command line of `subject` asks for.
    pub(super) fn subject(&self, subject: Subject) -> Result<SubjectOptions, Failure> {
        let identifiers = identifiers(&subject.person)?;
        let received = subject
            .request
            .received
            .unwrap_or_else(|| crate::report::header::now()[..10].to_owned());
        if Deadline::of(&received).is_none() {
            return Err(Failure::usage("--received is no day: write it as YYYY-MM-DD"));
        }
        let lock = Lock::from(subject.lock);
        let sources = convert::sources(subject.sources)?;
        let reads_twice = sources.contains(&super::options::SourceSpec::Stdin)
            && (subject.person.follow
                || subject.person.identifiers.as_deref() == Some(Path::new("-")));
        if reads_twice {
            return Err(Failure::usage(
                "standard input can be read once only: it cannot be searched with --follow or \
                 --identifiers -",
            ));
        }
        Ok(SubjectOptions {
            identifiers,
            sources,
            selection: convert::selection(subject.selection),
            detection: self.detection(subject.detection)?,
            databases: convert::databases(subject.databases),
            showing: self.showing(subject.showing)?,
            format: subject.format,
            output: convert::target(subject.output),
            running: self.running(&subject.running),
            follow: subject.person.follow,
            received,
            case: subject.request.case,
            lock,
            pack: subject.request.pack,
            policy: subject.request.policy,
            language: subject.request.lang,
        })
    }
}

impl Surroundings {
    /// What a command line of `erasure` asks for.
    pub(super) fn erasure(&self, erasure: Erasure) -> Result<Command, Failure> {
        Ok(match erasure.command {
            ErasureCommand::Plan(plan) => Command::ErasurePlan(ErasurePlanOptions {
                case: plan.case,
                output: convert::target(plan.output),
                key_file: plan.key_file.or_else(|| self.key_file.clone()),
                policy: plan.policy,
                language: plan.lang,
                lock: plan.lock.into(),
            }),
            ErasureCommand::Verify(verify) => {
                Command::ErasureVerify(Box::new(ErasureVerifyOptions {
                    plan: verify.plan,
                    output: convert::target(verify.output),
                    key_file: verify.key_file.or_else(|| self.key_file.clone()),
                    lock: verify.lock.into(),
                    detection: self.detection(verify.detection)?,
                    running: self.running(&verify.running),
                }))
            }
        })
    }
}

/// The identifiers of a command line and of the file it names.
fn identifiers(person: &PersonArgs) -> Result<Vec<Identifier>, Failure> {
    let given = [
        (Kind::Personnummer, &person.personnummer),
        (Kind::Email, &person.email),
        (Kind::Phone, &person.phone),
        (Kind::Name, &person.name),
        (Kind::CustomerNumber, &person.customer_number),
    ];
    let mut values: Vec<(Kind, String)> = Vec::new();
    for (kind, texts) in given {
        values.extend(texts.iter().map(|text| (kind, text.clone())));
    }
    if let Some(path) = &person.identifiers {
        values.extend(listed(path)?);
    }
    if values.is_empty() {
        return Err(Failure::usage(
            "nobody is named: give one of --personnummer, --email, --phone, --name, \
             --customer-number, or a file of them with --identifiers",
        ));
    }
    let wrong = match person.accept_wrong_check_digit {
        true => CheckDigits::MayBeWrong,
        false => CheckDigits::MustBeRight,
    };
    let (mut out, mut complaints) = (Vec::<Identifier>::new(), Vec::new());
    for (n, (kind, text)) in values.iter().enumerate() {
        match Identifier::parse(*kind, text, wrong) {
            Ok(identifier) if out.contains(&identifier) => {}
            Ok(identifier) => out.push(identifier),
            // The value is not repeated: what is said ends in logs.
            Err(why) => complaints.push(format!("identifier {} ({}): {why}", n + 1, kind.id())),
        }
    }
    if complaints.is_empty() { Ok(out) } else { Err(Failure::usage(complaints.join("; "))) }
}

/// Larger than any list of one person's identifiers.
const LARGEST_LIST: u64 = 1024 * 1024;

/// The identifiers of a file, `kind value` a line.
fn listed(path: &Path) -> Result<Vec<(Kind, String)>, Failure> {
    let name = terminal::path(path);
    let unreadable = |error: std::io::Error| {
        Failure::usage(format!("the identifiers in {name} cannot be read: {error}"))
    };
    let mut text = String::new();
    let from: Box<dyn std::io::Read> = match path.as_os_str() == "-" {
        true => Box::new(std::io::stdin()),
        false => Box::new(std::fs::File::open(path).map_err(unreadable)?),
    };
    from.take(LARGEST_LIST).read_to_string(&mut text).map_err(unreadable)?;
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(n, line)| {
            let (word, value) = line
                .split_once(|c: char| c.is_whitespace() || c == ':' || c == '=')
                .unwrap_or((line, ""));
            let word = word.trim_start_matches("--").replace('_', "-");
            let kind = Kind::ALL.iter().find(|(id, _)| *id == word).map(|known| known.1);
            let value = value.trim_start_matches([':', '=', ' ', '\t']);
            kind.map(|kind| (kind, value.to_owned())).ok_or_else(|| {
                let kinds: Vec<&str> = Kind::ALL.iter().map(|known| known.0).collect();
                Failure::usage(format!(
                    "line {n} of {name} does not begin with one of {}",
                    kinds.join(", ")
                ))
            })
        })
        .collect()
}
