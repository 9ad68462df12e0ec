//! `winmail.dat`: Microsoft's Transport Neutral Encapsulation Format (MS-OXTNEF), the files in it.
//!
//! Total: damaged bytes give the files before the damage. The rich text of the message is not read; Outlook sends it
//! beside a plain form.

use super::{Embedded, MAX_FILES};

/// First four bytes.
const SIGNATURE: u32 = 0x223E_9F78;
/// `attAttachRenddata`: a new file begins.
const ATTACHMENT: u32 = 0x0006_9002;
/// `attAttachTitle`: its short name.
const TITLE: u32 = 0x0001_8010;
/// `attAttachData`: its bytes.
const DATA: u32 = 0x0006_800F;
/// `attAttachment`: its properties.
const PROPERTIES: u32 = 0x0006_9005;
/// Property `PR_ATTACH_LONG_FILENAME`.
const LONG_NAME: u16 = 0x3707;
/// Property `PR_ATTACH_DATA_BIN`.
const DATA_BIN: u16 = 0x3701;
/// Properties of one file that are read; Outlook writes about thirty.
const MAX_PROPERTIES: u32 = 1_000;

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Takes so many bytes, and what fills them up to four.
    fn padded(&mut self, count: u32) -> Option<&'a [u8]> {
        let count = usize::try_from(count).ok()?;
        let taken = self.take(count)?;
        // At the very end the filling may be missing.
        let _ = self.take((4 - count % 4) % 4);
        Some(taken)
    }
}

/// Returns the files of a `winmail.dat`; none when it is no such thing.
pub(crate) fn files(bytes: &[u8]) -> Vec<Embedded> {
    let mut found = Vec::new();
    let _ = read(&mut Bytes(bytes), &mut found);
    found.retain(|file| !file.bytes.is_empty() || !file.name.is_empty());
    found
}

fn read(bytes: &mut Bytes<'_>, found: &mut Vec<Embedded>) -> Option<()> {
    if bytes.u32()? != SIGNATURE {
        return None;
    }
    bytes.u16()?;
    loop {
        let _level = bytes.take(1)?;
        let id = bytes.u32()?;
        let length = usize::try_from(bytes.u32()?).ok()?;
        let value = bytes.take(length)?;
        bytes.u16()?;
        if id == ATTACHMENT {
            if found.len() >= MAX_FILES {
                return None;
            }
            found.push(Embedded { name: String::new(), bytes: Vec::new() });
        }
        let Some(file) = found.last_mut() else { continue };
        match id {
            TITLE if file.name.is_empty() => file.name = narrow(value),
            DATA => file.bytes = value.to_vec(),
            PROPERTIES => {
                let _ = properties(&mut Bytes(value), file);
            }
            _ => {}
        }
    }
}

fn narrow(value: &[u8]) -> String {
    crate::charset::decode(value, None, None).text.trim_end_matches('\0').to_owned()
}

fn wide(value: &[u8]) -> String {
    let pair = |pair: &[u8]| Some(u16::from_le_bytes(pair.try_into().ok()?));
    let units: Vec<u16> = value.chunks_exact(2).filter_map(pair).collect();
    String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned()
}

/// Reads the properties of a file: its long name, and its bytes where they stand here.
fn properties(bytes: &mut Bytes<'_>, file: &mut Embedded) -> Option<()> {
    let count = bytes.u32()?.min(MAX_PROPERTIES);
    for _ in 0..count {
        let kind = bytes.u16()?;
        let id = bytes.u16()?;
        if id >= 0x8000 {
            named(bytes)?;
        }
        let is_many = kind & 0x1000 != 0;
        let kind = kind & !0x1000;
        let is_long = matches!(kind, 0x000D | 0x001E | 0x001F | 0x0102);
        let values = if is_many || is_long { bytes.u32()? } else { 1 };
        for _ in 0..values.min(MAX_PROPERTIES) {
            let value = match kind {
                0x000D | 0x001E | 0x001F | 0x0102 => {
                    let length = bytes.u32()?;
                    bytes.padded(length)?
                }
                0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => bytes.take(8)?,
                0x0048 => bytes.take(16)?,
                _ => bytes.take(4)?,
            };
            match (id, kind) {
                (LONG_NAME, 0x001F) => file.name = wide(value),
                (LONG_NAME, 0x001E) => file.name = narrow(value),
                (DATA_BIN, 0x0102) if file.bytes.is_empty() => file.bytes = value.to_vec(),
                _ => {}
            }
        }
    }
    Some(())
}

