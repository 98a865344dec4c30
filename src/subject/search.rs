//! The search of one record for one person.
//!
//! Where none of the person's values can stand, nothing is read: that is what makes a search cheaper
//! than a scan. Elsewhere the detectors read the record as in a scan, and what of it is the person's
//! is reported, with what only a search for this very value can see.

use std::cmp::Reverse;
use std::ops::Range;

use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use super::anchor::{self, Pair};
use super::extent::{self, Extent, Found, Known};
use super::fold;
use super::identifier::{Identifier, Kind};
use super::written::{self, Needle};
use crate::detect::{Detector, Scratch};
use crate::model::{
    Attributes, Category, Confidence, Evidence, Finding, Record, Relation, Role, RowCursor,
    RowMarks, Ruler, Shape, Standing,
};
use crate::scan::Search;

/// The longest excerpt of one field or line that is kept, in bytes.
const LONGEST: usize = 4096;

/// What is searched for.
pub struct Person {
    identifiers: Vec<Identifier>,
    pairs: Vec<Pair>,
    needles: Vec<Needle>,
    known: Known,
}

impl Person {
    /// Somebody known by these.
    #[must_use]
    pub fn new(identifiers: Vec<Identifier>) -> Person {
        let needles: Vec<Needle> = identifiers
            .iter()
            .enumerate()
            .flat_map(|(n, identifier)| written::needles(n, identifier))
            .collect();
        let of = |kind: Kind| identifiers.iter().filter(move |i| i.kind == kind);
        let names = of(Kind::Name).flat_map(|i| &i.values).map(|v| fold::words(v)).collect();
        let local = |v: &String| fold::words(v.split('@').next().unwrap_or_default());
        let locals = of(Kind::Email).flat_map(|i| &i.values).map(local).collect();
        let mut pairs: Vec<Pair> = Vec::new();
        needles.iter().for_each(|n| {
            if !pairs.contains(&n.pair) {
                pairs.push(n.pair)
            }
        });
        Person { pairs, needles, known: Known { names, locals }, identifiers }
    }

    /// What they are known by.
    #[must_use]
    pub fn identifiers(&self) -> &[Identifier] {
        &self.identifiers
    }

    /// The identifier a finding of this category and match form is, if it is one. `digits` is how many
    /// digits were written.
    fn identifier_of(
        &self,
        category: Category,
        normalized: &str,
        digits: usize,
    ) -> Option<(usize, usize)> {
        self.identifiers.iter().enumerate().find_map(|(n, identifier)| {
            let is = |value: &String| match identifier.kind {
                Kind::Personnummer => {
                    is_number(category) && is_same_number(value, normalized, digits)
                }
                Kind::Email => category == Category::Email && value == normalized,
                Kind::Phone => category == Category::Phone && value == normalized,
                Kind::Name => category == Category::PersonName && is_same_name(value, normalized),
                Kind::CustomerNumber => {
                    matches!(category, Category::Own(_)) && is_same_literal(value, normalized)
                }
                Kind::Linked => {
                    identifier.category.as_deref() == Some(category.id()) && value == normalized
                }
            };
            identifier.values.iter().position(is).map(|value| (n, value))
        })
    }

    /// Values that only stood with the person are watched for, and are none of their identifiers.
    fn relation(&self, found: &Found) -> Relation {
        let watched = |n: usize| self.identifiers[n].kind == Kind::Linked;
        if found.own.is_some_and(watched) { Relation::Linked } else { Relation::Identifier }
    }

    /// May any of the values stand in a text?
    fn may_be_in(&self, record: &Record<'_>) -> bool {
        is_hidden_mail(record)
            || anchor::find(&self.pairs, record.text, |n, at| {
                let pair = self.pairs[n];
                self.needles
                    .iter()
                    .any(|needle| needle.pair == pair && needle.is_near(record.text, at))
            })
    }

