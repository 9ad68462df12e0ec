//! Bodies too large for a row: zstd files named by their hash.
//!
//! Invariant: a file under its final name is complete and durable. It is written beside, synchronised, renamed, and
//! the folder is synchronised too.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use super::LEVEL;

/// Bytes copied at once.
const COPY_BYTES: usize = 128 * 1024;

/// Reads a body's raw bytes from the beginning to the end; blocking.
pub struct BodyReader {
    source: Box<dyn Read + Send>,
    size: u64,
}

impl std::fmt::Debug for BodyReader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("BodyReader").field("size", &self.size).finish_non_exhaustive()
    }
}

impl BodyReader {
    pub(super) fn memory(bytes: Vec<u8>) -> Self {
        let size = bytes.len() as u64;
        Self { source: Box::new(Cursor::new(bytes)), size }
    }

    pub(super) fn file(folder: &Path, hash: &[u8; 32], size: u64) -> Result<Self> {
        let decoder = zstd::Decoder::new(File::open(path(folder, hash))?)?;
        Ok(Self { source: Box::new(BufReader::with_capacity(COPY_BYTES, decoder)), size })
    }

    /// Returns how many bytes there are in all.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.source.read(buffer)
    }
}

/// Returns where a body's file lies.
pub(crate) fn path(folder: &Path, hash: &[u8; 32]) -> PathBuf {
    let hex = blake3::Hash::from_bytes(*hash).to_hex();
    // 256 folders, so that none becomes slow to list.
    let start: String = hex.chars().take(2).collect();
    folder.join(start).join(format!("{hex}.zst"))
}

pub(super) fn store(folder: &Path, hash: &[u8; 32], bytes: &[u8]) -> Result<()> {
    let spooled = spool(folder, &mut Cursor::new(bytes), Some(bytes.len() as u64))?;
    if spooled.hash == *hash { spooled.keep(folder) } else { Err(Error::BodyDamaged) }
}

/// Bytes that are durable in a file without its final name yet. Dropped, the file goes.
#[derive(Debug)]
pub(super) struct Spooled {
    temporary: PathBuf,
    pub(super) hash: [u8; 32],
    pub(super) size: usize,
}

impl Spooled {
    /// Gives the file its final name.
    pub(super) fn keep(self, folder: &Path) -> Result<()> {
        let target = path(folder, &self.hash);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
            std::fs::rename(&self.temporary, &target)?;
            sync_folder(parent)?;
            sync_folder(folder)?;
        }
        Ok(())
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // Not there any more once it has its name; a leftover goes when the store is opened next.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// Copies a stream to its end into a file of its own. A stream that fails leaves nothing behind. Where its size is known
/// the compressor takes no more memory than it needs; one that is another then fails.
pub(super) fn spool(folder: &Path, source: &mut impl Read, size: Option<u64>) -> Result<Spooled> {
    std::fs::create_dir_all(folder)?;
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|_| Error::File("no randomness".to_owned()))?;
    let temporary = folder.join(format!("{:016x}.part", u64::from_le_bytes(random)));
    let mut spooled = Spooled { temporary, hash: [0; 32], size: 0 };
    let mut hasher = blake3::Hasher::new();
    let mut encoder = zstd::Encoder::new(File::create_new(&spooled.temporary)?, LEVEL)?;
    encoder.set_pledged_src_size(size)?;
    let mut buffer = vec![0_u8; COPY_BYTES];
    loop {
        let count = source.read(&mut buffer)?;
        let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else { break };
        hasher.update(chunk);
        encoder.write_all(chunk)?;
        spooled.size += count;
    }
    encoder.finish()?.sync_all()?;
    spooled.hash = *hasher.finalize().as_bytes();
    Ok(spooled)
}

/// Makes a rename durable. Windows does that itself and cannot open folders.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

pub(super) fn load(folder: &Path, hash: &[u8; 32], size: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    let decoder = zstd::Decoder::new(File::open(path(folder, hash))?)?;
    // One more than expected shows a file that is too long.
    decoder.take(size as u64 + 1).read_to_end(&mut bytes).map_err(|_| Error::BodyDamaged)?;
    Ok(bytes)
}

/// Removes a body's file. One that cannot be removed costs space and nothing else; the next equal body takes it over.
pub(crate) fn remove(folder: &Path, hash: &[u8; 32]) {
    if let Err(error) = std::fs::remove_file(path(folder, hash)) {
        tracing::warn!(%error, "a body's file could not be removed");
    }
}

/// Removes files that a stopped program left unfinished. Only while nothing writes: when the store is opened.
pub(crate) fn remove_unfinished(folder: &Path) {
    // No folder, nothing unfinished.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "part")
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!(%error, "an unfinished file could not be removed");
        }
    }
}
