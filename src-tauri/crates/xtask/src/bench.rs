//! `bench`: builds what is measured in the release profile and runs `posthorn-bench`, which prints the figures.
//!
//! The engine is measured in a process of its own (the devserver's) and the application in its window, so each is
//! built only for the measurements that need it. `window` is a script of `tests/e2e` that drives the real window.

use anyhow::{Result, bail};

use crate::install::{self, Need};
use crate::tool::Tool;
use crate::{build, e2e, project};

/// Measures what the words say; without words everything but the programs of others.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    if let ["window", rest @ ..] = arguments {
        return window(rest);
    }
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

/// Measures input to painted in the real window; with `--debug` on the programs that the tests use.
fn window(arguments: &[&str]) -> Result<()> {
    if let Some(unknown) = arguments.iter().find(|argument| **argument != "--debug") {
        bail!("bench window knows --debug, not {unknown}");
    }
    install::ensure(&Need::ALL)?;
    build::page()?;
    let tool = e2e::script_tool("speed.mjs", "speed");
    if arguments.contains(&"--debug") {
        build::programs()?;
        return tool.run();
    }
    let release = ["build", "--release", "--package", "posthorn", "--features", "custom-protocol"];
    Tool::cargo(&release).run()?;
    build::workspace(&["build", "--bin", "posthorn-demo-servers"]).run()?;
    tool.env("POSTHORN_APP", project::target().join("release/posthorn")).run()
}
