//! What stands together: the row, the block of lines, the element around a place of a record, and what
//! of it is one person's.

use std::ops::Range;

use super::fold;
use crate::model::{
    Attributes, Category, Confidence, Evidence, Origin, Record, Role, RowMarks, Ruler, Shape,
};

/// Lines before and after that may belong to a person: the blocks of forms and contact lists are
/// shorter, and what is further away is another matter.
const LINES: usize = 12;
/// A longer line is a paragraph of its own where paragraphs are lines.
const PARAGRAPH: usize = 200;
/// Bytes of a line around a place that are looked at: some texts have no line ends.
const LONG: usize = 1000;
/// Fields around the one in question, of elements with very many.
const FIELDS: usize = 40;

/// A finding, kept.
pub(super) struct Found {
    pub(super) category: Category,
    pub(super) confidence: Confidence,
    pub(super) score: f32,
    pub(super) range: Range<usize>,
    pub(super) normalized: String,
    pub(super) evidence: Evidence,
    pub(super) attributes: Attributes,
    pub(super) column: Option<usize>,
    /// The value was asked for: the number of the identifier.
    pub(super) own: Option<usize>,
}

/// What stands together around a value that was asked for.
pub(super) struct Extent {
    pub(super) range: Range<usize>,
    /// Others stand there too.
    pub(super) shared: bool,
    /// Findings that are the person's, by number.
    pub(super) linked: Vec<usize>,
}

/// The stretches of the record around the findings that were asked for.
pub(super) fn extents(record: &Record<'_>, found: &[Found], known: &Known) -> Vec<Extent> {
    let structure = Structure::of(record);
    let mut out: Vec<Extent> = Vec::new();
    for own in found.iter().filter(|f| f.own.is_some()) {
        if out.iter().any(|extent| extent.range.contains(&own.range.start)) {
            continue;
        }
        let block = structure.around(record, own.range.start);
        out.push(settle(record, &structure, block, own, found, known));
    }
    out
}

/// What is known of the person, to tell others from them.
pub(super) struct Known {
    /// Folded words of the names asked for.
    pub(super) names: Vec<Vec<String>>,
    /// Folded words of the local parts of the addresses asked for.
    pub(super) locals: Vec<Vec<String>>,
}

/// How a record's text is divided.
enum Structure {
    /// Rows of a table.
    Rows(Vec<Range<usize>>),
    /// Lines; `paragraphs` says that each stands for itself where it is long.
    Lines { end: u8, paragraphs: bool },
    /// Fields of one thing.
    Fields,
}

impl Structure {
    fn of(record: &Record<'_>) -> Structure {
        match &record.shape {
            Shape::Table(origin, table) => {
                let line_end = origin.ruler().line_end;
                let marks = RowMarks::of(record.text, record.focus.start, table, line_end);
                Structure::Rows(marks.rows().collect())
            }
            Shape::Text(origin) => Structure::Lines {
                end: origin.ruler().line_end.byte(),
                paragraphs: matches!(origin, Origin::Placed(_)),
            },
            Shape::Fields(_) => Structure::Fields,
        }
    }

    /// The row, block of lines or element around `at`.
    fn around(&self, record: &Record<'_>, at: usize) -> Range<usize> {
        match self {
            Structure::Rows(rows) => {
                let n = rows.partition_point(|row| row.end < at);
                rows.get(n).cloned().unwrap_or(record.focus.clone())
            }
            Structure::Lines { end, paragraphs } => block(record.text, at, *end, *paragraphs),
            Structure::Fields => element(record, at),
        }
    }

    /// The line around `at`, for what is divided into lines; the field for the rest.
    fn line(&self, record: &Record<'_>, at: usize, block: &Range<usize>) -> Range<usize> {
        match self {
            Structure::Lines { end, .. } => line(record.text, at, *end),
            _ => block.clone(),
        }
    }
}

/// The line around `at`, or a part of one that is very long.
fn line(text: &[u8], at: usize, end: u8) -> Range<usize> {
    let from = at.saturating_sub(LONG);
    let start = memchr::memrchr(end, &text[from..at]).map_or(from, |n| from + n + 1);
    let to = text.len().min(at + LONG);
    start..memchr::memchr(end, &text[at..to]).map_or(to, |n| at + n)
}

