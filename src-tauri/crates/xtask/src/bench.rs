//! `bench`: builds what is measured in the release profile and runs `posthorn-bench`, which prints the figures.
//!
//! The engine is measured in a process of its own (the devserver's) and the application in its window, so each is
//! built only for the measurements that need it.

use anyhow::Result;

use crate::install::{self, Need};
use crate::tool::Tool;
use crate::{build, project};

/// Measures what the words say; without words everything but the programs of others.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let names = |some: &[&str]| some.iter().any(|what| arguments.contains(what));
    let is_named = names(&["imap", "delta", "pop3", "smtp", "index"]);
    let has_peers = names(&["--peers", "delta", "smtp"]);
    let has_window = !is_named && !has_peers;
    let mut needs = vec![Need::Build, Need::Servers, Need::Npm];
    if has_peers {
        needs.push(Need::Peers);
    }
    if has_window {
        needs.push(Need::Window);
    }
    install::ensure(&needs)?;
    let engine = ["--package", "posthorn-bench", "--package", "posthorn-devserver"];
    Tool::cargo(&["build", "--release"]).args(&engine).run()?;
    if has_window {
        build::page()?;
        let window = ["--package", "posthorn", "--features", "custom-protocol"];
        Tool::cargo(&["build", "--release"]).args(&window).run()?;
    }
    let folder = project::target().join("release");
    Tool::new(folder.join("posthorn-bench"))
        .env("POSTHORN_DEVSERVER", folder.join("posthorn-devserver"))
        .env("POSTHORN_APP", folder.join("posthorn"))
        .args(arguments)
        .run()
}
