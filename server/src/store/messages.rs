//! Tables `messages`, `message_mentions`, `message_reactions`: the history of each chat.

mod write;

pub use write::{insert, keep_version, put_reaction, remove_reaction, touch, update};

use std::collections::HashMap;

use protocol::{
    Attachment, ChatId, Everyone, Forwarded, LinkPreview, Message, MessageId, MessageType, Poll, Replies, Role, Scope,
    Timestamp, UserId, Version,
};
use sql::{Error, Row, Tx, Value, params};

use super::{in_list, members, message_id, polls, scopes};

const COLUMNS: &str = "m.id, m.sender_id, u.username, m.content, m.message_type, m.timestamp_ms, m.reply_to, m.sealed,
    m.edited_at_ms, m.deleted_at_ms, m.seq, m.rev, m.extras, m.pinned_at_ms, m.details,
    m.thread, m.content_rev";
const FROM: &str = "FROM messages m LEFT JOIN users u ON u.id = m.sender_id";

/// Passing over so many rows costs less than another look.
const KNOWN_SLACK: u64 = 64;

const HAS_MENTIONS: i64 = 1;
const HAS_REACTIONS: i64 = 2;

/// What only few messages have, as the column `details` holds it.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forwarded: Option<Box<Forwarded>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replies: Option<Box<Replies>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    poll: Option<Box<Poll>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    everyone: Option<Everyone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preview: Option<Box<LinkPreview>>,
}

impl Details {
    fn of(message: &Message) -> Result<Option<String>, Error> {
        let none = message.forwarded.is_none() && message.replies.is_none() && message.poll.is_none();
        let none = none && message.everyone.is_none() && message.expires_at.is_none();
        if none && message.attachments.is_empty() && message.preview.is_none() {
            return Ok(None);
        }
        let details = Self {
            forwarded: message.forwarded.clone(),
            replies: message.replies.clone(),
            attachments: message.attachments.clone(),
            poll: message.poll.as_deref().map(without_ballots),
            everyone: message.everyone,
            expires_at: message.expires_at,
            preview: message.preview.clone(),
        };
        serde_json::to_string(&details).map(Some).map_err(|e| Error::Bug(e.to_string()))
    }

    fn read(text: Option<String>) -> Result<Self, Error> {
        let Some(text) = text else { return Ok(Self::default()) };
        serde_json::from_str(&text).map_err(|e| Error::Bug(format!("messages.details: {e}")))
    }
}

/// Votes stand in a table of their own.
fn without_ballots(poll: &Poll) -> Box<Poll> {
    Box::new(Poll { ballots: Vec::new(), ..poll.clone() })
}

fn message(row: &Row<'_>) -> Result<(Message, i64), Error> {
    let details = Details::read(row.opt_text(14)?)?;
    let message = Message {
        id: message_id(row.text(0)?)?,
        sender_id: UserId(row.int(1)?),
        sender_username: row.opt_text(2)?.unwrap_or_default(),
        content: row.text(3)?,
        message_type: type_of(&row.text(4)?),
        timestamp: Timestamp(row.int(5)?),
        reply_to: row.opt_text(6)?.map(message_id).transpose()?,
        mentions: Vec::new(),
        everyone: details.everyone,
        reactions: Default::default(),
        sealed: row.flag(7)?,
        content_rev: row.opt_int(16)?.and_then(|rev| u64::try_from(rev).ok()),
        edited_at: row.opt_int(8)?.map(Timestamp),
        deleted_at: row.opt_int(9)?.map(Timestamp),
        expires_at: details.expires_at,
        pinned_at: row.opt_int(13)?.map(Timestamp),
        forwarded: details.forwarded,
        attachments: details.attachments,
        poll: details.poll,
        preview: details.preview,
        thread: row.opt_text(15)?.map(message_id).transpose()?,
        replies: details.replies,
        seq: row.count(10)?,
        rev: row.count(11)?,
    };
    Ok((message, row.int(12)?))
}

fn type_of(text: &str) -> MessageType {
    match text {
        "text" => MessageType::Text,
        "system" => MessageType::System,
        _ => MessageType::Unknown,
    }
}

