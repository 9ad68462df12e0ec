//! The search language: text <-> AST, and the words that the index holds.
//!
//! [`parse()`] reads what a person types and never fails: an operator that is not known is plain text with a [`Hint`].
//! [`print()`] writes a query back; `parse(print(query)) == query`. [`words`] is the one tokeniser for what goes into
//! the full-text index and for what is looked up in it. The grammar is Gmail's, the widest known, with Chinese aliases.
//!
//! Not here: SQL, folder names, what an account is. The store turns a [`Query`] into statements.

mod ast;
mod day;
mod lex;
mod operator;
mod parse;
mod print;
pub mod words;

pub use ast::{Age, AgeUnit, Field, Query, State, Term};
pub use day::{Day, Now};
pub use parse::{Hint, MAX_DEPTH, MAX_QUERY_BYTES, MAX_TERMS, Parsed, Token, TokenKind, parse};
pub use print::print;
