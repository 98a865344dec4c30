//! Plain data that all other modules speak in: no input, no output, no regex, no command line.
//!
//! Start at [`Record`] for what extractors hand over, at [`Finding`] for what detectors answer, at
//! [`Unit`] and [`Ledger`] for what is said of a piece of work.

mod budget;
mod category;
mod cursor;
mod evidence;
mod finding;
mod language;
mod ledger;
mod locator;
mod own;
mod problem;
mod record;
mod rows;
mod secret;
mod table;
mod unit;

pub use budget::{Budget, Pictures};
pub use category::{Category, Confidence};
pub use cursor::{Cursor, LineEnd, Ruler, Width};
pub use evidence::{Clue, Evidence};
pub use finding::{Attributes, Finding, NoteKind, Relation, Role, Spread, Standing, Usage};
pub use language::Language;
pub use ledger::{Counts, Ledger, Skipped};
pub use locator::{FileName, KeyValue, PagePart, PageRect, Place, Step, TextPlace};
pub use own::{Letters, Mask, MatchForm, Own, OwnCategory};
pub use problem::{Problem, Reason};
pub use record::{
    Column, Fields, Flow, Origin, Piece, PieceKind, Places, Record, Sample, Segment, Shape, Sink,
    Spot, Table, TextSpan,
};
pub use rows::{Cell, Masks, RowCursor, RowMarks, find_places};
pub use secret::Secret;
pub use table::{
    ColumnKind, Key, LONGEST_CELL, MaskKey, PlacedRows, RowBatch, RowKey, StoredValue, TableColumn,
    TableShape,
};
pub use unit::{KeyRange, TablePart, Unit, UnitKind};
