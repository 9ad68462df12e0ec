//! The receipt of a message that was sent: what can be shown to somebody who says that it never came.

use super::{RecipientResult, ReportedFate, contract};

contract! {
    /// A step of a message on its way, as it was written down when it happened.
    pub struct ReceiptStep {
        /// When.
        pub at: i64,
        /// Which: `queued`, `connecting`, `recipients`, `data`, `dot-sent`, `accepted`, `filed`, `done`, or how it ended.
        pub step: String,
        /// What the server said; empty when it said nothing.
        pub said: String,
    }

    /// A line that was said on the connection.
    pub struct ReceiptLine {
        /// When.
        pub at: i64,
        /// `C: ` (this program) or `S: ` (the server) and the line; nothing secret, nothing of the message's text.
        pub line: String,
    }

    /// How a message was handed over.
    pub struct SendReceipt {
        /// Outbox row.
        pub id: i64,
        /// `Message-ID` without angle brackets.
        pub message_id: String,
        /// Sender of the envelope.
        pub sender: String,
        /// Size of what was sent, bytes.
        pub size: u64,
        /// SHA-256 of what was sent, in hex; empty before a server was reached.
        pub sha256: String,
        /// Server that it was handed to; empty before one was reached.
        pub server: String,
        /// Its IP address and port; empty where a proxy stood in between.
        pub address: String,
        /// Protection of the connection (`TLS 1.3`); empty when there was none.
        pub security: String,
        /// SHA-256 of the server's certificate, in hex; empty when there was none.
        pub certificate: String,
        /// The server's name for the message; empty when it told none.
        pub queue_id: String,
        /// When the server took it; null when it did not.
        pub accepted_at: Option<i64>,
        /// What was said to each recipient.
        pub recipients: Vec<RecipientResult>,
        /// Delivery reports: `none` (nobody asked for any), `asked`, `notOffered` (the server cannot).
        pub reports: String,
        /// What was reported since, oldest first.
        pub fates: Vec<ReportedFate>,
        /// Its steps, oldest first.
        pub steps: Vec<ReceiptStep>,
        /// What was said on the connection, oldest first.
        pub lines: Vec<ReceiptLine>,
        /// All of this as text, to be copied.
        pub text: String,
    }

    /// Says what happens when a recipient is refused.
    #[derive(Copy, Eq)]
    pub struct SetAllOrNothing {
        /// Account.
        pub id: i64,
        /// True: nobody gets the message. False: those get it who can.
        pub value: bool,
    }
}
