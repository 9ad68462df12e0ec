//! Sessions against scripted servers over an in-memory stream.

mod script;
mod session;
mod unstuff;
