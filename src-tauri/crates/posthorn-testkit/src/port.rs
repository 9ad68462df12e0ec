//! Free loopback ports that stay ours while a server is stopped.
//!
//! A port from the kernel's ephemeral range can be taken by any outgoing connection between stop and start, so ports
//! come from below it, and a locked file claims each against other processes of this kit.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;

use anyhow::{Context as _, Result, bail};

/// First port offered; below it are well-known services.
const FIRST: u16 = 20_000;
/// How many ports are offered; Linux's ephemeral range begins at 32,768.
const COUNT: u16 = 12_000;
/// Tries before giving up: with half of all ports taken this fails once in 10^19 starts.
const TRIES: usize = 64;

/// A claimed port; the claim ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    /// Invariant: locked as long as the port is ours.
    _claim: File,
}

impl Port {
    /// Claims a port on which nothing listens.
    pub(crate) fn claim() -> Result<Self> {
        let own = std::fs::metadata("/proc/self").context("reading /proc/self")?.uid();
        let folder = std::env::temp_dir().join(format!("posthorn-ports-{own}"));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("creating {}", folder.display()))?;
        for _ in 0..TRIES {
            let mut random = [0_u8; 2];
            getrandom::fill(&mut random)
                .map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
            let number = FIRST + u16::from_le_bytes(random) % COUNT;
            let claim = File::create(folder.join(number.to_string()))?;
            if claim.try_lock().is_ok() && TcpListener::bind(("127.0.0.1", number)).is_ok() {
                return Ok(Self { number, _claim: claim });
            }
        }
        bail!("no free port from {FIRST} to {}", FIRST + COUNT)
    }

    /// Returns its number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}
