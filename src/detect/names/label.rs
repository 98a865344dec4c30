//! What a label of a column, key or field says about names: whether persons stand under it, and
//! whether whole or in pieces.

/// What stands under a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// No names of persons, as far as the label tells.
    #[default]
    None,
    /// Names: of persons, or of things (`namn`, `name`).
    Named,
    /// A person (`handläggare`).
    Person,
    /// Somebody or something: a person, a firm, an account (`kund`, `from`).
    Party,
    /// Things, places or organisations, some of which are named after persons.
    Thing,
    /// Given names.
    Given,
    /// Surnames.
    Surname,
}

impl Role {
    /// Do persons' names stand there?
    pub(crate) const fn is_name(self) -> bool {
        !matches!(self, Role::None | Role::Thing)
    }
}

const GIVEN: &[&str] = &[
    "fornamn",
    "firstname",
    "givenname",
    "givennames",
    "tilltalsnamn",
    "fname",
    "vorname",
    "fornavn",
    "forename",
    "etunimi",
    "prenom",
    "mellannamn",
];
const SURNAME: &[&str] = &[
    "efternamn",
    "lastname",
    "surname",
    "familyname",
    "lname",
    "nachname",
    "etternavn",
    "efternavn",
    "slaktnamn",
    "sukunimi",
    "sn",
    "lastnames",
];
/// Labels that are both.
const WHOLE: &[&str] = &[
    "fullname",
    "fullstandigtnamn",
    "forochefternamn",
    "fornamnochefternamn",
    "fornamnefternamn",
    "efternamnfornamn",
    "efternamnochfornamn",
    "firstandlastname",
    "firstnamelastname",
    "personname",
    "personnamn",
    "namnfortydligande",
    "realname",
    "gecos",
    "kontaktpersonnamn",
    "contactname",
    "contactperson",
    "navn",
    "nimi",
];
const NAMED: &[&str] = &["namn", "namnet", "name", "displayname", "fn", "cn", "commonname"];
/// Words for persons, folded, also as the last part of a compound.
const PERSONS: &[&str] = &[
    "person",
    "handlaggare",
    "malsman",
    "vardnadshavare",
    "elev",
    "elever",
    "eleven",
    "anstalld",
    "anstallda",
    "medarbetare",
    "deltagare",
    "besokare",
    "besoker",
    "innehavare",
    "patient",
    "brukare",
    "klient",
    "sokande",
    "anmalare",
    "larare",
    "mentor",
    "forestandare",
    "medlem",
    "medlemmar",
    "anhorig",
    "foralder",
    "mamma",
    "pappa",
    "barn",
    "barnet",
    "barnets",
    "ledare",
    "tranare",
    "spelare",
    "gast",
    "gaster",
    "attendee",
    "participant",
    "guest",
    "student",
    "pupil",
    "employee",
    "undertecknad",
    "kassor",
    "ordforande",
    "sekreterare",
    "ledamot",
    "ledamoter",
    "suppleant",
    "suppleanter",
    "revisor",
    "justerare",
    "justeras",
    "attestant",
    "chef",
    "manager",
    "registrator",
    "utredare",
    "remittent",
    "lakare",
    "skoterska",
    "psykolog",
    "kurator",
    "rektor",
    "forfattare",
    "author",
    "authors",
    "reporter",
    "assignee",
    "hyresgast",
    "lantagare",
    "konfirmand",
    "passagerare",
    "resenar",
    "forare",
    "ombud",
    "forvaltare",
    "vikarie",
    "fadder",
    "kontrahent",
    "narvarande",
    "franvarande",
    "protokollet",
    "kollega",
    "maka",
    "make",
    "syskon",
    "dotter",
    "son",
    "teacher",
    "patientname",
    "parent",
    "guardian",
    "spouse",
    "nominee",
    "applicant",
    "candidate",
    "kandidat",
    "tolk",
    "vittne",
    "uppgiftslamnare",
    "arbetstagare",
    "testamentstagare",
    "dodsbo",
    "avliden",
    "fodd",
    "jubilar",
    "vardtagare",
    "boende",
    "forfragare",
    "foredragande",
    "beslutsfattare",
    "intervjuare",
    "kontaktman",
    "stallforetradare",
    "firmatecknare",
    "undertecknare",
    "agent",
    "attn",
    "volontar",
    "instruktor",
    "koordinator",
    "samordnare",
    "tecknare",
    "signatur",
    "underskrift",
];
const PARTIES: &[&str] = &[
    "kund",
    "customer",
    "user",
    "owner",
    "agare",
    "kontakt",
    "contact",
    "mottagare",
    "avsandare",
    "recipient",
    "sender",
    "from",
    "fran",
    "till",
    "to",
    "cc",
    "bcc",
    "replyto",
    "ansvarig",
    "ansvariga",
    "bestallare",
    "saljare",
    "kopare",
    "referens",
    "reference",
    "ref",
    "createdby",
    "skapadav",
    "registreradav",
    "modifiedby",
    "andradav",
    "attestav",
    "godkandav",
    "attest",
    "organizer",
    "betalare",
    "faktureratill",
    "maintainer",
    "maintainers",
    "att",
    "co",
    "lastmodifiedby",
    "creator",
    "agarenamn",
    "vh",
    "vh1",
    "vh2",
    "member",
    "client",
    "tenant",
    "hyrestagare",
    "beneficiary",
    "account",
    "av",
    "by",
    "genom",
];
/// Words that make a label one of something else.
const OTHER: &[&str] = &[
    "id",
    "nr",
    "nummer",
    "number",
    "no",
    "epost",
    "email",
    "mail",
    "mejl",
    "telefon",
    "phone",
    "tel",
    "mobil",
    "datum",
    "date",
    "tid",
    "time",
    "titel",
    "title",
    "roll",
    "role",
    "befattning",
    "status",
    "typ",
    "type",
    "kategori",
    "category",
    "filnamn",
    "filename",
    "doman",
    "username",
    "anvandarnamn",
    "login",
    "konto",
    "course",
    "lan",
    "land",
    "klass",
    "class",
    "grupp",
    "group",
    "avdelning",
    "enhet",
    "table",
    "column",
    "package",
    "module",
    "variable",
    "event",
    "kod",
    "code",
    "ip",
    "url",
    "personnummer",
    "pnr",
    "personnr",
    "antal",
    "count",
    "kost",
    "allergi",
    "allergier",
    "alder",
    "age",
    "kon",
    "gender",
    "sex",
    "lon",
    "notering",
    "kommentar",
    "anteckning",
    "behorighet",
    "sprak",
    "language",
    "font",
    "field",
    "key",
    "tag",
    "label",
    "display",
    "bank",
    "iban",
    "process",
    "service",
    "app",
    "yrke",
    "fodelsedatum",
];

