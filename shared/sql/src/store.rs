//! A client's own database: one connection, one file, encrypted.

use rusqlite::Connection;

use crate::error::Error;
use crate::tx::{Inner, Tx};

/// Where a store lives.
#[derive(Debug, Clone)]
pub enum StoreLocation {
    /// In memory, gone when closed.
    Memory,
    /// A file (native), or a name in the browser's VFS.
    File(String),
}

/// The 256-bit key of a store; SQLCipher takes it raw, without derivation.
#[derive(Clone)]
pub struct StoreKey(pub [u8; 32]);

/// An open store.
pub struct Store {
    conn: Connection,
}

impl Store {
    /// Opens or creates a store. Every later commit is on disk when it returns (`synchronous=FULL`).
    ///
    /// # Errors
    /// [`Error::WrongKey`] when the key does not open the file; [`Error::Disk`].
    pub fn open(location: &StoreLocation, key: Option<&StoreKey>) -> Result<Self, Error> {
        let conn = match location {
            StoreLocation::Memory => Connection::open_in_memory(),
            StoreLocation::File(path) => Connection::open(path),
        }
        .map_err(crate::sqlite::error)?;
        if let Some(StoreKey(key)) = key {
            let hex: String = key.iter().map(|b| format!("{b:02x}")).collect();
            conn.execute_batch(&format!("PRAGMA key = \"x'{hex}'\"")).map_err(crate::sqlite::error)?;
        }
        conn.set_prepared_statement_cache_capacity(256);
        conn.execute_batch("SELECT count(*) FROM sqlite_schema").map_err(crate::sqlite::error)?;
        // A browser's VFS has no shared memory, so no WAL: there the rollback journal stays.
        if cfg!(not(target_arch = "wasm32")) {
            conn.execute_batch("PRAGMA journal_mode = WAL").map_err(crate::sqlite::error)?;
        }
        conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY")
            .map_err(crate::sqlite::error)?;
        Ok(Self { conn })
    }

    /// Runs `work` in one transaction: committed when it returns `Ok`, else as if it never ran.
    ///
    /// # Errors
    /// What `work` returns, or that the commit failed.
    pub fn write<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.conn.execute_batch("BEGIN IMMEDIATE").map_err(|e| E::from(crate::sqlite::error(e)))?;
        let result = work(&mut Tx { inner: Inner::Sqlite(&self.conn) });
        let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
        match self.conn.execute_batch(end) {
            Ok(()) => result,
            Err(e) => {
                let _ = self.conn.execute_batch("ROLLBACK");
                Err(E::from(crate::sqlite::error(e)))
            }
        }
    }
}
