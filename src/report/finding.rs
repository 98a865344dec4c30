//! One finding as one line of an inventory, written by hand: millions of them are.
//!
//! What is the same for a whole unit (source, path) is made once a unit; sets of clues are kept as
//! they are written; lines and columns are counted on from the finding before. A test holds the
//! result against `serde_json`.

use xxhash_rust::xxh3::{xxh3_128, xxh3_128_with_seed};

use super::order::Order;
use super::showing::{Showing, Values};
use super::unit::{UnitName, write_inside};
use super::{mask, text};
use crate::model::{
    Attributes, Category, Cursor, Evidence, FileName, Finding, NoteKind, Origin, Place, Record,
    Role, Shape, Standing, Step, Table, TextSpan, Usage,
};

/// Slots for sets of clues as they are written. A power of two.
const SLOTS: usize = 64;

/// Findings without their places' unit: to be written again for another name of the same file.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// What stands before and after the location, one finding after another.
    bytes: Vec<u8>,
    findings: Vec<WrittenFinding>,
}

/// A finding among others in `bytes`.
#[derive(Clone, Copy, Debug)]
struct WrittenFinding {
    /// Where it begins, where its location would stand, and where it ends.
    start: usize,
    split: usize,
    end: usize,
    /// What its id is made from.
    place: u128,
    ordinal: u32,
}

impl Written {
    /// Gives the last findings another order.
    fn rearrange(&mut self, order: &[usize]) {
        let first = self.findings.len() - order.len();
        let last = self.findings.split_off(first);
        self.findings.extend(order.iter().map(|&n| last[n]));
    }

    /// Bytes it takes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() + self.findings.len() * size_of::<WrittenFinding>()
    }
}

/// Writes findings, unit after unit.
#[derive(Debug)]
pub struct FindingWriter {
    /// `"location":{"source":…,"path":…` of the unit.
    location: Vec<u8>,
    /// `,"inside":[…]` of the document at hand; empty for the unit's own.
    inside: Vec<u8>,
    /// What the steps to the document at hand hash to.
    steps: u128,
    /// What the ids of the unit's findings are derived from.
    seed: u128,
    /// What stands between value and line, as it is written, by evidence and attributes.
    middles: Vec<Middle>,
    /// Some of them are in use.
    used: bool,
    columns: Vec<Vec<u8>>,
    /// What the columns were made from.
    table: Option<Table>,
    /// The place of the last finding in this record, in bytes of its text.
    known: Option<(usize, Cursor)>,
    /// The last finding's place and category, and its number there.
    last: Option<(u128, u32)>,
    /// Fixed places met in this unit: more than one record may stand at one.
    fixed: Vec<(u128, u32)>,
    /// Where the findings of the record stand, if their order may be another.
    order: Order,
    /// Keeps what is written, if that is wanted.
    pub(super) written: Option<Written>,
}

/// From the value's end to the place: attributes, evidence, location.
#[derive(Clone, Debug, Default)]
struct Middle {
    evidence: Evidence,
    attributes: Attributes,
    /// Empty where nothing is known.
    written: Vec<u8>,
}

impl Default for FindingWriter {
    fn default() -> FindingWriter {
        FindingWriter {
            location: Vec::new(),
            inside: Vec::new(),
            steps: 0,
            seed: 0,
            middles: vec![Middle::default(); SLOTS],
            used: false,
            columns: Vec::new(),
            table: None,
            known: None,
            last: None,
            fixed: Vec::new(),
            order: Order::default(),
            written: None,
        }
    }
}

/// The hash that names a place in a source.
#[must_use]
pub fn place_seed(source: &str, kind: u8, path: &[u8]) -> u128 {
    xxh3_128_with_seed(path, xxh3_128(source.as_bytes()) as u64 ^ u64::from(kind))
}

impl FindingWriter {
    /// Begins a unit.
    pub fn begin_unit(&mut self, name: &UnitName<'_>) {
        self.seed = place_seed(name.source, 0, name.path.as_bytes());
        self.location.clear();
        self.location.extend_from_slice(b"\"location\":{\"source\":");
        text::string(&mut self.location, name.shown_source);
        if name.has_path {
            file_name(&mut self.location, "path", name.shown);
        }
        self.enter(&[]);
    }

