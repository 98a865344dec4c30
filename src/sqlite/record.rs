//! Records: what a row is stored as (file format, 2.1 "Record Format").

use std::ops::Range;

/// A whole number of one to nine bytes and how many it takes.
#[must_use]
pub fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (n, &byte) in bytes.iter().take(9).enumerate() {
        if n == 8 {
            return Some((value << 8 | u64::from(byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7F);
        if byte < 0x80 {
            return Some((value, n + 1));
        }
    }
    None
}

/// How a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serial {
    /// Nothing.
    Null,
    /// A whole number of so many bytes.
    Integer(u8),
    /// A binary fraction.
    Real,
    /// 0 or 1, that takes no room.
    Constant(i64),
    /// So many bytes.
    Blob(u64),
    /// So many bytes in the database's encoding.
    Text(u64),
}

impl Serial {
    /// What a type code stands for; two are reserved.
    #[must_use]
    pub fn of(code: u64) -> Option<Serial> {
        Some(match code {
            0 => Serial::Null,
            1..=4 => Serial::Integer(code as u8),
            5 => Serial::Integer(6),
            6 => Serial::Integer(8),
            7 => Serial::Real,
            8 | 9 => Serial::Constant(code as i64 - 8),
            10 | 11 => return None,
            n if n % 2 == 0 => Serial::Blob((n - 12) / 2),
            n => Serial::Text((n - 13) / 2),
        })
    }

    /// Bytes that the value takes.
    #[must_use]
    pub fn size(self) -> u64 {
        match self {
            Serial::Null | Serial::Constant(_) => 0,
            Serial::Integer(n) => u64::from(n),
            Serial::Real => 8,
            Serial::Blob(n) | Serial::Text(n) => n,
        }
    }
}

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'p> {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A binary fraction.
    Real(f64),
    /// Text in the database's encoding.
    Text(&'p [u8]),
    /// Bytes.
    Blob(&'p [u8]),
}

/// A column of a record: how it is stored, and where in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// How.
    pub serial: Serial,
    /// Where; may lie beyond what is in memory of the record.
    pub range: Range<u64>,
}

impl Field {
    /// The value, from the record's bytes. Text and bytes that are not all there are cut off.
    #[must_use]
    pub fn value<'p>(&self, record: &'p [u8]) -> Value<'p> {
        let size = record.len() as u64;
        let (start, end) = (self.range.start.min(size), self.range.end.min(size));
        let bytes = &record[start as usize..end as usize];
        match self.serial {
            Serial::Null => Value::Null,
            Serial::Constant(n) => Value::Integer(n),
            Serial::Text(_) => Value::Text(bytes),
            Serial::Blob(_) => Value::Blob(bytes),
            _ if end < self.range.end => Value::Null,
            Serial::Integer(_) => Value::Integer(integer(bytes)),
            Serial::Real => Value::Real(f64::from_bits(integer(bytes) as u64)),
        }
    }
}

/// A number of up to eight bytes, the highest first; the highest bit is the sign.
fn integer(bytes: &[u8]) -> i64 {
    let first = bytes.first().map_or(0, |&byte| i64::from(byte as i8));
    bytes.iter().skip(1).fold(first, |value, &byte| value << 8 | i64::from(byte))
}

/// Reads where the columns of a record are. `None` if it contradicts itself; `record` may lack its
/// end, but not its head.
#[must_use]
pub fn fields(record: &[u8], size: u64, into: &mut Vec<Field>) -> Option<()> {
    into.clear();
    let (head, mut at) = varint(record)?;
    let head = usize::try_from(head).ok().filter(|&head| head as u64 <= size)?;
    let mut start = head as u64;
    while at < head {
        let (code, n) = varint(record.get(at..head)?)?;
        let serial = Serial::of(code)?;
        let end = start.checked_add(serial.size()).filter(|&end| end <= size)?;
        into.push(Field { serial, range: start..end });
        (at, start) = (at + n, end);
    }
    (at == head).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        for (bytes, want) in [
            (&[0x05][..], Some((5, 1))),
            (&[0x81, 0x00], Some((128, 2))),
            (&[0xFF; 9], Some((u64::MAX, 9))),
            (&[0x81, 0x80], None),
            (&[], None),
        ] {
            assert_eq!(varint(bytes), want, "{bytes:?}");
        }
    }

    #[test]
    fn a_record_is_read() {
        let record = [6, 0, 1, 9, 19, 7, 0xFE, b'a', b'b', b'c', 0x40, 0x09, 0, 0, 0, 0, 0, 0];
        let mut all = Vec::new();
        fields(&record, record.len() as u64, &mut all).unwrap();
        let values: Vec<Value<'_>> = all.iter().map(|field| field.value(&record)).collect();
        let want = [
            Value::Null,
            Value::Integer(-2),
            Value::Integer(1),
            Value::Text(b"abc"),
            Value::Real(3.125),
        ];
        assert_eq!(values, want);
        // Cut off, too large for itself, of a reserved type.
        assert_eq!(all[3].value(&record[..9]), Value::Text(b"ab"));
        assert_eq!(all[4].value(&record[..12]), Value::Null);
        assert!(fields(&record, 10, &mut all).is_none());
        assert!(fields(&[2, 10], 2, &mut all).is_none());
        assert!(fields(&[3, 0x81], 2, &mut all).is_none());
    }
}
