//! The real window under Xvfb and the page in Chromium; the journeys themselves are JavaScript in `tests/e2e`.
//!
//! The runner finds the programs through the environment: `POSTHORN_APP`, `POSTHORN_DEVSERVER`, `POSTHORN_SERVERS`,
//! `TAURI_DRIVER`; pictures and logs go to `POSTHORN_ARTEFACTS`.

use anyhow::Result;

use crate::count::Count;
use crate::install::{self, Need};
use crate::tool::Tool;
use crate::{build, project, suite};

/// Builds everything and runs the journeys whose file or name contains `name`.
pub(crate) fn run(name: &str) -> Result<Count> {
    install::ensure(&Need::ALL)?;
    build::page()?;
    build::programs()?;
    let count = journeys(name)?;
    println!("{} passed, {} failed", count.passed, count.failed);
    if count.failed > 0 {
        return Err(suite::Said.into());
    }
    Ok(count)
}

/// Runs the journeys with programs that are built already.
pub(crate) fn journeys(name: &str) -> Result<Count> {
    let arguments: &[&str] = if name.is_empty() { &[] } else { &[name] };
    suite::counted(script_tool("run.mjs", "e2e").args(arguments), Count::of_plain_line)
}

/// Returns Node on a script of `tests/e2e`, told where the programs are and where pictures go.
pub(crate) fn script_tool(script: &str, artefacts: &str) -> Tool {
    Tool::new("node")
        .arg(format!("tests/e2e/{script}"))
        .env("POSTHORN_APP", project::program("posthorn"))
        .env("POSTHORN_DEVSERVER", project::program("posthorn-devserver"))
        .env("POSTHORN_SERVERS", project::program("posthorn-demo-servers"))
        .env("TAURI_DRIVER", install::tauri_driver())
        .env("POSTHORN_ARTEFACTS", project::artefacts(artefacts))
}
