//! Memory of processes, as the kernel counts it. What it does not say is zero.

use std::collections::BTreeMap;

/// Peak resident memory of this process so far, MiB.
pub(crate) fn peak_mib() -> f64 {
    kib("/proc/self/status", "VmHWM:") / 1024.0
}

/// Peak resident memory of a process so far, MiB; pages of its program file and of files that it maps are in it.
pub(crate) fn peak_mib_of(process: u32) -> f64 {
    kib(&format!("/proc/{process}/status"), "VmHWM:") / 1024.0
}

/// Memory of a process and all its descendants, MiB, by the programs' names. Pages that several share are divided
/// among them (PSS), so that the sum is what ending them would give back.
pub(crate) fn shared_mib_of_tree(process: u32) -> BTreeMap<String, f64> {
    let mut all = BTreeMap::new();
    for process in tree(process) {
        let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
        let mib = kib(&format!("/proc/{process}/smaps_rollup"), "Pss:") / 1024.0;
        *all.entry(name.trim().to_owned()).or_insert(0.0) += mib;
    }
    all
}

/// Returns a process and its descendants.
fn tree(root: u32) -> Vec<u32> {
    let mut parents = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(process) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        if let Some(parent) = field(&status, "PPid:") {
            parents.insert(process, parent as u32);
        }
    }
    let mut found = vec![root];
    let mut looked = 0;
    while let Some(parent) = found.get(looked).copied() {
        looked += 1;
        found.extend(parents.iter().filter(|(_, of)| **of == parent).map(|(child, _)| *child));
    }
    found
}

fn kib(file: &str, name: &str) -> f64 {
    field(&std::fs::read_to_string(file).unwrap_or_default(), name).unwrap_or_default()
}

/// Reads the number behind a name that begins a line.
fn field(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
