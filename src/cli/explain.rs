//! `explain`: why something was, or was not, reported. Which of it is shown, and how it ends; the
//! words are in `account`.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::Ordering;

use super::exit::{ExitStatus, Failure};
use super::options::{ExplainOptions, SourceSpec, Target, Values, When};
use super::scan::{detection, roots};
use super::session::{self, Outcome};
use super::sources;
use super::terminal::{self, harmless};
use crate::detect::Detector;
use crate::model::{Confidence, Flow, Place, Problem};
use crate::report::Detail;
use crate::scan::explain::{self, Account, Listener, Met};
use crate::source::RootKind;

mod account;
mod place;

use account::Words;

/// So many are listed above and below a line on which there is nothing.
const NEAR: usize = 3;

/// Shows why something was, or was not, reported.
pub(super) fn explain(options: &ExplainOptions) -> Result<ExitStatus, Failure> {
    let source = [SourceSpec::Path(options.file.clone())];
    sources::check(&source)?;
    let file = harmless(&options.file.to_string_lossy());
    let root = roots(&source)?.pop().expect("one source has one root");
    if root.kind == RootKind::Folder {
        let name = terminal::path(&options.file);
        return Err(Failure::usage(format!("{name} is a folder: name a file in it")));
    }
    // What a scan leaves out when nothing else is asked of it is left out here.
    let wanted = detection(&options.detection, Confidence::Medium, Detail::Full);
    let detector = Detector::with_user_rules(wanted, &options.detection.rules);
    crate::scan::quiet_faults();
    session::run(&Target::Stdout, When::Never, |session| {
        let stop = session.interrupt.flag();
        let words =
            Words { file, language: options.language, plain: options.values == Values::Plain };
        let mut teller = Teller::new(words, options.line, &mut session.output);
        let met = explain::explain(root, &detector, options.budget, &stop, &mut teller);
        if stop.load(Ordering::Relaxed) {
            return Ok(Outcome::Interrupted);
        }
        teller.end(met)
    })
}

/// Shows what is asked for as it is told.
struct Teller<'o> {
    words: Words,
    line: Option<u64>,
    out: &'o mut dyn Write,
    error: Option<io::Error>,
    shown: bool,
    incomplete: bool,
    /// What stands nearest above and below the line.
    above: VecDeque<String>,
    below: Vec<String>,
}

impl<'o> Teller<'o> {
    fn new(words: Words, line: Option<u64>, out: &'o mut dyn Write) -> Teller<'o> {
        Teller {
            words,
            line,
            out,
            error: None,
            shown: false,
            incomplete: false,
            above: VecDeque::new(),
            below: Vec::new(),
        }
    }

    fn write(&mut self, text: &str) -> Flow {
        match self.out.write_all(text.as_bytes()) {
            Ok(()) => Flow::Continue,
            Err(error) => {
                self.error = Some(error);
                Flow::Stop
            }
        }
    }

    fn block(&mut self, account: &Account) -> Flow {
        let parted = if self.shown { "\n" } else { "" };
        self.shown = true;
        let block = format!("{parted}{}", self.words.block(account));
        self.write(&block)
    }

    /// Remembers what stands near `line`; there is enough of it once some stands below.
    fn remember(&mut self, account: &Account, line: u64) -> Flow {
        let summary = || self.words.heading(account);
        match &account.place {
            Place::Text(at) if at.line > line => self.below.push(summary()),
            Place::Text(_) => {
                let summary = summary();
                self.above.push_back(summary);
                if self.above.len() > NEAR {
                    self.above.pop_front();
                }
            }
            _ => {}
        }
        if self.below.len() == NEAR { Flow::Stop } else { Flow::Continue }
    }

    /// Says what there is to say of a file or line without anything in it.
    fn end(mut self, met: Met) -> io::Result<Outcome> {
        if !self.shown && self.error.is_none() {
            let said = self.words.nothing(met, self.line);
            let _ = self.write(&said);
            let near: Vec<String> = self.above.drain(..).chain(self.below.drain(..)).collect();
            if !near.is_empty() {
                let said = self.words.near(&near);
                let _ = self.write(&said);
            }
        }
        match self.error {
            Some(error) => Err(error),
            None if self.incomplete => Ok(Outcome::Incomplete),
            None => Ok(Outcome::Complete),
        }
    }
}

impl Listener for Teller<'_> {
    fn account(&mut self, account: &Account) -> Flow {
        match (self.line, &account.place) {
            (None, _) => self.block(account),
            (Some(line), Place::Text(at)) if at.line == line => self.block(account),
            (Some(line), _) => self.remember(account, line),
        }
    }

    fn problem(&mut self, problem: &Problem) -> Flow {
        self.incomplete |= problem.reason.is_incomplete();
        let said = self.words.problem(problem);
        self.write(&said)
    }
}