    /// Goes to a document inside the unit, or back to the unit's own, which takes no steps.
    pub fn enter(&mut self, inside: &[Step]) {
        self.inside.clear();
        write_inside(&mut self.inside, inside);
        self.steps = if inside.is_empty() { 0 } else { xxh3_128(&self.inside) };
        self.table = None;
        self.fixed.clear();
        if std::mem::take(&mut self.used) {
            self.middles.iter_mut().for_each(|middle| middle.written.clear());
        }
        self.begin_record(None);
    }

    /// Begins a record. Findings of one record come in order of place.
    pub fn begin_record(&mut self, record: Option<&Record<'_>>) {
        self.known = None;
        self.last = None;
        self.order.begin();
        if let Some(Record { shape: Shape::Table(_, table), .. }) = record {
            self.learn_columns(table);
        }
    }

    /// Writes an excerpt of a record of the document at hand: `records` is a JSON array.
    pub(super) fn excerpts(&self, out: &mut Vec<u8>, records: &str) {
        out.extend_from_slice(b"{\"type\":\"record\",");
        out.extend_from_slice(&self.location);
        out.extend_from_slice(&self.inside);
        out.extend_from_slice(b"},\"records\":");
        out.extend_from_slice(records.as_bytes());
        out.extend_from_slice(b"}\n");
    }

    /// Ends a record, the lines of whose findings are the last of `out`: puts them in order of place.
    pub fn end_record(&mut self, out: &mut Vec<u8>) {
        if let Some(order) = self.order.settle(out)
            && let Some(written) = &mut self.written
        {
            written.rearrange(&order);
        }
    }

    /// Names of columns are made ready once a table.
    fn learn_columns(&mut self, table: &Table) {
        if self.table.as_ref() == Some(table) {
            return;
        }
        self.table = Some(table.clone());
        self.columns.clear();
        for column in &table.columns {
            let mut field = Vec::new();
            if table.has_header && !column.name.is_empty() {
                field.extend_from_slice(b",\"field\":");
                text::string(&mut field, &column.name);
            }
            self.columns.push(field);
        }
    }

    /// Where the unit's findings stand, as the beginning of a JSON object's inside.
    pub(super) fn location(&self) -> &[u8] {
        &self.location
    }

    /// Writes one finding, with the line end.
    pub fn write(
        &mut self,
        out: &mut Vec<u8>,
        record: &Record<'_>,
        finding: &Finding<'_>,
        showing: &Showing,
    ) {
        out.reserve(USUAL);
        let line = out.len();
        out.extend_from_slice(START);
        let id_at = out.len() - 20;
        category(out, finding.category);
        out.extend_from_slice(CONFIDENCE[finding.confidence as usize].as_bytes());
        text::share(out, finding.score);
        value(out, record, finding, showing);
        self.middle(out, finding);
        let after = out.len() - AT.len();
        let place = self.place(out, record, finding, line);
        out.extend_from_slice(b"}}\n");
        let (place, ordinal) = self.number(place, finding, is_fixed(record));
        write_id(&mut out[id_at..id_at + 20], self.id(place, ordinal));
        if let Some(written) = &mut self.written {
            let start = written.bytes.len();
            let inside = after - self.inside.len();
            written.bytes.extend_from_slice(&out[id_at + 20..inside - self.location.len()]);
            let split = written.bytes.len();
            written.bytes.extend_from_slice(&out[inside..]);
            let end = written.bytes.len();
            written.findings.push(WrittenFinding { start, split, end, place, ordinal });
        }
    }

    /// Writes again what was written for another name of the file.
    pub(super) fn write_again(&self, out: &mut Vec<u8>, written: &Written) {
        for finding in &written.findings {
            out.extend_from_slice(START);
            let id_at = out.len() - 20;
            write_id(&mut out[id_at..], self.id(finding.place, finding.ordinal));
            out.extend_from_slice(&written.bytes[finding.start..finding.split]);
            out.extend_from_slice(&self.location);
            out.extend_from_slice(&written.bytes[finding.split..finding.end]);
        }
    }

    fn middle(&mut self, out: &mut Vec<u8>, finding: &Finding<'_>) {
        let (evidence, attributes) = (finding.evidence, finding.attributes);
        let middle = &mut self.middles[slot(evidence, &attributes)];
        let known = middle.evidence == evidence && middle.attributes == attributes;
        if middle.written.is_empty() || !known {
            self.used = true;
            middle.evidence = evidence;
            middle.attributes = attributes;
            middle.written.clear();
            write_attributes(&mut middle.written, &attributes);
            write_evidence(&mut middle.written, evidence);
            middle.written.push(b',');
            middle.written.extend_from_slice(&self.location);
            middle.written.extend_from_slice(&self.inside);
            middle.written.extend_from_slice(AT);
        }
        out.extend_from_slice(&middle.written);
    }

