//! The report of one unit after another, as lines and as counts.

use super::Tally;
use super::finding::{FindingWriter, Written};
use super::showing::Showing;
use super::unit::{Outcome, UnitLine, UnitName, count, write_unread};
use crate::model::{Finding, Ledger, Problem, Record, Step};

/// What of the units is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Every finding and every unit.
    Full,
    /// Nothing but what was unread; the rest is counted.
    Counts,
}

/// Findings of a unit that may have more names are kept up to so many bytes.
const RECORDED: usize = 64 * 1024;

/// The findings of a unit, to be reported again at another place.
#[derive(Debug)]
pub struct Recording {
    written: Written,
    tally: Tally,
}

impl Recording {
    /// Bytes it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of::<Recording>() + self.written.size()
    }
}

/// Writes the lines of units into a buffer and counts along.
#[derive(Debug)]
pub struct UnitWriter {
    showing: Showing,
    detail: Detail,
    findings: FindingWriter,
    /// Whole lines that nobody has taken yet.
    pub lines: Vec<u8>,
    /// What the lines add up to.
    pub tally: Tally,
    /// Findings of this unit so far.
    found: u64,
    /// Something of this unit that should have been read was not.
    incomplete: bool,
    /// What is recorded adds up to this.
    recorded: Option<Tally>,
    /// What became of the documents inside this unit.
    members: Ledger,
}

impl UnitWriter {
    /// A writer with empty buffers.
    #[must_use]
    pub fn new(showing: Showing, detail: Detail) -> UnitWriter {
        UnitWriter {
            showing,
            detail,
            findings: FindingWriter::default(),
            lines: Vec::new(),
            tally: Tally::default(),
            found: 0,
            incomplete: false,
            recorded: None,
            members: Ledger::default(),
        }
    }

    /// Begins a unit. `found` findings of it are reported already, elsewhere.
    pub fn begin_unit(&mut self, name: &UnitName<'_>, found: u64) {
        self.findings.begin_unit(name);
        self.found = found;
        self.incomplete = false;
        self.members = Ledger::default();
        self.recorded = None;
        self.findings.written = None;
    }

    /// Goes to a document inside the unit, or back to the unit's own, which takes no steps.
    pub fn enter(&mut self, inside: &[Step]) {
        self.findings.enter(inside);
    }

    /// Counts what became of a document inside the unit.
    pub fn met(&mut self, outcome: Outcome) {
        count(&mut self.tally.ledger, outcome);
        count(&mut self.members, outcome);
        if let Some(recorded) = &mut self.recorded {
            count(&mut recorded.ledger, outcome);
        }
    }

    /// Keeps the findings from here on, as long as they are few and nothing goes wrong.
    pub fn start_recording(&mut self) {
        self.recorded = Some(Tally::default());
        self.findings.written = Some(Written::default());
    }

    /// What was kept since, if all was.
    pub fn stop_recording(&mut self) -> Option<Recording> {
        let (tally, written) = (self.recorded.take(), self.findings.written.take());
        Some(Recording { tally: tally?, written: written? })
    }

    /// Reports findings that were kept, at this unit.
    pub fn replay(&mut self, recording: &Recording) {
        if self.detail == Detail::Full {
            self.findings.write_again(&mut self.lines, &recording.written);
        }
        self.tally.merge(&recording.tally);
        self.members.merge(&recording.tally.ledger);
        self.found += recording.tally.findings.total();
    }

    /// Takes over lines of this unit that were written by an earlier run; with its unit line it has
    /// ended.
    pub fn replay_lines(&mut self, lines: &[u8], tally: &Tally) {
        self.lines.extend_from_slice(lines);
        self.tally.merge(tally);
        self.found += tally.findings.total();
    }

    /// What is too much to keep, or not all, is not kept.
    fn stop_keeping(&mut self) {
        self.recorded = None;
        self.findings.written = None;
    }

    /// Begins a record of the unit. `None` for a record that has no table.
    pub fn begin_record(&mut self, record: &Record<'_>) {
        self.findings.begin_record(Some(record));
    }

    /// Ends the record: what was found in it stands in order of place.
    pub fn end_record(&mut self) {
        self.findings.end_record(&mut self.lines);
    }

    /// Notes excerpts of records of the document at hand, as a JSON array: what a search for a person
    /// keeps beside its findings. Such lines are for whoever asked for the search only.
    pub fn excerpts(&mut self, records: &str) {
        self.findings.excerpts(&mut self.lines, records);
    }

    /// Reports a finding in the record that was begun.
    #[inline]
    pub fn finding(&mut self, record: &Record<'_>, finding: &Finding<'_>) {
        self.found += 1;
        self.tally.findings.add(finding.category, finding.confidence);
        if finding.attributes.test_identity {
            self.tally.tests.add(finding.category, finding.confidence);
        }
        if self.detail == Detail::Full {
            self.findings.write(&mut self.lines, record, finding, &self.showing);
        }
        if let Some(recorded) = &mut self.recorded {
            recorded.findings.add(finding.category, finding.confidence);
            if finding.attributes.test_identity {
                recorded.tests.add(finding.category, finding.confidence);
            }
            if self.findings.written.as_ref().is_some_and(|w| w.size() > RECORDED) {
                self.stop_keeping();
            }
        }
    }

    /// Findings of this unit so far.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.found
    }

    /// Takes over what another writer found in a part of this unit: `lines` change places with this
    /// writer's, which must be taken.
    pub fn swap_part(&mut self, lines: &mut Vec<u8>, tally: &Tally) {
        std::mem::swap(&mut self.lines, lines);
        self.tally.merge(tally);
        self.found += tally.findings.total();
    }

    /// Begins a part of the unit whose lines are passed on later. All lines before must be taken.
    pub fn begin_part(&mut self, buffer: Vec<u8>) {
        self.stop_keeping();
        self.clear();
        self.lines = buffer;
    }

    /// Ends the part: its lines and what they add up to, for [`UnitWriter::swap_part`].
    pub fn end_part(&mut self) -> (Vec<u8>, Tally) {
        let tally = std::mem::take(&mut self.tally);
        self.found -= tally.findings.total();
        (std::mem::take(&mut self.lines), tally)
    }

    /// Reports a problem.
    pub fn problem(&mut self, problem: &Problem) {
        self.stop_keeping();
        write_unread(&mut self.lines, self.findings.location(), problem);
        if problem.reason.is_incomplete() {
            self.incomplete = true;
            self.tally.incomplete += 1;
        }
    }

    /// Ends the unit. `line` has no findings and no completeness yet.
    pub fn end_unit(&mut self, line: UnitLine<'_>, all_read: bool) {
        self.tally.ledger.bytes += line.bytes;
        count(&mut self.tally.ledger, line.outcome);
        count(&mut self.members, line.outcome);
        if self.detail == Detail::Full {
            let complete = all_read && !self.incomplete;
            UnitLine { findings: self.found, complete, ..line }.write(
                &mut self.lines,
                &self.members,
                self.showing.key.as_ref(),
            );
        }
    }

    /// Empties the buffers, which somebody has taken.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.tally = Tally::default();
    }
}
