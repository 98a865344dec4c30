//! What the detector answers: notes, their kinds and the evidence for them.

use crate::model::Confidence;
use std::ops::Range;

pub use crate::model::NoteKind as Kind;

/// Why something is thought to be a note: a set of reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence(u16);

impl Evidence {
    /// The label of its column or field.
    pub const LABEL: Evidence = Evidence(1);
    /// Words of an allergy, an intolerance or a diet.
    pub const CONDITION: Evidence = Evidence(1 << 1);
    /// A food, and a word that says that it is not eaten.
    pub const AVOIDED_FOOD: Evidence = Evidence(1 << 2);
    /// An abbreviation of lists.
    pub const CODE: Evidence = Evidence(1 << 3);
    /// The writer speaks of himself or herself.
    pub const FIRST_PERSON: Evidence = Evidence(1 << 4);
    /// A name.
    pub const NAME: Evidence = Evidence(1 << 5);
    /// A relative, or a role: `min son`, `eleven`.
    pub const RELATION: Evidence = Evidence(1 << 6);
    /// A pronoun of the third person.
    pub const PRONOUN: Evidence = Evidence(1 << 7);
    /// An e-mail address, telephone or personal identity number beside it.
    pub const IDENTIFIER: Evidence = Evidence(1 << 8);
    /// The record says whose it is.
    pub const RECORD: Evidence = Evidence(1 << 9);
    /// A number of people, not a person.
    pub const COUNT: Evidence = Evidence(1 << 10);
    /// The words are not known as food or diet.
    pub const UNKNOWN_WORDS: Evidence = Evidence(1 << 11);
    /// A known misspelling, or one letter from a known word.
    pub const MISSPELT: Evidence = Evidence(1 << 12);

    const NAMES: [&'static str; 13] = [
        "label:dietary",
        "condition",
        "avoided_food",
        "code",
        "first_person",
        "name",
        "relation",
        "pronoun",
        "identifier",
        "record",
        "count",
        "unknown_words",
        "misspelt",
    ];

    /// Both sets of reasons.
    #[must_use]
    pub const fn with(self, other: Evidence) -> Evidence {
        Evidence(self.0 | other.0)
    }

    /// Are all of the other's reasons among these?
    #[must_use]
    pub const fn has(self, other: Evidence) -> bool {
        self.0 & other.0 == other.0
    }

    /// The reasons in words.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 >> bit & 1 == 1)
            .map(|(_, n)| *n)
    }
}

/// A note on what somebody can't, or won't, eat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its bytes in the text that was given.
    pub range: Range<usize>,
    /// What it is about.
    pub kind: Kind,
    /// How sure it is that it is a note about somebody.
    pub confidence: Confidence,
    /// Why.
    pub evidence: Evidence,
}

/// Whom a record (a row, a block, a form) is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Somebody who is told: a name, an e-mail address, a telephone or personal identity number.
    Person,
    /// Nothing says.
    #[default]
    Unknown,
    /// Nobody: the record counts portions or people.
    Count,
}
