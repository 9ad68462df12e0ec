//! The ledger: what the server has and what is here, folder by folder, and the proof of it.

use super::contract;

contract! {
    /// What a proof found in a folder, and mended.
    pub struct FolderProof {
        /// When it ended.
        pub at: i64,
        /// Messages that were compared.
        pub compared: u64,
        /// There and not here; fetched.
        pub missing: u64,
        /// Here and not there; to *Removed on the server*.
        pub gone: u64,
        /// With other flags there; taken over.
        pub flags: u64,
        /// Another message under the same number; matched anew.
        pub other: u64,
        /// Left alone, because a change of the user's is under way.
        pub spared: u64,
        /// What still differs afterwards.
        pub remaining: u64,
        /// Why it did not come to its end; empty = it did.
        pub problem: String,
        /// Both sides were found equal, or are equal now.
        pub equal: bool,
    }

    /// A message that the server lists and that nobody could read.
    pub struct UnreadableMessage {
        /// Its number on the server.
        pub uid: u32,
        /// Since when.
        pub since_at: i64,
        /// The server's sentence; empty = it said nothing.
        pub reason: String,
    }

    /// One line of the ledger.
    pub struct LedgerFolder {
        /// Folder.
        pub mailbox: i64,
        /// Account.
        pub account: i64,
        /// Messages on the server when it was last compared; null = not known.
        pub there: Option<u64>,
        /// Messages here.
        pub here: u64,
        /// Bytes of the messages here, as the server counts them.
        pub bytes: u64,
        /// Messages whose whole bytes are here; the others come when they are opened.
        pub stored: u64,
        /// Messages with a change of the user's that the server has not confirmed.
        pub pending: u64,
        /// UIDVALIDITY; null = never opened.
        pub uid_validity: Option<u32>,
        /// UIDNEXT; null = not told.
        pub uid_next: Option<u32>,
        /// HIGHESTMODSEQ as text, because it is longer than a number may be here; empty = the server counts no changes.
        pub modseq: String,
        /// The server's own id of the folder (MAILBOXID); empty = it has none.
        pub object_id: String,
        /// When it was last compared; null = never.
        pub compared_at: Option<i64>,
        /// When all its numbers were last compared; null = never.
        pub audited_at: Option<i64>,
        /// The last proof; null = never.
        pub proof: Option<FolderProof>,
        /// Messages that nobody could read.
        pub unreadable: Vec<UnreadableMessage>,
    }

    /// A change of the user's that waits, or that the server refused.
    pub struct LedgerOperation {
        /// Operation.
        pub id: i64,
        /// Account.
        pub account: i64,
        /// As in `Undoable.action`.
        pub action: String,
        /// Messages (or folders) that it is about.
        pub count: u64,
        /// The server refused it, and it was taken back; else it waits.
        pub refused: bool,
        /// Tries so far.
        pub attempts: u32,
        /// When the user did it.
        pub at: i64,
        /// When it is tried again; null = as soon as it can be.
        pub next_try_at: Option<i64>,
        /// The server's sentence; empty = none.
        pub said: String,
    }

    /// What a POP3 server has.
    pub struct LedgerMaildrop {
        /// Account.
        pub account: i64,
        /// Messages that it listed.
        pub there: u64,
        /// Of these, whole here.
        pub whole: u64,
        /// Of these, here by their heads alone.
        pub heads: u64,
        /// Messages that rules deleted there without their having come, within a year.
        pub ruled: u64,
    }

    /// How far a proof is.
    pub struct ProofProgress {
        /// Account.
        pub account: i64,
        /// The folder that is being compared; null before the first.
        pub mailbox: Option<i64>,
        /// Messages of it that were compared.
        pub done: u64,
        /// Messages of it.
        pub total: u64,
        /// Folders that are done.
        pub folders_done: u64,
        /// Folders in all.
        pub folders: u64,
    }

    /// The ledger.
    pub struct Ledger {
        /// Folders of servers, by account and in the order of the folder list.
        pub folders: Vec<LedgerFolder>,
        /// Waiting and refused changes, newest first, at most 200.
        pub operations: Vec<LedgerOperation>,
        /// POP3 servers.
        pub maildrops: Vec<LedgerMaildrop>,
        /// Proofs under way.
        pub proofs: Vec<ProofProgress>,
    }

    /// Asks for the ledger.
    pub struct ReadLedger {
        /// Account; null = all.
        pub account: Option<i64>,
    }

    /// Asks for a proof.
    pub struct Prove {
        /// Account.
        pub account: i64,
        /// Folder; null = all of the account.
        pub mailbox: Option<i64>,
    }
}
