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
    /// Kind of a dietary note: `allergy`, `intolerance`, `diet`, `religious_diet`.
    pub kind: Option<&'static str>,
    /// Whose e-mail address: `person`, `role`.
    pub role: Option<&'static str>,
    /// What a phone is for: `personal`, `business`.
    pub usage: Option<&'static str>,
    /// The check digit of a labelled number is wrong.
    pub check_digit_wrong: bool,
    /// The value stands masked where it was found.
    pub masked: bool,
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
}
