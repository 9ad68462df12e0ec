//! The fields in which an mbox keeps what belongs to the message's place and not to the message.

use posthorn_model::Flags;

/// Fields that are the file's own. Some mail has `Status` or `Content-Length` of its own; every program that reads an
/// mbox takes them for the file's.
const OWN: [&str; 10] = [
    "status",
    "x-status",
    "x-keywords",
    "x-mozilla-status",
    "x-mozilla-status2",
    "x-mozilla-keys",
    "x-uid",
    "x-imap",
    "x-imapbase",
    "content-length",
];
/// Keywords of one message: more are nonsense.
const MAX_KEYWORDS: usize = 100;

/// What the fields of the file say about a message.
#[derive(Debug, Default)]
pub(super) struct Own {
    pub(super) flags: Flags,
    /// It was deleted in Thunderbird and only waits for the file to be compacted.
    pub(super) is_removed: bool,
    /// Octets of its body.
    pub(super) length: Option<u64>,
}

/// Returns a field's name in lower case and its value; absent where the line is no field.
pub(super) fn parts(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, rest) = line.split_at(colon);
    let name = name.trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(|byte| (b'!'..=b'~').contains(byte));
    is_name.then(|| {
        let value = rest.strip_prefix(b":").unwrap_or(rest).trim_ascii();
        (String::from_utf8_lossy(name).to_ascii_lowercase(), value)
    })
}

/// Tells whether a line begins a header.
pub(super) fn is_field(line: &[u8]) -> bool {
    parts(line).is_some()
}

impl Own {
    /// Takes a line; false where it is not the file's own field.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        let Some((name, value)) = parts(line) else { return false };
        if !OWN.contains(&name.as_str()) {
            return false;
        }
        let text = String::from_utf8_lossy(value);
        match name.as_str() {
            "status" => self.flags.seen |= text.contains('R'),
            "x-status" => self.x_status(&text),
            "x-keywords" | "x-mozilla-keys" => self.keywords(&text),
            "x-mozilla-status" => self.mozilla(&text),
            "content-length" => self.length = text.parse().ok(),
            _ => {}
        }
        true
    }

    fn x_status(&mut self, letters: &str) {
        self.flags.answered |= letters.contains('A');
        self.flags.flagged |= letters.contains('F');
        self.flags.draft |= letters.contains('T');
        self.flags.deleted |= letters.contains('D');
    }

    fn keywords(&mut self, words: &str) {
        let is_atom = |word: &&str| {
            word.bytes().all(|byte| byte.is_ascii_graphic() && !b"(){%*\"\\]".contains(&byte))
        };
        let words = words.split_ascii_whitespace().filter(is_atom).take(MAX_KEYWORDS);
        self.flags.keywords.extend(words.map(str::to_owned));
    }

    /// Flags of nsMsgMessageFlags.h, in hex.
    fn mozilla(&mut self, hex: &str) {
        let bits = u32::from_str_radix(hex, 16).unwrap_or_default();
        self.flags.seen |= bits & 0x0001 != 0;
        self.flags.answered |= bits & 0x0002 != 0;
        self.flags.flagged |= bits & 0x0004 != 0;
        self.is_removed |= bits & 0x0008 != 0;
        if bits & 0x1000 != 0 {
            self.flags.keywords.insert("$Forwarded".to_owned());
        }
    }
}

/// Returns the fields that keep these flags.
pub(super) fn written(flags: &Flags) -> Vec<String> {
    let mut fields = vec![format!("Status: {}O", if flags.seen { "R" } else { "" })];
    let letters: String =
        [(flags.answered, 'A'), (flags.flagged, 'F'), (flags.draft, 'T'), (flags.deleted, 'D')]
            .into_iter()
            .filter_map(|(is_set, letter)| is_set.then_some(letter))
            .collect();
    if !letters.is_empty() {
        fields.push(format!("X-Status: {letters}"));
    }
    if !flags.keywords.is_empty() {
        let words: Vec<&str> = flags.keywords.iter().map(String::as_str).collect();
        fields.push(format!("X-Keywords: {}", words.join(" ")));
    }
    fields
}
