//! Names of attachments that are safe to save and honest to look at.

use unicode_normalization::UnicodeNormalization;

use crate::encoded_word::is_bidi_control;

/// Bytes of a saved name: 255 is the limit of file systems; the rest is for ` (2)` and a temporary suffix.
pub const MAX_NAME_BYTES: usize = 200;

/// Endings that an operating system runs, or that carry out orders when opened.
const PROGRAMS: &[&str] = &[
    "exe",
    "com",
    "scr",
    "pif",
    "bat",
    "cmd",
    "msi",
    "msp",
    "msix",
    "appx",
    "appinstaller",
    "cpl",
    "dll",
    "sys",
    "drv",
    "ocx",
    "hta",
    "js",
    "jse",
    "vbs",
    "vbe",
    "wsf",
    "wsh",
    "ws",
    "ps1",
    "psm1",
    "psd1",
    "ps1xml",
    "reg",
    "lnk",
    "url",
    "scf",
    "inf",
    "chm",
    "hlp",
    "gadget",
    "application",
    "jar",
    "jnlp",
    "sh",
    "bash",
    "zsh",
    "csh",
    "ksh",
    "run",
    "bin",
    "elf",
    "deb",
    "rpm",
    "appimage",
    "flatpakref",
    "snap",
    "desktop",
    "app",
    "command",
    "dmg",
    "pkg",
    "mpkg",
    "workflow",
    "scpt",
    "applescript",
    "py",
    "pyc",
    "pyw",
    "pl",
    "rb",
    "php",
    "iso",
    "img",
    "vhd",
    "vhdx",
    "xll",
    "xlam",
    "docm",
    "dotm",
    "xlsm",
    "xltm",
    "pptm",
    "ppam",
    "potm",
    "one",
    "library-ms",
    "settingcontent-ms",
    "search-ms",
    "theme",
    "website",
    "diagcab",
    "msc",
    "rdp",
    "apk",
    "svg",
    "html",
    "htm",
    "xhtml",
    "shtml",
    "mht",
    "mhtml",
];

/// Content types of programs, for attachments whose name hides it.
const PROGRAM_TYPES: &[&str] = &[
    "application/x-msdownload",
    "application/x-msdos-program",
    "application/x-ms-dos-executable",
    "application/vnd.microsoft.portable-executable",
    "application/x-dosexec",
    "application/x-executable",
    "application/x-sh",
    "application/x-shellscript",
    "text/x-shellscript",
    "application/x-bat",
    "application/hta",
    "application/java-archive",
    "application/x-java-archive",
    "application/x-msi",
    "application/x-ms-shortcut",
    "application/x-desktop",
    "application/javascript",
    "text/javascript",
    "application/vnd.android.package-archive",
    "application/x-debian-package",
    "application/x-rpm",
    "application/x-apple-diskimage",
];

/// Returns `name` as one path component that any system accepts: no folders, control characters, bidi overrides,
/// reserved names or trailing dots. Empty when nothing is left; the caller then names it.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|piece| !piece.trim().is_empty()).unwrap_or_default();
    let clean: String = last
        .nfc()
        .filter(|c| !is_bidi_control(*c) && !is_invisible(*c))
        .map(|c| {
            if c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') {
                '_'
            } else {
                c
            }
        })
        .collect();
    // A name that begins with a dot is hidden, one that ends with a dot or a space is another name on Windows.
    let mut name = clean
        .trim_start_matches(['.', ' ', '-'])
        .trim_end_matches(['.', ' ', '\u{3000}', '\u{A0}'])
        .to_owned();
    if is_reserved(&name) {
        name.insert(0, '_');
    }
    shorten(name)
}

/// Characters that take no room and can hide an ending.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}')
}

/// Device names of Windows, with any ending.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// Cuts the stem, so that the ending stays true.
fn shorten(name: String) -> String {
    if name.len() <= MAX_NAME_BYTES {
        return name;
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 16 => (stem, format!(".{ending}")),
        _ => (name.as_str(), String::new()),
    };
    let room = MAX_NAME_BYTES.saturating_sub(ending.len());
    let end = (0..=room).rev().find(|at| stem.is_char_boundary(*at)).unwrap_or(0);
    format!("{}{ending}", stem.get(..end).unwrap_or_default().trim_end())
}

/// Tells whether opening the file may run something: by its last ending (`invoice.pdf.exe`), or its content type.
pub fn is_dangerous(name: &str, content_type: &str) -> bool {
    let content_type =
        content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if PROGRAM_TYPES.contains(&content_type.as_str()) {
        return true;
    }
    let safe = safe_name(name).to_lowercase();
    safe.rsplit_once('.').is_some_and(|(_, ending)| PROGRAMS.contains(&ending.trim()))
}

/// Returns the usual ending for a content type, for attachments without a name; empty when unknown.
pub fn ending_for(content_type: &str) -> &'static str {
    match content_type {
        "text/plain" => ".txt",
        "text/html" => ".html",
        "text/csv" => ".csv",
        "text/calendar" => ".ics",
        "text/vcard" | "text/x-vcard" => ".vcf",
        "text/x-patch" | "text/x-diff" => ".patch",
        "image/jpeg" | "image/jpg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "image/svg+xml" => ".svg",
        "image/heic" => ".heic",
        "application/pdf" => ".pdf",
        "application/zip" => ".zip",
        "application/json" => ".json",
        "application/pgp-signature" => ".asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => ".p7s",
        "application/ms-tnef" => ".dat",
        "message/rfc822" | "message/global" => ".eml",
        "message/delivery-status" | "message/disposition-notification" | "text/rfc822-headers" => {
            ".txt"
        }
        "audio/mpeg" => ".mp3",
        "video/mp4" => ".mp4",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_safe() {
        for (name, expected) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\evil.exe", "evil.exe"),
            ("/abs/dir/", "dir"),
            ("..", ""),
            ("", ""),
            (".bashrc", "bashrc"),
            ("a\u{0}b\r\nc.txt", "a_b__c.txt"),
            ("invoice\u{202E}fdp.exe", "invoicefdp.exe"),
            ("zero\u{200B}width.txt", "zerowidth.txt"),
            ("con.txt", "_con.txt"),
            ("COM1", "_COM1"),
            ("dots... ", "dots"),
            ("what?.txt", "what_.txt"),
            ("合同 终稿.docx", "合同 终稿.docx"),
            ("-rf", "rf"),
        ] {
            assert_eq!(safe_name(name), expected, "{name:?}");
        }
        let long = safe_name(&format!("{}.pdf", "长".repeat(200)));
        assert!(long.len() <= MAX_NAME_BYTES && long.ends_with("长.pdf"));
    }

    #[test]
    fn programs_are_recognised() {
        for name in [
            "a.exe",
            "invoice.pdf.exe",
            "A.SCR",
            "x.js",
            "photo.jpg.lnk",
            "evil.exe. ",
            "invoice\u{202E}fdp.exe",
            "page.html",
            "run.sh",
            "m.docm",
        ] {
            assert!(is_dangerous(name, "application/octet-stream"), "{name}");
        }
        for name in [
            "a.pdf",
            "exe",
            "report.docx",
            "a.exe.pdf",
            "photo.png",
            "",
            "archive.zip",
            "notes.txt",
        ] {
            assert!(!is_dangerous(name, "application/octet-stream"), "{name}");
        }
        assert!(is_dangerous("report.pdf", "application/x-msdownload; name=x"));
    }
}