fn type_text(message_type: MessageType) -> &'static str {
    match message_type {
        MessageType::Text => "text",
        MessageType::System => "system",
        MessageType::Unknown => "unknown",
    }
}

/// What one look tells about a post: the poster, and whether the id was used.
#[derive(Debug, Clone)]
pub struct PostRight {
    /// The poster's role.
    pub role: Role,
    /// The poster is no longer a member.
    pub gone: bool,
    /// The poster's username.
    pub username: String,
    /// The chat takes sealed messages only.
    pub encrypted: bool,
    /// Who may do what in the chat.
    pub rights: protocol::Rights,
    /// What the chat is.
    pub kind: protocol::ChatKind,
    /// The chat's messages go after so many seconds.
    pub disappear_after: Option<u32>,
    /// A message with this id exists.
    pub seen: Option<Seen>,
    /// Where the chat's newest message and change stand.
    pub last: scopes::Place,
}

/// Where a message with the same id stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// In which chat, as text.
    pub chat_id: String,
    /// Whose.
    pub sender_id: UserId,
    /// Its place.
    pub seq: u64,
    /// The revision of its first appearance.
    pub first_rev: u64,
    /// When it was accepted.
    pub timestamp: Timestamp,
}

/// Everything that a post depends on, in one statement: this is the hot path. `None`: never was a member, or no chat.
///
/// # Errors
/// See [`Error`].
pub fn post_right(tx: &mut Tx<'_>, chat: &ChatId, user: UserId, id: &MessageId) -> Result<Option<PostRight>, Error> {
    tx.row(
        "SELECT m.role, m.gone, u.username, c.encrypted, d.chat_id, d.sender_id, d.seq, d.first_rev, d.timestamp_ms,
                s.last_seq, s.rev, s.last_ms, c.rights, c.type, c.disappear_after
         FROM members m JOIN chats c ON c.id = m.chat_id JOIN users u ON u.id = m.user_id
         JOIN scopes s ON s.scope = ?4
         LEFT JOIN messages d ON d.id = ?3
         WHERE m.chat_id = ?1 AND m.user_id = ?2",
        params![chat.as_str(), user.0, id.as_str(), format!("chat:{chat}")],
        |row| {
            let seen = match row.opt_text(4)? {
                None => None,
                Some(chat_id) => Some(Seen {
                    chat_id,
                    sender_id: UserId(row.int(5)?),
                    seq: row.count(6)?,
                    first_rev: row.count(7)?,
                    timestamp: Timestamp(row.int(8)?),
                }),
            };
            Ok(PostRight {
                role: members::role(row.int(0)?)?,
                gone: row.flag(1)?,
                username: row.text(2)?,
                encrypted: row.flag(3)?,
                rights: super::chats::rights(&row.text(12)?)?,
                kind: super::chats::kind(&row.text(13)?)?,
                disappear_after: super::chats::seconds(row.opt_int(14)?),
                seen,
                last: scopes::Place { seq: row.count(9)?, rev: row.count(10)?, timestamp: Timestamp(row.int(11)?) },
            })
        },
    )
}

/// What a message said before, oldest first.
///
/// # Errors
/// See [`Error`].
pub fn versions(tx: &mut Tx<'_>, id: &MessageId) -> Result<Vec<Version>, Error> {
    tx.rows(
        "SELECT content, since_ms FROM message_versions WHERE message_id = ?1 ORDER BY place",
        params![id.as_str()],
        |row| Ok(Version { content: row.text(0)?, timestamp: Timestamp(row.int(1)?) }),
    )
}

/// The newest messages of a thread with a `seq` below `before`, newest first.
///
/// # Errors
/// See [`Error`].
pub fn of_thread(tx: &mut Tx<'_>, root: &MessageId, before: u64, limit: u32) -> Result<Vec<Message>, Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE m.thread = ?1 AND m.seq < ?2 ORDER BY m.seq DESC LIMIT ?3");
    load_told(tx, &sql, params![root.as_str(), before, limit])
}

