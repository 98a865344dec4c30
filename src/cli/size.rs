//! Sizes as people write them: `500k`, `10M`, `1GiB`.

/// Reads a size in bytes. `K`, `M`, `G`, `T` (also `KiB` …) are powers of 1024, `kB`, `MB` … powers
/// of 1000, in either case, as in GNU `dd`.
///
/// # Errors
///
/// A sentence that says how sizes are written.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let size = digits.parse::<u64>().ok().zip(factor(unit.trim_start()));
    match size.and_then(|(number, factor)| number.checked_mul(factor)) {
        Some(size) => Ok(size),
        None => Err("write a whole number of bytes, or with a unit: 500k, 10M, 2G".to_owned()),
    }
}

fn factor(unit: &str) -> Option<u64> {
    let unit = unit.to_ascii_lowercase();
    let (prefix, base) = match unit.strip_suffix("ib") {
        Some(prefix) => (prefix, 1024),
        None => match unit.strip_suffix('b') {
            Some(prefix) => (prefix, 1000),
            None => (unit.as_str(), 1024),
        },
    };
    let power = ["", "k", "m", "g", "t"].iter().position(|&known| known == prefix)?;
    u64::checked_pow(base, u32::try_from(power).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let check = |text: &str, size: Option<u64>| assert_eq!(parse(text).ok(), size, "{text}");
        check("0", Some(0));
        check("512", Some(512));
        check("512B", Some(512));
        check("10k", Some(10 * 1024));
        check("10M", Some(10 * 1024 * 1024));
        check("1G", Some(1 << 30));
        check("2 GiB", Some(2 << 30));
        check("3MB", Some(3_000_000));
        check("1t", Some(1 << 40));
        check("", None);
        check("M", None);
        check("-1", None);
        check("1.5G", None);
        check("10X", None);
        check("99999999999T", None);
    }
}
