//! PDF files for the tests, written here: objects, their index, and a lock where one is wanted.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};

/// A font that every program has.
pub(super) const HELVETICA: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
/// A word in the left half of a page of 200 by 100 points.
pub(super) const WORD: &str = "BT /F 24 Tf 10 40 Td (Post) Tj ET";

/// Writes objects, numbered from one; the first is the catalogue.
pub(super) fn pdf(objects: &[String], trailer: &str) -> Vec<u8> {
    let bytes: Vec<Vec<u8>> = objects.iter().map(|object| object.clone().into_bytes()).collect();
    written(&bytes, trailer)
}

fn written(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let (mut file, mut index) = (b"%PDF-1.7\n".to_vec(), String::new());
    for (number, object) in (1..).zip(objects) {
        let _ = writeln!(index, "{:010} 00000 n ", file.len());
        file.extend(format!("{number} 0 obj\n").bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let end = format!(
        "xref\n0 {size}\n0000000000 65535 f \n{index}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n\
         startxref\n{start}\n%%EOF\n"
    );
    file.extend(end.bytes());
    file
}

pub(super) fn stream(contents: &str) -> String {
    format!("<< /Length {} >>\nstream\n{contents}\nendstream", contents.len())
}

/// One page of 200 by 100 points with this font and drawing.
pub(super) fn page(catalogue: &str, page: &str, font: &str, drawing: &str) -> Vec<String> {
    vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R \
             /Resources << /Font << /F 5 0 R >> >> {page} >>"
        ),
        stream(drawing),
        font.to_owned(),
    ]
}

/// What a password is filled up with (ISO 32000-1, 7.6.3.3).
const PAD: [u8; 32] = *b"\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A";

fn padded(password: &str) -> Vec<u8> {
    password.bytes().chain(PAD).take(32).collect()
}

fn rc4(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut state: Vec<u8> = (0..=255).collect();
    let mut other = 0_usize;
    for at in 0..256 {
        other = (other + usize::from(state[at]) + usize::from(key[at % key.len()])) % 256;
        state.swap(at, other);
    }
    let (mut at, mut other) = (0_usize, 0_usize);
    let cipher = |byte: &u8| {
        at = (at + 1) % 256;
        other = (other + usize::from(state[at])) % 256;
        state.swap(at, other);
        byte ^ state[(usize::from(state[at]) + usize::from(state[other])) % 256]
    };
    text.iter().map(cipher).collect()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Writes the same page with [`WORD`], encrypted with 40 bits (7.6.2 and 7.6.3, revision 2): it opens with this password.
pub(super) fn locked(password: &str) -> Vec<u8> {
    let owner = rc4(&Md5::digest(padded("owner"))[..5], &padded(password));
    let rights = (-4_i32).to_le_bytes();
    let whole = [padded(password).as_slice(), &owner, &rights, b"id"].concat();
    let key = Md5::digest(whole)[..5].to_vec();
    let of_object =
        |number: u8| Md5::digest([key.as_slice(), &[number, 0, 0, 0, 0]].concat())[..10].to_vec();
    let mut objects: Vec<Vec<u8>> =
        page("", "", HELVETICA, WORD).into_iter().map(String::into_bytes).collect();
    let drawing = rc4(&of_object(4), WORD.as_bytes());
    let mut contents = format!("<< /Length {} >>\nstream\n", drawing.len()).into_bytes();
    contents.extend(drawing);
    contents.extend(b"\nendstream");
    objects[3] = contents;
    let lock = format!(
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{}> /U <{}> >> /ID [<{id}> <{id}>]",
        hex(&owner),
        hex(&rc4(&key, &PAD)),
        id = hex(b"id"),
    );
    written(&objects, &lock)
}