    /// Writes the place and says what it hashes to. The line it is on begins at `line`.
    fn place(
        &mut self,
        out: &mut Vec<u8>,
        record: &Record<'_>,
        finding: &Finding<'_>,
        line: usize,
    ) -> u128 {
        match &record.shape {
            Shape::Text(Origin::Stored(span)) => {
                self.text_place(out, record.text, span, finding, None)
            }
            Shape::Text(Origin::Placed(places)) => {
                put_place(out, places.place(record.text, &finding.range, None))
            }
            Shape::Table(Origin::Stored(span), _) => {
                self.text_place(out, record.text, span, finding, finding.column)
            }
            Shape::Table(Origin::Placed(places), table) => {
                let name = finding.column.and_then(|n| table.name_of(n));
                put_place(out, places.place(record.text, &finding.range, name))
            }
            Shape::Fields(fields) => {
                let place = fields.place(record.text, &finding.range);
                write_place(out, &place);
                match place {
                    Place::Text(at) => {
                        self.order.note(at.byte_start, line);
                        stored_place(at.byte_start, at.byte_end)
                    }
                    other => xxh3_128(format!("{other:?}").as_bytes()),
                }
            }
        }
    }

    fn text_place(
        &mut self,
        out: &mut Vec<u8>,
        text: &[u8],
        span: &TextSpan,
        finding: &Finding<'_>,
        column: Option<usize>,
    ) -> u128 {
        let range = &finding.range;
        let (at, cursor) =
            self.known.filter(|(at, _)| *at <= range.start).unwrap_or((0, span.start));
        let start = span.ruler.advance(cursor, &text[at..range.start]);
        self.known = Some((range.start, start));
        let end = start.byte + span.ruler.stored_len(&text[range.clone()]);
        out.extend_from_slice(b"{\"kind\":\"text\",\"line\":");
        text::number(out, start.line);
        out.extend_from_slice(b",\"column\":");
        text::number(out, start.column);
        out.extend_from_slice(b",\"byte_start\":");
        text::number(out, start.byte);
        out.extend_from_slice(b",\"byte_end\":");
        text::number(out, end);
        if let Some(field) = column.and_then(|n| self.columns.get(n)) {
            out.extend_from_slice(field);
        }
        out.push(b'}');
        stored_place(start.byte, end)
    }

    /// The place of a finding of its category, and its number there: what stands there already has
    /// lower ones. What stands elsewhere in a name is told apart by where it begins, not by how many
    /// stand before it: the ids are the same whatever `--min-confidence` is.
    fn number(&mut self, place: u128, finding: &Finding<'_>, fixed: bool) -> (u128, u32) {
        let place = place ^ self.steps ^ mark(finding.category);
        if fixed {
            let place = place ^ ((finding.range.start as u128) << 64);
            (place, self.count_fixed(place))
        } else {
            (place, self.count_stored(place))
        }
    }

    fn id(&self, place: u128, ordinal: u32) -> [u8; 16] {
        let mut name = [0; 36];
        name[..16].copy_from_slice(&self.seed.to_be_bytes());
        name[16..32].copy_from_slice(&place.to_be_bytes());
        name[32..].copy_from_slice(&ordinal.to_be_bytes());
        xxh3_128(&name).to_be_bytes()
    }

    /// What stands at the same stored place comes right after one another.
    fn count_stored(&mut self, place: u128) -> u32 {
        let ordinal = match self.last {
            Some((last, n)) if last == place => n + 1,
            _ => 0,
        };
        self.last = Some((place, ordinal));
        ordinal
    }

    fn count_fixed(&mut self, place: u128) -> u32 {
        match self.fixed.iter_mut().find(|(known, _)| *known == place) {
            Some((_, n)) => {
                *n += 1;
                *n
            }
            None => {
                self.fixed.push((place, 0));
                0
            }
        }
    }
}

