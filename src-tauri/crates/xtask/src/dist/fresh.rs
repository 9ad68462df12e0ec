//! A Debian made for the purpose in a folder: the .deb is installed there with what it depends on and nothing else,
//! then started by its desktop entry, as an ordinary user, under Xvfb.
//!
//! Everything runs in mount and process namespaces of its own: when it ends in any way, its mounts and its processes
//! are gone, and the folder is removed. Making it needs root.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::mirror;
use crate::{project, suite, tool::Tool};

/// The Debian in which the package must work: the oldest with WebKitGTK 4.1 that is still supported.
const SUITE: &str = "bookworm";

/// Runs as root on this computer: makes the folder, and removes it again.
const OUTSIDE: &str = include_str!("fresh/outside.sh");
/// Runs as root in the fresh Debian: installs, and checks what only root can.
const INSIDE: &str = include_str!("fresh/inside.sh");
/// Presses the close button of a window, as the window tests do.
const CLOSE: &str = include_str!("../../../../../tests/e2e/lib/closewindow.py");
/// Runs as an ordinary user in the fresh Debian, on a screen and a session bus of its own.
const SESSION: &str = include_str!("fresh/session.sh");

/// Installs and starts the package; leaves a picture of its window in `target/dist`.
pub(super) fn check(deb: &Path) -> Result<()> {
    let Some(shell) = Tool::root_shell() else {
        bail!(
            "only root can make a fresh Debian in a folder (debootstrap, chroot), and there is no sudo here: \
             run `cargo xtask dist --check` as root"
        );
    };
    let pictures = project::artefacts("dist");
    std::fs::create_dir_all(&pictures).with_context(|| format!("making {}", pictures.display()))?;
    let picture = pictures.join("installed.png");
    let mirror = mirror::of(SUITE);
    println!(
        "making a fresh Debian ({SUITE}) below /var/tmp from {mirror}; it is removed afterwards"
    );
    let (is_success, output) = shell
        .args(&["-c", OUTSIDE, "sh", SUITE, &mirror])
        .arg(deb)
        .arg(&picture)
        .args(&[INSIDE, SESSION, CLOSE])
        .called("making a fresh Debian")
        .show()?;
    let passed = output.lines().filter(|line| line.starts_with("ok: ")).count();
    let failed = usize::from(!is_success);
    if is_success {
        println!("its window: {}", picture.display());
    }
    if is_success && passed == 0 {
        bail!("nothing was checked");
    }
    println!("{passed} passed, {failed} failed");
    if is_success { Ok(()) } else { Err(suite::Said.into()) }
}
