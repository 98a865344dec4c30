//! `text`: what the scanner reads, record by record.

use std::sync::Arc;

use super::exit::{ExitStatus, Failure};
use super::options::{TextOptions, When};
use super::scan::roots;
use super::session::{self, Outcome};
use super::sources;
use crate::scan::text::{Ended, show};
use crate::source::Selection;

/// Shows what the scanner reads.
pub(super) fn text(options: &TextOptions) -> Result<ExitStatus, Failure> {
    sources::check(&options.sources)?;
    let roots = roots(&options.sources)?;
    crate::scan::quiet_faults();
    session::run(&options.output, When::Never, |session| {
        let stop = session.interrupt.flag();
        let selection = Arc::new(Selection::default());
        let ended = show(roots, &selection, options.budget, &mut session.output, &stop)?;
        Ok(match ended {
            Ended::Whole => Outcome::Complete,
            Ended::Incomplete => Outcome::Incomplete,
            Ended::Stopped => Outcome::Interrupted,
        })
    })
}
