//! Mail in files: mbox, Maildir and EML, read and written as streams.
//!
//! Invariants:
//! * Nothing is held in memory but the piece of a line that is looked at: a message of any size passes through.
//! * Bytes that are not the container's own pass unchanged: damaged messages come out as they went in. The one
//!   exception is said where it is made: a message whose lines end in LF alone gets CRLF, as on the wire.
//! * What [`mbox::Writer`] wrote, [`mbox::Reader`] gives back byte by byte.
//!
//! Not here: folders of accounts, what a message means, what is known already.

mod date;
mod find;
pub mod maildir;
pub mod mbox;
mod text;

pub use find::{Kind, MAX_SOURCES, Source, sources};
pub use text::message;
