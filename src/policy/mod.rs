//! What the organisation has declared: its systems, why and how long it keeps data in them, what must
//! be kept, and whose data is restricted.
//!
//! [`Policy::load`] reads `policy.toml` and tells all mistakes at once, each with its line. Whether
//! what lies there agrees is for `data_map` to find out. Start at [`Policy::for_place`].

use std::fs;
use std::path::Path;

pub mod draft;
mod fields;
mod pattern;
mod period;
mod written;

pub use pattern::Pattern;
pub use period::{Length, Period};

use crate::model::Language;
use crate::rules::RuleError;
use crate::validate::date::Date;

/// A policy file has no more bytes than this.
const LARGEST: u64 = 16 << 20;

/// What is written for something that nobody has filled in yet.
pub const GAP: &str = "?";

/// A mistake in a policy file, with file, line and column.
pub type Complaint = RuleError;

/// Everything declared.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Who is responsible.
    pub organisation: Organisation,
    /// The systems, in the order of the file: of several that take in a place the first stands.
    pub systems: Vec<System>,
    /// What must not be erased for now.
    pub holds: Vec<Hold>,
    /// Persons whose data is restricted or suppressed.
    pub lists: Vec<PersonList>,
    columns: Vec<Column>,
}

/// The controller, as the record of processing names it (GDPR art. 30.1 a).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Its name.
    pub name: Option<String>,
    /// How to reach it.
    pub contact: Option<String>,
    /// Its data protection officer.
    pub dpo: Option<String>,
    /// General description of its security measures (art. 30.1 g).
    pub security: Option<String>,
}

/// One system, register or share. What is not declared is none or empty: a gap.
#[derive(Clone, Debug, Default)]
pub struct System {
    /// What the organisation calls it.
    pub name: String,
    /// Which places belong to it.
    pub places: Vec<Pattern>,
    /// What the data is used for.
    pub purpose: Option<String>,
    /// Why that is lawful (art. 6).
    pub legal_basis: Option<LegalBasis>,
    /// Why special categories may be processed (art. 9.2).
    pub special_basis: Option<String>,
    /// Categories of persons.
    pub persons: Vec<String>,
    /// Categories of data, by the ids of inventories.
    pub categories: Vec<String>,
    /// Who is given the data.
    pub recipients: Vec<String>,
    /// Who processes it on behalf of the organisation.
    pub processors: Vec<String>,
    /// Transfers to third countries, with their safeguards; none where it says `none`.
    pub transfers: Option<Vec<String>>,
    /// Where the data comes from, if not from the person (art. 15.1 g).
    pub origin: Option<String>,
    /// Security measures of its own.
    pub security: Option<String>,
    /// How long data is kept; of several rules for a category the first that names it stands.
    pub retention: Vec<Retention>,
    /// How long data must be kept.
    pub keep: Vec<Retention>,
    columns: Vec<Column>,
}

/// A legal basis of GDPR art. 6.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegalBasis {
    /// Art. 6.1 a.
    Consent,
    /// Art. 6.1 b.
    Contract,
    /// Art. 6.1 c.
    LegalObligation,
    /// Art. 6.1 d.
    VitalInterests,
    /// Art. 6.1 e.
    PublicTask,
    /// Art. 6.1 f.
    LegitimateInterests,
}

impl LegalBasis {
    /// All, by the words of the file.
    pub const ALL: [(&'static str, LegalBasis); 6] = [
        ("consent", LegalBasis::Consent),
        ("contract", LegalBasis::Contract),
        ("legal_obligation", LegalBasis::LegalObligation),
        ("vital_interests", LegalBasis::VitalInterests),
        ("public_task", LegalBasis::PublicTask),
        ("legitimate_interests", LegalBasis::LegitimateInterests),
    ];

    /// Its name in plain words, with the article.
    #[must_use]
    pub const fn describe(self, language: Language) -> &'static str {
        let (english, swedish) = match self {
            LegalBasis::Consent => ("consent (art. 6.1 a)", "samtycke (art. 6.1 a)"),
            LegalBasis::Contract => ("contract (art. 6.1 b)", "avtal (art. 6.1 b)"),
            LegalBasis::LegalObligation => {
                ("legal obligation (art. 6.1 c)", "rättslig förpliktelse (art. 6.1 c)")
            }
            LegalBasis::VitalInterests => {
                ("vital interests (art. 6.1 d)", "grundläggande intressen (art. 6.1 d)")
            }
            LegalBasis::PublicTask => (
                "task in the public interest (art. 6.1 e)",
                "uppgift av allmänt intresse (art. 6.1 e)",
            ),
            LegalBasis::LegitimateInterests => {
                ("legitimate interests (art. 6.1 f)", "berättigat intresse (art. 6.1 f)")
            }
        };
        language.pick(english, swedish)
    }
}

