//! Words that speak for or against a category: labels of columns, and words near a candidate.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

use super::addresses::{AddressPart, address_part};
use super::column_values::Values;
use super::dietary;
use super::names::label::{self, Role};
use crate::model::{Category, Clue};
use crate::rules;

/// How far before a candidate a word still speaks for it, in bytes of the same line.
const BEFORE: usize = 60;
/// How far after it.
const AFTER: usize = 30;
/// A line is not followed further back than this: beside so much, no line above is a heading.
const LINE: usize = 1024;
/// A line above that is no longer than this may be a heading.
const HEADING: usize = 40;
/// Keywords from this length on also count as the last part of a compound.
const TAIL: usize = 6;

/// Which categories a word speaks for (bit 2n) and against (bit 2n + 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Topics(u64);

impl Meaning {
    /// Is it about a person: a name, or an identifier?
    pub(crate) const fn is_personal(&self) -> bool {
        self.person
            || self.topics.speaks_for(Category::Personnummer)
            || self.topics.speaks_for(Category::Email)
            || self.topics.speaks_for(Category::Phone)
    }
}

impl Topics {
    /// Against personal and phone numbers.
    const NOBODY: u64 =
        1 << (2 * Category::Personnummer.index() + 1) | 1 << (2 * Category::Phone.index() + 1);

    /// Against all numbers.
    const THING: u64 = Self::NOBODY
        | 1 << (2 * Category::Organisationsnummer.index() + 1)
        | 1 << (2 * Category::Bankgiro.index() + 1)
        | 1 << (2 * Category::Plusgiro.index() + 1)
        | 1 << (2 * Category::BankAccount.index() + 1)
        | 1 << (2 * Category::PaymentCard.index() + 1)
        | 1 << (2 * Category::PassportNumber.index() + 1)
        | 1 << (2 * Category::ReserveNumber.index() + 1)
        | 1 << (2 * Category::VehicleRegistration.index() + 1);

    /// For numbers of accounts, cards, passports and vehicles.
    const OTHERS: u64 = 1 << (2 * Category::Organisationsnummer.index())
        | 1 << (2 * Category::Iban.index())
        | 1 << (2 * Category::Bankgiro.index())
        | 1 << (2 * Category::Plusgiro.index())
        | 1 << (2 * Category::BankAccount.index())
        | 1 << (2 * Category::PaymentCard.index())
        | 1 << (2 * Category::PassportNumber.index())
        | 1 << (2 * Category::VehicleRegistration.index());

    const PERSONAL: u64 =
        1 << (2 * Category::Personnummer.index()) | 1 << (2 * Category::Samordningsnummer.index());

    /// Speaks for a category. A word for one of the two personal numbers speaks for both.
    pub(crate) const fn speaks_for(self, category: Category) -> bool {
        let bits = match category {
            Category::Personnummer | Category::Samordningsnummer => Self::PERSONAL,
            other => 1 << (2 * other.index() as u64),
        };
        self.0 & bits != 0
    }

    /// Speaks against a category.
    pub(crate) const fn speaks_against(self, category: Category) -> bool {
        let category = match category {
            Category::Samordningsnummer => Category::Personnummer,
            other => other,
        };
        self.0 & (1 << (2 * category.index() as u64 + 1)) != 0
    }

    const fn is_none(self) -> bool {
        self.0 == 0
    }
}

static WORDS: LazyLock<HashMap<&'static str, u64, BuildHasherDefault<Fnv>>> =
    LazyLock::new(|| rules::keywords().iter().copied().collect());

/// What the keywords that may be the last part of a compound end with, a bit each: to look at three
/// letters costs less than to look up every tail of a word.
static ENDINGS: LazyLock<[u64; 1 << 9]> = LazyLock::new(|| {
    let mut endings = [0; 1 << 9];
    for n in WORDS.keys().filter(|w| w.len() >= TAIL).filter_map(|w| ending(w)) {
        endings[n / 64] |= 1 << (n % 64);
    }
    endings
});

