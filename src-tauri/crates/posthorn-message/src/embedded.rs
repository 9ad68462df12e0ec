//! Files that stand where MIME knows of none: in `winmail.dat` (TNEF), between `begin` and `end` of uuencode, and behind
//! `=ybegin` (yEnc).
//!
//! They are listed as attachments with a section of their own: that of the part that holds them, `!` and their number.

mod tnef;
mod uu;

use crate::file_name;

pub(crate) use tnef::files as tnef_files;
pub(crate) use uu::{Taken, may_hold, take};

/// What separates a part's section from the number of a file inside it.
pub(crate) const INSIDE: char = '!';
/// Files found inside one part.
const MAX_FILES: usize = 200;

/// A file inside a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Embedded {
    /// As given; not yet safe, may be empty.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Embedded {
    /// Returns a safe name, never empty.
    pub(crate) fn safe_name(&self, number: usize) -> String {
        let name = file_name::safe_name(&self.name);
        if name.is_empty() { format!("attachment-{}", number + 1) } else { name }
    }

    /// Returns the type that its name stands for; bytes of an unknown kind are an octet stream.
    pub(crate) fn content_type(&self) -> &'static str {
        let ending = self.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref().unwrap_or_default() {
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "bmp" => "image/bmp",
            "pdf" => "application/pdf",
            "txt" => "text/plain",
            "csv" => "text/csv",
            "ics" => "text/calendar",
            "vcf" => "text/vcard",
            "zip" => "application/zip",
            "doc" => "application/msword",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xls" => "application/vnd.ms-excel",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "ppt" => "application/vnd.ms-powerpoint",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "eml" => "message/rfc822",
            _ => "application/octet-stream",
        }
    }
}

/// Tells whether a part is a `winmail.dat`.
pub(crate) fn is_tnef(content_type: &str, name: &str) -> bool {
    matches!(content_type, "application/ms-tnef" | "application/vnd.ms-tnef")
        || name.eq_ignore_ascii_case("winmail.dat")
}
