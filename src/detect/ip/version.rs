//! What the words before four numbers make of them: an address, or a version.

/// So far back words count, in bytes of the same line.
const BACK: usize = 40;
/// So far back the name of an object identifier is looked for, in bytes.
const IDENTIFIER: usize = 100;
/// So many words are asked.
const WORDS: usize = 3;

/// What stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Something that names an address, and nothing else.
    Named,
    /// Something behind which an address stands, or another thing.
    Led,
    /// Something that names a version, a section or an identifier.
    Version,
    /// Neither.
    Nothing,
}

/// Words that name an address, in lower case.
const NAMES: [&[u8]; 17] = [
    b"addr",
    b"address",
    b"clientip",
    b"forwarded",
    b"ip",
    b"ipaddress",
    b"ipadress",
    b"ipv",
    b"originating",
    b"peer",
    b"remote",
    b"rhost",
    b"rip",
    b"src",
    b"dst",
    b"xff",
    b"besokare",
];
/// Words behind which an address may stand, in lower case.
const LEADS: [&[u8]; 19] = [
    b"adress",
    b"adressen",
    b"dator",
    b"datorn",
    b"from",
    b"fr\xC3\xA5n",
    b"fr\xE5n",
    b"host",
    b"inloggning",
    b"login",
    b"source",
    b"real",
    b"ban",
    b"found",
    b"hos",
    b"port",
    b"client",
    b"klient",
    b"klienten",
];
/// Words that name a version, a section or an identifier, in lower case.
const VERSIONS: [&[u8]; 46] = [
    b"agent",
    b"appendix",
    b"assembly",
    b"avsnitt",
    b"avsnittet",
    b"bilaga",
    b"build",
    b"chapter",
    b"chrome",
    b"edition",
    b"figur",
    b"figure",
    b"fil",
    b"file",
    b"fileversion",
    b"firefox",
    b"firmware",
    b"fw",
    b"kap",
    b"kapitel",
    b"kapitlet",
    b"oid",
    b"paket",
    b"paragraf",
    b"patch",
    b"plugin",
    b"programvara",
    b"punkt",
    b"punkten",
    b"rel",
    b"release",
    b"rev",
    b"revision",
    b"sdk",
    b"section",
    b"sektion",
    b"stycke",
    b"tabell",
    b"table",
    b"underkapitel",
    b"uppdatering",
    b"utg\xC3\xA5va",
    b"utg\xE5va",
    b"v",
    b"ver",
    b"vers",
];

/// How words begin that tell of a change of version, in lower case.
const CHANGES: [&[u8]; 10] = [
    b"uppgrad",
    b"upgrad",
    b"uppdater",
    b"updat",
    b"install",
    b"nedgrad",
    b"downgrad",
    b"bump",
    b"patch",
    b"releas",
];

/// What the words at the end of `before` say: the nearest that says anything decides.
pub(super) fn before(before: &[u8]) -> Before {
    let from = before.len().saturating_sub(BACK);
    let line = memchr::memrchr(b'\n', &before[from..]).map_or(from, |n| from + n + 1);
    let mut rest = &before[line..];
    if matches!(rest, [.., b' ' | b'\xA7', b'\xA7' | b' ']) && rest.contains(&0xA7) {
        return Before::Version;
    }
    for _ in 0..WORDS {
        let gap = rest.iter().rev().take_while(|b| !is_letter(**b) && !b.is_ascii_digit()).count();
        rest = &rest[..rest.len() - gap];
        // A number in between has taken what was said before it.
        let len = rest.iter().rev().take_while(|b| is_letter(**b)).count();
        let word = &rest[rest.len() - len..];
        if len == 0 {
            break;
        }
        if let Some(known) = verdict(word) {
            return known;
        }
        rest = &rest[..rest.len() - len];
    }
    Before::Nothing
}

/// Does the line speak of object identifiers? Their names may be long.
pub(super) fn names_identifiers(before: &[u8]) -> bool {
    let line = &before[before.len().saturating_sub(IDENTIFIER)..];
    let line = &line[memchr::memrchr(b'\n', line).map_or(0, |n| n + 1)..];
    line.windows(3).any(|three| matches!(three, b"OID" | b"Oid")) || line.ends_with(b"oid:")
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

fn verdict(word: &[u8]) -> Option<Before> {
    let is = |list: &[&[u8]]| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    let ends = |tail: &[u8]| {
        word.len() >= tail.len() && word[word.len() - tail.len()..].eq_ignore_ascii_case(tail)
    };
    let begins =
        |head: &&[u8]| word.len() >= head.len() && word[..head.len()].eq_ignore_ascii_case(head);
    if is(&NAMES) || word.len() > 2 && word.ends_with(b"IP") {
        Some(Before::Named)
    } else if is(&LEADS) {
        Some(Before::Led)
    } else if is(&VERSIONS) || ends(b"version") || ends(b"versionen") || CHANGES.iter().any(begins)
    {
        Some(Before::Version)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_decides() {
        for (text, want) in [
            ("version ", Before::Version),
            ("Filversion: ", Before::Version),
            ("kapitel ", Before::Version),
            ("Versionen är nu ", Before::Version),
            ("const VERSION: &str = \"", Before::Version),
            ("version 2 från ", Before::Led),
            ("Uppgraderade agenten till ", Before::Version),
            ("X-Forwarded-For: ", Before::Named),
            ("\"clientIP\":\"", Before::Named),
            ("client=", Before::Led),
            ("version 2, kontor ", Before::Nothing),
            ("§ ", Before::Version),
            ("version\n", Before::Nothing),
            ("", Before::Nothing),
        ] {
            assert_eq!(before(text.as_bytes()), want, "{text}");
        }
    }
}
