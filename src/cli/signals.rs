//! SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::exit::ExitStatus;

/// Tells whether the run has been asked to end. Clones share what they tell.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// An interrupt that hears the signals of this process from now on.
    ///
    /// # Errors
    ///
    /// If the system refuses to register a handler.
    pub fn listen() -> io::Result<Interrupt> {
        let interrupt = Interrupt::default();
        for (signal, status) in
            [(SIGINT, ExitStatus::Interrupted), (SIGTERM, ExitStatus::Terminated)]
        {
            // Handlers run in the order they are registered: the flag is seen as it was left by an
            // earlier signal, and only then raised by this one.
            let code = i32::from(status.code());
            flag::register_conditional_shutdown(signal, code, Arc::clone(&interrupt.asked))?;
            flag::register_usize(
                signal,
                Arc::clone(&interrupt.signal),
                usize::from(status.code()),
            )?;
            flag::register(signal, Arc::clone(&interrupt.asked))?;
        }
        Ok(interrupt)
    }

    /// The flag that is raised by the first signal.
    #[must_use]
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.asked)
    }

    /// The status to end with, if the run has been asked to end.
    #[must_use]
    pub fn status(&self) -> Option<ExitStatus> {
        if !self.asked.load(Ordering::Acquire) {
            return None;
        }
        let code = self.signal.load(Ordering::Acquire);
        let terminated = code == usize::from(ExitStatus::Terminated.code());
        Some(if terminated { ExitStatus::Terminated } else { ExitStatus::Interrupted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The only test of this process that may listen and raise: a second signal would end it.
    #[test]
    fn the_first_signal_asks_and_is_remembered() {
        let interrupt = Interrupt::listen().unwrap();
        assert_eq!(interrupt.status(), None);
        signal_hook::low_level::raise(SIGTERM).unwrap();
        assert_eq!(interrupt.status(), Some(ExitStatus::Terminated));
        assert!(interrupt.flag().load(Ordering::Acquire));
    }
}
