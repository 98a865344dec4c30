//! What is known already and may stand: for each file and category how many findings there are, told
//! apart by a few bits of a salted hash of their values.
//!
//! The file may lie in a public repository. A longer hash of a personal identity number is tried out
//! in minutes, whatever the salt; of 8 bits every value fits one in 256, so that at least 100,000
//! numbers fit each. Hence also: the salt is made once and kept, for another would add 8 bits; path
//! and category are not hashed, for a value in two files would have 16. That a finding is counted
//! makes a new one show even where its bits are those of a known one; what can hide is a value that
//! takes the place of another in the same file, once in 256 times.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use crate::model::{Category, Secret};

/// Bits of a hash, and how many of them there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bits {
    bits: u8,
    width: u8,
}

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.width == 0 { f.write_str("-") } else { write!(f, "{:02x}", self.bits) }
    }
}

/// What findings of a baseline have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The path as it is shown, from the working folder.
    pub path: String,
    /// The category.
    pub category: String,
    /// The bits as they are written.
    pub bits: String,
}

/// What is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    salt: [u8; 16],
    entries: BTreeMap<Entry, u64>,
}

/// Why a file is no baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoBaseline {
    /// The line, from 1; none for the file as a whole.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

const HEAD: &str = "\
# Findings that `sparhund check` knows: path, category, up to 8 bits of a salted hash of the value, and
# how many there are. It holds no values. Renew it with `sparhund check --update-baseline`.
";

impl Baseline {
    /// One that knows nothing.
    #[must_use]
    pub fn new(salt: [u8; 16]) -> Baseline {
        Baseline { salt, entries: BTreeMap::new() }
    }

    /// One that knows nothing, with a salt nobody has had.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn salted() -> Result<Baseline, getrandom::Error> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt)?;
        Ok(Baseline::new(salt))
    }

    /// Reads one. Order and repeats do not matter, so that git may merge it line by line: of two
    /// numbers the greater stands.
    ///
    /// # Errors
    /// When a line is none of a baseline.
    pub fn parse(text: &str) -> Result<Baseline, NoBaseline> {
        let wrong = |line: usize, message: &str| {
            Err(NoBaseline { line: Some(line), message: message.to_owned() })
        };
        let (mut salt, mut entries) = (None, BTreeMap::new());
        for (n, line) in text.lines().enumerate().map(|(n, line)| (n + 1, line)) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(written) = line.strip_prefix("salt\t") {
                let Some(read) = bytes_of(written.trim()) else {
                    return wrong(n, "the salt is not 32 hexadecimal digits");
                };
                if salt.is_some_and(|salt| salt != read) {
                    return wrong(
                        n,
                        "a second salt, as after a merge of two new baselines: take out this line \
                         and run check --update-baseline",
                    );
                }
                salt = Some(read);
                continue;
            }
            let Some((entry, count)) = entry(line) else {
                return wrong(n, "it is no entry: path, category, bits and number, parted by tabs");
            };
            let known: &mut u64 = entries.entry(entry).or_default();
            *known = count.max(*known);
        }
        match salt {
            Some(salt) => Ok(Baseline { salt, entries }),
            None => Err(NoBaseline {
                line: None,
                message: "it has no salt: make it with check --update-baseline".to_owned(),
            }),
        }
    }

    /// The bits of a value.
    #[must_use]
    pub fn bits(&self, category: Category, value: &Secret) -> Bits {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.salt).update(value.expose().as_bytes());
        let width = width(category);
        let bits = hasher.finalize().as_bytes()[0].checked_shr(8 - u32::from(width)).unwrap_or(0);
        Bits { bits, width }
    }

    /// What is known, and how often.
    pub fn entries(&self) -> impl Iterator<Item = (&Entry, u64)> {
        self.entries.iter().map(|(entry, n)| (entry, *n))
    }

    /// How many of these are known.
    #[must_use]
    pub fn known(&self, entry: &Entry) -> u64 {
        self.entries.get(entry).copied().unwrap_or(0)
    }

    /// The same salt with other entries.
    #[must_use]
    pub fn with(&self, entries: BTreeMap<Entry, u64>) -> Baseline {
        Baseline { salt: self.salt, entries }
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        f.write_str("salt\t")?;
        for byte in self.salt {
            write!(f, "{byte:02x}")?;
        }
        f.write_char('\n')?;
        for (Entry { path, category, bits }, n) in &self.entries {
            writeln!(f, "{path}\t{category}\t{bits}\t{n}")?;
        }
        Ok(())
    }
}

