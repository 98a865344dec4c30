//! One file or folder name: what is found in it, and which exceptions hold for that.

use std::io::{BufReader, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::comment::{self, Comment};
use super::git::{Blob, Blobs, Repository};
use super::new_lines::NewLines;
use super::verdict::SourceLine;
use super::{Plan, baseline};
use crate::detect::Detector;
use crate::model::{Budget, FileName, Place, Problem, Reason};
use crate::scan::inspect::{Inspected, Inspector, Sighting};
use crate::source::file::{Links, OpenFile, Opener};
use crate::source::{Root, RootKind};

/// Something to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    /// A folder's own name.
    Folder(PathBuf),
    /// A file of the working folder, its name too.
    File(PathBuf),
    /// A file whose content has changed.
    Changed(Change),
}

impl Item {
    /// Its path from the working folder.
    pub(super) fn path(&self) -> &Path {
        match self {
            Item::Folder(path) | Item::File(path) => path,
            Item::Changed(change) => &change.path,
        }
    }
}

/// A file whose content has changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    /// Its path from the working folder.
    pub(super) path: PathBuf,
    /// What it held before; nothing if it is new.
    pub(super) before: Option<Blob>,
    /// What it holds; none where that is in the working folder only.
    pub(super) after: Option<Blob>,
    /// It had no name, or another one.
    pub(super) is_named_anew: bool,
}

/// A finding of a file.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) sighting: Sighting,
    /// What the baseline would call it.
    pub(super) bits: Option<baseline::Bits>,
    /// Exceptions of the configuration that hold for it, by number.
    pub(super) allowed_by: Vec<usize>,
    /// It stands on what has changed.
    pub(super) is_new: bool,
    /// The line it stands on, if that is wanted.
    pub(super) line: Option<SourceLine>,
}

/// What is known of an item.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) path: PathBuf,
    pub(super) is_file: bool,
    pub(super) bytes: u64,
    pub(super) hits: Vec<Hit>,
    pub(super) comments: Vec<Comment>,
    pub(super) problems: Vec<Problem>,
    /// There was nothing of the kind: a link, or a file deleted meanwhile.
    pub(super) is_absent: bool,
}

/// A file up to this size is read at once.
const AT_ONCE: u64 = 8 * 1024 * 1024;

/// Checks one item after another.
pub(super) struct Worker<'p> {
    plan: &'p Plan,
    inspector: Inspector<'p>,
    repository: Option<&'p Repository>,
    blobs: Option<Blobs>,
    opener: Opener,
}

