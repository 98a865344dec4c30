//! How fast candidates are found in prose, in tables, in logs and in texts made of near-misses.
//! Throughputs are per byte of text; `portable` is the code without vectors.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sparhund::detect::finder::{Finder, Hit, Wants};

const BLOCK: usize = 256 * 1024;

/// A generator of numbers that look random: Marsaglia's xorshift64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// A block of text put together from what `line` makes.
fn text(mut line: impl FnMut(&mut Numbers) -> String) -> Vec<u8> {
    let mut numbers = Numbers(0x5EED);
    let mut text = Vec::with_capacity(BLOCK + 256);
    while text.len() < BLOCK {
        text.extend(line(&mut numbers).into_bytes());
    }
    text.truncate(BLOCK);
    text
}

fn prose(numbers: &mut Numbers) -> String {
    const WORDS: &str = "och i att det som en på är av för med till den har de inte om ett han men \
        kommunen enligt nämnden beslut ärende avtal protokoll verksamheten föreningen medlemmar \
        styrelsen möte utbildning skolan elever förskola projekt kostnaden undersökningen \
        trädgårdarna skulle kommer ut får finns vara hade alla andra mycket 2024 17";
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let count = 6 + numbers.below(12);
    let pick = |_| words[numbers.below(words.len() as u64) as usize];
    (0..count).map(pick).collect::<Vec<_>>().join(" ") + ".\n"
}

fn table(numbers: &mut Numbers) -> String {
    let mut number = |limit| numbers.below(limit);
    format!(
        "{};19{:02}{:02}{:02}-98{:02};Anna;Öberg;anna.oberg{}@example.se;070-174 06 {:02};{}\n",
        number(1_000_000),
        number(100),
        1 + number(12),
        1 + number(28),
        number(100),
        number(100),
        number(100),
        if number(10) == 0 { "glutenfri" } else { "" }
    )
}

fn log(numbers: &mut Numbers) -> String {
    let mut number = |limit| numbers.below(limit);
    format!(
        "2025-{:02}-{:02}T{:02}:04:05.{:03}Z INFO [worker-{:02}] id={:019} seq={} bytes={}\n",
        1 + number(12),
        1 + number(28),
        number(24),
        number(1000),
        number(64),
        number(1 << 62),
        number(1 << 32),
        number(10_000_000)
    )
}

fn near_misses(numbers: &mut Numbers) -> String {
    format!("{:06}-{:04} +46+46 a.b@c. ", numbers.below(1_000_000), numbers.below(10_000))
}

fn texts() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("prose", text(prose)),
        ("table", text(table)),
        ("log", text(log)),
        ("near misses", text(near_misses)),
        ("zeros", vec![b'0'; BLOCK]),
        ("at signs", vec![b'@'; BLOCK]),
    ]
}

fn find(c: &mut Criterion) {
    for (name, finder) in [("vector", Finder::new()), ("portable", Finder::portable())] {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Bytes(BLOCK as u64));
        for (what, text) in texts() {
            let mut hits: Vec<Hit> = Vec::new();
            group.bench_with_input(BenchmarkId::from_parameter(what), &text, |b, text| {
                b.iter(|| {
                    hits.clear();
                    finder.find(black_box(text), 0..text.len(), Wants::TEXT, &mut hits);
                    hits.len()
                });
            });
        }
        group.finish();
    }
}

fn new(c: &mut Criterion) {
    c.bench_function("new", |b| b.iter(Finder::new));
}

criterion_group!(benches, find, new);
criterion_main!(benches);
