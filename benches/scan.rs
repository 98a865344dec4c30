//! Speed of the layers around the detector: recognising, walking, writing findings, whole scans.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sparhund::detect;
use sparhund::extract::recognise;
use sparhund::model::{
    Attributes, Budget, Category, Clue, Confidence, Cursor, Evidence, FileName, Finding, Record,
    Ruler, Shape, TextSpan,
};
use sparhund::report::finding::FindingWriter;
use sparhund::report::{Detail, Showing, UnitName, format};
use sparhund::scan::{Plan, WorkPlan, run};
use sparhund::source::tree::Walk;
use sparhund::source::{Root, Selection};
use sparhund::validate::date::Date;

const LINE: &str = "Mötet den 3 maj flyttas; anmäl förhinder till eva@example.com senast fredag.\n";

fn recognising(c: &mut Criterion) {
    let text = LINE.repeat(26);
    c.bench_function("recognise 2 KB of prose", |b| {
        b.iter(|| recognise(black_box(text.as_bytes()), b"brev.txt"));
    });
}

fn writing(c: &mut Criterion) {
    let text = LINE.repeat(1000);
    let span = TextSpan { start: Cursor::start(0), ruler: Ruler::default() };
    let record =
        Record { text: text.as_bytes(), focus: 0..text.len(), shape: Shape::Text(span.into()) };
    let findings: Vec<Finding<'_>> = text
        .match_indices("eva@example.com")
        .map(|(at, mail)| Finding {
            category: Category::Email,
            confidence: Confidence::High,
            score: 0.95,
            range: at..at + mail.len(),
            normalized: mail,
            evidence: Evidence::NONE.with(Clue::KnownTld).with(Clue::TestIdentity),
            attributes: Attributes::default(),
            column: None,
        })
        .collect();
    let path = FileName::new(&b"Personal/brev.txt"[..]);
    let (mut writer, mut out, showing) = (FindingWriter::default(), Vec::new(), Showing::default());
    writer.begin_unit(&UnitName {
        has_path: true,
        source: "share",
        path: &path,
        shown_source: "share",
        shown: &path,
    });
    let mut group = c.benchmark_group("report");
    group.throughput(Throughput::Elements(findings.len() as u64));
    group.bench_function("write findings", |b| {
        b.iter(|| {
            out.clear();
            writer.begin_record(Some(&record));
            findings.iter().for_each(|f| writer.write(&mut out, &record, f, &showing));
        });
    });
    group.finish();
}

/// 1,000 files of 2 KB in 10 folders.
fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the sample");
    for n in 0..1000 {
        let path = folder.path().join(format!("{}", n % 10));
        std::fs::create_dir_all(&path).expect("room for the sample");
        std::fs::write(path.join(format!("{n}.txt")), LINE.repeat(26)).expect("room");
    }
    folder
}

fn scanning(c: &mut Criterion) {
    let folder = sample();
    let root = Root::at(folder.path()).expect("the sample is there");
    let mut group = c.benchmark_group("1,000 small files");
    group.throughput(Throughput::Elements(1000));
    group.bench_function("walk", |b| {
        b.iter(|| {
            let (root, selection) = (Arc::new(root.clone()), Arc::new(Selection::default()));
            Walk::new(root, selection, Duration::from_secs(60)).count()
        });
    });
    group.bench_function("scan", |b| b.iter(|| scan(&root)));
    group.finish();
}

fn scan(root: &Root) {
    let report = format("ndjson").expect("a form of that name");
    let plan = Plan {
        sources: vec![root.clone()],
        selection: Selection::default(),
        work: WorkPlan {
            state: None,
            databases: sparhund::source::database::Settings::default(),
            search: None,
            detection: detect::Options {
                categories: Category::ALL.to_vec(),
                min_confidence: Confidence::Medium,
                reference: Date::new(2026, 12, 31).expect("a day of the calendar"),
                detail: detect::Detail::Full,
            },
            showing: Showing::default(),
            rules: std::sync::Arc::default(),
            detail: Detail::Full,
            jobs: 1,
            timeout: Duration::from_secs(60),
            budget: Budget::default(),
        },
    };
    let out = (report.make)(Box::new(std::io::sink()));
    run(plan, out, &Arc::default(), &Arc::default()).expect("nothing can go wrong with a sink");
}

criterion_group!(benches, recognising, writing, scanning);
criterion_main!(benches);
