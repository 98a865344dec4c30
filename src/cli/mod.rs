//! The command line: arguments in, exit status out. The only part that prints.
//!
//! [`run`] is the whole program. `args` is what the user writes, [`options`] what it means; every
//! command that writes a result does so in a [`session`].

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _};

mod args;
mod check;
mod config;
mod configured;
mod convert;
mod data_map;
mod databases;
mod distribute;
mod erasure;
pub mod exit;
mod explain;
pub mod key;
mod locking;
pub mod options;
pub mod output;
mod passwords;
mod plain;
mod policy_facts;
pub mod progress;
mod rules;
mod scan;
pub mod session;
pub mod signals;
mod size;
pub mod sources;
mod subject;
mod subject_args;
pub mod terminal;
mod text;

use args::Cli;
use convert::Surroundings;
use exit::{ExitStatus, Failure};
use options::{Command, Invocation};

/// Does what a command line asks for, the program's name first.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let matches = match Cli::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return explain_usage(&error),
    };
    let done = match Cli::from_arg_matches(&matches) {
        Ok(cli) => understand(cli, &matches).and_then(|asked| dispatch(&asked)),
        Err(error) => return explain_usage(&error),
    };
    crate::scan::end_readers();
    done.unwrap_or_else(|failure| {
        terminal::tell(&failure.message);
        failure.status
    })
}

/// What is asked for, with what the configuration says of it.
fn understand(mut cli: Cli, matches: &clap::ArgMatches) -> Result<Invocation, Failure> {
    let mut surroundings = Surroundings::of_process();
    surroundings.config = configured::read(&cli)?;
    if let Some(config) = &surroundings.config {
        configured::apply(config, &surroundings, matches, &mut cli)?;
    }
    surroundings.understand(cli)
}

/// Help and version go to standard output and are no error; all else is wrong usage.
fn explain_usage(error: &clap::Error) -> ExitStatus {
    // If nobody can be told, the status still says it.
    let _ = error.print();
    if error.use_stderr() { ExitStatus::Usage } else { ExitStatus::Done }
}

fn dispatch(asked: &Invocation) -> Result<ExitStatus, Failure> {
    if let Some(path) = &asked.password_file {
        passwords::read(path)?;
    }
    crate::scan::isolate_readers();
    match &asked.command {
        Command::Scan(options) => scan::scan(options),
        Command::Check(options) => check::check(options, asked.color),
        Command::Config(options) => config::config(options),
        Command::Units(options) => distribute::units(options),
        Command::Work(options) => distribute::work(options),
        Command::Merge(options) => distribute::merge(options),
        Command::Text(options) => text::text(options),
        Command::Explain(options) => explain::explain(options),
        Command::Map(options) => data_map::map(options),
        Command::Retention(options) => data_map::retention(options),
        Command::Diff(options) => data_map::diff(options),
        Command::DraftPolicy(inventories, target) => data_map::draft_policy(inventories, target),
        Command::CheckPolicy(file) => data_map::check_policy(file),
        Command::Rules(options) => rules::rules(options),
        Command::Subject(options) => subject::subject(options),
        Command::ErasurePlan(options) => erasure::plan(options),
        Command::ErasureVerify(options) => erasure::verify(options),
        Command::Schema(target) => plain::schema(target),
        Command::Completions(shell) => plain::completions(*shell),
        Command::Man(command) => plain::man(command.as_deref()),
        Command::NewKey(file) => plain::new_key(file),
        Command::ReadDocuments => {
            crate::scan::serve_reader();
            Ok(ExitStatus::Done)
        }
    }
}
