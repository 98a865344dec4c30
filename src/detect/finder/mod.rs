//! The one pass over raw bytes that finds the few places worth a closer look.
//!
//! It knows shapes, not meanings: ends of digit runs of telling lengths, starts of possible phone
//! numbers, at signs inside words, anchors of the dietary words. Check digits, dates, number plans
//! and grammar are left to the detectors behind it, which read the text around a [`Hit`].
//!
//! The bytes may be UTF-8, Latin-1 or Windows-1252: nothing is decoded, and letters are compared
//! with bit 0x20 set, which folds the case of ASCII, of Latin-1 letters and of the second byte of
//! å, ä and ö in UTF-8 alike.
//!
//! Start at [`Finder::find`]. `plain` says byte by byte what a hit is, `extra` does so for the kinds
//! of the rarer categories, and both are the portable code; `vector` finds the same 64 bytes at a time.
//!
//! # To look for more
//!
//! - Another word: a line in `rules/terms.txt` and, if a test says so, an entry in `anchors_table`. Costs
//!   nothing unless the anchor is frequent.
//! - Another length or grouping of digits: a flag of [`Wants`], a line in `plain::is_run_end` and one in
//!   the vector code's `runs`. Blocks with fewer than six digits near are passed over in `step`;
//!   what has fewer, as an address or a postcode may, is to be let through by `is_number_near`.
//! - Another sign (`:` of an address, say): a [`HitKind`], an arm of `plain`'s `kind_at`, a mask in
//!   `steps` like `ats`, and one comparison more in each sweep, a hundredth of its time. The sign must be
//!   rare: each block that has one is stepped into.
//! - Something made of letters by shape (capitals): the same with a comparison of a range, if it can be
//!   told in masks; what most blocks have belongs into the detectors.
//!
//! The tests hold the ways against each other; `cargo bench finder` tells what it costs.

mod anchors;
mod anchors_table;
mod extra;
mod plain;
mod signs;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod vector;

use std::ops::Range;

use anchors::Anchors;
pub use signs::Signs;

use crate::model::{self, Masks};

/// What is worth looking at, at the place of a [`Hit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum HitKind {
    /// The first byte after a run of digits that may end a personal number; the length of the text
    /// when the run ends with it.
    Run,
    /// The `0` that may start a phone number in national form or with `00`.
    Zero,
    /// A `+` before a digit.
    Plus,
    /// An `@` between two bytes that can stand in an address.
    At,
    /// The first byte of an anchor: a piece of one or more lines of `rules/terms.txt`.
    Term,
    /// A capital letter that may begin the surname after a given name: after a space behind a word
    /// with a capital at its start, at most 40 bytes long, that ends with no full stop but an
    /// initial's, or that a comma or one or two words of two or three small letters (`von`, `de la`)
    /// follow; or at the edge of a column: after a tab, or a space behind a space, a bar or a tab.
    Capital,
    /// The first full stop of three that part four groups of one to three digits (IPv4).
    Dots,
    /// The first colon of three that stand at most five bytes apart between hexadecimal digits or
    /// colons, or of `::` (IPv6).
    Colons,
    /// The first byte after five digits, or after two that one space parts from three: a postcode.
    Postcode,
    /// The first of two capital letters before two digits, no letter or digit before them (IBAN,
    /// passports).
    Code,
    /// The first of three capital letters before two digits, with or without a space between, no
    /// letter or digit before them (vehicle registrations).
    Plate,
    /// The hyphen or dash between two digits of which the second ends its run (plusgiro).
    Giro,
    /// The first byte after four digits, the first of them no zero, that a space, a hyphen or a comma
    /// and a space part from more digits, or that stand a space behind `ng`, `nr` or `er`: a clearing
    /// number or the first digits of a card.
    Clearing,
    /// A capital letter that stands right after six digits, or after a hyphen and six digits: a
    /// reserve number.
    Letter,
}

/// One place worth a closer look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// Offset into the text, in bytes.
    pub at: u32,
    /// What was seen there.
    pub kind: HitKind,
}

/// What [`Finder::find`] reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wants {
    /// [`HitKind::Run`]: runs of 12 digits, of 10 digits with a `0` or `1` where the month starts,
    /// and of 4 digits that at most five bytes of separator part from two other digits.
    pub runs: bool,
    /// Runs of 10 digits also without a month, as an organisationsnummer has none.
    pub any_ten: bool,
    /// Runs of 7, 8 and 9 digits: personal and phone numbers whose leading zeros a spreadsheet
    /// dropped.
    pub nine: bool,
    /// Every run of 4, 6 or 8 digits: a column of birth dates or of last four digits.
    pub four: bool,
    /// Runs of 11 and of 13 to 19 digits: bank accounts, payment cards.
    pub long: bool,
    /// [`HitKind::Zero`].
    pub zeros: bool,
    /// [`HitKind::Plus`].
    pub plus: bool,
    /// [`HitKind::At`].
    pub at: bool,
    /// [`HitKind::Term`].
    pub terms: bool,
    /// [`HitKind::Capital`].
    pub capitals: bool,
    /// [`HitKind::Dots`] and [`HitKind::Colons`].
    pub addresses: bool,
    /// [`HitKind::Postcode`].
    pub postcodes: bool,
    /// [`HitKind::Code`] and [`HitKind::Plate`].
    pub codes: bool,
    /// [`HitKind::Giro`].
    pub giros: bool,
    /// [`HitKind::Clearing`].
    pub clearings: bool,
    /// [`HitKind::Letter`].
    pub letters: bool,
}

