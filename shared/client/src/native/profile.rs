//! The profile's folder: one lock, one cache file, and (where the key is a passphrase) the header that goes with it.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crypto::{KdfHeader, Key};
use sql::{Store, StoreKey, StoreLocation};

use crate::config::{KeySource, StartError};
use crate::driver::OpenError;

/// Beside the cache, where its key comes from a passphrase.
const HEADER_FILE: &str = "cache.key";
const CACHE_FILE: &str = "cache.db";

/// An open profile; the lock is held as long as it lives.
pub(super) struct Profile {
    folder: PathBuf,
    key: KeySource,
    /// Derived at the first unlocking; the person is not asked again while the app runs.
    unlocked: Arc<OnceLock<Key>>,
    _lock: File,
}

/// The profile in this folder is protected by a passphrase, not by a key from the keyring.
pub fn uses_passphrase(folder: &str) -> bool {
    std::path::Path::new(folder).join(HEADER_FILE).exists()
}

/// The passphrase of the profile in this folder gives this key.
pub fn passphrase_gives(folder: &str, passphrase: &str, key: &Key) -> bool {
    let header = fs::read_to_string(Path::new(folder).join(HEADER_FILE)).ok();
    let derived = header.and_then(|text| KdfHeader::parse(&text).ok()?.derive(passphrase).ok());
    derived.is_some_and(|derived| derived.bytes() == key.bytes())
}

/// The key is kept elsewhere from now on: the passphrase leads nowhere.
///
/// # Errors
/// The disk.
pub fn forget_passphrase(folder: &str) -> std::io::Result<()> {
    match fs::remove_file(Path::new(folder).join(HEADER_FILE)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// There is a cache in this folder.
pub fn has_cache(folder: &str) -> bool {
    std::path::Path::new(folder).join(CACHE_FILE).exists()
}

impl Profile {
    /// Makes the folder where need be and locks it.
    pub(super) fn open(folder: &Path, key: KeySource) -> Result<Self, StartError> {
        let disk = |e: std::io::Error| StartError::Disk(e.to_string());
        fs::create_dir_all(folder).map_err(disk)?;
        private(folder).map_err(disk)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock")).map_err(disk)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), key, unlocked: Arc::default(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StartError::InUse),
            Err(TryLockError::Error(e)) => Err(disk(e)),
        }
    }

    /// The key that a passphrase gave, once it did.
    pub(super) fn unlocked(&self) -> Arc<OnceLock<Key>> {
        Arc::clone(&self.unlocked)
    }

    fn cache(&self) -> PathBuf {
        self.folder.join(CACHE_FILE)
    }

    fn header(&self) -> PathBuf {
        self.folder.join(HEADER_FILE)
    }

    /// Opens or makes the cache.
    pub(super) fn open_store(&mut self, passphrase: Option<&str>) -> Result<Store, OpenError> {
        match (&self.key, self.unlocked.get(), passphrase) {
            (KeySource::None, _, _) => self.open_with(None),
            (KeySource::Raw(key), _, _) => {
                let key = key.clone();
                match self.open_with(Some(&key)) {
                    // The keyring's key is not this file's: it was lost and made anew. What cannot be read is kept
                    // aside, and the person logs in again.
                    Err(OpenError::WrongPassphrase) => {
                        self.set_aside()?;
                        self.open_with(Some(&key))
                    }
                    result => result,
                }
            }
            (KeySource::Passphrase, Some(key), _) => {
                let key = key.clone();
                self.open_with(Some(&key))
            }
            (KeySource::Passphrase, None, None) => Err(OpenError::Locked { new: !self.header().exists() }),
            (KeySource::Passphrase, None, Some(passphrase)) => self.unlock(passphrase),
        }
    }

    fn unlock(&mut self, passphrase: &str) -> Result<Store, OpenError> {
        let header = match fs::read_to_string(self.header()) {
            Ok(text) => KdfHeader::parse(&text).map_err(|e| OpenError::Disk(e.to_string()))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                if self.cache().exists() {
                    self.set_aside()?;
                }
                let header = KdfHeader::new().map_err(|e| OpenError::Disk(e.to_string()))?;
                // The header is on disk before any store that needs it.
                write_durably(&self.header(), &format!("{header}\n")).map_err(disk)?;
                header
            }
            Err(e) => return Err(disk(e)),
        };
        let key = header.derive(passphrase).map_err(|e| OpenError::Disk(e.to_string()))?;
        let store = self.open_with(Some(&key))?;
        // Set once: a second passphrase that opens the same store gives the same key.
        let _ = self.unlocked.set(key);
        Ok(store)
    }

    fn open_with(&self, key: Option<&Key>) -> Result<Store, OpenError> {
        let path = self.cache();
        let text = path.to_str().ok_or_else(|| OpenError::Disk("the profile's path is not UTF-8".to_owned()))?;
        let key = key.map(|key| StoreKey(*key.bytes()));
        Ok(Store::open(&StoreLocation::File(text.to_owned()), key.as_ref())?)
    }

    fn set_aside(&self) -> Result<(), OpenError> {
        let stamp = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_millis());
        tracing::warn!("the cache does not open with this key; it is kept aside and a new one is made");
        for suffix in ["", "-wal", "-shm"] {
            let from = self.folder.join(format!("{CACHE_FILE}{suffix}"));
            match fs::rename(&from, self.folder.join(format!("unreadable-{stamp}.db{suffix}"))) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(disk(e)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Deletes the cache. The key's header stays: the passphrase is the profile's, not the account's.
    pub(super) fn erase_store(&self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let path = self.folder.join(format!("{CACHE_FILE}{suffix}"));
            if let Err(error) = fs::remove_file(&path)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::error!(%error, "the cache could not be deleted");
            }
        }
    }
}

fn disk(e: std::io::Error) -> OpenError {
    OpenError::Disk(e.to_string())
}

/// Writes beside, syncs, renames: a power cut leaves the old file or the new one.
pub(super) fn write_durably(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    match path.parent() {
        // A folder cannot be opened for syncing on Windows, and need not be.
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// The folder is its owner's only.
fn private(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
