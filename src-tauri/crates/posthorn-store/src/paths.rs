//! Where the store's files lie; given from outside, so that a profile can be anywhere.

use std::path::{Path, PathBuf};

/// The files and folders of one profile's store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The index database (`index.db`).
    pub index: PathBuf,
    /// The body database (`bodies.db`).
    pub bodies: PathBuf,
    /// Folder for bodies too large for a row; made when it is missing.
    pub body_files: PathBuf,
    /// The full-text database (`search.db`).
    pub search: PathBuf,
}

impl Paths {
    /// Returns the usual names inside one folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            index: folder.join("index.db"),
            bodies: folder.join("bodies.db"),
            body_files: folder.join("bodies"),
            search: folder.join("search.db"),
        }
    }
}
