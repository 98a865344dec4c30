//! Documents that were damaged by chance, again and again: none may break the program. Some are tried with
//! the other tests; to try more, say how many rounds of 100, and of which files:
//!
//! ```text
//! SPARHUND_MUTATE_ROUNDS=600 SPARHUND_MUTATE_FILES=folder cargo test --test it damaged
//! ```

use std::path::PathBuf;
use std::{env, fs};

use crate::nested::gzip;
use crate::old_documents::{message, presentation, word, wrapped};
use crate::run::Tree;

/// Numbers by chance (PCG, O'Neill 2014), the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 ^ self.0 >> 22) >> 22) as usize % most.max(1)
    }
}

/// What is damaged: documents of the tests, or the files that somebody names.
fn originals() -> Vec<(String, Vec<u8>)> {
    if let Some(folder) = env::var_os("SPARHUND_MUTATE_FILES") {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> = files.filter(|path| path.is_file()).collect();
        files.sort();
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        return files.iter().map(|path| (name(path), fs::read(path).unwrap())).collect();
    }
    let card = b"Mejl: bo@example.com\n".as_slice();
    let rtf = b"{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset255 A;}}\\f0 Hej \\'86\\par{\\footnote x}}";
    let mail = b"Received: x\nSubject: y\nContent-Type: multipart/mixed; boundary=z\n\n--z\n\nHej\n--z--\n";
    [
        ("a.doc", word("Rad ett\r", "och tv\u{e5}", "not")),
        ("a.ppt", presentation("Rubrik", "Text")),
        ("a.msg", message("eva@example.com", "bo@example.com", "Hej", ("a.txt", card))),
        ("winmail.dat", wrapped("Hej", ("a.txt", card))),
        ("a.gz", gzip(card)),
        ("a.rtf", rtf.to_vec()),
        ("a.eml", mail.to_vec()),
    ]
    .map(|(name, content)| (name.to_owned(), content))
    .into()
}

/// Numbers that lengths and positions go wrong with.
const ODD: [u32; 6] = [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x0001_0000];

fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..1 + chance.below(8) {
        if bytes.is_empty() {
            return;
        }
        let at = chance.below(bytes.len());
        match chance.below(6) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes[at] = chance.below(256) as u8,
            2 => {
                let odd = ODD[chance.below(ODD.len())].to_le_bytes();
                let end = (at + 4).min(bytes.len());
                bytes[at..end].copy_from_slice(&odd[..end - at]);
            }
            3 => bytes.truncate(at.max(1)),
            4 => drop(bytes.drain(at..(at + 1 + chance.below(64)).min(bytes.len()))),
            _ => {
                let from = chance.below(bytes.len());
                let piece = bytes[from..(from + 64).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
}

#[test]
fn damaged_documents_break_nothing() {
    let rounds = env::var("SPARHUND_MUTATE_ROUNDS").ok().and_then(|n| n.parse().ok());
    let originals = originals();
    let mut chance = Chance(1);
    for round in 0..rounds.unwrap_or(2) {
        let damaged: Vec<(String, Vec<u8>)> = (0..100)
            .map(|n| {
                let (name, content) = &originals[chance.below(originals.len())];
                let mut content = content.clone();
                damage(&mut content, &mut chance);
                (format!("{n:02}-{name}"), content)
            })
            .collect();
        let files: Vec<(&str, &[u8])> =
            damaged.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        let tree = Tree::new(&files);
        let output = tree.run(&["text", "share"]);
        let told = String::from_utf8_lossy(&output.stdout);
        let broken = told.lines().find(|line| line.contains("\"reason\":\"failed\""));
        let ended = matches!(output.status.code(), Some(0 | 3));
        if broken.is_some() || !ended {
            let kept = env::temp_dir().join("sparhund-damaged");
            fs::create_dir_all(&kept).unwrap();
            files.iter().for_each(|(name, content)| fs::write(kept.join(name), content).unwrap());
            panic!("round {round}: {broken:?} {:?}, see {}", output.status, kept.display());
        }
    }
}
