//! What speaks for and against a finding, as a set of named clues.

use super::Language;

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
    /// A street or box with its number.
    Street,
    /// A postcode, and a town behind it.
    Postcode,
    /// The postcode is in use in the town beside it.
    OwnTown,
    /// An address of the public internet.
    PublicAddress,
    /// An address inside a network.
    PrivateAddress,
    /// Numbers as small as a version's.
    VersionLike,
    /// It begins with a known given name.
    GivenName,
    /// A known surname, or a word with a surname's ending.
    Surname,
    /// Words that look like names, but are in no list.
    NameForm,
    /// A given name alone, or a surname with an initial.
    SinglePart,
    /// Its words are common words as well.
    CommonWords,
    /// The check digits are right (modulus 97 or 11).
    Checksum,
    /// Begins with digits that issuers of payment cards have.
    IssuerRange,
    /// Begins with a bank's clearing number.
    ClearingNumber,
    /// Letters and digits stand where they stand in such numbers.
    Shape,
    /// The form that a rule of the user's own asks for.
    Form,
    /// The check that a rule of the user's own asks for is passed.
    Check,
    /// On the list of a rule of the user's own.
    Term,
}

impl Clue {
    /// All clues, in the order of their numbers.
    pub const ALL: [Clue; 49] = [
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
        Clue::Street,
        Clue::Postcode,
        Clue::OwnTown,
        Clue::PublicAddress,
        Clue::PrivateAddress,
        Clue::VersionLike,
        Clue::GivenName,
        Clue::Surname,
        Clue::NameForm,
        Clue::SinglePart,
        Clue::CommonWords,
        Clue::Checksum,
        Clue::IssuerRange,
        Clue::ClearingNumber,
        Clue::Shape,
        Clue::Form,
        Clue::Check,
        Clue::Term,
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
            Clue::Street => "street",
            Clue::Postcode => "postcode",
            Clue::OwnTown => "own_town",
            Clue::PublicAddress => "public_address",
            Clue::PrivateAddress => "private_address",
            Clue::VersionLike => "version_like",
            Clue::GivenName => "given_name",
            Clue::Surname => "surname",
            Clue::NameForm => "name_form",
            Clue::SinglePart => "single_part",
            Clue::CommonWords => "common_words",
            Clue::Checksum => "checksum",
            Clue::IssuerRange => "issuer",
            Clue::ClearingNumber => "clearing",
            Clue::Shape => "shape",
            Clue::Form => "form",
            Clue::Check => "check",
            Clue::Term => "term",
        }
    }

    /// What it says, as a sentence without its full stop, for people who have not read the rules.
    #[must_use]
    pub const fn describe(self, language: Language) -> &'static str {
        let [english, swedish] = SENTENCES[self as usize];
        language.pick(english, swedish)
    }
}

