//! Names in texts and tables.

use crate::detect::{Detail, Detector, Options, Scratch};
use crate::model::{Category, Confidence, Cursor, Record, Ruler, Shape, TextSpan};
use crate::validate::date::Date;

fn found(text: &[u8]) -> Vec<(String, Confidence)> {
    let detector = Detector::new(Options {
        categories: vec![Category::PersonName],
        min_confidence: Confidence::Medium,
        reference: Date::new(2026, 12, 31).unwrap(),
        detail: Detail::Full,
    });
    let span = TextSpan { start: Cursor::start(0), ruler: Ruler::default() };
    let record = Record { text, focus: 0..text.len(), shape: Shape::Text(span.into()) };
    let mut all = Vec::new();
    detector.scan(&record, &mut Scratch::default(), &mut |f| {
        all.push((f.normalized.to_owned(), f.confidence));
    });
    all
}

#[track_caller]
fn check(text: &str, want: &[&str]) {
    let names: Vec<String> = found(text.as_bytes()).into_iter().map(|f| f.0).collect();
    assert_eq!(names, want, "{text}");
}

#[test]
fn tables_in_text() {
    check(
        "| Förnamn | Efternamn |\n| --- | --- |\n| Anna | Modig |\n| Bo | Ek |\n",
        &["Anna Modig", "Bo Ek"],
    );
    check(
        "Namn          Telefon\nXemile Qorraj  070-174 06 05\nAnna Ek        08-465 004 00\n",
        &["Xemile Qorraj", "Anna Ek"],
    );
    check("Namn           Pris\nStol Ergo      100\nLampa Ljus     200\n", &[]);
}
