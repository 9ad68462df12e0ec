//! Secrets in one file, sealed under a passphrase: Argon2id for the key, XChaCha20-Poly1305 for the content.
//!
//! Layout: [`MAGIC`], memory (KiB), passes and lanes of Argon2 (u32, big-endian each), salt (16), nonce (24), sealed content.
//! All before the content is authenticated with it. The content is a row of key and secret, each a length (u32) and bytes.
//! The file is replaced as a whole (write beside, fsync, rename, fsync the folder), so a crash leaves the old or the new one.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::{Secret, SecretError, SecretKind, SecretStore};

/// The first bytes of the file, with its version.
const MAGIC: &[u8] = b"posthorn secrets 1\n";
/// Cost of a guess: 64 MiB and three passes, about a quarter of a second on a laptop (RFC 9106 section 4, second choice).
const COST: [u32; 3] = [64 * 1024, 3, 1];
/// Most memory that a file may ask for, so that a hostile one cannot take all: 1 GiB.
const MAX_MEMORY: u32 = 1024 * 1024;
const SALT: usize = 16;
const NONCE: usize = 24;
/// Largest file: thousands of accounts.
const MAX_FILE: u64 = 4 << 20;

type Table = BTreeMap<String, Secret>;

/// The file, open.
pub(super) struct SecretFile {
    path: PathBuf,
    cost: [u32; 3],
    salt: [u8; SALT],
    key: Zeroizing<[u8; 32]>,
    table: Mutex<Table>,
}

impl fmt::Debug for SecretFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SecretFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SecretFile {
    pub(super) fn open(path: PathBuf, passphrase: &Secret) -> Result<Self, SecretError> {
        match fs::metadata(&path) {
            Ok(found) if found.len() > MAX_FILE => Err(damaged("it is too large")),
            Ok(_) => Self::read(path, passphrase),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Self::create(path, passphrase, COST)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn create(path: PathBuf, passphrase: &Secret, cost: [u32; 3]) -> Result<Self, SecretError> {
        let salt = random::<SALT>()?;
        let key = derive(passphrase, salt, cost)?;
        let created = Self { path, cost, salt, key, table: Mutex::default() };
        created.write(&Table::new())?;
        Ok(created)
    }

    fn read(path: PathBuf, passphrase: &Secret) -> Result<Self, SecretError> {
        let bytes = fs::read(&path)?;
        let mut rest =
            bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("it is not a file of secrets"))?;
        let mut cost = [0; 3];
        for field in &mut cost {
            *field = u32::from_be_bytes(take(&mut rest)?);
        }
        if cost.first().is_none_or(|memory| *memory > MAX_MEMORY) {
            return Err(damaged("it asks for too much memory"));
        }
        let salt: [u8; SALT] = take(&mut rest)?;
        let nonce: [u8; NONCE] = take(&mut rest)?;
        let key = derive(passphrase, salt, cost)?;
        let head = bytes.get(..bytes.len() - rest.len()).unwrap_or_default();
        let cipher = XChaCha20Poly1305::new((&*key).into());
        let opened = cipher.decrypt(XNonce::from_slice(&nonce), Payload { msg: rest, aad: head });
        // A flipped bit and a wrong passphrase look the same to the cipher; the second is what happens.
        let plain = Zeroizing::new(opened.map_err(|_| SecretError::WrongPassphrase)?);
        Ok(Self { path, cost, salt, key, table: Mutex::new(decode(&plain)?) })
    }

    /// Seals a table and puts it in place of the file.
    fn write(&self, table: &Table) -> Result<(), SecretError> {
        let nonce = random::<NONCE>()?;
        let mut bytes = MAGIC.to_vec();
        for field in self.cost {
            bytes.extend_from_slice(&field.to_be_bytes());
        }
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&nonce);
        let plain = encode(table);
        let cipher = XChaCha20Poly1305::new((&*self.key).into());
        let sealed =
            cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: &plain, aad: &bytes });
        bytes.extend(sealed.map_err(|_| damaged("it could not be sealed"))?);
        replace(&self.path, &bytes)?;
        Ok(())
    }

    /// Changes the table, on disk first.
    fn change(&self, change: impl FnOnce(&mut Table)) -> Result<(), SecretError> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = table.clone();
        change(&mut changed);
        self.write(&changed)?;
        *table = changed;
        Ok(())
    }
}

impl SecretStore for SecretFile {
    fn kind(&self) -> SecretKind {
        SecretKind::File
    }

