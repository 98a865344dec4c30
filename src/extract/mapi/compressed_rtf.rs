//! RTF as Outlook packs it ([MS-OXRTFCP]): references into the last 4 KiB, which begin with what most
//! texts begin with.

use crate::extract::bytes::{slice, u32_at};

/// What the window begins with (section 2.1.2.1.1).
const BEGINNING: &[u8; 207] =
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \
\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\
\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Bytes of the window.
const WINDOW: usize = 4096;

/// Marks of the two forms: packed, and as it is.
const PACKED: u32 = 0x7546_5A4C;
const PLAIN: u32 = 0x414C_454D;

/// Unpacks to no more than `most` bytes; none if it is not packed so.
pub(in crate::extract) fn unpack(packed: &[u8], most: u64) -> Option<Vec<u8>> {
    let size = u64::from(u32_at(packed, 4)?).min(most) as usize;
    let content = slice(packed, 16, usize::MAX);
    match u32_at(packed, 8)? {
        PLAIN => Some(slice(content, 0, size).to_vec()),
        PACKED => Some(inflate(content, size)),
        _ => None,
    }
}

fn inflate(content: &[u8], size: usize) -> Vec<u8> {
    let mut window = [b' '; WINDOW];
    window[..BEGINNING.len()].copy_from_slice(BEGINNING);
    let (mut at, mut out) = (BEGINNING.len(), Vec::new());
    let mut bytes = content.iter().copied();
    while let Some(control) = bytes.next() {
        for bit in 0..8 {
            let Some(byte) = bytes.next() else { return out };
            if control & 1 << bit == 0 {
                write(byte, &mut window, &mut at, &mut out);
                continue;
            }
            let Some(second) = bytes.next() else { return out };
            let reference = usize::from(u16::from_be_bytes([byte, second]));
            let from = reference >> 4;
            if from == at {
                return out;
            }
            for n in 0..(reference & 0xF) + 2 {
                let byte = window[(from + n) % WINDOW];
                write(byte, &mut window, &mut at, &mut out);
            }
        }
        if out.len() >= size {
            break;
        }
    }
    out
}

fn write(byte: u8, window: &mut [u8; WINDOW], at: &mut usize, out: &mut Vec<u8>) {
    window[*at] = byte;
    *at = (*at + 1) % WINDOW;
    out.push(byte);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_are_unpacked() {
        // [MS-OXRTFCP] 4.1 and 4.2.
        let simple =
            b"\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\
\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\
\x7d\x0a\x80\x0f\xa0";
        let text = unpack(simple, 1000).unwrap();
        assert_eq!(text, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        let repeated =
            b"\x1a\x00\x00\x00\x1c\x00\x00\x00\x4c\x5a\x46\x75\xe2\xd4\x4b\x51\x41\x00\x04\x20\
\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0";
        assert_eq!(unpack(repeated, 1000).unwrap(), b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    }

    #[test]
    fn damage_ends_the_text() {
        assert_eq!(unpack(b"\0\0\0\0\xFF\0\0\0LZFu\0\0\0\0\xFF\xFF", 10), Some(Vec::new()));
        assert_eq!(unpack(b"\0\0\0\0", 10), None);
    }
}
