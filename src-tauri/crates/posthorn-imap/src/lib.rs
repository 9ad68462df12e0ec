//! IMAP sessions over any byte stream, on async-imap.
//!
//! Vocabulary: a [`Session`] is a conversation with one server. A *frame* is one response with its literals. An
//! *untagged* response is data; the *tagged* one ends a command's answer. An [`Event`] is what the server said
//! unasked.
//!
//! Invariants: a command succeeded only if its tagged `OK` was read; the end of the stream, `NO`, `BAD` and what
//! cannot be understood are errors, never an empty result. Whatever a server sends, nothing panics, memory is
//! bounded ([`limit`]), and nothing is lost in silence. No argument can inject a command. A session whose answer
//! was not read to its end is never used again.
//!
//! It does not dial, encrypt, store, retry or guess: it takes a stream and says what the server said.
//!
//! async-imap numbers and sends the commands, keeps their order and reads status lines; its typed commands, which
//! take failure for success, are not used. Below it a framing layer keeps from it what it cannot read; above it
//! one `exec()` believes nothing but a tagged `OK`.
//!
//! ```
//! # use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> posthorn_imap::Result<()> {
//! # let (stream, server) = tokio::io::duplex(1 << 16);
//! # tokio::spawn(async move {
//! #     let mut server = BufReader::new(server);
//! #     server.write_all(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n").await?;
//! #     for answer in ["", "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n", "* 1 FETCH (UID 4 FLAGS (\\Seen))\r\n", "* BYE\r\n"] {
//! #         let mut line = String::new();
//! #         server.read_line(&mut line).await?;
//! #         let tag = line.split(' ').next().unwrap_or_default();
//! #         server.write_all(format!("{answer}{tag} OK [CAPABILITY IMAP4rev1] done\r\n").as_bytes()).await?;
//! #     }
//! #     std::io::Result::Ok(())
//! # });
//! use posthorn_imap::{MailboxName, Options, SelectMode, Session, UidSet};
//! use posthorn_model::Uid;
//!
//! let mut session = Session::open(stream, &Options::default()).await?;
//! session.login("ann@example.org", "secret").await?;
//! let inbox = session.select(&MailboxName::inbox(), SelectMode::Plain).await?;
//! assert_eq!(inbox.exists, 2);
//!
//! let mut flags = session.fetch_flags(&UidSet::range(Uid(1), Uid(9)), None).await?;
//! while let Some(message) = flags.next().await? {
//!     assert!(message.flags.is_some_and(|flags| flags.seen));
//! }
//! session.logout().await?;
//! # Ok(())
//! # }
//! ```

mod command;
mod connection;
mod date;
mod deflate;
mod error;
mod frame;
pub mod limit;
mod literal;
mod response;
mod session;
mod shim;
mod token;
mod traffic;
mod uid_set;
pub mod utf7;
mod wire_log;

pub use error::{Error, Result};
pub use literal::{Literal, Spooled};
pub use posthorn_sasl as sasl;
pub use response::{
    BodyStructure, Code, CopyUid, Fetched, Found, Mailbox, MailboxName, MailboxStatus, Namespace,
    Namespaces, Part, PartContent, Quota, QuotaResource, Rights, Section,
};
pub use session::{
    AppendUid, Changed, Chunk, Event, Fetching, Form, Idle, Idling, Introduction, Key, KeyPart,
    Mark, Options, Prompt, Prompted, Search, SelectMode, Selected, Session, StoreMode, Stored,
    Watched,
};
pub use traffic::Traffic;
pub use uid_set::UidSet;
pub use wire_log::{Speaker, WireLog};
