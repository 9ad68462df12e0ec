//! The outbox: the only thing that can send.

use super::{Address, contract};

contract! {
    /// Where a message stands on its way out (`src-tauri/docs/SYNC.md` draws it).
    #[derive(Copy, Eq)]
    pub enum OutboxState {
        /// Waits: for the undo window, the network, or its turn.
        Queued,
        /// Waits for the password of the outgoing server, which refused the one that it was given.
        NeedsPassword,
        /// Dialling and logging in.
        Connecting,
        /// Recipients are being named.
        Recipients,
        /// Bytes go out.
        Data,
        /// The final dot went out; only the server's answer says what became of it.
        DotSent,
        /// The server took it; the copy for Sent is due.
        Accepted,
        /// The connection broke after the dot: it may have arrived. Never sent again by itself.
        Unknown,
        /// The server refused it for good.
        Refused,
        /// Sent and filed.
        Done,
    }

    /// A recipient's result.
    pub struct RecipientResult {
        /// Recipient.
        pub address: Address,
        /// `waiting`, `accepted`, `delayed`, `refused`.
        pub state: String,
        /// Reply code; null before any reply.
        pub code: Option<u16>,
        /// The server's sentence; empty before any reply.
        pub said: String,
    }

    /// A message on its way out.
    pub struct OutboxItem {
        /// Local id.
        pub id: i64,
        /// Account.
        pub account: i64,
        /// Where it stands.
        pub state: OutboxState,
        /// Subject.
        pub subject: String,
        /// `Message-ID` without angle brackets, fixed for ever.
        pub message_id: String,
        /// Each recipient's result.
        pub recipients: Vec<RecipientResult>,
        /// Size, bytes.
        pub size: u64,
        /// Bytes that went out in the current try.
        pub sent_bytes: u64,
        /// When the user pressed send.
        pub queued_at: i64,
        /// Not before this time; in the undo window, its end.
        pub not_before_at: i64,
        /// The user chose that time: it is no undo window.
        pub scheduled: bool,
        /// The user holds it back: it waits until it is let go.
        pub held: bool,
        /// Tries so far.
        pub tries: u32,
        /// Next try; null when none is planned.
        pub next_try_at: Option<i64>,
        /// What went wrong last; null when nothing did.
        pub problem: Option<super::Error>,
        /// The server's reply that took it; empty before.
        pub receipt: String,
        /// It can still be taken back into a draft.
        pub can_undo: bool,
    }

    /// What the user knows about a message whose fate is unknown.
    #[derive(Copy, Eq)]
    pub enum UnknownAnswer {
        /// It arrived: file it in Sent.
        Arrived,
        /// It did not: send it again, same bytes, same Message-ID.
        SendAgain,
        /// Nobody knows: it is kept as it is, and looked for once more.
        Keep,
    }

    /// Resolves an unknown fate.
    pub struct ResolveUnknown {
        /// Outbox row.
        pub id: i64,
        /// What the user knows.
        pub answer: UnknownAnswer,
    }

    /// Holds a message back, or lets it go.
    #[derive(Copy, Eq)]
    pub struct HoldMessage {
        /// Outbox row.
        pub id: i64,
        /// True: it waits until it is let go; false: it is sent when its time has come.
        pub hold: bool,
    }

    /// Chooses when a message of the outbox is sent; it is not held back any more.
    #[derive(Copy, Eq)]
    pub struct ScheduleMessage {
        /// Outbox row.
        pub id: i64,
        /// Not before this time, at most a year ahead.
        pub at: i64,
    }

    /// Where a refused message goes instead.
    pub struct Correction {
        /// Address as it was refused.
        pub from: String,
        /// Address to try; the same one for another try, null to leave this recipient out.
        pub to: Option<String>,
    }

    /// Sends what was refused once more: same bytes, same Message-ID, only the envelope carries the addresses given.
    pub struct ResendRefused {
        /// Outbox row.
        pub id: i64,
        /// Recipients that are corrected; the others are tried as they are.
        pub corrections: Vec<Correction>,
    }

    /// How many messages would be left unsent by quitting now.
    pub struct Unsent {
        /// Messages that wait, are on the way, or whose fate is unknown.
        pub count: u64,
    }
}
