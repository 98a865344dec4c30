//! How often numbers that are nobody's are reported as somebody's: the share of 100,000 each of many
//! kinds of numbers that is found as personnummer or samordningsnummer, at medium confidence and
//! above, in six settings. `cargo bench --bench chance` prints the table of `rules/README.md`; it
//! ends with 1 if a kind that can be told apart is reported more than once in 10,000.
//!
//! The numbers are made while it runs, from a fixed seed: the same on every machine.

use std::fmt::Write as _;
use std::process::ExitCode;

use sparhund::detect::{Detail, Detector, Options, Scratch};
use sparhund::extract::{Format, recognise};
use sparhund::model::{Category, Confidence, Cursor, Record, Ruler, Shape, Table, TextSpan};
use sparhund::validate::date::{Date, days_in_month};
use sparhund::validate::luhn;

/// Numbers of each kind.
const NUMBERS: usize = 100_000;
/// Numbers a text or table holds.
const ROWS: usize = 100;
/// The most of each kind that may be reported: one in 10,000, and three standard deviations for the
/// luck of the draw.
const ALLOWED: usize = NUMBERS / 10_000 + 9;

/// A generator of numbers that look random: Marsaglia's xorshift64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// A day of the last 35 years, `yyyymmdd`.
    fn day(&mut self) -> String {
        let (year, month) = (1991 + self.below(35) as u16, 1 + self.below(12) as u8);
        let day = 1 + self.below(u64::from(days_in_month(year, month)));
        format!("{year}{month:02}{day:02}")
    }

    fn clock(&mut self) -> String {
        format!("{:02}{:02}", self.below(24), self.below(60))
    }
}

/// With the check digit that ISO/IEC 7812 wants.
fn with_check_digit(digits: String) -> String {
    let whole = (b'0'..=b'9').map(|d| format!("{digits}{}", char::from(d)));
    let right = whole.into_iter().find(|whole| luhn::is_valid(whole.as_bytes()));
    right.expect("one of ten digits is right")
}

