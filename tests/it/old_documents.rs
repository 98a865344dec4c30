//! Old Word documents, presentations and Outlook messages, put together piece by piece, for the tests that
//! read them.

use std::io::{Cursor, Write};

use cfb::CompoundFile;

/// Little-endian numbers one after another.
pub(crate) fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A compound file of these streams.
fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, content) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(folder).unwrap();
        }
        file.create_stream(path).unwrap().write_all(content).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A Word document ([MS-DOC]): its body in two pieces, the first in Windows' code page, and a footnote.
pub(crate) fn word(first: &str, second: &str, note: &str) -> Vec<u8> {
    let windows: Vec<u8> = first.chars().map(|c| c as u8).collect();
    let rest = format!("{second}\r\u{2} {note}\r\r");
    let length = |text: &str| text.encode_utf16().count() as u32;
    let (body, notes) = (windows.len() as u32 + length(second) + 1, length(note) + 3);
    let mut main = vec![0; 2048];
    main[..4].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0]);
    main[0x4C..0x54].copy_from_slice(&words(&[body, notes]));
    let starts = words(&[0, notes - 1, notes]);
    let all = body + notes;
    let mut pieces = words(&[0, windows.len() as u32, all]);
    for stored in [(2048 * 2) | 0x4000_0000, 2048 + windows.len() as u32] {
        pieces.extend([0, 0]);
        pieces.extend(words(&[stored]));
        pieces.extend([0, 0]);
    }
    let mut table = starts.clone();
    table.push(2);
    table.extend(words(&[pieces.len() as u32]));
    table.extend(&pieces);
    let notes_at = words(&[0, starts.len() as u32]);
    main[0x9A + 3 * 8..0x9A + 4 * 8].copy_from_slice(&notes_at);
    let pieces_at = words(&[starts.len() as u32, pieces.len() as u32 + 5]);
    main[0x9A + 33 * 8..0x9A + 34 * 8].copy_from_slice(&pieces_at);
    main.extend(windows);
    main.extend(utf16(&rest));
    compound(&[("WordDocument", main), ("0Table", table)])
}

/// A record of a presentation; a container if its version is 15.
fn record(version: u16, kind: u16, body: &[u8]) -> Vec<u8> {
    let mut out = version.to_le_bytes().to_vec();
    out.extend(kind.to_le_bytes());
    out.extend(words(&[body.len() as u32]));
    out.extend(body);
    out
}

/// A presentation ([MS-PPT]) of one slide: its title in the list of slides, a text in a shape.
pub(crate) fn presentation(title: &str, shape: &str) -> Vec<u8> {
    let persist = record(0, 0x03F3, &words(&[2, 0, 0, 256, 0]));
    let title: Vec<u8> = title.chars().map(|c| c as u8).collect();
    let list = [persist, record(0, 0x0F9F, &words(&[0])), record(0, 0x0FA8, &title)].concat();
    let document = record(15, 0x03E8, &record(15, 0x0FF0, &list));
    let text = [record(0, 0x0F9F, &words(&[4])), record(0, 0x0FA0, &utf16(shape))].concat();
    let drawing = record(15, 0xF004, &record(15, 0xF00D, &text));
    let slide = record(15, 0x03EE, &record(15, 0x040C, &drawing));
    let directory_at = (document.len() + slide.len()) as u32;
    let objects = words(&[1 | 2 << 20, 0, document.len() as u32]);
    let directory = record(0, 0x1772, &objects);
    let edit_at = directory_at + directory.len() as u32;
    let edit = record(0, 0x0FF5, &words(&[256, 0, 0, directory_at, 1, 3, 0]));
    let user = record(0, 0x0FF6, &words(&[20, 0xE391_C05F, edit_at, 0, 0]));
    let stream = [document, slide, directory, edit].concat();
    compound(&[("PowerPoint Document", stream), ("Current User", user)])
}

/// An Outlook message ([MS-OXMSG]) with one receiver and one attachment.
pub(crate) fn message(from: &str, to: &str, body: &str, file: (&str, &[u8])) -> Vec<u8> {
    let mut receiver = vec![0; 8];
    receiver.extend(words(&[0x0C15_0003, 0, 1, 0]));
    let (name, content) = file;
    let recip = "__recip_version1.0_#00000000";
    let attach = "__attach_version1.0_#00000000";
    compound(&[
        ("__properties_version1.0", vec![0; 32]),
        ("__substg1.0_0042001F", utf16("Eva")),
        ("__substg1.0_5D02001F", utf16(from)),
        ("__substg1.0_0037001F", utf16("Hej")),
        ("__substg1.0_1000001F", utf16(body)),
        (&format!("{recip}/__properties_version1.0"), receiver),
        (&format!("{recip}/__substg1.0_39FE001F"), utf16(to)),
        (&format!("{attach}/__properties_version1.0"), vec![0; 8]),
        (&format!("{attach}/__substg1.0_3707001F"), utf16(name)),
        (&format!("{attach}/__substg1.0_37010102"), content.to_vec()),
    ])
}

/// A winmail.dat ([MS-OXTNEF]) with a body and one attachment.
pub(crate) fn wrapped(body: &str, file: (&str, &[u8])) -> Vec<u8> {
    let mut out = words(&[0x223E_9F78]);
    out.extend([1, 0]);
    let mut attribute = |level: u8, id: u32, content: &[u8]| {
        out.push(level);
        out.extend(words(&[id, content.len() as u32]));
        out.extend(content);
        out.extend([0, 0]);
    };
    attribute(1, 0x0006_9007, &words(&[1252, 0]));
    attribute(1, 0x0002_800C, &body.chars().map(|c| c as u8).collect::<Vec<u8>>());
    attribute(2, 0x0006_9002, &[0; 14]);
    attribute(2, 0x0001_8010, file.0.as_bytes());
    attribute(2, 0x0006_800F, file.1);
    out
}
