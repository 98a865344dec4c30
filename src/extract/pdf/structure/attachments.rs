//! Files inside a document (ISO 32000-2, 7.11.4): attached to it, to a page, to a note.

use std::collections::HashSet;
use std::io::{self, Cursor, Read};

use flate2::read::ZlibDecoder;
use hayro_syntax::Filter;
use hayro_syntax::object::dict::keys::{EMBEDDED_FILES, KIDS, NAMES};
use hayro_syntax::object::{Array, Dict, Object, ObjectIdentifier, Stream, String as PdfString};

use super::Open;
use super::strings::text;
use crate::model::{FileName, Flow, Sink, Step};

/// Nodes of a tree of names beyond this are not looked at.
const MOST: usize = 100_000;

/// Hands on the files, each once.
pub(super) fn tell(open: &Open<'_>, sink: &mut dyn Sink) -> Flow {
    let mut met = HashSet::new();
    for file in specifications(open) {
        let Some((stream, name)) = embedded(&file) else { continue };
        if !met.insert(stream.obj_id()) {
            continue;
        }
        let index = name.is_none().then(|| u32::try_from(met.len()).unwrap_or(u32::MAX));
        let step =
            Step::Embedded { name: name.map(|name| FileName::new(name.into_bytes())), index };
        if sink.nested(step, &mut *content(&stream)) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// All that name a file: by the document's names, by what they belong to, by notes.
fn specifications<'d>(open: &Open<'d>) -> Vec<Dict<'d>> {
    let names = open.catalog.get::<Dict<'d>>(NAMES).unwrap_or_default();
    let tree = names.get::<Dict<'d>>(EMBEDDED_FILES).unwrap_or_default();
    let mut found: Vec<Dict<'d>> =
        self::names(&tree).filter_map(|(_, file)| file.into_dict()).collect();
    let mut associated = |owner: &Dict<'d>| {
        let files = owner.get::<Array<'d>>(b"AF").unwrap_or_default();
        found.extend(files.iter::<Dict<'d>>().take(MOST));
    };
    associated(&open.catalog);
    open.sheets.iter().for_each(|sheet| associated(sheet.raw()));
    for sheet in open.sheets.iter() {
        found.extend(sheet.annotations().filter_map(|note| note.get::<Dict<'d>>(b"FS")));
    }
    found
}

/// The file that a specification embeds, and its name.
fn embedded<'d>(file: &Dict<'d>) -> Option<(Stream<'d>, Option<String>)> {
    let streams = file.get::<Dict<'d>>(b"EF")?;
    let keys: [&[u8]; 5] = [b"UF", b"F", b"Unix", b"DOS", b"Mac"];
    let stream = keys.iter().find_map(|key| streams.get::<Stream<'d>>(key))?;
    let name = keys.iter().find_map(|key| text(file, key));
    Some((stream, name))
}

/// The bytes of a file. What is deflated, as most are, is unpacked as far as it is wanted.
fn content<'d>(stream: &Stream<'d>) -> Box<dyn Read + 'd> {
    let raw = stream.raw_data();
    let is_plain = !stream.dict().contains_key(b"DecodeParms");
    match stream.filters().as_slice() {
        [] => Box::new(Cursor::new(raw)),
        [Filter::FlateDecode] if is_plain => Box::new(ZlibDecoder::new(Cursor::new(raw))),
        _ => match stream.decoded_data() {
            Ok(data) => Box::new(Cursor::new(data)),
            Err(_) => Box::new(Broken),
        },
    }
}

/// A file that cannot be unpacked.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _out: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::InvalidData, "it cannot be unpacked"))
    }
}

/// The entries of a tree of names (ISO 32000-2, 7.9.6), in order.
pub(super) fn names<'d>(root: &Dict<'d>) -> impl Iterator<Item = (PdfString<'d>, Object<'d>)> {
    let mut met: HashSet<ObjectIdentifier> = HashSet::new();
    let mut rest = vec![root.clone()];
    let mut leaf: Vec<Object<'d>> = Vec::new();
    let mut nodes = 0;
    std::iter::from_fn(move || {
        loop {
            while let Some(key) = leaf.pop() {
                let Some(value) = leaf.pop() else { break };
                if let Object::String(key) = key {
                    return Some((key, value));
                }
            }
            let node = rest.pop()?;
            nodes += 1;
            if nodes > MOST || node.obj_id().is_some_and(|id| !met.insert(id)) {
                continue;
            }
            leaf = node.get::<Array<'d>>(NAMES).unwrap_or_default().iter().collect();
            leaf.reverse();
            let kids = node.get::<Array<'d>>(KIDS).unwrap_or_default();
            let mut kids: Vec<Dict<'d>> = kids.iter().take(MOST).collect();
            kids.reverse();
            rest.append(&mut kids);
        }
    })
}