/// What keywords of three letters or more end with, and the compounds that name a number: most words
/// end otherwise and need not be looked up.
static TELLING: LazyLock<[u64; 1 << 9]> = LazyLock::new(|| {
    let mut endings = [0; 1 << 9];
    let mut tell = |n: usize| endings[n / 64] |= 1 << (n % 64);
    WORDS.keys().chain(&NUMBER).filter_map(|w| ending(w)).for_each(&mut tell);
    // `nr` is shorter: any letter may stand before it.
    let short = NUMBER.iter().filter(|end| end.len() == 2);
    let letters = |end: &&'static str| (b'a'..=b'z').map(|c| (c as char).to_string() + *end);
    short.flat_map(letters).filter_map(|w| ending(&w)).for_each(&mut tell);
    endings
});

/// Does no keyword end as this folded word does?
fn tells_nothing(word: &str) -> bool {
    ending(word).is_some_and(|n| TELLING[n / 64] & 1 << (n % 64) == 0)
}

/// The last three letters of a folded word as a number.
fn ending(word: &str) -> Option<usize> {
    let last: &[u8; 3] = word.as_bytes().last_chunk()?;
    Some(last.iter().fold(0, |n, b| n << 5 | usize::from(b & 31)))
}

/// FNV-1a, for keys of a few bytes: every word near a candidate is looked up more than once, and the
/// keys are our own, so that nobody can make them collide.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        let step = |h: u64, &b: &u8| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3);
        self.0 = bytes.iter().fold(self.0, step);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The topics of a folded word: its own, or those of the long keyword it ends with.
fn topics_of(word: &str) -> Topics {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if let Some(&bits) = WORDS.get(word) {
        // `regnr` names a number as much as any other compound does.
        let nobodys = bits & Topics::OTHERS != 0 && numbers_a_thing(word);
        return Topics(if nobodys { bits | Topics::NOBODY } else { bits });
    }
    let tails = (1..word.len().saturating_sub(TAIL - 1)).map(|n| &word[n..]);
    let known = ending(word).is_some_and(|n| ENDINGS[n / 64] & 1 << (n % 64) != 0);
    let tail = known.then(|| tails.filter_map(|tail| WORDS.get(tail)).next().copied()).flatten();
    Topics(tail.unwrap_or_else(|| if numbers_a_thing(word) { Topics::THING } else { 0 }))
}

/// `chassinummer`, `provnr`, `resenärsref`: a compound that names a number, but not a person's.
fn numbers_a_thing(word: &str) -> bool {
    let stem = NUMBER.iter().find_map(|end| word.strip_suffix(end));
    stem.is_some_and(|stem| stem.len() >= 3 && !OWNERS.iter().any(|owner| stem.contains(owner)))
}

/// What the label of a column, key or field says about its values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// What its words speak for and against.
    pub(crate) topics: Topics,
    /// A date of birth.
    pub(crate) birth: bool,
    /// The last four digits of a personnummer.
    pub(crate) last_four: bool,
    /// An address hidden by Cloudflare (`data-cfemail`).
    pub(crate) hidden: bool,
    /// Its values are somebody's dietary needs.
    pub(crate) diet: bool,
    /// Its values are remarks.
    pub(crate) remarks: bool,
    /// Its values count people or portions.
    pub(crate) counts: bool,
    /// A person's name, or another sign that the record is about a person.
    pub(crate) person: bool,
    /// What piece of a postal address it holds.
    pub(crate) address: AddressPart,
    /// Whether persons' names stand there, and in how many pieces.
    pub(crate) name: Role,
    /// What the column's values are, where it is one.
    pub(crate) values: Values,
}

