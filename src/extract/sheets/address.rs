//! Cells' addresses: `C14` is column 2 (from 0), row 14 (from 1).

/// Columns and rows that a sheet may have (ECMA-376, part 1, 18.3.1.73; LibreOffice likewise).
pub(super) const COLUMNS: u32 = 16_384;
/// See [`COLUMNS`].
pub(super) const ROWS: u32 = 1_048_576;

/// Column and row of an address; none if it is no address.
pub(super) fn parse(address: &[u8]) -> Option<(u32, u32)> {
    let letters = address.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (letters, digits) = address.split_at(letters);
    if letters.is_empty() || letters.len() > 3 || digits.is_empty() || digits.len() > 7 {
        return None;
    }
    let column = letters
        .iter()
        .fold(0, |n, letter| n * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    Some((column - 1, number(digits)?))
}

/// A whole number of digits alone.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

/// The address of a cell.
pub(super) fn write(column: u32, row: u32) -> String {
    let (mut letters, mut rest) = (Vec::new(), column + 1);
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    let mut address: String = letters.iter().rev().collect();
    address.push_str(&row.to_string());
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (address, column, row) in
            [("A1", 0, 1), ("Z9", 25, 9), ("AA10", 26, 10), ("XFD1048576", 16_383, 1_048_576)]
        {
            assert_eq!(parse(address.as_bytes()), Some((column, row)));
            assert_eq!(write(column, row), address);
        }
        for address in ["", "A", "1", "AAAA1", "A12345678", "A1B"] {
            assert_eq!(parse(address.as_bytes()), None, "{address}");
        }
    }
}
