//! Table `items`: entries of people's own data, which their devices share.

use protocol::{Item, UserId};
use sql::{Error, Row, Tx, params};

fn item(row: &Row<'_>) -> Result<Item, Error> {
    Ok(Item { key: row.text(0)?, value: row.opt_text(1)?, rev: row.count(2)? })
}

/// One entry; one that was taken away has no value.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, user: UserId, key: &str) -> Result<Option<Item>, Error> {
    tx.row("SELECT key, value, rev FROM items WHERE user_id = ?1 AND key = ?2", params![user.0, key], item)
}

/// Inserts or replaces an entry.
///
/// # Errors
/// See [`Error`].
pub fn put(tx: &mut Tx<'_>, user: UserId, item: &Item) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO items (user_id, key, value, rev) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value, rev = excluded.rev",
        params![user.0, item.key, item.value.as_deref(), item.rev],
    )?;
    Ok(())
}

/// One of two people has such an entry.
///
/// # Errors
/// See [`Error`].
pub fn any(tx: &mut Tx<'_>, [one, other]: [(UserId, &str); 2]) -> Result<bool, Error> {
    let found = tx.row(
        "SELECT 1 FROM items WHERE value IS NOT NULL AND ((user_id = ?1 AND key = ?2) OR (user_id = ?3 AND key = ?4)) LIMIT 1",
        params![one.0.0, one.1, other.0.0, other.1],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// How many entries a person has, without those that the server or others write.
///
/// # Errors
/// See [`Error`].
pub fn count(tx: &mut Tx<'_>, user: UserId) -> Result<u64, Error> {
    tx.one(
        "SELECT count(*) FROM items WHERE user_id = ?1 AND value IS NOT NULL AND key NOT LIKE 'vote:%' AND key NOT LIKE 'past:%'",
        params![user.0],
        |row| row.count(0),
    )
}

/// How many entries wait for a person that others wrote.
///
/// # Errors
/// See [`Error`].
pub fn count_past(tx: &mut Tx<'_>, user: UserId) -> Result<u64, Error> {
    tx.one(
        "SELECT count(*) FROM items WHERE user_id = ?1 AND value IS NOT NULL AND key LIKE 'past:%'",
        params![user.0],
        |row| row.count(0),
    )
}

/// Entries changed after `after`, by revision.
///
/// # Errors
/// See [`Error`].
pub fn changed(tx: &mut Tx<'_>, user: UserId, after: u64, limit: u32) -> Result<Vec<Item>, Error> {
    tx.rows(
        "SELECT key, value, rev FROM items WHERE user_id = ?1 AND rev > ?2 ORDER BY rev LIMIT ?3",
        params![user.0, after, limit],
        item,
    )
}