    /// What the detectors see, that of the person marked.
    fn detected(
        &self,
        detector: &Detector,
        record: &Record<'_>,
        scratch: &mut Scratch,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        detector.scan(record, scratch, &mut |finding: &Finding<'_>| {
            let written = &record.text[finding.range.clone()];
            let digits = written.iter().filter(|byte| byte.is_ascii_digit()).count();
            let own = match finding.attributes.masked {
                true => None,
                false => self.identifier_of(finding.category, finding.normalized, digits),
            };
            let normalized = own.filter(|(n, _)| self.identifiers[*n].kind == Kind::Personnummer);
            let normalized = normalized.map(|(n, value)| self.identifiers[n].values[value].clone());
            found.push(Found {
                category: finding.category,
                confidence: finding.confidence,
                score: finding.score,
                range: finding.range.clone(),
                normalized: normalized.unwrap_or_else(|| finding.normalized.to_owned()),
                evidence: finding.evidence,
                attributes: finding.attributes,
                column: finding.column,
                own: own.map(|(identifier, _)| identifier),
            });
        });
        found
    }

    /// Adds what a search for the very value sees and the detectors do not.
    fn add_written(&self, record: &Record<'_>, found: &mut Vec<Found>) {
        let ruler = ruler_of(record);
        let mut more: Vec<Found> = Vec::new();
        anchor::find(&self.pairs, record.text, |n, at| {
            for needle in self.needles.iter().filter(|needle| needle.pair == self.pairs[n]) {
                let hit = needle.read(record.text, at, ruler);
                let Some(hit) = hit.filter(|hit| record.focus.contains(&hit.range.start)) else {
                    continue;
                };
                let known = found
                    .iter()
                    .chain(&more)
                    .any(|f| f.own == Some(needle.identifier) && overlap(&f.range, &hit.range));
                if !known {
                    more.push(self.found(needle, hit));
                }
            }
            false
        });
        if more.is_empty() {
            return;
        }
        let columns = Columns::of(record);
        more.iter_mut().for_each(|f| f.column = columns.column(f.range.start));
        // What the detectors took these bytes for was another reading of them.
        found.retain(|f| {
            f.own.is_some()
                || !more
                    .iter()
                    .any(|m| overlap(&m.range, &f.range) && m.range.len() >= f.range.len())
        });
        found.append(&mut more);
        found.sort_by_key(|f| (f.range.start, Reverse(f.range.end)));
    }

    fn found(&self, needle: &Needle, hit: written::Hit) -> Found {
        let identifier = &self.identifiers[needle.identifier];
        let value = &identifier.values[needle.value];
        Found {
            category: identifier.category(value),
            confidence: hit.confidence,
            score: if hit.confidence == Confidence::Low { 0.3 } else { 0.6 },
            range: hit.range,
            normalized: value.clone(),
            evidence: Evidence::NONE,
            attributes: Attributes::default(),
            column: None,
            own: Some(needle.identifier),
        }
    }
}

impl Search for Person {
    fn search(
        &self,
        detector: &Detector,
        record: &Record<'_>,
        scratch: &mut Scratch,
        report: &mut dyn FnMut(&Finding<'_>),
    ) -> Option<String> {
        if !self.may_be_in(record) {
            return None;
        }
        let mut found = self.detected(detector, record, scratch);
        self.add_written(record, &mut found);
        if found.iter().all(|f| f.own.is_none()) {
            return None;
        }
        let extents = extent::extents(record, &found, &self.known);
        let mut excerpts = Vec::new();
        let mut standings: Vec<Option<Standing>> = found.iter().map(|_| None).collect();
        for extent in &extents {
            let number = record_number(record, extent);
            let standing =
                |relation| Some(Standing { relation, record: number, shared: extent.shared });
            for (n, one) in found.iter().enumerate() {
                if one.own.is_some() && extent.range.contains(&one.range.start) {
                    standings[n] = standing(self.relation(one));
                }
            }
            extent
                .linked
                .iter()
                .for_each(|&n| standings[n] = standings[n].or(standing(Relation::Linked)));
            excerpts.push(describe(record, extent, &found, &standings, number));
        }
        for (one, standing) in
            found.iter().zip(standings).filter(|(_, standing)| standing.is_some())
        {
            report(&one.finding(standing));
        }
        Some(Value::Array(excerpts).to_string())
    }
}

impl Found {
    fn finding(&self, standing: Option<Standing>) -> Finding<'_> {
        Finding {
            category: self.category,
            confidence: self.confidence,
            score: self.score,
            range: self.range.clone(),
            normalized: &self.normalized,
            evidence: self.evidence,
            attributes: Attributes { standing, ..self.attributes },
            column: self.column,
        }
    }
}

fn is_number(category: Category) -> bool {
    matches!(category, Category::Personnummer | Category::Samordningsnummer)
}

/// Ten written digits are the person's in any century.
fn is_same_number(value: &str, normalized: &str, digits: usize) -> bool {
    let ends =
        |a: &str, b: &str| a.len() >= 10 && b.len() >= 10 && a[a.len() - 10..] == b[b.len() - 10..];
    value == normalized
        || digits < 12 && value.is_ascii() && normalized.is_ascii() && ends(value, normalized)
}

/// All words of the shorter name are in the longer, given name and surname among them.
fn is_same_name(value: &str, normalized: &str) -> bool {
    let (wanted, written) = (fold::words(value), fold::words(normalized));
    let has = |word: &String| written.iter().any(|w| fold::is_same(w, word));
    written.len() >= 2 && wanted.first().is_some_and(has) && wanted.last().is_some_and(has)
}

