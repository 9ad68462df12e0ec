//! `shots`: the interface on synthetic mail, photographed in Chromium; and some of these pictures compared with a kept set.
//!
//! The work is JavaScript in `tests/e2e/shots.mjs`. No engine, no server and no window take part, so the pictures are the
//! same each time: what differs is the interface, or another version of the browser or of the fonts, which only warns.

use anyhow::Result;

use crate::count::Count;
use crate::install::{self, Need};
use crate::{build, e2e, suite};

/// Makes all pictures, or those whose name contains a word; `--compare` and `--keep` are about the kept ones.
pub(crate) fn run(word: Option<&str>) -> Result<()> {
    install::ensure(&[Need::Npm, Need::Window])?;
    build::gallery()?;
    let words: Vec<&str> = word.into_iter().collect();
    e2e::script_tool("shots.mjs", "shots").args(&words).run()
}

/// Compares the kept pictures, as a step of the tests.
pub(crate) fn compare() -> Result<Count> {
    build::gallery()?;
    let tool = e2e::script_tool("shots.mjs", "shots").args(&["--compare"]);
    suite::counted(tool, Count::of_plain_line)
}