/// How long data is kept, or must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How long.
    pub period: Period,
    /// From when on.
    pub from: From,
    /// It counts from the end of that year, as for bookkeeping.
    pub end_of_year: bool,
    /// Only for these categories; for all if there is none.
    pub categories: Vec<String>,
    /// The law or reason.
    pub reason: Option<String>,
}

/// What a period counts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// When the file was last written.
    FileTime,
    /// The date of the mail.
    MailDate,
    /// The date in a column of the same row, or of the same sheet.
    Column(String),
    /// The date in the name of the file, or else of the nearest folder that has one.
    PathDate,
    /// A day that the policy names.
    Day(Date),
}

impl From {
    /// In plain words.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        let say = |english: &str, swedish: &str| language.pick(english, swedish).to_owned();
        match self {
            From::FileTime => say("when the file was last written", "när filen senast skrevs"),
            From::MailDate => say("the date of the mail", "mejlets datum"),
            From::Column(name) => format!("{} {name}", say("the date in", "datumet i")),
            From::PathDate => say("the date in the name", "datumet i namnet"),
            From::Day(day) => day.to_string(),
        }
    }
}

impl Retention {
    /// Does it hold for this category?
    #[must_use]
    pub fn covers(&self, category: &str) -> bool {
        self.categories.is_empty() || self.categories.iter().any(|known| known == category)
    }

    /// The last day of the time, if it begins on `start`.
    #[must_use]
    pub fn last_day(&self, start: Date) -> Date {
        let start = match self.end_of_year {
            true => Date::new(start.year(), 12, 31).unwrap_or(start),
            false => start,
        };
        self.period.after(start)
    }

    /// In plain words, such as `3 years from the date in avslutad`.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        let from = language.pick("from", "från");
        let end = match self.end_of_year {
            true => language.pick("the end of the year of ", "utgången av året för "),
            false => "",
        };
        let start = self.from.describe(language);
        let reason = self.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
        format!("{} {from} {end}{start}{reason}", self.period.describe(language))
    }
}

impl System {
    /// One of which nothing but the name is known.
    #[must_use]
    pub fn named(name: &str) -> System {
        System { name: name.to_owned(), ..System::default() }
    }

    /// The rule that says how long this category is kept: one that names it, else one for all.
    #[must_use]
    pub fn retention_of(&self, category: &str) -> Option<&Retention> {
        let named = |rule: &&Retention| rule.categories.iter().any(|known| known == category);
        self.retention
            .iter()
            .find(named)
            .or_else(|| self.retention.iter().find(|r| r.covers(category)))
    }

    /// Does it take in this place?
    #[must_use]
    pub fn takes_in(&self, source: &str, path: Option<&str>, table: Option<&str>) -> bool {
        self.places.iter().any(|pattern| pattern.matches(source, path, table))
    }

    /// What nobody has filled in, by the keys of the file.
    #[must_use]
    pub fn gaps(&self) -> Vec<&'static str> {
        [
            ("purpose", self.purpose.is_none()),
            ("legal_basis", self.legal_basis.is_none()),
            ("persons", self.persons.is_empty()),
            ("categories", self.categories.is_empty()),
            ("recipients", self.recipients.is_empty()),
            ("transfers", self.transfers.is_none()),
            ("retention", self.retention.is_empty()),
        ]
        .into_iter()
        .filter_map(|(key, missing)| missing.then_some(key))
        .collect()
    }
}

/// What must not be erased for now, such as in a dispute.
#[derive(Clone, Debug, Default)]
pub struct Hold {
    /// What it is called.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Until when; open if there is none.
    pub until: Option<Date>,
    /// The systems it holds for, by name.
    pub systems: Vec<String>,
    /// The places it holds for.
    pub places: Vec<Pattern>,
    /// The persons it holds for, by token.
    pub tokens: Vec<String>,
}

/// What is looked at when asking whether a hold stands in the way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held<'a> {
    /// Id of the source.
    pub source: &'a str,
    /// Path in it.
    pub path: Option<&'a str>,
    /// Table in it.
    pub table: Option<&'a str>,
    /// Token of the value.
    pub token: Option<&'a str>,
}

