//! The configuration as it is written. Everything is looked at before anything is refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Allow, Check, Complaint, Config, Location, Output, Password, Scan};
use crate::model::Confidence;
use crate::validate::date::Date;

/// Largest number of threads.
const MOST_JOBS: u64 = 1024;
/// A year, in seconds.
const LONGEST: u64 = 365 * 24 * 60 * 60;

pub(super) fn parse(file: &Path, text: &str) -> Result<Config, Vec<Complaint>> {
    let (table, broken) = DeTable::parse_recoverable(text);
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut reader = Reader { folder, text, complaints: Vec::new() };
    for error in &broken {
        reader.complain(error.span().map_or(0, |span| span.start), error.message().to_owned());
    }
    let config = if broken.is_empty() {
        Config { file: file.to_owned(), ..reader.config(table.get_ref()) }
    } else {
        Config::default()
    };
    reader.complaints.sort();
    if reader.complaints.is_empty() { Ok(config) } else { Err(reader.complaints) }
}

/// Takes what it can use, and collects complaints.
struct Reader<'t> {
    folder: &'t Path,
    text: &'t str,
    complaints: Vec<Complaint>,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn complain(&mut self, at: usize, message: String) {
        let before = &self.text[..at.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before[start..].chars().count() + 1;
        self.complaints.push(Complaint { line, column, message });
    }

    fn config(&mut self, table: &DeTable<'_>) -> Config {
        self.only(table, &["sources", "scan", "output", "key", "rules", "policy", "check"]);
        let empty = DeTable::default();
        let sources = self.table(table, "sources").unwrap_or(&empty);
        let scan = self.table(table, "scan").unwrap_or(&empty);
        let output = self.table(table, "output").unwrap_or(&empty);
        let check = self.table(table, "check").unwrap_or(&empty);
        let mut one = |section: &str, key: &str| {
            let section = self.table(table, section)?;
            self.only(section, &[key]);
            self.path(section, key)
        };
        let (key_file, policy) = (one("key", "file"), one("policy", "file"));
        let rules = self.table(table, "rules").unwrap_or(&empty);
        self.only(rules, &["dirs"]);
        Config {
            file: PathBuf::new(),
            sources: self.sources(sources),
            scan: self.scan(scan),
            output: self.output(output),
            key_file,
            rules: self.list(rules, "dirs").iter().map(|(_, dir)| self.folder.join(dir)).collect(),
            policy,
            check: self.check(check),
        }
    }

    fn sources(&mut self, table: &DeTable<'_>) -> BTreeMap<String, Location> {
        let mut sources = BTreeMap::new();
        for (name, value) in table {
            let at = name.span().start;
            let name: &str = name.get_ref();
            if !is_name(name) {
                self.complain(at, format!("'{name}' is no name: letters, digits, _ and - only"));
            }
            match value.get_ref() {
                DeValue::Table(source) => {
                    if let Some(location) = self.source(at, source) {
                        sources.insert(name.to_owned(), location);
                    }
                }
                _ => self.wrong_type(value, name, "a table: [sources.NAME] with path or url"),
            }
        }
        sources
    }

    fn source(&mut self, at: usize, table: &DeTable<'_>) -> Option<Location> {
        self.only(table, &["path", "url", "password_env", "password_file"]);
        let (path, url) = (self.path(table, "path"), self.string(table, "url"));
        let env = self.string(table, "password_env").map(Password::Env);
        let file = self.path(table, "password_file").map(Password::File);
        let both = env.is_some() && file.is_some();
        let password = env.or(file);
        match (path, url) {
            (Some(path), None) if password.is_none() => Some(Location::Path(path)),
            (Some(_), None) => {
                self.complain(at, "a file needs no password: give it a url instead".to_owned());
                None
            }
            (None, Some(url)) => {
                let place = table.get("url").map_or(at, |url| url.span().start);
                if both {
                    let what = "the password is either in password_env or in password_file";
                    self.complain(at, what.to_owned());
                }
                self.database(place, url).map(|url| Location::Database { url, password })
            }
            _ => {
                self.complain(at, "a source has either a path or a url".to_owned());
                None
            }
        }
    }

    /// A URL that holds no password. It is not repeated in what is said.
    fn database(&mut self, at: usize, url: String) -> Option<String> {
        let known = ["sqlite:", "postgres://", "postgresql://", "mysql://", "mariadb://"];
        if !known.iter().any(|scheme| url.starts_with(scheme)) {
            let what = "a url begins with sqlite:, postgres:// or mysql://";
            self.complain(at, what.to_owned());
            return None;
        }
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let (server, query) = rest.split_once('?').unwrap_or((rest, ""));
        let user = server.rsplit_once('@').map_or("", |(user, _)| user);
        if user.contains(':') || query.to_ascii_lowercase().contains("password=") {
            let what = "a password does not belong here: name its variable in password_env or its \
                        file in password_file";
            self.complain(at, what.to_owned());
            return None;
        }
        Some(url)
    }

    fn scan(&mut self, table: &DeTable<'_>) -> Scan {
        self.only(
            table,
            &[
                "include",
                "exclude",
                "max_size",
                "one_file_system",
                "follow_links",
                "categories",
                "min_confidence",
                "jobs",
                "timeout",
            ],
        );
        let grades =
            [("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)];
        Scan {
            include: self.globs(table, "include"),
            exclude: self.globs(table, "exclude"),
            max_size: self.size(table, "max_size"),
            one_file_system: self.flag(table, "one_file_system"),
            follow_links: self.flag(table, "follow_links"),
            categories: self.strings(table, "categories"),
            min_confidence: self.word(table, "min_confidence", &grades),
            jobs: self.number(table, "jobs", MOST_JOBS),
            timeout: self.number(table, "timeout", LONGEST),
        }
    }

    fn output(&mut self, table: &DeTable<'_>) -> Output {
        self.only(table, &["format", "file", "values", "mask_paths"]);
        let forms = ["json", "ndjson", "csv", "sarif", "summary"].map(|word| (word, word));
        let values = ["masked", "token"].map(|word| (word, word));
        Output {
            format: self.word(table, "format", &forms).map(str::to_owned),
            file: self.path(table, "file"),
            values: self.word(table, "values", &values).map(str::to_owned),
            mask_paths: self.flag(table, "mask_paths"),
        }
    }

    fn check(&mut self, table: &DeTable<'_>) -> Check {
        self.only(table, &["baseline", "categories", "exclude", "allow"]);
        Check {
            baseline: self.path(table, "baseline"),
            categories: self.strings(table, "categories"),
            exclude: self.globs(table, "exclude"),
            allow: self.allows(table),
        }
    }

    fn allows(&mut self, table: &DeTable<'_>) -> Vec<Allow> {
        let Some(value) = table.get("allow") else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, "allow", "a list of tables: [[check.allow]]");
            return Vec::new();
        };
        let mut allows = Vec::new();
        for item in array {
            match item.get_ref() {
                DeValue::Table(table) => allows.extend(self.allow(item.span().start, table)),
                _ => self.wrong_type(item, "allow", "a table: [[check.allow]]"),
            }
        }
        allows
    }

    fn allow(&mut self, at: usize, table: &DeTable<'_>) -> Option<Allow> {
        self.only(table, &["category", "path", "token", "pattern", "reason", "owner", "until"]);
        let category = self.needed(at, table, "category");
        let path = self.needed(at, table, "path").and_then(|_| self.glob(table.get("path")?));
        let reason = self.needed(at, table, "reason");
        if table.get("token").is_some() && table.get("pattern").is_some() {
            let what = "an exception is for a token or for a pattern: make two of it";
            self.complain(at, what.to_owned());
        }
        Some(Allow {
            line: self.text[..at].matches('\n').count() + 1,
            token: self.token(table),
            pattern: self.pattern(table),
            owner: self.string(table, "owner"),
            until: self.date(table, "until"),
            category: category?,
            path: path?,
            reason: reason?,
        })
    }

    /// A text that has to be there, and to say something.
    fn needed(&mut self, at: usize, table: &DeTable<'_>, key: &str) -> Option<String> {
        let Some(value) = table.get(key) else {
            self.complain(at, format!("an exception needs its '{key}'"));
            return None;
        };
        let text = self.text(value, key)?;
        let says_something = text.chars().any(|c| !c.is_whitespace());
        if !says_something {
            self.complain(value.span().start, format!("'{key}' is empty"));
        }
        says_something.then_some(text)
    }

    fn token(&mut self, table: &DeTable<'_>) -> Option<[u8; 16]> {
        let value = table.get("token")?;
        let text = self.text(value, "token")?;
        let token = (text.len() == 32).then(|| u128::from_str_radix(&text, 16).ok()).flatten();
        if token.is_none() {
            let what = "a token has 32 hexadecimal digits, as in an inventory with --values token";
            self.complain(value.span().start, what.to_owned());
        }
        token.map(u128::to_be_bytes)
    }

    fn pattern(&mut self, table: &DeTable<'_>) -> Option<String> {
        let value = table.get("pattern")?;
        let pattern = format!(r"\A(?:{})\z", self.text(value, "pattern")?);
        match regex_automata::meta::Regex::new(&pattern) {
            Ok(_) => Some(pattern),
            Err(_) => {
                let what = "it is no regular expression (those of the Rust crate regex)";
                self.complain(value.span().start, what.to_owned());
                None
            }
        }
    }

    /// A day, in quotes or without.
    fn date(&mut self, table: &DeTable<'_>, key: &str) -> Option<Date> {
        let value = table.get(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(day) => day.to_string(),
            _ => self.text(value, key)?,
        };
        let day = text.parse().ok();
        if day.is_none() {
            self.complain(value.span().start, format!("'{key}' is a day: 2027-12-31"));
        }
        day
    }

    /// Complains of keys that mean nothing.
    fn only(&mut self, table: &DeTable<'_>, keys: &[&str]) {
        for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            let may = keys.join(", ");
            let what = format!("there is no '{}' here: it may have {may}", key.get_ref());
            self.complain(key.span().start, what);
        }
    }

    fn wrong_type(&mut self, value: &Value<'_>, what: &str, wanted: &str) {
        let is = value.get_ref().type_str();
        let message = format!("'{what}' must be {wanted}; this is of type {is}");
        self.complain(value.span().start, message);
    }

    fn table<'t, 'i>(&mut self, table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
        let value = table.get(key)?;
        let found = value.get_ref().as_table();
        if found.is_none() {
            self.wrong_type(value, key, &format!("a table: [{key}]"));
        }
        found
    }

    fn text(&mut self, value: &Value<'_>, what: &str) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(value, what, "a text in quotes");
        }
        text
    }

    fn string(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        self.text(table.get(key)?, key)
    }

    fn path(&mut self, table: &DeTable<'_>, key: &str) -> Option<PathBuf> {
        let value = table.get(key)?;
        let path = self.text(value, key)?;
        if path.is_empty() {
            self.complain(value.span().start, format!("'{key}' is empty"));
            return None;
        }
        Some(self.folder.join(path))
    }

    fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, key, "true or false");
        }
        flag
    }

    fn number(&mut self, table: &DeTable<'_>, key: &str, most: u64) -> Option<u64> {
        let value = table.get(key)?;
        let number = value.get_ref().as_integer().and_then(|n| n.as_str().parse().ok());
        let number = number.filter(|n| (1..=most).contains(n));
        if number.is_none() {
            self.wrong_type(value, key, &format!("a whole number from 1 to {most}"));
        }
        number
    }

    /// Bytes, as a number or as on the command line: `"2G"`.
    fn size(&mut self, table: &DeTable<'_>, key: &str) -> Option<u64> {
        let value = table.get(key)?;
        let written = match value.get_ref() {
            DeValue::Integer(n) => n.as_str().to_owned(),
            _ => self.text(value, key)?,
        };
        let size = bytes(&written);
        if size.is_none() {
            let what =
                format!("'{key}' is a number of bytes, or one with a unit: \"500k\", \"2G\"");
            self.complain(value.span().start, what);
        }
        size
    }

    /// A list of texts, each with its place.
    fn list(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(usize, String)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "a list: [\"…\", \"…\"]");
            return Vec::new();
        };
        let text = |item: &Value<'_>| Some((item.span().start, self.text(item, key)?));
        array.iter().filter_map(text).collect()
    }

    fn strings(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        self.list(table, key).into_iter().map(|(_, text)| text).collect()
    }

    fn globs(&mut self, table: &DeTable<'_>, key: &str) -> Vec<Glob> {
        let list = self.list(table, key);
        list.into_iter().filter_map(|(at, text)| self.glob_of(at, &text)).collect()
    }

    fn glob(&mut self, value: &Value<'_>) -> Option<Glob> {
        let text = self.text(value, "path")?;
        self.glob_of(value.span().start, &text)
    }

    fn glob_of(&mut self, at: usize, text: &str) -> Option<Glob> {
        match GlobBuilder::new(text).literal_separator(true).build() {
            Ok(glob) => Some(glob),
            Err(error) => {
                self.complain(at, format!("{}; write [*] for a star itself", error.kind()));
                None
            }
        }
    }

    /// One of a few words.
    fn word<T: Copy>(&mut self, table: &DeTable<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let value = table.get(key)?;
        let word = self.text(value, key)?;
        let found = words.iter().find(|known| known.0 == word).map(|known| known.1);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|known| known.0).collect();
            let message = format!("'{key}' is one of: {}", known.join(", "));
            self.complain(value.span().start, message);
        }
        found
    }
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    name != "-" && !name.is_empty() && name.chars().all(is_part)
}

