//! Table `chats`: what a chat is, the same for all its members.

use protocol::{Chat, ChatId, ChatKind, Rights, Timestamp, UserId};
use sql::{Error, Row, Tx, params};

use super::chat_id;

/// Columns of a [`Chat`], `c` being `chats` and `s` its row in `scopes`.
pub(crate) const COLUMNS: &str = "c.id, c.type, c.name, c.description, c.creator_id, c.created_at_ms, c.updated_at_ms,
    c.public, c.encrypted, c.member_count, s.last_seq, c.rev, c.rights, c.avatar, c.disappear_after, c.join_requests";
/// How many they are.
pub(crate) const COLUMNS_COUNT: usize = 16;
const FROM: &str = "FROM chats c JOIN scopes s ON s.scope = 'chat:' || c.id";

pub(crate) fn chat(row: &Row<'_>) -> Result<Chat, Error> {
    Ok(Chat {
        id: chat_id(row, 0)?,
        chat_type: kind(&row.text(1)?)?,
        name: row.text(2)?,
        description: row.text(3)?,
        creator_id: UserId(row.int(4)?),
        created_at: Timestamp(row.int(5)?),
        updated_at: Timestamp(row.int(6)?),
        public: row.flag(7)?,
        encrypted: row.flag(8)?,
        member_count: u32::try_from(row.int(9)?).map_err(|_| Error::Bug("member_count is no count".to_owned()))?,
        last_seq: row.count(10)?,
        rev: row.count(11)?,
        rights: rights(&row.text(12)?)?,
        avatar: super::file_id(row, 13)?,
        disappear_after: seconds(row.opt_int(14)?),
        join_requests: u32::try_from(row.int(15)?).map_err(|_| Error::Bug("join_requests is no count".to_owned()))?,
    })
}

pub(crate) fn seconds(column: Option<i64>) -> Option<u32> {
    column.and_then(|seconds| u32::try_from(seconds).ok())
}

/// Rights from their column: empty for the usual ones.
pub(crate) fn rights(text: &str) -> Result<Rights, Error> {
    if text.is_empty() {
        return Ok(Rights::default());
    }
    serde_json::from_str(text).map_err(|_| Error::Bug("chats.rights is not what was written".to_owned()))
}

fn rights_text(rights: &Rights) -> String {
    if rights.is_usual() {
        return String::new();
    }
    serde_json::to_string(rights).expect("roles have a JSON form")
}

pub(crate) fn kind(text: &str) -> Result<ChatKind, Error> {
    match text {
        "private" => Ok(ChatKind::Private),
        "group" => Ok(ChatKind::Group),
        "channel" => Ok(ChatKind::Channel),
        other => Err(Error::Bug(format!("no kind of chat: {other}"))),
    }
}

fn kind_text(kind: ChatKind) -> &'static str {
    match kind {
        ChatKind::Private => "private",
        ChatKind::Group => "group",
        ChatKind::Channel => "channel",
    }
}

/// A new row; its scope must exist already.
///
/// # Errors
/// [`Error::Unique`] when the id is taken.
pub fn insert(tx: &mut Tx<'_>, chat: &Chat, sort: &str, search: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO chats (id, type, name, sort_name, search, description, creator_id, created_at_ms, updated_at_ms,
                            public, encrypted, member_count, rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            chat.id.as_str(),
            kind_text(chat.chat_type),
            chat.name,
            sort,
            search,
            chat.description,
            chat.creator_id.0,
            chat.created_at.0,
            chat.updated_at.0,
            chat.public,
            chat.encrypted,
            chat.member_count,
            chat.rev
        ],
    )?;
    Ok(())
}

/// A changed row: name, description, public, rights, life of messages, numbers of members and of those who wait to be.
///
/// # Errors
/// See [`Error`].
pub fn update(tx: &mut Tx<'_>, chat: &Chat, sort: &str, search: &str) -> Result<(), Error> {
    tx.execute(
        "UPDATE chats SET name = ?2, sort_name = ?3, search = ?4, description = ?5, updated_at_ms = ?6, public = ?7,
                          member_count = ?8, rev = ?9, rights = ?10, avatar = ?11, disappear_after = ?12,
                          join_requests = ?13
         WHERE id = ?1",
        params![
            chat.id.as_str(),
            chat.name,
            sort,
            search,
            chat.description,
            chat.updated_at.0,
            chat.public,
            chat.member_count,
            chat.rev,
            rights_text(&chat.rights),
            chat.avatar.as_ref().map(protocol::FileId::as_str),
            chat.disappear_after,
            chat.join_requests
        ],
    )?;
    Ok(())
}

/// The chat takes sealed messages only, for good.
///
/// # Errors
/// See [`Error`].
pub fn set_encrypted(tx: &mut Tx<'_>, id: &ChatId) -> Result<(), Error> {
    tx.execute("UPDATE chats SET encrypted = 1 WHERE id = ?1", params![id.as_str()])?;
    Ok(())
}

/// One chat.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, id: &ChatId) -> Result<Option<Chat>, Error> {
    tx.row(&format!("SELECT {COLUMNS} {FROM} WHERE c.id = ?1"), params![id.as_str()], chat)
}

/// A page of the directory of public channels; words and cursor as for people.
///
/// # Errors
/// See [`Error`].
pub fn find_public(
    tx: &mut Tx<'_>,
    words: &[String],
    after: &(String, String),
    limit: u32,
) -> Result<Vec<(Chat, String)>, Error> {
    let mut sql = format!(
        "SELECT {COLUMNS}, c.sort_name {FROM}
         WHERE c.public = 1 AND (c.sort_name > ?1 OR (c.sort_name = ?1 AND c.id > ?2))"
    );
    let patterns: Vec<String> = words.iter().map(|word| format!("% {word}%")).collect();
    for place in 0..patterns.len() {
        sql.push_str(&format!(" AND c.search LIKE ?{}", place + 4));
    }
    sql.push_str(" ORDER BY c.sort_name, c.id LIMIT ?3");
    let mut values = params![after.0, after.1, limit].to_vec();
    values.extend(patterns.iter().map(sql::ToValue::to_value));
    tx.rows(&sql, &values, |row| Ok((chat(row)?, row.text(COLUMNS_COUNT)?)))
}

/// The chat after one, by id; the first after nothing.
///
/// # Errors
/// See [`Error`].
pub fn next(tx: &mut Tx<'_>, after: &str) -> Result<Option<ChatId>, Error> {
    tx.row("SELECT id FROM chats WHERE id > ?1 ORDER BY id LIMIT 1", params![after], |row| super::chat_id(row, 0))
}