/// A long line that begins with a number or a bracket is an entry of a log or a list.
fn is_entry(line: &[u8]) -> bool {
    line.len() > 30 && matches!(line, [b'0'..=b'9' | b'[' | b'{', ..])
}

fn is_blank(line: &[u8]) -> bool {
    !line.iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
}

/// The lines around `at` up to blank ones.
fn block(text: &[u8], at: usize, end: u8, paragraphs: bool) -> Range<usize> {
    let own = line(text, at, end);
    let alone = |line: &Range<usize>| paragraphs && line.len() > PARAGRAPH;
    if alone(&own) {
        return own;
    }
    if is_entry(&text[own.clone()]) {
        return own;
    }
    let mut block = own;
    for _ in 0..LINES {
        let Some(before) = block.start.checked_sub(1) else { break };
        let next = line(text, before, end);
        if is_blank(&text[next.clone()]) || alone(&next) {
            break;
        }
        block.start = next.start;
    }
    for _ in 0..LINES {
        if block.end + 1 >= text.len() {
            break;
        }
        let next = line(text, block.end + 1, end);
        if is_blank(&text[next.clone()]) || alone(&next) {
            break;
        }
        block.end = next.end;
    }
    block
}

/// The fields around `at`: all of a row or object, some of one with very many.
fn element(record: &Record<'_>, at: usize) -> Range<usize> {
    let Shape::Fields(fields) = &record.shape else { return record.focus.clone() };
    let whole = 0..record.text.len();
    if fields.segments.len() <= 2 * FIELDS {
        return whole;
    }
    let Some((own, _)) = fields.segment_at(at) else { return whole };
    let first = &fields.segments[own.saturating_sub(FIELDS)];
    let last = &fields.segments[(own + FIELDS).min(fields.segments.len() - 1)];
    first.range.start as usize..last.range.end as usize
}

/// Finds out what of a block is the person's.
fn settle(
    record: &Record<'_>,
    structure: &Structure,
    block: Range<usize>,
    own: &Found,
    found: &[Found],
    known: &Known,
) -> Extent {
    let inside: Vec<usize> = numbers_in(found, &block);
    let line = structure.line(record, own.range.start, &block);
    let markers = Markers::of(found, &inside, own, (&line, &block), known);
    if markers.foreign.is_empty() {
        let linked = others(found, &inside);
        return Extent { range: block, shared: false, linked };
    }
    let on_line = |n: &&usize| line.contains(&found[**n].range.start);
    if !markers.foreign.iter().any(|n| on_line(&n)) {
        let range = own_lines(&block, &line, found, &markers, record);
        let linked = others(found, &numbers_in(found, &range));
        return Extent { range, shared: false, linked };
    }
    // From the person's first sign to the next of somebody else.
    let (from, to) = stretch(&line, own, found, &markers);
    let mut linked = others(found, &numbers_in(found, &(from..to)));
    // A note in a row with relatives in it is the one's whom the row is about.
    if !matches!(structure, Structure::Lines { .. }) && markers.is_first(found) {
        let notes = inside.iter().filter(|&&n| found[n].category == Category::Dietary);
        linked.extend(notes.filter(|&&n| found[n].range.start >= to));
    }
    Extent { range: line, shared: true, linked }
}

fn numbers_in(found: &[Found], range: &Range<usize>) -> Vec<usize> {
    (0..found.len())
        .filter(|&n| {
            found[n].range.start >= range.start
                && found[n].range.end <= range.end.max(found[n].range.start)
        })
        .filter(|&n| found[n].range.start < range.end)
        .collect()
}

/// Those that were not asked for.
fn others(found: &[Found], numbers: &[usize]) -> Vec<usize> {
    numbers.iter().copied().filter(|&n| found[n].own.is_none()).collect()
}

/// Signs of persons in a block: the one who is searched for, and others.
struct Markers {
    own: Vec<usize>,
    foreign: Vec<usize>,
}

