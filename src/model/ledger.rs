//! The account of what was met: seen = scanned + skipped + unread.

use std::collections::BTreeMap;

use super::{Category, Confidence, Own, Reason};

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

/// Findings by category and confidence. At most 17 built-in categories by three grades: kept flat,
/// because it is counted up for every finding. The user's own stand behind, as far as there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    built_in: [[u64; 3]; Category::ALL.len()],
    own: Vec<[u64; 3]>,
}

impl Counts {
    /// Counts one finding.
    #[inline]
    pub fn add(&mut self, category: Category, confidence: Confidence) {
        self.add_many(category, confidence, 1);
    }

    /// Counts `n` findings.
    #[inline]
    pub fn add_many(&mut self, category: Category, confidence: Confidence, n: u64) {
        self.of(category)[confidence as usize] += n;
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Counts) {
        if self.own.len() < other.own.len() {
            self.own.resize(other.own.len(), [0; 3]);
        }
        let mine = self.built_in.iter_mut().chain(&mut self.own).flatten();
        let theirs = other.built_in.iter().chain(&other.own).flatten();
        for (mine, theirs) in mine.zip(theirs) {
            *mine = mine.saturating_add(*theirs);
        }
    }

    /// How many of a category and confidence.
    #[must_use]
    pub fn get(&self, category: Category, confidence: Confidence) -> u64 {
        let counted = match category.index().checked_sub(Category::ALL.len()) {
            None => self.built_in.get(category.index()),
            Some(own) => self.own.get(own),
        };
        counted.map_or(0, |of| of[confidence as usize])
    }

    /// How many altogether.
    #[must_use]
    pub fn total(&self) -> u64 {
        total(self.built_in.iter().chain(&self.own).flatten())
    }

    /// The categories that may have been counted: the built-in ones, then the user's own by name.
    #[must_use]
    pub fn categories(&self) -> Vec<Category> {
        let mut own: Vec<Category> =
            (0..self.own.len()).filter_map(Own::at).map(Category::Own).collect();
        own.sort_by_key(|category| category.id());
        [Category::ALL.to_vec(), own].concat()
    }

    #[inline]
    fn of(&mut self, category: Category) -> &mut [u64; 3] {
        match category.index().checked_sub(Category::ALL.len()) {
            None => &mut self.built_in[category.index()],
            Some(own) => {
                if self.own.len() <= own {
                    self.own.resize(own + 1, [0; 3]);
                }
                &mut self.own[own]
            }
        }
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
