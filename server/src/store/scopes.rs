//! Table `scopes`: one revision counter per scope. Whoever takes a revision holds the row until the commit, so
//! revisions are committed in order.

use protocol::{ChatId, Scope, Timestamp};
use sql::{Dialect, Error, Tx, params};

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

/// As [`next_message`], for who has read `last` in this transaction. SQLite has one writer, so nothing came in between: an
/// update without an answer costs it a third of one with.
///
/// # Errors
/// See [`Error`].
pub fn next_message_after(tx: &mut Tx<'_>, chat: &ChatId, last: Place, now: Timestamp) -> Result<Place, Error> {
    if tx.dialect() == Dialect::Postgres {
        return next_message(tx, chat, now);
    }
    let next = Place { seq: last.seq + 1, rev: last.rev + 1, timestamp: now.max(last.timestamp) };
    tx.execute(
        "UPDATE scopes SET rev = ?2, last_seq = ?3, last_ms = ?4 WHERE scope = ?1",
        params![format!("chat:{chat}"), next.rev, next.seq, next.timestamp.0],
    )?;
    Ok(next)
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
