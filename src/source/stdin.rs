//! Standard input, read so that a run that is to end need not wait for who writes to it.

use std::io::{self, Read};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// How long a raised flag may go unseen, in nanoseconds.
const LOOK: i64 = 50_000_000;

/// Standard input until `stop` is raised; an error from then on. Nothing is buffered here, and
/// nobody else may read it.
#[derive(Debug)]
pub struct Stdin {
    stop: Arc<AtomicBool>,
}

impl Stdin {
    /// Standard input until `stop` is raised.
    #[must_use]
    pub fn new(stop: Arc<AtomicBool>) -> Stdin {
        Stdin { stop }
    }

    /// Waits until there is something to read, or the end.
    fn wait(&self) -> io::Result<()> {
        let stdin = io::stdin();
        let pause = Timespec { tv_sec: 0, tv_nsec: LOOK };
        loop {
            if self.stop.load(Ordering::Relaxed) {
                // Not `ErrorKind::Interrupted`: readers would try again.
                return Err(io::Error::other("interrupted"));
            }
            let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
            match poll(&mut asked, Some(&pause)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Read for Stdin {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.wait()?;
        Ok(rustix::io::read(io::stdin().as_fd(), out)?)
    }
}
