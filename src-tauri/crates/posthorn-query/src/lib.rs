//! The search language: text <-> AST, and the words that the index holds.
