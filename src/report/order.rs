//! Findings of a record in the order of their places.
//!
//! What a reader sees and follows in a record (the attributes of a tag, an address behind a name) is
//! read after its text, so that the text is one; stored it may stand before it.

/// Where the findings of a record stand, and where their lines begin.
#[derive(Debug, Default)]
pub(super) struct Order {
    findings: Vec<(u64, usize)>,
}

impl Order {
    /// Begins a record.
    pub(super) fn begin(&mut self) {
        self.findings.clear();
    }

    /// Notes a finding: its first byte as stored, and where its line begins.
    pub(super) fn note(&mut self, byte: u64, line: usize) {
        self.findings.push((byte, line));
    }

    /// Puts the lines noted, which are the last, in order of their first bytes. The order they
    /// should have had, by number, if it was another.
    pub(super) fn settle(&mut self, lines: &mut Vec<u8>) -> Option<Vec<usize>> {
        let findings = std::mem::take(&mut self.findings);
        if findings.is_sorted_by_key(|(byte, _)| byte) {
            self.findings = findings;
            self.findings.clear();
            return None;
        }
        let mut order: Vec<usize> = (0..findings.len()).collect();
        order.sort_by_key(|&n| findings[n].0);
        let first = findings[0].1;
        let unordered = lines.split_off(first);
        for &n in &order {
            let end = findings.get(n + 1).map_or(unordered.len(), |next| next.1 - first);
            lines.extend_from_slice(&unordered[findings[n].1 - first..end]);
        }
        Some(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u64], want: &str) {
        let mut lines = b"before\n".to_vec();
        let mut order = Order::default();
        order.begin();
        for (n, byte) in bytes.iter().enumerate() {
            order.note(*byte, lines.len());
            lines.extend_from_slice(format!("{n}:{byte}\n").as_bytes());
        }
        order.settle(&mut lines);
        assert_eq!(String::from_utf8(lines).unwrap(), format!("before\n{want}"));
    }

    #[test]
    fn lines_stand_in_the_order_of_their_places() {
        check(&[], "");
        check(&[5], "0:5\n");
        check(&[1, 1, 2], "0:1\n1:1\n2:2\n");
        check(&[3, 100, 100, 2], "3:2\n0:3\n1:100\n2:100\n");
    }
}
