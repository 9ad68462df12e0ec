//! Submission over any byte stream, on lettre's connection.
