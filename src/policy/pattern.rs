//! Which places a declaration is about: globs on sources, paths and tables.

use globset::{Glob, GlobBuilder, GlobMatcher};

/// Places by source and by path or table.
#[derive(Clone, Debug)]
pub struct Pattern {
    source: Option<GlobMatcher>,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    All,
    Path(Vec<GlobMatcher>),
    Table(GlobMatcher),
}

impl Pattern {
    /// All of a source. `*` stands for anything.
    pub(super) fn source(source: &str) -> Result<Pattern, String> {
        Ok(Pattern { source: Some(loose(source)?), what: What::All })
    }

    /// Paths, in a source if one is named. `*` stands for anything but `/`, `**` for that too; a
    /// pattern without `/` is held against names at any depth; a folder takes in what is in it.
    pub(super) fn path(source: Option<&str>, path: &str) -> Result<Pattern, String> {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        let path = if path.contains('/') { path.to_owned() } else { format!("**/{path}") };
        let globs = [glob(&path, true)?, glob(&format!("{path}/**"), true)?];
        let what = What::Path(globs.iter().map(Glob::compile_matcher).collect());
        Ok(Pattern { source: source.map(loose).transpose()?, what })
    }

    /// Tables, in a source if one is named.
    pub(super) fn table(source: Option<&str>, table: &str) -> Result<Pattern, String> {
        Ok(Pattern { source: source.map(loose).transpose()?, what: What::Table(loose(table)?) })
    }

    /// Is this one of the places?
    #[must_use]
    pub fn matches(&self, source: &str, path: Option<&str>, table: Option<&str>) -> bool {
        if self.source.as_ref().is_some_and(|glob| !glob.is_match(source)) {
            return false;
        }
        match &self.what {
            What::All => true,
            What::Path(globs) => path.is_some_and(|path| globs.iter().any(|g| g.is_match(path))),
            What::Table(glob) => table.is_some_and(|table| glob.is_match(table)),
        }
    }
}

fn loose(text: &str) -> Result<GlobMatcher, String> {
    Ok(glob(text, false)?.compile_matcher())
}

fn glob(text: &str, separator: bool) -> Result<Glob, String> {
    let glob = GlobBuilder::new(text).literal_separator(separator).build();
    glob.map_err(|error| format!("{}; write [*] for a star itself", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_take_in_what_they_say() {
        let check = |pattern: &str, path: &str, wanted: bool| {
            let pattern = Pattern::path(None, pattern).unwrap();
            assert_eq!(pattern.matches("share", Some(path), None), wanted, "{path}");
        };
        check("Medlemmar", "Medlemmar/a.csv", true);
        check("Medlemmar", "Arkiv/Medlemmar/x/a.csv", true);
        check("Medlemmar/", "Medlemmar", true);
        check("Medlemmar", "Medlemmar2/a.csv", false);
        check("Personal/Lön", "Personal/Lön/2026/a.tsv", true);
        check("Personal/*.csv", "Personal/a.csv", true);
        check("Personal/*.csv", "Personal/x/a.csv", false);
        check("*.mbox", "post/in.mbox", true);
        let table = Pattern::table(Some("postgres://*"), "public.kund*").unwrap();
        assert!(table.matches("postgres://h/db", None, Some("public.kunder")));
        assert!(!table.matches("sqlite:a", None, Some("public.kunder")));
        assert!(Pattern::path(None, "{a").is_err());
    }
}
