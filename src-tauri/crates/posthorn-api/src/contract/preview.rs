//! Files of messages as they are looked at inside the window.

use super::{Address, Attachment, Invitation, MessageDesign, contract};

contract! {
    /// Asks what a file looks like. Nothing remote is fetched and nothing runs.
    pub struct PreviewAttachment {
        /// Message.
        pub message: i64,
        /// Number of the part.
        pub part: u32,
        /// The way into messages inside it: numbers of their files, outermost first. Absent = the part itself.
        #[serde(default)]
        #[ts(optional, as = "Option<Vec<u32>>")]
        pub inside: Vec<u32>,
        /// Theme of the frame: `light`, `dark` or `contrast`.
        pub theme: String,
    }

    /// Why a file is not shown.
    #[derive(Copy, Eq)]
    pub enum PreviewRefusal {
        /// There is no preview of this kind of file.
        Kind,
        /// It is a program, or pretends not to be one.
        Dangerous,
        /// It is too large.
        TooLarge,
        /// It is empty.
        Empty,
        /// It is not what its type says.
        Damaged,
        /// It is encrypted, and opens with a password.
        Locked,
        /// It has too many pages.
        TooManyPages,
        /// Reading it takes too long, or too much memory.
        TooMuch,
    }

    /// How large a page of a file is, as it is turned.
    #[derive(Copy)]
    pub struct PageSize {
        /// Width, points of 1/72 inch; at least one.
        pub width: f32,
        /// Height, points; at least one.
        pub height: f32,
    }

    /// A number, address or page of somebody.
    pub struct CardEntry {
        /// `work`, `home`, `cell`, `fax`, `other`.
        pub kind: String,
        /// As it is read.
        pub value: String,
    }

    /// A contact card (RFC 6350).
    pub struct ContactCard {
        /// Name; empty when missing.
        pub name: String,
        /// Organisation; empty when missing.
        pub organization: String,
        /// What somebody does there; empty when missing.
        pub title: String,
        /// Mail addresses.
        pub emails: Vec<CardEntry>,
        /// Telephone numbers.
        pub phones: Vec<CardEntry>,
        /// Postal addresses, lines separated by `\n`.
        pub addresses: Vec<CardEntry>,
        /// Pages.
        pub urls: Vec<CardEntry>,
        /// Birthday as written; empty when missing.
        pub birthday: String,
        /// Further words; empty when missing.
        pub note: String,
    }

    /// A message inside another one.
    pub struct InnerMessage {
        /// Authors.
        pub from: Vec<Address>,
        /// Recipients.
        pub to: Vec<Address>,
        /// Copies.
        pub cc: Vec<Address>,
        /// Decoded subject; empty when there is none.
        pub subject: String,
        /// Date header; null when missing or not a date.
        pub sent_at: Option<i64>,
        /// How its design is treated.
        pub design: MessageDesign,
        /// Its files; their numbers go behind the way that led here.
        pub attachments: Vec<Attachment>,
        /// Remote pictures that were not loaded; they never are here.
        pub blocked_images: u32,
        /// BCP 47 language guessed for choosing glyphs; empty when none stands out.
        pub lang: String,
    }

    /// What a file looks like.
    #[serde(tag = "kind", rename_all_fields = "camelCase")]
    pub enum Preview {
        /// A picture; `url` of the file shows it.
        Picture {},
        /// Text, in a frame.
        Text {
            /// URL of the frame's document.
            frame_url: String,
            /// Encoding that it was read in; empty for a page.
            charset: String,
            /// Only its beginning is shown.
            cut: bool,
        },
        /// A table, in a frame.
        Table {
            /// URL of the frame's document.
            frame_url: String,
            /// Encoding that it was read in.
            charset: String,
            /// Rows that are shown.
            rows: u32,
            /// There are more rows, columns or letters than are shown.
            cut: bool,
        },
        /// A message.
        Message {
            /// URL of the frame's document.
            frame_url: String,
            /// Everything beside its text.
            message: Box<InnerMessage>,
        },
        /// Events of a calendar.
        Events {
            /// In order, at most 50.
            events: Vec<Invitation>,
        },
        /// Contact cards.
        Cards {
            /// In order, at most 50.
            cards: Vec<ContactCard>,
        },
        /// Pages of a PDF, each a picture.
        Pages {
            /// Beginning of the URL of a page; `NUMBER-PIXELS` follows: its number from one and how wide it is drawn, at most
            /// 4,096 pixels.
            page_url: String,
            /// How large each is, in order; at least one, at most 5,000.
            sizes: Vec<PageSize>,
        },
        /// It is not shown.
        None {
            /// Why.
            why: PreviewRefusal,
        },
    }

    /// A file of a conversation.
    pub struct ThreadFile {
        /// The message that has it.
        pub message: i64,
        /// The file; without URL.
        pub file: Attachment,
    }

    /// The files of a conversation.
    pub struct ThreadFiles {
        /// In the order of the messages, at most 1,000; pictures in texts are left out.
        pub files: Vec<ThreadFile>,
    }

    /// A file as it is looked at.
    pub struct PreviewedFile {
        /// Safe file name.
        pub name: String,
        /// Content type, lower case.
        pub content_type: String,
        /// Decoded size, bytes.
        pub size: u64,
        /// URL of the file on the content scheme.
        pub url: String,
        /// What it looks like.
        pub preview: Preview,
    }
}
