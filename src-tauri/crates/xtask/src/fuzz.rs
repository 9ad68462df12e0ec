//! `fuzz`: feeds one parser with what coverage leads to; the targets are in `tests/fuzz`.
//!
//! What it finds stays in `target/fuzz/NAME` of the checkout; the inputs that it learned stay in the cache, so that
//! the next run goes on from there.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::install::{self, Need};
use crate::{project, tool::Tool};

const TARGETS: &str = "tests/fuzz/fuzz_targets";

/// Runs one target, for a minute unless `--for` says otherwise; without a name it lists them.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (name, time) = match arguments {
        [] => {
            println!("{}", names()?.join("\n"));
            return Ok(());
        }
        [name] => (*name, "60s"),
        [name, "--for", time] => (*name, *time),
        _ => bail!("fuzz NAME [--for 60s]"),
    };
    if !names()?.iter().any(|known| known == name) {
        bail!("no fuzz target is called {name}; there are: {}", names()?.join(" "));
    }
    let seconds: u32 =
        time.trim_end_matches('s').parse().context("--for takes seconds, as in 60s")?;
    install::ensure(&[Need::Build, Need::Fuzzer])?;
    let (learned, found) =
        (project::target().join("fuzz").join(name), project::artefacts("fuzz").join(name));
    for folder in [&learned, &found] {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("creating {}", folder.display()))?;
    }
    let mut prefix = Path::new("-artifact_prefix=").as_os_str().to_owned();
    prefix.push(found.join(""));
    // The sanitizer needs a flag that only nightly compilers take without this.
    Tool::cargo(&["fuzz", "run", "--fuzz-dir", "tests/fuzz", name])
        .env("RUSTC_BOOTSTRAP", "1")
        .arg(learned)
        .arg(seeds(name))
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(prefix)
        .run()
}

/// Where a target starts: from dialogues or documents of its own, else from our hostile pages or messages.
fn seeds(name: &str) -> PathBuf {
    let corpus = if name == "html_clean" { "html" } else { "messages" };
    let own = project::root().join("tests/fuzz/seeds").join(name);
    if own.is_dir() { own } else { project::root().join("tests/corpus").join(corpus) }
}

fn names() -> Result<Vec<String>> {
    let entries = std::fs::read_dir(project::root().join(TARGETS))
        .with_context(|| format!("reading {TARGETS}"))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}
