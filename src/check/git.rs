//! What git knows: which files a commit would hold, what has changed, and the content of blobs. It
//! is asked by its program, with all that could make it run something else switched off.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::Refused;
use super::item::Change;

/// The content of a file, by its name in the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Blob(String);

/// Blobs above this size are not read: they would have to be held in memory.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The repository that the working folder is in.
#[derive(Debug)]
pub(super) struct Repository {
    /// From its top to the working folder, with a slash at its end; empty at the top.
    prefix: Vec<u8>,
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder);
    // A repository's own settings must not make it start programs or change its index.
    command.args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]);
    command.args(["--no-optional-locks", "--literal-pathspecs"]);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

/// What a command writes, or why it failed.
fn answer(mut command: Command) -> Result<Vec<u8>, Refused> {
    let output = command.output().map_err(|error| {
        Refused(format!("git cannot be asked ({error}): it is needed for --staged and --since"))
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
    Err(Refused(format!("git says no: {}", said.trim_start_matches("fatal: "))))
}

/// Parts that end in a NUL.
fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == 0).filter(|part| !part.is_empty())
}

/// Files below a folder that are tracked or would be added, by their paths from it; none if git
/// cannot say.
pub(super) fn files_below(folder: &Path) -> Option<Vec<PathBuf>> {
    let mut command = git(folder);
    command.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]);
    let listed = answer(command).ok()?;
    let path = |part: &[u8]| PathBuf::from(OsStr::from_bytes(part));
    // Another repository inside this one is listed as a folder.
    let files: Vec<PathBuf> =
        parts(&listed).filter(|part| !part.ends_with(b"/")).map(path).collect();
    (!files.is_empty()).then_some(files)
}

impl Repository {
    /// That of the working folder.
    pub(super) fn here() -> Result<Repository, Refused> {
        let mut command = git(Path::new("."));
        command.args(["rev-parse", "--show-prefix"]);
        let mut prefix = answer(command)?;
        prefix.pop();
        Ok(Repository { prefix })
    }

    /// What the index holds and the last commit does not.
    pub(super) fn staged(&self, paths: &[PathBuf]) -> Result<Vec<Change>, Refused> {
        self.diff(&["--cached".into()], paths)
    }

    /// What the working folder holds and the commit from which both come does not.
    pub(super) fn since(&self, revision: &str, paths: &[PathBuf]) -> Result<Vec<Change>, Refused> {
        let commit = commit(revision)?;
        let mut command = git(Path::new("."));
        command.args(["merge-base", &commit, "HEAD"]);
        // Without a common ancestor, as in a clone of some depth, the revision itself is it.
        let base = answer(command).ok().and_then(|out| word(&out)).unwrap_or(commit);
        let mut changes = self.diff(&[base.into()], paths)?;
        let mut command = git(Path::new("."));
        command.args(["ls-files", "-z", "--others", "--exclude-standard", "--full-name"]);
        let top = self.to_top();
        match paths {
            // From the top, as the comparison is.
            [] => command.arg("--").arg(if top.is_empty() { ".".into() } else { top }),
            paths => command.arg("--").args(paths),
        };
        for path in parts(&answer(command)?).filter(|path| !path.ends_with(b"/")) {
            let path = self.seen_from_here(path);
            changes.push(Change { path, before: None, after: None, is_named_anew: true });
        }
        Ok(changes)
    }

    fn diff(&self, what: &[OsString], paths: &[PathBuf]) -> Result<Vec<Change>, Refused> {
        let mut command = git(Path::new("."));
        command.args(["diff", "--raw", "-z", "--no-abbrev", "-M", "--ignore-submodules"]);
        command.args(["--no-ext-diff", "--no-textconv", "--no-color"]);
        command.args(what).arg("--").args(paths);
        self.read_raw(&answer(command)?)
    }