/// Labels of dates of birth, folded.
const BIRTH: [&str; 29] = [
    "fodelsedatum",
    "fodelsedag",
    "fodd",
    "fodelsetid",
    "dateofbirth",
    "dob",
    "birthdate",
    "birthday",
    "fodelsedata",
    "fdatum",
    "fodelsear",
    "born",
    "foddatum",
    "foddaar",
    "geburtsdatum",
    "gebdatum",
    "geboren",
    "fodselsdato",
    "fodt",
    "birth",
    "datofbirth",
    "fodelsedatumaaaammdd",
    "fodelsedat",
    "fodelseardag",
    "fodelsearmandag",
    "syntymaaika",
    "bday",
    "foddag",
    "fodelsedagen",
];
/// Labels of the last four digits, folded.
const LAST_FOUR: [&str; 28] = [
    "fyrasista",
    "4sista",
    "sistafyra",
    "sista4",
    "kontrollnr",
    "kontrollnummer",
    "kontrollsiffror",
    "lastfour",
    "last4",
    "fyrasistasiffrorna",
    "nummer4",
    "sista4siffror",
    "sistasiffror",
    "sistasiffrorna",
    "4sistasiffrorna",
    "lastdigits",
    "last4digits",
    "lastfourdigits",
    "individnummer",
    "nnnn",
    "xxxx",
    "4sis",
    "pnr4",
    "sistafyrasiffror",
    "siffror4",
    "suffix4",
    "fodelsenummer4",
    "last4ssn",
];
/// Labels of names, folded.
const NAMES: [&str; 85] = [
    "anmalare",
    "rapportor",
    "handlaggare",
    "ansvarig",
    "avsandare",
    "mottagare",
    "kontakt",
    "bestallare",
    "bokare",
    "uppringare",
    "author",
    "user",
    "namn",
    "fornamn",
    "efternamn",
    "name",
    "firstname",
    "lastname",
    "fullname",
    "surname",
    "givenname",
    "familyname",
    "tilltalsnamn",
    "deltagare",
    "elev",
    "barn",
    "medlem",
    "kund",
    "patient",
    "anstalld",
    "medarbetare",
    "kontaktperson",
    "gast",
    "besokare",
    "innehavare",
    "vardnadshavare",
    "attendee",
    "participant",
    "guest",
    "sokande",
    "brukare",
    "passagerare",
    "resenar",
    "student",
    "foralder",
    "anhorig",
    "klient",
    "boende",
    "spelare",
    "ledare",
    "fn",
    "n",
    "lantagare",
    "forsakrad",
    "huvudman",
    "vikarie",
    "navn",
    "konfirmand",
    "dirigent",
    "hyresgast",
    "lagenhetsinnehavare",
    "formanstagare",
    "malsman",
    "vorname",
    "nachname",
    "teilnehmer",
    "deltaker",
    "borger",
    "pasient",
    "person",
    "fornavn",
    "etternavn",
    "pupil",
    "employee",
    "member",
    "customer",
    "client",
    "tenant",
    "volunteer",
    "resident",
    "tjanstgorande",
    "utovare",
    "aktiv",
    "larare",
    "fullstandigtnamn",
];

/// Ends of words that name a number, folded.
const NUMBER: [&str; 5] = ["nr", "nummer", "numret", "number", "ref"];
/// What a number has to do with a person, folded: `mammasnr` may be a phone's, `elevnr` a
/// personnummer.
const OWNERS: [&str; 25] = [
    "person", "pers", "elev", "patient", "barn", "medlem", "anhorig", "mamma", "pappa", "foralder",
    "malsman", "vardnad", "brukar", "klient", "student", "gast", "kontakt", "kollega", "tele",
    "mob", "tlf", "tfn", "hem", "fod", "privat",
];

/// Reads a label.
pub(crate) fn meaning(label: &str) -> Meaning {
    let mut words = Words::default();
    words.read(label.as_bytes());
    let whole = words.joined(0, words.ends.len());
    let mut topics = topics_of(whole);
    for n in 0..words.ends.len() {
        topics.0 |= topics_of(words.joined(n, n + 1)).0;
        if n + 2 <= words.ends.len() {
            topics.0 |= WORDS.get(words.joined(n, n + 2)).copied().unwrap_or(0);
        }
    }
    let any = |list: &[&str]| {
        list.contains(&whole)
            || (0..words.ends.len()).any(|n| list.contains(&words.joined(n, n + 1)))
    };
    let pair =
        |list: &[&str]| (1..words.ends.len()).any(|n| list.contains(&words.joined(n - 1, n + 1)));
    let diet = dietary::label(label);
    Meaning {
        topics,
        diet: diet == dietary::Label::Strong,
        remarks: diet == dietary::Label::Weak,
        counts: dietary::is_count_label(label),
        birth: any(&BIRTH),
        last_four: any(&LAST_FOUR) || pair(&LAST_FOUR),
        hidden: whole == "datacfemail",
        person: any(&NAMES) || whole.ends_with("namn"),
        address: address_part(whole, any),
        name: label::role(label),
        values: Values::default(),
    }
}

