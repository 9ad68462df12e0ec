//! Reminders of sent messages that nobody answers.

use super::contract;

contract! {
    /// When the user is to be reminded of a message that is being written.
    #[serde(tag = "kind", rename_all_fields = "camelCase")]
    #[derive(Copy, Eq)]
    pub enum FollowUpWhen {
        /// Some time after the server took it.
        After {
            /// Milliseconds, at least a minute, at most a year.
            wait: i64,
        },
        /// At a time of the user's own.
        At {
            /// When; at most a year ahead.
            at: i64,
        },
    }

    /// Chooses when the user is reminded of a draft's message, where nobody answered it.
    #[derive(Copy, Eq)]
    pub struct SetDraftFollowUp {
        /// Draft.
        pub id: i64,
        /// When; null = never.
        pub when: Option<FollowUpWhen>,
    }

    /// Chooses when the user is reminded of a sent message. Answers that are here already do not count.
    #[derive(Copy, Eq)]
    pub struct SetFollowUp {
        /// Sent message.
        pub message: i64,
        /// When; at most a year ahead.
        pub at: i64,
    }

    /// A reminder of a sent message.
    #[derive(Copy, Eq)]
    pub struct FollowUp {
        /// Sent message.
        pub message: i64,
        /// When the user is reminded, or was.
        pub at: i64,
        /// The time has come, and nobody answered.
        pub due: bool,
    }

    /// A sent message that nobody answered in time.
    pub struct Unanswered {
        /// Message.
        pub message: i64,
        /// To whom it went, as shown; empty when to nobody named in it.
        pub to: String,
        /// Subject.
        pub subject: String,
    }
}
