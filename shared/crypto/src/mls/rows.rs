//! The tables of end-to-end encryption, and the few statements that all of OpenMLS's storage comes down to.

use sql::{Tx, params};

/// The tables, as a migration's shared statements ([`sql::Migration::shared`]).
pub const SCHEMA: &str = "
CREATE TABLE mls_rows (
    kind BIGINT NOT NULL,           -- state::Kind
    owner BYTEA NOT NULL,           -- the group, or the key that the value belongs to
    item BYTEA NOT NULL,            -- within the owner; empty where it has one value only
    place BIGINT NOT NULL,          -- order of a list
    value BYTEA NOT NULL,           -- MessagePack, fields by name
    PRIMARY KEY (kind, owner, item)
) /*strict*/;
CREATE TABLE mls_me (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    user_id BIGINT NOT NULL,
    device_id BYTEA NOT NULL,
    device_seed BYTEA NOT NULL,     -- Ed25519
    person_seed BYTEA NOT NULL,     -- Ed25519; the same on all devices of the person
    credential BYTEA NOT NULL
) /*strict*/;
CREATE TABLE mls_groups (
    id BYTEA PRIMARY KEY,
    suite BIGINT NOT NULL,          -- wire id
    epoch BIGINT NOT NULL,
    epoch_since_ms BIGINT NOT NULL,
    refreshed_ms BIGINT NOT NULL,   -- when the own leaf's key was last replaced
    pending BYTEA,                  -- SHA-256 of the own commit that waits for the server
    successor BYTEA                 -- the group that continues this one
) /*strict*/;
CREATE TABLE mls_key_packages (
    reference BYTEA PRIMARY KEY,    -- MessagePack of the library's reference
    suite BIGINT NOT NULL,
    last_resort BIGINT NOT NULL,
    made_ms BIGINT NOT NULL
) /*strict*/;
";

/// Writes a value, over what was there.
pub(super) fn put(tx: &mut Tx<'_>, kind: i64, owner: &[u8], item: &[u8], value: &[u8]) -> Result<(), sql::Error> {
    tx.execute(
        "INSERT INTO mls_rows (kind, owner, item, place, value) VALUES (?1, ?2, ?3, 0, ?4)
         ON CONFLICT (kind, owner, item) DO UPDATE SET value = excluded.value",
        params![kind, owner, item, value],
    )?;
    Ok(())
}

/// Puts a value at the end of the owner's list; an item that is there keeps its place.
pub(super) fn append(tx: &mut Tx<'_>, kind: i64, owner: &[u8], item: &[u8], value: &[u8]) -> Result<(), sql::Error> {
    tx.execute(
        "INSERT INTO mls_rows (kind, owner, item, place, value)
         SELECT ?1, ?2, ?3, COALESCE(MAX(place), 0) + 1, ?4 FROM mls_rows WHERE kind = ?1 AND owner = ?2
         ON CONFLICT (kind, owner, item) DO UPDATE SET value = excluded.value",
        params![kind, owner, item, value],
    )?;
    Ok(())
}

/// The value.
pub(super) fn get(tx: &mut Tx<'_>, kind: i64, owner: &[u8], item: &[u8]) -> Result<Option<Vec<u8>>, sql::Error> {
    tx.row(
        "SELECT value FROM mls_rows WHERE kind = ?1 AND owner = ?2 AND item = ?3",
        params![kind, owner, item],
        |row| row.blob(0),
    )
}

/// The owner's list in order.
pub(super) fn list(tx: &mut Tx<'_>, kind: i64, owner: &[u8]) -> Result<Vec<Vec<u8>>, sql::Error> {
    tx.rows("SELECT value FROM mls_rows WHERE kind = ?1 AND owner = ?2 ORDER BY place", params![kind, owner], |row| {
        row.blob(0)
    })
}

/// How many items the owner has.
pub(super) fn count(tx: &mut Tx<'_>, kind: i64, owner: &[u8]) -> Result<u64, sql::Error> {
    tx.one("SELECT COUNT(*) FROM mls_rows WHERE kind = ?1 AND owner = ?2", params![kind, owner], |row| row.count(0))
}

/// Removes an item; one that is not there is not missed.
pub(super) fn delete(tx: &mut Tx<'_>, kind: i64, owner: &[u8], item: &[u8]) -> Result<(), sql::Error> {
    tx.execute("DELETE FROM mls_rows WHERE kind = ?1 AND owner = ?2 AND item = ?3", params![kind, owner, item])?;
    Ok(())
}

/// Removes all items of an owner.
pub(super) fn clear(tx: &mut Tx<'_>, kind: i64, owner: &[u8]) -> Result<(), sql::Error> {
    tx.execute("DELETE FROM mls_rows WHERE kind = ?1 AND owner = ?2", params![kind, owner])?;
    Ok(())
}

/// Removes everything of an owner, of every kind.
pub(super) fn clear_owner(tx: &mut Tx<'_>, owner: &[u8]) -> Result<(), sql::Error> {
    tx.execute("DELETE FROM mls_rows WHERE owner = ?1", params![owner])?;
    Ok(())
}