    fn get(&self, key: &str) -> Result<Option<Secret>, SecretError> {
        Ok(self.table.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn set(&self, key: &str, secret: &Secret) -> Result<(), SecretError> {
        self.change(|table| drop(table.insert(key.to_owned(), secret.clone())))
    }

    fn delete(&self, key: &str) -> Result<(), SecretError> {
        self.change(|table| drop(table.remove(key)))
    }
}

fn damaged(why: &str) -> SecretError {
    SecretError::Damaged(why.to_owned())
}

fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| SecretError::Io(io::Error::other(error.to_string())))?;
    Ok(bytes)
}

fn derive(
    passphrase: &Secret,
    salt: [u8; SALT],
    cost: [u32; 3],
) -> Result<Zeroizing<[u8; 32]>, SecretError> {
    let [memory, passes, lanes] = cost;
    let params = Params::new(memory, passes, lanes, Some(32))
        .map_err(|error| damaged(&error.to_string()))?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), &salt, &mut *key)
        .map_err(|error| damaged(&error.to_string()))?;
    Ok(key)
}

/// Takes the first `N` bytes away.
fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], SecretError> {
    let (first, tail) =
        rest.split_first_chunk::<N>().ok_or_else(|| damaged("it ends too early"))?;
    *rest = tail;
    Ok(*first)
}

fn encode(table: &Table) -> Zeroizing<Vec<u8>> {
    let size = table.iter().map(|(key, secret)| key.len() + secret.expose().len() + 8).sum();
    // The room is taken at once: a growing vector would leave copies of the secrets behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    for text in table.iter().flat_map(|(key, secret)| [key.as_str(), secret.expose()]) {
        bytes.extend_from_slice(&(text.len() as u32).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

fn decode(mut bytes: &[u8]) -> Result<Table, SecretError> {
    let mut text = || -> Result<Option<String>, SecretError> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let length = u32::from_be_bytes(take(&mut bytes)?) as usize;
        let (text, rest) =
            bytes.split_at_checked(length).ok_or_else(|| damaged("an entry ends too early"))?;
        bytes = rest;
        String::from_utf8(text.to_vec()).map(Some).map_err(|_| damaged("an entry is not text"))
    };
    let mut table = Table::new();
    while let Some(key) = text()? {
        let secret = text()?.ok_or_else(|| damaged("an entry has no secret"))?;
        table.insert(key, Secret::new(secret));
    }
    Ok(table)
}

/// Replaces a file as a whole.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{MAGIC, SecretFile};
    use crate::{Secret, SecretError, SecretStore as _};

    /// Cheap, so that the tests are about the file and not about waiting.
    const CHEAP: [u32; 3] = [8, 1, 1];

    #[test]
    fn secrets_survive_and_open_only_with_their_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets");
        let right = Secret::new("right");
        let file = SecretFile::create(path.clone(), &right, CHEAP).unwrap();
        file.set("account/1/incoming", &Secret::new("pässword")).unwrap();
        file.set("account/2/incoming", &Secret::new("other")).unwrap();
        file.delete("account/2/incoming").unwrap();
        drop(file);
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(4).any(|window| window == b"word" || window == b"acco"));
        let again = SecretFile::open(path.clone(), &right).unwrap();
        assert_eq!(again.get("account/1/incoming").unwrap().unwrap().expose(), "pässword");
        assert!(again.get("account/2/incoming").unwrap().is_none());
        let wrong = SecretFile::open(path.clone(), &Secret::new("wrong")).unwrap_err();
        assert!(matches!(wrong, SecretError::WrongPassphrase));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&path.metadata().unwrap()) & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_an_error_whatever_the_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets");
        let right = Secret::new("right");
        SecretFile::create(path.clone(), &right, CHEAP)
            .unwrap()
            .set("a", &Secret::new("b"))
            .unwrap();
        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(SecretFile::open(path.clone(), &right).is_err(), "{length}");
        }
        for at in [0, MAGIC.len() + 12, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            std::fs::write(&path, &flipped).unwrap();
            assert!(SecretFile::open(path.clone(), &right).is_err(), "{at}");
        }
        let mut greedy = whole;
        greedy[MAGIC.len()] = 0xff;
        std::fs::write(&path, &greedy).unwrap();
        assert!(matches!(SecretFile::open(path, &right), Err(SecretError::Damaged(_))));
    }
}
