//! Table `scopes`: one revision counter per scope. Whoever takes a revision holds the row until the commit, so
//! revisions are committed in order.

use protocol::{ChatId, Scope, Timestamp};
use sql::{Error, Tx, params};

/// Where a chat's next message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// In history.
    pub seq: u64,
    /// In the chat's scope.
    pub rev: u64,
    /// Not before the message before it.
    pub timestamp: Timestamp,
}

/// How far a scope has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The newest revision; 0 when nothing ever happened.
    pub rev: u64,
    /// Chats: the newest message.
    pub last_seq: u64,
}

/// Takes the next revision.
///
/// # Errors
/// See [`Error`].
pub fn next(tx: &mut Tx<'_>, scope: &Scope) -> Result<u64, Error> {
    tx.one(
        "INSERT INTO scopes (scope, rev) VALUES (?1, 1) ON CONFLICT (scope) DO UPDATE SET rev = scopes.rev + 1
         RETURNING rev",
        params![scope.to_string()],
        |row| row.count(0),
    )
}

/// Takes the next place for a message, and with it the next revision. Time never goes back.
///
/// # Errors
/// See [`Error`].
pub fn next_message(tx: &mut Tx<'_>, chat: &ChatId, now: Timestamp) -> Result<Place, Error> {
    tx.one(
        "UPDATE scopes SET rev = rev + 1, last_seq = last_seq + 1,
                last_ms = CASE WHEN last_ms > ?2 THEN last_ms ELSE ?2 END
         WHERE scope = ?1 RETURNING last_seq, rev, last_ms",
        params![format!("chat:{chat}"), now.0],
        |row| Ok(Place { seq: row.count(0)?, rev: row.count(1)?, timestamp: Timestamp(row.int(2)?) }),
    )
}

/// Where a scope stands now.
///
/// # Errors
/// See [`Error`].
pub fn head(tx: &mut Tx<'_>, scope: &Scope) -> Result<Head, Error> {
    let found = tx.row("SELECT rev, last_seq FROM scopes WHERE scope = ?1", params![scope.to_string()], |row| {
        Ok(Head { rev: row.count(0)?, last_seq: row.count(1)? })
    })?;
    Ok(found.unwrap_or_default())
}
