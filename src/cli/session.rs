//! What every command that writes a result has in common: it opens the result first, hears signals,
//! shows progress, and ends in one of the exit statuses with the result in place or kept aside.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::exit::{ExitStatus, Failure};
use super::key::{self, Key};
use super::options::{Showing, Target, Values, When};
use super::output::{OutputError, OutputFile};
use super::progress::{Progress, ProgressDisplay};
use super::signals::Interrupt;
use super::terminal::{self, tell};

/// How the work of a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it was read.
    Complete,
    /// All of it was tried; something could not be read.
    Incomplete,
    /// All of it was tried; something does not hold.
    Failed,
    /// It was asked to end before that; the result says so.
    Interrupted,
}

/// What the work of a command is given.
#[derive(Debug)]
pub struct Session {
    /// Where the result is written. Clones write to the same place.
    pub output: SharedOutput,
    /// Whether to end early.
    pub interrupt: Interrupt,
    /// The counters the user sees.
    pub progress: Arc<Progress>,
}

/// The result, for the threads of a run. One that hangs may keep its clone for ever: when the work is
/// done the file is taken out from under it.
#[derive(Clone, Debug)]
pub struct SharedOutput(Arc<Mutex<Option<OutputFile>>>);

impl SharedOutput {
    fn new(output: OutputFile) -> SharedOutput {
        SharedOutput(Arc::new(Mutex::new(Some(output))))
    }

    fn lock(&self) -> MutexGuard<'_, Option<OutputFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<OutputFile> {
        self.lock().take()
    }
}

impl Write for SharedOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.lock().as_mut() {
            Some(output) => output.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.lock().as_mut() {
            Some(output) => output.write_all(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().as_mut().map_or(Ok(()), OutputFile::flush)
    }
}

/// Runs the work of a command from the opening of its result to its exit status. The work answers
/// with an error only if the result could not be written: what cannot be read is part of the result.
///
/// # Errors
///
/// If the result cannot be written, or signals cannot be heard.
pub fn run(
    target: &Target,
    progress: When,
    work: impl FnOnce(&mut Session) -> io::Result<Outcome>,
) -> Result<ExitStatus, Failure> {
    let interrupt = Interrupt::listen()
        .map_err(|error| Failure::usage(format!("signals cannot be handled here: {error}")))?;
    run_until(interrupt, target, progress, work)
}

fn run_until(
    interrupt: Interrupt,
    target: &Target,
    progress: When,
    work: impl FnOnce(&mut Session) -> io::Result<Outcome>,
) -> Result<ExitStatus, Failure> {
    let output = OutputFile::open(target).map_err(|error| not_written(target, &error))?;
    let output = SharedOutput::new(output);
    let mut session = Session { output, interrupt, progress: Arc::default() };
    let display = ProgressDisplay::start(Arc::clone(&session.progress), progress);
    let outcome = work(&mut session);
    display.end();
    match finish(session, outcome) {
        Ok(status) => Ok(status),
        Err(OutputError::Closed) => Ok(ExitStatus::Done),
        Err(OutputError::Failed(error)) => Err(not_written(target, &error)),
        Err(OutputError::Misplaced(kept, error)) => {
            let (kept, name) = (terminal::path(&kept), name_of(target));
            Err(Failure::not_written(format!(
                "the result cannot be put in place as {name}: {error}; it is whole, in {kept}"
            )))
        }
    }
}

/// Puts the result in place, or keeps it aside if the work was cut short.
fn finish(session: Session, outcome: io::Result<Outcome>) -> Result<ExitStatus, OutputError> {
    let output = session.output.take();
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            output.into_iter().for_each(OutputFile::discard);
            return Err(error.into());
        }
    };
    let status = match outcome {
        Outcome::Complete => ExitStatus::Done,
        Outcome::Incomplete => ExitStatus::Incomplete,
        Outcome::Failed => ExitStatus::Failed,
        Outcome::Interrupted => {
            output.map_or(Ok(()), OutputFile::keep_partial)?;
            return Ok(session.interrupt.status().unwrap_or(ExitStatus::Interrupted));
        }
    };
    output.map_or(Ok(()), OutputFile::commit)?;
    Ok(status)
}

fn not_written(target: &Target, error: &io::Error) -> Failure {
    let name = name_of(target);
    Failure::not_written(format!("the result cannot be written to {name}: {error}"))
}

fn name_of(target: &Target) -> String {
    match target {
        Target::Stdout => "standard output".to_owned(),
        Target::File(path) => terminal::path(path),
    }
}

/// The key the options ask for, with a word to the user if others can read it.
///
/// # Errors
///
/// If the key file cannot be read or holds no key.
pub fn key(showing: &Showing) -> Result<Option<Key>, Failure> {
    let Some(path) = showing.key_file.as_ref().filter(|_| showing.values != Values::Masked) else {
        return Ok(None);
    };
    let loaded = key::read(path)?;
    if loaded.exposed {
        let name = terminal::path(path);
        tell(&format!("the key file {name} can be read by others: chmod 600 it"));
    }
    Ok(Some(loaded.key))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn check(outcome: io::Result<Outcome>, status: Result<u8, u8>, files: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::File(folder.path().join("out"));
        let shown = format!("{outcome:?}");
        let got = run_until(Interrupt::default(), &target, When::Never, |session| {
            session.output.write_all(b"result")?;
            outcome
        });
        let got = got.map(ExitStatus::code).map_err(|failure| failure.status.code());
        assert_eq!(got, status, "{shown}");
        let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), files, "{shown}");
    }

    #[test]
    fn every_outcome_has_its_status_and_its_file() {
        check(Ok(Outcome::Complete), Ok(0), &["out"]);
        check(Ok(Outcome::Incomplete), Ok(3), &["out"]);
        check(Ok(Outcome::Failed), Ok(1), &["out"]);
        check(Ok(Outcome::Interrupted), Ok(130), &["out.partial"]);
        check(Err(io::Error::from(io::ErrorKind::BrokenPipe)), Ok(0), &[]);
        check(Err(io::Error::from(io::ErrorKind::StorageFull)), Err(4), &[]);
    }

    #[test]
    fn a_result_that_has_no_place_stops_the_run_before_it_begins() {
        let target = Target::File("/nonexistent/folder/out".into());
        let got = run_until(Interrupt::default(), &target, When::Never, |_| {
            panic!("the work must not begin")
        });
        assert_eq!(got.unwrap_err().status, ExitStatus::NotWritten);
    }
}