/// What each clue of [`Clue::ALL`] says, in English and in Swedish.
const SENTENCES: [[&str; 2]; Clue::ALL.len()] = [
    ["the check digit is right", "kontrollsiffran stämmer"],
    ["the check digit is wrong", "kontrollsiffran stämmer inte"],
    ["the digits hold a date of the calendar", "siffrorna innehåller ett datum som finns"],
    ["the century is written out", "århundradet är utskrivet"],
    ["it is written with the usual separator", "det är skrivet med det vanliga skiljetecknet"],
    ["it is written with an unusual separator", "det är skrivet med ett ovanligt skiljetecken"],
    [
        "the label of its column or field names it",
        "rubriken på kolumnen eller fältet säger vad det är",
    ],
    ["a word near by names it", "ett ord i närheten säger vad det är"],
    [
        "the label of its column or field says something else",
        "rubriken på kolumnen eller fältet säger något annat",
    ],
    ["a word near by says something else", "ett ord i närheten säger något annat"],
    ["what stands right before it names it", "det som står alldeles före säger vad det är"],
    ["most values of its column are such", "de flesta värden i kolumnen är sådana"],
    ["few values of its column are such", "få värden i kolumnen är sådana"],
    [
        "its end reads as a time of day, as in a time stamp",
        "slutet kan läsas som ett klockslag, som i en tidsstämpel",
    ],
    ["it could as well be a phone number", "det kan lika gärna vara ett telefonnummer"],
    ["its month or day stands for an unknown one", "månaden eller dagen står för en okänd"],
    [
        "it is published for tests or fiction and belongs to nobody",
        "det är utgivet för test eller fiktion och tillhör ingen",
    ],
    ["the numbering plan has such a number", "numret ryms i nummerplanen"],
    ["it is written with its country code", "det är skrivet med landsnummer"],
    ["its digits are grouped as people group them", "siffrorna är grupperade som folk brukar göra"],
    ["its top-level domain exists", "toppdomänen finns"],
    ["it is written in a disguise, such as (at)", "det är skrivet förtäckt, till exempel med (at)"],
    [
        "leading zeros that a spreadsheet drops were put back",
        "inledande nollor som ett kalkylark tar bort har återställts",
    ],
    ["it is put together from two fields", "det är sammansatt av två fält"],
    ["it stands in a column of dietary needs", "det står i en kolumn för kostbehov"],
    ["there are words for a condition or a diet", "det finns ord för ett tillstånd eller en kost"],
    ["words near by speak of a person", "ord i närheten talar om en person"],
    ["the record says whose it is", "posten säger vem det gäller"],
    ["it is a count, not a person", "det är ett antal, inte en person"],
    ["its digits stand in one run, without groups", "siffrorna står i en följd, utan grupper"],
    ["it stands in the name of a file or folder", "det står i namnet på en fil eller mapp"],
    ["there is a street or box with its number", "det finns en gata eller box med nummer"],
    ["a postcode stands beside a town", "ett postnummer står intill en ort"],
    ["the postcode is the town's own", "postnumret hör till orten"],
    ["it is an address of the public internet", "det är en adress på det öppna internet"],
    [
        "it is an address inside a network, which many have",
        "det är en adress inom ett nät, som många har",
    ],
    ["its numbers are as small as a version's", "talen är så små som i ett versionsnummer"],
    ["it begins with a known given name", "det börjar med ett känt förnamn"],
    [
        "it has a known surname or a surname's ending",
        "det har ett känt efternamn eller ett efternamns ändelse",
    ],
    [
        "it looks like a name, but is in no list",
        "det ser ut som ett namn men finns inte i någon lista",
    ],
    ["only a part of a name is there", "bara en del av ett namn finns där"],
    ["its words are common words as well", "orden är också vanliga ord"],
    ["its check digits are right", "kontrollsiffrorna stämmer"],
    [
        "it begins with digits that issuers of payment cards have",
        "det börjar med siffror som kortutgivare har",
    ],
    ["it begins with the clearing number of a bank", "det börjar med en banks clearingnummer"],
    [
        "letters and digits stand where they stand in such numbers",
        "bokstäver och siffror står där de står i sådana nummer",
    ],
    ["it has the form that your rule describes", "det har den form som din regel beskriver"],
    ["it passes the check that your rule asks for", "det klarar den kontroll som din regel kräver"],
    ["it is on the list of your rule", "det finns i din regels lista"],
];

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

    /// With `clue` taken out.
    #[must_use]
    pub const fn without(self, clue: Clue) -> Evidence {
        Evidence(self.0 & !(1 << clue as u8))
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
    fn sentences_stand_beside_their_clues() {
        let check = |clue: Clue, english: &str, swedish: &str| {
            assert!(clue.describe(Language::English).contains(english), "{clue:?}");
            assert!(clue.describe(Language::Swedish).contains(swedish), "{clue:?}");
        };
        check(Clue::Luhn, "digit is right", "stämmer");
        check(Clue::Label, "label", "rubriken");
        check(Clue::UnknownDate, "unknown", "okänd");
        check(Clue::KnownTld, "top-level", "toppdomänen");
        check(Clue::CountOnly, "count", "antal");
        check(Clue::FileName, "file", "fil");
        check(Clue::ClearingNumber, "clearing number", "clearingnummer");
        check(Clue::Shape, "letters", "bokstäver");
        check(Clue::Term, "list", "lista");
    }

    #[test]
    fn sets_keep_what_was_added() {
        let set = Evidence::NONE.with(Clue::Luhn).with(Clue::FileName);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Clue::Luhn, Clue::FileName]);
        assert!(!set.has(Clue::Label));
    }
}
