//! The maildrop browser: what is on a POP3 server right now.

use super::{Address, Error, contract};

contract! {
    /// What the browser is doing.
    #[derive(Copy, Eq)]
    pub enum MaildropState {
        /// Nothing was asked for yet.
        Idle,
        /// Dialling, signing in, listing.
        Asking,
        /// Another program has the maildrop: it is asked again until it is free.
        Waiting,
        /// The rows are here; heads come.
        Heads,
        /// Messages come whole.
        Downloading,
        /// Messages are deleted on the server.
        Removing,
        /// Everything that was asked for is here.
        Done,
        /// The user stopped it.
        Stopped,
        /// It failed.
        Failed,
    }

    /// How much of a message is here.
    #[derive(Copy, Eq)]
    pub enum MaildropHere {
        /// Nothing.
        Nothing,
        /// Its head.
        Head,
        /// All of it.
        Whole,
        /// It was here, and was deleted here for good.
        Deleted,
    }

    /// What becomes of a message on the server.
    #[derive(Copy, Eq)]
    pub enum MaildropFate {
        /// It stays, as the policy is.
        Stays,
        /// It stays for ever by the user's wish.
        Kept,
        /// It leaves with the next look.
        Next,
        /// It leaves at `leavesAt`.
        Later,
    }

    /// A message on the server.
    pub struct MaildropRow {
        /// Its unique id there.
        pub uidl: String,
        /// Its place in the maildrop, 1 = the oldest.
        pub number: u32,
        /// Bytes.
        pub size: u64,
        /// Sender; null while that is not known.
        pub from: Option<Address>,
        /// Subject; empty = none, or not known yet.
        pub subject: String,
        /// When it was received; null while that is not known.
        pub at: Option<i64>,
        /// The server does not show its head.
        pub headless: bool,
        /// The message here; null where none is.
        pub message: Option<i64>,
        /// How much of it is here.
        pub here: MaildropHere,
        /// What becomes of it on the server.
        pub fate: MaildropFate,
        /// When it leaves; null unless `fate` is `later`.
        pub leaves_at: Option<i64>,
    }

    /// What came of the last thing that was done.
    pub struct MaildropOutcome {
        /// It was a removal; else a download.
        pub removal: bool,
        /// Messages for which it is done.
        pub done: u64,
        /// Messages for which it was asked.
        pub asked: u64,
        /// Bytes of those for which it is done.
        pub bytes: u64,
    }

    /// What changed in the browser.
    pub struct MaildropChanges {
        /// Read on from here.
        pub version: u64,
        /// The listing is another one: rows known before are void.
        pub anew: bool,
        /// What is being done.
        pub state: MaildropState,
        /// What is wrong; null when nothing is.
        pub problem: Option<Error>,
        /// Steps done of what is being done.
        pub done: u64,
        /// Steps in all; 0 = not known.
        pub total: u64,
        /// When the server was asked; null before.
        pub asked_at: Option<i64>,
        /// Messages that the server counts, also those without an id, which have no row.
        pub count: u64,
        /// What came of the last thing that was done; null before, and from the next on.
        pub outcome: Option<MaildropOutcome>,
        /// Rows that changed, newest first.
        pub rows: Vec<MaildropRow>,
        /// Ids of rows that went.
        pub gone: Vec<String>,
    }

    /// Asks what changed.
    pub struct ReadMaildrop {
        /// Account.
        pub account: i64,
        /// Version that is known; 0 = none.
        pub after: u64,
        /// Milliseconds to wait where nothing has changed, at most 20,000.
        pub wait_ms: u64,
    }

    /// Messages of a maildrop.
    pub struct MaildropMessages {
        /// Account.
        pub account: i64,
        /// Their ids there.
        pub uidls: Vec<String>,
    }

    /// Keeps messages on the server.
    pub struct KeepOnServer {
        /// Account.
        pub account: i64,
        /// Their ids there.
        pub uidls: Vec<String>,
        /// For ever; else as the policy says.
        pub keep: bool,
    }

    /// One message of a maildrop.
    pub struct MaildropMessage {
        /// Account.
        pub account: i64,
        /// Its id there.
        pub uidl: String,
    }

    /// The beginning of a message.
    pub struct MaildropPreview {
        /// Sender; its parts are empty where it has none.
        pub from: Address,
        /// Subject; empty = none.
        pub subject: String,
        /// Its first forty lines as plain text; empty = no text among them.
        pub text: String,
    }
}
