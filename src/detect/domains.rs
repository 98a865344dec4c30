//! Remembers what was found out about domains: the same few stand in most addresses.

use crate::validate::domain::Zone;
use crate::validate::email::{self, Address, Rejected};

const SLOTS: usize = 256;

/// A domain is remembered if it is not longer than this.
const LONGEST: usize = 47;

#[derive(Clone, Copy, Debug)]
struct Slot {
    domain: [u8; LONGEST],
    len: u8,
    zone: Zone,
}

/// A small cache: one slot a hash value, the last domain stays.
#[derive(Debug)]
pub(crate) struct Domains {
    slots: Vec<Option<Slot>>,
}

impl Default for Domains {
    fn default() -> Domains {
        Domains { slots: vec![None; SLOTS] }
    }
}

impl Domains {
    /// The zone of an address's domain, if the address can be one.
    pub(crate) fn zone(&mut self, local: &[u8], domain: &[u8]) -> Result<Zone, Rejected> {
        let slot = &mut self.slots[hash(domain)];
        if let Some(known) = slot
            && domain.len() <= LONGEST
            && &known.domain[..usize::from(known.len)] == domain
            && is_plain(local)
        {
            return Ok(known.zone);
        }
        let Address { zone, .. } = email::address(local, domain)?;
        if domain.len() <= LONGEST {
            let mut bytes = [0; LONGEST];
            bytes[..domain.len()].copy_from_slice(domain);
            *slot = Some(Slot { domain: bytes, len: domain.len() as u8, zone });
        }
        Ok(zone)
    }
}

/// Letters, digits and single dots between them: needs no further check.
fn is_plain(local: &[u8]) -> bool {
    let inner = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    local.iter().all(inner)
        && !local.windows(2).any(|w| w == b"..")
        && local.first().is_some_and(u8::is_ascii_alphanumeric)
        && local.last().is_some_and(|b| *b != b'.')
}

fn hash(domain: &[u8]) -> usize {
    let mut h = domain.len() as u32;
    for &b in domain.iter().take(24) {
        h = h.wrapping_mul(31).wrapping_add(u32::from(b));
    }
    (h ^ (h >> 8)) as usize % SLOTS
}
