//! PDF documents made for a test, object by object.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::{Compress, Compression, FlushCompress, Status};

/// A document: objects from number 1 on, the first its catalog, with a table that is right.
pub(crate) fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    update(&mut out, objects.iter().enumerate().map(|(n, object)| (n + 1, object)), None);
    out
}

/// The document as it is after some objects were written anew.
pub(crate) fn updated(mut document: Vec<u8>, objects: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let text = String::from_utf8_lossy(&document);
    let at = text.rfind("startxref\n").unwrap() + "startxref\n".len();
    let previous = text[at..].lines().next().unwrap().parse().unwrap();
    update(&mut document, objects.iter().map(|(n, object)| (*n, object)), Some(previous));
    document
}

fn update<'o>(
    out: &mut Vec<u8>,
    objects: impl Iterator<Item = (usize, &'o Vec<u8>)>,
    previous: Option<usize>,
) {
    let mut table = "xref\n0 1\n0000000000 65535 f \n".to_owned();
    let mut size = 1;
    for (number, object) in objects {
        write!(table, "{number} 1\n{:010} 00000 n \n", out.len()).unwrap();
        writeln!(out, "{number} 0 obj").unwrap();
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
        size = size.max(number + 1);
    }
    let before = previous.map(|at| format!(" /Prev {at}")).unwrap_or_default();
    let at = out.len();
    let trailer = format!("trailer\n<< /Size {size} /Root 1 0 R /Info 9 0 R{before} >>\n");
    write!(out, "{table}{trailer}startxref\n{at}\n%%EOF\n").unwrap();
}

/// A stream object.
pub(crate) fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let mut out = format!("<< {dictionary} /Length {} >>\nstream\n", data.len()).into_bytes();
    out.extend_from_slice(data);
    out.extend_from_slice(b"\nendstream");
    out
}

/// A document of one page with this content: objects 1 to 5, of which 5 is the font. `catalog` and
/// `page` say more of those two, `more` are the objects from 6 on.
pub(crate) fn page(catalog: &str, page: &str, content: Vec<u8>, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>").into_bytes(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << \
             /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> /Properties << /P 6 0 R >> >> {page} >>"
        )
        .into_bytes(),
        content,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_vec(),
    ];
    objects.extend_from_slice(more);
    pdf(&objects)
}

/// Content that draws a line of text.
pub(crate) fn line(text: &str) -> Vec<u8> {
    stream("", format!("BT /F1 12 Tf 72 700 Td ({text}) Tj ET").as_bytes())
}

/// So many mebibytes of white space, deflated: a thousandth of that.
pub(crate) fn deflated_blanks(mebibytes: usize) -> Vec<u8> {
    let piece = vec![b' '; 1 << 20];
    let mut deflate = Compress::new(Compression::best(), true);
    let mut next = |flush| {
        let mut out = Vec::with_capacity(1 << 16);
        let status = deflate.compress_vec(&piece, &mut out, flush).unwrap();
        assert!(status == Status::Ok);
        out
    };
    let mut out = next(FlushCompress::Full);
    // After a full flush the same bytes are packed alike.
    let second = next(FlushCompress::Full);
    (1..mebibytes).for_each(|_| out.extend_from_slice(&second));
    // An empty last block, and the checksum (RFC 1950, 8.2).
    out.extend_from_slice(&[3, 0]);
    let n = (mebibytes as u64) << 20;
    let (a, b) = (1 + 32 * n, n + 32 * (n * (n + 1) / 2));
    out.extend_from_slice(&((((b % 65_521) << 16) | (a % 65_521)) as u32).to_be_bytes());
    out
}
