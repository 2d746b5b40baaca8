//! Table `join_requests`: who asked to come into a chat and waits for an answer.

use protocol::{ChatId, Timestamp, UserId};
use sql::{Error, Tx, params};

/// Someone asks; `false` when they wait already.
///
/// # Errors
/// See [`Error`].
pub fn insert(tx: &mut Tx<'_>, chat: &ChatId, user: UserId, at: Timestamp) -> Result<bool, Error> {
    let changed = tx.execute(
        "INSERT INTO join_requests (chat_id, user_id, asked_at_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (chat_id, user_id) DO NOTHING",
        params![chat.as_str(), user.0, at.0],
    )?;
    Ok(changed > 0)
}

/// Waits no more; `false` when they did not.
///
/// # Errors
/// See [`Error`].
pub fn remove(tx: &mut Tx<'_>, chat: &ChatId, user: UserId) -> Result<bool, Error> {
    let changed =
        tx.execute("DELETE FROM join_requests WHERE chat_id = ?1 AND user_id = ?2", params![chat.as_str(), user.0])?;
    Ok(changed > 0)
}

/// Those who wait, the first first.
///
/// # Errors
/// See [`Error`].
pub fn list(tx: &mut Tx<'_>, chat: &ChatId, limit: u32) -> Result<Vec<(UserId, Timestamp)>, Error> {
    tx.rows(
        "SELECT user_id, asked_at_ms FROM join_requests WHERE chat_id = ?1 ORDER BY asked_at_ms, user_id LIMIT ?2",
        params![chat.as_str(), limit],
        |row| Ok((UserId(row.int(0)?), Timestamp(row.int(1)?))),
    )
}
