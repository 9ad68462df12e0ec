//! Building the workspace: one profile and one set of features for every step, so that nothing is compiled twice.

use anyhow::Result;

use crate::tool::Tool;

/// The page is served from the binary, as in packages.
pub(crate) const FEATURES: [&str; 2] = ["--features", "posthorn/custom-protocol"];

/// Returns a Cargo command over the whole workspace.
pub(crate) fn workspace(command: &[&str]) -> Tool {
    Tool::cargo(command).args(&["--workspace"]).args(&FEATURES)
}

/// Builds the page, which the shell contains.
pub(crate) fn page() -> Result<()> {
    Tool::npm("ui", &["run", "--silent", "build"]).run()
}

/// Builds the interface on synthetic mail, which pictures are taken of.
pub(crate) fn gallery() -> Result<()> {
    Tool::npm("ui", &["run", "--silent", "gallery"]).run()
}

/// Builds every program of the workspace.
pub(crate) fn programs() -> Result<()> {
    workspace(&["build", "--bins"]).run()
}

/// Builds every program and every test. In one command: where tests add a feature to a library that build scripts use
/// too, Cargo would otherwise compile all that stands on it a second time.
pub(crate) fn programs_and_tests() -> Result<()> {
    workspace(&["build", "--bins", "--tests"]).run()
}
