//! Units of work as lines: what `units` writes and `work` reads.

use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::distribute::Limits;
use crate::model::{FileName, Problem, Reason, Skipped, TablePart, UnitKind};
use crate::report::unit::unit_id;
use crate::source::{Found, Root, RootKind, State};

/// A unit of work. Besides what a unit line says of the unit itself it holds where the source is and
/// what of the command line the work depends on; no findings, no credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnitObject {
    #[serde(rename = "type")]
    kind_of_line: String,
    /// The unit's id, the same as in reports.
    pub id: String,
    /// Id of its source.
    pub source: String,
    /// What it is.
    pub kind: UnitKind,
    /// Its path relative to the source's root, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    /// The table's name, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<TablePart>,
    root: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    root_bytes: Option<String>,
    root_kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skipped: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unread: Option<Unread>,
    /// `--max-size`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_size: Option<u64>,
    /// `--follow-links`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follow_links: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Unread {
    reason: Reason,
    detail: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
}

impl UnitObject {
    /// The object of something a source has.
    #[must_use]
    pub(super) fn new(root: &Root, found: &Found, limits: Limits) -> UnitObject {
        let (skipped, unread) = match &found.state {
            State::Ready => (None, None),
            State::Skipped(why) => (Some(why.id().to_owned()), None),
            State::Unread(problem) => (None, Some(Unread::of(problem))),
        };
        let id = unit_id(&root.id, found.kind, &found.path, found.part.as_ref());
        let path = found.path.display().into_owned();
        let (path, table) =
            if root.kind.is_database() { (None, Some(path)) } else { (Some(path), None) };
        UnitObject {
            kind_of_line: "unit".to_owned(),
            id: String::from_utf8_lossy(&id).into_owned(),
            source: root.id.clone(),
            kind: found.kind,
            path,
            path_bytes: found.path.exact(),
            table,
            part: found.part.clone(),
            root: root.name().display().into_owned(),
            root_bytes: root.name().exact(),
            root_kind: root.kind.id().to_owned(),
            skipped,
            unread,
            max_size: limits.max_size,
            follow_links: limits.follow_links,
        }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it. Nothing of the line is repeated: whatever it is, it may hold a value.
    pub fn parse(line: &[u8]) -> Result<UnitObject, String> {
        let unit: UnitObject = serde_json::from_slice(line)
            .map_err(|error| format!("it breaks its form at character {}", error.column()))?;
        if unit.kind_of_line == "unit" { Ok(unit) } else { Err("its type is not `unit`".into()) }
    }

    /// The source and the thing, to be worked on.
    ///
    /// # Errors
    /// What is wrong with it, when it holds words that mean nothing.
    pub fn understand(self) -> Result<(Root, Found), String> {
        let kind = RootKind::from_id(&self.root_kind).ok_or("unknown `root_kind`")?;
        let root = exact(&self.root, self.root_bytes.as_deref())?;
        let root = Root::new(kind, &PathBuf::from(std::ffi::OsStr::from_bytes(&root)));
        let name = self.table.or(self.path).unwrap_or_default();
        let path = exact(&name, self.path_bytes.as_deref())?;
        if kind.is_database() != (self.kind == UnitKind::Table) {
            return Err("its `kind` is not one of its source".into());
        }
        let leaves = path.split(|&byte| byte == b'/').any(|name| name == b"..");
        if !kind.is_database() && (leaves || path.starts_with(b"/")) {
            return Err("its path leads out of its source".into());
        }
        let state = match (self.skipped, self.unread) {
            (Some(why), _) => State::Skipped(Skipped::from_id(&why).ok_or("unknown `skipped`")?),
            (None, Some(unread)) => State::Unread(unread.problem()),
            (None, None) => State::Ready,
        };
        Ok((root, Found { kind: self.kind, path: FileName::new(path), part: self.part, state }))
    }
}

impl Unread {
    fn of(problem: &Problem) -> Unread {
        let Problem { reason, detail, partial, .. } = problem;
        Unread { reason: *reason, detail: detail.clone(), partial: *partial }
    }

    fn problem(self) -> Problem {
        Problem { partial: self.partial, ..Problem::whole(self.reason, self.detail) }
    }
}

/// The exact bytes of a name.
pub(super) fn exact(shown: &str, bytes: Option<&str>) -> Result<Vec<u8>, String> {
    match bytes {
        None => Ok(shown.as_bytes().to_vec()),
        Some(bytes) => STANDARD.decode(bytes).map_err(|_| "its bytes are no base64".into()),
    }
}
