//! From the lists of names and of the words around them to one hash table of words with their classes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[path = "../../src/detect/names/hash.rs"]
mod hash;

/// The classes of words, in the order of their bits; those from the third on are sections of
/// `name-words.txt`.
const CLASSES: [&str; 12] = [
    "given",
    "surname",
    "given-words",
    "surname-words",
    "place",
    "title",
    "never",
    "firm",
    "firm-before",
    "site",
    "site-ending",
    "common",
];
const LISTS: [(&str, &str); 3] =
    [("given-names.txt", "given"), ("given-names-more.txt", "given"), ("surnames.txt", "surname")];

/// Writes `names.rs` into `out`, from the lists in the folder `data`.
pub(crate) fn write(data: &Path, out: &Path) {
    println!("cargo:rerun-if-changed=rules/build/names.rs");
    println!("cargo:rerun-if-changed=src/detect/names/hash.rs");
    let words = collect(data);
    let mut code = String::new();
    classes(&mut code);
    table(&mut code, &words);
    fs::write(out.join("names.rs"), code).expect("the build's output folder can be written");
}

/// The words in lower case with their classes as bits.
fn collect(data: &Path) -> BTreeMap<String, u16> {
    let mut words = BTreeMap::new();
    for (file, class) in LISTS {
        read(data, file, class, &mut words);
    }
    let names: Vec<(String, u16)> = words.iter().map(|(w, &c)| (w.clone(), c)).collect();
    read(data, "name-words.txt", "", &mut words);
    // Names are written without marks as well: in file names, by foreign systems.
    for (word, class) in names {
        words.entry(without_marks(&word)).or_insert(class);
    }
    words
}

fn read(data: &Path, file: &str, class: &str, words: &mut BTreeMap<String, u16>) {
    let path = data.join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut class = class.to_owned();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            section.clone_into(&mut class);
            continue;
        }
        for word in line.split_whitespace().filter(|w| w.len() <= hash::CAPACITY) {
            *words.entry(word.to_lowercase()).or_default() |= bit(&class);
        }
    }
}

fn bit(class: &str) -> u16 {
    let n = CLASSES.iter().position(|c| *c == class);
    1 << n.unwrap_or_else(|| panic!("{class:?} is no class of words"))
}

fn without_marks(word: &str) -> String {
    let plain = |c| match c {
        'å' | 'ä' | 'á' | 'à' | 'â' | 'ã' | 'æ' | 'ă' | 'ą' => 'a',
        'ö' | 'ø' | 'ó' | 'ô' | 'õ' | 'ő' => 'o',
        'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ü' | 'ú' | 'ů' | 'ű' => 'u',
        'í' | 'ï' | 'î' | 'ı' => 'i',
        'ç' | 'ć' | 'č' => 'c',
        'ğ' => 'g',
        'š' | 'ş' | 'ś' | 'ș' => 's',
        'ž' | 'ź' | 'ż' => 'z',
        'ñ' | 'ń' => 'n',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ý' => 'y',
        'ř' => 'r',
        'ț' => 't',
        other => other,
    };
    word.chars().map(plain).collect()
}

fn classes(code: &mut String) {
    for (n, class) in CLASSES.iter().enumerate() {
        let name = class.to_uppercase().replace('-', "_");
        let line = format!("pub(in super::super) const {name}: Classes = Classes(1 << {n});");
        writeln!(code, "{line}").expect("a string takes everything");
    }
}

/// The keys in one string with their starts and classes; an open hash table of their numbers plus
/// one; and a set of bits by hash that rules most other words out.
fn table(code: &mut String, words: &BTreeMap<String, u16>) {
    let (mut keys, mut starts) = (String::new(), vec![0_u32]);
    let size = (words.len() * 2).next_power_of_two();
    let mut slots = vec![0_u16; size];
    let mut filter = vec![0_u64; 1024];
    for (n, key) in words.keys().enumerate() {
        keys.push_str(key);
        starts.push(u32::try_from(keys.len()).expect("some hundreds of kilobytes"));
        let hash = hash::hash(key.as_bytes()) as usize;
        filter[hash >> 6 & 1023] |= 1 << (hash & 63);
        let mut slot = hash & (size - 1);
        while slots[slot] != 0 {
            slot = (slot + 1) & (size - 1);
        }
        slots[slot] = u16::try_from(n + 1).expect("fewer than 65,535 words");
    }
    let flags: Vec<u16> = words.values().copied().collect();
    let mut put = |name: &str, kind: &str, value: String| {
        writeln!(code, "static {name}: {kind} = {value};").expect("a string takes everything");
    };
    put("KEYS", "&str", format!("{keys:?}"));
    put("STARTS", &format!("[u32; {}]", starts.len()), format!("{starts:?}"));
    put("FLAGS", &format!("[u16; {}]", flags.len()), format!("{flags:?}"));
    put("SLOTS", &format!("[u16; {size}]"), format!("{slots:?}"));
    put("FILTER", "[u64; 1024]", format!("{filter:?}"));
}