/// Likewise, of what may be named after persons.
const THINGS: &[&str] = &[
    "fil",
    "file",
    "produkt",
    "product",
    "artikel",
    "vara",
    "foretag",
    "company",
    "organisation",
    "organization",
    "org",
    "bolag",
    "firma",
    "forening",
    "host",
    "hostname",
    "domain",
    "server",
    "system",
    "ort",
    "gata",
    "street",
    "kommun",
    "country",
    "city",
    "benamning",
    "skola",
    "school",
    "rum",
    "room",
    "lokal",
    "butik",
    "model",
    "brand",
    "leverantor",
    "supplier",
    "vendor",
    "gatunamn",
    "ortnamn",
    "produktnamn",
    "artikelnamn",
    "foretagsnamn",
    "kursnamn",
    "projektnamn",
    "arbetsgivare",
    "adress",
    "address",
    "gatuadress",
    "postort",
    "arbetsplats",
    "projekt",
    "project",
    "kurs",
];

/// Reads a label.
pub(crate) fn role(label: &str) -> Role {
    if label.len() > 60 {
        return Role::None;
    }
    let words = words_of(label);
    let whole = words.concat();
    let is = |list: &[&str]| list.contains(&whole.as_str());
    let any = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let any_pair = |list: &[&str]| words.windows(2).any(|p| list.contains(&p.concat().as_str()));
    if is(WHOLE) || any(WHOLE) && !any(OTHER) && !any(THINGS) {
        return Role::Person;
    }
    if any(THINGS) {
        return Role::Thing;
    }
    if any(OTHER) || words.is_empty() {
        return Role::None;
    }
    let (given, surname) = (any(GIVEN) || any_pair(GIVEN), any(SURNAME) || any_pair(SURNAME));
    match (given, surname) {
        (true, true) => Role::Person,
        (true, false) => Role::Given,
        (false, true) => Role::Surname,
        _ if words.iter().any(|w| is_person(w)) => Role::Person,
        _ if is(NAMED) || any(NAMED) && words.len() <= 4 => Role::Named,
        _ if is(PARTIES) || words.len() <= 3 && any(PARTIES) => Role::Party,
        _ => Role::None,
    }
}

/// `klassföreståndare`, `kontaktperson`, `elevnamn`, `patientens`: a word for a person, alone or as the
/// last part of a compound.
fn is_person(word: &str) -> bool {
    let word = ["namn", "name"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    let stems = [Some(word), word.strip_suffix('s'), word.strip_suffix("ens")];
    stems.into_iter().flatten().any(|stem| {
        PERSONS.contains(&stem)
            || PERSONS.iter().any(|p| p.len() >= 6 && stem.len() > p.len() && stem.ends_with(p))
    })
}

/// The words of a label in lower case, without marks; `firstName` is two. Numbers at a word's end do
/// not count.
fn words_of(label: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut inside, mut lower) = (false, false);
    for c in label.chars() {
        if !c.is_alphabetic() {
            inside = false;
            continue;
        }
        if !inside || c.is_uppercase() && lower {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase().map(plain));
        }
        inside = true;
        lower = c.is_lowercase();
    }
    words
}

const fn plain(c: char) -> char {
    match c {
        'å' | 'ä' | 'æ' | 'à' | 'á' => 'a',
        'ö' | 'ø' | 'ó' => 'o',
        'é' | 'è' => 'e',
        'ü' => 'u',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_tell_what_stands_under_them() {
        for (label, want) in [
            ("Förnamn", Role::Given),
            ("firstName", Role::Given),
            ("First name", Role::Given),
            ("vh1_efternamn", Role::Surname),
            ("För- och efternamn", Role::Person),
            ("Elevens namn", Role::Person),
            ("Vårdnadshavare 2", Role::Person),
            ("Klassföreståndare", Role::Person),
            ("kundnamn", Role::None),
            ("Kund", Role::Party),
            ("Namn", Role::Named),
            ("Name", Role::Named),
            ("Filnamn", Role::None),
            ("Produktnamn", Role::Thing),
            ("Tel vh1", Role::None),
            ("Elev-ID", Role::None),
            ("Ort", Role::Thing),
            ("From", Role::Party),
        ] {
            assert_eq!(role(label), want, "{label}");
        }
    }
}
