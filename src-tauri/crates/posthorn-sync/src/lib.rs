//! The engine: the only crate that joins network and store.