/// Does a label name a clearing number, and not the account as well?
pub(crate) fn is_clearing_label(label: &str) -> bool {
    let folded = whole(label);
    let named = ["clearing", "clnr", "clnummer", "bankkod", "sortcode"];
    named.iter().any(|word| folded.contains(word)) && !is_account(&folded)
}

/// Does a label name an account number, and not the clearing number as well?
pub(crate) fn is_account_label(label: &str) -> bool {
    let folded = whole(label);
    is_account(&folded) && !folded.contains("clearing") && !folded.contains("iban")
}

fn is_account(folded: &str) -> bool {
    folded.contains("konto") || folded.contains("account")
}

/// All words of a label in folded form, without what parts them.
fn whole(label: &str) -> String {
    let mut words = Words::default();
    words.read(label.as_bytes());
    words.folded
}

/// Reads a label as stored.
pub(crate) fn meaning_of(label: &[u8]) -> Meaning {
    meaning(&String::from_utf8_lossy(label))
}

/// What the words near a candidate say: [`Clue::ContextWord`], [`Clue::ContextAgainst`] or nothing.
/// The nearest word before it in its line decides; if there is none, a word that speaks for it just
/// behind it, or a short line above.
///
/// `bounds` are those of the field or text, `at` the candidate's.
pub(crate) fn nearby(
    text: &[u8],
    bounds: &Range<usize>,
    at: &Range<usize>,
    category: Category,
) -> Option<Clue> {
    nearest(text, bounds, at, &category)
}

/// The same for words of any kind.
pub(super) fn nearest(
    text: &[u8],
    bounds: &Range<usize>,
    at: &Range<usize>,
    voice: &impl Voice,
) -> Option<Clue> {
    let floor = bounds.start.max(at.start.saturating_sub(LINE));
    let line = line_start(text, floor, at.start);
    let from = line.max(at.start.saturating_sub(BEFORE));
    let mut words = Words::default();
    let before = &text[from..at.start];
    if has_letters(before) {
        words.read(before);
        words.drop_cut_word(from > line && text[from - 1].is_ascii_alphanumeric());
        if let Some(clue) = voice.last(&words) {
            return Some(clue);
        }
    }
    let behind = &text[at.end..bounds.end.min(at.end + AFTER)];
    let behind = memchr::memchr2(b'\n', b'\t', behind).map_or(behind, |n| &behind[..n]);
    if has_letters(behind) {
        words.read(behind);
        if voice.is_first(&words) {
            return Some(Clue::ContextWord);
        }
    }
    let blank = line > floor && text[line..at.start].iter().all(|b| !b.is_ascii_alphabetic());
    blank.then(|| heading(text, bounds, line, voice)).flatten()
}

/// What words say of a category.
pub(super) trait Voice {
    /// What the last of the words that says something says.
    fn last(&self, words: &Words) -> Option<Clue>;

    /// Does a word speak for the category before any speaks for something else?
    fn is_first(&self, words: &Words) -> bool;
}

impl Voice for Category {
    fn last(&self, words: &Words) -> Option<Clue> {
        words.last_verdict(*self)
    }

    fn is_first(&self, words: &Words) -> bool {
        words.first_speaks_for(*self)
    }
}

/// Without letters there are no words.
fn has_letters(text: &[u8]) -> bool {
    text.iter().any(|b| b.is_ascii_alphabetic() || !b.is_ascii())
}

