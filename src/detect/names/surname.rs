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
    let Ok(word) = std::str::from_utf8(key) else { return false };
    (SURE_ENDS.fit(word, 2) || LONG_ENDS.fit(word, 4)) && !NONE.contains(&word)
}

/// May it be a surname that is in no list: does it not end as other words do?
pub(super) fn may_be(key: &[u8]) -> bool {
    let Ok(word) = std::str::from_utf8(key) else { return false };
    word.chars().count() >= 2 && !NOUN_ENDS.fit(word, 0)
}

/// Does it end as the name of a place, a house or an institution does?
pub(super) fn is_site(key: &[u8]) -> bool {
    let Ok(word) = std::str::from_utf8(key) else { return false };
    SITE_ENDS.fit(word, 0)
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

/// Endings, and the pairs of bytes that they end with: few words end with one of those.
struct Endings {
    list: &'static [&'static str],
    pairs: [bool; 1 << 10],
}

static SURE_ENDS: Endings = Endings::of(SURE);
static LONG_ENDS: Endings = Endings::of(LONG);
static NOUN_ENDS: Endings = Endings::of(NOUNS);
static SITE_ENDS: Endings = Endings::of(SITES);

impl Endings {
    /// All of them have two bytes at least.
    const fn of(list: &'static [&'static str]) -> Endings {
        let mut pairs = [false; 1 << 10];
        let mut n = 0;
        while n < list.len() {
            let end = list[n].as_bytes();
            pairs[pair(end[end.len() - 2], end[end.len() - 1])] = true;
            n += 1;
        }
        Endings { list, pairs }
    }

    /// Does the word end with one of them, behind `stem` characters at least?
    fn fit(&self, word: &str, stem: usize) -> bool {
        let [.., a, b] = *word.as_bytes() else { return false };
        let ends =
            |end: &&str| word.strip_suffix(end).is_some_and(|rest| rest.chars().count() >= stem);
        self.pairs[pair(a, b)] && self.list.iter().any(ends)
    }
}

const fn pair(a: u8, b: u8) -> usize {
    (a as usize & 31) << 5 | b as usize & 31
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
