//! How much one unit may cost: what a document unpacks to is not bounded by what it takes up.

/// Limits for one unit of work and everything inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Documents inside one another, the outermost not counted.
    pub depth: usize,
    /// Documents inside the unit, at all depths.
    pub members: u64,
    /// Bytes unpacked for each byte stored, beyond [`Budget::UNPACKED`].
    pub ratio: u64,
    /// Bytes that a format which cannot be streamed may hold in memory.
    pub memory: u64,
    /// What becomes of pictures.
    pub pictures: Pictures,
}

/// What becomes of pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pictures {
    /// They are listed as not read.
    #[default]
    Listed,
    /// Their text is recognised by an outside program.
    Recognised,
}

impl Budget {
    /// Bytes that may be unpacked whatever the ratio is.
    pub const UNPACKED: u64 = 64 * 1024 * 1024;

    /// Bytes that a unit of `stored` bytes may unpack to.
    #[must_use]
    pub fn unpacked(&self, stored: u64) -> u64 {
        stored.saturating_mul(self.ratio).max(Self::UNPACKED)
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            depth: 16,
            members: 1_000_000,
            ratio: 200,
            memory: 256 * 1024 * 1024,
            pictures: Pictures::Listed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_may_unpack_to_something() {
        let budget = Budget { ratio: 10, ..Budget::default() };
        assert_eq!(budget.unpacked(1), Budget::UNPACKED);
        assert_eq!(budget.unpacked(Budget::UNPACKED), 10 * Budget::UNPACKED);
        assert_eq!(budget.unpacked(u64::MAX), u64::MAX);
    }
}
