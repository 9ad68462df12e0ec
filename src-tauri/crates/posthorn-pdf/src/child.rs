//! The process that draws: what it is asked, how it answers.
//!
//! After [`ARGUMENT`] come two numbers: a page, counted from one, and how many pixels wide it is drawn; or `0 0`. The file
//! comes on the standard input. The answer goes to the standard output: a PNG; or, after `0 0`, how many pages there are in
//! a line, and a line `WIDTH HEIGHT` in points for each. How the process ends says why there is no answer.
//!
//! Invariant: nothing of the file is read before the process is shut in.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use crate::{FILE_LIMIT, Refusal, SystemFont, draw, shut, sizes};

/// First word of a command line that asks for a page.
pub const ARGUMENT: &str = "--draw-pdf-page";
/// How a process ends that was asked in other words, or could not shut itself in.
const NOT_ASKED: u8 = 2;

/// Returns the exit code that says why there is no page. A process that ends with another one, or by a signal, met something worse.
fn code(refusal: Refusal) -> u8 {
    match refusal {
        Refusal::Locked => 3,
        Refusal::Damaged => 4,
        Refusal::NoPage => 5,
        Refusal::TooManyPages => 6,
    }
}

/// Returns how the program that runs now is started once more to draw: its file and its first word.
///
/// On Linux the file is the one that runs, even when an update has put another in its place.
pub fn renderer() -> std::io::Result<Vec<OsString>> {
    let own = std::path::Path::new("/proc/self/exe");
    let is_known = cfg!(target_os = "linux") && own.exists();
    let program = if is_known { own.to_owned() } else { std::env::current_exe()? };
    Ok(vec![program.into(), ARGUMENT.into()])
}

/// Draws a page where this program was started for that, and returns how it is to end; absent where it was not.
pub fn child(words: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut words = words.into_iter();
    if words.next()? != ARGUMENT {
        return None;
    }
    let mut number = || words.next()?.to_str()?.parse::<u32>().ok();
    let (Some(page), Some(pixels)) = (number(), number()) else {
        return Some(ExitCode::from(NOT_ASKED));
    };
    // The last file that is opened.
    let font = SystemFont::open();
    if shut::shut_in().is_err() {
        return Some(ExitCode::from(NOT_ASKED));
    }
    Some(match answer(page, pixels, font) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => ExitCode::from(code(refusal)),
    })
}

fn answer(page: u32, pixels: u32, font: SystemFont) -> Result<(), Refusal> {
    let mut file = Vec::new();
    let read = std::io::stdin().lock().take(FILE_LIMIT + 1).read_to_end(&mut file);
    if read.is_err() || file.len() as u64 > FILE_LIMIT {
        return Err(Refusal::Damaged);
    }
    let said = if page == 0 {
        list(&sizes(file)?).into_bytes()
    } else {
        draw(file, page as usize, pixels, font)?
    };
    let mut out = std::io::stdout().lock();
    out.write_all(&said).and_then(|()| out.flush()).map_err(|_| Refusal::Damaged)
}

/// Returns sizes as lines.
fn list(sizes: &[(f32, f32)]) -> String {
    let mut lines = format!("{}\n", sizes.len());
    for (width, height) in sizes {
        let _ = writeln!(lines, "{width} {height}");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{ARGUMENT, list};

    #[test]
    fn only_its_own_word_makes_a_process_that_draws() {
        let child = |words: &[&str]| super::child(words.iter().map(Into::into));
        for words in [&[][..], &["--profile", "/tmp"], &["mailto:a@b.test"]] {
            assert!(child(words).is_none(), "{words:?}");
        }
        for words in [&[ARGUMENT][..], &[ARGUMENT, "1"], &[ARGUMENT, "one", "2"]] {
            assert!(child(words).is_some(), "{words:?}");
        }
    }

    #[test]
    fn sizes_are_said_in_lines() {
        assert_eq!(list(&[(595.5, 842.0), (1.0, 14_400.0)]), "2\n595.5 842\n1 14400\n");
    }
}
