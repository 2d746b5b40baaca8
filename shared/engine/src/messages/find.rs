//! Finds messages of the cache by their place, their thread, their time, or what they are to this person.

use protocol::{ChatId, MessageId};
use sql::{Error, Tx, params};

use super::{COLUMNS, Stored, ord_of, read};

/// The newest of the main line, whatever its state.
pub(crate) fn last(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Option<Stored>, Error> {
    tx.row(
        &format!("SELECT {COLUMNS} FROM messages WHERE chat_id = ?1 AND thread IS NULL ORDER BY ord DESC LIMIT 1"),
        params![chat.as_str()],
        read,
    )
}

/// The settled messages of the main line with `low <= seq <= high`, rising.
pub(crate) fn between(tx: &mut Tx<'_>, chat: &ChatId, low: u64, high: u64) -> Result<Vec<Stored>, Error> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM messages WHERE chat_id = ?1 AND ord BETWEEN ?2 AND ?3 AND thread IS NULL ORDER BY ord"),
        params![chat.as_str(), ord_of(low), ord_of(high)],
        read,
    )
}

/// Settled messages above an order, those of threads among them, rising.
pub(crate) fn settled_after(tx: &mut Tx<'_>, chat: &ChatId, ord: u64, limit: u32) -> Result<Vec<Stored>, Error> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM messages WHERE chat_id = ?1 AND ord > ?2 AND state = 0 ORDER BY ord LIMIT ?3"),
        params![chat.as_str(), ord, limit],
        read,
    )
}

/// A message stands in this place of the history.
pub(crate) fn stands(tx: &mut Tx<'_>, chat: &ChatId, seq: u64) -> Result<bool, Error> {
    let found =
        tx.row("SELECT 1 FROM messages WHERE chat_id = ?1 AND ord = ?2", params![chat.as_str(), ord_of(seq)], |r| {
            r.int(0)
        })?;
    Ok(found.is_some())
}

/// Everything under a thread's first message, rising.
pub(crate) fn of_thread(tx: &mut Tx<'_>, chat: &ChatId, root: &MessageId) -> Result<Vec<Stored>, Error> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM messages WHERE thread = ?1 AND chat_id = ?2 ORDER BY ord"),
        params![root.as_str(), chat.as_str()],
        read,
    )
}

/// Those of the main line that are not in the history yet, rising.
pub(crate) fn unsettled(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Vec<Stored>, Error> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM messages WHERE chat_id = ?1 AND state <> 0 AND thread IS NULL ORDER BY ord"),
        params![chat.as_str()],
        read,
    )
}

/// Ids of the messages of `low..` that answer `id`.
pub(crate) fn answers(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId, low: u64) -> Result<Vec<MessageId>, Error> {
    let ids = tx.rows(
        "SELECT id FROM messages WHERE chat_id = ?1 AND ord >= ?2 AND reply_to = ?3",
        params![chat.as_str(), ord_of(low), id.as_str()],
        |r| r.text(0),
    )?;
    Ok(ids.into_iter().filter_map(MessageId::new).collect())
}

/// The pinned messages of a chat, pinned last first.
pub(crate) fn pinned(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Vec<Stored>, Error> {
    tx.rows(
        &format!(
            "SELECT {COLUMNS} FROM messages WHERE chat_id = ?1 AND pinned_at_ms IS NOT NULL AND deleted = 0
             ORDER BY pinned_at_ms DESC, ord DESC"
        ),
        params![chat.as_str()],
        read,
    )
}

/// Numbers of the newest messages that mention oneself.
pub(crate) fn mentioning(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<i64>, Error> {
    tx.rows("SELECT n FROM messages WHERE mentions_me = 1 ORDER BY n DESC LIMIT ?1", params![limit], |r| r.int(0))
}

/// The first message of the history at or after a moment.
pub(crate) fn first_at(tx: &mut Tx<'_>, chat: &ChatId, at_ms: i64) -> Result<Option<Stored>, Error> {
    tx.row(
        &format!(
            "SELECT {COLUMNS} FROM messages WHERE chat_id = ?1 AND state = 0 AND at_ms >= ?2 ORDER BY ord LIMIT 1"
        ),
        params![chat.as_str(), at_ms],
        read,
    )
}

/// By number, for search hits.
pub(crate) fn by_number(tx: &mut Tx<'_>, n: i64) -> Result<Option<(ChatId, Stored)>, Error> {
    let chat = tx.row("SELECT chat_id FROM messages WHERE n = ?1", params![n], |r| r.text(0))?;
    let Some(chat) = chat.and_then(ChatId::new) else { return Ok(None) };
    let stored = tx.row(&format!("SELECT {COLUMNS} FROM messages WHERE n = ?1"), params![n], read)?;
    Ok(stored.map(|stored| (chat, stored)))
}

/// One page looks at so many messages at most.
const LOOKED_AT_MAX: u32 = 20_000;

/// The newest of a chat below an order that have files, and where to go on.
pub(crate) fn with_files(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    below: u64,
    limit: u32,
) -> Result<(Vec<Stored>, Option<u64>), Error> {
    // The index holds the few messages that have details. Quotes inside of names are escaped: only the field is written so.
    page(tx, chat, below, limit, "details IS NOT NULL", "details LIKE '%\"attachments\":[{%'")
}

/// Likewise those that have links.
pub(crate) fn with_links(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    below: u64,
    limit: u32,
) -> Result<(Vec<Stored>, Option<u64>), Error> {
    page(tx, chat, below, limit, "sealed = 0", "(content LIKE '%http://%' OR content LIKE '%https://%')")
}

fn page(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    below: u64,
    limit: u32,
    among: &str,
    wanted: &str,
) -> Result<(Vec<Stored>, Option<u64>), Error> {
    let found = tx.rows(
        &format!(
            "SELECT {COLUMNS} FROM messages WHERE n IN (
                 SELECT n FROM (SELECT n, ord, content, details FROM messages
                                WHERE chat_id = ?1 AND ord < ?2 AND kind = 'text' AND deleted = 0 AND {among}
                                ORDER BY ord DESC LIMIT {LOOKED_AT_MAX})
                 WHERE {wanted} ORDER BY ord DESC LIMIT ?3) ORDER BY ord DESC"
        ),
        params![chat.as_str(), below, limit],
        read,
    )?;
    if u32::try_from(found.len()).unwrap_or(u32::MAX) == limit {
        let next = found.last().map(|last| last.ord);
        return Ok((found, next));
    }
    // The window may have ended before the chat did.
    let next = tx.row(
        &format!(
            "SELECT ord FROM messages WHERE chat_id = ?1 AND ord < ?2 AND kind = 'text' AND deleted = 0 AND {among}
             ORDER BY ord DESC LIMIT 1 OFFSET {}",
            LOOKED_AT_MAX - 1
        ),
        params![chat.as_str(), below],
        |r| r.count(0),
    )?;
    Ok((found, next))
}
