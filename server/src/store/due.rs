//! Table `due`: which entries of own data something is to be done for, and when. Whoever takes a row out does it: of several
//! servers on one database, and of two rounds of one, only one can.

use protocol::{Timestamp, UserId};
use sql::{Error, Tx, params};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Whose entry.
    pub user: UserId,
    /// Its key.
    pub key: String,
    /// When.
    pub at: Timestamp,
}

/// Sets or moves the moment of an entry.
///
/// # Errors
/// See [`Error`].
pub fn put(tx: &mut Tx<'_>, user: UserId, key: &str, at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO due (user_id, key, at_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (user_id, key) DO UPDATE SET at_ms = excluded.at_ms",
        params![user.0, key, at.0],
    )?;
    Ok(())
}

/// Nothing is to be done for an entry any more.
///
/// # Errors
/// See [`Error`].
pub fn remove(tx: &mut Tx<'_>, user: UserId, key: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM due WHERE user_id = ?1 AND key = ?2", params![user.0, key])?;
    Ok(())
}

/// Takes one out as it was read; `false` when it was taken or moved meanwhile.
///
/// # Errors
/// See [`Error`].
pub fn take(tx: &mut Tx<'_>, due: &Due) -> Result<bool, Error> {
    let taken = tx.execute(
        "DELETE FROM due WHERE user_id = ?1 AND key = ?2 AND at_ms = ?3",
        params![due.user.0, due.key, due.at.0],
    )?;
    Ok(taken == 1)
}

/// The earliest, in order.
///
/// # Errors
/// See [`Error`].
pub fn earliest(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Due>, Error> {
    tx.rows("SELECT user_id, key, at_ms FROM due ORDER BY at_ms, user_id, key LIMIT ?1", params![limit], |row| {
        Ok(Due { user: UserId(row.int(0)?), key: row.text(1)?, at: Timestamp(row.int(2)?) })
    })
}
