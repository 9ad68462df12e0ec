//! What a message asks of those who get it, what they answered, and what they ask of the user.

use super::{ReportFate, contract};

contract! {
    /// What a message asks for.
    #[derive(Copy, Eq, Default)]
    pub struct Wishes {
        /// The servers on the way: a report on success, delay and failure (RFC 3461).
        pub report: bool,
        /// The reader: a word that it was read (RFC 8098).
        pub receipt: bool,
    }

    /// Chooses what a draft asks for, or what all messages of an account do unless they are told otherwise.
    #[derive(Copy, Eq)]
    pub struct SetWishes {
        /// Draft or account; the method says which.
        pub id: i64,
        /// What is asked for.
        pub wishes: Wishes,
    }

    /// What was reported of a sent message for one recipient.
    pub struct ReportedFate {
        /// Recipient.
        pub address: String,
        /// What became of it.
        pub fate: ReportFate,
        /// The last server's sentence, with its code where it has one; empty when missing.
        pub said: String,
        /// When the report was received.
        pub at: i64,
        /// The message that reports it; null when it is gone.
        pub message: Option<i64>,
    }

    /// Answers somebody who asked to be told that a message was read.
    pub struct AnswerReceipt {
        /// Message that was read.
        pub message: i64,
        /// True: the answer is sent. False: it is not, and not asked about again.
        pub send: bool,
        /// Subject of the answer, in the user's language.
        pub subject: String,
        /// What it says, in the user's language.
        pub text: String,
    }
}
