//! The most memory that this process had, as the kernel counts it (proc(5)). Linux only.

use anyhow::{Context as _, Result};

/// Returns the bytes that the process had in memory at most: since its start, or since [`forget_peak`].
pub fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("reading the status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    let kilobytes: u64 = kilobytes.context("the kernel does not say")?.parse()?;
    Ok(kilobytes * 1024)
}

/// Begins to measure anew (`clear_refs`).
pub fn forget_peak() -> Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("asking for a new peak")
}
