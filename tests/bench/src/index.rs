//! Lists and searches on a generated index: three accounts, forty folders, as many messages as asked for.
//!
//! Several sizes are measured in one run, each by a process of its own (so that its memory is the engine's alone), and
//! the largest is set beside the smaller ones: what grows faster than the mailbox stands out.

mod ask;
mod mail;

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

pub(crate) use ask::ask;

/// Messages unless told otherwise: a size that a benchmark of everything still has time for.
pub(crate) const MESSAGES: usize = 100_000;
/// The smallest index that says something.
const LEAST: usize = 10_000;
/// The word that asks a process of ours for the questions: `posthorn-bench index-ask FOLDER`.
pub(crate) const ASK: &str = "index-ask";

/// Fills and asks; sizes rise tenfold up to `messages`. In `kept` the filled profiles stay, to be asked again.
pub(crate) async fn run(messages: usize, kept: Option<&Path>) -> Result<()> {
    let mut sizes = vec![messages];
    while let Some(smaller) = sizes.first().map(|size| size / 10).filter(|size| *size >= LEAST) {
        sizes.insert(0, smaller);
    }
    let mut all: Vec<(usize, Vec<(String, f64)>)> = Vec::new();
    for size in sizes {
        println!("\nAn index of {size} messages in 40 folders of 3 accounts");
        let own = tempfile::tempdir()?;
        let profile = kept.map_or(own.path().to_owned(), |folder| folder.join(size.to_string()));
        let mut figures = Vec::new();
        // Written when it is whole: a profile that was broken off is filled anew.
        let mark = profile.join("filled");
        if !mark.exists() {
            if profile.exists() {
                std::fs::remove_dir_all(&profile)?;
            }
            std::fs::create_dir_all(&profile)?;
            let begun = tokio::time::Instant::now();
            mail::fill(&profile, size).await?;
            std::fs::write(&mark, "")?;
            let name = "generated, s";
            println!("{name:<66} {:>12.4}", begun.elapsed().as_secs_f64());
        }
        let disk = |name: &str| bytes(&profile.join(name)) as f64 / size as f64;
        figures.push(("index on disk, bytes a message".to_owned(), disk("index.db")));
        figures.push(("words on disk, bytes a message".to_owned(), disk("search.db")));
        figures.extend(asked(&profile)?);
        for (what, value) in &figures {
            println!("{what:<66} {value:>12.4}");
        }
        all.push((size, figures));
    }
    if let [.., smaller, larger] = all.as_slice() {
        println!("\n{} messages, of {} messages", larger.0, smaller.0);
        for ((what, value), (_, before)) in larger.1.iter().zip(&smaller.1) {
            println!("{what:<66} {:>10.1} x", value / before.max(f64::EPSILON));
        }
    }
    Ok(())
}

fn bytes(file: &Path) -> u64 {
    std::fs::metadata(file).map(|found| found.len()).unwrap_or_default()
}

/// Asks in a process of its own; its answer is a list of names and figures.
fn asked(profile: &Path) -> Result<Vec<(String, f64)>> {
    let output = Command::new(std::env::current_exe()?)
        .arg(ASK)
        .arg(profile)
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("the asking process did not start")?;
    if !output.status.success() {
        bail!("the asking process ended with {}", output.status);
    }
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    let pair = |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_f64()?));
    Ok(answer.as_array().into_iter().flatten().filter_map(pair).collect())
}