/// The line above as a label: short, and nothing but words.
fn heading(text: &[u8], bounds: &Range<usize>, line: usize, voice: &impl Voice) -> Option<Clue> {
    let end = line - 1;
    let start = line_start(text, bounds.start.max(end.saturating_sub(LINE)), end);
    let above = text[start..end].trim_ascii();
    if above.is_empty() || above.len() > HEADING || above.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let mut words = Words::default();
    words.read(above);
    voice.last(&words)
}

/// Where the line of byte `at` begins.
pub(crate) fn line_start(text: &[u8], from: usize, at: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &text[from..at]).map_or(from, |n| from + n + 1)
}

/// The words of a short text in folded form: lower case, without accents, letters and digits only.
#[derive(Default)]
pub(super) struct Words {
    folded: String,
    ends: Vec<usize>,
}

impl Words {
    pub(super) fn read(&mut self, text: &[u8]) {
        self.folded.clear();
        self.ends.clear();
        self.folded.reserve(text.len());
        self.ends.reserve(16);
        let (mut inside, mut lower) = (false, false);
        let mut at = 0;
        while at < text.len() {
            let (letter, len) = fold(&text[at..]);
            let upper = text[at].is_ascii_uppercase();
            match letter {
                // `personNummer` is two words, like `person nummer`.
                Some(letter) => {
                    if !inside || upper && lower {
                        self.ends.push(self.folded.len());
                    }
                    self.folded.push(char::from(letter));
                    inside = true;
                }
                None => inside = false,
            }
            lower = text[at].is_ascii_lowercase();
            at += len;
        }
        self.ends.push(self.folded.len());
        self.ends.remove(0);
    }