fn entry(line: &str) -> Option<(Entry, u64)> {
    let mut fields = line.split('\t').map(str::to_owned);
    let entry = Entry { path: fields.next()?, category: fields.next()?, bits: fields.next()? };
    let count = fields.next()?.trim().parse().ok().filter(|n| *n > 0)?;
    fields.next().is_none().then_some((entry, count))
}

fn bytes_of(text: &str) -> Option<[u8; 16]> {
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(u128::to_be_bytes)
}

/// Bits of which at least 100,000 of the values in use fit each: fewer where there are fewer values.
/// Of notes, and of what the user's own rules look for, so few are usual that no bit is told.
fn width(category: Category) -> u8 {
    match category {
        Category::Dietary | Category::Own(_) => 0,
        // Some millions of names and of addresses are in use in the country.
        Category::PersonName | Category::PostalAddress => 5,
        // Some ten million numbers.
        Category::VehicleRegistration | Category::Bankgiro | Category::Plusgiro => 6,
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry_of(path: &str, bits: &str) -> Entry {
        Entry { path: path.to_owned(), category: "phone".to_owned(), bits: bits.to_owned() }
    }

    #[test]
    fn what_is_written_is_read() {
        let entries = [(entry_of("b c.txt", "0a"), 2), (entry_of("a.txt", "-"), 1)].into();
        let baseline = Baseline::new([7; 16]).with(entries);
        let text = baseline.to_string();
        assert_eq!(Baseline::parse(&text).unwrap(), baseline);
        assert!(text.ends_with("a.txt\tphone\t-\t1\nb c.txt\tphone\t0a\t2\n"), "{text}");
    }

    #[test]
    fn merged_line_by_line_it_still_reads() {
        let salt = "salt\t000102030405060708090a0b0c0d0e0f\n";
        let text = format!("{salt}b\tphone\t01\t1\na\tphone\t02\t1\n{salt}b\tphone\t01\t3\n");
        let baseline = Baseline::parse(&text).unwrap();
        assert_eq!(baseline.known(&entry_of("b", "01")), 3);
        assert_eq!(baseline.known(&entry_of("a", "02")), 1);
        assert_eq!(baseline.known(&entry_of("c", "02")), 0);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let salt = "salt\t000102030405060708090a0b0c0d0e0f\n";
        let other = "salt\tff0102030405060708090a0b0c0d0e0f\n";
        let check = |text: &str, line: Option<usize>, said: &str| {
            let error = Baseline::parse(text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
            assert!(error.message.contains(said), "{}", error.message);
        };
        check("", None, "no salt");
        check("salt\t12\n", Some(1), "32 hexadecimal");
        check(&format!("{salt}{other}"), Some(2), "second salt");
        check(&format!("{salt}<<<<<<< HEAD\n"), Some(2), "no entry");
        check(&format!("{salt}a\tphone\t01\t0\n"), Some(2), "no entry");
    }

    #[test]
    fn bits_depend_on_value_and_salt_only() {
        let (one, two) = (Baseline::new([1; 16]), Baseline::new([2; 16]));
        let values = (0..64).map(|n| Secret::new(format!("1985{n:08}")));
        let of = |baseline: &Baseline, category| {
            values
                .clone()
                .map(|value| baseline.bits(category, &value).to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&one, Category::Personnummer), of(&one, Category::Phone));
        assert_ne!(of(&one, Category::Personnummer), of(&two, Category::Personnummer));
        assert!(of(&one, Category::Dietary).iter().all(|bits| bits == "-"));
        assert!(of(&one, Category::PersonName).iter().all(|bits| bits.as_str() < "20"));
    }
}
