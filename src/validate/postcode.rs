//! Swedish postcodes, their towns, and what names of streets end with.

use std::ops::RangeInclusive;

use super::place_name::PlaceName;
use super::tables::{POSTCODES, STREET_ENDINGS, TOWNS};

/// Longest ending of a street's name.
const ENDING: usize = 11;

/// Is a number of five digits a postcode in use?
#[must_use]
pub fn is_in_use(postcode: u32) -> bool {
    let word = POSTCODES.get(postcode as usize / 64);
    word.is_some_and(|word| word >> (postcode % 64) & 1 == 1)
}

/// What the postcodes of a postal town lie between; none for what is no such town.
#[must_use]
pub fn town(name: &PlaceName) -> Option<RangeInclusive<u32>> {
    let name = name.as_bytes();
    let found = TOWNS.binary_search_by(|(town, ..)| town.as_bytes().cmp(name)).ok()?;
    let (_, lowest, highest) = TOWNS[found];
    Some(lowest..=highest)
}

/// What the last word of a street's name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreetWord {
    /// A name that ends as streets' names do: `Storgatan`.
    Compound,
    /// The ending as a word of its own: the `gata` of `Sven Rinmans gata`.
    Ending,
}

/// Reads the last word of a street's name; none if it ends like no street.
#[must_use]
pub fn street_word(word: &PlaceName) -> Option<StreetWord> {
    let word = word.as_bytes();
    let longest = word.len().min(ENDING);
    let (len, alone) = (3..=longest).find_map(|len| {
        let ending = &word[word.len() - len..];
        let found = STREET_ENDINGS.binary_search_by(|(known, _)| known.as_bytes().cmp(ending));
        found.ok().map(|n| (len, STREET_ENDINGS[n].1))
    })?;
    match word.len() - len {
        0 => alone.then_some(StreetWord::Ending),
        1 => None,
        _ => Some(StreetWord::Compound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> PlaceName {
        PlaceName::fold(text.as_bytes()).unwrap()
    }

    #[test]
    fn codes_have_their_towns() {
        assert!(is_in_use(22_358) && is_in_use(98_499));
        assert!(!is_in_use(32_123) && !is_in_use(99_999) && !is_in_use(123_456));
        assert!(town(&name("LUND")).unwrap().contains(&22_358));
        assert!(town(&name("Upplands Väsby")).unwrap().contains(&19_489));
        assert!(!town(&name("Kiruna")).unwrap().contains(&22_358));
        assert!(town(&name("Ankeborg")).is_none());
    }

    #[test]
    fn streets_are_told_by_their_ends() {
        for (word, want) in [
            ("Storgatan", Some(StreetWord::Compound)),
            ("ÅSVÄGEN", Some(StreetWord::Compound)),
            ("torg", Some(StreetWord::Ending)),
            ("Allé", Some(StreetWord::Ending)),
            ("dalen", None),
            ("Kalle", None),
            ("telefon", None),
        ] {
            assert_eq!(street_word(&name(word)), want, "{word}");
        }
    }
}
