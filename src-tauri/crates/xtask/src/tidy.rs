//! What no compiler checks: layers, docs, words, names, sizes, banned crates, licences, places.
//!
//! Each rule looks at the tracked files or at `cargo metadata` and returns sentences, one per breach. Run by
//! `cargo xtask tidy`, by `test`, and as a test of this crate.

mod graph;
mod layer;
mod place;
mod size;
mod source;
mod word;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{project, suite, tool::Tool};

/// A tracked text file.
#[derive(Debug)]
struct Source {
    /// Path below the root, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// Tells whether people wrote it for this project: not data, not generated.
    fn is_code(&self) -> bool {
        let is_generated =
            self.path.ends_with("generated.ts") || self.path.starts_with("tests/corpus/");
        !is_generated && matches!(self.extension(), "rs" | "ts" | "svelte")
    }
}

/// Everything that the rules look at.
struct Tree {
    sources: Vec<Source>,
    /// `cargo metadata --no-deps`.
    members: Value,
}

impl Tree {
    fn read() -> Result<Self> {
        let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let list = Tool::new("git").args(&arguments).output()?;
        let mut sources = Vec::new();
        for path in list.split('\0').filter(|path| !path.is_empty()) {
            let whole: PathBuf = project::root().join(path);
            // What is listed but deleted, and what is no text, is not our matter.
            if let Ok(text) = std::fs::read_to_string(&whole) {
                sources.push(Source { path: path.to_owned(), text });
            }
        }
        let metadata = Tool::cargo(&["metadata", "--format-version", "1", "--no-deps"]).output()?;
        let members = serde_json::from_str(&metadata).context("reading cargo metadata")?;
        Ok(Self { sources, members })
    }

    /// Returns the text of a tracked file.
    fn text(&self, path: &str) -> &str {
        self.sources.iter().find(|source| source.path == path).map_or("", |source| &source.text)
    }
}

/// Applies every rule; prints all breaches and fails when there are any.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::read()?;
    let rules = [
        layer::check(&tree.members, tree.text("Cargo.toml"), &tree.sources),
        graph::check()?,
        source::check(&tree.sources),
        word::check(&tree.sources),
        size::check(&tree.sources),
        place::check(&tree.sources),
    ];
    for breach in rules.iter().flatten() {
        println!("tidy: {breach}");
    }
    let failed = rules.iter().filter(|breaches| !breaches.is_empty()).count();
    println!("{} passed, {failed} failed", rules.len() - failed);
    if failed == 0 { Ok(()) } else { Err(suite::Said.into()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        super::run().unwrap();
    }
}
