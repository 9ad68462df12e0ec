//! From a script's text to its steps.

use anyhow::{Context as _, Result, bail};

use super::Step;

/// Reads all lines.
pub(super) fn steps(text: &str) -> Result<Vec<(usize, Step)>> {
    let mut steps = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.trim_end().is_empty() || line.starts_with('#') {
            continue;
        }
        steps.push((
            at + 1,
            step(line).with_context(|| format!("line {} of the script: {line}", at + 1))?,
        ));
    }
    Ok(steps)
}

fn step(line: &str) -> Result<Step> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    Ok(match word.trim_end() {
        "S:" => Step::Send([bytes(rest)?, b"\r\n".to_vec()].concat()),
        "S-" => Step::Send(bytes(rest)?),
        "C:" => Step::Expect(rest.to_owned()),
        "S*" => repeat(rest, b"\r\n")?,
        "S**" => repeat(rest, b"")?,
        "C*" => Step::Line,
        "C=" => Step::ExpectBytes(bytes(rest)?),
        "!until" => Step::Until(rest.to_owned()),
        "!exact" => Step::Exact,
        "!deflate" => Step::Deflate,
        "!end" => Step::End,
        "C+" => Step::Take(rest.trim().parse().context("a number of bytes is missing")?),
        "!bytewise" => Step::Bytewise,
        "!drain" => Step::Drain,
        "!stall" => Step::Stall,
        "!cut" => Step::Cut,
        other => bail!("no directive is called {other:?}"),
    })
}

/// Reads `500 text` or `forever text`.
fn repeat(text: &str, end: &[u8]) -> Result<Step> {
    let (count, text) = text.split_once(' ').unwrap_or((text, ""));
    let count = match count {
        "forever" => None,
        count => Some(count.parse().context("a number of times is missing")?),
    };
    Ok(Step::Repeat(count, [bytes(text)?.as_slice(), end].concat()))
}

/// Returns a text with its escapes replaced.
fn bytes(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let meant = match rest.next() {
            Some(b'r') => b'\r',
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'x') => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16)
                    .with_context(|| format!("\\x{digits} is no byte"))?
            }
            // IMAP's flags begin with a backslash (`\Seen`), so it stands for itself before anything else.
            Some(b'\\') | None => b'\\',
            Some(other) => {
                bytes.push(b'\\');
                other
            }
        };
        bytes.push(meant);
    }
    Ok(bytes)
}