fn is_same_literal(value: &str, normalized: &str) -> bool {
    let bare = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    bare(value) == bare(normalized)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Addresses hidden from harvesters are stored as numbers.
fn is_hidden_mail(record: &Record<'_>) -> bool {
    matches!(&record.shape, Shape::Fields(fields) if fields.strings.contains("cfemail"))
}

fn ruler_of(record: &Record<'_>) -> Ruler {
    match &record.shape {
        Shape::Text(origin) | Shape::Table(origin, _) => origin.ruler(),
        Shape::Fields(fields) => fields.ruler,
    }
}

/// Tells apart the records of a document: where it begins there.
fn record_number(record: &Record<'_>, extent: &Extent) -> u32 {
    let start = extent.range.start..extent.range.start;
    let place = match &record.shape {
        Shape::Text(origin) | Shape::Table(origin, _) => origin.place(record.text, &start, None),
        Shape::Fields(fields) => fields.place(record.text, &start),
    };
    xxh3_64(format!("{place:?}").as_bytes()) as u32
}

/// The columns of a table's cells.
struct Columns<'r>(Option<(RowMarks, &'r crate::model::Table)>);

impl Columns<'_> {
    fn of<'r>(record: &'r Record<'_>) -> Columns<'r> {
        let Shape::Table(origin, table) = &record.shape else { return Columns(None) };
        let line_end = origin.ruler().line_end;
        Columns(Some((RowMarks::of(record.text, record.focus.start, table, line_end), table)))
    }

    fn column(&self, at: usize) -> Option<usize> {
        let (marks, _) = self.0.as_ref()?;
        Some(RowCursor::new(marks).column(marks, at))
    }
}

/// An excerpt of a record: labels and texts, others' data hidden.
fn describe(
    record: &Record<'_>,
    extent: &Extent,
    found: &[Found],
    standings: &[Option<Standing>],
    number: u32,
) -> Value {
    let hidden: Vec<Range<usize>> = found
        .iter()
        .zip(standings)
        .filter(|(one, standing)| standing.is_none() && extent.shared && is_personal(one))
        .map(|(one, _)| one.range.clone())
        .collect();
    let own = |range: &Range<usize>| {
        let of = |(one, standing): (&Found, &Option<Standing>)| {
            standing.is_some() && overlap(&one.range, range)
        };
        found.iter().zip(standings).any(of)
    };
    let ruler = ruler_of(record);
    let fields: Vec<Value> = pieces(record, &extent.range)
        .into_iter()
        .filter(|(_, range)| !extent.shared || own(range))
        .map(|(label, range)| {
            let range = range.start..range.end.min(range.start + LONGEST);
            let text = extent::excerpt(record.text, &range, &hidden, ruler);
            json!([label, unquoted(&text)])
        })
        .filter(|field| field[1].as_str().is_some_and(|text| !text.is_empty()))
        .collect();
    // Others are counted by their numbers and names, to tell what is shared from what is not.
    let others = found.iter().zip(standings).filter(|(f, s)| {
        s.is_none()
            && extent.range.contains(&f.range.start)
            && matches!(f.category, Category::Personnummer | Category::PersonName)
    });
    json!({
        "record": format!("{number:08x}"),
        "shared": extent.shared,
        "others": others.count(),
        "fields": fields,
    })
}

/// Is it data that others must not see?
fn is_personal(found: &Found) -> bool {
    !(found.category == Category::Email && found.attributes.role == Some(Role::Role))
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => text.to_owned(),
    }
}

/// What a stretch of a record is made of: labels and ranges.
fn pieces(record: &Record<'_>, range: &Range<usize>) -> Vec<(String, Range<usize>)> {
    match &record.shape {
        Shape::Text(_) => vec![(String::new(), range.clone())],
        Shape::Table(origin, table) => {
            let row = &record.text[range.clone()];
            let marks = RowMarks::of(row, 0, table, origin.ruler().line_end);
            let mut cursor = RowCursor::new(&marks);
            let (mut cells, mut at) = (Vec::new(), 0);
            while at < row.len() {
                let cell = cursor.cell(&marks, at);
                let label = table.name_of(cell.column).unwrap_or_default().to_owned();
                let (start, end) = (cell.range.start, cell.range.end);
                at = end.max(at) + 1;
                cells.push((label, range.start + start..range.start + end));
            }
            cells
        }
        Shape::Fields(fields) => fields
            .segments
            .iter()
            .map(|s| (s, s.range.start as usize..s.range.end as usize))
            .filter(|(_, own)| overlap(own, range))
            .map(|(s, own)| (fields.string(&s.label).to_owned(), own))
            .collect(),
    }
}
