//! Submission over any byte stream, on lettre's connection.
//!
//! A [`Session`] owns a stream that somebody else dialled (this crate never dials): [`Session::greet`] reads the greeting
//! and says EHLO, [`Session::start_tls`] gives the stream back for wrapping, [`Session::resume`] goes on behind the
//! handshake, [`Session::sign_in`] signs in, [`Session::submit`] hands one message over. lettre's connection frames
//! commands and replies; what it lacks (timeouts, STARTTLS without injection, the whole EHLO answer, replies that are
//! not UTF-8, a pause before the dot) is done by the stream below it and by us above it.
//!
//! Vocabulary (RFC 5321): the *envelope* says who sends and who receives, whatever the header says. The *dot* is the line
//! that ends a message: from its first byte on the server may have accepted, so a break behind it is [`Outcome::Unknown`].
//!
//! Invariants:
//! * The caller's [`Observer::before`] has finished before the first byte of the step that it announces leaves.
//! * No argument with CR, LF or NUL reaches the wire; a bare CR or LF inside a message stops it before the dot.
//! * Each stage has a timeout (RFC 5321 section 4.5.3.2). A transcript never holds a password or mail text.
//!
//! What it does not do: decide about retries, write headers, strip Bcc.

mod address;
mod body;
mod capability;
mod dsn;
mod error;
mod login;
mod reply;
mod session;
mod submit;
mod tap;

pub use capability::Capabilities;
pub use error::Error;
pub use login::{prove, verify};
pub use reply::{EnhancedCode, Reply};
pub use session::{Session, Settings, Timeouts, Transcript};
pub use submit::{
    Envelope, Message, Observer, Outcome, PartlyRefused, RecipientResult, Step, Stopped,
};

#[cfg(test)]
mod tests;
