//! Categories of the user's own: names and ways of showing for this process, which only grow.
//!
//! A category is passed around as one number; what belongs to the number stands here. Nothing is ever
//! taken away, so that reading needs no lock.

use std::sync::{Mutex, OnceLock, PoisonError};

/// The number of a category of the user's own, counted in the order in which they were met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Own(u8);

/// What belongs to a category of the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCategory {
    /// The identifier used in inventories, rules and options.
    pub id: String,
    /// What made it: the digest of its rule, 0 where only its name is known.
    pub origin: u64,
    /// How its values are masked.
    pub mask: Mask,
    /// Their match form.
    pub form: MatchForm,
}

/// How values of a category of the user's own are masked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mask {
    /// Nothing is shown.
    #[default]
    Hidden,
    /// The first letter, of values of six letters and more.
    FirstLetter,
    /// The last two digits, of values of eight digits and more.
    LastTwo,
}

/// The match form of values: what is the same in all ways of writing one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchForm {
    /// Letters.
    pub letters: Letters,
    /// Leave out all but letters and digits; otherwise white space is folded.
    pub bare: bool,
}

/// What becomes of letters in the match form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Letters {
    /// They stay.
    #[default]
    AsWritten,
    /// Upper case.
    Upper,
    /// Lower case.
    Lower,
}

impl MatchForm {
    /// Appends the match form of `written`.
    pub fn write(self, written: &str, out: &mut String) {
        let mut gap = false;
        for c in written.trim().chars() {
            if self.bare && !c.is_alphanumeric() {
                continue;
            }
            if c.is_whitespace() {
                gap = true;
                continue;
            }
            if std::mem::take(&mut gap) {
                out.push(' ');
            }
            match self.letters {
                Letters::AsWritten => out.push(c),
                Letters::Upper => out.extend(c.to_uppercase()),
                Letters::Lower => out.extend(c.to_lowercase()),
            }
        }
    }
}

impl Own {
    /// So many there may be in a process.
    pub const MOST: usize = 200;

    /// The number of a category, a new one if it was not met before. None if there are too many.
    #[must_use]
    pub fn of(category: &OwnCategory) -> Option<Own> {
        let _adding = ADDING.lock().unwrap_or_else(PoisonError::into_inner);
        for (n, slot) in KNOWN.iter().enumerate() {
            if slot.get_or_init(|| category.clone()) == category {
                return Some(Own(n as u8));
            }
        }
        None
    }

    /// A category of which only the name is known.
    #[must_use]
    pub fn named(id: &str) -> Option<Own> {
        let (mask, form) = (Mask::default(), MatchForm::default());
        Own::of(&OwnCategory { id: id.to_owned(), origin: 0, mask, form })
    }

    /// Its number, from 0.
    #[must_use]
    pub const fn number(self) -> usize {
        self.0 as usize
    }

    /// What belongs to it.
    #[must_use]
    pub fn category(self) -> &'static OwnCategory {
        KNOWN[self.number()].get().expect("numbers are given to what is kept here")
    }

    /// The one of a number, if there is one.
    #[must_use]
    pub fn at(number: usize) -> Option<Own> {
        KNOWN.get(number)?.get().map(|_| Own(number as u8))
    }
}

static KNOWN: [OnceLock<OwnCategory>; Own::MOST] = [const { OnceLock::new() }; Own::MOST];
static ADDING: Mutex<()> = Mutex::new(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number() {
        let first = Own::named("test_first").unwrap();
        let second = Own::named("test_second").unwrap();
        assert_ne!(first, second);
        assert_eq!(Own::named("test_first"), Some(first));
        assert_eq!(second.category().id, "test_second");
        assert_eq!(Own::at(second.number()), Some(second));
        let other = OwnCategory { origin: 7, ..first.category().clone() };
        assert_ne!(Own::of(&other), Some(first), "another rule of the same name");
    }

    #[test]
    fn match_forms() {
        let check = |letters, bare, written: &str, want: &str| {
            let mut out = String::new();
            MatchForm { letters, bare }.write(written, &mut out);
            assert_eq!(out, want);
        };
        check(Letters::AsWritten, false, " Projekt \n Älg ", "Projekt Älg");
        check(Letters::Upper, true, "kd-12 34 å", "KD1234Å");
        check(Letters::Lower, false, "KD-12", "kd-12");
    }
}
