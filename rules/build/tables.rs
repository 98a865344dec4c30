//! Turns the lists in `rules/data` into constant tables for `src/validate`: numbers only, no
//! decisions. The formats are described at the head of each list.

use std::collections::BTreeSet;
use std::fmt::{Debug, Write};
use std::fs;
use std::path::Path;

/// Longest top-level domain, in bytes of its Unicode form, that the tables have room for.
const LONGEST_TLD: usize = 63;

/// Writes `tables.rs` into `out`, from the lists in the folder `data`.
pub(crate) fn write(data: &Path, out: &Path) {
    println!("cargo:rerun-if-changed=rules/build/tables.rs");
    println!("cargo:rerun-if-changed={}", data.display());
    let mut code = String::new();
    test_numbers(&mut code, data);
    phone_plan(&mut code, data);
    countries(&mut code, data);
    fiction(&mut code, data);
    tlds(&mut code, data);
    roles(&mut code, data);
    postcodes(&mut code, data);
    towns(&mut code, data);
    street_endings(&mut code, data);
    words(&mut code, "FREEMAIL", &read(data, "freemail-domains.txt"));
    iban_countries(&mut code, data);
    card_issuers(&mut code, data);
    clearing_numbers(&mut code, data);
    words(&mut code, "TEST_IBANS", &read(data, "test-ibans.txt"));
    words(&mut code, "TEST_CARDS", &read(data, "test-cards.txt"));
    words(&mut code, "BLOCKED_PLATES", &read(data, "blocked-plates.txt"));
    fs::write(out.join("tables.rs"), code).expect("the build's output folder can be written");
}

/// The lines of a list, each split at white space, without comments.
fn read(data: &Path, name: &str) -> Vec<Vec<String>> {
    let path = data.join(name);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

fn table<T: Debug>(code: &mut String, name: &str, kind: &str, values: &[T]) {
    writeln!(code, "pub(super) static {name}: [{kind}; {}] = {values:?};", values.len())
        .expect("a string takes everything");
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is not a number"))
}

/// `"0,2-9"` as the set bits 0, 2, 3, … 9; `*` as the bits 0 to 9.
fn bits(ranges: &str) -> u16 {
    let ranges = if ranges == "*" { "0-9" } else { ranges };
    ranges.split(',').fold(0, |set, range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        (number(first)..=number(last)).fold(set, |set, bit| set | 1 << bit)
    })
}

/// One bucket a month (thirteen a year: month 00 is an unknown one), sorted keys inside. A key
/// is day and serial number in sixteen bits, so that a lookup stays within one or two cache lines.
fn test_numbers(code: &mut String, data: &Path) {
    let mut numbers = BTreeSet::new();
    for list in ["test-personnummer.txt", "test-samordningsnummer.txt"] {
        for line in read(data, list) {
            let (year, month) = line[0].split_once('-').expect("a year and a month");
            numbers.extend(serials(&line[1..]).map(|key| (number(year), number(month), key)));
        }
    }
    let first_year = numbers.first().expect("the list is not empty").0;
    let last_year = numbers.last().expect("the list is not empty").0;
    let mut starts = vec![0_u16; (last_year - first_year + 1) * 13 + 1];
    for (year, month, _) in &numbers {
        starts[(year - first_year) * 13 + month + 1] += 1;
    }
    for bucket in 1..starts.len() {
        starts[bucket] += starts[bucket - 1];
    }
    let keys: Vec<u16> = numbers.iter().map(|number| number.2).collect();
    writeln!(code, "pub(super) const TEST_FIRST_YEAR: u16 = {first_year};")
        .expect("a string takes everything");
    table(code, "TEST_STARTS", "u16", &starts);
    table(code, "TEST_KEYS", "u16", &keys);
    let mut marks = vec![0_u64; 1 << 13];
    for (year, month, key) in &numbers {
        let (word, mark) = mark_of((year - first_year) * 13 + month, *key);
        marks[word] |= mark;
    }
    table(code, "TEST_MARKS", "u64", &marks);
}

