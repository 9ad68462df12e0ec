//! POP3 sessions over any byte stream, on async-pop's parser.
//!
//! A [`Session`] owns a stream that somebody else dialled (this crate never dials): [`Session::greet`] reads the greeting
//! and the capabilities, [`Session::start_tls`] gives the stream back for wrapping, [`Session::resume`] goes on behind the
//! handshake. Lines, limits, timeouts, pipelining and dot-unstuffing are ours; complete answers, brought into the
//! form that it understands, go to async-pop's parser.
//!
//! Vocabulary (RFC 1939): a *maildrop* holds messages under *numbers* that last one session, and under *UIDLs* that last
//! for ever. `DELE` only marks; the server removes at `QUIT`, and only when `QUIT` was answered.
//!
//! Invariants:
//! * A short or unreadable answer is an error, never "empty". After one the session is poisoned: nothing more is asked of it.
//! * No argument with CR, LF or NUL reaches the wire. A transcript never holds a password or mail text.
//! * Memory does not grow with a message: RETR streams.
//!
//! ```no_run
//! # async fn example(stream: tokio::net::TcpStream) -> Result<(), posthorn_pop3::Error> {
//! use posthorn_pop3::{Fetch, Session, Settings};
//! let mut session = Session::greet(stream, Settings::default()).await?;
//! session.login("ann", "secret").await?;
//! let maildrop = session.survey().await?;
//! let wanted = maildrop.sizes.iter().map(|entry| Fetch { number: entry.number, size: entry.size });
//! let mut window = session.fetch(wanted.collect(), 50 << 20);
//! let mut bytes = Vec::new();
//! while let Some(fetched) = window.next(&mut bytes, &mut |_| ()).await {
//!     // Make it durable before the next one: fetched.number, fetched.result, bytes.
//!     bytes.clear();
//! }
//! drop(window);
//! session.quit().await
//! # }
//! ```

mod capability;
mod error;
mod fetch;
mod listing;
mod login;
mod session;
mod unstuff;
mod wire;

pub use capability::Capabilities;
pub use error::{Error, Refusal, RespCode};
pub use fetch::{Fetch, Fetched, Fetching, Retrieved};
pub use listing::{ListEntry, Maildrop, Stat, UidlEntry, UidlListing};
pub use session::Session;
pub use unstuff::Unstuffer;
pub use wire::{Settings, Transcript};

#[cfg(test)]
mod tests;
