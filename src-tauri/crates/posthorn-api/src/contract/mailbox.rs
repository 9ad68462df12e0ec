//! Mailboxes, shown to people as folders.

use super::{FolderRights, contract};

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
        /// Other programs show it (IMAP subscription).
        pub subscribed: bool,
        /// It stands at the top of the folder list too.
        pub favourite: bool,
        /// The user's own order among its siblings, from 1; null = by role and name.
        pub place: Option<u32>,
        /// The user's colour, 1 to 6; 0 = none.
        pub colour: u8,
        /// The user chose the role; else it is the server's word or the name's.
        pub role_chosen: bool,
        /// One character that separates levels in `path`; empty = there are no levels.
        pub delimiter: String,
        /// It is another user's or shared.
        pub foreign: bool,
        /// What one may do with it; null = everything, or not told.
        pub rights: Option<FolderRights>,
    }

    /// Moves a folder, with everything below it, to another place of its account.
    pub struct MoveMailbox {
        /// Folder.
        pub id: i64,
        /// New parent; null = the top.
        pub parent: Option<i64>,
    }

    /// Subscribes to a folder, or ends that.
    pub struct SubscribeMailbox {
        /// Folder.
        pub id: i64,
        /// Subscribed.
        pub value: bool,
    }

    /// Says what a folder is for.
    pub struct MailboxRoleChoice {
        /// Folder.
        pub id: i64,
        /// Role; null = as the server or the name says.
        pub role: Option<MailboxRole>,
    }

    /// Changes how a folder looks here; null leaves a part as it is.
    pub struct MailboxLook {
        /// Folder.
        pub id: i64,
        /// At the top of the folder list.
        pub favourite: Option<bool>,
        /// 1 to 6; 0 = none.
        pub colour: Option<u8>,
    }

    /// Orders folders of one parent.
    pub struct MailboxOrder {
        /// Folders in their order; empty does nothing.
        pub ids: Vec<i64>,
        /// Back to the order by role and name.
        pub by_name: bool,
    }

    /// What is known of a folder.
    pub struct MailboxProperties {
        /// The folder.
        pub mailbox: Mailbox,
        /// Full name as the server spells it, control characters shown as U+FFFD.
        pub server_path: String,
        /// Bytes of its messages, as the server counts them.
        pub bytes: u64,
        /// Messages whose whole bytes are on this computer.
        pub stored: u64,
        /// When the oldest message was received, milliseconds since 1970; null = it is empty.
        pub oldest: Option<i64>,
        /// When the newest message was received; null = it is empty.
        pub newest: Option<i64>,
        /// Messages whose last change the server has not confirmed.
        pub pending: u64,
        /// When it was last compared with the server; null = never.
        pub checked_at: Option<i64>,
        /// When every message was last compared; null = never.
        pub audited_at: Option<i64>,
        /// Folders below it.
        pub below: u32,
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
