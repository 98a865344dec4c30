//! Surnames by their form: endings that Swedish and foreign surnames have and other words seldom.

/// Endings that make a capitalised word a surname.
const SURE: &[&str] = &[
    "sson", "sdotter", "ström", "strøm", "stroem", "berg", "bergh", "gren", "lund", "qvist",
    "kvist", "quist", "blad", "crantz", "stedt", "blom", "feldt", "hjelm", "stierna", "löf",
    "lööf", "dahl", "holm", "ović", "ovic", "evic", "ević", "escu", "oğlu", "oglu", "poulos",
    "wicz", "enko", "shvili", "zadeh", "rén", "lén", "dén", "sén", "tén", "nén", "mén", "vén",
    "gén", "skjöld", "sköld", "krantz", "roth", "vall", "wall", "brandt", "strand", "bäck",
    "hielm", "svärd", "swärd", "stjerna", "crona", "krona", "hierta", "hjärta", "hammar",
];
/// Endings of longer words.
const LONG: &[&str] = &[
    "inen", "anen", "onen", "unen", "änen", "önen", "ski", "cki", "ska", "cka", "sky", "dóttir",
    "yan", "nejad", "poor",
];
/// What ends so and is none.
const NONE: &[&str] = &["bloomberg", "spielberg", "marshall", "firewall", "wallwall", "paywall"];
/// Endings of words that are no names: of actions, qualities, roles and places.
const NOUNS: &[&str] = &[
    "ning",
    "ningen",
    "ningar",
    "tion",
    "tionen",
    "tioner",
    "het",
    "heten",
    "heter",
    "skap",
    "skapet",
    "ment",
    "else",
    "elsen",
    "erna",
    "arna",
    "orna",
    "iska",
    "isk",
    "iskt",
    "ligt",
    "liga",
    "ande",
    "ingar",
    "ingen",
    "chef",
    "chefen",
    "ansvarig",
    "tekniker",
    "sköterska",
    "konsult",
    "assistent",
    "ledare",
    "ledaren",
    "handläggare",
    "sekreterare",
    "läraren",
    "lärare",
    "läkare",
    "rådgivare",
    "samordnare",
    "byrån",
    "byrå",
    "bolaget",
    "bolag",
    "verket",
    "verk",
    "nämnden",
    "styrelsen",
    "kommun",
    "gatan",
    "vägen",
    "torget",
    "parken",
    "platsen",
    "gränden",
    "stigen",
    "backen",
    "allén",
    "skolan",
    "skola",
    "gymnasiet",
    "sjukhuset",
    "sjukhus",
    "kyrkan",
    "gården",
    "huset",
    "hemmet",
    "museet",
    "teatern",
    "salongen",
    "hallen",
    "salen",
    "stiftelsen",
    "fonden",
    "priset",
    "institutet",
    "terminalen",
    "bron",
    "leden",
    "kajen",
    "hamnen",
    "planen",
    "rummet",
    "dagen",
    "veckan",
    "loppet",
    "cupen",
    "gata",
    "väg",
    "torg",
    "center",
    "centret",
    "centrum",
    "förbundet",
    "föreningen",
    "förening",
    "gruppen",
    "laget",
    "klubben",
    "partiet",
    "rådet",
    "mötet",
    "avtalet",
    "listan",
    "ship",
    "ness",
    "ments",
    "tions",
    "ings",
    "ware",
    "ology",
    "ing",
    "ity",
    "ies",
    "able",
    "ible",
    "system",
    "systemet",
    "tjänst",
    "tjänsten",
    "avdelning",
    "enhet",
    "region",
    "metoden",
    "modellen",
    "programmet",
    "projektet",
    "portalen",
    "appen",
    "kort",
    "kortet",
    "försäkring",
    "lagen",
    "straße",
    "strasse",
    "platz",
    "vej",
    "veien",
    "gade",
    "street",
];

/// Is it a surname by its form? `key` is the word in lower case.
pub(super) fn is_sure(key: &[u8]) -> bool {
    (SURE_ENDS.fit(key, 2) || LONG_ENDS.fit(key, 4)) && !NONE.iter().any(|n| n.as_bytes() == key)
}

/// May it be a surname that is in no list: does it not end as other words do?
pub(super) fn may_be(key: &[u8]) -> bool {
    has_characters(key, 2) && !NOUN_ENDS.fit(key, 0)
}

