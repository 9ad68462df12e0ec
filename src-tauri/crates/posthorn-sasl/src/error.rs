//! Why an exchange cannot go on.

/// Why an exchange cannot go on. None of these is about the credentials: that the server says by its own means.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A name or secret contains what the mechanism cannot carry.
    #[error("{0} cannot be sent this way")]
    Unsendable(&'static str),
    /// The mechanism wants another kind of credentials.
    #[error("these credentials do not fit the way of signing in")]
    WrongCredentials,
    /// The server said something that the mechanism does not allow.
    #[error("the server's part of the sign-in cannot be understood: {0}")]
    Malformed(&'static str),
    /// The server asks for more work than any honest one does, or for so little that a thief needs none.
    #[error("the server wants the password stretched {0} times, which is not reasonable")]
    Iterations(u32),
    /// The server did not prove that it knows the password: it may be somebody else.
    #[error("the server could not prove that it is the right one")]
    Unproved,
    /// The server says what went wrong in SCRAM's own words (RFC 5802 section 7).
    #[error("the server ended the sign-in: {0}")]
    Ended(String),
    /// The system has no randomness.
    #[error("no random numbers: {0}")]
    Random(String),
}