/// How many messages of a thread stand, and when the newest of them was said.
///
/// # Errors
/// See [`Error`].
pub fn count_thread(tx: &mut Tx<'_>, root: &MessageId) -> Result<(u32, Option<Timestamp>), Error> {
    tx.one(
        "SELECT count(*), max(timestamp_ms) FROM messages WHERE thread = ?1 AND deleted_at_ms IS NULL",
        params![root.as_str()],
        |row| Ok((u32::try_from(row.int(0)?).unwrap_or(u32::MAX), row.opt_int(1)?.map(Timestamp))),
    )
}

/// The pinned messages of a chat, pinned last first.
///
/// # Errors
/// See [`Error`].
pub fn pinned(tx: &mut Tx<'_>, chat: &ChatId, limit: u32) -> Result<Vec<Message>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} {FROM} WHERE m.chat_id = ?1 AND m.pinned_at_ms IS NOT NULL
         ORDER BY m.pinned_at_ms DESC, m.seq DESC LIMIT ?2"
    );
    load_told(tx, &sql, params![chat.as_str(), limit])
}

/// The message is in the chat.
///
/// # Errors
/// See [`Error`].
pub fn exists(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId) -> Result<bool, Error> {
    let found =
        tx.row("SELECT 1 FROM messages WHERE id = ?1 AND chat_id = ?2", params![id.as_str(), chat.as_str()], |_| {
            Ok(())
        })?;
    Ok(found.is_some())
}

/// The chat of a message.
///
/// # Errors
/// See [`Error`].
pub fn chat_of(tx: &mut Tx<'_>, id: &MessageId) -> Result<Option<ChatId>, Error> {
    tx.row("SELECT chat_id FROM messages WHERE id = ?1", params![id.as_str()], |row| super::chat_id(row, 0))
}

/// One message.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId) -> Result<Option<Message>, Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE m.id = ?1 AND m.chat_id = ?2");
    Ok(load(tx, &sql, params![id.as_str(), chat.as_str()])?.pop())
}

/// Several messages of any chats, in no order.
///
/// # Errors
/// See [`Error`].
pub fn get_all(tx: &mut Tx<'_>, ids: &[MessageId]) -> Result<Vec<Message>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, values) = in_list(1, ids.iter().map(|id| Value::Text(id.as_str().into())));
    load(tx, &format!("SELECT {COLUMNS} {FROM} WHERE m.id IN ({marks})"), &values)
}

/// Messages changed after `after`, by revision.
///
/// # Errors
/// See [`Error`].
pub fn changed(tx: &mut Tx<'_>, chat: &ChatId, after: u64, limit: u32) -> Result<Vec<Message>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} {FROM} WHERE m.chat_id = ?1 AND m.rev > ?2 AND m.rev <> m.first_rev ORDER BY m.rev LIMIT ?3"
    );
    let mut found = load_told(tx, &sql, params![chat.as_str(), after, limit])?;
    let known = known_at(tx, chat, after)?;
    let sql = format!(
        "SELECT {COLUMNS} {FROM} WHERE m.chat_id = ?1 AND m.seq > ?2 AND m.rev > ?3 AND m.rev = m.first_rev
         ORDER BY m.seq LIMIT ?4"
    );
    found.extend(load_told(tx, &sql, params![chat.as_str(), known, after, limit])?);
    found.sort_unstable_by_key(|message| message.rev);
    found.truncate(limit as usize);
    Ok(found)
}

