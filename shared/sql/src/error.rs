//! What can go wrong with a database, told apart by what the caller can do about it.

/// A database error.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A unique key exists already.
    #[error("unique constraint: {0}")]
    Unique(String),
    /// The disk is full or cannot be written; nothing was changed.
    #[error("disk: {0}")]
    Disk(String),
    /// The key does not open the file, or it is no database.
    #[error("not a database, or the wrong key")]
    WrongKey,
    /// The connection is gone or the database is busy; the same call may succeed later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A migration that already ran was changed, or the file is from a newer version.
    #[error("migration: {0}")]
    Migration(String),
    /// A statement or a row is not what the code expects: a bug.
    #[error("sql: {0}")]
    Bug(String),
}

impl Error {
    /// The same call may succeed later, unchanged.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Error::Unavailable(_) | Error::Disk(_))
    }
}