impl Markers {
    fn of(
        found: &[Found],
        inside: &[usize],
        own: &Found,
        (line, block): (&Range<usize>, &Range<usize>),
        known: &Known,
    ) -> Markers {
        let names: Vec<usize> =
            inside.iter().copied().filter(|&n| is_full_name(&found[n])).collect();
        let own_name = own_name(found, &names, own, line, known);
        let is_own_name = |n: usize| {
            found[n].own.is_some()
                || known.is_name(&found[n].normalized)
                || own_name
                    .as_ref()
                    .is_some_and(|words| is_part(&fold::words(&found[n].normalized), words))
        };
        let addresses = inside.iter().filter(|&&n| is_others_address(&found[n])).count();
        let distinct: std::collections::BTreeSet<&str> = inside
            .iter()
            .map(|&n| &found[n])
            .filter(|f| f.category == Category::Phone && f.own.is_none())
            .map(|f| f.normalized.as_str())
            .collect();
        let (phones, lines) = (distinct.len(), line.len() < block.len());
        let mut markers = Markers { own: Vec::new(), foreign: Vec::new() };
        for &n in inside {
            let one = &found[n];
            let is_own = match one.category {
                _ if one.own.is_some() => true,
                Category::PersonName if names.contains(&n) => is_own_name(n),
                Category::Personnummer | Category::Samordningsnummer | Category::ReserveNumber
                    if one.confidence >= Confidence::Medium && !one.attributes.masked =>
                {
                    false
                }
                // One or two addresses may be the person's; a list of them is not.
                Category::Email if addresses > 1 && is_others_address(one) => {
                    let words = fold::words(one.normalized.split('@').next().unwrap_or_default());
                    own_name.as_ref().is_some_and(|name| is_part(name, &words))
                }
                // So are several numbers, in lines that belong to no form.
                Category::Phone if phones > 1 && one.own.is_none() && lines => false,
                _ => continue,
            };
            if is_own { markers.own.push(n) } else { markers.foreign.push(n) }
        }
        markers
    }
}

impl Markers {
    /// Is the person the first who is named?
    fn is_first(&self, found: &[Found]) -> bool {
        let first = |list: &[usize]| list.iter().map(|&n| found[n].range.start).min();
        first(&self.own).is_some_and(|own| first(&self.foreign).is_none_or(|other| own < other))
    }
}

fn is_others_address(found: &Found) -> bool {
    found.category == Category::Email
        && found.own.is_none()
        && found.attributes.role != Some(Role::Role)
}

fn is_full_name(found: &Found) -> bool {
    found.category == Category::PersonName
        && found.confidence >= Confidence::Medium
        && found.normalized.contains(' ')
}

/// Are all of `some` among `all`, or the other way round?
fn is_part(some: &[String], all: &[String]) -> bool {
    let among = |some: &[String], all: &[String]| {
        !some.is_empty() && some.iter().all(|word| all.iter().any(|w| fold::is_same(w, word)))
    };
    among(some, all) || among(all, some)
}

impl Known {
    /// Is it a name that was asked for?
    fn is_name(&self, name: &str) -> bool {
        let words = fold::words(name);
        self.names.iter().any(|known| is_part(known, &words))
    }

    /// May it be the person's name? An address of given name and surname says what it is.
    fn may_be(&self, words: &[String]) -> bool {
        let is_word = |w: &&String| w.len() > 2 && w.chars().all(char::is_alphabetic);
        let telling = |local: &&Vec<String>| local.iter().filter(is_word).count() >= 2;
        let mut telling = self.locals.iter().filter(telling).peekable();
        telling.peek().is_none()
            || telling.any(|local| words.iter().any(|word| local.contains(word)))
    }

    /// Is it a name like that of an address that was asked for?
    fn is_local(&self, words: &[String]) -> bool {
        let letters = |w: &&String| w.len() > 1;
        self.locals.iter().any(|local| {
            words.iter().filter(letters).count() >= 2
                && words.iter().filter(letters).all(|word| {
                    local.iter().any(|l| l.trim_end_matches(|c: char| c.is_ascii_digit()) == word)
                })
        })
    }
}

