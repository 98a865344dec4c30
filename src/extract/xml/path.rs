//! Where one is among the elements: `/Register/Post[3]/Namn`.
//!
//! Bounded in depth, in length and in the names it counts: beyond the bounds it goes on with a path
//! that says less.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

/// Elements deeper than this have the path of the one at this depth.
const DEEPEST: usize = 10_000;

/// A path is not made longer than this, in bytes.
const LONGEST: usize = 4 * 1024;

/// Of so many names an element's children are counted one beside the other; further names cost a map.
const FEW: usize = 32;

/// So many further names are counted in all open elements together.
const MANY: usize = 10_000;

/// How far up an end tag's start tag is looked for.
const REACH: usize = 32;

/// The open elements.
#[derive(Debug, Default)]
pub(super) struct Path {
    text: String,
    /// The path of the attribute asked for last.
    attribute: String,
    open: Vec<Element>,
    /// Names and counts of the children of all open elements, outermost first.
    children: Vec<(u64, u32)>,
    /// Names counted in the maps of open elements.
    further: usize,
    /// Open elements below the deepest that is kept.
    deeper: u64,
}

#[derive(Debug)]
struct Element {
    hash: u64,
    /// Length of the path above.
    above: usize,
    /// Its name without prefix and index, in the path.
    label: (usize, usize),
    /// Where its children begin in `children`.
    children: usize,
    further: Option<HashMap<u64, u32>>,
}

impl Path {
    /// Goes down into an element. Its name's hash and its number among its like-named siblings; none
    /// if it lies deeper than is kept.
    pub(super) fn open(&mut self, name: &str) -> Option<(u64, u32)> {
        if self.open.len() >= DEEPEST {
            self.deeper += 1;
            return None;
        }
        let hash = xxh3_64(name.as_bytes());
        let nth = self.count(hash);
        let above = self.text.len();
        let mut label = (above, above);
        if above + name.len() < LONGEST {
            self.text.push('/');
            self.text.push_str(name);
            label = (above + 1 + local(name), self.text.len());
            self.push_index(nth);
        }
        self.open.push(Element {
            hash,
            above,
            label,
            children: self.children.len(),
            further: None,
        });
        Some((hash, nth))
    }

    fn push_index(&mut self, nth: u32) {
        use std::fmt::Write as _;
        if nth > 1 {
            write!(self.text, "[{nth}]").expect("a string takes all");
        }
    }

    /// The next number among the children named so; 1 where they are no longer counted.
    fn count(&mut self, hash: u64) -> u32 {
        let from = self.open.last().map_or(0, |e| e.children);
        let known = &mut self.children[from..];
        if let Some((_, n)) = known.iter_mut().rev().find(|(name, _)| *name == hash) {
            *n = n.saturating_add(1);
            return *n;
        }
        match self.open.last_mut() {
            Some(parent) if known.len() >= FEW => count_further(parent, hash, &mut self.further),
            None if known.len() >= FEW => 1,
            _ => {
                self.children.push((hash, 1));
                1
            }
        }
    }

    /// Goes up out of the innermost element of that name. How many levels that is; 0 if there is none
    /// near, for then the end tag is a stray one.
    pub(super) fn close(&mut self, name: &str) -> usize {
        if self.deeper > 0 {
            self.deeper -= 1;
            return 0;
        }
        let hash = xxh3_64(name.as_bytes());
        let near = self.open.iter().rev().take(REACH);
        let Some(above) = near.map(|e| e.hash).position(|open| open == hash) else { return 0 };
        for _ in 0..=above {
            self.pop();
        }
        above + 1
    }

    fn pop(&mut self) {
        if let Some(element) = self.open.pop() {
            self.text.truncate(element.above);
            self.children.truncate(element.children);
            self.further -= element.further.map_or(0, |map| map.len());
        }
    }

    /// Label and path of the innermost element.
    pub(super) fn element(&self) -> (&str, &str) {
        let label = self.open.last().map_or((0, 0), |e| e.label);
        (&self.text[label.0..label.1], &self.text)
    }

    /// Label and path of one of its attributes.
    pub(super) fn attribute(&mut self, name: &str) -> (&str, &str) {
        self.attribute.clear();
        self.attribute.push_str(&self.text);
        let mut label = self.attribute.len();
        if label + name.len() < LONGEST {
            self.attribute.push_str("/@");
            self.attribute.push_str(name);
            label += 2 + local(name);
        }
        (&self.attribute[label..], &self.attribute)
    }
}

/// Where a name's local part begins, after the prefix.
fn local(name: &str) -> usize {
    name.rfind(':').map_or(0, |at| at + 1)
}

/// Counts a child of an element with many differently named ones.
fn count_further(parent: &mut Element, hash: u64, total: &mut usize) -> u32 {
    let names = parent.further.get_or_insert_default();
    if let Some(n) = names.get_mut(&hash) {
        *n = n.saturating_add(1);
        return *n;
    }
    if *total < MANY {
        *total += 1;
        names.insert(hash, 1);
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opens the elements named, closes those with a slash before; the paths on the way.
    fn check(steps: &str, want: &str) {
        let mut path = Path::default();
        let mut out = Vec::new();
        for step in steps.split(' ') {
            match step.split_at(1) {
                ("-", name) => {
                    path.close(name);
                }
                ("@", name) => out.push(path.attribute(name).1.to_owned()),
                _ => {
                    path.open(step);
                    out.push(path.element().1.to_owned());
                }
            }
        }
        assert_eq!(out.join(" "), want, "{steps}");
    }

    #[test]
    fn like_named_siblings_are_counted() {
        check("a b -b c -c b -b -a a", "/a /a/b /a/c /a/b[2] /a[2]");
        check("a b c -c -b b c -c c", "/a /a/b /a/b/c /a/b[2] /a/b[2]/c /a/b[2]/c[2]");
        check("x:a @x:b @c", "/x:a /x:a/@x:b /x:a/@c");
        check("a b c -a a", "/a /a/b /a/b/c /a[2]");
        check("a -x b", "/a /a/b");
    }

    #[test]
    fn many_names_and_great_depth_are_bounded() {
        let mut path = Path::default();
        path.open("r");
        for n in 0..20_000 {
            path.open(&format!("n{}", n % 15_000));
            path.close(&format!("n{}", n % 15_000));
        }
        assert_eq!(path.open("n7").map(|(_, nth)| nth), Some(3));
        assert!(path.further <= MANY);
        for _ in 0..100_000 {
            path.open("deep");
        }
        assert!(path.open.len() == DEEPEST && path.text.len() <= LONGEST + 16);
        for _ in 0..100_000 {
            path.close("deep");
        }
        assert_eq!(path.element(), ("n7", "/r/n7[3]"));
    }
}
