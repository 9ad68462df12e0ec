//! Answers on the content scheme: paths, headers, bytes.

use std::fmt::Write as _;

use crate::contract::{Code, Error};

/// An answer on the content scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers, each name once, in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Raster pictures that are shown; everything else is saved. SVG is a document with scripts and is not among them.
const PICTURES: [&str; 7] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "image/x-icon",
];

/// Returns whether this type is a picture that may be shown.
pub(crate) fn is_picture(content_type: &str) -> bool {
    PICTURES.contains(&content_type)
}

fn with_headers(status: u16, content_type: &str, bytes: Vec<u8>) -> ContentResponse {
    let headers = vec![
        ("content-type", content_type.to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("referrer-policy", "no-referrer".to_owned()),
        ("cross-origin-resource-policy", "cross-origin".to_owned()),
    ];
    ContentResponse { status, headers, bytes }
}

impl ContentResponse {
    /// Returns a frame's document under its policy.
    pub(crate) fn document(text: &str, policy: String) -> Self {
        let mut answer = with_headers(200, "text/html; charset=utf-8", text.as_bytes().to_vec());
        answer.headers.push(("content-security-policy", policy));
        answer
    }

    /// Returns a picture to be shown; what is none becomes a file to be saved.
    pub(crate) fn picture(content_type: &str, bytes: Vec<u8>) -> Self {
        if is_picture(content_type) {
            return with_headers(200, content_type, bytes);
        }
        Self::file("picture", content_type, bytes)
    }

    /// Returns a file to be saved under this name.
    pub(crate) fn file(name: &str, content_type: &str, bytes: Vec<u8>) -> Self {
        let shown =
            if is_picture(content_type) { content_type } else { "application/octet-stream" };
        let mut answer = with_headers(200, shown, bytes);
        answer.headers.push(("content-disposition", disposition(name)));
        answer.headers.push(("content-security-policy", "default-src 'none'; sandbox".to_owned()));
        answer
    }

    /// Returns an answer without contents.
    pub(crate) fn absent() -> Self {
        with_headers(404, "text/plain; charset=utf-8", Vec::new())
    }

    /// Returns why there are no contents.
    pub(crate) fn failed(error: &Error) -> Self {
        let status = match error.code {
            Code::NotFound => 404,
            Code::Offline | Code::NotHere | Code::Timeout | Code::ConnectionLost => 503,
            _ => 500,
        };
        with_headers(status, "text/plain; charset=utf-8", error.to_string().into_bytes())
    }
}

/// Returns `Content-Disposition` with the name in both forms (RFC 6266 section 4.3).
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_graphic() && !matches!(letter, '"' | '\\') || letter == ' ' {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::{ContentResponse, disposition};

    fn header<'a>(answer: &'a ContentResponse, name: &str) -> &'a str {
        answer
            .headers
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value.as_str())
    }

    #[test]
    fn every_answer_is_held_down() {
        let answers = [
            ContentResponse::document("x", "default-src 'none'".to_owned()),
            ContentResponse::picture("image/png", Vec::new()),
            ContentResponse::file("a.pdf", "application/pdf", Vec::new()),
            ContentResponse::absent(),
        ];
        for answer in answers {
            assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
            assert_eq!(header(&answer, "cache-control"), "no-store");
            assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        }
    }

    #[test]
    fn only_raster_pictures_keep_their_type() {
        for (content_type, shown) in [
            ("image/png", "image/png"),
            ("image/svg+xml", "application/octet-stream"),
            ("text/html", "application/octet-stream"),
            ("application/pdf", "application/octet-stream"),
        ] {
            for answer in [
                ContentResponse::picture(content_type, Vec::new()),
                ContentResponse::file("x", content_type, Vec::new()),
            ] {
                assert_eq!(header(&answer, "content-type"), shown);
            }
        }
    }

    #[test]
    fn names_do_not_leave_their_quotes() {
        assert_eq!(
            disposition("R\"e\r\nport 中.pdf"),
            "attachment; filename=\"R_e__port _.pdf\"; filename*=UTF-8''R%22e%0D%0Aport%20%E4%B8%AD.pdf"
        );
    }
}
