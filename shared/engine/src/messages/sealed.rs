//! Messages whose content came sealed: what they say once they were opened, and by what seal that is known.

use protocol::{ChatId, MessageId, Timestamp, UserId};
use sql::{Error, Tx, params};

use super::{Details, get, people_of, people_text};
use crate::sealing::content::Inside;
use crate::sealing::{files, previews, votes};
use crate::search;

/// What a message says, if it was opened from just this.
pub(crate) fn inside(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    id: &MessageId,
    cipher: &[u8; 32],
) -> Result<Option<Inside>, Error> {
    Ok(sealed_as(tx, chat, id)?.filter(|(known, _)| known == cipher).map(|(_, inside)| inside))
}

/// What a message was sealed as, and what it says; `None` for one that was never sealed, or is not opened.
pub(crate) fn sealed_as(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId) -> Result<Option<([u8; 32], Inside)>, Error> {
    let found = tx.row(
        "SELECT cipher, content, mentions, details FROM messages
         WHERE chat_id = ?1 AND id = ?2 AND cipher IS NOT NULL AND sealed = 0 AND deleted = 0",
        params![chat.as_str(), id.as_str()],
        |r| Ok((r.blob(0)?, r.text(1)?, r.text(2)?, r.opt_text(3)?)),
    )?;
    let Some((cipher, text, mentions, details)) = found else { return Ok(None) };
    let cipher = cipher.try_into().map_err(|_| Error::Bug("messages.cipher is no hash".to_owned()))?;
    let details: Details = details.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    let files = files::of_message(tx, chat, id, &details.attachments)?;
    let poll = votes::inside(details.poll.as_deref());
    let preview = previews::inside(tx, chat, id, details.preview.as_deref())?;
    let mentions = people_of(&mentions);
    let inside = Inside { text, mentions, forwarded: details.forwarded, files, poll, preview, vote: None };
    Ok(Some((cipher, inside)))
}

/// What a message is sealed as.
pub(crate) fn set_cipher(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId, cipher: &[u8; 32]) -> Result<(), Error> {
    tx.execute(
        "UPDATE messages SET cipher = ?3 WHERE chat_id = ?1 AND id = ?2",
        params![chat.as_str(), id.as_str(), *cipher],
    )?;
    Ok(())
}

/// What was known of a message by its seal, and what waits to be opened, are forgotten: it was deleted, or went.
pub(crate) fn forget_sealed(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId) -> Result<(), Error> {
    for table in ["sealed_known", "sealed_log", "file_seals", "preview_pictures"] {
        tx.execute(
            &format!("DELETE FROM {table} WHERE chat_id = ?1 AND message_id = ?2"),
            params![chat.as_str(), id.as_str()],
        )?;
    }
    votes::forget(tx, chat, id)
}

/// A sealed message was opened; `calls`: oneself, when what it says calls oneself. Says whether that is another count of unread
/// mentions than before; nothing when it is no longer there as it was: deleted, or changed since.
pub(crate) fn put_opened(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    id: &MessageId,
    cipher: &[u8; 32],
    inside: Inside,
    calls: Option<UserId>,
) -> Result<Option<bool>, Error> {
    let Some(old) = get(tx, chat, id)?.filter(|old| old.sealed && !old.deleted) else { return Ok(None) };
    let mentions_me = calls.is_some_and(|me| me != old.sender);
    let attachments = files::attachments(&inside.files, Timestamp(old.at));
    let everyone = old.details.everyone.filter(|everyone| inside.calls(*everyone));
    let poll = votes::opened(inside.poll.as_deref(), old.details.poll.as_deref());
    let preview = previews::opened(inside.preview.as_deref(), &inside.text, id, Timestamp(old.at));
    let details = Details { forwarded: inside.forwarded, everyone, attachments, poll, preview, ..old.details };
    let done = tx.execute(
        "UPDATE messages SET content = ?3, mentions = ?4, mentions_me = ?5, details = ?6, sealed = 0, cipher = ?7
         WHERE chat_id = ?1 AND id = ?2 AND (cipher IS NULL OR cipher = ?7)",
        params![
            chat.as_str(),
            id.as_str(),
            inside.text,
            people_text(&inside.mentions),
            mentions_me,
            details.text(),
            *cipher
        ],
    )?;
    if done == 0 {
        return Ok(None);
    }
    files::keep(tx, chat, id, &inside.files)?;
    previews::keep(tx, chat, id, inside.preview.as_deref())?;
    search::forget(tx, old.n)?;
    search::remember(tx, old.n, &inside.text)?;
    Ok(Some(mentions_me != old.mentions_me))
}