/// Skips the name of a named property.
fn named(bytes: &mut Bytes<'_>) -> Option<()> {
    bytes.take(16)?;
    if bytes.u32()? == 0 {
        bytes.take(4)?;
    } else {
        let length = bytes.u32()?;
        bytes.padded(length)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::files;

    fn attribute(level: u8, id: u32, value: &[u8]) -> Vec<u8> {
        let sum = value.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
        let length = u32::try_from(value.len()).unwrap().to_le_bytes();
        [&[level][..], &id.to_le_bytes(), &length, value, &sum.to_le_bytes()].concat()
    }

    /// A `winmail.dat` as Outlook writes it: two files, the first with a long name among its properties.
    pub(crate) fn winmail() -> Vec<u8> {
        let name: Vec<u8> = "报告 2026.pdf\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut padded = name.clone();
        padded.resize(name.len().next_multiple_of(4), 0);
        let named = [
            &0x8001_u16.to_le_bytes()[..],
            &[7; 16],
            &0_u32.to_le_bytes(),
            &[1, 2, 3, 4],
            &[9, 0, 0, 0],
        ]
        .concat();
        let properties = [
            &3_u32.to_le_bytes()[..],
            &0x0003_u16.to_le_bytes(),
            &named,
            &0x0040_u16.to_le_bytes(),
            &0x3007_u16.to_le_bytes(),
            &[0; 8],
            &0x001F_u16.to_le_bytes(),
            &0x3707_u16.to_le_bytes(),
            &1_u32.to_le_bytes(),
            &u32::try_from(name.len()).unwrap().to_le_bytes(),
            &padded,
        ]
        .concat();
        [
            vec![0x78, 0x9F, 0x3E, 0x22, 1, 0],
            attribute(1, 0x0008_9006, &[0, 0, 1, 0]),
            attribute(2, 0x0006_9002, &[1, 0]),
            attribute(2, 0x0001_8010, b"REPORT~1.PDF\0"),
            attribute(2, 0x0006_800F, b"%PDF-1.4"),
            attribute(2, 0x0006_9005, &properties),
            attribute(2, 0x0006_9002, &[1, 0]),
            attribute(2, 0x0001_8010, b"notes.txt\0"),
            attribute(2, 0x0006_800F, b"Hello"),
        ]
        .concat()
    }

    #[test]
    fn the_files_of_a_winmail_dat_come_out_with_their_long_names() {
        let found = files(&winmail());
        let told: Vec<_> =
            found.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
        assert_eq!(told, [("报告 2026.pdf", &b"%PDF-1.4"[..]), ("notes.txt", b"Hello")]);
    }

    #[test]
    fn a_message_lists_the_files_and_not_the_winmail_dat() {
        use base64::Engine as _;
        let data = base64::engine::general_purpose::STANDARD.encode(winmail());
        let raw = format!(
            "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nHi\n--x\n\
             Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{data}\n--x--\n"
        );
        let parsed = crate::parse(raw.as_bytes());
        let told: Vec<_> = parsed
            .attachments
            .iter()
            .map(|found| (found.section.as_str(), found.name.as_str(), found.size))
            .collect();
        assert_eq!(told, [("2!0", "报告 2026.pdf", 8), ("2!1", "notes.txt", 5)]);
        let part = crate::part(raw.as_bytes(), "2!1").unwrap();
        assert_eq!(
            (part.bytes.as_ref(), part.content_type.as_str()),
            (&b"Hello"[..], "text/plain")
        );
        assert_eq!(crate::part(raw.as_bytes(), "2!2"), None);
    }

    #[test]
    fn damaged_bytes_give_what_stands_before_the_damage() {
        let whole = winmail();
        for end in 0..whole.len() {
            assert!(files(&whole[..end]).len() <= 2);
        }
        assert_eq!(files(&whole[..whole.len() - 4])[0].bytes, b"%PDF-1.4");
        assert!(files(b"no such thing").is_empty());
    }
}
