//! The commands: run, demo, test, dev, e2e, shots, tidy, codegen, bench, fuzz, dist.
//!
//! `cargo xtask NAME`. Each command installs what it lacks, says what it does while it does it, and ends with a
//! status. Build results go to a cache outside the checkout unless `CARGO_TARGET_DIR` says otherwise. It depends on
//! next to nothing, so that the first command answers seconds after a fresh clone.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks by printing"
)]

mod bench;
mod build;
mod codegen;
mod count;
mod demo;
mod dist;
mod e2e;
mod fuzz;
mod install;
mod project;
mod shots;
mod suite;
mod tidy;
mod tool;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "cargo xtask COMMAND

  demo               Posthorn on a throwaway mail server with a few thousand real messages; gone when you close it.
                     Without a display: a tour under Xvfb that leaves numbered pictures in target/demo/
  run [ARGS]         Posthorn on your own profile
  test [STEP...]     every test, in order; with names of steps only those (see below)
  dev                the page in a browser, live, on the demo's mailboxes
  e2e [NAME]         the real window under Xvfb, and the page in Chromium; only tests whose name contains NAME
  shots [NAME]       a picture of every screen and state into target/shots; only those whose name contains NAME
  shots --compare    those that are kept, compared; --keep draws them anew for this version of Chromium
  tidy               layers, docs, sizes, names, banned crates, licences
  codegen [--check]  writes ui/src/ipc/generated.ts, or compares it
  bench [WHAT]       measurements beside their floors, release build: imap, delta, pop3, smtp, index, app (start
                     and memory); --peers runs mbsync, mu and mpop in turns with ours; --messages N, --rounds N
  bench window       input to painted in the real window, each beside its aim; --debug on the programs of the tests
  fuzz NAME [--for 60s]  feeds one parser with hostile input; without NAME it lists them
  dist [--check]     the .deb and the .rpm; --check installs the .deb in a fresh Debian and starts it
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match obey(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<suite::Said>() => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(words: &[&str]) -> Result<()> {
    match words {
        [] | ["help" | "--help" | "-h", ..] => {
            println!("{HELP}\nSteps of test: {}", suite::names().join(" "));
            Ok(())
        }
        ["demo"] => demo::demo(),
        ["run", arguments @ ..] => demo::run(arguments),
        ["dev"] => demo::dev(),
        ["test", steps @ ..] => suite::run(steps),
        ["e2e"] => e2e::run("").map(drop),
        ["e2e", name] => e2e::run(name).map(drop),
        ["shots"] => shots::run(None),
        ["shots", word] => shots::run(Some(word)),
        ["tidy"] => tidy::run(),
        ["codegen"] => codegen::write(),
        ["codegen", "--check"] => codegen::check(),
        ["bench", arguments @ ..] => bench::run(arguments),
        ["fuzz", arguments @ ..] => fuzz::run(arguments),
        ["dist"] => dist::build(),
        ["dist", "--check"] => dist::check(),
        _ => bail!("`{}` is no command\n\n{HELP}", words.join(" ")),
    }
}
