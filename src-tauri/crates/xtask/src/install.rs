//! What the commands need beside Rust and Node, and how it gets there.
//!
//! Debian packages through apt (with sudo where not root), npm packages by `npm ci`, cargo tools into our cache.
//! Nothing is removed, no service is started, and what apt refuses is said and not forced.

mod debian;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::project;
use crate::tool::Tool;

/// Version of tauri-driver that the window tests are written for.
const TAURI_DRIVER: &str = "2.1.0";
/// Oldest Node that Vite runs on.
const NODE: (u32, u32) = (20, 19);
/// Copy of the lock file that `node_modules` was made from.
const STAMP: &str = "node_modules/.posthorn-lock.json";

/// A group of things that a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// To compile the shell.
    Build,
    /// Dovecot and Exim.
    Servers,
    /// A desktop without a screen, and drivers for window and browser.
    Window,
    /// To make and check packages.
    Package,
    /// Other programs that do the same work, to be measured beside ours.
    Peers,
    /// To install a package in a fresh Debian.
    Debootstrap,
    /// The npm packages of `ui` and `tests/e2e`.
    Npm,
    /// cargo-nextest.
    Nextest,
    /// tauri-driver.
    Driver,
    /// cargo-fuzz.
    Fuzzer,
}

impl Need {
    /// What `test` and `demo` need.
    pub(crate) const ALL: [Self; 6] =
        [Self::Build, Self::Servers, Self::Window, Self::Npm, Self::Nextest, Self::Driver];
}

/// Installs what is missing.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    debian::ensure(needs)?;
    for need in needs {
        match need {
            Need::Npm => npm()?,
            Need::Nextest => nextest()?,
            Need::Driver => driver()?,
            Need::Fuzzer => fuzzer()?,
            Need::Build
            | Need::Servers
            | Need::Window
            | Need::Package
            | Need::Peers
            | Need::Debootstrap => {}
        }
    }
    Ok(())
}

/// Returns where our tauri-driver is.
pub(crate) fn tauri_driver() -> PathBuf {
    project::tools().join("bin/tauri-driver")
}

fn npm() -> Result<()> {
    check_node()?;
    for folder in ["ui", "tests/e2e"] {
        let path = project::root().join(folder);
        let lock = path.join("package-lock.json");
        let wanted = std::fs::read(&lock).with_context(|| format!("reading {}", lock.display()))?;
        let stamp = path.join(STAMP);
        if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
            continue;
        }
        println!("npm ci in {folder}: its lock file is new here");
        Tool::npm(folder, &["ci", "--no-audit", "--no-fund"]).run()?;
        std::fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))?;
    }
    Ok(())
}

fn check_node() -> Result<()> {
    let wanted =
        format!("Node {}.{} or newer with npm is needed: https://nodejs.org", NODE.0, NODE.1);
    let version = Tool::new("node").args(&["--version"]).ask().context(wanted.clone())?;
    let mut numbers = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < NODE {
        bail!("{wanted}; this is {}", version.trim());
    }
    Ok(())
}

fn nextest() -> Result<()> {
    if Tool::cargo(&["nextest", "--version"]).ask().is_some() {
        return Ok(());
    }
    println!("cargo install cargo-nextest: runs every test in a process of its own");
    Tool::cargo(&["install", "cargo-nextest", "--locked", "--root"]).arg(project::tools()).run()
}

fn fuzzer() -> Result<()> {
    if Tool::cargo(&["fuzz", "--version"]).ask().is_some() {
        return Ok(());
    }
    println!("cargo install cargo-fuzz: runs the fuzz targets");
    Tool::cargo(&["install", "cargo-fuzz", "--locked", "--root"]).arg(project::tools()).run()
}

fn driver() -> Result<()> {
    let version = Tool::cargo(&["install", "--list", "--root"])
        .arg(project::tools())
        .ask()
        .unwrap_or_default();
    let is_current = version.contains(&format!("tauri-driver v{TAURI_DRIVER}:"));
    if is_current && tauri_driver().exists() {
        return Ok(());
    }
    println!("cargo install tauri-driver {TAURI_DRIVER}: lets tests use the real window");
    Tool::cargo(&[
        "install",
        "tauri-driver",
        "--version",
        TAURI_DRIVER,
        "--locked",
        "--force",
        "--root",
    ])
    .arg(project::tools())
    .run()
}
