//! Where a browser keeps the cache: an encrypted SQLite file in the origin's private file system (OPFS), which only a
//! worker of a secure page can use. Elsewhere the cache lives in memory and goes with the tab; nothing secret is ever
//! written by a page that came over plain HTTP.

use rsqlite_vfs::VfsFilesManager as _;
use sql::{Store, StoreKey, StoreLocation};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};

use super::sleep::sleep;
use crate::config::KeySource;
use crate::driver::OpenError;

const FILE: &str = "cache.db";
/// A tab that is just closing still holds the files for a moment.
const TRIES: u32 = 30;
const TRY_MS: u32 = 100;

/// The cache's place.
pub(super) struct Vault {
    pool: Option<OpfsSAHPoolUtil>,
    key: KeySource,
}

impl Vault {
    /// Finds the place; `folder` names it within the origin. With [`KeySource::None`] it is memory.
    pub(super) async fn open(folder: &str, key: KeySource) -> Self {
        let pool = match &key {
            KeySource::Raw(_) => pool(folder).await,
            KeySource::Passphrase | KeySource::None => None,
        };
        Self { pool, key }
    }

    /// What is written outlives the tab.
    pub(super) fn is_lasting(&self) -> bool {
        self.pool.is_some()
    }

    pub(super) fn open_store(&self) -> Result<Store, OpenError> {
        let (Some(pool), KeySource::Raw(key)) = (&self.pool, &self.key) else {
            return Ok(Store::open(&StoreLocation::Memory, None)?);
        };
        let key = StoreKey(*key.bytes());
        let location = StoreLocation::File(FILE.to_owned());
        match Store::open(&location, Some(&key)) {
            // The key in the browser's storage was deleted and made anew: what cannot be read is of no use.
            Err(sql::Error::WrongKey) => {
                erase(pool);
                Ok(Store::open(&location, Some(&key))?)
            }
            result => Ok(result?),
        }
    }

    pub(super) fn erase_store(&self) {
        if let Some(pool) = &self.pool {
            erase(pool);
        }
    }
}

impl Drop for Vault {
    /// Lets another tab have the files; the store is closed by now.
    fn drop(&mut self) {
        if let Some(pool) = &self.pool
            && let Err(error) = pool.pause()
        {
            tracing::error!(%error, "the cache's files are not released");
        }
    }
}

fn erase(pool: &OpfsSAHPoolUtil) {
    for suffix in ["", "-journal", "-wal"] {
        if let Err(error) = pool.remove(&format!("{FILE}{suffix}")) {
            tracing::error!(%error, "the cache could not be deleted");
        }
    }
}

async fn pool(folder: &str) -> Option<OpfsSAHPoolUtil> {
    let options = OpfsSAHPoolCfgBuilder::new().directory(folder).build();
    for _ in 0..TRIES {
        let found = match install::<WasmOsCallback>(&options, true).await {
            // After a take-over by another tab the pool is there, but asleep.
            Ok(pool) => pool.resume().await.map(|()| pool),
            Err(error) => Err(error),
        };
        match found {
            Ok(pool) => return Some(pool),
            Err(sqlite_wasm_vfs::sahpool::OpfsSAHError::NotSupported) => return None,
            Err(error) => {
                tracing::warn!(%error, "the cache's files are not free yet");
                sleep(TRY_MS).await;
            }
        }
    }
    None
}
