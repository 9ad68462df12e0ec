//! `test`: every check in order, each with its name and its seconds; the first failure stops and says how to repeat it.
//!
//! Ends with `N passed, N failed`, also after a failure and for a part of the steps. A runner that ran no test fails.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::count::Count;
use crate::install::{self, Need};
use crate::tool::Tool;
use crate::{build, codegen, e2e, project, shots, tidy};

/// One step: how it is called, the command that does it alone, and what it does.
struct Step {
    name: &'static str,
    /// What a person would type without xtask; shown with the step's name.
    by_hand: &'static str,
    act: fn() -> Result<Count>,
}

const STEPS: [Step; 15] = [
    Step { name: "install", by_hand: "apt-get, npm ci, cargo install", act: install_all },
    Step { name: "fmt", by_hand: "cargo fmt --check", act: fmt },
    Step {
        name: "ui-lint",
        by_hand: "npm run lint (in ui)",
        act: || npm(&["run", "--silent", "lint"]),
    },
    Step {
        name: "ui-types",
        by_hand: "npm run check (in ui)",
        act: || npm(&["run", "--silent", "check"]),
    },
    Step { name: "ui-test", by_hand: "npm test (in ui)", act: ui_test },
    Step { name: "ui-build", by_hand: "npm run build (in ui)", act: || silent(build::page()) },
    Step { name: "shots", by_hand: "cargo xtask shots --compare", act: shots::compare },
    Step { name: "clippy", by_hand: "cargo clippy --workspace --all-targets", act: clippy },
    Step { name: "tidy", by_hand: "cargo xtask tidy", act: || silent(tidy::run()) },
    Step {
        name: "build",
        by_hand: "cargo build --workspace --bins --tests",
        act: || silent(build::programs_and_tests()),
    },
    Step {
        name: "codegen",
        by_hand: "cargo xtask codegen --check",
        act: || silent(codegen::compare()),
    },
    Step { name: "nextest", by_hand: "cargo nextest run --workspace", act: nextest },
    Step { name: "doctest", by_hand: "cargo test --workspace --doc", act: doctest },
    Step { name: "rustdoc", by_hand: "cargo doc --workspace --no-deps", act: rustdoc },
    Step { name: "e2e", by_hand: "cargo xtask e2e", act: || e2e::journeys("") },
];

/// Returns the names of all steps.
pub(crate) fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

/// Runs all steps, or those that are named, in their own order.
pub(crate) fn run(wanted: &[&str]) -> Result<()> {
    if let Some(unknown) = wanted.iter().find(|name| !names().contains(name)) {
        bail!("no step is called {unknown}; there are: {}", names().join(" "));
    }
    let chosen = STEPS.iter().filter(|step| wanted.is_empty() || wanted.contains(&step.name));
    let mut total = Count::default();
    let mut seconds = Vec::new();
    let mut failure = None;
    for step in chosen {
        println!("\n== {}: {}", step.name, step.by_hand);
        let begun = now();
        let outcome = (step.act)();
        let took = begun.elapsed();
        seconds.push((step.name, took));
        println!("== {} {:.1} s", step.name, took.as_secs_f64());
        match outcome {
            Ok(count) => {
                let failed = count.failed;
                total.add(count);
                if failed > 0 {
                    failure = Some((step.name, format!("{failed} tests failed")));
                }
            }
            Err(error) => {
                // A check that counts nothing, such as the formatter's, is one that failed.
                total.failed += 1;
                failure = Some((step.name, format!("{error:#}")));
            }
        }
        if failure.is_some() {
            break;
        }
    }
    if let Some((name, words)) = &failure {
        println!("\n{name}: {words}\nto repeat: cargo xtask test {name}");
    }
    report(&seconds, &total);
    if failure.is_some() { Err(Said.into()) } else { Ok(()) }
}

/// A failure that was told already: nothing follows the line that counts what passed and failed.
#[derive(Debug)]
pub(crate) struct Said;

impl std::fmt::Display for Said {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a check failed; it is named above")
    }
}

impl std::error::Error for Said {}

fn report(seconds: &[(&str, Duration)], total: &Count) {
    println!("\nseconds per step");
    for (name, took) in seconds {
        println!("{name:<10} {:>8.1}", took.as_secs_f64());
    }
    let sum: Duration = seconds.iter().map(|(_, took)| *took).sum();
    println!("{:<10} {:>8.1}\n", "all", sum.as_secs_f64());
    for name in &total.second_tries {
        println!("passed at the second try: {name}");
    }
    println!("{} passed, {} failed", total.passed, total.failed);
}

#[expect(
    clippy::disallowed_methods,
    reason = "seconds for a person to read; nothing is decided by them"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

fn silent(outcome: Result<()>) -> Result<Count> {
    outcome.map(|()| Count::default())
}

fn install_all() -> Result<Count> {
    silent(install::ensure(&Need::ALL))
}

fn fmt() -> Result<Count> {
    silent(Tool::cargo(&["fmt", "--all", "--check"]).run())
}

fn npm(arguments: &[&str]) -> Result<Count> {
    silent(Tool::npm("ui", arguments).run())
}

fn ui_test() -> Result<Count> {
    counted(Tool::npm("ui", &["run", "--silent", "test"]), Count::of_plain_line)
}

fn clippy() -> Result<Count> {
    silent(build::workspace(&["clippy", "--all-targets"]).args(&["--", "-D", "warnings"]).run())
}

fn nextest() -> Result<Count> {
    let tool = build::workspace(&["nextest", "run", "--color", "never"])
        .env("POSTHORN_DEVSERVER", project::program("posthorn-devserver"));
    counted(tool, Count::of_nextest)
}

fn doctest() -> Result<Count> {
    counted(build::workspace(&["test", "--doc"]), Count::of_doctests)
}

fn rustdoc() -> Result<Count> {
    let doc = build::workspace(&["doc", "--no-deps", "--document-private-items", "--quiet"]);
    silent(doc.env("RUSTDOCFLAGS", "-D warnings").run())
}

/// Runs a test runner: it fails when it says so, and also when it ran nothing.
pub(crate) fn counted(tool: Tool, read: fn(&str) -> Count) -> Result<Count> {
    let (is_success, output) = tool.show().context("running tests")?;
    let count = read(&output);
    if count.is_empty() {
        bail!("no test ran");
    }
    if !is_success && count.failed == 0 {
        bail!("the runner failed although {} tests passed and none failed", count.passed);
    }
    Ok(count)
}
