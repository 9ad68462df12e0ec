//! How the server's bytes are cut on their way.

/// How the server's bytes are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A step at a time.
    Whole,
    /// A byte at a time.
    Bytes,
    /// All bytes until this one, then the connection ends.
    CutAt(usize),
}
