//! XML inside a document: the text of its elements, each with the element's name.

use super::strings::decode;
use crate::extract::office::part::{Handler, Tag, read_xml};
use crate::model::Flow;

/// Elements stand in one another no deeper than this.
const DEEPEST: usize = 256;

/// Calls `told` with the name and the text of each element and attribute that has any. A list's items
/// go by the name of what holds the list. What is damaged is read as far as it goes.
pub(super) fn values(xml: &[u8], told: &mut dyn FnMut(&str, &str) -> Flow) -> Flow {
    let mut values = Values { told, names: Vec::new(), text: String::new() };
    read_xml(decode(xml).as_bytes(), &mut values).unwrap_or(Flow::Continue)
}

struct Values<'t> {
    told: &'t mut dyn FnMut(&str, &str) -> Flow,
    names: Vec<String>,
    text: String,
}

impl Values<'_> {
    fn tell(&mut self) -> Flow {
        let is_list = |name: &&String| !["li", "Alt", "Seq", "Bag"].contains(&name.as_str());
        let name = self.names.iter().rev().find(is_list).map_or("", String::as_str);
        let text = self.text.trim();
        let flow = if text.is_empty() { Flow::Continue } else { (self.told)(name, text) };
        self.text.clear();
        flow
    }
}

impl Handler for Values<'_> {
    fn start(&mut self, tag: &Tag<'_>) -> Flow {
        if self.tell() == Flow::Stop || self.names.len() >= DEEPEST {
            return Flow::Stop;
        }
        self.names.push(tag.name().to_owned());
        // Properties may be written as attributes.
        if tag.name() == "Description" {
            for (name, value) in tag.attributes() {
                if !value.trim().is_empty() && (self.told)(&name, value.trim()) == Flow::Stop {
                    return Flow::Stop;
                }
            }
        }
        Flow::Continue
    }

    fn end(&mut self, _name: &str) -> Flow {
        let flow = self.tell();
        self.names.pop();
        flow
    }

    fn text(&mut self, text: &str) -> Flow {
        self.text.push_str(text);
        Flow::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_told_by_their_names() {
        let mut told = Vec::new();
        let xml = b"<x:xmpmeta><rdf:Description pdf:Author='Eva' xmlns:a='b'><dc:creator><rdf:Seq>\
            <rdf:li>Karl</rdf:li><rdf:li> </rdf:li></rdf:Seq></dc:creator></rdf:Description><a>b<c/>d</a>";
        let _ = values(xml, &mut |name, value| {
            told.push(format!("{name}={value}"));
            Flow::Continue
        });
        assert_eq!(told, ["Author=Eva", "creator=Karl", "a=b", "a=d"]);
    }
}
