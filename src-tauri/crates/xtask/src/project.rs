//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

/// Returns the project's root.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(3).unwrap_or(own).to_path_buf()
}

/// Returns the folder outside the checkout that outlives it.
fn cache() -> PathBuf {
    let named = env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || env::var_os("HOME").map_or_else(env::temp_dir, PathBuf::from).join(".cache");
    named.unwrap_or_else(home).join("posthorn")
}

/// Returns Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache().join("build"), PathBuf::from)
}

/// Returns where our own copies of cargo tools are (`bin` below it).
pub(crate) fn tools() -> PathBuf {
    cache().join("tools")
}

/// Returns a program of the workspace, built in the profile `dev`.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// Returns a folder in the checkout for pictures and logs that people look at.
pub(crate) fn artefacts(name: &str) -> PathBuf {
    root().join("target").join(name)
}
