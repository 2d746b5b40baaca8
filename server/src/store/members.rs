//! Table `members`: who is in which chat, what they may do there, and how far they have read.

use protocol::frame::ChatSummary;
use protocol::model::Receipt;
use protocol::{Chat, ChatId, Member, Membership, MessageId, Role, Timestamp, UserId};
use sql::{Error, Row, Tx, params};

use super::{chat_id, chats, in_list};

/// One row: both what the chat and what the person sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Where.
    pub chat_id: ChatId,
    /// Who.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
    /// Left or removed.
    pub gone: bool,
    /// Own mark.
    pub read_seq: u64,
    /// Received up to here.
    pub delivered_seq: u64,
    /// In the chat's scope.
    pub rev: u64,
    /// In the person's scope.
    pub user_rev: u64,
}

impl MemberRow {
    /// As the chat sees it.
    pub fn member(&self) -> Member {
        Member { user_id: self.user_id, role: self.role, joined_at: self.joined_at, left: self.gone, rev: self.rev }
    }

    /// As the person sees it.
    pub fn membership(&self) -> Membership {
        Membership {
            chat_id: self.chat_id.clone(),
            role: self.role,
            read_seq: self.read_seq,
            left: self.gone,
            rev: self.user_rev,
        }
    }
}

const COLUMNS: &str =
    "m.chat_id, m.user_id, m.role, m.joined_at_ms, m.gone, m.read_seq, m.delivered_seq, m.rev, m.user_rev";

fn member(row: &Row<'_>) -> Result<MemberRow, Error> {
    Ok(MemberRow {
        chat_id: chat_id(row, 0)?,
        user_id: UserId(row.int(1)?),
        role: role(row.int(2)?)?,
        joined_at: Timestamp(row.int(3)?),
        gone: row.flag(4)?,
        read_seq: row.count(5)?,
        delivered_seq: row.count(6)?,
        rev: row.count(7)?,
        user_rev: row.count(8)?,
    })
}

pub(crate) fn role(number: i64) -> Result<Role, Error> {
    match number {
        0 => Ok(Role::ReadOnly),
        1 => Ok(Role::Member),
        2 => Ok(Role::Admin),
        3 => Ok(Role::Owner),
        other => Err(Error::Bug(format!("no role: {other}"))),
    }
}

fn role_number(role: Role) -> i64 {
    match role {
        Role::ReadOnly => 0,
        Role::Member => 1,
        Role::Admin => 2,
        Role::Owner => 3,
    }
}

/// Inserts or replaces a row.
///
/// # Errors
/// See [`Error`].
pub fn put(tx: &mut Tx<'_>, row: &MemberRow) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO members (chat_id, user_id, role, joined_at_ms, gone, read_seq, delivered_seq, rev, user_rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (chat_id, user_id) DO UPDATE SET role = excluded.role, joined_at_ms = excluded.joined_at_ms,
             gone = excluded.gone, read_seq = excluded.read_seq, delivered_seq = excluded.delivered_seq,
             rev = excluded.rev, user_rev = excluded.user_rev",
        params![
            row.chat_id.as_str(),
            row.user_id.0,
            role_number(row.role),
            row.joined_at.0,
            row.gone,
            row.read_seq,
            row.delivered_seq,
            row.rev,
            row.user_rev
        ],
    )?;
    Ok(())
}

/// One row, also of someone who is gone.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, chat: &ChatId, user: UserId) -> Result<Option<MemberRow>, Error> {
    tx.row(
        &format!("SELECT {COLUMNS} FROM members m WHERE m.chat_id = ?1 AND m.user_id = ?2"),
        params![chat.as_str(), user.0],
        member,
    )
}

/// Members of a chat changed after `after`, by revision.
///
/// # Errors
/// See [`Error`].
pub fn changed(tx: &mut Tx<'_>, chat: &ChatId, after: u64, limit: u32) -> Result<Vec<MemberRow>, Error> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM members m WHERE m.chat_id = ?1 AND m.rev > ?2 ORDER BY m.rev LIMIT ?3"),
        params![chat.as_str(), after, limit],
        member,
    )
}

/// Members now, by revision.
///
/// # Errors
/// See [`Error`].
pub fn present(tx: &mut Tx<'_>, chat: &ChatId, limit: u32) -> Result<Vec<MemberRow>, Error> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM members m WHERE m.chat_id = ?1 AND m.gone = 0 ORDER BY m.rev LIMIT ?2"),
        params![chat.as_str(), limit],
        member,
    )
}

/// A person's memberships changed after `after`, by revision.
///
/// # Errors
/// See [`Error`].
pub fn changed_of(tx: &mut Tx<'_>, user: UserId, after: u64, limit: u32) -> Result<Vec<MemberRow>, Error> {
    tx.rows(
        &format!(
            "SELECT {COLUMNS} FROM members m WHERE m.user_id = ?1 AND m.user_rev > ?2 ORDER BY m.user_rev LIMIT ?3"
        ),
        params![user.0, after, limit],
        member,
    )
}

/// The chats a person is in.
///
/// # Errors
/// See [`Error`].
pub fn chats_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<ChatId>, Error> {
    tx.rows("SELECT chat_id FROM members WHERE user_id = ?1 AND gone = 0", params![user.0], |row| chat_id(row, 0))
}

