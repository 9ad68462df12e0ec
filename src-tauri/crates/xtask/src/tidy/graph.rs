//! What the programs are built from: banned crates and licences, by Cargo's resolved graph.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::tool::Tool;

/// Crates that must not be built, the first version that is banned, and why.
const BANNED: &[(&str, (u64, u64), &str)] = &[
    ("openssl-sys", (0, 0), "one TLS stack: rustls with ring"),
    ("native-tls", (0, 0), "one TLS stack: rustls with ring"),
    (
        "aws-lc-sys",
        (0, 0),
        "one TLS stack: rustls with ring; it needs a C compiler and cmake on every machine",
    ),
    ("mail-parser", (1, 0), "1.0 needs a newer compiler than ours"),
];

/// imap-proto before this version reads some answers wrongly.
const IMAP_PROTO: (u64, u64) = (0, 17);

/// Licences that a program under MIT may contain; an expression passes when one of its alternatives does.
const LICENCES: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    // Used as published, unchanged; its obligations end at its own files.
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "0BSD",
];

/// Returns the breaches.
pub(super) fn check() -> Result<Vec<String>> {
    // `cargo tree` and not `cargo metadata`: the latter unites features that are never built together.
    let tree = [
        "tree",
        "--workspace",
        "--edges",
        "normal,build,dev",
        "--prefix",
        "none",
        "--format",
        "{p}|{l}",
    ];
    let tree = Tool::cargo(&tree).args(&crate::build::FEATURES).output()?;
    let lines: BTreeSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    if lines.len() < 2 {
        bail!("cargo tree said nothing: {tree:?}");
    }
    let mut breaches = Vec::new();
    for line in lines {
        let Some((package, licence)) = line.split_once('|') else { continue };
        let mut words = package.split(' ');
        let (name, version) =
            (words.next().unwrap_or(""), words.next().unwrap_or("").trim_start_matches('v'));
        breaches.extend(banned(name, version));
        if !is_permitted(licence) {
            breaches.push(format!(
                "{name} {version} is under {licence:?}, which is not in the list (tidy/graph.rs)"
            ));
        }
    }
    Ok(breaches)
}

fn banned(name: &str, version: &str) -> Option<String> {
    let mut numbers = version.split('.').map_while(|part| part.parse::<u64>().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if name == "imap-proto" && found < IMAP_PROTO {
        return Some(format!(
            "imap-proto {version} is built: before 0.17 it reads some answers wrongly"
        ));
    }
    let (_, _, why) = BANNED.iter().find(|(banned, from, _)| *banned == name && found >= *from)?;
    Some(format!("{name} {version} is built: {why}"))
}

/// Reads an SPDX expression; parentheses are only ever around alternatives.
fn is_permitted(expression: &str) -> bool {
    let parts = expression.replace(['(', ')'], "");
    // `A AND B` needs both; `A OR B` and the old `A/B` need one. No crate mixes them deeper than that.
    parts.split(" AND ").all(|part| {
        part.split(" OR ")
            .flat_map(|part| part.split('/'))
            .any(|licence| LICENCES.contains(&licence.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::{banned, is_permitted};

    #[test]
    fn licences_are_read_as_expressions() {
        let table = [
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("GPL-3.0-only", false),
            ("MIT AND GPL-3.0-only", false),
            ("", false),
        ];
        for (expression, permitted) in table {
            assert_eq!(is_permitted(expression), permitted, "{expression}");
        }
    }

    #[test]
    fn banned_crates_are_banned_from_their_version_on() {
        let table = [
            ("openssl-sys", "0.9.1", true),
            ("mail-parser", "0.11.9", false),
            ("mail-parser", "1.0.0", true),
            ("imap-proto", "0.16.9", true),
            ("imap-proto", "0.17.0", false),
        ];
        for (name, version, is_banned) in table {
            assert_eq!(banned(name, version).is_some(), is_banned, "{name} {version}");
        }
    }
}
