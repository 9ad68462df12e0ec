//! Pages of PDF files, asked for from the process that draws them.
//!
//! Invariants: nothing of a PDF is read here. The process limits its own memory and work (`posthorn-pdf` says how); its time is
//! limited here, it ends with the one who asked, and at most a few run at once. What it says is a list of sizes or a PNG, or
//! there is no page. The bytes of one file are kept while it is looked at, for a minute, so that its pages do not each
//! fetch and decode it again.

use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use posthorn_model::MessageId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

use super::attachment::file_at;
use crate::contract::{Code, Error, PageSize};
use crate::engine::Engine;
use crate::error::Result;

/// Processes at once: the page that is looked at and the one below it.
static PLACES: Semaphore = Semaphore::const_new(2);
/// How long a page may take: a map of a town takes a second or two.
const TIME: Duration = Duration::from_secs(12);
/// How long bytes are kept after their last use.
const KEPT_FOR: Duration = Duration::from_mins(1);
/// Bytes of an answer: no picture within the limits packs worse.
const ANSWER_LIMIT: u64 = 64 << 20;
/// Bytes of a file that is drawn; the process takes no more.
const FILE_LIMIT: usize = 64 << 20;
/// Pages of a list; the process tells no more.
const PAGE_LIMIT: usize = 5_000;
/// What a process is given of the environment: where its libraries are, where the program brings its own.
const ENVIRONMENT: [&str; 2] = ["LD_LIBRARY_PATH", "SystemRoot"];

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPage {
    /// It is encrypted.
    Locked,
    /// It is damaged, or has no such page.
    Damaged,
    /// It is too large.
    TooLarge,
    /// It has too many pages.
    TooManyPages,
    /// It takes too long, or too much memory.
    TooMuch,
}

/// A PDF: a part of a message, and the way into messages inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paper {
    /// The message.
    pub(crate) message: MessageId,
    /// The part of it.
    pub(crate) part: u32,
    /// Numbers of files on the way into it; empty: the part itself.
    pub(crate) inside: Vec<u32>,
}

#[derive(Debug)]
struct Kept {
    paper: Paper,
    bytes: Arc<[u8]>,
    /// Counts uses.
    uses: u64,
}

/// The file that is looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Desk(Arc<Mutex<Option<Kept>>>);

impl Desk {
    fn get(&self, paper: &Paper) -> Option<Arc<[u8]>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_mut().filter(|kept| kept.paper == *paper)?;
        kept.uses += 1;
        Some(Arc::clone(&kept.bytes))
    }

    /// Puts a file there instead of what was there, until nobody uses it any more.
    pub(super) fn put(&self, paper: Paper, bytes: Arc<[u8]>) {
        let kept = Kept { paper, bytes, uses: 0 };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        let there = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            let mut seen = 0;
            loop {
                tokio::time::sleep(KEPT_FOR).await;
                // The engine is gone, or the desk is empty.
                let Some(there) = there.upgrade() else { return };
                let mut kept = there.lock().unwrap_or_else(PoisonError::into_inner);
                match kept.as_ref().map(|kept| kept.uses) {
                    Some(uses) if uses != seen => seen = uses,
                    _ => {
                        *kept = None;
                        return;
                    }
                }
            }
        });
    }
}

/// Returns the sizes of all pages of a file.
pub(super) async fn sizes(
    engine: &Engine,
    file: &[u8],
) -> Result<std::result::Result<Vec<PageSize>, NoPage>> {
    let said = ask(engine, file, 0, 0).await?;
    Ok(said.and_then(|said| list(&said).ok_or(NoPage::Damaged)))
}

/// Draws a page, counted from one, as wide as `pixels`; returns a PNG.
pub(crate) async fn draw(
    engine: &Engine,
    paper: &Paper,
    number: u32,
    pixels: u32,
) -> Result<std::result::Result<Vec<u8>, NoPage>> {
    let bytes = if let Some(bytes) = engine.desk().get(paper) {
        bytes
    } else {
        let file = file_at(engine, paper.message, paper.part, &paper.inside).await?;
        let bytes = Arc::<[u8]>::from(file.bytes);
        engine.desk().put(paper.clone(), Arc::clone(&bytes));
        bytes
    };
    let said = ask(engine, &bytes, number, pixels).await?;
    Ok(said.and_then(|png| if is_png(&png) { Ok(png) } else { Err(NoPage::Damaged) }))
}

fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n")
}

