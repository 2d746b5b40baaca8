//! Who is in a chat.

use std::collections::HashSet;

use protocol::{ChatId, Member, Role, UserId};
use sql::{Error, Tx, params};

use crate::chats::{role_of, role_text};

/// Takes in a member's row; `true` when it is news.
pub(crate) fn put(tx: &mut Tx<'_>, chat: &ChatId, m: &Member) -> Result<bool, Error> {
    let changed = tx.execute(
        "INSERT INTO members (chat_id, user_id, role, left_chat, rev) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (chat_id, user_id) DO UPDATE SET role = excluded.role, left_chat = excluded.left_chat, rev = excluded.rev
         WHERE excluded.rev >= members.rev",
        params![chat.as_str(), m.user_id.0, role_text(m.role), m.left, m.rev],
    )?;
    Ok(changed > 0)
}

/// Those who are in it now, by role, then number.
pub(crate) fn all(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Vec<(UserId, Role)>, Error> {
    let mut members = tx.rows(
        "SELECT user_id, role FROM members WHERE chat_id = ?1 AND left_chat = 0 ORDER BY user_id",
        params![chat.as_str()],
        |r| Ok((UserId(r.int(0)?), role_of(&r.text(1)?))),
    )?;
    members.sort_by_key(|(_, role)| std::cmp::Reverse(*role));
    Ok(members)
}

/// This person is in it now.
pub(crate) fn is_in(tx: &mut Tx<'_>, chat: &ChatId, user: UserId) -> Result<bool, Error> {
    let found = tx.row(
        "SELECT 1 FROM members WHERE chat_id = ?1 AND user_id = ?2 AND left_chat = 0",
        params![chat.as_str(), user.0],
        |r| r.int(0),
    )?;
    Ok(found.is_some())
}

/// Those who are in it now, and those who were.
pub(crate) fn now_and_before(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(HashSet<UserId>, HashSet<UserId>), Error> {
    let rows = tx.rows("SELECT user_id, left_chat FROM members WHERE chat_id = ?1", params![chat.as_str()], |r| {
        Ok((UserId(r.int(0)?), r.flag(1)?))
    })?;
    let (before, now): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, left)| *left);
    let people = |rows: Vec<(UserId, bool)>| rows.into_iter().map(|(user, _)| user).collect();
    Ok((people(now), people(before)))
}

/// A snapshot replaces them.
pub(crate) fn clear(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    tx.execute("DELETE FROM members WHERE chat_id = ?1", params![chat.as_str()])?;
    Ok(())
}
