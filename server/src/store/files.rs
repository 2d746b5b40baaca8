//! Tables `files`, `file_uses`, `file_usage`: what was uploaded, what uses it, how much room people take.

use protocol::{ChatId, FileId, FileInfo, Timestamp, UserId};
use sql::{Error, Row, Tx, params};

/// The room of all people together stands under this number, which is nobody's.
const EVERYONE: UserId = UserId(0);

/// A file's row, whole or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Which.
    pub id: FileId,
    /// What its uploader calls it.
    pub filename: String,
    /// Its content's name in the storage (SHA-256, hexadecimal); empty until that is known.
    pub stored_name: String,
    /// Whose.
    pub uploader: UserId,
    /// In bytes, as announced.
    pub size: u64,
    /// As seen in the content; empty until then.
    pub mime_type: String,
    /// When it became whole.
    pub uploaded_at: Option<Timestamp>,
    /// Sealed by the sender.
    pub encrypted: bool,
    /// The sender's name for the key.
    pub encryption_key_id: Option<String>,
    /// So many bytes are on disk.
    pub received: u64,
    /// When it goes unless something uses it.
    pub expires_at: Option<Timestamp>,
    /// The hash of what has come so far, unfinished.
    pub hashing: Option<Vec<u8>>,
}

impl FileRow {
    /// What others may know of it; `None` until it is whole.
    pub fn info(self) -> Option<FileInfo> {
        Some(FileInfo {
            uploaded_at: self.uploaded_at?,
            id: self.id,
            name: self.filename,
            size: self.size,
            mime_type: self.mime_type,
            hash: self.stored_name,
            encrypted: self.encrypted,
            encryption_key_id: self.encryption_key_id,
        })
    }
}

const COLUMNS: &str = "id, filename, stored_name, uploader_id, size, mime_type, uploaded_at_ms, encrypted, \
                       encryption_key_id, received, expires_at_ms, hashing";

fn file(row: &Row<'_>) -> Result<FileRow, Error> {
    Ok(FileRow {
        id: FileId::new(row.text(0)?).ok_or_else(|| Error::Bug("files.id is no id".to_owned()))?,
        filename: row.text(1)?,
        stored_name: row.text(2)?,
        uploader: UserId(row.int(3)?),
        size: row.count(4)?,
        mime_type: row.text(5)?,
        uploaded_at: row.opt_int(6)?.map(Timestamp),
        encrypted: row.flag(7)?,
        encryption_key_id: row.opt_text(8)?,
        received: row.count(9)?,
        expires_at: row.opt_int(10)?.map(Timestamp),
        hashing: row.opt_blob(11)?,
    })
}

/// One file.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, id: &FileId) -> Result<Option<FileRow>, Error> {
    tx.row(&format!("SELECT {COLUMNS} FROM files WHERE id = ?1"), params![id.as_str()], file)
}

/// A new one; its size is counted as taken from now on.
///
/// # Errors
/// [`Error::Unique`] when the id is taken.
pub fn insert(tx: &mut Tx<'_>, row: &FileRow) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO files (id, filename, stored_name, uploader_id, size, mime_type, encrypted, encryption_key_id,
                            received, expires_at_ms)
         VALUES (?1, ?2, '', ?3, ?4, '', ?5, ?6, 0, ?7)",
        params![
            row.id.as_str(),
            row.filename,
            row.uploader.0,
            row.size,
            row.encrypted,
            row.encryption_key_id.as_deref(),
            row.expires_at.map(|t| t.0)
        ],
    )?;
    count(tx, row.uploader, i64::try_from(row.size).unwrap_or(i64::MAX))
}

/// How far an upload has come, with its unfinished hash, and until when it is kept now.
///
/// # Errors
/// See [`Error`].
pub fn set_received(
    tx: &mut Tx<'_>,
    id: &FileId,
    received: u64,
    hashing: Option<&[u8]>,
    expires_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE files SET received = ?2, hashing = ?3, expires_at_ms = ?4 WHERE id = ?1 AND uploaded_at_ms IS NULL",
        params![id.as_str(), received, hashing, expires_at.0],
    )?;
    Ok(())
}

/// What the content is; from here on the row holds on to it.
///
/// # Errors
/// See [`Error`].
pub fn set_content(tx: &mut Tx<'_>, id: &FileId, stored_name: &str, mime_type: &str) -> Result<(), Error> {
    tx.execute(
        "UPDATE files SET stored_name = ?2, mime_type = ?3, hashing = NULL WHERE id = ?1",
        params![id.as_str(), stored_name, mime_type],
    )?;
    Ok(())
}

/// The content is in its place.
///
/// # Errors
/// See [`Error`].
pub fn set_whole(tx: &mut Tx<'_>, id: &FileId, at: Timestamp, expires_at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE files SET uploaded_at_ms = ?2, expires_at_ms = ?3 WHERE id = ?1 AND uploaded_at_ms IS NULL",
        params![id.as_str(), at.0, expires_at.0],
    )?;
    Ok(())
}

/// Takes the row away and gives its room back.
///
/// # Errors
/// See [`Error`].
pub fn remove(tx: &mut Tx<'_>, row: &FileRow) -> Result<(), Error> {
    let gone = tx.execute("DELETE FROM files WHERE id = ?1", params![row.id.as_str()])?;
    if gone > 0 {
        count(tx, row.uploader, -i64::try_from(row.size).unwrap_or(i64::MAX))?;
    }
    Ok(())
}