/// Writes what stands between id and confidence.
fn category(out: &mut Vec<u8>, category: Category) {
    match CATEGORY.get(category.index()) {
        Some(written) => out.extend_from_slice(written.as_bytes()),
        None => {
            out.extend_from_slice(b"\",\"category\":\"");
            out.extend_from_slice(category.id().as_bytes());
            out.extend_from_slice(b"\",\"confidence\":\"");
        }
    }
}

/// What tells apart the places of different categories: for the user's own it depends on nothing but
/// their name.
fn mark(category: Category) -> u128 {
    match category {
        Category::Own(_) => xxh3_128(category.id().as_bytes()),
        built_in => (built_in.index() as u128) << 120,
    }
}

/// Where evidence and attributes are kept.
fn slot(evidence: Evidence, attributes: &Attributes) -> usize {
    let kind = attributes.kind.map_or(0, |kind| 1 + kind as u64);
    let role = attributes.role.map_or(0, |role| 1 + role as u64);
    let usage = attributes.usage.map_or(0, |usage| 1 + usage as u64);
    let test = u64::from(attributes.test_identity);
    let finer = kind ^ (role << 3) ^ (usage << 5) ^ (test << 7);
    let mixed = (evidence.bits() ^ (finer << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 58) as usize % SLOTS
}

/// Writes a place of its own; what it hashes to tells apart what stands there by where it begins.
fn put_place(out: &mut Vec<u8>, (place, offset): (Place, usize)) -> u128 {
    write_place(out, &place);
    xxh3_128(format!("{place:?}").as_bytes()) ^ (offset as u128) << 64
}

/// May more than one record stand at its places? A value of a row is one record.
fn is_fixed(record: &Record<'_>) -> bool {
    let Shape::Fields(fields) = &record.shape else { return false };
    fields.pieces.is_empty() && !matches!(fields.places.first(), Some(Place::Row { .. }))
}

fn stored_place(start: u64, end: u64) -> u128 {
    u128::from(start) << 60 ^ u128::from(end)
}

/// Bytes of most findings.
const USUAL: usize = 768;

/// Up to the category, with room for the id.
const START: &[u8; 44] = b"{\"type\":\"finding\",\"id\":\"00000000000000000000";

/// Between location and place.
const AT: &[u8; 6] = b",\"at\":";

/// Between category and score.
const CONFIDENCE: [&str; 3] = ["low\",\"score\":", "medium\",\"score\":", "high\",\"score\":"];

/// Between id and confidence.
const CATEGORY: [&str; Category::ALL.len()] = [
    "\",\"category\":\"personnummer\",\"confidence\":\"",
    "\",\"category\":\"samordningsnummer\",\"confidence\":\"",
    "\",\"category\":\"email\",\"confidence\":\"",
    "\",\"category\":\"phone\",\"confidence\":\"",
    "\",\"category\":\"dietary\",\"confidence\":\"",
    "\",\"category\":\"reserve_number\",\"confidence\":\"",
    "\",\"category\":\"organisationsnummer\",\"confidence\":\"",
    "\",\"category\":\"person_name\",\"confidence\":\"",
    "\",\"category\":\"postal_address\",\"confidence\":\"",
    "\",\"category\":\"ip_address\",\"confidence\":\"",
    "\",\"category\":\"iban\",\"confidence\":\"",
    "\",\"category\":\"bankgiro\",\"confidence\":\"",
    "\",\"category\":\"plusgiro\",\"confidence\":\"",
    "\",\"category\":\"bank_account\",\"confidence\":\"",
    "\",\"category\":\"payment_card\",\"confidence\":\"",
    "\",\"category\":\"passport_number\",\"confidence\":\"",
    "\",\"category\":\"vehicle_registration\",\"confidence\":\"",
];

/// The first 20 hexadecimal digits.
pub(super) fn write_id(out: &mut [u8], id: [u8; 16]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (two, byte) in out.chunks_exact_mut(2).zip(id) {
        two[0] = DIGITS[usize::from(byte >> 4)];
        two[1] = DIGITS[usize::from(byte & 15)];
    }
}

fn value(out: &mut Vec<u8>, record: &Record<'_>, finding: &Finding<'_>, showing: &Showing) {
    out.extend_from_slice(b",\"value\":{\"masked\":\"");
    mask::mask(out, finding);
    out.push(b'"');
    if showing.values == Values::Masked {
        out.push(b'}');
        return;
    }
    if let Some(key) = &showing.key {
        out.extend_from_slice(b",\"token\":\"");
        text::hex(out, &key.token(finding.category.id(), finding.normalized));
        out.push(b'"');
    }
    if showing.values == Values::Plain {
        out.extend_from_slice(b",\"plain\":");
        text::string(out, &ruler(record).decode(&record.text[finding.range.clone()]));
        out.extend_from_slice(b",\"normalized\":");
        text::string(out, finding.normalized);
    }
    out.push(b'}');
}

fn ruler(record: &Record<'_>) -> crate::model::Ruler {
    match &record.shape {
        Shape::Text(origin) | Shape::Table(origin, _) => origin.ruler(),
        Shape::Fields(fields) => fields.ruler,
    }
}

fn write_evidence(out: &mut Vec<u8>, evidence: Evidence) {
    out.extend_from_slice(b",\"evidence\":[");
    for (n, clue) in evidence.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        text::string(out, clue.id());
    }
    out.push(b']');
}

