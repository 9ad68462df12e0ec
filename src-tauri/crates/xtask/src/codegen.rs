//! The contract's TypeScript: written by `posthorn-codegen`, committed, compared in every test run.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::{build, project, tool::Tool};

/// The generated file below its folder.
const FILE: &str = "generated.ts";

/// Writes the file.
pub(crate) fn write() -> Result<()> {
    build()?;
    generate(&folder())?;
    println!("wrote ui/src/ipc/{FILE}");
    Ok(())
}

/// Compares the file with what would be written.
pub(crate) fn check() -> Result<()> {
    build()?;
    compare()
}

/// Compares the file with what a generator that is built already writes.
pub(crate) fn compare() -> Result<()> {
    let fresh = project::target().join("codegen");
    generate(&fresh)?;
    let read = |folder: &Path| {
        std::fs::read_to_string(folder.join(FILE))
            .with_context(|| format!("reading {FILE} in {}", folder.display()))
    };
    let (wanted, found) = (read(&fresh)?, read(&folder())?);
    let differing = wanted.lines().zip(found.lines()).position(|(one, other)| one != other);
    match differing {
        None if wanted == found => Ok(()),
        None => bail!("ui/src/ipc/{FILE} is too short or too long; run `cargo xtask codegen`"),
        Some(at) => {
            bail!("ui/src/ipc/{FILE} is stale from line {} on; run `cargo xtask codegen`", at + 1)
        }
    }
}

fn folder() -> std::path::PathBuf {
    project::root().join("ui/src/ipc")
}

fn build() -> Result<()> {
    build::workspace(&["build", "--quiet", "--bin", "posthorn-codegen"]).run()
}

fn generate(folder: &Path) -> Result<()> {
    Tool::new(project::program("posthorn-codegen")).arg(folder).run()
}
