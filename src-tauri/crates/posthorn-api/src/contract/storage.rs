//! What takes the room of an account, and what a server lets one do with a folder.

use super::{Address, Error, contract};

contract! {
    /// A quota of a server (RFC 9208).
    pub struct Quota {
        /// Name of what it holds for; often empty.
        pub root: String,
        /// Bytes used. May be above the limit.
        pub used: u64,
        /// Bytes allowed.
        pub limit: u64,
    }

    /// What one may do with a folder of a server (RFC 4314).
    #[derive(Copy, Eq)]
    pub struct FolderRights {
        /// Messages may be read.
        pub read: bool,
        /// Messages may be marked as read for good.
        pub mark_read: bool,
        /// Messages may be starred and marked otherwise.
        pub flag: bool,
        /// Messages may be added.
        pub insert: bool,
        /// Messages may be removed.
        pub remove: bool,
        /// Folders may be made inside.
        pub create: bool,
        /// It may be renamed, moved and deleted.
        pub delete_folder: bool,
    }

    /// What a server says about a folder now.
    pub struct FolderFacts {
        /// Quotas of its storage; empty = none, or not told.
        pub quotas: Vec<Quota>,
        /// Bytes of its messages; null = not told.
        pub size: Option<u64>,
        /// Largest message that it takes, bytes; null = not told.
        pub append_limit: Option<u64>,
        /// What one may do with it; null = everything, or not told.
        pub rights: Option<FolderRights>,
        /// The server's letters for that; empty = not told.
        pub letters: String,
    }

    /// A folder and what it takes.
    pub struct FolderShare {
        /// Folder.
        pub mailbox: i64,
        /// Bytes of its messages.
        pub bytes: u64,
        /// Messages in it.
        pub messages: u64,
    }

    /// A sender and what the mail takes.
    pub struct SenderShare {
        /// Who.
        pub from: Address,
        /// Bytes of the messages.
        pub bytes: u64,
        /// Messages.
        pub messages: u64,
    }

    /// A message and what it takes.
    pub struct LargeMessage {
        /// Message.
        pub message: i64,
        /// A folder that it is in.
        pub mailbox: i64,
        /// Subject.
        pub subject: String,
        /// Sender.
        pub from: Address,
        /// When it was received.
        pub at: i64,
        /// Bytes of the whole message.
        pub size: u64,
    }

    /// A file of a message.
    pub struct LargeFile {
        /// The message.
        pub message: LargeMessage,
        /// Name; empty = none.
        pub name: String,
        /// Media type.
        pub mime: String,
        /// Decoded bytes, as far as known.
        pub size: u64,
    }

    /// What takes the room of an account; by the sizes that the server told, nothing is fetched for it.
    pub struct StorageOverview {
        /// Bytes of all messages in folders.
        pub bytes: u64,
        /// Messages in folders.
        pub messages: u64,
        /// Quotas of the server's storage; empty = none, or not told.
        pub quotas: Vec<Quota>,
        /// Why the server could not be asked; null = it was, or there is none.
        pub quota_problem: Option<Error>,
        /// All folders that hold something, the largest first.
        pub folders: Vec<FolderShare>,
        /// The largest senders.
        pub senders: Vec<SenderShare>,
        /// The largest messages.
        pub large: Vec<LargeMessage>,
        /// The largest files.
        pub files: Vec<LargeFile>,
    }

    /// Which messages are proposed first.
    #[derive(Copy, Eq)]
    pub enum StorageOrder {
        /// The largest.
        Largest,
        /// The oldest.
        Oldest,
    }

    /// Asks what could leave the server.
    pub struct ProposeStorage {
        /// Account.
        pub account: i64,
        /// Bytes to be freed.
        pub bytes: u64,
        /// What goes first.
        pub order: StorageOrder,
    }

    /// What could leave the server. Starred messages and drafts stay.
    pub struct StorageProposal {
        /// Messages, in the order asked for.
        pub messages: Vec<LargeMessage>,
        /// Bytes that they take.
        pub bytes: u64,
    }
}
