//! Writes `generated.ts`, the contract's TypeScript side, into the folder named on the command line.

use std::path::PathBuf;
use std::process::ExitCode;

use posthorn_api::typescript;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return fail("usage: posthorn-codegen FOLDER");
    };
    let path = folder.join(typescript::FILE_NAME);
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, typescript::generate()));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{}: {error}", path.display())),
    }
}

#[expect(clippy::print_stderr, reason = "a command line tool says what went wrong")]
fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
