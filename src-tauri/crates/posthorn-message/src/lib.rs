//! Bytes <-> meaning, pure and total: parse, charsets, clean HTML, quote, compose, thread keys.
//!
//! [`parse`] turns any bytes into a message and a list of defects; [`part`] gives the bytes of one part;
//! [`html::clean`] makes a stranger's HTML safe to show; [`compose()`] writes a message that parses back to what was meant.
//!
//! Invariants: nothing here panics or fails on any input that came from outside; time and memory are bounded by named
//! limits; no I/O, no clock, no randomness. Types are not serializable by design.

mod address;
mod authentication;
mod calendar;
pub mod charset;
mod compose;
mod content_line;
mod embedded;
mod encoded_word;
mod field;
mod file_name;
mod head;
pub mod html;
mod lookalike;
mod message;
mod mime;
mod outline;
mod parameter;
mod preview;
mod reply;
mod report;
mod skim;
mod table;
pub mod text;
mod thread;
mod transfer;
mod vcard;

pub use address::{
    AddressError, AddressList, MAX_ADDRESS_BYTES, MAX_ADDRESSES, check as check_address,
    is_plus_of as is_plus_address_of, is_same as is_same_address, parse_address_list,
    print_address, print_address_list, to_ascii as address_to_ascii,
};
pub use authentication::{
    Authentication, AuthenticationFailure, AuthenticationResult, Outcome as AuthenticationOutcome,
};
pub use calendar::{
    AnswerKind, Attendee, CalendarMethod, EventTime, Frequency, Invitation, Recurrence, RuleDay,
    calendar_answer, events, invitation,
};
pub use compose::{
    Base64Lines, CalendarText, ComposeError, Composed, Draft, DraftFile, InlinePicture,
    MAX_MESSAGE_BYTES, ReadAnswer, Resent, asks_receipt, compose, cut, disposition, encoded_len,
    message_id, resend, stand_in,
};
pub use encoded_word::{decode_header, printable};
pub use field::MAX_FIELDS;
pub use file_name::{MAX_NAME_BYTES, ending_for, is_dangerous, safe_name};
pub use head::{Head, ListHeaders, MAX_REFERENCES, SentDate, parse_head, parse_listed_head};
pub use html::is_same_site;
pub use lookalike::imitated;
pub use message::{
    Attachment, Defect, Disposition, MAX_ATTACHMENTS, MAX_TEXT_BYTES, Parsed, PartBytes,
    decode_text, parse, parse_as, parse_contents, part, raw_part,
};
pub use mime::{MAX_DEPTH, MAX_PARTS};
pub use outline::{Outline, OutlineField, OutlinePart, outline};
pub use parameter::Parameterized;
pub use preview::{
    MAX_CHARS as MAX_PREVIEW_CHARS, of_html as preview_of_html, of_text as preview_of_text,
};
pub use reply::{Answer, AnswerContext, ReplyTo, forward, forward_subject, reply, reply_subject};
pub use report::{Fate, Reason, Report, ReportedRecipient, may_be_report, report};
pub use skim::{MAX_KEPT, Skim, Skimmer};
pub use table::{MAX_COLUMNS, MAX_ROWS, Table, table};
pub use thread::{BaseSubject, ThreadKeys, base_subject};
pub use transfer::{TransferReader, decode as decode_transfer, decoded_len};
pub use vcard::{Book, Card, CardEntry, CardGroup, MAX_BOOK_CARDS, book, cards, write_book};
