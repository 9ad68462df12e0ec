//! The profile's lock: two engines on one outbox would send twice.
//!
//! Invariant: the lock is taken before anything of the profile is opened, and is the operating system's own: it ends
//! with the process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::contract::{Code, Error};

/// Name of the lock's file.
const FILE_NAME: &str = "posthorn.lock";

/// Holds a profile for as long as it lives.
#[derive(Debug)]
pub(crate) struct ProfileLock {
    /// Closing the file lets go.
    _file: File,
}

impl ProfileLock {
    /// Takes the lock of a profile, whose folder is made when it is missing.
    pub(crate) fn take(profile: &Path) -> Result<Self, Error> {
        let unusable = |error: std::io::Error| Error {
            code: Code::File,
            message: format!("The profile folder cannot be used: {error}"),
            detail: profile.display().to_string(),
        };
        std::fs::create_dir_all(profile).map_err(unusable)?;
        private(profile).map_err(unusable)?;
        let path = profile.join(FILE_NAME);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error {
                code: Code::ProfileInUse,
                message: "Another Posthorn has this profile open; nothing was touched.".to_owned(),
                detail: profile.display().to_string(),
            }),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }
}

/// Mail is nobody else's business.
#[cfg(unix)]
fn private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

/// A user's own folder is private by its place.
#[cfg(not(unix))]
fn private(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::ProfileLock;
    use crate::contract::Code;

    #[test]
    fn a_second_engine_is_told_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("profile");
        let first = ProfileLock::take(&profile).unwrap();
        let second = ProfileLock::take(&profile).unwrap_err();
        assert_eq!(second.code, Code::ProfileInUse);
        assert!(second.message.contains("Another Posthorn"));
        drop(first);
        ProfileLock::take(&profile).unwrap();
    }
}
