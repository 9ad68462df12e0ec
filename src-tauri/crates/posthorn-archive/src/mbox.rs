//! mbox: messages one after the other, each behind a line that begins with "From ".
//!
//! Four dialects exist (mboxo, mboxrd, mboxcl, mboxcl2) and no file says which it is. Read so:
//! * A message that [`Writer`] wrote says so in its first field, and comes out byte by byte.
//! * A `Content-Length` counts where the message really ends there (mboxcl, mboxcl2: mutt); its body is taken as it is.
//! * Else a message ends at an empty line with a "From " line behind it that has a date, or behind which a header
//!   begins (Thunderbird wrote files without dates, and text that was never quoted); one `>` is taken from lines of
//!   `>`s and "From ".
//!
//! What a file keeps beside a message comes as flags and not as part of it: Status, X-Status (mutt, Dovecot, Python),
//! X-Keywords (Dovecot), X-Mozilla-Status and X-Mozilla-Keys (Thunderbird).

mod field;
mod line;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Mail, NotMbox, Reader};
pub use write::{Shape, Writer};

/// The field that says that this crate wrote the message: how many fields of the file's own follow, the message's
/// octets, and `exact` where its lines are kept as they are.
const MARK: &str = "X-Posthorn-Export";

/// More `>`s than this before "From " are text on both sides: a line is looked at in pieces.
const MAX_QUOTES: usize = 1000;

/// Tells whether a file that begins so may be an mbox.
pub fn is_mbox(begin: &[u8]) -> bool {
    let begin = begin.trim_ascii_start();
    let mut lines = begin.split_inclusive(|byte| *byte == b'\n');
    read::is_separator(lines.next().unwrap_or_default(), lines.next().unwrap_or_default())
}