fn count(tx: &mut Tx<'_>, user: UserId, bytes: i64) -> Result<(), Error> {
    // What the server itself keeps is everyone's alone.
    let all = if user == EVERYONE { &[EVERYONE][..] } else { &[user, EVERYONE] };
    for whose in all {
        tx.execute(
            "INSERT INTO file_usage (user_id, bytes) VALUES (?1, ?2)
             ON CONFLICT (user_id) DO UPDATE SET bytes = file_usage.bytes + ?2",
            params![whose.0, bytes],
        )?;
    }
    Ok(())
}

/// How many bytes a person's files take, and everyone's.
///
/// # Errors
/// See [`Error`].
pub fn usage(tx: &mut Tx<'_>, user: UserId) -> Result<(u64, u64), Error> {
    let mut taken = (0, 0);
    let sql = "SELECT user_id, bytes FROM file_usage WHERE user_id IN (?1, ?2)";
    for (whose, bytes) in tx.rows(sql, params![user.0, EVERYONE.0], |row| Ok((row.int(0)?, row.count(1)?)))? {
        if whose == EVERYONE.0 { taken.1 = bytes } else { taken.0 = bytes }
    }
    Ok(taken)
}

/// Some file has this content.
///
/// # Errors
/// See [`Error`].
pub fn holds(tx: &mut Tx<'_>, stored_name: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM files WHERE stored_name = ?1 LIMIT 1";
    Ok(tx.row(sql, params![stored_name], |_| Ok(()))?.is_some())
}

/// Files whose time is over, the longest over first.
///
/// # Errors
/// See [`Error`].
pub fn expired(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<FileRow>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM files WHERE expires_at_ms IS NOT NULL AND expires_at_ms <= ?1
         ORDER BY expires_at_ms LIMIT ?2"
    );
    tx.rows(&sql, params![now.0, limit], file)
}

/// A use of a file, by a message or as a picture; `place` tells the uses of one owner apart. Without a chat everyone may read it;
/// pictures of chats stand at `seq` 0.
///
/// # Errors
/// See [`Error`].
pub fn put_use(tx: &mut Tx<'_>, owner: (&str, &str, u64), place: i64, id: &FileId) -> Result<(), Error> {
    let (chat, owner, seq) = owner;
    tx.execute(
        "INSERT INTO file_uses (owner, place, file_id, chat_id, seq) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![owner, place, id.as_str(), chat, seq],
    )?;
    tx.execute("UPDATE files SET expires_at_ms = NULL WHERE id = ?1", params![id.as_str()])?;
    Ok(())
}

/// An owner uses its files no longer; those that nothing else uses go at `expires_at`.
///
/// # Errors
/// See [`Error`].
pub fn remove_uses(tx: &mut Tx<'_>, owner: &str, expires_at: Timestamp) -> Result<(), Error> {
    let sql = "DELETE FROM file_uses WHERE owner = ?1 RETURNING file_id";
    let freed = tx.rows(sql, params![owner], |row| row.text(0))?;
    expire(tx, freed, expires_at)
}

/// As [`remove_uses`], for the one use at a place.
///
/// # Errors
/// See [`Error`].
pub fn remove_use(tx: &mut Tx<'_>, owner: &str, place: i64, expires_at: Timestamp) -> Result<(), Error> {
    let sql = "DELETE FROM file_uses WHERE owner = ?1 AND place = ?2 RETURNING file_id";
    let freed = tx.rows(sql, params![owner, place], |row| row.text(0))?;
    expire(tx, freed, expires_at)
}

fn expire(tx: &mut Tx<'_>, freed: Vec<String>, expires_at: Timestamp) -> Result<(), Error> {
    for id in freed {
        tx.execute(
            "UPDATE files SET expires_at_ms = ?2
             WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.file_id = ?1)",
            params![id, expires_at.0],
        )?;
    }
    Ok(())
}

/// The file stands in a chat that this person is in, or is a picture that everyone may see.
///
/// # Errors
/// See [`Error`].
pub fn is_seen_by(tx: &mut Tx<'_>, id: &FileId, user: UserId) -> Result<bool, Error> {
    let found = tx.row(
        "SELECT 1 FROM file_uses u
         WHERE u.file_id = ?1 AND (
             u.chat_id = ''
             OR EXISTS (SELECT 1 FROM members m WHERE m.chat_id = u.chat_id AND m.user_id = ?2 AND m.gone = 0)
             OR (u.seq = 0 AND EXISTS (SELECT 1 FROM chats c WHERE c.id = u.chat_id AND c.public = 1)))
         LIMIT 1",
        params![id.as_str(), user.0],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// The places in a chat's history where files stand (but not pictures of previews), the newest below `before` first.
///
/// # Errors
/// See [`Error`].
pub fn places(tx: &mut Tx<'_>, chat: &ChatId, before: u64, limit: u32) -> Result<Vec<u64>, Error> {
    tx.rows(
        "SELECT DISTINCT seq FROM file_uses WHERE chat_id = ?1 AND seq < ?2 AND seq > 0 AND place >= 0
         ORDER BY seq DESC LIMIT ?3",
        params![chat.as_str(), before, limit],
        |row| row.count(0),
    )
}
