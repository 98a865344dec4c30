//! What speaks for and against a finding, as a set of named clues.

/// One piece of evidence. The name is what inventories show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Clue {
    /// The check digit is right (ISO/IEC 7812 Luhn).
    Luhn,
    /// The check digit is wrong.
    LuhnFailed,
    /// The digits hold a real calendar date.
    ValidDate,
    /// The century is written out.
    Century,
    /// Written with the usual separator.
    Separator,
    /// Written with an unusual separator (spaces, dots, several groups).
    LooseSeparator,
    /// The label of the column, key or field names the category.
    Label,
    /// A word near by names the category.
    ContextWord,
    /// The label says it is something else.
    LabelAgainst,
    /// A word near by says it is something else.
    ContextAgainst,
    /// The form marks it (`tel:`, `mailto:`, `PNOSE-`).
    Prefix,
    /// Most values of the column pass.
    ColumnFor,
    /// Few values of the column pass.
    ColumnAgainst,
    /// The last four digits read as a time of day.
    ClockLike,
    /// It could as well be a phone number.
    RivalPhone,
    /// Month or day are unknown (00, 60).
    UnknownDate,
    /// Published for test or fiction.
    TestIdentity,
    /// A number that the national numbering plan knows.
    NumberingPlan,
    /// Written with country code.
    CountryCode,
    /// Digits grouped as people group them.
    Grouping,
    /// The top-level domain exists.
    KnownTld,
    /// Written in a disguise such as `(at)`.
    Disguised,
    /// Leading zeros that a spreadsheet dropped were put back.
    Restored,
    /// Put together from two fields.
    SplitFields,
    /// The cell stands in a column of dietary needs.
    DietColumn,
    /// Words for a condition or a diet.
    DietWords,
    /// Words for a person near by.
    PersonWords,
    /// The record holds somebody's identity.
    PersonRecord,
    /// A count, not a person.
    CountOnly,
    /// The same number, but outside the plan's usual grouping.
    BareDigits,
    /// In the name of a file or folder.
    FileName,
}

impl Clue {
    /// All clues, in the order of their numbers.
    pub const ALL: [Clue; 31] = [
        Clue::Luhn,
        Clue::LuhnFailed,
        Clue::ValidDate,
        Clue::Century,
        Clue::Separator,
        Clue::LooseSeparator,
        Clue::Label,
        Clue::ContextWord,
        Clue::LabelAgainst,
        Clue::ContextAgainst,
        Clue::Prefix,
        Clue::ColumnFor,
        Clue::ColumnAgainst,
        Clue::ClockLike,
        Clue::RivalPhone,
        Clue::UnknownDate,
        Clue::TestIdentity,
        Clue::NumberingPlan,
        Clue::CountryCode,
        Clue::Grouping,
        Clue::KnownTld,
        Clue::Disguised,
        Clue::Restored,
        Clue::SplitFields,
        Clue::DietColumn,
        Clue::DietWords,
        Clue::PersonWords,
        Clue::PersonRecord,
        Clue::CountOnly,
        Clue::BareDigits,
        Clue::FileName,
    ];

    /// The name shown in inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Clue::Luhn => "luhn",
            Clue::LuhnFailed => "luhn_failed",
            Clue::ValidDate => "valid_date",
            Clue::Century => "century",
            Clue::Separator => "separator",
            Clue::LooseSeparator => "loose_separator",
            Clue::Label => "label",
            Clue::ContextWord => "context",
            Clue::LabelAgainst => "label_against",
            Clue::ContextAgainst => "context_against",
            Clue::Prefix => "prefix",
            Clue::ColumnFor => "column",
            Clue::ColumnAgainst => "column_against",
            Clue::ClockLike => "clock_like",
            Clue::RivalPhone => "rival_phone",
            Clue::UnknownDate => "unknown_date",
            Clue::TestIdentity => "test_list",
            Clue::NumberingPlan => "numbering_plan",
            Clue::CountryCode => "country_code",
            Clue::Grouping => "grouping",
            Clue::KnownTld => "known_tld",
            Clue::Disguised => "disguised",
            Clue::Restored => "restored_zeros",
            Clue::SplitFields => "split_fields",
            Clue::DietColumn => "diet_column",
            Clue::DietWords => "diet_words",
            Clue::PersonWords => "person_words",
            Clue::PersonRecord => "person_record",
            Clue::CountOnly => "count_only",
            Clue::BareDigits => "bare_digits",
            Clue::FileName => "file_name",
        }
    }
}

/// A set of clues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence(u64);

impl Evidence {
    /// No evidence.
    pub const NONE: Evidence = Evidence(0);

    /// With `clue` added.
    #[must_use]
    pub const fn with(self, clue: Clue) -> Evidence {
        Evidence(self.0 | 1 << clue as u8)
    }

    /// Adds `clue`.
    pub const fn add(&mut self, clue: Clue) {
        self.0 |= 1 << clue as u8;
    }

    /// Holds `clue`?
    #[must_use]
    pub const fn has(self, clue: Clue) -> bool {
        self.0 & (1 << clue as u8) != 0
    }

    /// The clues, in the order of [`Clue::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Clue> {
        Clue::ALL.into_iter().filter(move |&clue| self.has(clue))
    }

    /// The set as bits, clue `n` of [`Clue::ALL`] at bit `n`.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clue_stands_at_its_number() {
        for (n, clue) in Clue::ALL.into_iter().enumerate() {
            assert_eq!(clue as usize, n, "{clue:?}");
        }
    }

    #[test]
    fn sets_keep_what_was_added() {
        let set = Evidence::NONE.with(Clue::Luhn).with(Clue::FileName);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Clue::Luhn, Clue::FileName]);
        assert!(!set.has(Clue::Label));
    }
}
