//! Where the async drivers run: on the thread that asks, one runtime a connection.

use std::future::Future;

use super::Failure;
use crate::model::Reason;

/// Runs futures to their end on the thread at hand.
pub(super) struct Runtime(tokio::runtime::Runtime);

impl Runtime {
    pub(super) fn new() -> Result<Runtime, Failure> {
        let built = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
        let failed = |error| Failure::new(Reason::Failed, format!("no runtime: {error}"));
        built.map(Runtime).map_err(failed)
    }

    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }
}
