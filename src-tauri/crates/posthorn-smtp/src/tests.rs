//! Submissions against scripted servers over an in-memory stream.

mod login;
mod script;
mod submit;
