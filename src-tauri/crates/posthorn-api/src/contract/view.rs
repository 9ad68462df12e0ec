//! Lists on screen: the engine holds a view's sorted ids, the page asks for windows and receives deltas.

use super::{Address, MailboxRole, contract};

contract! {
    /// Which messages a view shows.
    #[serde(tag = "kind", rename_all_fields = "camelCase")]
    pub enum ViewSource {
        /// One folder.
        Mailbox {
            /// Folder.
            mailbox: i64,
        },
        /// The folders of one role in all accounts (the unified inbox).
        Role {
            /// Role.
            role: MailboxRole,
        },
        /// All starred messages.
        Starred,
        /// Sent messages that nobody answered in time.
        FollowUps,
        /// A search.
        Search {
            /// As typed.
            text: String,
            /// Only this folder; null for everywhere.
            mailbox: Option<i64>,
            /// Only this account; null for all.
            account: Option<i64>,
        },
    }

    /// Order of a view.
    #[derive(Copy, Eq)]
    pub enum SortKey {
        /// Received time.
        Date,
        /// Author as shown.
        Sender,
        /// Subject without prefixes.
        Subject,
        /// Size.
        Size,
    }

    /// Quick filter; all that are set must hold.
    #[derive(Default, Copy, Eq)]
    pub struct QuickFilter {
        /// Unread alone.
        pub unread: bool,
        /// Starred alone.
        pub starred: bool,
        /// With files alone.
        pub with_files: bool,
    }

    /// What a view shows, and how.
    pub struct ViewSpec {
        /// Which messages.
        pub source: ViewSource,
        /// Quick filter.
        pub filter: QuickFilter,
        /// Order.
        pub sort: SortKey,
        /// Ascending (oldest, smallest, A first); the default order is by date, descending.
        pub ascending: bool,
        /// One row a conversation; else one row a message.
        pub conversations: bool,
    }

    /// A row of a list.
    pub struct Row {
        /// The message that stands for the row: the newest of the conversation within the view.
        pub message: i64,
        /// Conversation.
        pub thread: i64,
        /// Account.
        pub account: i64,
        /// Folder in which it stands.
        pub mailbox: i64,
        /// Who takes part, newest last, at most 4; recipients in Sent and Drafts.
        pub people: Vec<Address>,
        /// True when `people` are recipients.
        pub outgoing: bool,
        /// Decoded subject; empty when there is none.
        pub subject: String,
        /// First words of the text; empty until the body is here.
        pub preview: String,
        /// Received time.
        pub at: i64,
        /// Messages in the conversation, in this account; 1 in a view of single messages.
        pub count: u32,
        /// Something in the row is unread.
        pub unread: bool,
        /// Something in the row is starred.
        pub starred: bool,
        /// The newest message was replied to.
        pub answered: bool,
        /// It was forwarded.
        pub forwarded: bool,
        /// A draft belongs to the conversation.
        pub draft: bool,
        /// Something in the row has attachments.
        pub attachments: bool,
        /// Size of the newest message, bytes.
        pub size: u64,
    }

    /// A view that was opened, with its first window.
    pub struct OpenedView {
        /// Handle for windows, deltas and selections; ends with `views.close` or the window.
        pub view: i64,
        /// Version that the rows belong to.
        pub version: u64,
        /// Rows known so far; of a search, the hits found so far.
        pub total: u64,
        /// Unread rows among them.
        pub unread: u64,
        /// More rows may follow the last one: they are looked for, and deltas bring them until one says that this is over.
        pub counting: bool,
        /// The first rows, at most 128.
        pub rows: Vec<Row>,
        /// Of a search: what was understood; null otherwise.
        pub search: Option<SearchInfo>,
    }

    /// How a search was understood and how much it covers.
    pub struct SearchInfo {
        /// Pieces of the typed text, for chips.
        pub tokens: Vec<SearchToken>,
        /// Messages whose bodies are searchable.
        pub indexed: u64,
        /// Messages in the searched places.
        pub messages: u64,
        /// Words to mark in the rows.
        pub highlight: Vec<String>,
    }

    /// A piece of a search as typed.
    pub struct SearchToken {
        /// Start in UTF-16 units, as the page counts.
        pub start: u32,
        /// End, exclusive.
        pub end: u32,
        /// `word`, `phrase`, `operator`, `not`, `or`, `paren`, `unknown`.
        pub kind: String,
        /// Canonical operator (`from`, `is`, …); empty otherwise.
        pub operator: String,
        /// Hint where something was not understood; empty otherwise.
        pub hint: String,
    }

    /// Asks for rows.
    pub struct RangeOfView {
        /// View.
        pub view: i64,
        /// First row.
        pub start: u64,
        /// Rows wanted, 1 to 512.
        pub len: u32,
    }

    /// Rows of a view.
    pub struct ViewRange {
        /// Version that they belong to.
        pub version: u64,
        /// First row.
        pub start: u64,
        /// Rows in all.
        pub total: u64,
        /// The rows.
        pub rows: Vec<Row>,
    }

    /// Asks where a message stands in a view.
    pub struct FindInView {
        /// View.
        pub view: i64,
        /// Message.
        pub message: i64,
    }

    /// A row's number.
    pub struct FoundInView {
        /// Number from 0; null when it is not there.
        pub index: Option<u64>,
    }

    /// A row that stands elsewhere now, for another message of its conversation.
    pub struct MovedRow {
        /// Its number before; one of `removed`.
        pub from: u64,
        /// Its number after; one of `inserted`.
        pub to: u64,
        /// The message that stands for it now.
        pub message: i64,
    }

    /// What changed in a view, from one version to the next. Where `total` says more than `removed` and `inserted` do,
    /// the other rows were found behind the last one.
    pub struct ViewDelta {
        /// View.
        pub view: i64,
        /// The version before.
        pub from_version: u64,
        /// The version after.
        pub version: u64,
        /// Rows known, after.
        pub total: u64,
        /// Unread rows among them, after.
        pub unread: u64,
        /// More rows may follow, as in `OpenedView`.
        pub counting: bool,
        /// Everything changed: ask for the window again; the lists below are empty.
        pub reset: bool,
        /// Row numbers (before) that went, ascending.
        pub removed: Vec<u64>,
        /// Row numbers (after) that came, ascending.
        pub inserted: Vec<u64>,
        /// Rows that went and came at once, because the newest message of their conversation is another one now.
        pub moved: Vec<MovedRow>,
        /// Messages whose rows read differently now.
        pub changed: Vec<i64>,
        /// Any row may read differently now: too many to be named.
        pub stale: bool,
    }

    /// What an action is done to.
    #[serde(tag = "kind", rename_all_fields = "camelCase")]
    pub enum Selection {
        /// These messages, each alone.
        Messages {
            /// Messages.
            messages: Vec<i64>,
        },
        /// The rows of a view that these messages stand for: whole conversations (within the view's folder or role) in a conversation view.
        Rows {
            /// View.
            view: i64,
            /// Messages that stand for the rows.
            messages: Vec<i64>,
        },
        /// All rows of a view but some.
        All {
            /// View.
            view: i64,
            /// Messages that stand for the rows left out.
            except: Vec<i64>,
        },
    }
}