impl Wants {
    /// What running text is scanned for: all kinds, with only the lengths of runs that are telling
    /// without a column's label.
    pub const TEXT: Self = Self {
        runs: true,
        any_ten: false,
        nine: false,
        four: false,
        long: false,
        zeros: true,
        plus: true,
        at: true,
        terms: true,
        capitals: true,
        addresses: true,
        postcodes: true,
        codes: true,
        giros: true,
        clearings: true,
        letters: true,
    };

    /// Everything there is.
    pub const ALL: Self = Self { any_ten: true, nine: true, four: true, long: true, ..Self::TEXT };
}

/// How far a hit looks, in bytes: what is farther away does not change it, so that a text may be
/// searched in pieces as long as this much of its neighbours is at hand.
pub const REACH: usize = 64;

/// The candidate finder: tables that never change, to be shared by all threads.
#[derive(Debug)]
pub struct Finder {
    anchors: Anchors,
    way: Way,
}

impl Default for Finder {
    fn default() -> Self {
        Self::new()
    }
}

/// Which code finds; what it finds is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Vector(vector::Level),
}

impl Finder {
    /// A finder that uses what this processor offers.
    pub fn new() -> Self {
        Self::by(ways().next().unwrap_or(Way::Portable))
    }

    /// A finder of the portable code only, which finds the same.
    pub fn portable() -> Self {
        Self::by(Way::Portable)
    }

    fn by(way: Way) -> Self {
        Self { anchors: Anchors::new(), way }
    }

    /// Appends to `out` the hits of `hay` that lie in `focus`, in the order of their places, kinds
    /// at one place in the order of [`HitKind`]. Bytes outside `focus` count as surroundings; what
    /// is outside `hay` counts as NUL. A run that ends with `hay` is reported when `focus` does too.
    ///
    /// # Panics
    ///
    /// If `hay` has 4 GiB or more, or `focus` does not lie in it.
    pub fn find(&self, hay: &[u8], focus: Range<usize>, wants: Wants, out: &mut Vec<Hit>) {
        assert!(u32::try_from(hay.len()).is_ok(), "texts are searched in blocks below 4 GiB");
        assert!(focus.end <= hay.len(), "the focus lies in the text");
        if focus.is_empty() {
            return;
        }
        let last = focus.end == hay.len();
        self.find_inside(hay, focus, wants, out);
        if last {
            let end = hay.len();
            if plain::is_run_end(hay, end, plain::run_length(hay, end), wants) {
                out.push(Hit { at: end as u32, kind: HitKind::Run });
            }
            extra::find_end(hay, wants, out);
        }
    }

    /// The bytes of the anchor at `at`, of the longest if there are several.
    pub fn anchor(&self, text: &[u8], at: usize) -> Range<usize> {
        // It may end with a sign that stands for the end of the text.
        at..(at + self.anchors.longest_at(&text[at..])).min(text.len())
    }

    /// Appends, for every 64 bytes of `text`, where the two of `bytes` stand among them.
    pub fn places(&self, text: &[u8], bytes: [u8; 2], out: &mut Vec<Masks>) {
        match self.way {
            Way::Portable => model::find_places(text, bytes, out),
            #[cfg(target_arch = "x86_64")]
            Way::Vector(level) => vector::places(level, text, bytes, out),
        }
    }

    /// What plain addresses are made of, among each of two times 32 bytes.
    pub fn signs(&self, bytes: [&[u8; 32]; 2]) -> [Signs; 2] {
        match self.way {
            Way::Portable => bytes.map(signs::plainly),
            #[cfg(target_arch = "x86_64")]
            Way::Vector(level) => vector::signs(level, bytes),
        }
    }

    fn find_inside(&self, hay: &[u8], focus: Range<usize>, wants: Wants, out: &mut Vec<Hit>) {
        match self.way {
            Way::Portable => {
                let first = out.len();
                plain::find(&self.anchors, hay, focus.clone(), wants, out);
                extra::find(hay, focus, wants, out);
                // Two lists in order, which this way of sorting merges.
                out[first..].sort();
            }
            #[cfg(target_arch = "x86_64")]
            Way::Vector(level) => vector::find(level, &self.anchors, hay, focus, wants, out),
        }
    }
}

/// The ways that this processor offers, the fastest first.
#[cfg(target_arch = "x86_64")]
fn ways() -> impl Iterator<Item = Way> {
    vector::Level::at_hand().map(Way::Vector).chain([Way::Portable])
}

#[cfg(not(target_arch = "x86_64"))]
fn ways() -> impl Iterator<Item = Way> {
    std::iter::once(Way::Portable)
}