impl<'p> Worker<'p> {
    pub(super) fn new(
        plan: &'p Plan,
        detector: &'p Detector,
        repository: Option<&'p Repository>,
        stop: &'p Arc<AtomicBool>,
    ) -> Worker<'p> {
        let inspector = Inspector::new(detector, Budget::default(), stop);
        Worker { plan, inspector, repository, blobs: None, opener: Opener::default() }
    }

    pub(super) fn check(&mut self, item: &Item) -> Checked {
        let path = item.path();
        let mut checked = Checked { path: path.to_owned(), ..Checked::default() };
        match item {
            Item::Folder(_) => self.name(&mut checked),
            Item::File(_) => {
                checked.is_file = true;
                self.name(&mut checked);
                self.file(&mut checked, None);
            }
            Item::Changed(change) => {
                checked.is_file = true;
                if change.is_named_anew {
                    self.name(&mut checked);
                }
                self.change(change, &mut checked);
            }
        }
        checked
    }

    fn name(&mut self, checked: &mut Checked) {
        let inspected = self.inspector.name(&name_of(&checked.path));
        self.take(inspected, checked, None, &[]);
    }

    /// Reads a file of the working folder; `new` says what of it has changed.
    fn file(&mut self, checked: &mut Checked, before: Option<&[u8]>) {
        let mut file = match self.open(&checked.path) {
            Ok(Some(file)) => file,
            Ok(None) => {
                checked.is_absent = true;
                return;
            }
            Err(problem) => {
                checked.problems.push(*problem);
                return;
            }
        };
        let size = file.facts().size;
        if size > AT_ONCE && before.is_none() {
            return self.large(file, size, checked);
        }
        let mut content = Vec::with_capacity(size as usize + 1);
        match file.read_to_end(&mut content) {
            Ok(_) => self.content(content, before, checked),
            Err(error) => checked.problems.push(unreadable(&error)),
        }
    }

    /// A link is no content of its own, and what is gone is no content at all.
    fn open(&mut self, path: &Path) -> Result<Option<OpenFile>, Box<Problem>> {
        match path.symlink_metadata() {
            Ok(found) if found.is_file() => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Box::new(unreadable(&error))),
        }
        let root = Arc::new(Root::new(RootKind::File, path));
        match self.opener.open(&root, &root.unit_path(), Links::Refuse) {
            Ok(file) => Ok(Some(file)),
            Err(refused) => refused.problem().map_or(Ok(None), |problem| Err(Box::new(problem))),
        }
    }

    fn large(&mut self, file: OpenFile, size: u64, checked: &mut Checked) {
        match comment::find(&mut BufReader::new(file)) {
            Ok(comments) => checked.comments = comments,
            Err(error) => checked.problems.push(unreadable(&error)),
        }
        checked.bytes = size;
        let inspected = self.inspector.file(&checked.path);
        self.take(inspected, checked, None, &[]);
    }

    fn content(&mut self, content: Vec<u8>, before: Option<&[u8]>, checked: &mut Checked) {
        checked.bytes = content.len() as u64;
        checked.comments = comment::find_in(&content);
        let new = before.map(|before| NewLines::between(before, &content));
        let kept = if self.plan.show_line { content.clone() } else { Vec::new() };
        let inspected = self.inspector.bytes(content, &name_of(&checked.path));
        self.take(inspected, checked, new.as_ref(), &kept);
    }

    fn change(&mut self, change: &Change, checked: &mut Checked) {
        let before = match change.before.as_ref().map(|blob| self.blob(blob)).transpose() {
            Ok(before) => before.unwrap_or_default(),
            Err(problem) => {
                checked.problems.push(*problem);
                return;
            }
        };
        match change.after.as_ref().map(|blob| self.blob(blob)) {
            None => self.file(checked, Some(&before)),
            Some(Ok(content)) => self.content(content, Some(&before), checked),
            Some(Err(problem)) => checked.problems.push(*problem),
        }
    }

    fn blob(&mut self, blob: &Blob) -> Result<Vec<u8>, Box<Problem>> {
        let read = match (&mut self.blobs, self.repository) {
            (Some(blobs), _) => blobs.read(blob),
            (none, Some(repository)) => {
                let mut blobs = repository.blobs().map_err(|error| Box::new(unreadable(&error)))?;
                let read = blobs.read(blob);
                *none = Some(blobs);
                read
            }
            (None, None) => Err(std::io::Error::other("there is no repository")),
        };
        read.map_err(|error| Box::new(unreadable(&error)))
    }

    /// Takes down what was found. Nothing of a value is kept but its mask and what the baseline says.
    fn take(
        &self,
        inspected: Inspected,
        checked: &mut Checked,
        new: Option<&NewLines>,
        content: &[u8],
    ) {
        checked.problems.extend(inspected.problems);
        for mut sighting in inspected.sightings {
            let value = std::mem::take(&mut sighting.normalized);
            let id = sighting.category.id();
            let bits = self.plan.baseline.as_ref().map(|b| b.bits(sighting.category, &value));
            let token = self.plan.key.as_ref().map(|key| key.token(id, value.expose()));
            let holds = |allow: &super::Allow| allow.holds(&checked.path, id, &value, token);
            let allowed_by =
                (0..self.plan.allows.len()).filter(|&n| holds(&self.plan.allows[n])).collect();
            let is_new = new.is_none_or(|new| new.has(&sighting.place, &sighting.inside));
            let line = text_of(&sighting).and_then(|at| SourceLine::of(content, at));
            checked.hits.push(Hit { sighting, bits, allowed_by, is_new, line });
        }
    }
}

/// The place of a finding in the text of the file itself.
fn text_of(sighting: &Sighting) -> Option<(u64, u64)> {
    match &sighting.place {
        Place::Text(at) if sighting.inside.is_empty() => Some((at.byte_start, at.byte_end)),
        _ => None,
    }
}

fn name_of(path: &Path) -> FileName {
    FileName::new(path.file_name().unwrap_or_default().as_bytes())
}

fn unreadable(error: &std::io::Error) -> Problem {
    let reason = match Reason::of_io(error) {
        Reason::Changed => Reason::IoError,
        other => other,
    };
    Problem::whole(reason, format!("it cannot be read: {error}"))
}
