//! Earlier revisions (ISO 32000-2, 7.5.6): whoever saves incrementally appends, and what was there
//! before stays in the file. What only they show is told.

use std::sync::Arc;

use super::Open;
use super::retold::{Version, learn, tell_new};
use crate::model::{Flow, PagePart, Problem, Reason, Sink};

/// Revisions that are read, from the latest back.
const MOST: usize = 12;

/// A revision ends here.
const END: &[u8] = b"%%EOF";

/// Tells what earlier revisions say that later ones do not.
pub(super) fn tell(open: &Open<'_>, sink: &mut dyn Sink) -> Flow {
    let ends = ends(open.bytes);
    if ends.is_empty() {
        return Flow::Continue;
    }
    let mut known = Version::default();
    learn(open.bytes, open.password, &mut known);
    for &end in ends.iter().rev().take(MOST) {
        let revision = Arc::new(open.bytes[..end].to_vec());
        let part = PagePart::Revision;
        if tell_new(&revision, open.password, part, &mut known, sink) == Flow::Stop {
            return Flow::Stop;
        }
    }
    if ends.len() > MOST {
        let detail = format!("{} earlier revisions: only the last {MOST} are read", ends.len());
        return sink.problem(Problem::part(Reason::Limit, detail));
    }
    Flow::Continue
}

/// Where earlier revisions end.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends: Vec<usize> =
        memchr::memmem::find_iter(bytes, END).map(|at| at + END.len()).collect();
    // The last is the end of the document itself.
    let last = ends.pop();
    // A file made for the web begins with a piece of its end (annex F); that is no revision.
    let head = &bytes[..bytes.len().min(1024)];
    if memchr::memmem::find(head, b"/Linearized").is_some() && last.is_some() && !ends.is_empty() {
        ends.remove(0);
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_end_where_updates_begin() {
        let check = |text: &str, want: &[usize]| assert_eq!(ends(text.as_bytes()), want, "{text}");
        check("%PDF-1.4 1 %%EOF", &[]);
        check("%PDF-1.4 1 %%EOF 2 %%EOF\n", &[16]);
        check("%PDF-1.4 /Linearized %%EOF 2 %%EOF", &[]);
        check("%PDF-1.4 /Linearized %%EOF 2 %%EOF 3 %%EOF", &[34]);
        check("%PDF-1.4", &[]);
    }
}
