//! Reading: conversations, messages, attachments.

use super::{Address, contract};

contract! {
    /// A conversation, oldest message first.
    pub struct Conversation {
        /// Conversation.
        pub thread: i64,
        /// Subject without prefixes; empty when there is none.
        pub subject: String,
        /// Its messages in all folders of the account (without Trash and Junk, unless opened from there), oldest first.
        pub messages: Vec<MessageHead>,
        /// Drafts that answer one of its messages.
        pub drafts: Vec<i64>,
        /// What the user did to it by hand; null = nothing, or it was taken back.
        pub arranged: Option<super::Arranged>,
    }

    /// Asks for a conversation.
    pub struct OpenConversation {
        /// The message that was clicked.
        pub message: i64,
        /// Only this message (a list of single messages).
        pub single: bool,
    }

    /// Where a message's bytes are.
    #[derive(Copy, Eq)]
    pub enum BodyState {
        /// Only the head is here.
        Missing,
        /// The text is here; attachments are fetched when asked for.
        Sections,
        /// Everything is here.
        Whole,
    }

    /// A message's head.
    pub struct MessageHead {
        /// Message.
        pub id: i64,
        /// Conversation.
        pub thread: i64,
        /// Account.
        pub account: i64,
        /// Folders in which it stands.
        pub mailboxes: Vec<i64>,
        /// Authors.
        pub from: Vec<Address>,
        /// Recipients.
        pub to: Vec<Address>,
        /// Copies.
        pub cc: Vec<Address>,
        /// Blind copies, known for own mail alone.
        pub bcc: Vec<Address>,
        /// Where replies go; empty when to the authors.
        pub reply_to: Vec<Address>,
        /// Decoded subject; empty when there is none.
        pub subject: String,
        /// First words of the text; empty until the body is here.
        pub preview: String,
        /// Received time.
        pub at: i64,
        /// Date header; null when missing or not a date.
        pub sent_at: Option<i64>,
        /// Not read yet.
        pub unread: bool,
        /// Starred.
        pub starred: bool,
        /// Replied to.
        pub answered: bool,
        /// Sent by one of the user's own addresses.
        pub own: bool,
        /// Size, bytes.
        pub size: u64,
        /// It has attachments.
        pub attachments: bool,
        /// How much of it is here.
        pub body: BodyState,
        /// `Message-ID` without angle brackets; empty when missing.
        pub message_id: String,
    }

    /// How a message's own design is treated.
    #[derive(Copy, Eq)]
    pub enum MessageDesign {
        /// Plain or unstyled: follows the theme.
        Plain,
        /// Designed: stays on paper.
        Designed,
    }

    /// A line above the message that says what to know of its sender or content; the most important first.
    pub struct TrustLine {
        /// `lookalike`, `mixedScript`, `nameIsAddress`, `authFailed`, `otherAddress`, `replyElsewhere`, `linkMismatch`,
        /// `linkOdd`, `defect`, `firstMail`, `list`.
        pub kind: String,
        /// The words that go into the line (an address, a host, a defect); may be empty.
        pub detail: String,
        /// What `detail` is compared with (the domain that is imitated, the address that is pretended, the host that a
        /// text names, the check that failed); empty where there is nothing.
        pub other: String,
    }

    /// An attachment as listed.
    pub struct Attachment {
        /// Number of the part, for `attachments.*`.
        pub part: u32,
        /// Its place in the message (RFC 9051 section 6.4.5.1), for `downloads.*`.
        pub section: String,
        /// Safe file name; never empty, no path, no control characters.
        pub name: String,
        /// Content type, lower case.
        pub content_type: String,
        /// Decoded size, bytes, as far as known.
        pub size: u64,
        /// Bytes are here; else they are fetched when asked for.
        pub here: bool,
        /// A program or script, or pretends not to be one.
        pub dangerous: bool,
        /// URL on the content scheme (download; for pictures, also show).
        pub url: String,
    }

    /// What becomes of a message's copy on the POP3 server.
    #[derive(Copy, Eq)]
    pub enum ServerCopyState {
        /// It stays there.
        Stays,
        /// It leaves at a known time, or with the next look into the maildrop.
        Leaves,
        /// It left.
        Left,
    }

    /// A message's copy on a POP3 server.
    #[derive(Copy, Eq)]
    pub struct ServerCopy {
        /// What becomes of it.
        pub state: ServerCopyState,
        /// When it leaves or left; null where it stays, and where it goes with the next look.
        pub at: Option<i64>,
    }

    /// A message opened for reading.
    pub struct OpenedMessage {
        /// Its head.
        pub head: MessageHead,
        /// URL of the frame on the content scheme, under an unguessable token; empty while the body is missing.
        pub frame_url: String,
        /// How its design is treated.
        pub design: MessageDesign,
        /// How it is shown.
        pub look: MessageLook,
        /// It has a design that can be shown otherwise: HTML.
        pub has_design: bool,
        /// Files, without pictures shown in the text.
        pub attachments: Vec<Attachment>,
        /// Remote pictures that were not loaded.
        pub blocked_images: u32,
        /// Hosts of these, sorted.
        pub blocked_hosts: Vec<String>,
        /// Remote pictures are allowed for this sender. They are not loaded for one who could not be confirmed.
        pub remote_allowed: bool,
        /// The sender's domain, where it can be allowed as a whole; empty where everybody can have an address there.
        pub remote_domain: String,
        /// Who would count that this message was read, by pictures that are never fetched: services by name or hosts,
        /// each once.
        pub pixels: Vec<String>,
        /// What to know, most important first.
        pub trust: Vec<TrustLine>,
        /// What of it is on its way, or was begun and stopped.
        pub downloads: Vec<super::Download>,
        /// Why the body is not here and what happens next; null when it is.
        pub problem: Option<super::Error>,
        /// Bytes that wait on the POP3 server until the user asks for them (`messages.fetchRest`); null when none do.
        pub rest_bytes: Option<u64>,
        /// Its copy on the POP3 server; null where there is none to speak of (IMAP, own mail).
        pub server_copy: Option<ServerCopy>,
        /// Minutes east of UTC of the clock that its Date was written by; null when missing or not a date.
        pub sent_offset: Option<i32>,
        /// The mailing list that it came through; null when through none.
        pub list: Option<super::MailingList>,
        /// The event that it brings; null when none.
        pub invitation: Option<super::Invitation>,
        /// What it reports of another message; null when nothing.
        pub report: Option<super::DeliveryReport>,
        /// Who wants to be told that it was read, and was not answered yet; null when nobody, or when such wishes are never
        /// answered.
        pub receipt_to: Option<Address>,
        /// BCP 47 language guessed for choosing glyphs (`zh-CN`, `ja`); empty when none stands out.
        pub lang: String,
        /// The encoding that it is read in because the user chose so; null = what it says.
        pub charset: Option<String>,
    }

    /// Asks for a message.
    pub struct OpenMessage {
        /// Message.
        pub id: i64,
        /// Show remote pictures this once.
        pub remote: bool,
        /// Theme of the frame: `light`, `dark` or `contrast`.
        pub theme: String,
        /// How to show it, this once; null as the user chose for its sender.
        pub look: Option<MessageLook>,
    }

    /// Remembers in which encoding mail like a message is read: mail of its sender that would be read in the same one.
    pub struct SetCharset {
        /// A message of the sender.
        pub message: i64,
        /// Its name; null = what the mail says.
        pub charset: Option<String>,
    }

    /// How a message with a design of its own is shown.
    #[derive(Copy, Eq, Default)]
    pub enum MessageLook {
        /// As its design says.
        #[default]
        Own,
        /// Dark: its light grounds and dark letters turned.
        Dark,
        /// Its words alone.
        Simple,
    }

    /// Remembers how mail of a sender is shown.
    pub struct SetLook {
        /// A message from the sender.
        pub message: i64,
        /// How.
        pub look: MessageLook,
    }

    /// A line of a printed head.
    pub struct PrintLine {
        /// Its name in the user's language.
        pub label: String,
        /// Its words.
        pub text: String,
    }

    /// Asks for a message as it is printed. Remote pictures are left out.
    pub struct PrintMessage {
        /// Message.
        pub id: i64,
        /// Printed large, on top.
        pub title: String,
        /// Head, in order.
        pub lines: Vec<PrintLine>,
    }

    /// A message ready to be printed.
    pub struct Printable {
        /// URL of the document on the content scheme; the document needs nothing but itself.
        pub url: String,
    }

    /// The raw source of a message, for reading.
    pub struct MessageSource {
        /// Text, at most 1 MiB; bytes that are not UTF-8 are replaced.
        pub text: String,
        /// Size of the whole, bytes.
        pub size: u64,
        /// False when the text was cut.
        pub complete: bool,
    }

    /// Remembers whose remote pictures load.
    pub struct AllowRemote {
        /// A message from the sender.
        pub message: i64,
        /// The whole domain instead of the one address.
        pub domain: bool,
        /// Allow, or take back.
        pub allow: bool,
    }

    /// A file of a message.
    pub struct AttachmentRef {
        /// Message.
        pub message: i64,
        /// Number of the part.
        pub part: u32,
        /// The way into messages inside it: numbers of their files, outermost first. Absent = the part itself.
        #[serde(default)]
        #[ts(optional, as = "Option<Vec<u32>>")]
        pub inside: Vec<u32>,
    }

    /// Saves a file of a message. Outside a test the path comes from the system's save dialog.
    pub struct SaveAttachment {
        /// Message.
        pub message: i64,
        /// Number of the part; null saves all into the folder `path`.
        pub part: Option<u32>,
        /// The way into messages inside that part: numbers of their files, outermost first. Absent = the part itself.
        #[serde(default)]
        #[ts(optional, as = "Option<Vec<u32>>")]
        pub inside: Vec<u32>,
        /// Absolute path of the file or, for all, the folder. An existing file is never replaced by *save all*: the name gets a number.
        pub path: String,
    }

    /// Where files were saved.
    pub struct Saved {
        /// Absolute paths.
        pub paths: Vec<String>,
    }

    /// Saves a message as an .eml file.
    pub struct SaveMessage {
        /// Message.
        pub message: i64,
        /// Absolute path.
        pub path: String,
    }
}
