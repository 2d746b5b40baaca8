//! How far each member of a chat has received and read. Marks only grow, so order and repetition do not matter.

use protocol::model::Receipt;
use protocol::{ChatId, UserId};
use sql::{Error, Tx, params};

/// Takes marks in; `true` when one of them grew.
pub(crate) fn merge(tx: &mut Tx<'_>, chat: &ChatId, mark: &Receipt) -> Result<bool, Error> {
    let delivered = mark.delivered_seq.max(mark.read_seq);
    let changed = tx.execute(
        "INSERT INTO receipts (chat_id, user_id, delivered_seq, read_seq) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (chat_id, user_id) DO UPDATE SET
             delivered_seq = max(receipts.delivered_seq, excluded.delivered_seq),
             read_seq = max(receipts.read_seq, excluded.read_seq)
         WHERE excluded.delivered_seq > receipts.delivered_seq OR excluded.read_seq > receipts.read_seq",
        params![chat.as_str(), mark.user_id.0, delivered, mark.read_seq],
    )?;
    Ok(changed > 0)
}

/// What the server knows that this person's devices have received.
pub(crate) fn own_delivered(tx: &mut Tx<'_>, chat: &ChatId, me: UserId) -> Result<u64, Error> {
    let row = tx.row(
        "SELECT delivered_seq FROM receipts WHERE chat_id = ?1 AND user_id = ?2",
        params![chat.as_str(), me.0],
        |r| r.count(0),
    )?;
    Ok(row.unwrap_or(0))
}

/// What every other member has received, and what some other member has read; kept in the chat's row. `true` when it
/// changed.
pub(crate) fn sum_up(tx: &mut Tx<'_>, chat: &ChatId, me: UserId) -> Result<bool, Error> {
    let (delivered, read) = tx.one(
        "SELECT coalesce(min(coalesce(r.delivered_seq, 0)), 0), coalesce(max(coalesce(r.read_seq, 0)), 0)
         FROM members m LEFT JOIN receipts r ON r.chat_id = m.chat_id AND r.user_id = m.user_id
         WHERE m.chat_id = ?1 AND m.user_id <> ?2 AND m.left_chat = 0",
        params![chat.as_str(), me.0],
        |r| Ok((r.count(0)?, r.count(1)?)),
    )?;
    let changed = tx.execute(
        "UPDATE chats SET all_delivered = ?2, any_read = ?3 WHERE id = ?1 AND (all_delivered <> ?2 OR any_read <> ?3)",
        params![chat.as_str(), delivered, read],
    )?;
    Ok(changed > 0)
}
