//! Large bodies and attachments on their way from the server.

use super::contract;

contract! {
    /// How a download stands.
    #[derive(Copy, Eq)]
    pub enum DownloadState {
        /// Under way, or waiting for its turn or for a connection.
        Running,
        /// All bytes are here.
        Done,
        /// It was cancelled, failed, or the program ended meanwhile; `downloads.begin` continues it.
        Stopped,
    }

    /// A large body, or attachment, that is fetched in pieces.
    pub struct Download {
        /// Message.
        pub message: i64,
        /// As in `Attachment.section`; empty = the whole message.
        pub section: String,
        /// Bytes that are here, as transferred.
        pub done: u64,
        /// Bytes in all, as transferred; 0 = not known.
        pub total: u64,
        /// How it stands.
        pub state: DownloadState,
    }

    /// Names a body or attachment.
    pub struct DownloadRef {
        /// Message.
        pub message: i64,
        /// As in `Attachment.section`; empty = the whole message.
        pub section: String,
    }
}