/// The folded words of the name that is most likely the person's.
fn own_name(
    found: &[Found],
    names: &[usize],
    own: &Found,
    line: &Range<usize>,
    known: &Known,
) -> Option<Vec<String>> {
    let words = |n: &usize| fold::words(&found[*n].normalized);
    if let Some(n) = names.iter().find(|&&n| known.is_name(&found[n].normalized)) {
        return Some(words(n));
    }
    if !known.names.is_empty() {
        return None;
    }
    if let Some(n) = names.iter().find(|n| known.is_local(&words(n))) {
        return Some(words(n));
    }
    let before = |n: &&usize| found[**n].range.start <= own.range.start;
    let on_line = |n: &&usize| line.contains(&found[**n].range.start);
    let names: Vec<usize> = names.iter().copied().filter(|n| known.may_be(&words(n))).collect();
    let nearest = names.iter().rev().filter(before).find(on_line);
    let nearest = nearest.or_else(|| names.iter().filter(|n| !before(n)).find(on_line));
    nearest.or_else(|| names.iter().rev().find(before)).or_else(|| names.first()).map(words)
}

/// The lines around the person's own that show nobody else.
fn own_lines(
    block: &Range<usize>,
    line: &Range<usize>,
    found: &[Found],
    markers: &Markers,
    record: &Record<'_>,
) -> Range<usize> {
    let start = |n: &usize| found[*n].range.start;
    let line_start = |at: usize| {
        memchr::memrchr(b'\n', &record.text[block.start..at])
            .map_or(block.start, |n| block.start + n + 1)
    };
    let above = markers.foreign.iter().map(start).filter(|at| *at < line.start).max();
    let below = markers.foreign.iter().map(start).find(|at| *at >= line.end);
    // What stands before another's number or address may be their name.
    let contact = |n: &usize| matches!(found[*n].category, Category::Phone | Category::Email);
    if markers.foreign.iter().any(contact) && below.is_some() {
        let own = markers
            .own
            .iter()
            .map(|&n| found[n].range.end)
            .filter(|end| below.is_some_and(|b| *end <= b));
        let last = own.max().unwrap_or(line.end).max(line.end);
        let from = above.map_or(block.start, |at| {
            markers
                .own
                .iter()
                .map(start)
                .find(|own| *own > at)
                .map_or(line.start, |own| line_start(own).min(line.start))
        });
        return from..last;
    }
    let end = below.map_or(block.end, |at| line_start(at).max(line.end).min(block.end));
    let from = match above {
        None => block.start,
        // What stands between may be the other's, up to the person's first sign.
        Some(at) => {
            let first = markers.own.iter().map(start).find(|own| *own > at);
            first.map_or(line.start, |own| line_start(own).min(line.start))
        }
    };
    // The line end before the other's line is no part.
    from..end
}

/// What of a line that is shared lies between the person's signs and those of others.
fn stretch(line: &Range<usize>, own: &Found, found: &[Found], markers: &Markers) -> (usize, usize) {
    let start = |n: &usize| found[*n].range.start;
    let before = markers.foreign.iter().map(start).filter(|at| *at < own.range.start).max();
    let after = markers.foreign.iter().map(start).find(|at| *at > own.range.start);
    let from = match before {
        None => line.start,
        Some(at) => markers.own.iter().map(start).find(|own| *own > at).unwrap_or(own.range.start),
    };
    (from, after.unwrap_or(line.end).min(line.end).max(own.range.end))
}

/// The decoded text of a stretch, with `hidden` ranges replaced.
pub(super) fn excerpt(
    text: &[u8],
    range: &Range<usize>,
    hidden: &[Range<usize>],
    ruler: Ruler,
) -> String {
    let mut out = String::new();
    let mut at = range.start;
    for gap in hidden.iter().filter(|gap| gap.start < range.end && gap.end > range.start) {
        if gap.start > at {
            out.push_str(&ruler.decode(&text[at..gap.start]));
        }
        if gap.end > at {
            out.push_str(HIDDEN);
            at = gap.end;
        }
    }
    if at < range.end {
        out.push_str(&ruler.decode(&text[at..range.end]));
    }
    out
}

/// What stands for others' data in what is handed out.
pub const HIDDEN: &str = "[•••]";
