//! `fuzz`: mutates the corpus against one parser; the targets are in `tests/fuzz`.

use anyhow::{Result, bail};

use crate::count::Count;
use crate::{build, project, suite, tool::Tool};

/// Runs `posthorn-fuzz` with these words; `--for` defaults to a minute.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    if arguments.is_empty() {
        bail!("fuzz needs a name; `cargo xtask fuzz list` shows them");
    }
    // Optimised: a fuzzer is worth what it tries per second.
    Tool::cargo(&["run", "--release", "--quiet", "--package", "posthorn-fuzz", "--"])
        .args(arguments)
        .run()
}

/// Runs every target for two seconds, each counted as one test.
pub(crate) fn brief() -> Result<Count> {
    build::workspace(&["build", "--quiet", "--bin", "posthorn-fuzz"]).run()?;
    let tool = Tool::new(project::program("posthorn-fuzz")).args(&["all", "--for", "2s"]);
    suite::counted(tool, Count::of_plain_line)
}
