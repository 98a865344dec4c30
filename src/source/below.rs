//! Opening what lies below a folder, without being led elsewhere.
//!
//! Between listing a name and opening it anybody may put a symbolic link in its place, or in the
//! place of a folder above it. So the kernel is asked to refuse links anywhere on the way (`openat2`
//! with `RESOLVE_NO_SYMLINKS`, Linux 5.6); where it does not know how, every folder on the way is
//! opened by itself. A path that is longer than the system takes at once is gone along in pieces.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{self, AtFlags, Mode, OFlags, Stat};
use rustix::io::{Errno, Result};

/// Are symbolic links followed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Yes.
    Follow,
    /// No: what is a link, or below one, is refused.
    Refuse,
}

/// Bytes of a path asked for at once; Linux takes 4095, others 1023.
const PIECE: usize = 1000;

/// How a folder on the way is opened: not to be read.
#[cfg(target_os = "linux")]
const ON_THE_WAY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const ON_THE_WAY: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

/// A folder below which things are opened.
#[derive(Debug)]
pub(super) struct Below(OwnedFd);

impl Below {
    /// The folder at `path`, which may be named by a link.
    pub(super) fn open(path: &Path) -> Result<Below> {
        fs::open(path, ON_THE_WAY, Mode::empty()).map(Below)
    }

    /// Opens what lies at `path`, relative to the folder; the folder itself if it is empty.
    pub(super) fn open_at(&self, path: &[u8], flags: OFlags, links: Links) -> Result<OwnedFd> {
        if path.is_empty() {
            return fs::openat(&self.0, c".", flags, Mode::empty());
        }
        match links {
            Links::Follow => self.in_pieces(path, PIECE, flags, |at, path, flags| {
                fs::openat(at, path, flags, Mode::empty())
            }),
            Links::Refuse => match self.in_pieces(path, PIECE, flags, unled) {
                // Filters of system calls answer with EPERM; so does a file of somebody else whose
                // access time is to be left alone.
                Err(Errno::NOSYS) => self.name_by_name(path, flags),
                Err(Errno::PERM) if !quiet(flags) => self.name_by_name(path, flags),
                opened => opened,
            },
        }
    }

    /// What the system says of what lies at `path`, relative to the folder.
    pub(super) fn stat_at(&self, path: &[u8], flags: AtFlags) -> Result<Stat> {
        fs::statat(&self.0, path, flags)
    }

    fn name_by_name(&self, path: &[u8], flags: OFlags) -> Result<OwnedFd> {
        self.in_pieces(path, 0, flags, |at, name, flags| {
            fs::openat(at, name, flags | OFlags::NOFOLLOW, Mode::empty())
        })
    }

    /// Opens piece after piece of at most `most` bytes, or of one name.
    fn in_pieces(
        &self,
        path: &[u8],
        most: usize,
        flags: OFlags,
        open: impl Fn(BorrowedFd<'_>, &[u8], OFlags) -> Result<OwnedFd>,
    ) -> Result<OwnedFd> {
        let (mut piece, mut rest) = split(path, most);
        let mut folder: Option<OwnedFd> = None;
        loop {
            let at = folder.as_ref().map_or(self.0.as_fd(), AsFd::as_fd);
            let Some(more) = rest else { return open(at, piece, flags) };
            folder = Some(open(at, piece, ON_THE_WAY)?);
            (piece, rest) = split(more, most);
        }
    }
}

#[cfg(target_os = "linux")]
fn unled(at: BorrowedFd<'_>, path: &[u8], flags: OFlags) -> Result<OwnedFd> {
    fs::openat2(at, path, flags, Mode::empty(), fs::ResolveFlags::NO_SYMLINKS)
}

#[cfg(not(target_os = "linux"))]
fn unled(_at: BorrowedFd<'_>, _path: &[u8], _flags: OFlags) -> Result<OwnedFd> {
    Err(Errno::NOSYS)
}

#[cfg(target_os = "linux")]
fn quiet(flags: OFlags) -> bool {
    flags.contains(OFlags::NOATIME)
}

#[cfg(not(target_os = "linux"))]
fn quiet(_flags: OFlags) -> bool {
    false
}

/// As many names as fit into `most` bytes, at least one, and what comes after them.
fn split(path: &[u8], most: usize) -> (&[u8], Option<&[u8]>) {
    if path.len() <= most {
        return (path, None);
    }
    let within = memchr::memrchr(b'/', &path[..most]);
    match within.or_else(|| memchr::memchr(b'/', path)) {
        Some(at) => (&path[..at], Some(&path[at + 1..])),
        None => (path, None),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn paths_are_cut_between_names() {
        let check = |path: &str, most, piece: &str, rest: Option<&str>| {
            let want = (piece.as_bytes(), rest.map(str::as_bytes));
            assert_eq!(split(path.as_bytes(), most), want, "{path} {most}");
        };
        check("a/b/c", 5, "a/b/c", None);
        check("a/b/c", 4, "a/b", Some("c"));
        check("a/b/c", 3, "a", Some("b/c"));
        check("a/b/c", 0, "a", Some("b/c"));
        check("abc/d", 2, "abc", Some("d"));
        check("abc", 0, "abc", None);
    }

    #[test]
    fn links_are_refused_wherever_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(path("a/b")).unwrap();
        std::fs::write(path("a/b/c"), "x").unwrap();
        symlink("c", path("a/b/link")).unwrap();
        symlink("a", path("to-a")).unwrap();
        let below = Below::open(folder.path()).unwrap();
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let refused = |path: &str, links| {
            below.open_at(path.as_bytes(), flags | OFlags::NOFOLLOW, links).err()
        };
        assert_eq!(refused("a/b/c", Links::Refuse), None);
        assert_eq!(refused("", Links::Refuse), None);
        assert_eq!(refused("to-a/b/c", Links::Follow), None);
        for path in ["a/b/link", "to-a/b/c"] {
            assert_eq!(refused(path, Links::Refuse), Some(Errno::LOOP), "{path}");
            let alone = below.name_by_name(path.as_bytes(), flags).err();
            assert!(matches!(alone, Some(Errno::LOOP | Errno::NOTDIR)), "{path} {alone:?}");
        }
        assert!(below.name_by_name(b"a/b/c", flags).is_ok());
    }
}