/// How many of `users` are members now. `users` holds each once and is not empty.
///
/// # Errors
/// See [`Error`].
pub fn count_among(tx: &mut Tx<'_>, chat: &ChatId, users: &[UserId]) -> Result<usize, Error> {
    let (marks, mut values) = in_list(2, users.iter().map(|user| sql::Value::Int(user.0)));
    values.insert(0, sql::Value::Text(chat.as_str().into()));
    let sql = format!("SELECT user_id FROM members WHERE chat_id = ?1 AND gone = 0 AND user_id IN ({marks})");
    Ok(tx.rows(&sql, &values, |_| Ok(()))?.len())
}

/// Who becomes owner when the owner goes: the highest role, then the longest there.
///
/// # Errors
/// See [`Error`].
pub fn successor(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Option<MemberRow>, Error> {
    tx.row(
        &format!(
            "SELECT {COLUMNS} FROM members m WHERE m.chat_id = ?1 AND m.gone = 0
             ORDER BY m.role DESC, m.joined_at_ms, m.user_id LIMIT 1"
        ),
        params![chat.as_str()],
        member,
    )
}

/// Everyone's marks.
///
/// # Errors
/// See [`Error`].
pub fn receipts(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Vec<Receipt>, Error> {
    tx.rows(
        "SELECT user_id, delivered_seq, read_seq FROM members WHERE chat_id = ?1 AND gone = 0 ORDER BY user_id",
        params![chat.as_str()],
        |row| Ok(Receipt { user_id: UserId(row.int(0)?), delivered_seq: row.count(1)?, read_seq: row.count(2)? }),
    )
}

/// Raises the mark of what was received; `None` when it did not move or the person is no member.
/// Answers the marks and how many members the chat has.
///
/// # Errors
/// See [`Error`].
pub fn raise_delivered(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    user: UserId,
    seq: u64,
) -> Result<Option<(Receipt, u64)>, Error> {
    tx.row(
        "UPDATE members SET delivered_seq = ?3
         WHERE chat_id = ?1 AND user_id = ?2 AND gone = 0 AND delivered_seq < ?3
           AND ?3 <= (SELECT last_seq FROM scopes WHERE scope = 'chat:' || members.chat_id)
         RETURNING delivered_seq, read_seq, (SELECT member_count FROM chats WHERE id = members.chat_id)",
        params![chat.as_str(), user.0, seq],
        |row| Ok((Receipt { user_id: user, delivered_seq: row.count(0)?, read_seq: row.count(1)? }, row.count(2)?)),
    )
}

/// A page of members by role, then name, after `(role, sort_name, id)`; with the name.
///
/// # Errors
/// See [`Error`].
pub fn page(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    after: Option<&(Role, String, i64)>,
    limit: u32,
) -> Result<Vec<(MemberRow, String)>, Error> {
    let start = (Role::Owner, String::new(), 0);
    let (role, name, id) = after.unwrap_or(&start);
    tx.rows(
        &format!(
            "SELECT {COLUMNS}, u.sort_name FROM members m JOIN users u ON u.id = m.user_id
             WHERE m.chat_id = ?1 AND m.gone = 0
               AND (m.role < ?2 OR (m.role = ?2 AND (u.sort_name > ?3 OR (u.sort_name = ?3 AND m.user_id > ?4))))
             ORDER BY m.role DESC, u.sort_name, m.user_id LIMIT ?5"
        ),
        params![chat.as_str(), role_number(*role), name, *id, limit],
        |row| Ok((member(row)?, row.text(9)?)),
    )
}

/// Counting unread stops here: "a thousand" and "more" are the same to a person, and the list stays quick.
const UNREAD_COUNT_MAX: u32 = 1_000;

/// Own chats, newest activity first; `last_message` is filled in by the caller from the id.
///
/// # Errors
/// See [`Error`].
pub fn summaries(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<(ChatSummary, Option<MessageId>)>, Error> {
    let columns = chats::COLUMNS;
    let n = chats::COLUMNS_COUNT;
    tx.rows(
        &format!(
            "SELECT {columns}, m.role, m.read_seq, s.last_ms, l.id,
                    (SELECT count(*) FROM (SELECT 1 AS one FROM messages x
                      WHERE x.chat_id = m.chat_id AND x.seq > m.read_seq AND x.sender_id <> m.user_id
                        AND x.sender_id <> 0 AND x.deleted_at_ms IS NULL AND x.thread IS NULL LIMIT {UNREAD_COUNT_MAX}) AS unread)
             FROM members m
             JOIN chats c ON c.id = m.chat_id
             JOIN scopes s ON s.scope = 'chat:' || m.chat_id
             LEFT JOIN messages l ON l.chat_id = m.chat_id AND l.seq = s.last_seq
             WHERE m.user_id = ?1 AND m.gone = 0
             ORDER BY CASE WHEN s.last_ms > c.created_at_ms THEN s.last_ms ELSE c.created_at_ms END DESC, c.id"
        ),
        params![user.0],
        |row| {
            let chat: Chat = chats::chat(row)?;
            let last_activity = Timestamp(row.int(n + 2)?.max(chat.created_at.0));
            let summary = ChatSummary {
                chat,
                role: role(row.int(n)?)?,
                read_seq: row.count(n + 1)?,
                unread_count: row.count(n + 4)?,
                last_message: None,
                last_activity,
            };
            let last = row.opt_text(n + 3)?.map(super::message_id).transpose()?;
            Ok((summary, last))
        },
    )
}