/// Does it end as the name of a place, a house or an institution does?
pub(super) fn is_site(key: &[u8]) -> bool {
    SITE_ENDS.fit(key, 0)
}

/// Endings of what is named after people, in the form it has behind their names.
const SITES: &[&str] = &[
    "gata",
    "gatan",
    "väg",
    "vägen",
    "torg",
    "torget",
    "plats",
    "platsen",
    "park",
    "parken",
    "gränd",
    "gränden",
    "stig",
    "stigen",
    "backe",
    "backen",
    "allé",
    "allén",
    "plan",
    "planen",
    "skola",
    "skolan",
    "skolor",
    "gymnasium",
    "gymnasiet",
    "sjukhus",
    "sjukhuset",
    "kyrka",
    "kyrkan",
    "gård",
    "gården",
    "hus",
    "huset",
    "hem",
    "hemmet",
    "museum",
    "museet",
    "bibliotek",
    "biblioteket",
    "teater",
    "teatern",
    "salong",
    "salongen",
    "hall",
    "hallen",
    "sal",
    "salen",
    "stiftelse",
    "stiftelsen",
    "fond",
    "fonden",
    "pris",
    "priset",
    "stipendium",
    "stipendiet",
    "institut",
    "institutet",
    "terminal",
    "terminalen",
    "bro",
    "bron",
    "led",
    "leden",
    "kaj",
    "kajen",
    "hamn",
    "hamnen",
    "rummet",
    "sällskapet",
    "klinik",
    "klinikens",
    "kliniken",
    "byrå",
    "byrån",
    "gruppen",
    "gymnasieskola",
    "center",
    "centrum",
    "universitet",
    "esplanad",
    "vej",
    "gade",
    "straße",
    "strasse",
    "gymnasieskolan",
    "kapell",
];

static SURE_ENDS: Endings<{ SURE.len() }> = Endings::of(SURE);
static LONG_ENDS: Endings<{ LONG.len() }> = Endings::of(LONG);
static NOUN_ENDS: Endings<{ NOUNS.len() }> = Endings::of(NOUNS);
static SITE_ENDS: Endings<{ SITES.len() }> = Endings::of(SITES);

/// `N` endings, chained by the pair of bytes that they end with: few words end with one of those, and
/// a word is held against the few endings that share its pair.
pub(super) struct Endings<const N: usize> {
    list: &'static [&'static str],
    /// The first ending of a pair, counted from 1.
    heads: [u8; 1 << 10],
    /// The next ending of the same pair, counted from 1.
    next: [u8; N],
}

impl<const N: usize> Endings<N> {
    /// All of them have two bytes at least.
    pub(super) const fn of(list: &'static [&'static str]) -> Endings<N> {
        assert!(list.len() == N && N < 256, "an ending is told by a byte");
        let (mut heads, mut next) = ([0; 1 << 10], [0; N]);
        let mut n = 0;
        while n < N {
            let end = list[n].as_bytes();
            let pair = pair(end[end.len() - 2], end[end.len() - 1]);
            next[n] = heads[pair];
            n += 1;
            heads[pair] = n as u8;
        }
        Endings { list, heads, next }
    }

    /// Does the word end with one of them, behind `stem` characters at least?
    pub(super) fn fit(&self, word: &[u8], stem: usize) -> bool {
        let [.., a, b] = *word else { return false };
        let mut at = self.heads[pair(a, b)];
        while let Some(n) = usize::from(at).checked_sub(1) {
            let rest = word.strip_suffix(self.list[n].as_bytes());
            if rest.is_some_and(|rest| has_characters(rest, stem)) {
                return true;
            }
            at = self.next[n];
        }
        false
    }
}

const fn pair(a: u8, b: u8) -> usize {
    (a as usize & 31) << 5 | b as usize & 31
}

/// Has this UTF-8 so many characters at least?
fn has_characters(text: &[u8], count: usize) -> bool {
    text.iter().filter(|b| **b & 0xC0 != 0x80).take(count).count() == count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_surnames() {
        for (word, want) in [
            ("bergström", true),
            ("tallqvist", true),
            ("rosén", true),
            ("petrovic", true),
            ("kowalski", true),
            ("berg", false),
            ("kontorsstol", false),
        ] {
            assert_eq!(is_sure(word.as_bytes()), want, "{word}");
        }
        assert!(may_be("tvärnö".as_bytes()));
        assert!(!may_be("avdelning".as_bytes()));
        assert!(is_site("wallenbergsskolan".as_bytes()));
    }
}
