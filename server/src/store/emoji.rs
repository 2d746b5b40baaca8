//! Table `emoji`: the team's own, by name.

use protocol::{FileId, TeamEmoji, UserId};
use sql::{Error, Row, Tx, params};

const COLUMNS: &str = "name, file_id, sticker, pack, by_id, removed, rev";

fn emoji(row: &Row<'_>) -> Result<TeamEmoji, Error> {
    Ok(TeamEmoji {
        name: row.text(0)?,
        file_id: FileId::new(row.text(1)?).ok_or_else(|| Error::Bug("emoji.file_id is no id".to_owned()))?,
        sticker: row.flag(2)?,
        pack: row.text(3)?,
        by: UserId(row.int(4)?),
        removed: row.flag(5)?,
        rev: row.count(6)?,
    })
}

/// One of them, taken away or not.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<TeamEmoji>, Error> {
    tx.row(&format!("SELECT {COLUMNS} FROM emoji WHERE name = ?1"), params![name], emoji)
}

/// How many there are.
///
/// # Errors
/// See [`Error`].
pub fn count(tx: &mut Tx<'_>) -> Result<u64, Error> {
    tx.one("SELECT COUNT(*) FROM emoji WHERE removed = 0", &[], |row| row.count(0))
}

/// A new one, or a changed one.
///
/// # Errors
/// See [`Error`].
pub fn put(tx: &mut Tx<'_>, row: &TeamEmoji) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO emoji (name, file_id, sticker, pack, by_id, removed, rev) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (name) DO UPDATE SET file_id = excluded.file_id, sticker = excluded.sticker, pack = excluded.pack,
             by_id = excluded.by_id, removed = excluded.removed, rev = excluded.rev",
        params![row.name, row.file_id.as_str(), row.sticker, row.pack, row.by.0, row.removed, row.rev],
    )?;
    Ok(())
}

/// Those changed after `after`, by revision.
///
/// # Errors
/// See [`Error`].
pub fn changed(tx: &mut Tx<'_>, after: u64, limit: u32) -> Result<Vec<TeamEmoji>, Error> {
    tx.rows(&format!("SELECT {COLUMNS} FROM emoji WHERE rev > ?1 ORDER BY rev LIMIT ?2"), params![after, limit], emoji)
}
