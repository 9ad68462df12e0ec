//! Sessions against scripted servers over an in-memory stream.

mod hostile;
mod script;
mod session;
mod unstuff;
