//! How a method of the table is described: to the TypeScript side and to people.

/// A method as described to a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// `noun.verb`.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// TypeScript name of the parameters' type.
    pub parameters: String,
    /// TypeScript name of the answer's type.
    pub answer: String,
}
