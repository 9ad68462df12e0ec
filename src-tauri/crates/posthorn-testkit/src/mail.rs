//! Writes messages for tests: RFC 5322 text with the MIME parts that are asked for.
//!
//! It is a second opinion beside the composer under test, so it shares no code with it. Header values are written as
//! they are given: a defect is made by giving one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posthorn_model::Timestamp;

/// Octets of a line of base64 (RFC 2045 section 6.8 allows 76).
const BASE64_LINE: usize = 76;
/// Bytes of one encoded word before base64: 75 octets less `=?utf-8?B?` and `?=` hold 45 (RFC 2047 section 2).
const WORD_BYTES: usize = 45;

/// A message being written.
#[derive(Clone, Debug)]
pub struct Mail {
    headers: Vec<(String, String)>,
    text: Option<Part>,
    html: Option<Part>,
    inline: Vec<Part>,
    attachments: Vec<Part>,
}

/// One MIME part: its own header lines and its encoded body.
#[derive(Clone, Debug)]
struct Part {
    headers: String,
    body: Vec<u8>,
}

impl Default for Mail {
    fn default() -> Self {
        Self::new()
    }
}

impl Mail {
    /// Begins a message from Ann to Anna without subject and text, dated 2026-01-05 09:00 UTC.
    pub fn new() -> Self {
        let mail = Self {
            headers: Vec::new(),
            text: None,
            html: None,
            inline: Vec::new(),
            attachments: Vec::new(),
        };
        mail.from("Ann Sender <ann@posthorn.test>")
            .to("Anna Reader <anna@posthorn.test>")
            .date(Timestamp::from_seconds(1_767_603_600))
    }

    /// Sets a header, replacing one of that name; non-ASCII text becomes encoded words (RFC 2047).
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), encoded_words(value)));
        self
    }

    /// Sets `From`.
    #[must_use]
    pub fn from(self, addresses: &str) -> Self {
        self.header("From", addresses)
    }

    /// Sets `To`.
    #[must_use]
    pub fn to(self, addresses: &str) -> Self {
        self.header("To", addresses)
    }

    /// Sets `Cc`.
    #[must_use]
    pub fn cc(self, addresses: &str) -> Self {
        self.header("Cc", addresses)
    }

    /// Sets `Subject`.
    #[must_use]
    pub fn subject(self, subject: &str) -> Self {
        self.header("Subject", subject)
    }

    /// Sets `Message-ID`; the angle brackets are added.
    #[must_use]
    pub fn message_id(self, id: &str) -> Self {
        self.header("Message-ID", &format!("<{id}>"))
    }

    /// Sets `In-Reply-To` and `References` to the messages before this one, oldest first.
    #[must_use]
    pub fn replying_to(self, ids: &[&str]) -> Self {
        let references: Vec<String> = ids.iter().map(|id| format!("<{id}>")).collect();
        let last = references.last().cloned().unwrap_or_default();
        self.header("In-Reply-To", &last).header("References", &references.join(" "))
    }

    /// Sets `Date`.
    #[must_use]
    pub fn date(self, date: Timestamp) -> Self {
        let date = jiff::Timestamp::from_millisecond(date.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        self.header("Date", &date.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
    }

    /// Sets the text, in UTF-8.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.text_in("utf-8", text.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes())
    }

    /// Sets the text as bytes in a charset, which may lie.
    #[must_use]
    pub fn text_in(mut self, charset: &str, bytes: &[u8]) -> Self {
        self.text = Some(Part::new(&format!("text/plain; charset={charset}"), "", bytes));
        self
    }

    /// Sets the HTML, in UTF-8.
    #[must_use]
    pub fn html(mut self, html: &str) -> Self {
        self.html = Some(Part::new("text/html; charset=utf-8", "", html.as_bytes()));
        self
    }

    /// Adds a picture that the HTML shows by `cid:`.
    #[must_use]
    pub fn inline(mut self, cid: &str, media_type: &str, bytes: &[u8]) -> Self {
        let more = format!("Content-ID: <{cid}>\r\nContent-Disposition: inline\r\n");
        self.inline.push(Part::new(media_type, &more, bytes));
        self
    }

    /// Adds an attachment; a name that is not ASCII is written as RFC 2231 does.
    #[must_use]
    pub fn attach(mut self, name: &str, media_type: &str, bytes: &[u8]) -> Self {
        let parameter = if name.is_ascii() {
            format!("filename=\"{name}\"")
        } else {
            let octet = |byte: u8| match byte {
                b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            };
            let octets = name.bytes().map(octet).collect::<Vec<_>>().concat();
            format!("filename*=utf-8''{octets}")
        };
        let more = format!("Content-Disposition: attachment;\r\n {parameter}\r\n");
        self.attachments.push(Part::new(media_type, &more, bytes));
        self
    }

    /// Returns the message, lines ending with CRLF.
    pub fn build(self) -> Vec<u8> {
        let mut headers: String = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect::<Vec<_>>()
            .concat();
        headers.push_str("MIME-Version: 1.0\r\n");
        let html = self.html.map(|html| {
            if self.inline.is_empty() {
                html
            } else {
                multipart("related", [vec![html], self.inline].concat())
            }
        });
        let body = match (self.text, html) {
            (Some(text), Some(html)) => multipart("alternative", vec![text, html]),
            (Some(part), None) | (None, Some(part)) => part,
            (None, None) => Part::new("text/plain; charset=utf-8", "", b""),
        };
        let whole = if self.attachments.is_empty() {
            body
        } else {
            multipart("mixed", [vec![body], self.attachments].concat())
        };
        let mut message = format!("{headers}{}\r\n", whole.headers).into_bytes();
        message.extend_from_slice(&whole.body);
        message
    }
}

impl Part {
    /// Returns a part: 7-bit text of short lines as it is, anything else in base64.
    fn new(media_type: &str, more: &str, bytes: &[u8]) -> Self {
        let is_plain = media_type.starts_with("text/")
            && bytes.is_ascii()
            && bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 998);
        let encoding = if is_plain { "7bit" } else { "base64" };
        let headers = format!(
            "Content-Type: {media_type}\r\n{more}Content-Transfer-Encoding: {encoding}\r\n"
        );
        let mut body = if is_plain { bytes.to_vec() } else { base64_lines(bytes) };
        if !body.ends_with(b"\r\n") {
            body.extend_from_slice(b"\r\n");
        }
        Self { headers, body }
    }
}

fn multipart(subtype: &str, parts: Vec<Part>) -> Part {
    let boundary = format!("=_{subtype}_posthorn");
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n{}\r\n", part.headers).as_bytes());
        body.extend_from_slice(&part.body);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Part {
        headers: format!("Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\r\n"),
        body,
    }
}

fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let encoded = STANDARD.encode(bytes);
    let lines: Vec<&[u8]> = encoded.as_bytes().chunks(BASE64_LINE).collect();
    lines.join(b"\r\n".as_slice())
}

/// Returns a header value with every word that is not ASCII encoded, and the space between two such words with them.
fn encoded_words(value: &str) -> String {
    if value.is_ascii() {
        return value.to_owned();
    }
    // An address list keeps its addresses: only what stands before `<` is a phrase.
    let (phrase, address) = value.rfind('<').map_or((value, ""), |at| value.split_at(at));
    let mut words = Vec::new();
    let mut word = String::new();
    for character in phrase.trim_end().chars() {
        if word.len() + character.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(character);
    }
    words.push(word);
    let encoded: Vec<String> =
        words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    let separator = if address.is_empty() { "" } else { " " };
    format!("{}{separator}{address}", encoded.join("\r\n "))
}

#[cfg(test)]
mod tests;
