//! What of a source is read.
//!
//! A pattern without `/` is matched against names at any depth, one with `/` against the path
//! relative to the source; `*` and `?` do not match `/`, `**` does. A folder that is left out is left
//! out with all that is in it, a folder that is taken in is taken in with all that is in it. A file
//! that is a source by itself was asked for by its name: no pattern leaves it out.

use super::database::Settings;
use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns for names and for paths.
#[derive(Clone, Debug, Default)]
struct Patterns {
    names: GlobSet,
    paths: GlobSet,
    any: bool,
}

impl Patterns {
    fn new(patterns: &[String]) -> Result<Patterns, globset::Error> {
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for pattern in patterns {
            let whole = pattern.strip_suffix('/').unwrap_or(pattern);
            let anchored = whole.strip_prefix('/').or_else(|| whole.strip_prefix("./"));
            let glob = GlobBuilder::new(anchored.unwrap_or(whole))
                .literal_separator(true)
                .backslash_escape(true)
                .build()?;
            let set =
                if anchored.is_some() || whole.contains('/') { &mut paths } else { &mut names };
            set.add(glob);
        }
        Ok(Patterns { names: names.build()?, paths: paths.build()?, any: !patterns.is_empty() })
    }

    fn matches(&self, path: &[u8]) -> bool {
        if !self.any {
            return false;
        }
        let name = memchr::memrchr(b'/', path).map_or(path, |at| &path[at + 1..]);
        self.names.is_match_candidate(&candidate(name))
            || self.paths.is_match_candidate(&candidate(path))
    }
}

fn candidate(path: &[u8]) -> Candidate<'_> {
    use std::os::unix::ffi::OsStrExt as _;
    Candidate::new(std::ffi::OsStr::from_bytes(path))
}

/// What of a source is read.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    include: Patterns,
    exclude: Patterns,
    /// Largest file read, in bytes.
    pub max_size: Option<u64>,
    /// Stay on the file system of the source's root.
    pub one_file_system: bool,
    /// Follow symbolic links.
    pub follow_links: bool,
    /// How databases are read.
    pub databases: Settings,
}

impl Selection {
    /// All that matches one of `include` (all, if there is none) and none of `exclude`.
    ///
    /// # Errors
    /// When a pattern is none.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Selection, globset::Error> {
        Ok(Selection {
            include: Patterns::new(include)?,
            exclude: Patterns::new(exclude)?,
            ..Selection::default()
        })
    }

    /// Is this left out?
    #[must_use]
    pub fn excludes(&self, path: &[u8]) -> bool {
        self.exclude.matches(path)
    }

    /// Is this taken in by itself? What is in a folder that is taken in is taken in too.
    #[must_use]
    pub fn includes(&self, path: &[u8]) -> bool {
        !self.include.any || self.include.matches(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, path: &str, want: bool) {
        let selection = Selection::new(&[], &[pattern.to_owned()]).unwrap();
        assert_eq!(selection.excludes(path.as_bytes()), want, "{pattern} {path}");
    }

    #[test]
    fn patterns_match_as_people_expect() {
        check("*.log", "a/b/c.log", true);
        check("*.log", "c.log", true);
        check("*.log", "c.log.txt", false);
        check("a/*.log", "a/c.log", true);
        check("a/*.log", "a/b/c.log", false);
        check("a/**/*.log", "a/b/c.log", true);
        check("/b", "a/b", false);
        check("/b", "b", true);
        check("node_modules/", "x/node_modules", true);
        check("**/tmp/*", "a/tmp/x", true);
    }
}
