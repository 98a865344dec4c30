//! The languages that explanations are written in.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Swedish.
    Swedish,
}

impl Language {
    /// The text of this language, of one in English and one in Swedish.
    #[must_use]
    pub const fn pick<'t>(self, english: &'t str, swedish: &'t str) -> &'t str {
        match self {
            Language::English => english,
            Language::Swedish => swedish,
        }
    }
}
