//! Table `server_settings`: the server's own few values.

use sql::{Error, Tx, params};

/// A value.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>, Error> {
    tx.row("SELECT value FROM server_settings WHERE key = ?1", params![key], |row| row.text(0))
}

/// Sets a value.
///
/// # Errors
/// See [`Error`].
pub fn set(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO server_settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        params![key, value],
    )?;
    Ok(())
}
