//! Submissions against scripted servers over an in-memory stream.

mod hostile;
mod login;
mod script;
mod submit;
