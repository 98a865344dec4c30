//! What a detector answers.

use std::ops::Range;

use super::{Category, Confidence, Evidence};

/// Finer kinds of a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Published for test or fiction.
    pub test_identity: bool,
    /// Article 9 GDPR.
    pub special_category: bool,
    /// What a dietary note is about.
    pub kind: Option<NoteKind>,
    /// Whose e-mail address it is.
    pub role: Option<Role>,
    /// What a phone is for.
    pub usage: Option<Usage>,
    /// The check digit of a labelled number is wrong.
    pub check_digit_wrong: bool,
    /// The value stands masked where it was found.
    pub masked: bool,
    /// How it belongs to the person who was searched for, where one was.
    pub standing: Option<Standing>,
}

/// How a finding belongs to the person who was searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it is to the person.
    pub relation: Relation,
    /// What stands in one record of a document has the same number.
    pub record: u32,
    /// Others stand in that record as well.
    pub shared: bool,
}

/// What a finding is to the person who was searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// A value that was asked for.
    Identifier,
    /// It stands in a record with one.
    Linked,
}

impl Relation {
    /// The word used in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Relation::Identifier => "identifier",
            Relation::Linked => "linked",
        }
    }
}

/// What a dietary note is about. In a note of several, the one that is most pressing: an allergy, then
/// an intolerance, a religion's rules, a diet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteKind {
    /// A way of eating that is ordinary personal data: vegan, low-carb.
    Diet,
    /// Food that a religion rules out or prescribes (GDPR art. 9, belief inferred).
    ReligiousDiet,
    /// Food that is not tolerated, or a diet for a medical reason (GDPR art. 9, health).
    Intolerance,
    /// An allergy (GDPR art. 9, health).
    Allergy,
}

impl NoteKind {
    /// The word used in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            NoteKind::Allergy => "allergy",
            NoteKind::Intolerance => "intolerance",
            NoteKind::Diet => "diet",
            NoteKind::ReligiousDiet => "religious_diet",
        }
    }

    /// Is it special category data under art. 9 of the GDPR?
    #[must_use]
    pub const fn is_special_category(self) -> bool {
        !matches!(self, NoteKind::Diet)
    }
}

/// Whose e-mail address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A person's.
    Person,
    /// A function's: `info@`.
    Role,
}

impl Role {
    /// The word used in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Role::Person => "person",
            Role::Role => "role",
        }
    }
}

/// What a phone is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Usage {
    /// A person's.
    Personal,
    /// An organisation's.
    Business,
}

impl Usage {
    /// The word used in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Usage::Personal => "personal",
            Usage::Business => "business",
        }
    }
}

/// Where in the record's text a finding stands.
pub type Spread = Range<usize>;

/// Something found in a record. Its text is not here: `range` says where it stands, and the one who
/// holds the record cuts it out if it is wanted at all.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// What it is.
    pub category: Category,
    /// How sure we are.
    pub confidence: Confidence,
    /// The same as a number from 0 to 1.
    pub score: f32,
    /// Bytes of the record's text it stands in.
    pub range: Spread,
    /// The match form: see the contract's table of categories.
    pub normalized: &'a str,
    /// What speaks for and against.
    pub evidence: Evidence,
    /// Finer kinds.
    pub attributes: Attributes,
    /// The column it stands in, from 0, in a table as stored; there may be more of them than the table
    /// has names for. Not told where findings are only counted.
    pub column: Option<usize>,
}
