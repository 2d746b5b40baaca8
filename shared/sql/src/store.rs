//! A client's own database: one connection, one file, encrypted.

use std::path::Path;

use rusqlite::Connection;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::Error;
use crate::sqlite::{self, Conn};
use crate::tx::{Inner, Tx};

/// Where a store lives.
#[derive(Debug, Clone)]
pub enum StoreLocation {
    /// In memory, gone when closed.
    Memory,
    /// A file (native), or a name in the browser's VFS.
    File(String),
}

/// The 256-bit key of a store; SQLCipher takes it raw, without derivation. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct StoreKey(pub [u8; 32]);

/// An open store.
pub struct Store {
    conn: Conn,
}

impl Store {
    /// Opens or creates a store. Every later commit is on disk when it returns (`synchronous=FULL`).
    ///
    /// # Errors
    /// [`Error::WrongKey`] when the key does not open the file (or it has one and none was given, or the reverse);
    /// [`Error::Disk`].
    pub fn open(location: &StoreLocation, key: Option<&StoreKey>) -> Result<Self, Error> {
        let conn = Conn::open(match location {
            StoreLocation::Memory => None,
            StoreLocation::File(path) => Some(Path::new(path)),
        })?;
        if let Some(StoreKey(key)) = key {
            let mut pragma = Zeroizing::new(String::with_capacity(96));
            pragma.push_str("PRAGMA key = \"x'");
            key.iter().for_each(|byte| pragma.extend(hex_digits(*byte)));
            pragma.push_str("'\"");
            sqlite::batch(&conn, &pragma)?;
        }
        sqlite::batch(&conn, "SELECT count(*) FROM sqlite_schema")?;
        sqlite::prepare_connection(&conn, true)?;
        // What is deleted is overwritten: keys of end-to-end encryption must not outlive their row in a page that is free.
        sqlite::batch(&conn, "PRAGMA secure_delete = ON")?;
        Ok(Self { conn })
    }

    /// Runs `work` in one transaction: committed when it returns `Ok`, else (also after a panic) as if it never ran.
    ///
    /// # Errors
    /// What `work` returns, the first statement that failed, or that the commit failed.
    pub fn write<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.transaction("BEGIN IMMEDIATE", work)
    }

    /// Runs `work` on one snapshot; nothing that it writes is kept.
    ///
    /// # Errors
    /// What `work` returns, or the first statement that failed.
    pub fn read<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.transaction("BEGIN", work)
    }

    fn transaction<T, E: From<Error>>(
        &mut self,
        begin: &str,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        sqlite::control(&self.conn, begin)?;
        let open = Open { conn: &self.conn };
        let mut tx = Tx::new(Inner::Sqlite(&self.conn));
        let value = work(&mut tx)?;
        if let Some(error) = tx.failure() {
            return Err(E::from(error.clone()));
        }
        if begin == "BEGIN IMMEDIATE" {
            sqlite::control(&self.conn, "COMMIT")?;
        }
        drop(open);
        Ok(value)
    }
}

/// A transaction that is rolled back when it goes out of scope uncommitted.
struct Open<'c> {
    conn: &'c Connection,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.conn.is_autocommit()
            && let Err(error) = sqlite::control(self.conn, "ROLLBACK")
        {
            tracing::error!(%error, "rollback failed");
        }
    }
}

fn hex_digits(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'))
}
