//! A draft to the bytes that are sent, with mail-builder behind one layer that makes every value safe.
//!
//! Invariants: no CR, LF or NUL of a draft reaches a header; everything is 7-bit with CRLF line ends; the same draft
//! gives the same bytes for ever (boundaries come from the Message-ID, no clock and no host name is asked); `Bcc` is
//! never in the bytes for the wire. `parse(compose(draft))` says what the draft says.

mod build;
mod disposition;
mod header;
mod resent;
mod stand_in;

use posthorn_model::{Address, MessageIdHeader, Timestamp};
use thiserror::Error;

use crate::address::AddressError;

pub use build::compose;
pub use disposition::{Disposition as ReadAnswer, asks_receipt, disposition};
pub use header::message_id;
pub use resent::{Resent, resend};
pub use stand_in::{Base64Lines, cut, encoded_len, stand_in};

/// Bytes of text and files of one message; larger ones no server takes.
pub const MAX_MESSAGE_BYTES: usize = 150 * 1024 * 1024;

/// A file that goes with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftFile {
    /// Name for the receiver; made safe on the way.
    pub name: String,
    /// Content type; `application/octet-stream` where it is empty or no type.
    pub content_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A picture in the HTML text, referred to as `cid:` and its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InlinePicture {
    /// `Content-ID` without brackets.
    pub content_id: String,
    /// The file.
    pub file: DraftFile,
}

/// A calendar that programs read in place of the text (RFC 6047 section 2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarText {
    /// Its method (`REPLY`), letters alone.
    pub method: &'static str,
    /// Folded lines.
    pub text: String,
}

/// A message to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Who it is from.
    pub from: Address,
    /// `Reply-To`. Empty when answers go to `from`.
    pub reply_to: Vec<Address>,
    /// `To`.
    pub to: Vec<Address>,
    /// `Cc`.
    pub cc: Vec<Address>,
    /// `Bcc`: in [`Composed::bcc_line`] alone.
    pub bcc: Vec<Address>,
    /// Subject, one line.
    pub subject: String,
    /// When it is sent; `Date` has whole seconds.
    pub date: Timestamp,
    /// What the sender's clock adds to UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// Fixed once per message: see [`message_id`].
    pub message_id: MessageIdHeader,
    /// `In-Reply-To`. `None` for a new message.
    pub in_reply_to: Option<MessageIdHeader>,
    /// `References`, oldest first.
    pub references: Vec<MessageIdHeader>,
    /// Plain text; lines end with `\n`.
    pub text: String,
    /// HTML text. `None` for a plain message.
    pub html: Option<String>,
    /// Pictures in the HTML text.
    pub pictures: Vec<InlinePicture>,
    /// Files.
    pub files: Vec<DraftFile>,
    /// The reader is asked to say that it was read (`Disposition-Notification-To`, RFC 8098 section 2.1): to `from`.
    pub asks_receipt: bool,
    /// A calendar beside the text. `None` for ordinary mail.
    pub calendar: Option<CalendarText>,
}

impl Draft {
    /// Returns an empty message, dated in UTC.
    pub fn new(from: Address, message_id: MessageIdHeader, date: Timestamp) -> Self {
        Self {
            from,
            message_id,
            date,
            reply_to: Vec::new(),
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: String::new(),
            utc_offset_minutes: 0,
            in_reply_to: None,
            references: Vec::new(),
            text: String::new(),
            html: None,
            pictures: Vec::new(),
            files: Vec::new(),
            asks_receipt: false,
            calendar: None,
        }
    }
}

/// A message as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composed {
    /// What goes over the wire: without `Bcc`, 7-bit, CRLF.
    pub wire: Vec<u8>,
    /// The `Bcc` field with its line end, to put before `wire` for the copy in Sent. Empty when there is none.
    pub bcc_line: Vec<u8>,
}

impl Composed {
    /// Returns the bytes for the copy in Sent.
    pub fn sent_copy(&self) -> Vec<u8> {
        [self.bcc_line.as_slice(), self.wire.as_slice()].concat()
    }
}

/// Why a draft cannot become a message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ComposeError {
    /// An address is none.
    #[error("{address}: {reason}")]
    Address {
        /// The address as written.
        address: String,
        /// What is wrong with it.
        reason: AddressError,
    },
    /// The Message-ID has no form that a header can hold.
    #[error("the Message-ID is not valid")]
    MessageId,
    /// The date is outside the years that a header can hold.
    #[error("the date cannot be written")]
    Date,
    /// Text and files are larger than [`MAX_MESSAGE_BYTES`].
    #[error("the message is larger than {MAX_MESSAGE_BYTES} bytes")]
    TooLarge,
}

impl ComposeError {
    /// Never goes away by waiting: the draft has to change.
    pub fn is_permanent(&self) -> bool {
        true
    }

    /// Never: see [`Self::is_permanent`].
    pub fn is_transient(&self) -> bool {
        false
    }

    /// Never: no server was asked.
    pub fn needs_credentials(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests;
