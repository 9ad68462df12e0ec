//! Mailboxes, shown to people as folders.

use super::contract;

contract! {
    /// What a folder is for.
    #[derive(Copy, Eq)]
    pub enum MailboxRole {
        /// Where new mail arrives.
        Inbox,
        /// Messages being written.
        Drafts,
        /// Sent mail.
        Sent,
        /// Kept, out of the way.
        Archive,
        /// Unwanted mail.
        Junk,
        /// Deleted mail.
        Trash,
        /// Every message of the account.
        All,
        /// A folder of the user's own.
        Other,
    }

    /// A folder.
    pub struct Mailbox {
        /// Local id.
        pub id: i64,
        /// Account it belongs to.
        pub account: i64,
        /// Parent folder; null at the top.
        pub parent: Option<i64>,
        /// Its own name, decoded, control characters shown as U+FFFD. Not translated; roles have words of their own.
        pub name: String,
        /// Names from the top down, joined by the server's delimiter, decoded.
        pub path: String,
        /// What it is for.
        pub role: MailboxRole,
        /// Messages in it.
        pub total: u64,
        /// Unread messages in it.
        pub unread: u64,
        /// It can hold messages (not `\Noselect`).
        pub selectable: bool,
        /// It lives on this computer alone (POP3, local folders).
        pub local: bool,
        /// All headers are here; false while the first synchronisation goes on.
        pub complete: bool,
    }

    /// Creates a folder.
    pub struct CreateMailbox {
        /// Account.
        pub account: i64,
        /// Parent; null at the top.
        pub parent: Option<i64>,
        /// Name, one level.
        pub name: String,
    }

    /// Renames a folder, in place.
    pub struct RenameMailbox {
        /// Folder.
        pub id: i64,
        /// New name, one level.
        pub name: String,
    }
}
