//! A temporary folder that the servers' own users may enter.
//!
//! Dovecot and Exim drop root and then walk down from `/`, so every folder above must be passable for everybody.
//! Unix sockets limit a path to 107 bytes, so the folder must also be near the root.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// Longest path of a parent: 107 bytes of a socket's path less the longest that Dovecot puts below.
const PARENT_LIMIT: usize = 48;

/// How often removing is tried: together with the pause, longer than any of our programs takes to end.
const REMOVALS: usize = 50;
/// Pause between two tries.
const REMOVAL_PAUSE: Duration = Duration::from_millis(100);

/// A folder of mode 755 that is removed when dropped.
#[derive(Debug)]
pub(crate) struct ServerFolder {
    inner: tempfile::TempDir,
}

impl ServerFolder {
    /// Creates a folder below the first parent that everybody may pass.
    pub(crate) fn create(name: &str) -> Result<Self> {
        let parents = [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")];
        let Some(parent) = parents.iter().find(|parent| is_suitable(parent)) else {
            bail!("none of {parents:?} can be entered by every user; set TMPDIR to one that can");
        };
        let inner = tempfile::Builder::new()
            .prefix(&format!("posthorn-{name}-"))
            .tempdir_in(parent)
            .with_context(|| format!("creating a folder in {}", parent.display()))?;
        std::fs::set_permissions(inner.path(), std::fs::Permissions::from_mode(0o755))?;
        Ok(Self { inner })
    }

    /// Returns where it is.
    pub(crate) fn path(&self) -> &Path {
        self.inner.path()
    }
}

impl Drop for ServerFolder {
    fn drop(&mut self) {
        // A program that is just ending may still write here (the demo's application does): the folder's own drop
        // comes after this and would give up at the first file that appears behind its back.
        for _ in 0..REMOVALS {
            if std::fs::remove_dir_all(self.path()).is_ok() || !self.path().exists() {
                return;
            }
            std::thread::sleep(REMOVAL_PAUSE);
        }
    }
}

fn is_suitable(parent: &Path) -> bool {
    let passable = |folder: &Path| {
        std::fs::metadata(folder)
            .is_ok_and(|found| found.is_dir() && found.permissions().mode() & 0o001 != 0)
    };
    parent.is_absolute()
        && parent.as_os_str().len() <= PARENT_LIMIT
        && parent.ancestors().all(passable)
}
