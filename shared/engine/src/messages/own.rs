//! Own messages on their way into the history: queued, accepted, refused.

use protocol::{ChatId, ErrorCode, MessageId, UserId};
use sql::{Error, Tx, params};

use super::{Details, QUEUED_ORD, State, Stored, free_number, get, number, ord_of, people_text, stands};
use crate::search;

/// An own message that is not sent yet.
pub(crate) struct NewOwn<'a> {
    pub(crate) id: &'a MessageId,
    pub(crate) sender: UserId,
    pub(crate) text: &'a str,
    pub(crate) at: i64,
    pub(crate) reply_to: Option<&'a MessageId>,
    pub(crate) mentions: &'a [UserId],
    pub(crate) details: &'a Details,
    pub(crate) thread: Option<&'a MessageId>,
}

/// Puts an own message at the end, queued. `false` when the id is taken: it was sent before.
pub(crate) fn put_queued(tx: &mut Tx<'_>, chat: &ChatId, own: &NewOwn<'_>) -> Result<bool, Error> {
    if get(tx, chat, own.id)?.is_some() {
        return Ok(false);
    }
    let ord = next_queued_ord(tx, chat)?;
    let n = free_number(tx, number(own.at, ord))?;
    tx.execute(
        "INSERT INTO messages (n, chat_id, id, ord, seq, sender_id, content, kind, at_ms, reply_to, mentions, reactions,
             sealed, edited, deleted, rev, state, failure, counts, mentions_me, pinned_at_ms, details, thread)
         VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, 'text', ?7, ?8, ?9, '', 0, 0, 0, 0, 1, NULL, 0, 0, NULL, ?10, ?11)",
        params![
            n,
            chat.as_str(),
            own.id.as_str(),
            ord,
            own.sender.0,
            own.text,
            own.at,
            own.reply_to.map(MessageId::as_str),
            people_text(own.mentions),
            own.details.text(),
            own.thread.map(MessageId::as_str),
        ],
    )?;
    Ok(true)
}

fn next_queued_ord(tx: &mut Tx<'_>, chat: &ChatId) -> Result<u64, Error> {
    let newest =
        tx.row("SELECT ord FROM messages WHERE chat_id = ?1 ORDER BY ord DESC LIMIT 1", params![chat.as_str()], |r| {
            r.count(0)
        })?;
    Ok(newest.map_or(QUEUED_ORD, |ord| (ord + 1).max(QUEUED_ORD)))
}

/// Puts a settled or refused own message back to the end, queued.
pub(crate) fn queue_again(tx: &mut Tx<'_>, chat: &ChatId, old: &Stored) -> Result<(), Error> {
    search::forget(tx, old.n)?;
    let ord = next_queued_ord(tx, chat)?;
    tx.execute(
        "UPDATE messages SET ord = ?3, seq = 0, rev = 0, state = 1, failure = NULL, expires_ms = NULL WHERE chat_id = ?1 AND id = ?2",
        params![chat.as_str(), old.id.as_str(), ord],
    )?;
    Ok(())
}

/// The server has it: its place and revision are known, its row is on the way.
pub(crate) fn accept(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId, rev: u64, seq: u64, at: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE messages SET state = ?3, rev = ?4, seq = ?5, at_ms = ?6, failure = NULL WHERE chat_id = ?1 AND id = ?2 AND state <> 0",
        params![chat.as_str(), id.as_str(), State::Accepted.code(), rev, seq, at],
    )?;
    Ok(())
}

/// The server said no.
pub(crate) fn refuse(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId, code: ErrorCode) -> Result<(), Error> {
    tx.execute(
        "UPDATE messages SET state = ?3, failure = ?4 WHERE chat_id = ?1 AND id = ?2 AND state <> 0",
        params![chat.as_str(), id.as_str(), State::Refused.code(), code.as_str()],
    )?;
    Ok(())
}

/// Puts accepted messages whose revision is passed (a snapshot left them out) into their places by what the acceptance
/// said. Returns their ids and places.
pub(crate) fn settle_passed(tx: &mut Tx<'_>, chat: &ChatId, have: u64) -> Result<Vec<(MessageId, u64)>, Error> {
    let passed = tx.rows(
        "SELECT id, seq, n, content FROM messages WHERE chat_id = ?1 AND state <> 0 AND state = 2 AND rev <= ?2 AND seq > 0",
        params![chat.as_str(), have],
        |r| Ok((r.text(0)?, r.count(1)?, r.int(2)?, r.text(3)?)),
    )?;
    let mut out = Vec::new();
    for (id, seq, n, content) in passed {
        let Some(id) = MessageId::new(id) else { continue };
        // Another message in that place: the server was restored since; the place is not ours any more.
        let place = if stands(tx, chat, seq)? { continue } else { ord_of(seq) };
        tx.execute(
            "UPDATE messages SET ord = ?3, state = 0,
                 expires_ms = at_ms + 1000 * (SELECT disappear_after FROM chats WHERE id = ?1)
             WHERE chat_id = ?1 AND id = ?2",
            params![chat.as_str(), id.as_str(), place],
        )?;
        search::remember(tx, n, &content)?;
        out.push((id, seq));
    }
    Ok(out)
}

/// What a queued own message has besides its text.
pub(crate) fn set_details(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId, details: &Details) -> Result<(), Error> {
    tx.execute(
        "UPDATE messages SET details = ?3 WHERE chat_id = ?1 AND id = ?2 AND state <> 0",
        params![chat.as_str(), id.as_str(), details.text()],
    )?;
    Ok(())
}

/// The text and mentions of a queued or refused own message, changed before it was ever sent.
pub(crate) fn rewrite(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    id: &MessageId,
    text: &str,
    mentions: &[UserId],
) -> Result<(), Error> {
    tx.execute(
        "UPDATE messages SET content = ?3, mentions = ?4 WHERE chat_id = ?1 AND id = ?2 AND state <> 0",
        params![chat.as_str(), id.as_str(), text, people_text(mentions)],
    )?;
    Ok(())
}
