//! Composing: drafts, their recipients and files.

use super::{Address, Selection, contract};

contract! {
    /// What a new draft begins with.
    #[serde(tag = "kind", rename_all_fields = "camelCase")]
    pub enum NewDraft {
        /// Empty.
        Blank {
            /// Account to send from; null lets the engine choose.
            account: Option<i64>,
            /// Recipients; absent = none yet.
            #[serde(default)]
            #[ts(optional, as = "Option<Vec<Address>>")]
            to: Vec<Address>,
        },
        /// A reply.
        Reply {
            /// Message replied to.
            message: i64,
            /// To all.
            all: bool,
            /// The part of the message that is quoted, as its frame shows it; absent = all of it.
            #[serde(default)]
            #[ts(optional)]
            quote: Option<String>,
        },
        /// A reply to the mailing list that a message came through, and to nobody else.
        ReplyToList {
            /// Message replied to.
            message: i64,
        },
        /// A forward with the original kept faithful.
        Forward {
            /// Message forwarded.
            message: i64,
        },
        /// A new message with messages as files (`message/rfc822`), byte for byte as they came.
        ForwardAttached {
            /// Messages, at most 100; a row that stands for a conversation means all of it within the view's folders.
            selection: Selection,
        },
        /// A `mailto:` link (RFC 6068).
        Mailto {
            /// The link.
            url: String,
        },
        /// A message that was sent, to be sent again: a new one with its recipients, words and files.
        Again {
            /// Message.
            message: i64,
        },
        /// A draft of the Drafts folder, to go on with.
        Continue {
            /// Message.
            message: i64,
        },
    }

    /// A file of a draft; its bytes were copied and hashed when it was attached.
    pub struct DraftAttachment {
        /// Local id.
        pub id: i64,
        /// Safe file name.
        pub name: String,
        /// Content type.
        pub content_type: String,
        /// Size, bytes.
        pub size: u64,
        /// Shown in the text; `url` is its picture.
        pub inline: bool,
        /// Content id of an inline picture; empty otherwise.
        pub content_id: String,
        /// URL on the content scheme.
        pub url: String,
    }

    /// A message being written.
    pub struct Draft {
        /// Local id.
        pub id: i64,
        /// Advances with each save; a save names the one that it builds on.
        pub revision: u64,
        /// Account to send from.
        pub account: i64,
        /// Address to send as, one of the account's own.
        pub from: Address,
        /// Identity that it is sent as.
        pub identity: i64,
        /// Recipients; may hold unfinished text, which is told when sending.
        pub to: Vec<Address>,
        /// Copies.
        pub cc: Vec<Address>,
        /// Blind copies.
        pub bcc: Vec<Address>,
        /// Subject.
        pub subject: String,
        /// HTML of the editor, without the quoted original; unused in plain-text mode.
        pub html: String,
        /// Text of the plain-text mode, or the text form of `html`.
        pub text: String,
        /// Plain-text mode.
        pub plain: bool,
        /// `new`, `reply`, `replyAll`, `forward`.
        pub purpose: String,
        /// The message answered or forwarded; null for a new one.
        pub original: Option<i64>,
        /// The quoted original goes along, verbatim.
        pub include_original: bool,
        /// It stands above the text, else below.
        pub quote_first: bool,
        /// A signature stands there, and is sent below the quoted original, wherever it is while the message is written.
        pub signature_last: bool,
        /// URL of the quoted original's frame; empty when there is none, and in lists.
        pub original_url: String,
        /// Line above the quoted original, as text.
        pub attribution: String,
        /// Files.
        pub attachments: Vec<DraftAttachment>,
        /// Last save.
        pub saved_at: i64,
        /// Largest message that the outgoing server takes, bytes; null when unknown.
        pub size_limit: Option<u64>,
        /// Size of the message when sent, bytes, encoded, as estimated.
        pub encoded_size: u64,
        /// Its copy on the server.
        pub server: DraftServer,
        /// Its copy, where a Drafts folder shows it: list that or the draft, not both. Null = the draft alone is here.
        pub copy_message: Option<i64>,
        /// What it asks of those who get it.
        pub wishes: super::Wishes,
        /// When the user is reminded of it, where nobody answers; null = never.
        pub follow_up: Option<super::FollowUpWhen>,
        /// It was changed or removed on another computer after it was changed here: both are kept.
        pub diverged: bool,
    }

    /// How a draft's copy on the server stands.
    #[serde(tag = "kind", rename_all_fields = "camelCase")]
    pub enum DraftServer {
        /// There is none: POP3 has no folders, or nothing was written yet.
        None,
        /// The newest changes go there when it is time.
        Waiting,
        /// It has everything.
        Copied,
        /// It was not taken; it is tried again.
        Refused {
            /// The server's sentence.
            said: String,
            /// When it is tried again.
            next_try: i64,
        },
    }

    /// An earlier version of a draft.
    pub struct DraftVersion {
        /// Number.
        pub id: i64,
        /// When it was saved.
        pub saved_at: i64,
        /// Recipients.
        pub to: Vec<Address>,
        /// Subject.
        pub subject: String,
        /// Its text.
        pub text: String,
    }

    /// Goes back to an earlier version of a draft.
    pub struct RestoreVersion {
        /// Draft.
        pub draft: i64,
        /// The revision that the page saw last; another one answers with `conflict`.
        pub revision: u64,
        /// Version.
        pub version: i64,
    }

    /// Saves what the user typed. Everything but the files, which have methods of their own.
    pub struct SaveDraft {
        /// Draft.
        pub id: i64,
        /// The revision that the page saw last; another one answers with `conflict`.
        pub revision: u64,
        /// Account to send from.
        pub account: i64,
        /// Address to send as.
        pub from: Address,
        /// Recipients.
        pub to: Vec<Address>,
        /// Copies.
        pub cc: Vec<Address>,
        /// Blind copies.
        pub bcc: Vec<Address>,
        /// Subject.
        pub subject: String,
        /// HTML of the editor.
        pub html: String,
        /// Text.
        pub text: String,
        /// Plain-text mode.
        pub plain: bool,
        /// The quoted original goes along.
        pub include_original: bool,
    }

    /// A draft after a save.
    pub struct DraftSaved {
        /// New revision.
        pub revision: u64,
        /// When it became durable.
        pub saved_at: i64,
    }

    /// Attaches files by path (dropped, or chosen in the system's dialog).
    pub struct AttachPaths {
        /// Draft.
        pub draft: i64,
        /// Absolute paths.
        pub paths: Vec<String>,
        /// Pictures go into the text instead of below it.
        pub inline: bool,
    }

    /// Attaches bytes (a pasted picture).
    pub struct AttachBytes {
        /// Draft.
        pub draft: i64,
        /// File name.
        pub name: String,
        /// Content type.
        pub content_type: String,
        /// Base64, at most 32 MiB decoded.
        pub data: String,
        /// Into the text.
        pub inline: bool,
    }

    /// Removes a file of a draft.
    pub struct RemoveDraftAttachment {
        /// Draft.
        pub draft: i64,
        /// File.
        pub attachment: i64,
    }

    /// An address that is probably meant otherwise.
    pub struct AddressTypo {
        /// As it stands in the draft.
        pub address: String,
        /// What it may be meant to be.
        pub meant: String,
    }

    /// What stands between a draft and its sending; the page asks, the user decides.
    pub struct SendCheck {
        /// Addresses that cannot be right; these stop it.
        pub invalid: Vec<String>,
        /// Addresses that are probably meant otherwise; asked about.
        pub typos: Vec<AddressTypo>,
        /// No recipient at all; this stops it.
        pub no_recipient: bool,
        /// No subject.
        pub empty_subject: bool,
        /// The text speaks of a file and there is none; the word that says so, or empty.
        pub forgotten_attachment: String,
        /// Larger than the server takes; this stops it.
        pub too_large: bool,
    }

    /// Sends a draft: it becomes an outbox row in the same transaction in which it ends as a draft.
    pub struct SendDraft {
        /// Draft.
        pub id: i64,
        /// The revision that the page saw last.
        pub revision: u64,
        /// Seconds in which it can be taken back, 0 to 60.
        pub undo_seconds: u32,
        /// Not before this time, at most a year ahead. Absent or null: at once, after the seconds above.
        #[serde(default)]
        #[ts(optional = nullable)]
        pub not_before_at: Option<i64>,
        /// It waits in the outbox until it is let go. Absent = false.
        #[serde(default)]
        #[ts(optional, as = "Option<bool>")]
        pub hold: bool,
    }

    /// Asks for correspondents.
    pub struct Complete {
        /// What was typed.
        pub text: String,
        /// At most this many, 1 to 20.
        pub limit: u32,
    }

    /// Text to read as addresses (a paste).
    pub struct ParseAddresses {
        /// As pasted.
        pub text: String,
    }

    /// Addresses read from text.
    pub struct ParsedAddresses {
        /// In order; one that cannot be right keeps its text in `email`.
        pub addresses: Vec<ParsedAddress>,
    }

    /// An address and whether it can be right.
    pub struct ParsedAddress {
        /// As read.
        pub address: Address,
        /// It can be sent to.
        pub valid: bool,
    }
}
