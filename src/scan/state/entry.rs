//! What is kept of a unit: what the system said of the file, and its report.

use crate::source::file::Facts;

/// What is kept of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// What the system said of the file.
    pub(super) facts: Facts,
    /// The number under which the first pieces of a long report are kept.
    pub(super) serial: u64,
    /// How many there are.
    pub(super) pieces: u32,
    /// The report's last lines, the unit line among them; all of them, if there are no pieces.
    pub(super) lines: Vec<u8>,
}

impl Entry {
    /// As bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Facts { size, modified, changed, identity, links, sparse } = self.facts;
        let mut out = Vec::with_capacity(80 + self.lines.len());
        for number in [size, identity.0, identity.1, links] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for (seconds, nanos) in [modified, changed] {
            out.extend_from_slice(&seconds.to_le_bytes());
            out.extend_from_slice(&nanos.to_le_bytes());
        }
        out.push(u8::from(sparse));
        out.extend_from_slice(&self.serial.to_le_bytes());
        out.extend_from_slice(&self.pieces.to_le_bytes());
        out.extend_from_slice(&self.lines);
        out
    }

    /// From bytes; nothing if they are none of an entry.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Entry> {
        let mut rest = bytes;
        let [size, device, inode, links] =
            [(); 4].map(|()| take(&mut rest).map(u64::from_le_bytes));
        let [modified, changed] = [(); 2].map(|()| {
            let seconds = take(&mut rest).map(i64::from_le_bytes)?;
            Some((seconds, take(&mut rest).map(u32::from_le_bytes)?))
        });
        let sparse = take::<1>(&mut rest)? != [0];
        let serial = take(&mut rest).map(u64::from_le_bytes)?;
        let pieces = take(&mut rest).map(u32::from_le_bytes)?;
        let facts = Facts {
            size: size?,
            modified: modified?,
            changed: changed?,
            identity: (device?, inode?),
            links: links?,
            sparse,
        };
        Some(Entry { facts, serial, pieces, lines: rest.to_vec() })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_back() {
        let facts = Facts {
            size: 7,
            modified: (-3, 999_999_999),
            changed: (1_800_000_000, 5),
            identity: (1, u64::MAX),
            links: 2,
            sparse: true,
        };
        let entry = Entry { facts, serial: 9, pieces: 3, lines: b"{}\n".to_vec() };
        let bytes = entry.to_bytes();
        assert_eq!(Entry::from_bytes(&bytes), Some(entry));
        assert!((0..bytes.len() - 3).all(|n| Entry::from_bytes(&bytes[..n]).is_none()));
    }
}
