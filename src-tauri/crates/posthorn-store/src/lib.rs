//! SQLite: the only crate that contains SQL.