/// A size as the command line reads it, in powers of 1024.
fn bytes(text: &str) -> Option<u64> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let unit = unit.trim().to_ascii_lowercase();
    let unit = unit.strip_suffix("ib").unwrap_or(&unit);
    let power = ["", "k", "m", "g", "t"].iter().position(|known| *known == unit)?;
    digits.parse::<u64>().ok()?.checked_mul(1024_u64.pow(u32::try_from(power).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, Vec<String>> {
        parse(Path::new("conf/sparhund.toml"), text)
            .map_err(|all| all.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_whole_configuration() {
        let config = read(
            r#"
[sources.share]
path = "../srv"
[sources.members]
url = "postgres://reader@db.example.com/members"
password_env = "MEMBERS_PASSWORD"
[scan]
exclude = ["*.bak", "tmp/**"]
max_size = "2G"
follow_links = true
min_confidence = "high"
jobs = 2
[output]
format = "csv"
file = "/var/lib/out.csv"
[key]
file = "tokens.key"
[rules]
dirs = ["rules"]
[policy]
file = "policy.toml"
[check]
baseline = "sparhund.baseline"
[[check.allow]]
category = "email"
path = "docs/**"
pattern = "info@.*"
reason = "our own"
until = 2030-01-31
"#,
        )
        .unwrap();
        assert_eq!(config.sources["share"], Location::Path("conf/../srv".into()));
        let url = "postgres://reader@db.example.com/members".to_owned();
        let password = Some(Password::Env("MEMBERS_PASSWORD".to_owned()));
        assert_eq!(config.sources["members"], Location::Database { url, password });
        assert_eq!(config.scan.exclude.len(), 2);
        assert_eq!(config.scan.max_size, Some(2 << 30));
        assert_eq!((config.scan.jobs, config.scan.follow_links), (Some(2), Some(true)));
        assert_eq!(config.output.file, Some("/var/lib/out.csv".into()));
        assert_eq!(config.rules, [PathBuf::from("conf/rules")]);
        let allow = &config.check.allow[0];
        assert_eq!((allow.line, allow.until), (24, Date::new(2030, 1, 31)));
        assert_eq!(allow.pattern.as_deref(), Some(r"\A(?:info@.*)\z"));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wrong = read(
            r#"
[sources.a]
[sources."b c"]
path = "x"
[sources.d]
url = "postgres://me:secret@h/d"
[scan]
jobs = 0
excludes = []
[output]
values = "plain"
[[check.allow]]
category = "email"
path = "a["
until = "soon"
"#,
        )
        .unwrap_err();
        let check = |line: &str, said: &str| {
            let found = wrong.iter().any(|w| w.starts_with(line) && w.contains(said));
            assert!(found, "{line} {said}: {wrong:#?}");
        };
        check("2:", "either a path or a url");
        check("3:", "no name");
        check("6:", "password does not belong here");
        check("8:", "'jobs'");
        check("9:", "no 'excludes'");
        check("11:", "'values' is one of: masked, token");
        check("12:", "needs its 'reason'");
        check("14:", "write [*]");
        check("15:", "'until' is a day");
        assert!(!wrong.iter().any(|w| w.contains("secret")));
        assert_eq!(wrong.len(), 9, "{wrong:#?}");
        assert!(read("a = 1\n[scan\n").unwrap_err()[0].starts_with("2:"));
    }
}
