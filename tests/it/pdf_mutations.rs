//! PDF documents that were damaged by chance, again and again: none may break the reader, and none
//! may take it long. A few hundred are tried with the other tests; to try more, say for how long and
//! what is to be damaged:
//!
//! ```text
//! SPARHUND_MUTATE_SECONDS=600 SPARHUND_MUTATE=folder/of/pdf cargo test --test it mutations
//! ```
//!
//! The document at hand lies in the folder for temporary files, as `sparhund-mutation.pdf`.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use std::{env, fs, io};

use rustix::time::{ClockId, clock_gettime};
use sparhund::extract::document::Document;
use sparhund::extract::{DOCUMENTS, Format, recognise};
use sparhund::model::{Budget, Flow, Origin, Problem, Record, Shape, Sink, Step};

use crate::pdf_files::{line, page, stream, updated};

/// A damaged document may take so much processor time: the reader's own limit is twenty seconds.
const LONGEST: Duration = Duration::from_secs(10);

/// Takes everything, and asks for places as reports do.
struct Taking;

impl Sink for Taking {
    fn record(&mut self, record: &Record<'_>) -> Flow {
        if let Shape::Text(origin) | Shape::Table(origin, _) = &record.shape {
            places(record, origin);
        }
        Flow::Continue
    }

    fn problem(&mut self, _problem: Problem) -> Flow {
        Flow::Continue
    }

    fn nested(&mut self, _step: Step, content: &mut dyn Read) -> Flow {
        let _ = io::copy(&mut content.take(1 << 20), &mut io::sink());
        Flow::Continue
    }
}

fn places(record: &Record<'_>, origin: &Origin<'_>) {
    let text = record.text;
    let mut at = record.focus.start;
    for word in text[at..].split(|b| b.is_ascii_whitespace()).take(50) {
        let _ = origin.place(text, &(at..at + word.len()), None);
        at += word.len() + 1;
    }
}

/// Numbers by chance (PCG, O'Neill 2014), the same in each run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 ^ (self.0 >> 22)) >> 22
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }

    fn range(&mut self, bytes: &[u8], most: usize) -> std::ops::Range<usize> {
        let start = self.below(bytes.len());
        start..(start + 1 + self.below(most)).min(bytes.len())
    }
}

/// What stands in such documents and may do harm elsewhere.
const TOKENS: [&[u8]; 24] = [
    b"-1",
    b"0",
    b"65535",
    b"4294967296",
    b"1e99",
    b"1 0 R",
    b"2 0 R",
    b"3 0 R",
    b"6 0 R",
    b"[",
    b"]",
    b"<<",
    b">>",
    b"(",
    b")",
    b"null",
    b"/Kids",
    b"/Parent",
    b"/FlateDecode",
    b"/V",
    b" Do ",
    b" Tj ",
    b"\nendstream",
    b"/Length 0",
];

fn mutate(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    for _ in 0..1 + chance.below(6) {
        if bytes.is_empty() {
            return;
        }
        let place = chance.range(bytes, 64);
        match chance.below(7) {
            0 => bytes[place.start] ^= 1 << chance.below(8),
            1 => bytes[place.start] = chance.next() as u8,
            2 => drop(bytes.drain(place)),
            3 => drop(
                bytes.splice(place.start..place.start, TOKENS[chance.below(TOKENS.len())].to_vec()),
            ),
            4 => {
                let copy = bytes[place].to_vec();
                let at = chance.below(bytes.len());
                drop(bytes.splice(at..at, copy));
            }
            5 => {
                let from = chance.range(other, 400);
                drop(bytes.splice(place, other.get(from).unwrap_or_default().to_vec()));
            }
            _ => number(bytes, place.start, chance),
        }
    }
}

/// Makes another of the next number.
fn number(bytes: &mut Vec<u8>, from: usize, chance: &mut Chance) {
    let is_digit = |b: &u8| b.is_ascii_digit();
    let Some(start) = bytes[from..].iter().position(is_digit).map(|n| n + from) else { return };
    let length = bytes[start..].iter().take_while(|b| is_digit(b)).count();
    let new = match chance.below(4) {
        0 => chance.below(20).to_string(),
        1 => (chance.next() as u32).to_string(),
        2 => chance.next().to_string(),
        _ => format!("-{}", chance.below(1000)),
    };
    drop(bytes.splice(start..start + length, new.into_bytes()));
}

