//! Words in and around names of streets.

use crate::validate::place_name::PlaceName;

/// Words that name a box with its number, folded.
const BOXES: [&str; 6] = ["box", "postbox", "fack", "postfack", "pl", "boks"];
/// First words of names of streets of two, folded.
const PREFIXES: [&str; 33] = [
    "sankt",
    "sankta",
    "s t",
    "s ta",
    "st",
    "norra",
    "sodra",
    "ostra",
    "vastra",
    "n",
    "s",
    "o",
    "v",
    "stora",
    "lilla",
    "gamla",
    "nya",
    "ovre",
    "nedre",
    "yttre",
    "inre",
    "mellersta",
    "kungl",
    "kungliga",
    "doktor",
    "dr",
    "general",
    "professor",
    "prof",
    "drottning",
    "kung",
    "lila",
    "mellan",
];
/// Words with a capital letter that stand before streets or numbers and are no part of a name, folded.
const STOPS: [&str; 78] = [
    "adress",
    "adressen",
    "adr",
    "bor",
    "bostad",
    "hem",
    "hemma",
    "gatuadress",
    "postadress",
    "besoksadress",
    "leveransadress",
    "fakturaadress",
    "hemadress",
    "address",
    "pa",
    "vid",
    "i",
    "till",
    "fran",
    "hos",
    "plats",
    "lokal",
    "ny",
    "nya",
    "tel",
    "tfn",
    "telefon",
    "mobil",
    "fax",
    "rum",
    "sal",
    "sida",
    "sid",
    "kapitel",
    "faktura",
    "order",
    "nr",
    "nummer",
    "kl",
    "vaning",
    "lgh",
    "org",
    "summa",
    "belopp",
    "total",
    "totalt",
    "antal",
    "art",
    "artikel",
    "kund",
    "kundnr",
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
    "mandag",
    "tisdag",
    "onsdag",
    "torsdag",
    "fredag",
    "lordag",
    "sondag",
    "vecka",
    "dag",
    "pris",
    "konto",
    "moms",
    "version",
    "punkt",
    "bilaga",
];
/// Words before the number of a flat, a floor, an entrance, folded.
const LEADS: [&str; 20] = [
    "lgh", "lagenhet", "lghnr", "uppg", "uppgang", "plan", "van", "vaning", "vaningen", "port",
    "lag", "ing", "ingang", "trapphus", "hus", "apt", "nr", "floor", "byggnad", "trappa",
];
/// Words that say a floor, alone or behind a number, folded.
const FLOORS: [&str; 20] = [
    "tr",
    "trp",
    "trapp",
    "trappor",
    "trappa",
    "nb",
    "bv",
    "og",
    "oh",
    "kv",
    "bottenvaning",
    "bottenvaningen",
    "gatuplan",
    "ned",
    "ner",
    "upp",
    "o g",
    "van",
    "vaningen",
    "sal",
];
/// The country at the end of an address, folded.
const COUNTRIES: [&str; 3] = ["sverige", "sweden", "se"];

fn is_in(word: &[u8], list: &[&str]) -> bool {
    let word = word.strip_suffix(b".").unwrap_or(word);
    PlaceName::fold(word)
        .is_some_and(|folded| list.iter().any(|known| known.as_bytes() == folded.as_bytes()))
}

/// `Box`, `Postbox`; `folded` as the name says.
pub(super) fn is_box(folded: &[u8]) -> bool {
    BOXES.iter().any(|known| known.as_bytes() == folded)
}

/// `Norra`, `S:t`.
pub(super) fn is_prefix(word: &[u8]) -> bool {
    is_in(word, &PREFIXES)
}

/// `Adress`, `Januari`; `folded` as the name says.
pub(super) fn is_stop_word(folded: &[u8]) -> bool {
    STOPS.iter().any(|known| known.as_bytes() == folded)
}

/// `lgh`, `uppg`.
pub(super) fn leads_number(word: &[u8]) -> bool {
    is_in(word, &LEADS)
}

/// `tr`, `nb`, `3tr`.
pub(super) fn is_floor(word: &[u8]) -> bool {
    let digits = word.iter().take(2).take_while(|b| b.is_ascii_digit()).count();
    is_in(&word[digits..], &FLOORS)
}

/// `Sverige`.
pub(super) fn is_country(part: &[u8]) -> bool {
    part.len() <= 8 && is_in(part, &COUNTRIES)
}

/// `c/o Anna Ek`, `Att: Anna Ek`.
pub(super) fn is_care_of(part: &[u8]) -> bool {
    const MARKS: [&[u8]; 7] = [b"c/o", b"co/", b"c.o.", b"c o ", b"att:", b"attn", b"att "];
    part.len() <= 80
        && MARKS
            .iter()
            .any(|mark| part.len() > mark.len() && part[..mark.len()].eq_ignore_ascii_case(mark))
}
