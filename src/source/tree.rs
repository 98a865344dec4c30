//! A folder and all below it, in the order inventories show it: names by their bytes, a folder's
//! content right after the folder.
//!
//! Sequential on purpose: listing 200,000 names takes a tenth of the time that opening the files
//! takes, and the order costs nothing.

use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;
use std::time::Duration;

use super::below::Links;
use super::listing::{Kind, Lister, Listing};
use super::{Found, Root, Selection, State, filesystem};
use crate::model::{FileName, Problem, Reason, Skipped, UnitKind};

/// Walks through a folder.
#[derive(Debug)]
pub struct Walk {
    root: Arc<Root>,
    selection: Arc<Selection>,
    lister: Lister,
    levels: Vec<Level>,
    begun: bool,
}

/// A folder being walked through.
#[derive(Debug)]
struct Level {
    /// Path of the folder, with `/` at its end unless it is the root.
    path: Vec<u8>,
    rest: std::vec::IntoIter<(Vec<u8>, Kind)>,
    identity: (u64, u64),
    /// Taken in by a pattern, with all that is in it.
    included: bool,
}

impl Walk {
    /// A walk through `root`. A folder that does not answer within `timeout` is given up.
    #[must_use]
    pub fn new(root: Arc<Root>, selection: Arc<Selection>, timeout: Duration) -> Walk {
        let links = if selection.follow_links { Links::Follow } else { Links::Refuse };
        let lister = Lister::new(root.path.clone(), links, timeout);
        Walk { root, selection, lister, levels: Vec::new(), begun: false }
    }

    /// What a name in the current folder is.
    fn meet(&mut self, name: &[u8], kind: Kind) -> Option<Found> {
        let level = self.levels.last()?;
        let mut path = level.path.clone();
        path.extend_from_slice(name);
        let included = level.included || self.selection.includes(&path);
        let unit = if kind == Kind::Folder { UnitKind::Folder } else { UnitKind::File };
        if self.selection.excludes(&path) || !included && kind != Kind::Folder {
            return Some(found(unit, path, State::Skipped(Skipped::Exclude)));
        }
        match kind {
            Kind::Folder => self.enter(path, included),
            Kind::File => Some(self.meet_file(path, name)),
            Kind::Link if self.selection.follow_links => self.follow(path, name, included),
            Kind::Link => Some(found(unit, path, State::Skipped(Skipped::Link))),
            Kind::Other => Some(found(unit, path, State::Skipped(Skipped::Device))),
        }
    }

    fn meet_file(&self, path: Vec<u8>, name: &[u8]) -> Found {
        let mut state = State::Ready;
        if filesystem::may_be_placeholder(name) {
            let path = self.root.locate(&FileName::new(&path[..]));
            let is_small = || std::fs::symlink_metadata(path).is_ok_and(|m| m.len() <= 1);
            if !filesystem::has_cloud_suffix(name) || is_small() {
                state = State::Skipped(Skipped::CloudPlaceholder);
            }
        }
        found(UnitKind::File, path, state)
    }

    /// What a symbolic link leads to.
    fn follow(&mut self, path: Vec<u8>, name: &[u8], included: bool) -> Option<Found> {
        let skipped = |path| Some(found(UnitKind::File, path, State::Skipped(Skipped::Link)));
        let target = std::fs::metadata(self.root.locate(&FileName::new(&path[..])));
        let Ok(target) = target else { return skipped(path) };
        if target.is_file() {
            return Some(self.meet_file(path, name));
        }
        let identity = (target.dev(), target.ino());
        let in_circle = self.levels.iter().any(|level| level.identity == identity);
        if !target.is_dir() || in_circle {
            return skipped(path);
        }
        self.enter(path, included)
    }

    /// Goes down into a folder.
    fn enter(&mut self, path: Vec<u8>, included: bool) -> Option<Found> {
        let name = FileName::new(&path[..]);
        let device = self.levels.last().map(|level| level.identity.0);
        let state = match self.lister.list(name.clone(), device) {
            Ok(listing) => self.descend(path, listing, device, included),
            Err(error) => State::Unread(refused(&error, "the folder cannot be listed")),
        };
        let silent = !included && state == State::Ready;
        (!silent).then_some(found_folder(name, state))
    }

