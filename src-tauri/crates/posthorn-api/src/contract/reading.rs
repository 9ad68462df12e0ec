//! What a message says beside its text: the list that it came through, what became of another message.

use super::contract;

contract! {
    /// How a mailing list is left.
    #[derive(Copy, Eq)]
    pub enum LeaveList {
        /// The list does not say.
        Unknown,
        /// By `messages.unsubscribe`, which asks the list's server at once (RFC 8058).
        OneClick,
        /// By a message to `address`.
        Mail,
        /// On the page `address`, in a browser.
        Page,
    }

    /// A mailing list.
    pub struct MailingList {
        /// Its name, else its identifier; empty when it gives neither.
        pub name: String,
        /// How to leave it.
        pub leave: LeaveList,
        /// Where to leave it (`mailto:` or `https:`); empty when it does not say.
        pub address: String,
        /// Its own address takes answers (`replyToList`).
        pub takes_answers: bool,
        /// Its archive, at this message where the message says (`https:`); empty when it has none.
        pub archive: String,
    }

    /// What became of a message for one recipient.
    #[derive(Copy, Eq)]
    pub enum ReportFate {
        /// It did not arrive and will not be tried again.
        Failed,
        /// It did not arrive yet and is tried again.
        Delayed,
        /// It arrived.
        Delivered,
        /// It was handed to a server that reports nothing.
        Relayed,
        /// Its reader saw it.
        Read,
        /// It was deleted unseen.
        Unread,
    }

    /// Why a message did not arrive.
    #[derive(Copy, Eq)]
    pub enum ReportReason {
        /// There is no such address.
        NoSuchAddress,
        /// The mailbox is full.
        Full,
        /// The message is too large.
        TooLarge,
        /// The server does not want it.
        Refused,
        /// The server was not reached, or does not work.
        Unreachable,
        /// The report does not say.
        Unknown,
    }

    /// What became of a message for one recipient.
    pub struct ReportedRecipient {
        /// Address, as the report writes it.
        pub address: String,
        /// What became of it.
        pub fate: ReportFate,
        /// Why.
        pub reason: ReportReason,
        /// The last server's sentence with its code; empty when missing.
        pub said: String,
    }

    /// A delivery report or read receipt (RFC 3464, RFC 8098), as a stranger's server wrote it.
    pub struct DeliveryReport {
        /// Recipients, in order; never empty.
        pub recipients: Vec<ReportedRecipient>,
        /// Subject of the message that it is about; empty when missing.
        pub subject: String,
    }

    /// A field of a message's header.
    pub struct HeaderField {
        /// Its name, as written.
        pub name: String,
        /// Its value, decoded, on one line.
        pub value: String,
    }

    /// A part of a message.
    pub struct MessagePart {
        /// Section as in IMAP; empty for the outermost multipart.
        pub section: String,
        /// How deep it stands; 0 for the outermost.
        pub depth: u32,
        /// Content type, lower case.
        pub content_type: String,
        /// Its file name; empty when it has none.
        pub name: String,
        /// Transfer encoding and charset as written; empty when missing.
        pub encoding: String,
        /// Size, bytes.
        pub size: u64,
    }

    /// How a message is put together.
    pub struct MessageStructure {
        /// Header fields in order.
        pub fields: Vec<HeaderField>,
        /// Parts in the order in which they stand.
        pub parts: Vec<MessagePart>,
    }
}
