//! Header blocks as raw fields. Nothing is decoded here.

/// Fields of one header block that are read; a thousand is ten times what mailing lists produce.
pub const MAX_FIELDS: usize = 1_000;

/// The fields of one header block in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields<'a> {
    fields: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Fields<'a> {
    /// Reads a header block, with or without the empty line that ends it.
    pub(crate) fn parse(block: &'a [u8]) -> Self {
        let mut fields: Vec<(&[u8], &[u8])> = Vec::new();
        let mut at = 0;
        while at < block.len() && fields.len() < MAX_FIELDS {
            let end = field_end(block, at);
            let field = block.get(at..end).unwrap_or_default();
            at = end;
            let Some(colon) = field.iter().position(|byte| *byte == b':') else { continue };
            let Some((name, value)) = field.split_at_checked(colon) else { continue };
            let name = name.trim_ascii();
            if !name.is_empty() && name.iter().all(u8::is_ascii_graphic) {
                fields.push((name, value.get(1..).unwrap_or_default().trim_ascii()));
            }
        }
        Self { fields }
    }

    /// Returns the raw value of the first field of this name.
    pub(crate) fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// Returns the raw values of all fields of this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| *value)
    }

    /// Returns names and raw values in order.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.fields.iter().copied()
    }

    /// Tells whether there is no field at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// Returns where the field that begins at `from` ends: after the last line that is folded into it.
fn field_end(block: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = block.get(at..).unwrap_or_default();
        let Some(newline) = memchr::memchr(b'\n', rest) else { return block.len() };
        at += newline + 1;
        if !matches!(block.get(at), Some(b' ' | b'\t')) {
            return at;
        }
    }
}

/// Returns where the header block at the start of `bytes` ends and where the body begins. Without an empty line the
/// header ends at the first line that is no field.
pub(crate) fn split(bytes: &[u8]) -> (usize, usize) {
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.starts_with(b"\n") {
            return (at, at + 1);
        }
        if rest.starts_with(b"\r\n") {
            return (at, at + 2);
        }
        let is_folded = at > 0 && matches!(rest.first(), Some(b' ' | b'\t'));
        let is_mbox_line = at == 0 && rest.starts_with(b"From ");
        if !(is_field_line(rest) || is_mbox_line || is_folded) {
            return (at, at);
        }
        at = memchr::memchr(b'\n', rest).map_or(bytes.len(), |newline| at + newline + 1);
    }
    (bytes.len(), bytes.len())
}

/// Tells whether a line begins with a field name. Raw 8-bit and overlong names are no names.
fn is_field_line(line: &[u8]) -> bool {
    let name = line.iter().take(200).position(|byte| *byte == b':');
    name.and_then(|end| line.get(..end)).is_some_and(|name| {
        let name = name.trim_ascii_end();
        !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
    })
}
