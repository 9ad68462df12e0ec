//! Gives every method of the table, and every command of the shell, to Tauri as a command with its own permission.
//!
//! The table is read from its source, so that the engine is not compiled a second time for the build machine.

use std::{env, error::Error, fs};

const TABLE: &str = "crates/posthorn-api/src/method.rs";
const SHELL: &str = "src/command.rs";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={TABLE}");
    println!("cargo:rerun-if-changed={SHELL}");
    if env::var("PROFILE").is_ok_and(|profile| profile == "release")
        && env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux")
    {
        // Tables of lines are three quarters of the program; names of functions stay, for backtraces.
        println!("cargo:rustc-link-arg-bins=-Wl,--strip-debug");
    }
    let mut commands = Vec::new();
    for line in fs::read_to_string(TABLE)?.lines() {
        // `"noun.verb" noun_verb(Parameters) -> Answer;`
        let Some(rest) = line.trim_start().strip_prefix('"') else { continue };
        let Some((_, rest)) = rest.split_once("\" ") else { continue };
        let Some((function, _)) = rest.split_once('(') else { continue };
        commands.push(function.to_owned());
    }
    for line in fs::read_to_string(SHELL)?.lines() {
        // `"shell_name" => …`
        let Some(rest) = line.trim_start().strip_prefix("\"shell_") else { continue };
        let Some((name, _)) = rest.split_once("\" =>") else { continue };
        commands.push(format!("shell_{name}"));
    }
    let names: Vec<&'static str> = commands.into_iter().map(|name| &*name.leak()).collect();
    let manifest = tauri_build::AppManifest::new().commands(names.leak());
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
