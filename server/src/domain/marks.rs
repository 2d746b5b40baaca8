//! How far people have received and read. Marks only grow.

use protocol::ChatId;
use protocol::frame::{Event, SeqMark};
use protocol::limits::RECEIPTS_MEMBERS_MAX;
use protocol::model::Receipt;
use protocol::{Row, Scope, UserId};

use super::{Cx, Failure, access, privacy};
use crate::store::{members, scopes};

/// Marks as read. Own devices learn it as a change of the membership; in small chats the others get a receipt.
///
/// # Errors
/// `not_a_member`, `not_found`.
pub fn read(cx: &mut Cx<'_, '_>, body: &SeqMark) -> Result<(), Failure> {
    let (chat, mut row) = access::own_chat(cx, &body.chat_id)?;
    // A client may know of messages that a restored server has lost.
    let seq = body.seq.min(scopes::head(cx.tx, &Scope::Chat(body.chat_id.clone()))?.last_seq);
    if seq <= row.read_seq {
        return Ok(());
    }
    row.read_seq = seq;
    row.delivered_seq = row.delivered_seq.max(seq);
    row.user_rev = cx.next_rev(&Scope::User(row.user_id))?;
    members::put(cx.tx, &row)?;
    cx.tell_row(Scope::User(row.user_id), Row::Membership(row.membership()));
    if chat.member_count <= RECEIPTS_MEMBERS_MAX {
        let read_seq = if privacy::of(cx, row.user_id)?.receipts { row.read_seq } else { 0 };
        let receipt = Receipt { user_id: row.user_id, delivered_seq: row.delivered_seq, read_seq };
        cx.tell(Event::Receipt { chat_id: body.chat_id.clone(), receipt });
    }
    Ok(())
}

/// Raises several people's marks of what was received; those that do not fit are passed over.
///
/// # Errors
/// See [`sql::Error`].
pub fn delivered(cx: &mut Cx<'_, '_>, marks: &[(ChatId, UserId, u64)]) -> Result<(), Failure> {
    for (chat_id, user, seq) in marks {
        let raised = members::raise_delivered(cx.tx, chat_id, *user, *seq)?;
        if let Some((mut receipt, member_count)) = raised
            && member_count <= u64::from(RECEIPTS_MEMBERS_MAX)
        {
            if !privacy::of(cx, *user)?.receipts {
                receipt.read_seq = 0;
            }
            cx.tell(Event::Receipt { chat_id: chat_id.clone(), receipt });
        }
    }
    Ok(())
}