    fn start(&self, n: usize) -> usize {
        if n == 0 { 0 } else { self.ends[n - 1] }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Words `from` to `to` without what stood between them.
    pub(super) fn joined(&self, from: usize, to: usize) -> &str {
        if from >= to { "" } else { &self.folded[self.start(from)..self.ends[to - 1]] }
    }

    /// Drops the first word if it is only the end of one.
    fn drop_cut_word(&mut self, cut: bool) {
        if cut && !self.ends.is_empty() {
            let end = self.ends.remove(0);
            self.folded.drain(..end);
            self.ends.iter_mut().for_each(|e| *e -= end);
        }
    }

    /// The topics of word `n`, alone or with up to two before it.
    fn topics(&self, n: usize) -> Topics {
        // No keyword ends with a digit.
        let word = self.joined(n, n + 1).trim_end_matches(|c: char| c.is_ascii_digit());
        if word.is_empty() || tells_nothing(word) {
            return Topics::default();
        }
        let pairs = [n.checked_sub(1), n.checked_sub(2)];
        let joined = pairs.into_iter().flatten().map(|from| self.joined(from, n + 1));
        let joined = joined.filter_map(|word| WORDS.get(word)).next();
        match joined {
            Some(&bits) => Topics(bits),
            None => topics_of(self.joined(n, n + 1)),
        }
    }

    fn last_verdict(&self, category: Category) -> Option<Clue> {
        // `Ärende 070-…` is a case; in `ref: Bo Ek 070-…` the name parts the word from the number.
        let adjacent = if category == Category::Phone { 2 } else { 4 };
        (0..self.ends.len()).rev().enumerate().find_map(|(distance, n)| {
            let topics = self.topics(n);
            if topics.speaks_for(category) {
                Some(Clue::ContextWord)
            } else {
                let against = topics.speaks_against(category) && distance < adjacent;
                against.then_some(Clue::ContextAgainst)
            }
        })
    }

    /// Does a word speak for the category before any speaks for something else?
    fn first_speaks_for(&self, category: Category) -> bool {
        let mut topics = (0..self.ends.len()).map(|n| self.topics(n)).filter(|t| !t.is_none());
        topics.next().is_some_and(|t| t.speaks_for(category))
    }
}

/// The letter or digit at the start of a text, folded, and its length as stored. UTF-8 and
/// Windows-1252 alike; the build script folds the keywords in the same way.
pub(super) fn fold(text: &[u8]) -> (Option<u8>, usize) {
    match *text {
        [b @ 0..=0x7F, ..] => (Some(FOLDED[usize::from(b)]).filter(|b| *b != 0), 1),
        [0xC3, b, ..] if b & 0xC0 == 0x80 => (latin(b | 0x60), 2),
        [b @ 0xC0..=0xFF, ..] => (latin(b | 0x20), 1),
        _ => (None, 1),
    }
}

/// The letters and digits of ASCII in lower case, 0 for all else.
static FOLDED: [u8; 1 << 7] = {
    let (mut table, mut n) = ([0; 1 << 7], 0);
    while n < 1 << 7 {
        if (n as u8).is_ascii_alphanumeric() {
            table[n] = (n as u8).to_ascii_lowercase();
        }
        n += 1;
    }
    table
};

/// The base of a letter of Latin-1's upper half, given in lower case.
const fn latin(lower: u8) -> Option<u8> {
    match lower {
        0xE0 | 0xE1 | 0xE4..=0xE6 => Some(b'a'),
        0xE8 | 0xE9 => Some(b'e'),
        0xF3 | 0xF6 | 0xF8 => Some(b'o'),
        0xFC => Some(b'u'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_label(label: &str, category: Category, speaks_for: bool, against: bool) {
        let topics = meaning(label).topics;
        let got = (topics.speaks_for(category), topics.speaks_against(category));
        assert_eq!(got, (speaks_for, against), "{label}");
    }

    #[test]
    fn no_keyword_ends_with_a_digit() {
        let digits: Vec<_> =
            WORDS.keys().filter(|w| w.ends_with(|c: char| c.is_ascii_digit())).collect();
        assert!(digits.is_empty(), "{digits:?}");
    }

    #[test]
    fn labels() {
        use Category::{Email, Personnummer, Phone, Samordningsnummer};
        check_label("Personnummer", Personnummer, true, false);
        check_label("pers.nr", Samordningsnummer, true, false);
        check_label("personalNumber", Personnummer, true, false);
        check_label("elev_personnummer", Personnummer, true, false);
        check_label("Barnets personnummer", Personnummer, true, false);
        check_label("Artikelnr", Personnummer, false, true);
        check_label("Ordernummer", Personnummer, false, true);
        check_label("Tel vh1", Phone, true, false);
        check_label("Mobiltelefon", Phone, true, false);
        check_label("E-postadress", Email, true, false);
        check_label("EPOST2", Email, true, false);
        check_label("Ort", Phone, false, false);
        assert!(meaning("Födelsedatum").birth);
        assert!(meaning("Fyra sista").last_four);
        assert!(meaning("4 sista").last_four);
        assert!(meaning("Efternamn").person);
    }

    fn check_near(text: &str, value: &str, category: Category, want: Option<Clue>) {
        for encoded in [text.as_bytes().to_vec(), text.chars().map(|c| c as u8).collect()] {
            let at = memchr::memmem::find(&encoded, value.as_bytes()).unwrap();
            let got = nearby(&encoded, &(0..encoded.len()), &(at..at + value.len()), category);
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn the_nearest_word_decides() {
        use Category::{Personnummer, Phone};
        let (yes, no) = (Some(Clue::ContextWord), Some(Clue::ContextAgainst));
        check_near("personnummer 123", "123", Personnummer, yes);
        check_near("personnummer 9, ordernr 123", "123", Personnummer, no);
        check_near("ordernr 9, personnummer: 123", "123", Personnummer, yes);
        check_near("123 (personnummer)", "123", Personnummer, yes);
        check_near("Personnummer\n123", "123", Personnummer, yes);
        check_near("Personnummer\n\nx 123", "123", Personnummer, None);
        check_near("Ärende 123", "123", Phone, no);
        check_near("Nås på 123", "123", Phone, yes);
        check_near("org. nr 123", "123", Personnummer, no);
        check_near("hon bor här 123", "123", Personnummer, None);
    }
}
