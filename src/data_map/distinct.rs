//! How many different values there were: exactly while they are few, about while they are many, in
//! memory that does not grow with them.

use std::collections::HashSet;

/// So many are counted exactly.
const EXACT: usize = 20_000;

/// Registers of the sketch, as a power of two: about 1.6 % of standard error.
const BITS: u32 = 12;

/// Different values by their hashes.
#[derive(Clone, Debug)]
pub(super) enum Distinct {
    Exact(HashSet<u64>),
    /// HyperLogLog (Flajolet et al. 2007): the greatest rank of a hash seen by each register.
    Sketch(Vec<u8>),
}

impl Default for Distinct {
    fn default() -> Distinct {
        Distinct::Exact(HashSet::new())
    }
}

impl Distinct {
    /// Counts a value in.
    pub(super) fn add(&mut self, hash: u64) {
        match self {
            Distinct::Exact(known) => {
                known.insert(hash);
                if known.len() > EXACT {
                    let mut registers = vec![0; 1 << BITS];
                    known.iter().for_each(|&hash| note(&mut registers, hash));
                    *self = Distinct::Sketch(registers);
                }
            }
            Distinct::Sketch(registers) => note(registers, hash),
        }
    }

    /// How many there were.
    pub(super) fn count(&self) -> u64 {
        match self {
            Distinct::Exact(known) => known.len() as u64,
            Distinct::Sketch(registers) => estimate(registers),
        }
    }

    /// Is the number not exact?
    pub(super) fn is_about(&self) -> bool {
        matches!(self, Distinct::Sketch(_))
    }
}

fn note(registers: &mut [u8], hash: u64) {
    let register = &mut registers[(hash >> (64 - BITS)) as usize];
    let rank = (hash << BITS | 1 << (BITS - 1)).leading_zeros() as u8 + 1;
    *register = rank.max(*register);
}

fn estimate(registers: &[u8]) -> u64 {
    let m = registers.len() as f64;
    let sum: f64 = registers.iter().map(|&rank| 2f64.powi(-i32::from(rank))).sum();
    let alpha = 0.7213 / (1.0 + 1.079 / m);
    (alpha * m * m / sum).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_counted_about() {
        let hash = |n: u64| xxhash_rust::xxh3::xxh3_64(&n.to_le_bytes());
        for many in [0, 1, 1000, EXACT as u64, 50_000, 1_000_000] {
            let mut distinct = Distinct::default();
            (0..many).chain(0..many / 2).for_each(|n| distinct.add(hash(n)));
            let off = distinct.count().abs_diff(many);
            assert!(off * 20 <= many, "{many}: {}", distinct.count());
            assert_eq!(distinct.is_about(), many > EXACT as u64);
            assert!(distinct.is_about() || off == 0);
        }
    }
}
