//! Text that holds personal data and cannot be printed by accident.

use std::fmt;

/// A value found in what was scanned. `Debug` shows its length only and there is no `Display`;
/// whoever wants the text has to say [`Secret::expose`].
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    #[must_use]
    pub fn new(value: String) -> Secret {
        Secret(value)
    }

    /// The value itself. Each caller answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The buffer, to be filled anew.
    pub fn buffer(&mut self) -> &mut String {
        &mut self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value() {
        let shown = format!("{:?}", Secret::new("19900101-2385".to_owned()));
        assert_eq!(shown, "Secret(13 bytes)");
    }
}
