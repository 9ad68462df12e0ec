//! What the user does to messages: operations with a local effect, a remote effect and a way back.

use super::{Selection, contract};

contract! {
    /// An action on messages.
    pub struct OnMessages {
        /// What it is done to.
        pub selection: Selection,
    }

    /// Marks messages.
    pub struct Mark {
        /// What it is done to.
        pub selection: Selection,
        /// New value of the mark that the method names.
        pub value: bool,
    }

    /// Moves or copies messages.
    pub struct MoveMessages {
        /// What it is done to.
        pub selection: Selection,
        /// Folder, also one of another account.
        pub mailbox: i64,
    }

    /// What an action did, for the undo bar.
    pub struct Undoable {
        /// Operation for `operations.undo`; null when nothing changed or it cannot be undone.
        pub operation: Option<i64>,
        /// `read`, `unread`, `star`, `unstar`, `move`, `copy`, `archive`, `empty`, `subscribe`, `unsubscribe`, `moveMailbox`, `trash`, `delete`, `junk`, `notJunk`, `markAllRead`, `createMailbox`, `renameMailbox`, `deleteMailbox`, `split`, `merge`, `rejoin`, `separate`.
        pub action: String,
        /// Messages (or folders, or conversations) it was done to.
        pub count: u64,
        /// Folder name that goes into the sentence (where it went); empty where there is none.
        pub folder: String,
    }
}
