//! stub
use super::exit::{ExitStatus, Failure};
use super::options::ExplainOptions;
pub(super) fn explain(_: &ExplainOptions) -> Result<ExitStatus, Failure> {
    Err(Failure::usage("x"))
}