/// A place up to which every message was there at revision `rev`; at most [`KNOWN_SLACK`] more were there too.
///
/// Each message takes one place and one revision, so both grow together: as many messages came after `rev` as revisions at
/// most, and a message's place is never above its revision. Between these bounds halving finds it.
fn known_at(tx: &mut Tx<'_>, chat: &ChatId, rev: u64) -> Result<u64, Error> {
    let head = scopes::head(tx, &Scope::Chat(chat.clone()))?;
    let mut low = head.last_seq.saturating_sub(head.rev.saturating_sub(rev));
    let mut high = head.last_seq.min(rev);
    while high.saturating_sub(low) > KNOWN_SLACK {
        let middle = low + (high - low) / 2;
        let sql = "SELECT first_rev FROM messages WHERE chat_id = ?1 AND seq = ?2";
        let first_rev = tx.one(sql, params![chat.as_str(), middle], |row| row.count(0))?;
        if first_rev <= rev {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// The newest messages with a `seq` below `before`, newest first.
///
/// # Errors
/// See [`Error`].
pub fn before(tx: &mut Tx<'_>, chat: &ChatId, before: u64, limit: u32) -> Result<Vec<Message>, Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE m.chat_id = ?1 AND m.seq < ?2 ORDER BY m.seq DESC LIMIT ?3");
    load_told(tx, &sql, params![chat.as_str(), before, limit])
}

/// The oldest messages with a `seq` above `after`, oldest first.
///
/// # Errors
/// See [`Error`].
pub fn after(tx: &mut Tx<'_>, chat: &ChatId, after: u64, limit: u32) -> Result<Vec<Message>, Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE m.chat_id = ?1 AND m.seq > ?2 ORDER BY m.seq LIMIT ?3");
    load_told(tx, &sql, params![chat.as_str(), after, limit])
}

/// The messages at these places of a chat, newest first.
///
/// # Errors
/// See [`Error`].
pub fn at_places(tx: &mut Tx<'_>, chat: &ChatId, places: &[u64]) -> Result<Vec<Message>, Error> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, mut values) = in_list(2, places.iter().map(|seq| Value::Int(i64::try_from(*seq).unwrap_or(i64::MAX))));
    values.insert(0, Value::Text(chat.as_str().into()));
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE m.chat_id = ?1 AND m.seq IN ({marks}) ORDER BY m.seq DESC");
    load_told(tx, &sql, &values)
}

/// When the message at a place was accepted.
///
/// # Errors
/// See [`Error`].
pub fn timestamp_at(tx: &mut Tx<'_>, chat: &ChatId, seq: u64) -> Result<Option<Timestamp>, Error> {
    tx.row("SELECT timestamp_ms FROM messages WHERE chat_id = ?1 AND seq = ?2", params![chat.as_str(), seq], |row| {
        Ok(Timestamp(row.int(0)?))
    })
}

/// As clients are told: with all that was voted inside of seals.
fn load_told(tx: &mut Tx<'_>, sql: &str, values: &[Value<'_>]) -> Result<Vec<Message>, Error> {
    let mut found = load(tx, sql, values)?;
    polls::fill_in_ballots(tx, &mut found)?;
    Ok(found)
}

fn load(tx: &mut Tx<'_>, sql: &str, values: &[Value<'_>]) -> Result<Vec<Message>, Error> {
    let found = tx.rows(sql, values, message)?;
    let places_of = |bit: i64| -> HashMap<MessageId, usize> {
        let with = found.iter().enumerate().filter(|(_, (_, extras))| extras & bit != 0);
        with.map(|(place, (message, _))| (message.id.clone(), place)).collect()
    };
    let (mentions, reactions) = (places_of(HAS_MENTIONS), places_of(HAS_REACTIONS));
    let mut messages: Vec<Message> = found.into_iter().map(|(message, _)| message).collect();
    let sql = "SELECT message_id, user_id FROM message_mentions WHERE message_id IN ($) ORDER BY message_id, place";
    of_messages(tx, sql, &mentions, |place, row| {
        messages[place].mentions.push(UserId(row.int(1)?));
        Ok(())
    })?;
    let sql =
        "SELECT message_id, user_id, emoji FROM message_reactions WHERE message_id IN ($) ORDER BY place, user_id";
    of_messages(tx, sql, &reactions, |place, row| {
        messages[place].reactions.entry(row.text(2)?).or_default().push(UserId(row.int(1)?));
        Ok(())
    })?;
    Ok(messages)
}

fn of_messages(
    tx: &mut Tx<'_>,
    sql: &str,
    places: &HashMap<MessageId, usize>,
    mut each: impl FnMut(usize, &Row<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    if places.is_empty() {
        return Ok(());
    }
    let (marks, values) = in_list(1, places.keys().map(|id| Value::Text(id.as_str().into())));
    tx.rows(&sql.replace('$', &marks), &values, |row| {
        let place = places.get(&message_id(row.text(0)?)?).copied();
        place.map_or(Ok(()), |place| each(place, row))
    })?;
    Ok(())
}
