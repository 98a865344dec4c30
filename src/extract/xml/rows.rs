//! Which elements make a record.
//!
//! A record ought to be what a person calls a row: all that is said of one person, the groups in it
//! included (`Person` with `Kontakt` in it), and nothing of the next. No schema tells, so it is taken
//! from the document itself: where like-named siblings with several fields say much more than what
//! stands around them, they are the rows, and their parent is a table. Until that is known, fields are
//! gathered; then they are cut at the rows' borders.

/// How many times more the rows must say than what stands around them.
const MANY_TIMES: u32 = 4;

/// So many like-named leaves below a root that has nothing else are rows, too.
const LIST: u32 = 8;

/// So many borders are remembered before what is gathered is handed over.
const BORDERS: usize = 16 * 1024;

/// How to hand over what is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cuts {
    /// As one record.
    None,
    /// Cut at [`Rows::cuts`].
    At,
}

/// The open elements and the fields gathered in them.
#[derive(Debug, Default)]
pub(super) struct Rows {
    levels: Vec<Level>,
    /// The elements begun since the last hand-over.
    borders: Vec<Border>,
    cuts: Vec<u32>,
    /// Fields gathered, and those of them that say something.
    fields: Mark,
    /// How often fields were handed over.
    round: u64,
}

/// How far fields are gathered.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    all: u32,
    telling: u32,
}

/// Where an element begins.
#[derive(Clone, Copy, Debug)]
struct Border {
    depth: usize,
    name: u64,
    field: u32,
}

#[derive(Debug)]
struct Level {
    name: u64,
    nth: u32,
    /// What was gathered, in this round, when it began.
    begun: Mark,
    round: u64,
    /// The children taken for rows, and how much they said in the round.
    like: u64,
    like_fields: u32,
    like_round: u64,
    table: bool,
    /// Named for a row: never a table.
    row: bool,
    has_children: bool,
    has_text: bool,
}

impl Level {
    fn begun(&self, round: u64) -> Mark {
        if self.round == round { self.begun } else { Mark::default() }
    }

    /// How much it says, having so many fields. A value is one thing, whatever attributes it has.
    fn width(&self, fields: u32) -> u32 {
        if self.has_text && !self.has_children { fields.min(1) } else { fields }
    }

    /// Fields of its row-like children in this round.
    fn like_fields(&self, round: u64) -> u32 {
        if self.like_round == round { self.like_fields } else { 0 }
    }
}

impl Rows {
    /// The innermost element's text begins.
    pub(super) fn text(&mut self) {
        self.field();
        if let Some(level) = self.levels.last_mut() {
            level.has_text = true;
        }
    }

    /// A field was begun that says something.
    pub(super) fn field(&mut self) {
        self.fields.all += 1;
        self.fields.telling += 1;
    }

    /// A field was begun that says nothing of a row: a comment, a name space.
    pub(super) fn aside(&mut self) {
        self.fields.all += 1;
    }

    /// An element begins, the `nth` of its name among its siblings.
    pub(super) fn open(&mut self, name: u64, nth: u32, label: &str) {
        let mut row = is_row_name(label);
        if let Some(parent) = self.levels.last_mut() {
            parent.has_children = true;
            row |= parent.row;
        }
        let depth = self.levels.len();
        self.borders.push(Border { depth, name, field: self.fields.all });
        self.levels.push(Level {
            name,
            nth,
            begun: self.fields,
            round: self.round,
            like: 0,
            like_fields: 0,
            like_round: 0,
            table: false,
            row,
            has_children: false,
            has_text: false,
        });
    }

    /// Too much to remember?
    pub(super) fn is_full(&self) -> bool {
        self.borders.len() > BORDERS
    }

    /// Where to cut, as numbers of fields.
    pub(super) fn cuts(&self) -> &[u32] {
        &self.cuts
    }

    /// What was gathered is handed over.
    pub(super) fn flushed(&mut self) {
        self.fields = Mark::default();
        self.borders.clear();
        self.round += 1;
    }

    /// The innermost element ends. Is what was gathered to be handed over, and how?
    pub(super) fn close(&mut self) -> Option<Cuts> {
        let closed = self.levels.pop()?;
        let depth = self.levels.len();
        let begun = closed.begun(self.round);
        let Some(parent) = self.levels.last_mut() else { return Some(self.close_root(&closed)) };
        if parent.table {
            self.cuts.clear();
            self.cuts.push(begun.all);
            return Some(Cuts::At);
        }
        let width = closed.width(self.fields.telling - begun.telling);
        if parent.row || width == 0 || width == 1 && (depth > 1 || closed.nth < LIST) {
            return None;
        }
        note(parent, &closed, width, self.round);
        if closed.nth < 2 || !is_table(parent, self.fields, self.round) {
            return None;
        }
        parent.table = true;
        let name = parent.like;
        self.cut_at(depth, name);
        Some(Cuts::At)
    }

    /// The root's end is the last chance to cut: what came before its rows may have said more than
    /// the few of them.
    fn close_root(&mut self, root: &Level) -> Cuts {
        let rows = root.like_fields(self.round);
        if root.table || rows * 2 <= self.fields.telling {
            return Cuts::None;
        }
        self.cut_at(1, root.like);
        Cuts::At
    }

    /// Cuts where the rows of that depth and name begin, and where something else follows them.
    fn cut_at(&mut self, depth: usize, name: u64) {
        self.cuts.clear();
        let mut after_row = false;
        for border in self.borders.iter().filter(|b| b.depth == depth) {
            if after_row || border.name == name {
                self.cuts.push(border.field);
            }
            after_row = border.name == name;
        }
    }
}

/// Adds a child with several fields to those that may be its parent's rows.
fn note(parent: &mut Level, child: &Level, width: u32, round: u64) {
    if parent.like_round != round {
        parent.like_fields = 0;
        parent.like_round = round;
    }
    if parent.like == child.name {
        parent.like_fields += width;
    } else if parent.like == 0 || parent.like_fields == 0 {
        parent.like = child.name;
        parent.like_fields = width;
    }
}

/// Do the parent's like-named children say much more than what stands around them?
fn is_table(parent: &Level, fields: Mark, round: u64) -> bool {
    let like = parent.like_fields(round);
    like > MANY_TIMES * fields.telling.saturating_sub(like)
}

/// Names that rows of tables have in the formats of spreadsheets. Their cells have attributes of their
/// own and would be taken for rows.
fn is_row_name(label: &str) -> bool {
    ["row", "table-row", "tr", "rad"].iter().any(|name| label.eq_ignore_ascii_case(name))
}
