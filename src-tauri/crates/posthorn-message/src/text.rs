//! Plain text: what HTML says, and paragraphs that were flowed for the way (RFC 3676).

mod flowed;
mod from_html;

use crate::parameter::Parameterized;

pub use flowed::{flow, unflow_text};
pub(crate) use from_html::visible_html;
pub use from_html::{from_html, to_plain};

/// Returns text with `\n` line ends and without control characters other than tabs.
pub(crate) fn clean_text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                clean.push('\n');
            }
            '\n' | '\t' => clean.push(c),
            '\u{FEFF}' => {}
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

/// Joins flowed lines when the content type says that they are flowed.
pub(crate) fn unflow(text: &str, content_type: &Parameterized) -> String {
    let is = |name: &str, value: &str| {
        content_type.raw(name).is_some_and(|raw| raw.eq_ignore_ascii_case(value.as_bytes()))
    };
    if is("format", "flowed") {
        let spaces =
            if is("delsp", "yes") { flowed::BreakSpace::Delete } else { flowed::BreakSpace::Keep };
        return unflow_text(text, spaces);
    }
    text.to_owned()
}

pub(crate) use self::clean_text as clean;
pub use flowed::BreakSpace;
pub(crate) use from_html::is_quote as is_quote_tag;
