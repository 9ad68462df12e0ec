//! The console: what is said on every connection, redacted.

use super::contract;

contract! {
    /// What a connection is for.
    #[derive(Copy, Eq)]
    pub enum ConnectionPurpose {
        /// IMAP: changes, folders, heads.
        Working,
        /// IMAP: hears of news.
        Watching,
        /// IMAP: downloads messages.
        Bulk,
        /// IMAP: asks a second time what is hard to believe.
        Doubting,
        /// IMAP: compares everything.
        Proving,
        /// Asks for messages that fit a search.
        Searching,
        /// IMAP: looks for sent messages and files them.
        Filing,
        /// POP3: a look at the maildrop.
        Maildrop,
        /// SMTP: sends.
        Submission,
    }

    /// A connection that is or was open.
    pub struct ConsoleConnection {
        /// Its number.
        pub id: u64,
        /// Account.
        pub account: i64,
        /// What it is for.
        pub purpose: ConnectionPurpose,
        /// The server.
        pub host: String,
        /// When it was begun.
        pub since_at: i64,
        /// It is open.
        pub open: bool,
    }

    /// A line that was said.
    pub struct ConsoleLine {
        /// Its number, rising by one.
        pub number: u64,
        /// When it was said.
        pub at: i64,
        /// On which connection.
        pub connection: u64,
        /// This program said it; else the server.
        pub ours: bool,
        /// Without passwords, tokens, addresses and text of mail.
        pub text: String,
        /// Milliseconds since the command that it answers; null = it answers none.
        pub after_ms: Option<f64>,
    }

    /// What was said since.
    pub struct ConsoleLines {
        /// Oldest first.
        pub lines: Vec<ConsoleLine>,
        /// Read on from here.
        pub last: u64,
        /// Lines between that are not kept any more.
        pub lost: u64,
        /// Connections that are open, or of which lines are kept.
        pub connections: Vec<ConsoleConnection>,
    }

    /// Asks for what was said.
    pub struct ReadConsole {
        /// Number of the last line that is known; 0 = none.
        pub after: u64,
        /// Milliseconds to wait where there is nothing yet, at most 20,000.
        pub wait_ms: u64,
    }

    /// Writes what the console keeps into a file.
    pub struct SaveConsole {
        /// Absolute path.
        pub path: String,
        /// Connections whose lines are written; empty = all.
        pub connections: Vec<u64>,
        /// Words that each line contains; empty = all lines.
        pub words: String,
    }

    /// A harmless command.
    pub struct ConsoleCommand {
        /// Account.
        pub account: i64,
        /// The command without a tag.
        pub line: String,
    }

    /// How the server answered.
    pub struct ConsoleAnswer {
        /// `OK`, `NO` or `BAD`.
        pub word: String,
        /// Its sentence.
        pub text: String,
        /// Lines that came before it.
        pub lines: u64,
    }

    /// Commands that run.
    pub struct ConsoleCommands {
        /// Their names.
        pub verbs: Vec<String>,
    }
}
