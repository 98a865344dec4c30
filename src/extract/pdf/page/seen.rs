//! What the pages showed, so that nothing is told twice.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::unread::Unread;
use crate::model::{Flow, PagePart, Sink};

/// What was told of the pages: hashes of its words.
#[derive(Debug, Default)]
pub(in crate::extract) struct PageText {
    words: HashSet<u64>,
    parts: HashSet<u64>,
    /// Pages that could not be read, or not wholly.
    pub(super) unread: Unread,
}

impl PageText {
    /// Takes note of text that was told, and as what.
    pub(super) fn note(&mut self, page: u32, part: Option<PagePart>, text: &str) {
        for word in text.split_whitespace() {
            self.words.insert(hash(&word));
            if let Some(part) = part {
                self.parts.insert(hash(&(page, part, word)));
            }
        }
    }

    /// Tells what of the pages could not be read.
    pub(in crate::extract::pdf) fn tell_unread(&self, sink: &mut dyn Sink) -> Flow {
        self.unread.tell(sink)
    }

    /// Were all words of `text` told of the pages, as whatever?
    pub(in crate::extract::pdf) fn shows(&self, text: &str) -> bool {
        text.split_whitespace().all(|word| self.words.contains(&hash(&word)))
    }

    /// Was all of `text` told of this page as this part?
    pub(in crate::extract::pdf) fn tells(&self, page: u32, part: PagePart, text: &str) -> bool {
        text.split_whitespace().all(|word| self.parts.contains(&hash(&(page, part, word))))
    }
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
