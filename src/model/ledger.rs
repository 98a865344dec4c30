//! The account of what was met: seen = scanned + skipped + unread.

use std::collections::BTreeMap;

use super::{Category, Confidence, Reason};

/// Why something was passed over on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skipped {
    /// Left out by `--exclude`, or not taken in by `--include`.
    Exclude,
    /// Recognised by its content as no text.
    Binary,
    /// A symbolic link.
    Link,
    /// A device, FIFO or socket.
    Device,
    /// Left out by its size.
    Size,
    /// Left out by an ignore file.
    IgnoreFile,
    /// A placeholder of a cloud store, whose content is elsewhere.
    CloudPlaceholder,
}

impl Skipped {
    /// All of them.
    pub const ALL: [Skipped; 7] = [
        Skipped::Exclude,
        Skipped::Binary,
        Skipped::Link,
        Skipped::Device,
        Skipped::Size,
        Skipped::IgnoreFile,
        Skipped::CloudPlaceholder,
    ];

    /// The word used in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Skipped::Exclude => "exclude",
            Skipped::Binary => "binary",
            Skipped::Link => "link",
            Skipped::Device => "device",
            Skipped::Size => "size",
            Skipped::IgnoreFile => "ignore_file",
            Skipped::CloudPlaceholder => "cloud_placeholder",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Skipped> {
        Skipped::ALL.into_iter().find(|s| s.id() == id)
    }
}

/// Findings by category and confidence. At most 17 categories by three grades: kept flat, because
/// it is counted up for every finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts([[u64; 3]; Category::ALL.len()]);

impl Counts {
    /// Counts one finding.
    pub fn add(&mut self, category: Category, confidence: Confidence) {
        self.0[category as usize][confidence as usize] += 1;
    }

    /// Counts `n` findings.
    pub fn add_many(&mut self, category: Category, confidence: Confidence, n: u64) {
        self.0[category as usize][confidence as usize] += n;
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Counts) {
        for (mine, theirs) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            *mine = mine.saturating_add(*theirs);
        }
    }

    /// How many of a category and confidence.
    #[must_use]
    pub fn get(&self, category: Category, confidence: Confidence) -> u64 {
        self.0[category as usize][confidence as usize]
    }

    /// How many altogether.
    #[must_use]
    pub fn total(&self) -> u64 {
        total(self.0.iter().flatten())
    }
}

/// What became of everything that was met, in files, members and tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Read, wholly or in part.
    pub scanned: u64,
    /// Passed over on purpose, by what passed it over.
    pub skipped: BTreeMap<Skipped, u64>,
    /// Should have been read and was not, by reason.
    pub unread: BTreeMap<Reason, u64>,
    /// Read in part only (counted under `scanned`).
    pub partial: u64,
    /// Bytes of what was read.
    pub bytes: u64,
}

impl Ledger {
    /// Everything that was met.
    #[must_use]
    pub fn seen(&self) -> u64 {
        total([&self.scanned, &self.skipped_in_all(), &self.unread_in_all()].into_iter())
    }

    /// Everything that was passed over.
    #[must_use]
    pub fn skipped_in_all(&self) -> u64 {
        total(self.skipped.values())
    }

    /// Everything that was not read.
    #[must_use]
    pub fn unread_in_all(&self) -> u64 {
        total(self.unread.values())
    }

    /// Counts something passed over.
    pub fn skip(&mut self, why: Skipped) {
        *self.skipped.entry(why).or_default() += 1;
    }

    /// Counts something unread.
    pub fn unread(&mut self, why: Reason) {
        *self.unread.entry(why).or_default() += 1;
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Ledger) {
        add(&mut self.scanned, other.scanned);
        add(&mut self.partial, other.partial);
        add(&mut self.bytes, other.bytes);
        for (why, n) in &other.skipped {
            add(self.skipped.entry(*why).or_default(), *n);
        }
        for (why, n) in &other.unread {
            add(self.unread.entry(*why).or_default(), *n);
        }
    }
}

/// Adds up. What others have written down may be any number, and must not stop a merge.
fn add(sum: &mut u64, n: u64) {
    *sum = sum.saturating_add(n);
}

fn total<'n>(numbers: impl Iterator<Item = &'n u64>) -> u64 {
    numbers.fold(0, |sum, n| sum.saturating_add(*n))
}
