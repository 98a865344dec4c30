//! How the parts of an Office Open XML package point at one another (ECMA-376, part 2).

/// How a part points at another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Relation {
    /// By which the part refers to it.
    pub(super) id: String,
    /// The last word of its type: `worksheet`, `header`.
    pub(super) kind: String,
    /// The other's name in the package; what is outside it, as written.
    pub(super) target: String,
    /// It leads out of the package.
    pub(super) external: bool,
}

impl Relation {
    /// From the attributes `Id`, `Type`, `Target` and `TargetMode` in the relations of a part in `folder`.
    pub(super) fn new(folder: &str, [id, kind, target, mode]: [String; 4]) -> Relation {
        let external = mode == "External";
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        let target = if external { target } else { resolved(folder, &target) };
        Relation { id, kind, target, external }
    }
}

/// The folder of a part, and the name of the part that holds its relations; those of the package for an
/// empty name.
pub(super) fn relations_of(part: &str) -> (&str, String) {
    let (folder, own) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    (folder, format!("{folder}{slash}_rels/{own}.rels"))
}

/// The name of a part that is named in another of `folder`.
fn resolved(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        for (folder, target, want) in [
            ("word", "header1.xml", "word/header1.xml"),
            ("word", "/word/a.xml", "word/a.xml"),
            ("ppt/slides", "../notesSlides/n1.xml", "ppt/notesSlides/n1.xml"),
            ("", "word/document.xml", "word/document.xml"),
            ("a", "../../../b", "b"),
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/worksheets", "../comments1.xml", "xl/comments1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("", "./xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "../../../a.xml", "a.xml"),
        ] {
            assert_eq!(resolved(folder, target), want);
        }
    }

    #[test]
    fn relations_stand_beside_their_part() {
        assert_eq!(relations_of("xl/a.xml"), ("xl", "xl/_rels/a.xml.rels".to_owned()));
        assert_eq!(relations_of(""), ("", "_rels/.rels".to_owned()));
    }
}
