//! Table `mutations`: first replies, so that a retry changes nothing and hears the same.

use protocol::{LocalId, Timestamp, UserId};
use sql::{Error, Tx, params};

/// The first reply as JSON, when this was done already.
///
/// # Errors
/// See [`Error`].
pub fn find(tx: &mut Tx<'_>, user: UserId, id: LocalId) -> Result<Option<String>, Error> {
    tx.row("SELECT reply FROM mutations WHERE user_id = ?1 AND local_id = ?2", params![user.0, id.to_string()], |row| {
        row.text(0)
    })
}

/// Keeps the first reply.
///
/// # Errors
/// [`Error::Unique`] when there is one already.
pub fn insert(tx: &mut Tx<'_>, user: UserId, id: LocalId, reply: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO mutations (user_id, local_id, reply, at_ms) VALUES (?1, ?2, ?3, ?4)",
        params![user.0, id.to_string(), reply, now.0],
    )?;
    Ok(())
}

/// Forgets replies from before a moment; returns how many.
///
/// # Errors
/// See [`Error`].
pub fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, Error> {
    tx.execute("DELETE FROM mutations WHERE at_ms < ?1", params![before.0])
}
