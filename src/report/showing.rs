//! How much of what was found is shown.

use super::key::Key;

/// How much of a value is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Values {
    /// Its mask only.
    #[default]
    Masked,
    /// Its mask and its keyed token.
    Token,
    /// The value, and its token where there is a key.
    Plain,
}

impl Values {
    /// The word used in options and inventories.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Values::Masked => "masked",
            Values::Token => "token",
            Values::Plain => "plain",
        }
    }
}

/// What findings and units show.
#[derive(Clone, Debug, Default)]
pub struct Showing {
    /// How much of a value.
    pub values: Values,
    /// The key of tokens and digests.
    pub key: Option<Key>,
    /// Mask what is personal in paths.
    pub mask_paths: bool,
}