/// A Bloom filter's word for a bucket's key, and its bits there: of the words' bits a quarter is set,
/// so that one in a hundred of the numbers on no list passes. Must agree with
/// `test_identities::mark_of`.
fn mark_of(bucket: usize, key: u16) -> (usize, u64) {
    let mixed = ((bucket as u64) << 16 | u64::from(key)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let bit = |shift: u32| 1 << (mixed >> shift & 63);
    ((mixed >> 51) as usize, bit(45) | bit(39) | bit(33))
}

/// The keys of a month's entries, `day:serial,serial`. Must agree with `test_identities::key`.
fn serials(days: &[String]) -> impl Iterator<Item = u16> {
    days.iter().flat_map(|entry| {
        let (day, serials) = entry.split_once(':').expect("a day and its serial numbers");
        let day = number(day);
        let high = if day >= 60 { 1 << 15 | (day - 60) << 10 } else { day << 10 };
        serials.split(',').map(move |serial| {
            u16::try_from(high | number(serial)).expect("five bits of day, ten of serial")
        })
    })
}

/// The plan's entries, and for each three digits behind the leading 0 the entry they fall under.
fn phone_plan(code: &mut String, data: &Path) {
    let mut lines = read(data, "phone-plan-se.txt");
    lines.sort_by_key(|line| line[0].len());
    let mut by_prefix = vec![u16::MAX; 1000];
    let mut entries = Vec::new();
    for line in &lines {
        let (area, first, lengths, class) = (&line[0], bits(&line[1]), bits(&line[2]), &line[3]);
        let entry = u16::try_from(entries.len()).expect("some hundreds of areas");
        entries.push((area.len(), lengths, class_number(class)));
        for (prefix, slot) in by_prefix.iter_mut().enumerate() {
            let digits = format!("0{prefix:03}");
            let next = digits.as_bytes().get(area.len()).map_or(0, |digit| digit - b'0');
            if digits.starts_with(area) && first & 1 << next != 0 {
                *slot = entry;
            }
        }
    }
    table(code, "PLAN_BY_PREFIX", "u16", &by_prefix);
    table(code, "PLAN", "(u8, u16, u8)", &entries);
}

/// Must list the classes in the order of `phone::Class`.
fn class_number(class: &str) -> usize {
    let classes = [
        "geographic",
        "mobile",
        "freephone",
        "shared-cost",
        "premium",
        "uan",
        "personal",
        "pager",
        "voicemail",
        "m2m",
    ];
    classes.iter().position(|known| *known == class).unwrap_or_else(|| panic!("class {class:?}"))
}

/// The countries, and for each three leading digits the country they call.
fn countries(code: &mut String, data: &Path) {
    let mut by_prefix = vec![u8::MAX; 1000];
    let mut entries = Vec::new();
    for (index, line) in read(data, "country-codes.txt").iter().enumerate() {
        let calling_code = &line[0];
        let region = if line[4] == "-" { "" } else { &line[4] };
        let trunk = line[3] == "0";
        entries.push((
            number(calling_code),
            bits(&line[1]),
            bits(&line[2]),
            trunk,
            region.to_owned(),
        ));
        for (prefix, slot) in by_prefix.iter_mut().enumerate() {
            if format!("{prefix:03}").starts_with(calling_code) {
                *slot = u8::try_from(index).expect("some two hundred countries");
            }
        }
    }
    table(code, "COUNTRY_BY_PREFIX", "u8", &by_prefix);
    table(code, "COUNTRIES", "(u16, u16, u16, bool, &str)", &entries);
}

fn fiction(code: &mut String, data: &Path) {
    let bound = |text: &str| number(text.trim_start_matches('+'));
    let lines = read(data, "fiction-phones.txt");
    let mut ranges: Vec<_> = lines.iter().map(|line| (bound(&line[0]), bound(&line[1]))).collect();
    ranges.sort_unstable();
    table(code, "FICTION", "(u64, u64)", &ranges);
}

/// Two-letter domains as a row of bits for each first letter; all others sorted, by length.
fn tlds(code: &mut String, data: &Path) {
    let mut two_letters = [0_u32; 26];
    let mut by_length = vec![BTreeSet::new(); LONGEST_TLD + 1];
    for form in read(data, "tlds.txt").concat() {
        match form.as_bytes() {
            [first @ b'a'..=b'z', second @ b'a'..=b'z'] => {
                two_letters[usize::from(first - b'a')] |= 1 << (second - b'a');
            }
            bytes => {
                by_length[bytes.len()].insert(form);
            }
        }
    }
    let joined: Vec<String> = by_length.into_iter().map(|set| set.into_iter().collect()).collect();
    table(code, "TLD_TWO_LETTERS", "u32", &two_letters);
    table(code, "TLDS_BY_LENGTH", "&str", &joined);
}

/// The roles, and for the first two bytes the lengths they have, which rules most names out.
fn roles(code: &mut String, data: &Path) {
    let lines = read(data, "email-roles.txt");
    let mut lengths = [0_u32; 1024];
    for word in lines.iter().map(|line| line[0].as_bytes()) {
        assert!((2..32).contains(&word.len()), "{word:?}");
        lengths[beginning(word[0], word[1])] |= 1 << word.len();
    }
    table(code, "ROLE_LENGTHS", "u32", &lengths);
    words(code, "ROLES", &lines);
}

/// Two letters as one number. Must agree with `email::beginning`.
fn beginning(first: u8, second: u8) -> usize {
    usize::from(first & 31) << 5 | usize::from(second & 31)
}

/// Country, characters in all, and the parts of what follows, in order of the countries.
fn iban_countries(code: &mut String, data: &Path) {
    let mut lines = read(data, "iban-countries.txt");
    lines.sort();
    let entries: Vec<_> = lines.iter().map(|line| (&line[0], number(&line[1]), &line[2])).collect();
    table(code, "IBAN_COUNTRIES", "(&str, u8, &str)", &entries);
}

/// First and last leading digits, the lengths as bits, and whether it is a usual range.
fn card_issuers(code: &mut String, data: &Path) {
    let lines = read(data, "card-issuers.txt");
    let lengths = |list: &str| list.split(',').fold(0_u32, |set, n| set | 1 << number(n));
    let entries: Vec<_> = lines
        .iter()
        .map(|line| (&line[0], &line[1], lengths(&line[2]), line[4] == "usual"))
        .collect();
    table(code, "CARD_ISSUERS", "(&str, &str, u32, bool)", &entries);
}

/// First and last clearing number, and the type and comment as two digits.
fn clearing_numbers(code: &mut String, data: &Path) {
    let mut entries: Vec<_> = read(data, "clearing-se.txt")
        .iter()
        .map(|line| (number(&line[0]), number(&line[1]), number(&line[2].replace('/', ""))))
        .collect();
    entries.sort_unstable();
    table(code, "CLEARING", "(u16, u16, u8)", &entries);
}

/// A sorted list of words.
fn words(code: &mut String, name: &str, lines: &[Vec<String>]) {
    let words: BTreeSet<&String> = lines.iter().map(|line| &line[0]).collect();
    table(code, name, "&str", &words.into_iter().collect::<Vec<_>>());
}

/// One bit a code, 64 codes a word.
fn postcodes(code: &mut String, data: &Path) {
    let mut set = vec![0_u64; 100_000_usize.div_ceil(64)];
    for line in read(data, "postcodes-se.txt") {
        for range in line[1].split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            for last_two in number(first)..=number(last) {
                let postcode = number(&line[0]) * 100 + last_two;
                set[postcode / 64] |= 1 << (postcode % 64);
            }
        }
    }
    table(code, "POSTCODES", "u64", &set);
}

/// The towns by their folded names, and what their postcodes lie between.
fn towns(code: &mut String, data: &Path) {
    let mut towns = BTreeSet::new();
    for line in read(data, "postal-towns-se.txt") {
        towns.insert((folded(&line[2..].join(" ")), number(&line[0]), number(&line[1])));
    }
    table(code, "TOWNS", "(&str, u32, u32)", &towns.into_iter().collect::<Vec<_>>());
}

/// Lower case without marks; what is no letter becomes a space. Must agree with `place_name::fold`.
fn folded(name: &str) -> String {
    let letter = |c: char| match c {
        'å' | 'ä' => 'a',
        'ö' => 'o',
        'é' => 'e',
        'a'..='z' => c,
        _ => ' ',
    };
    name.to_lowercase().chars().map(letter).collect()
}

fn street_endings(code: &mut String, data: &Path) {
    let lines = read(data, "street-endings.txt");
    let endings: BTreeSet<_> = lines.iter().map(|line| (&line[0], line.len() > 1)).collect();
    table(code, "STREET_ENDINGS", "(&str, bool)", &endings.into_iter().collect::<Vec<_>>());
}
