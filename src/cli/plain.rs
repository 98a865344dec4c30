//! `sparhund schema`, `completions`, `man` and `key new`: commands that read nothing.

use std::io::Write as _;
use std::path::Path;

use clap::CommandFactory as _;

use super::args::Cli;
use super::exit::{ExitStatus, Failure};
use super::key;
use super::options::{Target, When};
use super::session::{self, Outcome};
use super::terminal::{self, tell};
use crate::report::schema::SCHEMA;

/// Prints the JSON Schema of the inventory.
pub(super) fn schema(target: &Target) -> Result<ExitStatus, Failure> {
    session::run(target, When::Never, |session| {
        session.output.write_all(SCHEMA.as_bytes())?;
        Ok(Outcome::Complete)
    })
}

/// Prints the completions of a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<ExitStatus, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "sparhund", &mut script);
    session::run(&Target::Stdout, When::Never, |session| {
        session.output.write_all(&script)?;
        Ok(Outcome::Complete)
    })
}

/// Prints the manual page of a command, or of the program.
pub(super) fn man(name: Option<&str>) -> Result<ExitStatus, Failure> {
    let mut program = Cli::command();
    program.build();
    let command = match name {
        None => Some(&program),
        Some(name) => program.find_subcommand(name),
    };
    let command = command.cloned().ok_or_else(|| {
        Failure::usage("there is no such command: `sparhund help` lists those there are")
    })?;
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command).render(&mut page);
    rendered.expect("a page is written to memory");
    session::run(&Target::Stdout, When::Never, |session| {
        session.output.write_all(&page)?;
        Ok(Outcome::Complete)
    })
}

/// Makes a key file.
pub(super) fn new_key(path: &Path) -> Result<ExitStatus, Failure> {
    let key = key::create(path)?;
    let name = terminal::path(path);
    tell(&format!("key {} is in {name}: keep it as you keep the data itself", key.id()));
    Ok(ExitStatus::Done)
}