/// Documents that have something of everything.
fn own() -> Vec<Vec<u8>> {
    let form = page(
        "/AcroForm << /Fields [6 0 R] /XFA [(datasets) 8 0 R] >> /Outlines 7 0 R /Metadata 8 0 R",
        "/Annots [6 0 R << /Subtype /Text /Contents (x) /Rect [1 2 3 4] >>]",
        line("mejl: eva@example.com"),
        &[
            b"<< /FT /Tx /T (epost) /V (a@example.com) /Subtype /Widget /Rect [0 0 9 9] >>"
                .to_vec(),
            b"<< /Title (Eva Ek) /First 7 0 R /Dest [3 0 R /Fit] >>".to_vec(),
            stream("", b"<a:x><b>Eva</b><rdf:li c='d'>e</rdf:li></a:x>"),
        ],
    );
    let layers = page(
        "/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >> /AF [7 0 R]",
        "",
        stream("", b"/OC /P BDC BT /F1 12 Tf 72 600 Td (dold) Tj [(a) -900 (b)] TJ ET EMC /X Do"),
        &[
            b"<< /Type /OCG /Name (Lager) >>".to_vec(),
            b"<< /F (a.csv) /EF << /F 8 0 R >> >>".to_vec(),
            stream("", b"namn;epost\nEva;eva@example.com\n"),
        ],
    );
    let table = "BT /F1 9 Tf 1 0 0 1 72 700 Tm (Namn) Tj 150 0 Td (Telefon) Tj -150 -12 Td (Eva) Tj \
        150 0 Td (070) Tj ET q 0.7 0.7 -0.7 0.7 10 10 cm BT /F1 9 Tf (sned) Tj ET Q";
    let revised = updated(form.clone(), &[(4, stream("", table.as_bytes()))]);
    vec![form, layers, revised]
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = own();
    for entry in
        env::var_os("SPARHUND_MUTATE").into_iter().flat_map(|path| fs::read_dir(path).unwrap())
    {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|name| name == "pdf") {
            seeds.push(fs::read(path).unwrap());
        }
    }
    seeds
}

fn read(bytes: &[u8]) {
    let head = bytes[..bytes.len().min(64 * 1024)].to_vec();
    let Format::Document(n) = recognise(&head, b"a.pdf").format else { return };
    let file = Box::new(Cursor::new(bytes.to_vec()));
    let _ = (DOCUMENTS[n].extract)(
        Document::stored(b"a.pdf", head, file, Budget::default()),
        &mut Taking,
    );
}

/// Processor time this thread has taken.
fn used() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn run(seconds: u64) -> (u64, Vec<String>) {
    let seeds = seeds();
    let current = env::temp_dir().join("sparhund-mutation.pdf");
    let (mut chance, begun) = (Chance(20_260_101), Instant::now());
    let (mut tried, mut complaints) = (0, Vec::new());
    while tried < 200 || begun.elapsed() < Duration::from_secs(seconds) {
        tried += 1;
        let mut bytes = seeds[chance.below(seeds.len())].clone();
        let other = chance.below(seeds.len());
        mutate(&mut bytes, &seeds[other], &mut chance);
        fs::write(&current, &bytes).unwrap();
        let start = used();
        let read = catch_unwind(AssertUnwindSafe(|| read(&bytes)));
        if read.is_err() || used() - start > LONGEST {
            let kept = env::temp_dir().join(format!("sparhund-mutation-{tried}.pdf"));
            fs::write(&kept, &bytes).unwrap();
            complaints.push(format!("{}: {:?}", kept.display(), used() - start));
        }
    }
    let _ = fs::remove_file(current);
    (tried, complaints)
}

#[test]
fn mutations_break_nothing() {
    let seconds = env::var("SPARHUND_MUTATE_SECONDS").ok().and_then(|text| text.parse().ok());
    // The reader's own thread has such a stack.
    let running = std::thread::Builder::new().stack_size(64 << 20);
    let running = running.spawn(move || run(seconds.unwrap_or(0))).unwrap();
    let (tried, complaints) = running.join().unwrap();
    assert!(complaints.is_empty(), "of {tried}: {complaints:#?}");
}