fn uuid(numbers: &mut Numbers) -> String {
    let hex = hex(numbers, 32);
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

fn hex(numbers: &mut Numbers, count: usize) -> String {
    let mut text = String::new();
    while text.len() < count {
        let _ = write!(text, "{:x}", numbers.below(16));
    }
    text
}

/// A kind of numbers, and how one is made.
struct Kind {
    name: &'static str,
    make: fn(&mut Numbers) -> String,
    /// By its digits it is a personal number as often as not: only its surroundings can tell.
    dated: bool,
}

const fn kind(name: &'static str, make: fn(&mut Numbers) -> String) -> Kind {
    Kind { name, make, dated: false }
}

const fn dated(name: &'static str, make: fn(&mut Numbers) -> String) -> Kind {
    Kind { name, make, dated: true }
}

const KINDS: [Kind; 18] = [
    kind("random, 10 digits", |n| n.digits(10)),
    kind("random, 12 digits", |n| n.digits(12)),
    kind("random, 9 digits", |n| n.digits(9)),
    kind("clock stamp yyyymmddhhmm", |n| n.day() + &n.clock()),
    kind("clock stamp yymmddhhmm", |n| n.day()[2..].to_owned() + &n.clock()),
    kind("clock stamp yyyymmdd-hhmm", |n| n.day() + "-" + &n.clock()),
    kind("epoch seconds", |n| (600_000_000 + n.below(1_300_000_000)).to_string()),
    kind("epoch milliseconds", |n| (600_000_000_000 + n.below(1_300_000_000_000)).to_string()),
    kind("mobile number", |n| format!("07{}{}", [0, 2, 3, 6, 9][n.below(5) as usize], n.digits(7))),
    kind("UUID", uuid),
    kind("hash, 40 hex digits", |n| hex(n, 40)),
    kind("EAN-13", |n| format!("73{}", n.digits(11))),
    kind("OCR number, 10 digits", |n| with_check_digit(n.digits(9))),
    kind("OCR number, 12 digits", |n| with_check_digit(n.digits(11))),
    kind("OCR number of this century, 12 digits", |n| {
        with_check_digit(format!("20{}", n.digits(9)))
    }),
    dated("dated serial yymmdd-nnnn", |n| format!("{}-{}", &n.day()[2..], n.digits(4))),
    dated("dated serial yyyymmddnnnn", |n| n.day() + &n.digits(4)),
    dated("dated serial yymmddnnnn", |n| n.day()[2..].to_owned() + &n.digits(4)),
];

/// Where numbers stand: how texts of them are made.
type Setting = (&'static str, fn(&[String]) -> Vec<String>);

const SETTINGS: [Setting; 6] = [
    ("alone", |all| all.to_vec()),
    ("sentence", |all| vec![sentences(all)]),
    ("list", |all| vec![all.join("\n")]),
    ("column, no header", |all| vec![table("", all)]),
    ("column, neutral header", |all| vec![table("Namn;Kolumn 3;Ort\n", all)]),
    ("column, other header", |all| vec![table("Namn;Ordernr;Ort\n", all)]),
];

fn table(header: &str, all: &[String]) -> String {
    all.iter().fold(header.to_owned(), |table, value| table + &row(value))
}

fn row(value: &str) -> String {
    format!("Leverans;{value};Lund\n")
}

fn sentences(all: &[String]) -> String {
    const FRAMES: [(&str, &str); 4] = [
        ("Systemet visade ", " i går kväll.\n"),
        ("Vi hittade ", " i listan och bad dem titta på den.\n"),
        ("Se rad ", ", som ska bort.\n"),
        ("The value was ", " before the change.\n"),
    ];
    let framed = all.iter().zip(FRAMES.iter().cycle());
    framed.map(|(value, (before, after))| format!("{before}{value}{after}")).collect()
}

fn main() -> ExitCode {
    let categories = vec![Category::Personnummer, Category::Samordningsnummer, Category::Phone];
    let detector = Detector::new(Options {
        categories,
        min_confidence: Confidence::Medium,
        reference: Date::new(2026, 11, 21).expect("a day of the calendar"),
        detail: Detail::Counts,
    });
    let mut table = header();
    let mut failed = false;
    for kind in &KINDS {
        let counts = SETTINGS.map(|(_, texts)| reported(&detector, kind, texts));
        failed |= !kind.dated && counts.iter().any(|&count| count > ALLOWED);
        let cells: String = counts.iter().map(|count| format!(" {count} |")).collect();
        let _ = writeln!(table, "| {} |{cells}", kind.name);
    }
    show(&table);
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn header() -> String {
    let names: String = SETTINGS.iter().map(|(name, _)| format!(" {name} |")).collect();
    format!("| kind |{names}\n| --- |{}\n", " ---: |".repeat(SETTINGS.len()))
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn show(table: &str) {
    print!("{table}");
}

/// How many of the kind's numbers are found in texts so made.
fn reported(detector: &Detector, kind: &Kind, texts: fn(&[String]) -> Vec<String>) -> usize {
    let mut numbers = Numbers(0x5EED_0FC4_A2CE);
    let mut scratch = Scratch::default();
    let texts = (0..NUMBERS / ROWS).flat_map(|_| {
        let values: Vec<String> = (0..ROWS).map(|_| (kind.make)(&mut numbers)).collect();
        texts(&values)
    });
    texts.map(|text| found(detector, &text, &mut scratch)).sum()
}

fn found(detector: &Detector, text: &str, scratch: &mut Scratch) -> usize {
    let span = TextSpan { start: Cursor::start(0), ruler: Ruler::default() };
    let table = table_of(text);
    let shape = match &table {
        Some(table) => Shape::Table(span.into(), table),
        None => Shape::Text(span.into()),
    };
    let record = Record { text: text.as_bytes(), focus: 0..text.len(), shape };
    let mut count = 0;
    scratch.begin_document();
    detector.scan(&record, scratch, &mut |finding| {
        count += usize::from(finding.category != Category::Phone);
    });
    count
}

fn table_of(text: &str) -> Option<Table> {
    match recognise(text.as_bytes(), b"tal").format {
        Format::Table(dialect) => Some(dialect.table),
        _ => None,
    }
}
