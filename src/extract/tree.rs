//! Objects and arrays in one another: where one is as a JSON pointer, and which record it belongs to.
//!
//! A record is an element of an array, or the document itself, with everything in it but the objects
//! and arrays that are elements of an array. A member whose key is a number or looks like data is
//! taken for an element: such objects are lists by another name.

use std::fmt::Write as _;
use std::ops::Range;

use super::feed::Feed;
use super::records::Records;

/// Longer pointers are left out. They would make the work grow faster than the input.
const MAX_POINTER: usize = 1024;
/// Longer labels are cut.
const MAX_LABEL: usize = 256;
/// Deeper nesting is not followed.
pub(super) const MAX_DEPTH: usize = 10_000;

/// What a level holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Members with keys.
    Object,
    /// Elements with indexes.
    Array,
}

#[derive(Debug)]
struct Level {
    kind: Kind,
    /// Is it a record of its own?
    is_record: bool,
    /// The current member is a list's element under a key of its own.
    is_listed: bool,
    /// The length of its own pointer.
    pointer: usize,
    /// The length of the labels before those of its members.
    labels: usize,
    /// The label of its current member.
    label: Range<usize>,
    /// The next element's index.
    index: u64,
}

/// Where one is, and the records.
pub(super) struct Tree<'k> {
    pub(super) records: Records<'k>,
    levels: Vec<Level>,
    pointer: String,
    labels: String,
}

impl<'k> Tree<'k> {
    pub(super) fn new(records: Records<'k>) -> Tree<'k> {
        Tree { records, levels: Vec::new(), pointer: String::new(), labels: String::new() }
    }

    /// How many objects and arrays are open.
    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The innermost one.
    #[inline]
    pub(super) fn kind(&self) -> Option<Kind> {
        self.levels.last().map(|level| level.kind)
    }

    /// Begins an object or array where one is.
    pub(super) fn enter(&mut self, kind: Kind, offset: u64) {
        let is_record = self.levels.last().is_some_and(|l| l.kind == Kind::Array || l.is_listed);
        if is_record {
            self.records.enter(offset);
        }
        let label = match (kind, self.levels.last()) {
            (Kind::Array, Some(level)) => level.label.clone(),
            _ => 0..0,
        };
        self.levels.push(Level {
            kind,
            is_record,
            is_listed: false,
            pointer: self.pointer.len(),
            labels: self.labels.len(),
            label,
            index: 0,
        });
    }

    /// Ends the innermost object or array.
    pub(super) fn leave(&mut self) {
        let Some(level) = self.levels.pop() else { return };
        self.pointer.truncate(level.pointer);
        self.labels.truncate(level.labels);
        if level.is_record || self.levels.is_empty() {
            self.records.leave();
        }
    }

    /// Ends everything that is open.
    pub(super) fn leave_all(&mut self) {
        while !self.levels.is_empty() {
            self.leave();
        }
        self.records.flush();
    }

    /// Goes to the member `key` of the innermost object. True if the key looks like data.
    pub(super) fn key(&mut self, key: &str) -> bool {
        let Some(level) = self.levels.last_mut() else { return false };
        self.pointer.truncate(level.pointer);
        push_part(&mut self.pointer, key);
        self.labels.truncate(level.labels);
        self.labels.push_str(&key[..key.floor_char_boundary(MAX_LABEL)]);
        level.label = level.labels..self.labels.len();
        let is_data = is_data(key);
        level.is_listed = is_data || is_number(key);
        is_data
    }

    /// Goes to something in the innermost object that has no key.
    pub(super) fn no_key(&mut self) {
        let Some(level) = self.levels.last_mut() else { return };
        self.pointer.truncate(level.pointer);
        self.labels.truncate(level.labels);
        level.label = 0..0;
        level.is_listed = false;
    }

    /// Goes to the next element of the innermost array.
    pub(super) fn element(&mut self) {
        let Some(level) = self.levels.last_mut() else { return };
        self.pointer.truncate(level.pointer);
        if self.pointer.len() <= MAX_POINTER {
            // Writing to a string cannot fail.
            let _ = write!(self.pointer, "/{}", level.index);
        }
        level.index += 1;
    }

    /// Begins a field with the label and the pointer of where one is.
    pub(super) fn begin(&mut self, feed: &Feed<'_, '_>) {
        let label = self.levels.last().map_or(0..0, |level| level.label.clone());
        let field = pointer_field(&self.pointer);
        self.records.begin(&self.labels[label], field, feed.offset());
    }

    /// Begins a field without label for a key.
    pub(super) fn begin_key(&mut self, feed: &Feed<'_, '_>) {
        self.records.begin("", pointer_field(&self.pointer), feed.offset());
    }

    /// Begins a field that belongs to no member, such as a comment.
    pub(super) fn begin_loose(&mut self, feed: &Feed<'_, '_>) {
        self.records.begin("", "", feed.offset());
    }
}

/// May a key be data itself, an address or a number?
pub(super) fn is_data(key: &str) -> bool {
    let (mut digits, mut at) = (0, false);
    for b in key.bytes() {
        digits += usize::from(b.is_ascii_digit());
        at |= b == b'@';
    }
    digits >= 6 || at
}

fn is_number(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_digit()) && key.bytes().all(|b| b.is_ascii_digit())
}

fn pointer_field(pointer: &str) -> &str {
    if pointer.len() <= MAX_POINTER { pointer } else { "" }
}

/// Adds `/` and `key` with its `~` and `/` escaped, see RFC 6901.
fn push_part(pointer: &mut String, key: &str) {
    if pointer.len() > MAX_POINTER {
        return;
    }
    pointer.push('/');
    let key = &key[..key.floor_char_boundary(MAX_POINTER)];
    if memchr::memchr2(b'~', b'/', key.as_bytes()).is_none() {
        pointer.push_str(key);
        return;
    }
    for c in key.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}
