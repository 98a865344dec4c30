//! Reports a unit from what is known of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::{UnderWay, is_kept, is_settled};
use crate::model::UnitKind;
use crate::report::unit::unit_id;
use crate::scan::distribute::Limits;
use crate::scan::merge::Filter;
use crate::scan::ordered::Halt;
use crate::scan::worker::Worker;
use crate::source::{Found, Root, State as FoundState};

impl Worker {
    /// Reports a unit from the state, if it is there and the file has not changed. Otherwise the state
    /// is told to keep what is found in it now.
    pub(in crate::scan) fn report_known(
        &mut self,
        root: &Arc<Root>,
        found: &Found,
        limits: Limits,
    ) -> Result<bool, Halt> {
        let Some(state) = self.context.state.clone() else { return Ok(false) };
        let ready = found.kind == UnitKind::File && found.state == FoundState::Ready;
        if !ready || !is_kept(root.kind) {
            return Ok(false);
        }
        let now = SystemTime::now();
        let Ok(facts) = self.opener.look(root, &found.path, limits.links()) else {
            return Ok(false);
        };
        if limits.max_size.is_some_and(|most| facts.size > most) {
            return Ok(false);
        }
        let Some(key) = state.key(root, &found.path) else { return Ok(false) };
        let id = unit_id(&root.id, found.kind, &found.path, None);
        let Some(entry) = state.known(&key, &facts) else {
            if is_settled(&facts, now, state.settled) {
                state.announce(id, UnderWay { key, facts: Some(facts) });
            }
            return Ok(false);
        };
        state.announce(id, UnderWay { key, facts: None });
        let mut filter = Filter::all();
        for n in 0..entry.pieces {
            let piece = state.store.piece(entry.serial, n);
            self.replay(
                &mut filter,
                &piece.expect("all pieces were there, and readers see them as they were"),
            );
            self.commit(self.writer.found())?;
        }
        self.replay(&mut filter, &entry.lines);
        let progress = &self.context.progress;
        progress.unchanged.fetch_add(1, Ordering::Relaxed);
        progress.files_done.fetch_add(1, Ordering::Relaxed);
        progress.bytes_done.fetch_add(facts.size, Ordering::Relaxed);
        Ok(true)
    }

    /// Reports lines that were kept.
    fn replay(&mut self, filter: &mut Filter, lines: &[u8]) {
        filter.lines(lines).expect("lines are kept as they were written");
        self.writer.replay_lines(&filter.out, &std::mem::take(&mut filter.tally));
        filter.out.clear();
    }
}