fn write_attributes(out: &mut Vec<u8>, of: &Attributes) {
    out.extend_from_slice(match (of.test_identity, of.special_category) {
        (false, false) => br#","attributes":{"test_identity":false,"special_category":false"#,
        (false, true) => br#","attributes":{"test_identity":false,"special_category":true"#,
        (true, false) => br#","attributes":{"test_identity":true,"special_category":false"#,
        (true, true) => br#","attributes":{"test_identity":true,"special_category":true"#,
    });
    let (kind, role, usage) =
        (of.kind.map(NoteKind::id), of.role.map(Role::id), of.usage.map(Usage::id));
    for (key, word) in [("kind", kind), ("role", role), ("use", usage)] {
        if let Some(word) = word {
            out.extend_from_slice(b",\"");
            out.extend_from_slice(key.as_bytes());
            out.extend_from_slice(b"\":\"");
            out.extend_from_slice(word.as_bytes());
            out.push(b'"');
        }
    }
    if of.check_digit_wrong {
        out.extend_from_slice(b",\"check_digit\":\"wrong\"");
    }
    if of.masked {
        out.extend_from_slice(b",\"masked\":true");
    }
    if let Some(Standing { relation, record, shared }) = of.standing {
        let relation = relation.id();
        out.extend_from_slice(
            format!(",\"relation\":\"{relation}\",\"record\":\"{record:08x}\"").as_bytes(),
        );
        if shared {
            out.extend_from_slice(b",\"shared\":true");
        }
    }
    out.push(b'}');
}

/// Writes `,"key":"…"` and, where the name is not Unicode, `,"key_bytes":"…"`.
pub(super) fn file_name(out: &mut Vec<u8>, key: &str, name: &FileName) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":");
    match std::str::from_utf8(name.as_bytes()) {
        Ok(name) => text::string(out, name),
        Err(_) => {
            text::string(out, &name.display());
            out.extend_from_slice(b",\"");
            out.extend_from_slice(key.as_bytes());
            out.extend_from_slice(b"_bytes\":");
            text::string(out, &name.exact().unwrap_or_default());
        }
    }
}

