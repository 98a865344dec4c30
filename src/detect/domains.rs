//! Remembers what was found out about domains: the same few stand in most addresses.

use crate::validate::domain::Zone;
use crate::validate::email;

const SLOTS: usize = 256;

/// A domain is remembered if it is not longer than this.
const LONGEST: usize = 47;

/// Longest local part (RFC 5321, section 4.5.3.1.1).
const LOCAL: usize = 64;

/// A local part that needs no check.
const PLAIN: &[u8] = b"a";

#[derive(Clone, Copy, Debug)]
struct Slot {
    domain: [u8; LONGEST],
    len: u8,
    /// None: no domain of an address.
    zone: Option<Zone>,
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
    pub(crate) fn zone(&mut self, local: &[u8], domain: &[u8]) -> Option<Zone> {
        match is_plain(local) {
            true => self.zone_of(domain),
            false => email::address(local, domain).ok().map(|a| a.zone),
        }
    }

    /// The zone of the domain of an address whose local part needs no check, if it is one.
    pub(crate) fn zone_of(&mut self, domain: &[u8]) -> Option<Zone> {
        if domain.len() > LONGEST {
            return email::address(PLAIN, domain).ok().map(|a| a.zone);
        }
        let slot = &mut self.slots[hash(domain)];
        if let Some(known) = slot
            && &known.domain[..usize::from(known.len)] == domain
        {
            return known.zone;
        }
        let zone = email::address(PLAIN, domain).ok().map(|a| a.zone);
        let mut bytes = [0; LONGEST];
        bytes[..domain.len()].copy_from_slice(domain);
        *slot = Some(Slot { domain: bytes, len: domain.len() as u8, zone });
        zone
    }
}

/// Letters, digits and single dots between them: needs no further check, and is not too long.
fn is_plain(local: &[u8]) -> bool {
    let Some((first, rest)) = local.split_first() else { return false };
    let mut dot = false;
    let inner = rest.iter().all(|&b| {
        let double = dot && b == b'.';
        dot = b == b'.';
        !double && (b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    });
    first.is_ascii_alphanumeric() && inner && !dot && local.len() <= LOCAL
}

/// From both ends and the length: what most domains differ in.
fn hash(domain: &[u8]) -> usize {
    let word = |chunk: Option<&[u8; 8]>| chunk.map(|c| u64::from_le_bytes(*c));
    let (head, tail) = (word(domain.first_chunk()), word(domain.last_chunk()));
    let short = || domain.iter().fold(0, |all, &b| all << 8 | u64::from(b));
    let ends = head.zip(tail).map_or_else(short, |(h, t)| h ^ t.rotate_left(29));
    let mixed = (ends ^ domain.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as usize % SLOTS
}
