//! Conversations that the user split and merged by hand.

use super::contract;

contract! {
    /// What the user did to a conversation.
    #[derive(Copy, Eq)]
    pub enum Arranged {
        /// It was split off from another one.
        Split,
        /// Something was split off from it.
        Rest,
        /// It was merged from several.
        Merged,
    }

    /// How much of a conversation is split off.
    #[derive(Copy, Eq)]
    pub enum SplitReach {
        /// The message alone.
        Message,
        /// The message and what came after it.
        FromHere,
    }

    /// Makes a conversation of its own.
    pub struct SplitConversation {
        /// Message.
        pub message: i64,
        /// How much.
        pub reach: SplitReach,
    }
}