/// Writes a place as the contract has it.
pub(super) fn write_place(out: &mut Vec<u8>, place: &Place) {
    match place {
        Place::Name => out.extend_from_slice(b"{\"kind\":\"name\"}"),
        other => {
            // What a place is made of can always be written.
            serde_json::to_writer(out, other).expect("a place is plain data, the buffer grows");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::{Clue, Column, Confidence, LineEnd, Ruler, Width};
    use crate::report::Key;

    /// What the line should say, put together by `serde_json`.
    fn plainly(record: &Record<'_>, finding: &Finding<'_>, field: Option<&str>) -> Value {
        let Shape::Table(Origin::Stored(span), _) = &record.shape else { panic!("a table") };
        let place = span.place(record.text, &finding.range, field.map(str::to_owned));
        let evidence: Vec<&str> = finding.evidence.iter().map(Clue::id).collect();
        let plain = span.ruler.decode(&record.text[finding.range.clone()]);
        json!({
            "type": "finding",
            "category": finding.category.id(),
            "confidence": finding.confidence.id(),
            "score": (f64::from(finding.score) * 100.0).round() / 100.0,
            "value": {"plain": plain, "normalized": finding.normalized},
            "attributes": {
                "test_identity": finding.attributes.test_identity,
                "special_category": finding.attributes.special_category,
            },
            "evidence": evidence,
            "location": {"source": "s\"1", "path": "a/b.csv", "at": Place::Text(place)},
        })
    }

    fn write(record: &Record<'_>, findings: &[Finding<'_>]) -> Vec<Value> {
        let showing =
            Showing { values: Values::Plain, key: Some(Key::new(&[7; 32])), ..Showing::default() };
        let path = FileName::new(&b"a/b.csv"[..]);
        let (mut writer, mut out) = (FindingWriter::default(), Vec::new());
        writer.begin_unit(&UnitName {
            source: "s\"1",
            path: &path,
            shown_source: "s\"1",
            shown: &path,
            has_path: true,
        });
        writer.begin_record(Some(record));
        findings.iter().for_each(|f| writer.write(&mut out, record, f, &showing));
        super::super::split_lines(&out).map(|line| serde_json::from_slice(line).unwrap()).collect()
    }

    fn table() -> Table {
        let columns = ["Namn", "E-\"post\""].map(|name| Column { name: name.to_owned() });
        Table {
            delimiter: b';',
            quote: Some(b'"'),
            columns: columns.to_vec(),
            has_header: true,
            sample: Default::default(),
        }
    }

    proptest! {
        #[test]
        fn lines_say_what_serde_json_would(
            rows in proptest::collection::vec(("[a-zåäö\\\\]{0,9}", "[a-z\\x01 ]{0,200}"), 1..30),
            width in prop_oneof![Just(Width::Utf8), Just(Width::Single), Just(Width::Utf16)],
            bits in 0_usize..Clue::ALL.len(),
            score in (1_u8..=99).prop_map(|points| f32::from(points) / 100.0),
            test_identity: bool,
            from in 0_u64..2_000_000_000_000,
        ) {
            let (mut text, mut ranges) = (String::new(), Vec::new());
            for (name, mail) in &rows {
                text.push_str(name);
                let column = text.len()..text.len() + mail.len() + 1;
                text.push(';');
                text.push_str(mail);
                text.push('\n');
                ranges.push(column.start + 1..column.end);
            }
            let table = table();
            let start = Cursor { line: from / 3 + 1, column: 1, byte: from };
            let span = TextSpan { start, ruler: Ruler { width, line_end: LineEnd::Lf } };
            let record = Record {
                text: text.as_bytes(),
                focus: 0..text.len(),
                shape: Shape::Table(span.into(), &table),
            };
            let evidence = Evidence::NONE.with(Clue::ALL[bits]).with(Clue::Label);
            let findings: Vec<Finding<'_>> = ranges.iter().map(|range| Finding {
                category: Category::Email,
                confidence: Confidence::Medium,
                score,
                range: range.clone(),
                normalized: "x\"@example.com",
                evidence,
                attributes: Attributes { test_identity, ..Attributes::default() },
                column: Some(1),
            }).collect();
            let got = write(&record, &findings);
            prop_assert_eq!(got.len(), findings.len());
            let mut ids = std::collections::BTreeSet::new();
            for (mut got, finding) in got.into_iter().zip(&findings) {
                let id = got.as_object_mut().unwrap().remove("id").unwrap();
                prop_assert!(ids.insert(id.as_str().unwrap().to_owned()));
                let value = got["value"].as_object_mut().unwrap();
                prop_assert_eq!(value.remove("masked").unwrap(), "x***@e***.com");
                prop_assert_eq!(value.remove("token").unwrap().as_str().unwrap().len(), 32);
                prop_assert_eq!(got, plainly(&record, finding, Some("E-\"post\"")));
            }
        }
    }

    #[test]
    fn what_stands_at_one_place_is_numbered() {
        let table = table();
        let span = TextSpan { start: Cursor::start(0), ruler: Ruler::default() };
        let shape = Shape::Table(span.into(), &table);
        let record = Record { text: b"abc", focus: 0..3, shape };
        let finding = |category| Finding {
            category,
            confidence: Confidence::High,
            score: 1.0,
            range: 0..3,
            normalized: "",
            evidence: Evidence::NONE,
            attributes: Attributes::default(),
            column: Some(0),
        };
        let found = [Category::Email, Category::Email, Category::Phone].map(finding);
        let ids: std::collections::BTreeSet<String> =
            write(&record, &found).iter().map(|line| line["id"].to_string()).collect();
        assert_eq!(ids.len(), 3);
    }
}