/// Lets a process answer.
async fn ask(
    engine: &Engine,
    file: &[u8],
    number: u32,
    pixels: u32,
) -> Result<std::result::Result<Vec<u8>, NoPage>> {
    if file.len() > FILE_LIMIT {
        return Ok(Err(NoPage::TooLarge));
    }
    // Never closed.
    let _place = PLACES.acquire().await;
    let mut child = start(engine, number, pixels)
        .map_err(|error| Error::new(Code::File, "No process draws pages").with(error))?;
    // Time that passes while nobody can look is not the file's fault: the system's own clock, not ours.
    let answered = tokio::time::timeout(TIME, talk(&mut child, file)).await;
    let Ok(Ok(output)) = answered else {
        // Dropping it ends it.
        return Ok(Err(NoPage::TooMuch));
    };
    match output.status.code() {
        Some(0) => Ok(Ok(output.stdout)),
        Some(2) => Err(Error::new(Code::File, "The process that draws pages could not begin")),
        Some(3) => Ok(Err(NoPage::Locked)),
        Some(6) => Ok(Err(NoPage::TooManyPages)),
        // 101: what draws met something that it did not expect.
        Some(4 | 5 | 101) => Ok(Err(NoPage::Damaged)),
        _ => Ok(Err(NoPage::TooMuch)),
    }
}

fn start(engine: &Engine, number: u32, pixels: u32) -> std::io::Result<Child> {
    let [program, first @ ..] = engine.renderer() else {
        return Err(std::io::ErrorKind::NotFound.into());
    };
    let kept = ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    Command::new(program)
        .args(first)
        .args([number.to_string(), pixels.to_string()])
        .env_clear()
        .envs(kept)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

/// Gives a process the file and takes what it says.
async fn talk(child: &mut Child, file: &[u8]) -> std::io::Result<Output> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else {
        return Err(std::io::ErrorKind::BrokenPipe.into());
    };
    let give = async move {
        // One that refuses early reads no further.
        let _ = stdin.write_all(file).await;
        drop(stdin);
    };
    let take = async move {
        let mut said = Vec::new();
        stdout.take(ANSWER_LIMIT).read_to_end(&mut said).await.map(|_| said)
    };
    let ((), stdout) = tokio::join!(give, take);
    let status = child.wait().await?;
    Ok(Output { status, stdout: stdout?, stderr: Vec::new() })
}

/// Reads a list of sizes: how many, then each in a line of its own.
fn list(said: &[u8]) -> Option<Vec<PageSize>> {
    let mut lines = std::str::from_utf8(said).ok()?.lines();
    let count: usize = lines.next()?.parse().ok()?;
    let read = |line: &str| {
        let (width, height) = line.split_once(' ')?;
        let side =
            |word: &str| word.parse::<f32>().ok().filter(|side| side.is_finite() && *side >= 1.0);
        Some(PageSize { width: side(width)?, height: side(height)? })
    };
    let sizes: Vec<PageSize> = lines.take(PAGE_LIMIT).map(read).collect::<Option<_>>()?;
    (count > 0 && sizes.len() == count).then_some(sizes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use posthorn_model::MessageId;

    use super::{Desk, KEPT_FOR, Paper, is_png, list};
    use crate::contract::PageSize;

    #[test]
    fn only_a_list_of_sizes_is_an_answer() {
        let size = |width: f32, height: f32| PageSize { width, height };
        let table: [(&[u8], Option<Vec<PageSize>>); 10] = [
            (b"1\n595 842\n", Some(vec![size(595.0, 842.0)])),
            (b"2\n595.28 842\n1 14400\n", Some(vec![size(595.28, 842.0), size(1.0, 14_400.0)])),
            (b"2\n595 842\n", None),
            (b"1\n595 842\n595 842\n", None),
            (b"0\n", None),
            (b"1\n595\n", None),
            (b"1\nNaN 842\n", None),
            (b"1\n-3 842\n", None),
            (b"\x89PNG\r\n\x1a\n", None),
            (b"", None),
        ];
        for (said, expected) in table {
            assert_eq!(list(said), expected, "{}", String::from_utf8_lossy(said));
        }
        assert!(is_png(b"\x89PNG\r\n\x1a\n...") && !is_png(b"<svg/>"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_is_kept_while_it_is_used() {
        let paper = |part: u32| Paper { message: MessageId(1), part, inside: Vec::new() };
        let desk = Desk::default();
        assert!(desk.get(&paper(1)).is_none());
        desk.put(paper(1), Arc::from(&b"%PDF"[..]));
        for _ in 0..5 {
            assert_eq!(desk.get(&paper(1)).as_deref(), Some(&b"%PDF"[..]));
            tokio::time::sleep(KEPT_FOR).await;
        }
        assert!(desk.get(&paper(2)).is_none(), "another file is another file");
        tokio::time::sleep(KEPT_FOR * 3).await;
        assert!(desk.get(&paper(1)).is_none(), "nobody looked at it");
    }
}
