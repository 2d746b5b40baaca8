//! Tables `link_jobs`, `link_previews`: links that are to be looked at, and what was seen behind links lately.

use protocol::{ChatId, LinkPreview, MessageId, Timestamp};
use sql::{Error, Tx, params};

/// A link that is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// For this message.
    pub message_id: MessageId,
    /// Where it stands.
    pub chat_id: ChatId,
    /// The link as it stands there.
    pub url: String,
}

/// Notes a link; a message has one.
///
/// # Errors
/// See [`Error`].
pub fn want(tx: &mut Tx<'_>, job: &Job, at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO link_jobs (message_id, chat_id, url, asked_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (message_id) DO UPDATE SET url = excluded.url, asked_ms = excluded.asked_ms",
        params![job.message_id.as_str(), job.chat_id.as_str(), job.url, at.0],
    )?;
    Ok(())
}

/// The links that wait longest.
///
/// # Errors
/// See [`Error`].
pub fn wanted(tx: &mut Tx<'_>, most: u32) -> Result<Vec<Job>, Error> {
    tx.rows(
        "SELECT message_id, chat_id, url FROM link_jobs ORDER BY asked_ms, message_id LIMIT ?1",
        params![most],
        |row| {
            Ok(Job {
                message_id: super::message_id(row.text(0)?)?,
                chat_id: super::chat_id(row, 1)?,
                url: row.text(2)?,
            })
        },
    )
}

/// The link of a message is not to be looked at any more, unless it is another one by now.
///
/// # Errors
/// See [`Error`].
pub fn done(tx: &mut Tx<'_>, job: &Job) -> Result<(), Error> {
    let sql = "DELETE FROM link_jobs WHERE message_id = ?1 AND url = ?2";
    tx.execute(sql, params![job.message_id.as_str(), job.url])?;
    Ok(())
}

/// No link of this message is to be looked at any more.
///
/// # Errors
/// See [`Error`].
pub fn unwant(tx: &mut Tx<'_>, message: &MessageId) -> Result<(), Error> {
    tx.execute("DELETE FROM link_jobs WHERE message_id = ?1", params![message.as_str()])?;
    Ok(())
}

/// What was seen behind a link lately; `Some(None)`: nothing.
///
/// # Errors
/// See [`Error`].
pub fn seen(tx: &mut Tx<'_>, url: &str, now: Timestamp) -> Result<Option<Option<LinkPreview>>, Error> {
    let sql = "SELECT preview FROM link_previews WHERE url = ?1 AND expires_at_ms > ?2";
    let found = tx.row(sql, params![url, now.0], |row| row.opt_text(0))?;
    let read =
        |json: String| serde_json::from_str(&json).map_err(|e| Error::Bug(format!("link_previews.preview: {e}")));
    found.map(|json| json.map(read).transpose()).transpose()
}

/// Remembers what was seen behind a link.
///
/// # Errors
/// See [`Error`].
pub fn remember(tx: &mut Tx<'_>, url: &str, seen: Option<&LinkPreview>, until: Timestamp) -> Result<(), Error> {
    let json = seen.map(serde_json::to_string).transpose().map_err(|e| Error::Bug(e.to_string()))?;
    tx.execute(
        "INSERT INTO link_previews (url, preview, expires_at_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (url) DO UPDATE SET preview = excluded.preview, expires_at_ms = excluded.expires_at_ms",
        params![url, json, until.0],
    )?;
    Ok(())
}

/// Forgets what is not true for sure any more.
///
/// # Errors
/// See [`Error`].
pub fn purge(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    tx.execute("DELETE FROM link_previews WHERE expires_at_ms <= ?1", params![now.0])?;
    Ok(())
}
