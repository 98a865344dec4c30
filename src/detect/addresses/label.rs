//! What labels of columns, keys and fields say about pieces of addresses.

/// A piece of a postal address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AddressPart {
    /// None.
    #[default]
    None,
    /// Street and number, or all of it.
    Whole,
    /// Street and number.
    Street,
    /// The postcode, or postcode and town.
    Postcode,
    /// The town.
    Town,
    /// In whose care.
    CareOf,
}

/// Parts of labels, folded, that name another kind of address.
const OTHERS: [&str; 16] = [
    "epost", "email", "mail", "mejl", "ip", "mac", "web", "url", "http", "lank", "domain", "doman",
    "wallet", "minnes", "internet", "natverk",
];
/// Parts of labels of streets, folded.
const STREETS: [&str; 12] = [
    "gatuadress",
    "gata",
    "street",
    "gatunamn",
    "utdelningsadress",
    "strasse",
    "vejnavn",
    "gateadresse",
    "katuosoite",
    "adressrad",
    "addressline",
    "gatanr",
];
/// Parts of labels of whole addresses, folded.
const WHOLE: [&str; 5] = ["adress", "address", "adresse", "bostad", "osoite"];
/// Parts of labels of postcodes, folded.
const CODES: [&str; 9] = [
    "postnr",
    "postnummer",
    "postnum",
    "postkod",
    "postcode",
    "postalcode",
    "zip",
    "plz",
    "postnumber",
];
/// Words of labels of towns, folded.
const TOWNS: [&str; 17] = [
    "ort",
    "postort",
    "hemort",
    "bostadsort",
    "adressort",
    "utdelningsort",
    "stad",
    "city",
    "town",
    "locality",
    "poststed",
    "by",
    "postalcity",
    "ortsnamn",
    "stadort",
    "l",
    "paikkakunta",
];
/// Words of labels of those in whose care a letter is, folded.
const CARE: [&str; 4] = ["co", "coadress", "careof", "coaddress"];
/// Words of labels with which an address is meant, if no other piece is.
const ADR: [&str; 4] = ["adr", "adr1", "adress1", "adr2"];

/// The piece of an address that a label names. `whole` is the folded label, `any` tells whether it or
/// one of its words is in a list.
pub(crate) fn address_part(whole: &str, any: impl Fn(&[&str]) -> bool) -> AddressPart {
    let has = |list: &[&str]| list.iter().any(|part| whole.contains(part));
    if has(&CODES) {
        AddressPart::Postcode
    } else if any(&TOWNS) {
        AddressPart::Town
    } else if any(&CARE) {
        AddressPart::CareOf
    } else if has(&OTHERS) {
        AddressPart::None
    } else if has(&STREETS) || any(&ADR) {
        AddressPart::Street
    } else if has(&WHOLE) {
        AddressPart::Whole
    } else {
        AddressPart::None
    }
}