/// What a list of persons is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// Kept so that they are not contacted again.
    Suppression,
    /// Their data may only be stored (art. 18).
    Restriction,
    /// They object (art. 21).
    Objection,
}

impl ListKind {
    /// All, by the words of the file.
    pub const ALL: [(&'static str, ListKind); 3] = [
        ("suppression", ListKind::Suppression),
        ("restriction", ListKind::Restriction),
        ("objection", ListKind::Objection),
    ];

    /// The word of the file.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            ListKind::Suppression => "suppression",
            ListKind::Restriction => "restriction",
            ListKind::Objection => "objection",
        }
    }
}

/// Persons by the tokens of their identifiers: the list gives nobody away.
#[derive(Clone, Debug)]
pub struct PersonList {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub kind: ListKind,
    /// The key the tokens were made with, if it is named.
    pub key_id: Option<String>,
    /// Tokens, sorted.
    pub tokens: Vec<String>,
    /// Systems where these persons may stand, by name.
    pub allowed: Vec<String>,
}

impl PersonList {
    /// Is this person on it?
    #[must_use]
    pub fn holds(&self, token: &str) -> bool {
        self.tokens.binary_search_by(|known| known.as_str().cmp(token)).is_ok()
    }
}

/// A column in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    name: String,
    english: String,
    swedish: String,
}

impl Policy {
    /// Reads a policy file, and the lists of tokens it names beside it.
    ///
    /// # Errors
    /// All mistakes in it, each with its line.
    pub fn load(path: &Path) -> Result<Policy, Vec<Complaint>> {
        let file = path.to_string_lossy().into_owned();
        let text = read(path).map_err(|message| {
            vec![Complaint { file: file.clone(), line: 0, column: 0, message }]
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        written::parse(&file, &text, &|name| read(&folder.join(name)))
    }

    /// Checks the text of a policy file that names no others.
    ///
    /// # Errors
    /// All mistakes in it, each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Policy, Vec<Complaint>> {
        written::parse(file, text, &|_| Err("there is no folder to look for it in".to_owned()))
    }

    /// The system that a place belongs to.
    #[must_use]
    pub fn for_place(
        &self,
        source: &str,
        path: Option<&str>,
        table: Option<&str>,
    ) -> Option<&System> {
        self.systems.iter().find(|system| system.takes_in(source, path, table))
    }

    /// The system of this name.
    #[must_use]
    pub fn system(&self, name: &str) -> Option<&System> {
        self.systems.iter().find(|system| system.name == name)
    }

    /// A column of a system, or of any, in plain words; case does not matter.
    #[must_use]
    pub fn column<'p>(
        &'p self,
        system: Option<&'p System>,
        name: &str,
        language: Language,
    ) -> Option<&'p str> {
        let own = system.map_or(&[][..], |system| &system.columns);
        let same = |column: &&Column| column.name.to_lowercase() == name.to_lowercase();
        let column = own.iter().chain(&self.columns).find(same)?;
        Some(match language {
            Language::English => &column.english,
            Language::Swedish => &column.swedish,
        })
    }

    /// What holds forbid to erase this on that day.
    pub fn holds_on<'p>(&'p self, held: Held<'p>, day: Date) -> impl Iterator<Item = &'p Hold> {
        let system = self.for_place(held.source, held.path, held.table);
        self.holds.iter().filter(move |hold| {
            let by_system = system.is_some_and(|system| hold.systems.contains(&system.name));
            let matches = |p: &Pattern| p.matches(held.source, held.path, held.table);
            let by_token = held.token.is_some_and(|token| hold.tokens.iter().any(|t| t == token));
            let open = hold.until.is_none_or(|until| day <= until);
            open && (by_system || by_token || hold.places.iter().any(matches))
        })
    }

    /// The lists a person stands on.
    pub fn lists_of<'p>(&'p self, token: &'p str) -> impl Iterator<Item = &'p PersonList> {
        self.lists.iter().filter(move |list| list.holds(token))
    }
}

fn read(path: &Path) -> Result<String, String> {
    let about = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        other => format!("it cannot be read: {other}"),
    };
    let facts = fs::metadata(path).map_err(about)?;
    if facts.len() > LARGEST {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    let text = String::from_utf8(fs::read(path).map_err(about)?)
        .map_err(|_| "it is not UTF-8: save it as that".to_owned())?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests;