    fn descend(
        &mut self,
        mut path: Vec<u8>,
        listing: Listing,
        device: Option<u64>,
        included: bool,
    ) -> State {
        let crossing = device.is_some_and(|device| device != listing.identity.0);
        if crossing && self.selection.one_file_system {
            return State::Skipped(Skipped::Exclude);
        }
        if crossing && listing.is_virtual {
            return State::Skipped(Skipped::Device);
        }
        if !path.is_empty() {
            path.push(b'/');
        }
        self.levels.push(Level {
            path,
            rest: listing.entries.into_iter(),
            identity: listing.identity,
            included,
        });
        match listing.error {
            Some(error) => {
                let problem = refused(&error, "the folder was listed in part only");
                State::Unread(Problem { partial: true, ..problem })
            }
            None => State::Ready,
        }
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        if !self.begun {
            self.begun = true;
            let included = self.selection.includes(b"");
            if let Some(found) = self.enter(Vec::new(), included) {
                return Some(found);
            }
        }
        loop {
            match self.levels.last_mut()?.rest.next() {
                None => {
                    self.levels.pop();
                }
                Some((name, kind)) => {
                    if let Some(found) = self.meet(&name, kind) {
                        return Some(found);
                    }
                }
            }
        }
    }
}

fn found(kind: UnitKind, path: Vec<u8>, state: State) -> Found {
    Found { kind, path: FileName::new(path), part: None, state }
}

fn found_folder(path: FileName, state: State) -> Found {
    Found { kind: UnitKind::Folder, path, part: None, state }
}

fn refused(error: &std::io::Error, what: &str) -> Problem {
    let detail = match Reason::of_io(error) {
        Reason::Timeout => format!("{what}: no answer"),
        _ => format!("{what}: {error}"),
    };
    Problem::whole(Reason::of_io(error), detail)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn walk(selection: Selection) -> impl Fn(&std::path::Path) -> Vec<String> {
        let selection = Arc::new(selection);
        move |folder| {
            let root = Arc::new(Root::at(folder).unwrap());
            let walk = Walk::new(root, Arc::clone(&selection), Duration::from_secs(10));
            walk.map(|found| {
                let state = match found.state {
                    State::Ready => String::new(),
                    State::Skipped(why) => format!(" {}", why.id()),
                    State::Unread(problem) => format!(" {}", problem.reason.id()),
                };
                format!("{}{state}", found.path.display())
            })
            .collect()
        }
    }

    fn sample() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b/x.txt", "a.txt", "a/z.txt", "a/y/k.log", "c.log", ".n.txt.icloud"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        std::os::unix::fs::symlink("..", folder.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink("../b", folder.path().join("a/to-b")).unwrap();
        folder
    }

    #[test]
    fn everything_is_met_in_order() {
        let got = walk(Selection::default())(sample().path());
        let want = [
            "",
            ".n.txt.icloud cloud_placeholder",
            "a",
            "a/to-b link",
            "a/up link",
            "a/y",
            "a/y/k.log",
            "a/z.txt",
            "a.txt",
            "b",
            "b/x.txt",
            "c.log",
        ];
        assert_eq!(got, want);
    }

    #[test]
    fn links_are_followed_but_not_in_circles() {
        let got = {
            let mut following = Selection::new(&[], &[]).unwrap();
            following.follow_links = true;
            walk(following)(sample().path())
        };
        let want = ["a", "a/to-b", "a/to-b/x.txt", "a/up link", "a/y"];
        assert_eq!(got[2..7], want);
    }

    #[test]
    fn patterns_leave_out_and_take_in() {
        let log = Selection::new(&["*.log".to_owned()], &["a".to_owned()]).unwrap();
        let got = walk(log)(sample().path());
        let want =
            [".n.txt.icloud exclude", "a exclude", "a.txt exclude", "b/x.txt exclude", "c.log"];
        assert_eq!(got, want);
        let folder = Selection::new(&["b".to_owned()], &["y".to_owned()]).unwrap();
        let got = walk(folder)(sample().path());
        assert_eq!(got[got.len() - 3..], ["b", "b/x.txt", "c.log exclude"]);
    }
}
