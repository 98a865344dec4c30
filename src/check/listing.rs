//! Which files are looked at: those a commit would hold. Git says so where there is a repository;
//! elsewhere ignore files are followed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::git::{self, Repository};
use super::item::Item;
use super::{Refused, What};

/// What is looked at, and what was asked for.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// In the order of their paths.
    pub(super) list: Vec<Item>,
    /// Folders of which all was looked at.
    pub(super) folders: Vec<PathBuf>,
    /// Where blobs come from.
    pub(super) repository: Option<Repository>,
}

/// What a plan names.
pub(super) fn items(what: &What) -> Result<Items, Refused> {
    let mut items = Items::default();
    match what {
        What::Files(files) => items.list.extend(files.iter().map(|file| Item::File(plain(file)))),
        What::Paths(paths) => paths.iter().try_for_each(|path| items.add(path))?,
        What::Staged(paths) => {
            let repository = Repository::here()?;
            items.list.extend(repository.staged(paths)?.into_iter().map(Item::Changed));
            items.repository = Some(repository);
        }
        What::Since(revision, paths) => {
            let repository = Repository::here()?;
            let changes = repository.since(revision, paths)?;
            items.list.extend(changes.into_iter().map(Item::Changed));
            items.repository = Some(repository);
        }
    }
    items.list.sort_by(|a, b| a.path().cmp(b.path()).then_with(|| a.cmp(b)));
    items.list.dedup();
    Ok(items)
}

impl Items {
    fn add(&mut self, path: &Path) -> Result<(), Refused> {
        let path = plain(path);
        if !path.is_dir() {
            self.list.push(Item::File(path));
            return Ok(());
        }
        let files = match git::files_below(&path) {
            Some(files) => files,
            // No repository, or one that leaves out a folder which was asked for.
            None => walked(&path)?,
        };
        let mut folders = BTreeSet::new();
        for file in files {
            let above = file.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
            folders.extend(above.map(Path::to_owned));
            self.list.push(Item::File(below(&path, &file)));
        }
        self.list.extend(folders.iter().map(|folder| Item::Folder(below(&path, folder))));
        self.folders.push(path);
        Ok(())
    }
}

/// Files below a folder, without what ignore files leave out, by their paths from it.
fn walked(folder: &Path) -> Result<Vec<PathBuf>, Refused> {
    let mut walk = ignore::WalkBuilder::new(folder);
    // Hidden files are committed like others; .ignore is not git's.
    walk.hidden(false).ignore(false).require_git(false).follow_links(false);
    walk.filter_entry(|entry| entry.file_name() != ".git");
    let mut files = Vec::new();
    for entry in walk.build() {
        let entry =
            entry.map_err(|error| Refused(format!("a folder cannot be listed: {error}")))?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            let path = entry.path();
            files.push(path.strip_prefix(folder).unwrap_or(path).to_owned());
        }
    }
    Ok(files)
}

/// A path in a folder; the working folder is not named.
fn below(folder: &Path, path: &Path) -> PathBuf {
    if folder == Path::new(".") { path.to_owned() } else { folder.join(path) }
}

/// A path without `.` at its beginning, and from the working folder if it lies below it: exceptions
/// are told by such paths.
fn plain(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let path = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let plain: PathBuf =
        path.components().filter(|part| *part != std::path::Component::CurDir).collect();
    if plain.as_os_str().is_empty() { PathBuf::from(".") } else { plain }
}
