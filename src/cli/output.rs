//! Where a result is written: standard output, or a file that appears when it is complete.
//!
//! A file is written beside its place as `FILE.partial`, readable by its owner only, and put in
//! place by [`OutputFile::commit`]. Whatever goes wrong before, `FILE` is untouched.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::options::Target;

const BUFFER: usize = 64 * 1024;

/// A result being written.
#[derive(Debug)]
pub struct OutputFile {
    writer: BufWriter<File>,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// Standard output, or a device or pipe that is named: bytes go there as they come.
    Stream,
    /// A file to be put in place.
    File { partial: PathBuf, last: PathBuf },
}

/// Why a result could not be written.
#[derive(Debug)]
pub enum OutputError {
    /// The reader has closed the pipe: it has all it wants.
    Closed,
    /// Anything else: no space, no permission, a fault of the device. There is no result.
    Failed(io::Error),
    /// The result is whole, and lies in this file: it could not be put in its place.
    Misplaced(PathBuf, io::Error),
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> OutputError {
        match error.kind() {
            io::ErrorKind::BrokenPipe => OutputError::Closed,
            _ => OutputError::Failed(error),
        }
    }
}

impl OutputFile {
    /// Opens the target of a result.
    ///
    /// # Errors
    ///
    /// If it cannot be written to: a folder, a missing folder, no permission.
    pub fn open(target: &Target) -> io::Result<OutputFile> {
        match target {
            Target::Stdout => {
                let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
                Ok(OutputFile::new(stdout, Place::Stream))
            }
            Target::File(path) => OutputFile::open_file(path),
        }
    }

    fn open_file(path: &Path) -> io::Result<OutputFile> {
        if let Ok(metadata) = fs::metadata(path) {
            let kind = metadata.file_type();
            if kind.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory));
            }
            // `/dev/null`, `/dev/stdout`, a named pipe: nothing that could be put in place.
            if kind.is_char_device() || kind.is_fifo() || kind.is_block_device() {
                let stream = OpenOptions::new().write(true).open(path)?;
                return Ok(OutputFile::new(stream, Place::Stream));
            }
        }
        let partial = partial_name(path)?;
        let file = create_private(&partial)?;
        Ok(OutputFile::new(file, Place::File { partial, last: path.to_owned() }))
    }

    fn new(file: File, place: Place) -> OutputFile {
        OutputFile { writer: BufWriter::with_capacity(BUFFER, file), place }
    }

    /// Does the result go to a terminal?
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.writer.get_ref().is_terminal()
    }

    /// The file that holds the result until it is complete, if there is one.
    #[must_use]
    pub fn partial(&self) -> Option<&Path> {
        match &self.place {
            Place::Stream => None,
            Place::File { partial, .. } => Some(partial),
        }
    }

    /// The result is complete: writes it out to the disk and puts it in place.
    ///
    /// # Errors
    ///
    /// If that fails. A result that could not be written whole leaves nothing behind: what there is
    /// of it would look like one.
    pub fn commit(mut self) -> Result<(), OutputError> {
        if let Err(error) = self.write_out() {
            self.discard();
            return Err(error.into());
        }
        if let Place::File { partial, last } = self.place {
            if let Err(error) = fs::rename(&partial, &last) {
                return Err(OutputError::Misplaced(partial, error));
            }
            sync_folder(&last);
        }
        Ok(())
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.writer.flush()?;
        match self.place {
            Place::Stream => Ok(()),
            Place::File { .. } => self.writer.get_ref().sync_all(),
        }
    }

    /// The result is not complete, but valid: keeps it as the `.partial` file.
    ///
    /// # Errors
    ///
    /// If not all of it could be written; nothing is left behind then.
    pub fn keep_partial(mut self) -> Result<(), OutputError> {
        let written = self.write_out();
        if written.is_err() {
            self.discard();
        }
        Ok(written?)
    }

    /// There is no result: leaves nothing behind.
    pub fn discard(self) {
        let OutputFile { writer, place } = self;
        // What is still in the buffer belongs to no result.
        drop(writer.into_parts());
        if let Place::File { partial, .. } = place {
            let _ = fs::remove_file(partial);
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// `FILE.partial`, in the same folder, so that it can be renamed.
fn partial_name(path: &Path) -> io::Result<PathBuf> {
    let mut name = OsString::from(path.file_name().ok_or(io::ErrorKind::InvalidFilename)?);
    name.push(".partial");
    Ok(path.with_file_name(name))
}

/// A new file only its owner can read. What an earlier run left is removed rather than reused: it
/// could be a link, or readable by others.
fn create_private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
}

/// Makes the new name last through a power cut. Not every file system knows how; the result is in
/// place all the same.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    use super::*;

    fn open(path: &Path) -> io::Result<OutputFile> {
        OutputFile::open(&Target::File(path.to_owned()))
    }

    #[test]
    fn a_file_appears_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        fs::write(&path, "old").unwrap();
        let mut output = open(&path).unwrap();
        output.write_all(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        let partial = output.partial().unwrap().to_owned();
        assert_eq!(partial, folder.path().join("out.json.partial"));
        output.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(!partial.exists());
    }

    #[test]
    fn an_interrupted_result_is_kept_beside_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        let mut output = open(&path).unwrap();
        output.write_all(b"half").unwrap();
        output.keep_partial().unwrap();
        assert!(!path.exists());
        assert_eq!(fs::read(folder.path().join("out.json.partial")).unwrap(), b"half");
    }

    #[test]
    fn a_discarded_result_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut output = open(&folder.path().join("out.json")).unwrap();
        output.write_all(b"nothing").unwrap();
        output.discard();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_leftover_is_neither_followed_nor_reused() {
        let folder = tempfile::tempdir().unwrap();
        let partial = folder.path().join("out.json.partial");
        let victim = folder.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        std::os::unix::fs::symlink(&victim, &partial).unwrap();
        open(&folder.path().join("out.json")).unwrap().commit().unwrap();
        assert_eq!(fs::read(&victim).unwrap(), b"precious");

        fs::write(&partial, "left").unwrap();
        fs::set_permissions(&partial, fs::Permissions::from_mode(0o644)).unwrap();
        let output = open(&folder.path().join("out.json")).unwrap();
        assert_eq!(fs::metadata(output.partial().unwrap()).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let mut output = open(Path::new("/dev/null")).unwrap();
        output.write_all(b"gone").unwrap();
        assert!(output.partial().is_none());
        output.commit().unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    #[test]
    fn a_full_disk_shows_at_the_latest_when_it_is_complete() {
        let mut output = open(Path::new("/dev/full")).unwrap();
        output.write_all(b"x").unwrap();
        assert!(matches!(output.commit(), Err(OutputError::Failed(_))));
    }

    #[test]
    fn a_result_that_has_lost_its_place_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        let mut output = open(&path).unwrap();
        output.write_all(b"whole").unwrap();
        fs::create_dir(&path).unwrap();
        let Err(OutputError::Misplaced(kept, _)) = output.commit() else { panic!("committed") };
        assert_eq!(fs::read(kept).unwrap(), b"whole");
    }

    #[test]
    fn places_that_cannot_be_written_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let check = |path: &str| assert!(open(&folder.path().join(path)).is_err(), "{path}");
        check("missing/out.json");
        check("");
        check("..");
    }

    #[test]
    fn a_closed_pipe_is_told_from_other_errors() {
        let closed = OutputError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(matches!(closed, OutputError::Closed));
        let full = OutputError::from(io::Error::from(io::ErrorKind::StorageFull));
        assert!(matches!(full, OutputError::Failed(_)));
    }
}
