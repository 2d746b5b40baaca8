//! Writes messages: new ones, changed ones, their reactions, and what they said before.

use protocol::{ChatId, Message, MessageId, UserId};
use sql::{Error, Tx, params};

use super::{Details, HAS_MENTIONS, HAS_REACTIONS, type_text};

/// A new message with its mentions and reactions.
///
/// # Errors
/// [`Error::Unique`] when the id or the place is taken.
pub fn insert(tx: &mut Tx<'_>, chat: &ChatId, message: &Message) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO messages (id, chat_id, seq, sender_id, content, message_type, timestamp_ms, reply_to, sealed,
                               extras, first_rev, rev, details, thread, content_rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14)",
        params![
            message.id.as_str(),
            chat.as_str(),
            message.seq,
            message.sender_id.0,
            message.content,
            type_text(message.message_type),
            message.timestamp.0,
            message.reply_to.as_ref().map(MessageId::as_str),
            message.sealed,
            extras(message),
            message.rev,
            Details::of(message)?,
            message.thread.as_ref().map(MessageId::as_str),
            message.content_rev
        ],
    )?;
    insert_mentions(tx, message)?;
    for (emoji, users) in &message.reactions {
        for user in users {
            put_reaction(tx, &message.id, emoji, *user, message.rev)?;
        }
    }
    Ok(())
}

/// Writes what an edit or a deletion changed: content, mentions, marks of time, revision.
///
/// # Errors
/// See [`Error`].
pub fn update(tx: &mut Tx<'_>, message: &Message) -> Result<(), Error> {
    tx.execute(
        "UPDATE messages SET content = ?2, edited_at_ms = ?3, deleted_at_ms = ?4, extras = ?5, rev = ?6,
                pinned_at_ms = ?7, details = ?8, sealed = ?9, content_rev = ?10
         WHERE id = ?1",
        params![
            message.id.as_str(),
            message.content,
            message.edited_at.map(|t| t.0),
            message.deleted_at.map(|t| t.0),
            extras(message),
            message.rev,
            message.pinned_at.map(|t| t.0),
            Details::of(message)?,
            message.sealed,
            message.content_rev
        ],
    )?;
    tx.execute("DELETE FROM message_mentions WHERE message_id = ?1", params![message.id.as_str()])?;
    insert_mentions(tx, message)?;
    if message.deleted_at.is_some() {
        tx.execute("DELETE FROM message_reactions WHERE message_id = ?1", params![message.id.as_str()])?;
        tx.execute("DELETE FROM message_versions WHERE message_id = ?1", params![message.id.as_str()])?;
    }
    Ok(())
}

/// Keeps what a message says now, before it is changed; of more than `most` versions the oldest go.
///
/// # Errors
/// See [`Error`].
pub fn keep_version(tx: &mut Tx<'_>, message: &Message, most: u32) -> Result<(), Error> {
    let id = message.id.as_str();
    let place =
        tx.one("SELECT coalesce(max(place), 0) + 1 FROM message_versions WHERE message_id = ?1", params![id], |row| {
            row.int(0)
        })?;
    let since = message.edited_at.unwrap_or(message.timestamp);
    tx.execute(
        "INSERT INTO message_versions (message_id, place, content, since_ms) VALUES (?1, ?2, ?3, ?4)",
        params![id, place, message.content, since.0],
    )?;
    tx.execute(
        "DELETE FROM message_versions WHERE message_id = ?1 AND place <= ?2",
        params![id, place - i64::from(most)],
    )?;
    Ok(())
}

/// Adds a reaction; `place` orders them.
///
/// # Errors
/// [`Error::Unique`] when this person reacted so already.
pub fn put_reaction(tx: &mut Tx<'_>, id: &MessageId, emoji: &str, user: UserId, place: u64) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO message_reactions (message_id, emoji, user_id, place) VALUES (?1, ?2, ?3, ?4)",
        params![id.as_str(), emoji, user.0, place],
    )?;
    Ok(())
}

/// Takes a reaction back.
///
/// # Errors
/// See [`Error`].
pub fn remove_reaction(tx: &mut Tx<'_>, id: &MessageId, emoji: &str, user: UserId) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM message_reactions WHERE message_id = ?1 AND emoji = ?2 AND user_id = ?3",
        params![id.as_str(), emoji, user.0],
    )?;
    Ok(())
}

/// After its reactions changed: the message's new revision.
///
/// # Errors
/// See [`Error`].
pub fn touch(tx: &mut Tx<'_>, message: &Message) -> Result<(), Error> {
    tx.execute(
        "UPDATE messages SET extras = ?2, rev = ?3 WHERE id = ?1",
        params![message.id.as_str(), extras(message), message.rev],
    )?;
    Ok(())
}

fn insert_mentions(tx: &mut Tx<'_>, message: &Message) -> Result<(), Error> {
    for (place, user) in (0_i64..).zip(&message.mentions) {
        tx.execute(
            "INSERT INTO message_mentions (message_id, place, user_id) VALUES (?1, ?2, ?3)",
            params![message.id.as_str(), place, user.0],
        )?;
    }
    Ok(())
}

fn extras(message: &Message) -> i64 {
    let mentions = if message.mentions.is_empty() { 0 } else { HAS_MENTIONS };
    let reactions = if message.reactions.is_empty() { 0 } else { HAS_REACTIONS };
    mentions | reactions
}