    /// Reads the raw form of a comparison (git-diff, "Raw output format").
    fn read_raw(&self, raw: &[u8]) -> Result<Vec<Change>, Refused> {
        let odd = || Refused("git tells of changes in a way that is not known".to_owned());
        let mut changes = Vec::new();
        let mut fields = parts(raw);
        while let Some(head) = fields.next() {
            let head = String::from_utf8_lossy(head).into_owned();
            let words: Vec<&str> = head.trim_start_matches(':').split(' ').collect();
            let [_, mode, old, new, status] = words[..] else { return Err(odd()) };
            let mut path = fields.next().ok_or_else(odd)?;
            let is_renamed = status.starts_with(['R', 'C']);
            if is_renamed {
                path = fields.next().ok_or_else(odd)?;
            }
            // Only files: no links, no repositories inside this one, nothing that is gone.
            if mode.starts_with("100") {
                changes.push(Change {
                    path: self.seen_from_here(path),
                    before: blob(old),
                    after: blob(new),
                    is_named_anew: is_renamed || status == "A",
                });
            }
        }
        Ok(changes)
    }

    /// Steps from the working folder to the top.
    fn to_top(&self) -> OsString {
        "../".repeat(self.prefix.iter().filter(|&&byte| byte == b'/').count()).into()
    }

    /// A path from the top as it is from the working folder.
    fn seen_from_here(&self, path: &[u8]) -> PathBuf {
        if let Some(below) = path.strip_prefix(&self.prefix[..]) {
            return PathBuf::from(OsStr::from_bytes(below));
        }
        let mut whole = self.to_top();
        whole.push(OsStr::from_bytes(path));
        PathBuf::from(OsString::from_vec(whole.into_vec()))
    }

    /// A way to read blobs.
    pub(super) fn blobs(&self) -> io::Result<Blobs> {
        let mut command = git(Path::new("."));
        command.args(["cat-file", "--batch"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        let asked = child.stdin.take().ok_or_else(gone)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(gone)?);
        Ok(Blobs { child, asked: Some(asked), answers })
    }
}

/// The name of a commit.
fn commit(revision: &str) -> Result<String, Refused> {
    let unknown = || {
        Refused(format!(
            "git knows no commit {revision:?} (--since): fetch it, or name another; CI systems often \
             clone the last commit only"
        ))
    };
    let mut command = git(Path::new("."));
    command.args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    command.arg(format!("{revision}^{{commit}}"));
    answer(command).ok().and_then(|out| word(&out)).ok_or_else(unknown)
}

fn word(answer: &[u8]) -> Option<String> {
    let word = String::from_utf8_lossy(answer).trim().to_owned();
    (!word.is_empty()).then_some(word)
}

/// The blob of this name; zeros stand for none.
fn blob(name: &str) -> Option<Blob> {
    name.bytes().any(|byte| byte != b'0').then(|| Blob(name.to_owned()))
}

/// Reads blobs, one after another.
#[derive(Debug)]
pub(super) struct Blobs {
    child: Child,
    asked: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Blobs {
    pub(super) fn read(&mut self, blob: &Blob) -> io::Result<Vec<u8>> {
        let asked = self.asked.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(asked, "{}", blob.0)?;
        asked.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        let size = head.trim_end().rsplit_once(" blob ").and_then(|(_, size)| size.parse().ok());
        let size: u64 = size.ok_or_else(|| io::Error::other("git does not have it"))?;
        if size > LARGEST {
            io::copy(&mut (&mut self.answers).take(size + 1), &mut io::sink())?;
            return Err(io::Error::other(format!("it has more than {LARGEST} bytes")));
        }
        let mut content = vec![0; size as usize + 1];
        self.answers.read_exact(&mut content)?;
        content.pop();
        Ok(content)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // It ends when nothing more can be asked.
        self.asked = None;
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_as_git_tells_them() {
        let repository = Repository { prefix: b"sub/".to_vec() };
        let raw = b":100644 100644 aa bb M\0sub/a\0:000000 100644 00 cc A\0top\0\
            :100644 100644 dd ee R090\0old\0sub/new\0:100644 000000 ff 00 D\0gone\0\
            :000000 120000 00 11 A\0link\0:100644 100755 22 00 M\0sub/dirty\0";
        let some = |name: &str| Some(Blob(name.to_owned()));
        let change = |path: &str, before, after, is_named_anew| Change {
            path: path.into(),
            before,
            after,
            is_named_anew,
        };
        assert_eq!(
            repository.read_raw(raw).unwrap(),
            [
                change("a", some("aa"), some("bb"), false),
                change("../top", None, some("cc"), true),
                change("new", some("dd"), some("ee"), true),
                change("dirty", some("22"), None, false),
            ]
        );
        assert!(repository.read_raw(b"odd\0").is_err());
    }
}
